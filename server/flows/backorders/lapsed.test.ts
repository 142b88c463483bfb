import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dayAfter, dayOf } from '../../domains/backorders/rules.ts';
import { setBackorderPolicyInput } from '../../domains/backorders/schema.ts';
import { newId } from '../../kernel/ids.ts';
import { readWaitingOrder } from '../../views/waiting-order.ts';
import { challengeNext, lapsed, lapseNow, passDays, refusedRenewal, refuseNext } from '../testing/lapsed-orders.ts';
import { createMortal, type Death } from '../testing/mortal.ts';
import { type OrderWorld, orderWorld } from '../testing/order-world.ts';
import { openSagas, providerLog } from '../testing/saga-scenarios.ts';

/** A bank holds money for a week, a preorder waits for forty days: nothing leaves unpaid, and nothing is taken twice. */
let w: OrderWorld;
beforeAll(async () => {
  w = await orderWorld({ stock: 1_000 });
});
afterAll(() => w.close());

async function finish(rounds = 6): Promise<void> {
  for (let i = 0; i < rounds; i++) {
    await w.settle();
    w.advanceClock(13_000);
  }
  await w.settle();
}

/** A preorder of four, placed and paid for. */
async function preordered(rest: object = {}): Promise<{ id: string; skuId: string }> {
  const skuId = newId();
  const sku = `PRE-${skuId.slice(-8)}`;
  await w.db.pool.query(
    `INSERT INTO skus (id, merchant_id, code, name, stocked, price, currency, created_at, updated_at) VALUES ($1, $2, $3, $3, true, '10.00', 'EUR', now(), now())`,
    [skuId, w.merchantId, sku],
  );
  const policy = { kind: 'preorder', limitUnits: 10, releaseOn: dayAfter(dayOf(w.clock()), 40), payDays: 3 };
  await w.flows.setBackorderPolicy(setBackorderPolicyInput.parse({ merchantId: w.merchantId, skuId, ...policy }), w.ctx());
  const { id } = await w.place({ lines: [{ sku, quantity: 4 }], ...rest });
  await w.settle();
  return { id, skuId };
}

async function arrives(skuId: string): Promise<void> {
  const delta = 10;
  await w.flows.adjustStock(
    { merchantId: w.merchantId, skuId, nodeId: w.nodes[0] as string, delta, reason: 'received' },
    w.ctx(),
  );
  await w.flows.wakeWaitingFor([skuId], w.ctx());
}

const events = async (orderId: string, type: string): Promise<number> =>
  (await w.db.pool.query('SELECT 1 FROM events WHERE aggregate_id = $1 AND type = $2', [orderId, type])).rows.length;

