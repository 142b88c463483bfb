import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type PartnersWorld, partnersWorld } from '../testing/partner-world.ts';

let w: PartnersWorld;
beforeAll(async () => {
  w = await partnersWorld();
});
afterAll(() => w.close());
afterEach(async () => {
  for (const partner of [w.thirdParty, w.dropShipper]) {
    await partner.switches.reset();
    await w.steer(partner, 'settings', { answer: 'accept', answer_after_ms: 0, parcels: 1 });
  }
  await w.expectBooksAgree();
});

const spans = async (orderId: string): Promise<unknown[]> =>
  (
    await w.db.pool.query(
      `SELECT s.state, n.code AS node, sum(s.to_unit - s.from_unit + 1)::int AS units FROM line_spans s LEFT JOIN nodes n ON n.id = s.node_id
       JOIN order_lines l ON l.id = s.line_id WHERE s.order_id = $1 AND l.kind = 'item' AND l.stocked GROUP BY 1, 2 ORDER BY 1, 2`,
      [orderId],
    )
  ).rows;
const shipments = async (orderId: string): Promise<Record<string, unknown>[]> =>
  (
    await w.db.pool.query(
      `SELECT s.status, n.code AS node, s.tracking_number, s.label_url FROM shipments s JOIN nodes n ON n.id = s.node_id WHERE s.order_id = $1 ORDER BY s.id`,
      [orderId],
    )
  ).rows;
