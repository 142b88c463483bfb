import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMortal, type Death } from '../testing/mortal.ts';
import { type OrderWorld, orderWorld } from '../testing/order-world.ts';
import { boxesOf, comesToRest, type Packed, shipmentRow, shippedBoxes } from '../testing/parcel-hands.ts';
import { openSagas } from '../testing/saga-scenarios.ts';

let w: OrderWorld;
beforeAll(async () => {
  w = await orderWorld({ stock: 5_000 });
});
beforeEach(() => w.carrier.switches.reset());
afterAll(() => w.close());

const onHand = async (): Promise<bigint> =>
  (await w.db.pool.query('SELECT sum(on_hand)::bigint AS units FROM node_stock WHERE sku_id = $1', [w.skus.MUG])).rows[0]?.units;
const claimsOf = async (orderId: string): Promise<Record<string, unknown>[]> =>
  (await w.db.pool.query('SELECT * FROM carrier_claims WHERE order_id = $1 ORDER BY id', [orderId])).rows;
const balance = async (code: string): Promise<bigint> =>
  (
    await w.db.pool.query('SELECT coalesce(sum(credits_posted - debits_posted), 0)::bigint AS b FROM accounts WHERE code = $1', [
      code,
    ])
  ).rows[0]?.b;
const payable = () => balance(`merchant_payable:${w.merchantId}:EUR`);

async function lost(boxes: readonly number[] = [2, 1]): Promise<Packed & { boxId: string }> {
  const parcel = await shippedBoxes(w, boxes);
  const [box] = await boxesOf(w, parcel.shipmentId);
  const boxId = box?.id as string;
  await w.flows.updateShipment({ shipmentId: parcel.shipmentId, boxId, status: 'LOST', detail: null }, w.ctx('carrier'));
  return { ...parcel, boxId };
}

describe('a claim for what the carrier lost', () => {
  it('is opened by its report, filed by a person, and its money is the merchant’s, once', async () => {
    const { shipmentId, boxId, order } = await lost();
    const about = { shipmentId, boxId, kind: 'lost' } as const;
    const opened = await w.flows.parcels.openClaim(about, w.ctx('carrier'), 'report-1');
    expect(await w.flows.parcels.openClaim(about, w.ctx('carrier'), 'report-2')).toMatchObject({ claimId: opened.claimId });
    expect(await claimsOf(order.id)).toMatchObject([{ status: 'open', amount_minor: 2_500n + 490n }]);
    await w.flows.parcels.fileClaim({ ...about, amountMinor: 2_500n }, w.ctx());
    await w.settle();
    const claimId = opened.claimId as string;
    const [filed] = await claimsOf(order.id);
    expect(filed).toMatchObject({ status: 'filed', amount_minor: 2_500n, carrier_ref: expect.stringMatching(/^clm_/) });
    await expect(w.flows.parcels.fileClaim(about, w.ctx())).rejects.toMatchObject({ code: 'state_refuses' });
    const before = await payable();
    const said = (status: 'accepted' | 'rejected' | 'paid', ms: number, amountMinor = 2_000n) =>
      w.flows.parcels.answerClaim(
        {
          claimId,
          status,
          claimRef: String(filed?.carrier_ref),
          amountMinor,
          currency: 'EUR',
          note: null,
          occurredAt: new Date(ms),
        },
        w.ctx('carrier'),
      );
    // Late, twice and out of order: the payment comes before the acceptance that it followed.
    await said('paid', 3_000);
    await said('paid', 3_000);
    await said('rejected', 1_000);
    await said('accepted', 2_000);
    expect(await claimsOf(order.id)).toMatchObject([{ status: 'paid', paid_minor: 2_000n }]);
    expect((await payable()) - before).toBe(2_000n);
    await w.expectBooksAgree();
  });

  it.each(['drop_reply', 'error_5xx_after', 'drop_before', 'rate_limit'])(
    'is one at the carrier in spite of %s',
    async (fault) => {
      const { shipmentId, boxId, order } = await lost();
      await w.carrier.switches.set({ [fault]: { on: 'claim', next: 1 } });
      const before = w.carrier.state.claims.size;
      await w.flows.parcels.fileClaim({ shipmentId, boxId, kind: 'lost' }, w.ctx());
      await comesToRest(w);
      expect(await claimsOf(order.id)).toMatchObject([{ status: 'filed' }]);
      expect(w.carrier.state.claims.size).toBe(before + 1);
    },
  );

  it('stays open where the carrier refuses to take it, and says why', async () => {
    const { shipmentId, boxId, order } = await lost();
    await w.carrier.switches.set({ decline: { on: 'claim', next: 1 } });
    await w.flows.parcels.fileClaim({ shipmentId, boxId, kind: 'lost' }, w.ctx());
    await w.settle();
    expect(await claimsOf(order.id)).toMatchObject([{ status: 'open', answer: 'This parcel was sent without insurance.' }]);
    await w.flows.parcels.fileClaim({ shipmentId, boxId, kind: 'lost' }, w.ctx());
    await w.settle();
    expect(await claimsOf(order.id)).toMatchObject([{ status: 'filed' }]);
  });

  it('ends the same wherever its worker dies', async () => {
    const deaths: Death[] = (['commit', 'call'] as const).flatMap((of) =>
      (of === 'commit' ? [1, 2] : [1]).flatMap((nth) => (['before', 'after'] as const).map((when) => ({ of, nth, when }))),
    );
    for (const death of deaths) {
      const died = `died ${death.when} ${death.of} ${death.nth}`;
      const { shipmentId, boxId, order } = await lost([1, 1]);
      const before = w.carrier.state.claims.size;
      await w.flows.parcels.fileClaim({ shipmentId, boxId, kind: 'lost' }, w.ctx());
      const dying = createMortal({ pool: w.db.pool, outside: w.outside, clock: w.clock }, death);
      void (async () => {
        for (const saga of await openSagas(w, order.id)) await dying.flows.advanceSaga(saga);
      })();
      await dying.died;
      await comesToRest(w, 3);
      expect(await claimsOf(order.id), died).toMatchObject([{ status: 'filed' }]);
      expect(w.carrier.state.claims.size, died).toBe(before + 1);
      expect(await openSagas(w, order.id), died).toEqual([]);
    }
    await w.expectBooksAgree();
  });

  it('is not made for what arrived, nor for what never left', async () => {
    const { shipmentId } = await shippedBoxes(w, [1, 1]);
    const [box] = await boxesOf(w, shipmentId);
    const about = { shipmentId, boxId: box?.id as string } as const;
    await expect(w.flows.parcels.fileClaim({ shipmentId, kind: 'lost' }, w.ctx())).rejects.toMatchObject({
      code: 'invalid_request',
    });
    await w.flows.updateShipment({ ...about, status: 'DELIVERED', detail: null }, w.ctx('carrier'));
    await expect(w.flows.parcels.fileClaim({ ...about, kind: 'lost' }, w.ctx())).rejects.toThrow('arrived');
    expect(await w.flows.parcels.fileClaim({ ...about, kind: 'damaged' }, w.ctx())).toMatchObject({ status: 'open' });
    await w.settle();
  });
});

