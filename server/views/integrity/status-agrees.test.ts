import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { deriveStatus, type Line } from '../../domains/orders/rules.ts';
import { newId } from '../../kernel/ids.ts';
import type { Span } from '../../kernel/units.ts';
import { ORDER_STATUSES, SPAN_STATES } from '../../kernel/vocabulary.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/test-database.ts';
import { checkIntegrity } from '../integrity.ts';

/** The oracle says in SQL what the rules say in TypeScript; they share no code, so here they are asked about the same orders. */
let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

const shape = fc.record({
  lines: fc.array(
    fc.record({ stocked: fc.boolean(), states: fc.tuple(fc.constantFrom(...SPAN_STATES), fc.constantFrom(...SPAN_STATES)) }),
    {
      minLength: 1,
      maxLength: 3,
    },
  ),
  confirmed: fc.boolean(),
  money: fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3)).map((all) => [...all].sort((a, b) => b - a) as [number, number, number]),
});
type Shape = typeof shape extends fc.Arbitrary<infer T> ? T : never;

/** What chance seldom makes: everything cancelled, everything paid back. */
const SELDOM: readonly Shape[] = [
  { lines: [{ stocked: true, states: ['cancelled', 'cancelled'] }], confirmed: true, money: [0, 0, 0] },
  { lines: [{ stocked: true, states: ['delivered', 'returned'] }], confirmed: true, money: [2, 2, 0] },
];

function statusOf({ lines, confirmed, money }: Shape): string {
  const [captured, refunded, goodwill] = money;
  return deriveStatus({
    confirmed,
    capturedMinor: BigInt(captured),
    refundedMinor: BigInt(refunded),
    goodwillMinor: BigInt(goodwill),
    lines: lines.map(({ stocked }, index) => ({ id: `${index}`, stocked }) as Line),
    spans: lines.flatMap(({ states }, index) =>
      states.map(
        (state, unit): Span => ({
          lineId: `${index}`,
          from: unit + 1,
          to: unit + 1,
          state,
          nodeId: null,
          shipmentId: null,
          refundId: null,
        }),
      ),
    ),
  });
}

async function insert(given: Shape, status: string, number: string): Promise<void> {
  const orderId = newId();
  const [captured, refunded, goodwill] = given.money;
  await db.ownerPool.query(
    `INSERT INTO orders (id, home, merchant_id, number, channel, currency, status, payment_status, fulfilment_status, total_minor, captured_minor,
                         refunded_minor, goodwill_minor, placed_at, confirmed_at, updated_at, version)
     VALUES ($1, 'EU', $1, $2, 'api', 'EUR', $3, 'UNPAID', 'UNALLOCATED', 100, $4, $5, $6, now(), $7, now(), 1)`,
    [orderId, number, status, captured, refunded, goodwill, given.confirmed ? new Date() : null],
  );
  for (const [index, { stocked, states }] of given.lines.entries()) {
    const lineId = newId();
    await db.ownerPool.query(
      `INSERT INTO order_lines (id, order_id, position, kind, name, stocked, quantity, unit_price, net_minor, discount_minor, tax_minor, total_minor, tax_rate)
       VALUES ($1, $2, $3, 'item', 'x', $4, 2, 1, 2, 0, 0, 2, 0)`,
      [lineId, orderId, index + 1, stocked],
    );
    await db.ownerPool.query(
      `INSERT INTO line_spans (line_id, from_unit, to_unit, order_id, state) SELECT $1, unit, unit, $2, state
       FROM unnest($3::text[]) WITH ORDINALITY AS s(state, unit)`,
      [lineId, orderId, [...states]],
    );
  }
}

it('the oracle finds exactly the orders whose status is not what the rules derive', async () => {
  const [first, ...others] = fc.sample(shape, 200) as [Shape, ...Shape[]];
  const shapes = [first, ...SELDOM, ...others];
  const wrong = new Set<string>();
  for (const [index, given] of shapes.entries()) {
    const right = statusOf(given);
    // Every fifth order says something else.
    const said = index % 5 === 0 ? (ORDER_STATUSES.find((status) => status !== right) as string) : right;
    if (said !== right) wrong.add(`order EU-${index}`);
    await insert(given, said, `EU-${index}`);
  }
  const { rows } = await db.pool.query<{ status: string }>('SELECT DISTINCT status FROM orders ORDER BY status');
  expect(rows.map((row) => row.status)).toEqual([...ORDER_STATUSES].sort());
  const { report } = await checkIntegrity(db.pool, { full: true, now: new Date() });
  const finding = report.invariants.find((invariant) => invariant.id === 'orders.status');
  expect(finding).toMatchObject({ state: 'violated', violations: wrong.size });
  for (const subject of JSON.stringify(finding).match(/order EU-\d+/g) ?? []) expect(wrong).toContain(subject);
});
