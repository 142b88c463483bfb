import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DomainError } from '../../kernel/errors.ts';
import { createMortal, type Death } from '../testing/mortal.ts';
import { type OrderWorld, orderWorld } from '../testing/order-world.ts';
import { comesToRest } from '../testing/parcel-hands.ts';
import { accepted, type Delivered, delivered, onHand, requested, returnRow } from '../testing/return-hands.ts';
import { openSagas, providerLog } from '../testing/saga-scenarios.ts';

let w: OrderWorld;
beforeAll(async () => {
  w = await orderWorld({ stock: 100_000 });
});
afterAll(() => w.close());

const RUNS = process.env.WAYBILL_DEEP === '1' ? 150 : 3;
/** Half a minute for a few; each of the deep ones takes some three seconds. */
const ALL_RUNS_MS = 900_000;
const SKUS = ['MUG', 'TEE'] as const;

const step = fc.record({
  what: fc.constantFrom(
    ...(['ship', 'ship', 'ask', 'ask', 'approve', 'receive', 'receive', 'inspect', 'inspect', 'settle', 'settle'] as const),
    ...(['withdraw', 'refund', 'amount', 'goodwill', 'cancel'] as const),
  ),
  sku: fc.constantFrom(...SKUS),
  units: fc.integer({ min: 1, max: 3 }),
  pick: fc.integer({ min: 0, max: 9 }),
  verdict: fc.constantFrom('accept', 'accept', 'part', 'reject'),
  stock: fc.constantFrom('sellable', 'damaged', 'scrap'),
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** What a clerk with a notebook would know: what left, what is on the shelf again, and what was given back. */
interface Notebook {
  readonly order: Delivered;
  readonly returns: string[];
  readonly left: Record<string, number>;
  readonly back: Record<string, number>;
  givenBack: number;
}

async function take(book: Notebook, { what, sku, units, pick, verdict, stock }: Step): Promise<void> {
  const { orderId, lines } = book.order;
  const lineId = lines[sku] as string;
  const returnId = book.returns[pick % Math.max(1, book.returns.length)] as string;
  const some = [{ lineId, quantity: units }];
  const by = w.ctx();
  if (['approve', 'receive', 'inspect', 'settle', 'withdraw'].includes(what) && !returnId) return;
  switch (what) {
    case 'ship': {
      const { shipments } = await w.flows.shipOrder({ orderId, units: some }, by);
      await w.settle();
      for (const { id } of shipments) await w.flows.updateShipment({ shipmentId: id, status: 'DELIVERED', detail: null }, by);
      book.left[sku] = (book.left[sku] ?? 0) + units;
      return;
    }
    case 'ask':
      book.returns.push(await requested(w, book.order, { [sku]: Math.min(units, 2) }, { approve: pick % 3 !== 0 }));
      return;
    case 'approve':
      await w.flows.returns.approve({ returnId, label: false }, by);
      return;
    case 'withdraw':
      await w.flows.returns.cancel({ returnId }, by);
      return;
    case 'receive':
      // Now and then other goods, or more of them, than were announced.
      await w.flows.returns.receive({ returnId, nodeId: w.nodes[0] as string, ...(pick < 2 ? { lines: some } : {}) }, by);
      return;
    case 'inspect': {
      // Whatever waits to be looked at, as many units as the clerk has time for.
      const { rows } = await w.db.pool.query<{ line_id: string; units: number }>(
        `SELECT line_id, sum(to_unit - from_unit + 1)::int AS units FROM return_lines WHERE return_id = $1 AND status = 'received'
         GROUP BY line_id ORDER BY line_id`,
        [returnId],
      );
      const waiting = rows[units % Math.max(1, rows.length)];
      if (!waiting) return;
      const quantity = Math.min(units, waiting.units);
      const looked = { lineId: waiting.line_id, quantity, verdict, ...(verdict === 'part' ? { valuePercent: 33 } : {}) } as const;
      const { sellable } = await w.flows.returns.inspect(
        { returnId, lines: [{ ...looked, ...(verdict === 'reject' ? {} : { stock }) }] },
        by,
      );
      const of = SKUS.find((each) => lines[each] === waiting.line_id) as string;
      book.back[of] = (book.back[of] ?? 0) + sellable;
      return;
    }
    case 'settle':
      book.givenBack += (await w.flows.returns.settle({ returnId }, by)).refundMinor;
      return;
    case 'refund':
      book.givenBack += (await w.flows.refundOrder({ kind: 'units', orderId, units: some, reason: 'other' }, by)).amountMinor;
      return;
    case 'amount':
    case 'goodwill':
      book.givenBack += (
        await w.flows.refundOrder({ kind: what, orderId, amountMinor: BigInt(pick * 100 + 1), reason: 'other' }, by)
      ).amountMinor;
      return;
    case 'cancel':
      await w.flows.cancelOrder({ orderId, units: some, reason: 'customer_request' }, by);
  }
}

describe('whatever is shipped, sent back, refunded and cancelled, in any order', () => {
  it(
    'gives back no more than was taken, loses no unit, and agrees with the notebook',
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 40 }), async (steps) => {
          const placed = await w.place({ lines: SKUS.map((sku) => ({ sku, quantity: 4 })) });
          await w.settle();
          const lines = Object.fromEntries(placed.lines.map((line, at) => [SKUS[at] as string, line.id]));
          const book: Notebook = { order: { orderId: placed.id, lines }, returns: [], left: {}, back: {}, givenBack: 0 };
          const shelf = await Promise.all(SKUS.map((sku) => onHand(w, sku)));
          const out = SKUS.map((sku): Step => ({ ...(steps[0] as Step), what: 'ship', sku, units: 3 }));
          for (const one of [...out, ...steps]) {
            await take(book, one).catch((error: unknown) => {
              if (!(error instanceof DomainError)) throw error;
            });
            const now = await w.order(placed.id);
            expect(now.refunded_minor as bigint).toBeLessThanOrEqual(now.captured_minor as bigint);
          }
          // Refunds of one payment go one after the other.
          await comesToRest(w, 15);
          const end = await w.order(placed.id);
          // A cancellation of units that were never paid for gives nothing back; all else is in the notebook.
          expect(Number(end.refunded_minor)).toBe(book.givenBack);
          const now = await Promise.all(SKUS.map((sku) => onHand(w, sku)));
          SKUS.forEach((sku, at) => {
            expect(Number((now[at] as bigint) - (shelf[at] as bigint))).toBe((book.back[sku] ?? 0) - (book.left[sku] ?? 0));
          });
          await w.expectBooksAgree();
        }),
        { numRuns: RUNS, seed: 20_261_128, endOnFailure: true },
      );
      // Not a history in which nothing happens: some came back, some of them settled.
      const { rows } = await w.db.pool.query(`SELECT count(*) FILTER (WHERE status = 'settled')::int AS settled FROM returns`);
      expect(rows[0]?.settled).toBeGreaterThan(0);
    },
    ALL_RUNS_MS,
  );
});

