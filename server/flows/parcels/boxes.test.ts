import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type OrderWorld, orderWorld } from '../testing/order-world.ts';
import { allocatedMugs, boxesOf, carrierLog, comesToRest, packed, shipmentRow, shippedBoxes } from '../testing/parcel-hands.ts';
import { openSagas } from '../testing/saga-scenarios.ts';

let w: OrderWorld;
beforeAll(async () => {
  w = await orderWorld({ stock: 5_000 });
});
beforeEach(() => w.carrier.switches.reset());
afterAll(() => w.close());

describe('a shipment of two boxes', () => {
  it('has a label and a tracking number for each, and its money is taken once', async () => {
    const { order, shipmentId } = await shippedBoxes(w, [2, 1]);
    const boxes = await boxesOf(w, shipmentId);
    expect(boxes.map((box) => box.status)).toEqual(['SHIPPED', 'SHIPPED']);
    expect(new Set(boxes.map((box) => box.tracking_number)).size).toBe(2);
    expect(await shipmentRow(w, shipmentId)).toMatchObject({ status: 'SHIPPED', tracking_number: boxes[0]?.tracking_number });
    expect(await w.order(order.id)).toMatchObject({ status: 'FULFILLED', payment_status: 'CAPTURED' });
    expect(await w.captures(order.id)).toHaveLength(1);
    expect(await carrierLog(w, shipmentId)).toEqual({ label: 2 });
    await w.expectBooksAgree();
  });

  it('asks again only for the label whose answer was lost', async () => {
    await w.carrier.switches.set({ drop_reply: { on: 'label', next: 1 } });
    const { order, shipmentId } = await packed(w, [2, 1]);
    // One look, and not the one after its back-off, which a busy machine may have reached by then.
    for (const saga of await openSagas(w, order.id)) await w.flows.advanceSaga(saga);
    const half = await boxesOf(w, shipmentId);
    expect(half.map((box) => box.status).sort()).toEqual(['LABELLED', 'PENDING']);
    await comesToRest(w);
    const whole = await boxesOf(w, shipmentId);
    expect(whole.map((box) => box.status)).toEqual(['SHIPPED', 'SHIPPED']);
    expect(await carrierLog(w, shipmentId)).toEqual({ label: 2 });
    await w.expectBooksAgree();
  });

  it('is undone with every label that was bought, where the carrier refuses one', async () => {
    await w.carrier.switches.set({ decline: { on: 'label', next: 1 } });
    const { order, shipmentId } = await shippedBoxes(w, [2, 1]);
    await comesToRest(w);
    expect((await boxesOf(w, shipmentId)).map((box) => box.status)).toEqual(['CANCELLED', 'CANCELLED']);
    expect(await shipmentRow(w, shipmentId)).toMatchObject({ status: 'CANCELLED' });
    expect(await carrierLog(w, shipmentId)).toEqual({ label: 1, voided: 1 });
    expect(await w.order(order.id)).toMatchObject({ holds: ['manual'], fulfilment_status: 'ALLOCATED', captured_minor: 0n });
    await w.expectBooksAgree();
  });

  it('is delivered when both are, each unit with its box', async () => {
    const { order, shipmentId } = await shippedBoxes(w, [2, 1]);
    const [first, second] = await boxesOf(w, shipmentId);
    const say = (boxId: string | undefined, status: 'DELIVERED' | 'IN_TRANSIT') =>
      w.flows.updateShipment({ shipmentId, ...(boxId ? { boxId } : {}), status, detail: null }, w.ctx('carrier'));
    expect(await say(first?.id, 'DELIVERED')).toMatchObject({ status: 'SHIPPED', changed: true });
    const { rows } = await w.db.pool.query(
      `SELECT sum(to_unit - from_unit + 1)::int AS units FROM line_spans WHERE order_id = $1 AND state = 'delivered'
       AND line_id = $2`,
      [order.id, order.lines[0]?.id],
    );
    expect(rows).toEqual([{ units: 2 }]);
    await w.expectBooksAgree();
    expect(await say(second?.id, 'DELIVERED')).toMatchObject({ status: 'DELIVERED', changed: true });
    expect(await w.order(order.id)).toMatchObject({ fulfilment_status: 'DELIVERED' });
    expect(await say(undefined, 'IN_TRANSIT')).toMatchObject({ status: 'DELIVERED', changed: false });
    await w.expectBooksAgree();
  });

  it('keeps what proves a delivery', async () => {
    const { shipmentId } = await shippedBoxes(w, [1, 1]);
    const [first] = await boxesOf(w, shipmentId);
    const proof = { name: 'M. Rossi', place: 'Front desk', signature: 'sig_1' };
    await w.flows.updateShipment({ shipmentId, boxId: first?.id, status: 'DELIVERED', detail: null, proof }, w.ctx('carrier'));
    const { rows } = await w.db.pool.query('SELECT box_id, proof FROM shipment_updates WHERE shipment_id = $1', [shipmentId]);
    expect(rows).toEqual([{ box_id: first?.id, proof }]);
  });

  it('is weighed by the catalogue where nobody weighed it, and refused where its boxes do not hold its units', async () => {
    await w.db.pool.query('UPDATE skus SET weight_grams = 350 WHERE id = $1', [w.skus.MUG]);
    const order = await allocatedMugs(w, 3);
    const lineId = order.lines[0]?.id as string;
    const boxes = [{ units: [{ lineId, quantity: 2 }] }, { units: [{ lineId, quantity: 1 }], weightGrams: 900 }];
    const ship = (input: object) => w.flows.shipOrder({ orderId: order.id, ...input }, w.ctx('warehouse'));
    await expect(ship({ boxes: [...boxes, ...boxes] })).rejects.toMatchObject({ code: 'over_limit' });
    await expect(ship({ boxes: [{ units: [] }] })).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(ship({ boxes, units: [{ lineId, quantity: 1 }] })).rejects.toMatchObject({ code: 'invalid_request' });
    const { shipments } = await ship({ boxes });
    await w.settle();
    expect((await boxesOf(w, shipments[0]?.id as string)).map((box) => box.weight_grams)).toEqual([700, 900]);
    await w.db.pool.query('UPDATE skus SET weight_grams = 0 WHERE id = $1', [w.skus.MUG]);
    await w.expectBooksAgree();
  });
});