/** As time goes by: past back-offs and polls. */
async function passes(ms: number, rounds = 1): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    w.advanceClock(ms);
    await w.settle();
  }
}
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('units that lie with a partner', () => {
  it('are asked for, and leave when the partner says so, each parcel with its tracking and its money', async () => {
    const placed = await w.place({ lines: [{ sku: 'MUG', quantity: 3 }], shipping: { name: 'Standard', priceMinor: 490n } });
    await w.settle();
    const [request] = await w.requests(placed.id);
    expect(request).toMatchObject({ node_id: w.at.thirdParty, kind: 'third_party', status: 'accepted' });
    expect(await w.order(placed.id)).toMatchObject({ status: 'CONFIRMED', fulfilment_status: 'ALLOCATED', captured_minor: 0n });
    await w.steer(w.thirdParty, 'settings', { parcels: 2 });
    await w.steer(w.thirdParty, `requests/${request?.id}/ship`, {});
    // One payment is captured for one parcel at a time.
    await passes(6 * MINUTE);
    await passes(MINUTE);
    const sent = await shipments(placed.id);
    expect(sent).toHaveLength(2);
    for (const shipment of sent)
      expect(shipment).toMatchObject({
        status: 'SHIPPED',
        node: 'LOGI',
        tracking_number: expect.stringMatching(/^PX/),
        label_url: null,
      });
    expect(await w.order(placed.id)).toMatchObject({ status: 'FULFILLED', payment_status: 'CAPTURED' });
    expect((await w.requests(placed.id))[0]).toMatchObject({ status: 'shipped', ended_at: expect.any(Date) });
    expect(w.carrier.state.parcels.size).toBe(0);
  });

  it('are not ours to pack', async () => {
    const placed = await w.place({ lines: [{ sku: 'MUG', quantity: 1 }] });
    await w.settle();
    await expect(w.flows.shipOrder({ orderId: placed.id }, w.ctx('warehouse'))).rejects.toThrow(/A partner sends these units/);
  });

  it('go elsewhere when the partner says no, and are not asked for there again', async () => {
    await w.steer(w.thirdParty, 'settings', { answer: 'reject' });
    const placed = await w.place({ lines: [{ sku: 'MUG', quantity: 2 }] });
    await w.settle();
    expect((await w.requests(placed.id)).map(({ status, reason }) => ({ status, reason }))).toEqual([
      { status: 'rejected', reason: 'The goods are not on the shelf.' },
    ]);
    expect(await spans(placed.id)).toEqual([{ state: 'allocated', node: 'N1', units: 2 }]);
    await w.flows.shipOrder({ orderId: placed.id }, w.ctx('warehouse'));
    await w.settle();
    expect(await w.order(placed.id)).toMatchObject({ status: 'FULFILLED', payment_status: 'CAPTURED' });
  });

  it('go elsewhere when they are refused at the door', async () => {
    await w.thirdParty.switches.set({ decline: { next: 1 } });
    const placed = await w.place({ lines: [{ sku: 'MUG', quantity: 2 }] });
    await w.settle();
    expect((await w.requests(placed.id))[0]).toMatchObject({ status: 'rejected', reason: 'We send nothing to that address.' });
    expect(await spans(placed.id)).toEqual([{ state: 'allocated', node: 'N1', units: 2 }]);
  });

  it('are split where the partner takes a part: that goes on, the rest goes elsewhere', async () => {
    await w.steer(w.thirdParty, 'settings', { answer: 'partial' });
    const placed = await w.place({ lines: [{ sku: 'MUG', quantity: 5 }] });
    await w.settle();
    expect(await spans(placed.id)).toEqual([
      { state: 'allocated', node: 'LOGI', units: 2 },
      { state: 'allocated', node: 'N1', units: 3 },
    ]);
    await w.steer(w.thirdParty, `requests/${(await w.requests(placed.id))[0]?.id}/ship`, {});
    await passes(6 * MINUTE);
    expect(await w.order(placed.id)).toMatchObject({ status: 'PARTIALLY_FULFILLED' });
    await w.flows.shipOrder({ orderId: placed.id }, w.ctx('warehouse'));
    await w.settle();
    expect(await w.order(placed.id)).toMatchObject({ status: 'FULFILLED', payment_status: 'CAPTURED' });
    expect((await shipments(placed.id)).map(({ node }) => node)).toEqual(['LOGI', 'N1']);
  });

  it('are taken back from a partner who is silent past the limit, and only then go elsewhere', async () => {
    await w.steer(w.thirdParty, 'settings', { answer: 'silent' });
    const placed = await w.place({ lines: [{ sku: 'MUG', quantity: 2 }] });
    await w.settle();
    await passes(HOUR);
    expect(await spans(placed.id)).toEqual([{ state: 'allocated', node: 'LOGI', units: 2 }]);
    // The partner cannot be reached just then: nobody is guessed to have forgotten.
    await w.thirdParty.switches.set({ error_5xx: { next: 1, on: ['cancel'] } });
    await passes(HOUR + MINUTE);
    expect(await spans(placed.id)).toEqual([{ state: 'allocated', node: 'LOGI', units: 2 }]);
    await passes(MINUTE, 3);
    expect((await w.requests(placed.id))[0]).toMatchObject({ status: 'cancelled', recall: 'silent' });
    expect(await spans(placed.id)).toEqual([{ state: 'allocated', node: 'N1', units: 2 }]);
  });

  it('are believed to have left where the partner was only late to say so', async () => {
    await w.steer(w.thirdParty, 'settings', { answer: 'silent' });
    const placed = await w.place({ lines: [{ sku: 'MUG', quantity: 2 }] });
    await w.settle();
    const id = (await w.requests(placed.id))[0]?.id;
    await w.steer(w.thirdParty, `requests/${id}/answer`, { as: 'accept' });
    await w.steer(w.thirdParty, `requests/${id}/ship`, {});
    await passes(3 * HOUR);
    expect((await w.requests(placed.id))[0]).toMatchObject({ status: 'shipped' });
    expect(await w.order(placed.id)).toMatchObject({ status: 'FULFILLED', payment_status: 'CAPTURED' });
  });

  it('are taken back from a partner who said yes and never sends', async () => {
    const placed = await w.place({ lines: [{ sku: 'MUG', quantity: 1 }] });
    await w.settle();
    await passes(49 * HOUR, 2);
    expect((await w.requests(placed.id))[0]).toMatchObject({ status: 'cancelled', recall: 'late' });
    expect(await spans(placed.id)).toEqual([{ state: 'allocated', node: 'N1', units: 1 }]);
  });

  it('lie with a drop shipper too, whose stock is their own', async () => {
    const placed = await w.place({ lines: [{ sku: 'TEE', quantity: 2 }] });
    await w.settle();
    const [request] = await w.requests(placed.id);
    expect(request).toMatchObject({ node_id: w.at.dropShipper, kind: 'drop_shipper', status: 'accepted' });
    await w.steer(w.dropShipper, `requests/${request?.id}/ship`, {});
    await passes(16 * MINUTE);
    expect(await w.order(placed.id)).toMatchObject({ status: 'FULFILLED' });
  });

  it('wait elsewhere for stock where nobody else has any', async () => {
    await w.steer(w.thirdParty, 'settings', { answer: 'reject' });
    const skuId = w.skus.MUG as string;
    for (const nodeId of w.nodes)
      await w.flows.adjustStock({ merchantId: w.merchantId, skuId, nodeId, delta: -900, reason: 'lost' }, w.ctx('warehouse'));
    const before = await w.db.pool.query(
      'SELECT sum(on_hand - allocated)::int AS free FROM node_stock WHERE sku_id = $1 AND node_id = ANY($2)',
      [skuId, w.nodes],
    );
    const free = before.rows[0].free as number;
    const placed = await w.place({ lines: [{ sku: 'MUG', quantity: free + 2 }] });
    await w.settle();
    expect(await w.order(placed.id)).toMatchObject({ fulfilment_status: 'UNALLOCATED' });
    await w.flows.adjustStock(
      { merchantId: w.merchantId, skuId, nodeId: w.nodes[0] as string, delta: 900, reason: 'found' },
      w.ctx('warehouse'),
    );
    await passes(2 * MINUTE);
    expect(await w.order(placed.id)).toMatchObject({ fulfilment_status: 'ALLOCATED' });
  });
});