const boundaries = (commits: number, calls = 0): Death[] =>
  [
    ...Array.from({ length: commits }, (_, at) => ({ of: 'commit' as const, nth: at + 1 })),
    ...Array.from({ length: calls }, (_, at) => ({ of: 'call' as const, nth: at + 1 })),
  ].flatMap((where) => (['before', 'after'] as const).map((when) => ({ ...where, when })));

describe('a worker that dies', () => {
  const dying = (death: Death) => createMortal({ pool: w.db.pool, outside: w.outside, clock: w.clock }, death);

  it('while goods are received or looked at leaves them received, and looked at, once', async () => {
    for (const death of boundaries(1)) {
      const order = await delivered(w, { MUG: 2 });
      const shelf = await onHand(w, 'MUG');
      const returnId = await requested(w, order, { MUG: 2 }, { approve: true });
      const lineId = order.lines.MUG as string;
      const receive = { returnId, nodeId: w.nodes[0] as string };
      const look = { returnId, lines: [{ lineId, quantity: 2, verdict: 'accept' as const }] };
      const died = `died ${death.when} commit`;
      const first = dying(death);
      void first.flows.returns.receive(receive, w.ctx(), `r-${returnId}`).catch(() => {});
      await first.died;
      expect(await w.flows.returns.receive(receive, w.ctx(), `r-${returnId}`), died).toMatchObject({ received: 2 });
      const second = dying(death);
      void second.flows.returns.inspect(look, w.ctx(), `i-${returnId}`).catch(() => {});
      await second.died;
      expect(await w.flows.returns.inspect(look, w.ctx(), `i-${returnId}`), died).toMatchObject({ sellable: 2 });
      expect(await onHand(w, 'MUG'), died).toBe(shelf + 2n);
    }
    await w.expectBooksAgree();
  });

  it('while a return is settled, or its money sent, leaves one refund at the provider', async () => {
    for (const death of boundaries(1)) {
      const order = await delivered(w, { MUG: 1 });
      const returnId = await accepted(w, order, { MUG: 1 });
      const mortal = dying(death);
      void mortal.flows.returns.settle({ returnId }, w.ctx(), `s-${returnId}`).catch(() => {});
      await mortal.died;
      await w.flows.returns.settle({ returnId }, w.ctx(), `s-${returnId}`);
      await comesToRest(w);
      expect(await returnRow(w, returnId)).toMatchObject({ status: 'settled', refund_minor: 1_250n });
      expect((await providerLog(w, order.orderId)).refund).toBe(1);
    }
    for (const death of boundaries(3, 1)) {
      const order = await delivered(w, { MUG: 1 });
      const returnId = await accepted(w, order, { MUG: 1 });
      await w.flows.returns.settle({ returnId }, w.ctx());
      const mortal = dying(death);
      void (async () => {
        for (const saga of await openSagas(w, order.orderId)) await mortal.flows.advanceSaga(saga);
      })().catch(() => {});
      await Promise.race([mortal.died, new Promise((resolve) => setTimeout(resolve, 1_000))]);
      await comesToRest(w, 3);
      const died = `died ${death.when} ${death.of} ${death.nth}`;
      expect(await returnRow(w, returnId), died).toMatchObject({ status: 'settled', refund_minor: 1_250n });
      expect((await providerLog(w, order.orderId)).refund, died).toBe(1);
    }
    await w.expectBooksAgree();
  });

  it('while a label is bought leaves one label', async () => {
    for (const death of boundaries(2, 1)) {
      const order = await delivered(w, { MUG: 1 });
      const before = w.carrier.state.parcels.size;
      const returnId = await requested(w, order, { MUG: 1 }, { approve: true, label: true });
      const mortal = dying(death);
      void (async () => {
        for (const saga of await openSagas(w, order.orderId)) await mortal.flows.advanceSaga(saga);
      })().catch(() => {});
      await mortal.died;
      await comesToRest(w, 3);
      const died = `died ${death.when} ${death.of} ${death.nth}`;
      expect(await returnRow(w, returnId), died).toMatchObject({ status: 'labelled' });
      expect(w.carrier.state.parcels.size, died).toBe(before + 1);
    }
    await w.expectBooksAgree();
  });
});
