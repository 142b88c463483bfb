import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inTransit, planArrival, planSend, type Transfer, type TransferStatus } from './rules.ts';

const transfer = (requested: readonly bigint[]): Transfer => ({
  id: 't',
  number: 'EU-T1',
  home: 'EU',
  merchantId: 'm',
  fromNodeId: 'a',
  toNodeId: 'b',
  note: null,
  createdBy: 'user:x',
  createdAt: new Date(0),
  traceId: 'x',
  status: 'requested',
  version: 1n,
  sentAt: null,
  endedAt: null,
  lines: requested.map((units, at) => ({
    id: `l${at}`,
    transferId: 't',
    position: at + 1,
    skuId: `s${at}`,
    requested: units,
    sent: 0n,
    received: 0n,
    lost: 0n,
    extra: 0n,
    reason: null,
    lots: null,
  })),
});

test('whatever arrives in whatever parts, every unit that was sent is received, in transit or lost with a reason', () => {
  const units = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(
      fc.array(units, { minLength: 1, maxLength: 4 }),
      fc.array(fc.record({ line: fc.nat(3), received: fc.nat(50) }), { maxLength: 8 }),
      (requested, arrivals) => {
        const moved = transfer(requested.map(BigInt));
        moved.lines = planSend(moved, undefined, () => 1_000n, String);
        moved.status = 'sent' as TransferStatus;
        const status = (): TransferStatus => moved.status;
        let reachedShelf = 0n;
        for (const { line, received } of arrivals) {
          if (status() === 'received') break;
          const at = moved.lines[line % moved.lines.length] as Transfer['lines'][number];
          if (received === 0) continue;
          const planned = planArrival(moved, [{ lineId: at.id, received }], { finish: false, reason: 'Found more' });
          reachedShelf += BigInt(received);
          Object.assign(moved, planned);
        }
        if (status() !== 'received') {
          const first = moved.lines[0] as Transfer['lines'][number];
          Object.assign(moved, planArrival(moved, [{ lineId: first.id, received: 0 }], { finish: true, reason: 'Lost' }));
        }
        const sum = (of: (line: Transfer['lines'][number]) => bigint): bigint =>
          moved.lines.reduce((total, line) => total + of(line), 0n);
        expect(moved.status).toBe('received');
        expect(sum(inTransit)).toBe(0n);
        expect(sum((line) => line.received)).toBe(reachedShelf);
        expect(sum((line) => line.sent + line.extra)).toBe(sum((line) => line.received + line.lost));
        for (const line of moved.lines) if (line.lost + line.extra > 0n) expect(line.reason).not.toBeNull();
      },
    ),
  );
});

test('nothing leaves beyond what may', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), fc.nat(50), (requested, free) => {
      const asked = transfer([BigInt(requested)]);
      const attempt = () => planSend(asked, undefined, () => BigInt(free), String);
      if (requested <= free) expect(attempt()[0]?.sent).toBe(BigInt(requested));
      else expect(attempt).toThrow(/may leave/);
    }),
  );
});