describe('a call that breaks', () => {
  it.each(['drop_before', 'drop_reply', 'error_5xx', 'error_5xx_after', 'rate_limit'])(
    'by %s asks for the units once',
    async (fault) => {
      await w.thirdParty.switches.set({ [fault]: { next: 1, on: ['request'] } });
      const placed = await w.place({ lines: [{ sku: 'MUG', quantity: 1 }] });
      await w.settle();
      await passes(MINUTE, 4);
      const [request] = await w.requests(placed.id);
      expect(request).toMatchObject({ status: 'accepted' });
      const taken = w.thirdParty.state.log.filter((entry) => entry.kind === 'asked' && entry.reference === request?.id);
      expect(taken).toHaveLength(1);
    },
  );
});

describe('cancelling an order that a partner is to send', () => {
  const cancel = (orderId: string) => w.flows.cancelOrder({ orderId, reason: 'customer_request' }, w.ctx());

  it('asks the partner first, and cancels when they agree', async () => {
    const placed = await w.place({ lines: [{ sku: 'MUG', quantity: 2 }], shipping: { name: 'Standard', priceMinor: 490n } });
    await w.settle();
    expect(await cancel(placed.id)).toMatchObject({ status: 'CONFIRMED', awaitingPartner: true, cancelledMinor: 0 });
    expect(await spans(placed.id)).toEqual([{ state: 'allocated', node: 'LOGI', units: 2 }]);
    await w.settle();
    expect((await w.requests(placed.id))[0]).toMatchObject({ status: 'cancelled', recall: 'order_cancelled' });
    expect(await w.order(placed.id)).toMatchObject({ status: 'CANCELLED', payment_status: 'VOIDED' });
  });

  it('cancels nothing that the partner had sent already', async () => {
    const placed = await w.place({ lines: [{ sku: 'MUG', quantity: 2 }] });
    await w.settle();
    await w.steer(w.thirdParty, `requests/${(await w.requests(placed.id))[0]?.id}/ship`, {});
    await cancel(placed.id);
    await w.settle();
    await passes(MINUTE);
    expect(await w.order(placed.id)).toMatchObject({ status: 'FULFILLED', payment_status: 'CAPTURED', cancelled_minor: 0n });
  });

  it('cancels what the partner had not sent, and keeps the rest', async () => {
    const placed = await w.place({ lines: [{ sku: 'MUG', quantity: 3 }] });
    await w.settle();
    await w.steer(w.thirdParty, `requests/${(await w.requests(placed.id))[0]?.id}/ship`, { units: 1 });
    await cancel(placed.id);
    await w.settle();
    await passes(MINUTE);
    expect(await w.order(placed.id)).toMatchObject({ status: 'FULFILLED', captured_minor: 1_250n, cancelled_minor: 2_500n });
    expect(await spans(placed.id)).toEqual([
      { state: 'cancelled', node: null, units: 2 },
      { state: 'shipped', node: 'LOGI', units: 1 },
    ]);
  });

  it('looks for the units that were not meant at another place, which may be the same', async () => {
    const placed = await w.place({ lines: [{ sku: 'MUG', quantity: 3 }] });
    await w.settle();
    const { rows } = await w.db.pool.query<{ id: string }>('SELECT id FROM order_lines WHERE order_id = $1', [placed.id]);
    const units = [{ lineId: rows[0]?.id as string, quantity: 1 }];
    await w.flows.cancelOrder({ orderId: placed.id, reason: 'customer_request', units }, w.ctx());
    await w.settle();
    await passes(MINUTE);
    expect(await spans(placed.id)).toEqual([
      { state: 'allocated', node: 'LOGI', units: 2 },
      { state: 'cancelled', node: null, units: 1 },
    ]);
    expect((await w.requests(placed.id)).map(({ status }) => status)).toEqual(['cancelled', 'accepted']);
  });

  it('waits for a partner who cannot be reached', async () => {
    const placed = await w.place({ lines: [{ sku: 'MUG', quantity: 1 }] });
    await w.settle();
    await w.thirdParty.switches.set({ down: { for_ms: 60_000 } });
    await cancel(placed.id);
    await w.settle();
    expect(await w.order(placed.id)).toMatchObject({ status: 'CONFIRMED' });
    await w.thirdParty.switches.reset();
    await passes(MINUTE, 2);
    expect(await w.order(placed.id)).toMatchObject({ status: 'CANCELLED' });
  });
});