describe('a preorder on day 40', () => {
  it('is authorized again under the same card, allocated and shipped, and paid once', async () => {
    const { id, skuId } = await preordered();
    await passDays(w, 40);
    await arrives(skuId);
    await finish();
    expect(await w.order(id)).toMatchObject({ fulfilment_status: 'ALLOCATED', payment_status: 'AUTHORIZED', holds: [] });
    await w.flows.shipOrder({ orderId: id }, w.ctx('warehouse'));
    await finish();
    expect(await w.order(id)).toMatchObject({ status: 'FULFILLED', captured_minor: 4_000n, receivable_minor: 0n });
    expect(await providerLog(w, id)).toMatchObject({ authorization: 2, capture: 1 });
    await w.expectBooksAgree();
  });

  it('whose bank says no is held, its units kept for it, and goes on when its customer pays with another card', async () => {
    const { id, skuId } = await preordered();
    await passDays(w, 40);
    await refuseNext(w, id);
    await arrives(skuId);
    await finish();
    expect(await w.order(id)).toMatchObject({ fulfilment_status: 'PREORDERED', holds: ['payment'], captured_minor: 0n });
    expect(await events(id, 'payment.renewal_refused')).toBe(1);
    expect((await readWaitingOrder(w.db.pool, id)).payment).toMatchObject({ amountMinor: 4_000n, trying: false });
    await expect(w.flows.shipOrder({ orderId: id }, w.ctx('warehouse'))).rejects.toMatchObject({ code: 'state_refuses' });
    await w.flows.payAgain({ orderId: id, token: 'pm_card_chargeDeclined' }, w.ctx());
    await finish();
    expect(await w.order(id)).toMatchObject({ holds: ['payment'] });
    await w.flows.payAgain({ orderId: id, token: 'pm_card_mastercard' }, w.ctx());
    await finish();
    expect(await w.order(id)).toMatchObject({ fulfilment_status: 'ALLOCATED', holds: [], payment_status: 'AUTHORIZED' });
    await w.flows.shipOrder({ orderId: id }, w.ctx('warehouse'));
    await finish();
    expect(await w.order(id)).toMatchObject({ status: 'FULFILLED', captured_minor: 4_000n, receivable_minor: 0n });
    await w.expectBooksAgree();
  });

  it('that nobody pays for in time is cancelled, and its units are the next one’s', async () => {
    const { id, skuId } = await preordered();
    await passDays(w, 40);
    await refuseNext(w, id);
    await arrives(skuId);
    await finish();
    await passDays(w, 2);
    await finish(2);
    expect(await w.order(id)).toMatchObject({ status: 'CONFIRMED', holds: ['payment'] });
    await passDays(w, 2);
    await finish();
    expect(await w.order(id)).toMatchObject({ status: 'CANCELLED', holds: [], captured_minor: 0n, receivable_minor: 0n });
    await expect(w.flows.payAgain({ orderId: id, token: 'pm_card_visa' }, w.ctx())).rejects.toMatchObject({
      code: 'state_refuses',
    });
    await w.expectBooksAgree();
  });

  it('that its customer cancels while asked to pay is asked for nothing more', async () => {
    const { id, skuId } = await preordered();
    await passDays(w, 40);
    await refuseNext(w, id);
    await arrives(skuId);
    await finish();
    await w.flows.cancelOrder({ orderId: id, reason: 'customer_request' }, w.ctx());
    await finish();
    await passDays(w, 4);
    await finish();
    expect(await w.order(id)).toMatchObject({ status: 'CANCELLED', receivable_minor: 0n });
    expect(await openSagas(w, id)).toEqual([]);
    await w.expectBooksAgree();
  });

  it('whose bank asks the customer is held until they answered, and cancelled when they never do', async () => {
    const { id, skuId } = await preordered();
    await passDays(w, 40);
    await challengeNext(w, id);
    await arrives(skuId);
    await finish();
    expect(await w.order(id)).toMatchObject({ holds: ['payment'] });
    expect(await events(id, 'payment.action_required')).toBe(1);
    await passDays(w, 4);
    await finish();
    expect(await w.order(id)).toMatchObject({ status: 'CANCELLED', receivable_minor: 0n });
    await w.expectBooksAgree();
  });

  it('is paid for by what else it was paid with, and only the rest is asked for again', async () => {
    const { id, skuId } = await preordered();
    await w.flows.cancelOrder(
      { orderId: id, units: [{ lineId: await lineOf(id), quantity: 1 }], reason: 'customer_request' },
      w.ctx(),
    );
    await passDays(w, 40);
    await arrives(skuId);
    await finish();
    await w.flows.shipOrder({ orderId: id }, w.ctx('warehouse'));
    await finish();
    expect(await w.order(id)).toMatchObject({ status: 'FULFILLED', captured_minor: 3_000n, receivable_minor: 0n });
    await w.expectBooksAgree();
  });
});

async function lineOf(orderId: string): Promise<string> {
  return (await w.db.pool.query('SELECT id FROM order_lines WHERE order_id = $1', [orderId])).rows[0].id;
}

describe('a parcel whose authorization lapsed before it was packed', () => {
  it('leaves once the money is held again', async () => {
    const id = await lapsed(w);
    await w.flows.shipOrder({ orderId: id }, w.ctx('warehouse'));
    await finish(10);
    expect(await w.order(id)).toMatchObject({ status: 'FULFILLED', captured_minor: 2_990n, receivable_minor: 0n });
    await w.expectBooksAgree();
  });

  it('is unpacked and held where the bank says no, and packed again when it was paid', async () => {
    const id = await refusedRenewal(w);
    await finish(10);
    expect(await w.order(id)).toMatchObject({ holds: ['payment'], captured_minor: 0n, fulfilment_status: 'ALLOCATED' });
    await w.flows.payAgain({ orderId: id, token: 'pm_card_visa' }, w.ctx());
    await finish();
    await w.flows.shipOrder({ orderId: id }, w.ctx('warehouse'));
    await finish();
    expect(await w.order(id)).toMatchObject({ status: 'FULFILLED', captured_minor: 2_990n, receivable_minor: 0n });
    await w.expectBooksAgree();
  });
});