describe('a parcel that was lost', () => {
  it('is sent again: only the units of the lost box, at no charge', async () => {
    const { shipmentId, order, lineId } = await lost([2, 1]);
    const shelf = await onHand();
    const units = [{ lineId, quantity: 2 }];
    await w.flows.reshipOrder({ orderId: order.id, shipmentId, reason: 'lost', units }, w.ctx());
    await w.settle();
    await w.flows.shipOrder({ orderId: order.id }, w.ctx('warehouse'));
    await w.settle();
    expect(await onHand()).toBe(shelf - 2n);
    expect(await w.order(order.id)).toMatchObject({ status: 'FULFILLED', captured_minor: 4_240n });
    await w.expectBooksAgree();
  });
});

describe('a parcel that comes back to its sender', () => {
  it('puts what is sellable on the shelf again, and what is damaged not', async () => {
    const { shipmentId, order, lineId } = await shippedBoxes(w, [3, 1]);
    const [box] = await boxesOf(w, shipmentId);
    const boxId = box?.id as string;
    await w.flows.updateShipment({ shipmentId, boxId, status: 'RETURNING', detail: 'Refused' }, w.ctx('carrier'));
    expect(await shipmentRow(w, shipmentId)).toMatchObject({ status: 'RETURNING' });
    const shelf = await onHand();
    const input = { shipmentId, boxId, nodeId: w.nodes[1] as string, damaged: [{ lineId, quantity: 1 }] };
    expect(await w.flows.parcels.receiveReturn(input, w.ctx('warehouse'), 'scan')).toMatchObject({ sellable: 2, damaged: 1 });
    expect(await w.flows.parcels.receiveReturn(input, w.ctx('warehouse'), 'scan')).toMatchObject({ sellable: 2, damaged: 1 });
    expect(await onHand()).toBe(shelf + 2n);
    await expect(w.flows.parcels.receiveReturn(input, w.ctx('warehouse'))).rejects.toThrow('received back already');
    await w.expectBooksAgree();
    // A person decides: one unit is sent again, the others’ money goes back.
    await w.flows.reshipOrder({ orderId: order.id, shipmentId, reason: 'other', units: [{ lineId, quantity: 1 }] }, w.ctx());
    await w.settle();
    await w.flows.shipOrder({ orderId: order.id }, w.ctx('warehouse'));
    await w.settle();
    await w.flows.refundOrder({ kind: 'units', orderId: order.id, reason: 'other', units: [{ lineId, quantity: 2 }] }, w.ctx());
    await w.settle();
    expect(await w.order(order.id)).toMatchObject({ status: 'FULFILLED', refunded_minor: 2_500n, receivable_minor: 0n });
    await w.flows.parcels.settleParcel({ shipmentId, boxId, reason: 'All done' }, w.ctx());
    await w.expectBooksAgree();
  });

  it('is not received before it left, after it was delivered, nor with more than was in it', async () => {
    const { shipmentId, lineId } = await shippedBoxes(w, [1, 1]);
    const [first, second] = await boxesOf(w, shipmentId);
    const receive = (boxId: string | undefined, quantity = 0) =>
      w.flows.parcels.receiveReturn(
        { shipmentId, boxId, nodeId: w.nodes[0] as string, damaged: quantity > 0 ? [{ lineId, quantity }] : [] },
        w.ctx('warehouse'),
      );
    await expect(receive(first?.id, 2)).rejects.toMatchObject({ code: 'over_limit' });
    await w.flows.updateShipment({ shipmentId, boxId: second?.id, status: 'DELIVERED', detail: null }, w.ctx('carrier'));
    await expect(receive(second?.id)).rejects.toThrow('is a return');
    await receive(first?.id);
    expect(await shipmentRow(w, shipmentId)).toMatchObject({ status: 'DELIVERED' });
    await w.expectBooksAgree();
  });
});