describe('what carriers report of boxes, late, twice and out of order', () => {
  it('ends the same in every order', async () => {
    const REPORTS = ['IN_TRANSIT', 'EXCEPTION', 'LOST', 'RETURNING', 'DELIVERED'] as const;
    const reports = fc.array(fc.record({ box: fc.nat(1), status: fc.constantFrom(...REPORTS), at: fc.nat(5) }), {
      minLength: 2,
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(reports, async (said) => {
        const ends = [];
        for (const order of [said, [...said].reverse(), [...said, ...said].sort((a, b) => b.at - a.at)]) {
          const { shipmentId, order: placed } = await shippedBoxes(w, [1, 1]);
          const boxes = await boxesOf(w, shipmentId);
          const noon = w.clock().getTime() + 60_000;
          for (const { box, status, at } of order)
            await w.flows.updateShipment(
              { shipmentId, boxId: boxes[box]?.id, status, detail: null, occurredAt: new Date(noon + at * 1_000) },
              w.ctx('carrier'),
            );
          const { fulfilment_status: fulfilment } = await w.order(placed.id);
          const after = await boxesOf(w, shipmentId);
          ends.push({ shipment: (await shipmentRow(w, shipmentId)).status, boxes: after.map((box) => box.status), fulfilment });
        }
        expect(ends[1]).toEqual(ends[0]);
        expect(ends[2]).toEqual(ends[0]);
      }),
      { numRuns: process.env.WAYBILL_DEEP === '1' ? 40 : 3 },
    );
    await w.expectBooksAgree();
  });

  it('waits for the hand-over to be booked, for each box on its own', async () => {
    await w.psp.switches.set({ drop_before: { on: ['capture'] } });
    const { shipmentId } = await packed(w, [1, 1]);
    await w.settle();
    const [first, second] = await boxesOf(w, shipmentId);
    const say = (boxId: string | undefined, status: 'DELIVERED' | 'IN_TRANSIT') =>
      w.flows.updateShipment({ shipmentId, boxId, status, detail: null }, w.ctx('carrier'));
    expect(await say(first?.id, 'DELIVERED')).toMatchObject({ status: 'LABELLED', changed: false });
    await say(second?.id, 'IN_TRANSIT');
    await w.psp.switches.reset();
    await comesToRest(w, 6);
    expect((await boxesOf(w, shipmentId)).map((box) => box.status)).toEqual(['DELIVERED', 'IN_TRANSIT']);
    await w.expectBooksAgree();
  });
});

describe('labels taken back', () => {
  it('are bought anew once the money was taken: the parcel leaves under the new one', async () => {
    await w.db.pool.query(`UPDATE nodes SET hand_over = 'by_manifest'`);
    const { shipmentId, order } = await packed(w, [1, 1]);
    await w.settle();
    const [first, second] = await boxesOf(w, shipmentId);
    const input = { shipmentId, boxId: first?.id, mode: 'relabel', reason: 'The printer ate it' } as const;
    const plan = await w.flows.parcels.previewVoid(input, w.ctx('warehouse'));
    expect(plan.labels).toEqual([{ parcelId: first?.id, trackingNumber: first?.tracking_number }]);
    await w.flows.parcels.voidLabel({ ...input, fingerprint: plan.fingerprint }, w.ctx('warehouse'));
    await w.settle();
    const after = await boxesOf(w, shipmentId);
    expect(after.map((box) => box.status)).toEqual(['LABELLED', 'LABELLED']);
    expect(after[0]?.tracking_number).not.toBe(first?.tracking_number);
    expect(after[1]?.tracking_number).toBe(second?.tracking_number);
    expect(await carrierLog(w, shipmentId)).toEqual({ label: 3, voided: 1 });
    // What the carrier still says of the old label is not about this box any more.
    const late = {
      shipmentId,
      boxId: first?.id,
      status: 'DELIVERED',
      detail: null,
      carrierRef: first?.carrier_ref ?? '',
    } as const;
    await w.flows.updateShipment(late, w.ctx('carrier'));
    await w.db.pool.query(`UPDATE nodes SET hand_over = 'at_once'`);
    await w.flows.wakeSagas([order.id], w.ctx());
    await w.settle();
    expect((await boxesOf(w, shipmentId)).map((box) => box.status)).toEqual(['SHIPPED', 'SHIPPED']);
    await w.expectBooksAgree();
  });

  it('send the units back to their node while no money was taken, and hold nobody’s order', async () => {
    await w.db.pool.query(`UPDATE nodes SET hand_over = 'by_manifest'`);
    const { shipmentId, order, lineId } = await packed(w, [2, 1]);
    await w.settle();
    const input = { shipmentId, mode: 'unpack', reason: 'Wrong boxes' } as const;
    await w.flows.parcels.voidLabel(input, w.ctx('warehouse'));
    await comesToRest(w, 1);
    expect(await shipmentRow(w, shipmentId)).toMatchObject({ status: 'CANCELLED' });
    expect(await carrierLog(w, shipmentId)).toEqual({ label: 2, voided: 2 });
    expect(await w.order(order.id)).toMatchObject({ holds: [], fulfilment_status: 'ALLOCATED', captured_minor: 0n });
    await w.db.pool.query(`UPDATE nodes SET hand_over = 'at_once'`);
    const again = [{ units: [{ lineId, quantity: 3 }] }];
    await w.flows.shipOrder({ orderId: order.id, boxes: again }, w.ctx('warehouse'));
    await w.settle();
    expect(await w.order(order.id)).toMatchObject({ status: 'FULFILLED' });
    await expect(w.flows.parcels.voidLabel(input, w.ctx('warehouse'))).rejects.toMatchObject({ code: 'state_refuses' });
    await w.expectBooksAgree();
  });
});