describe('a bank that gives up what it holds before its day', () => {
  const placed = async (): Promise<string> => {
    const { id } = await w.place({ lines: [{ sku: 'MUG', quantity: 2 }] });
    await w.settle();
    await lapseNow(w, id);
    return id;
  };

  it('is found out when the money is taken: it is held again, then the parcel leaves', async () => {
    const id = await placed();
    await w.flows.shipOrder({ orderId: id }, w.ctx('warehouse'));
    await finish();
    expect(await w.order(id)).toMatchObject({ status: 'FULFILLED', captured_minor: 2_500n, receivable_minor: 0n, holds: [] });
    expect(await providerLog(w, id)).toMatchObject({ authorization: 2, capture: 1 });
    await w.expectBooksAgree();
  });

  it('and will not hold it again: nothing leaves until its customer has paid', async () => {
    const id = await placed();
    await refuseNext(w, id);
    await w.flows.shipOrder({ orderId: id }, w.ctx('warehouse'));
    await finish();
    expect(await w.order(id)).toMatchObject({ holds: ['payment'], captured_minor: 0n, fulfilment_status: 'ALLOCATED' });
    await w.flows.payAgain({ orderId: id, token: 'pm_card_visa' }, w.ctx());
    await finish();
    await w.flows.shipOrder({ orderId: id }, w.ctx('warehouse'));
    await finish();
    expect(await w.order(id)).toMatchObject({ status: 'FULFILLED', captured_minor: 2_500n, receivable_minor: 0n });
    await w.expectBooksAgree();
  });

  it('and again at once is not asked for ever: the parcel is unpacked, and nothing was sent or taken', async () => {
    const id = await placed();
    await w.flows.shipOrder({ orderId: id }, w.ctx('warehouse'));
    const renewed = async (): Promise<number> => (await providerLog(w, id)).authorization ?? 0;
    for (let i = 0; i < 8 && (await renewed()) < 2; i++)
      for (const saga of await openSagas(w, id)) if ((await renewed()) < 2) await w.flows.advanceSaga(saga);
    await lapseNow(w, id);
    await finish();
    expect(await w.order(id)).toMatchObject({ status: 'CONFIRMED', captured_minor: 0n, fulfilment_status: 'ALLOCATED' });
    expect(await providerLog(w, id)).toMatchObject({ authorization: 2 });
    await w.expectBooksAgree();
  });
});

describe('whoever dies while money is asked for again', () => {
  it.each([
    [
      'and the bank agrees',
      async () => undefined,
      { status: 'FULFILLED', captured_minor: 2_990n, receivable_minor: 0n },
      { capture: 1 },
    ],
    [
      'and the bank says no',
      (id: string) => refuseNext(w, id),
      { status: 'CONFIRMED', holds: ['payment'], captured_minor: 0n },
      {},
    ],
  ] as const)(
    'at any boundary, %s: it ends the same',
    async (_name, prepare, ends, log) => {
      const start = async (): Promise<string> => {
        const id = await lapsed(w);
        await prepare(id);
        await w.flows.shipOrder({ orderId: id }, w.ctx('warehouse'));
        return id;
      };
      const turn = async (flows: Pick<OrderWorld['flows'], 'advanceSaga'>, id: string) => {
        for (let i = 0; i < 6; i++) {
          for (const saga of await openSagas(w, id)) await flows.advanceSaga(saga);
        }
      };
      const end = async (id: string, died: string): Promise<void> => {
        for (let i = 0; i < 8; i++) {
          w.advanceClock(13_000);
          await w.settle();
        }
        expect(await w.order(id), died).toMatchObject(ends);
        expect(await providerLog(w, id), died).toMatchObject(log);
      };
      const reference = await start();
      const living = createMortal({ pool: w.db.pool, outside: w.outside, clock: w.clock }, null);
      await turn(living.flows, reference);
      await end(reference, 'nobody died');
      const deaths: Death[] = (['commit', 'call'] as const).flatMap((of) =>
        Array.from({ length: living.counts[of] }, (_, index) => index + 1).flatMap((nth) =>
          (['before', 'after'] as const).map((when) => ({ of, nth, when })),
        ),
      );
      expect(deaths.length).toBeGreaterThanOrEqual(8);
      for (const death of deaths) {
        const id = await start();
        const dying = createMortal({ pool: w.db.pool, outside: w.outside, clock: w.clock }, death);
        void turn(dying.flows, id);
        await dying.died;
        await end(id, `died ${death.when} ${death.of} ${death.nth}`);
      }
      await w.expectBooksAgree();
    },
    120_000,
  );
});
