import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dieEverywhere } from '../testing/mortal.ts';
import { type OrderWorld, orderWorld } from '../testing/order-world.ts';
import { comesToRest } from '../testing/parcel-hands.ts';
import { refusalOf as refusal } from '../testing/refusal.ts';
import { type Delivered, delivered, requested, returnRow } from '../testing/return-hands.ts';

let w: OrderWorld;
beforeAll(async () => {
  w = await orderWorld({ stock: 5_000 });
});
afterAll(() => w.close());

const goods = (order: Delivered, sku: string, instead = sku) => [
  { lineId: order.lines[sku] as string, sku: instead, quantity: 1 },
];

/** An approved return whose replacement goes ahead. */
async function ahead(order: Delivered, sku = 'MUG', instead = sku, more: { unsecured?: string } = {}): Promise<string> {
  const returnId = await requested(w, order, { [sku]: 1 }, { wants: 'exchange', reason: 'does_not_fit' });
  await w.flows.returns.approve({ returnId, label: false, advance: goods(order, sku, instead), ...more }, w.ctx());
  return returnId;
}
const security = async (returnId: string) =>
  (
    await w.db.pool.query(
      'SELECT p.status, p.authorized_minor, p.captured_minor, p.hold_id FROM returns r JOIN payments p ON p.id = r.security_id WHERE r.id = $1',
      [returnId],
    )
  ).rows[0];
async function arrives(order: Delivered): Promise<void> {
  await w.flows.shipOrder({ orderId: order.orderId }, w.ctx());
  await w.settle();
  const { rows } = await w.db.pool.query<{ id: string }>(`SELECT id FROM shipments WHERE order_id = $1 AND status = 'SHIPPED'`, [
    order.orderId,
  ]);
  for (const { id } of rows)
    await w.flows.updateShipment({ shipmentId: id, status: 'DELIVERED', detail: null }, w.ctx('carrier'));
  await look(order);
}
/** Has the order's waiting sagas look now. */
async function look(order: Delivered): Promise<void> {
  await w.db.pool.query(`UPDATE sagas SET wake_at = now() - interval '1 second' WHERE order_id = $1 AND status <> 'done'`, [
    order.orderId,
  ]);
  await w.settle();
}
async function comesBack(order: Delivered, returnId: string, verdict: 'accept' | 'part' | 'reject' = 'accept', sku = 'MUG') {
  await w.flows.returns.receive({ returnId, nodeId: w.nodes[0] as string }, w.ctx('warehouse'));
  const line = { lineId: order.lines[sku] as string, quantity: 1, verdict, ...(verdict === 'part' ? { valuePercent: 40 } : {}) };
  await w.flows.returns.inspect({ returnId, lines: [line] }, w.ctx('warehouse'));
}

describe('a replacement that goes ahead', () => {
  it('leaves when its worth is held, and the hold is released when the goods are back', async () => {
    const order = await delivered(w, { MUG: 2 });
    const returnId = await ahead(order);
    await w.settle();
    expect(await returnRow(w, returnId)).toMatchObject({
      status: 'approved',
      advance_status: 'sent',
      advance_minor: 1_250n,
      send_by: null,
    });
    expect(await security(returnId)).toMatchObject({ status: 'AUTHORIZED', authorized_minor: 1_250n });
    await arrives(order);
    expect(await returnRow(w, returnId)).toMatchObject({ send_by: expect.any(Date) });
    expect(await security(returnId)).toMatchObject({ status: 'AUTHORIZED', captured_minor: 0n });
    expect((await refusal(w.flows.returns.cancel({ returnId }, w.ctx('customer')))).message).toContain('has been sent');
    await comesBack(order, returnId);
    expect(await w.flows.returns.previewSettle({ returnId }, w.ctx())).toMatchObject({
      exchangedMinor: 1_250,
      chargeMinor: 0,
      refundMinor: 0,
    });
    await w.flows.returns.settle({ returnId }, w.ctx());
    await w.settle();
    expect(await returnRow(w, returnId)).toMatchObject({ status: 'settled', advance_status: 'released', charge_minor: 0n });
    expect(await security(returnId)).toMatchObject({ status: 'VOIDED', hold_id: null });
    expect(await w.order(order.orderId)).toMatchObject({ status: 'FULFILLED', captured_minor: 2_500n, receivable_minor: 0n });
    await w.expectBooksAgree();
  });

  it('is bought where nothing comes back: booked, taken of the hold, nothing owed', async () => {
    const order = await delivered(w, { MUG: 1 });
    const returnId = await ahead(order);
    await w.settle();
    await arrives(order);
    await w.db.pool.query(`UPDATE returns SET send_by = now() + interval '1 day' WHERE id = $1`, [returnId]);
    await look(order);
    const told = await w.db.pool.query(
      `SELECT count(*)::int AS n FROM events WHERE type = 'return.replacement_due' AND data->>'returnId' = $1`,
      [returnId],
    );
    expect(told.rows[0]).toEqual({ n: 1 });
    await w.db.pool.query(`UPDATE returns SET send_by = now() - interval '1 hour' WHERE id = $1`, [returnId]);
    await w.flows.returns.endOverdue(w.ctx());
    await w.settle();
    expect(await returnRow(w, returnId)).toMatchObject({ status: 'expired', advance_status: 'charged', charge_minor: 1_250n });
    expect(await security(returnId)).toMatchObject({ status: 'CAPTURED', captured_minor: 1_250n });
    expect(await w.order(order.orderId)).toMatchObject({
      status: 'FULFILLED',
      total_minor: 2_500n,
      captured_minor: 2_500n,
      receivable_minor: 0n,
    });
    await w.expectBooksAgree();
  });

  it('takes what the goods do not pay for: worn ones, refused ones, a dearer one', async () => {
    for (const [verdict, instead, charge] of [
      ['part', 'MUG', 750n],
      ['reject', 'MUG', 1_250n],
      ['accept', 'TEE', 749n],
    ] as const) {
      const order = await delivered(w, { MUG: 1 });
      const returnId = await ahead(order, 'MUG', instead);
      await w.settle();
      await arrives(order);
      await comesBack(order, returnId, verdict);
      await w.flows.returns.settle({ returnId }, w.ctx());
      await w.settle();
      expect(await returnRow(w, returnId)).toMatchObject({ status: 'settled', advance_status: 'charged', charge_minor: charge });
      expect(await security(returnId)).toMatchObject({ captured_minor: charge, hold_id: null });
      expect(await w.order(order.orderId)).toMatchObject({ captured_minor: 1_250n + charge, receivable_minor: 0n });
    }
    await w.expectBooksAgree();
  });

  it('stays where the bank refuses to hold its worth; a person sends it anyway and says why', async () => {
    const order = await delivered(w, { MUG: 1 });
    await w.db.pool.query(`UPDATE payments SET token = 'pm_card_visa_chargeDeclined' WHERE order_id = $1`, [order.orderId]);
    const returnId = await ahead(order);
    await w.settle();
    expect(await returnRow(w, returnId)).toMatchObject({
      status: 'approved',
      advance_status: 'refused',
      send_by: expect.any(Date),
    });
    expect(await w.order(order.orderId)).toMatchObject({ status: 'FULFILLED', receivable_minor: 0n });
    await w.expectBooksAgree();
    const other = await delivered(w, { MUG: 1 });
    const trusted = await ahead(other, 'MUG', 'MUG', { unsecured: 'Twenty years a customer' });
    await w.settle();
    expect(await returnRow(w, trusted)).toMatchObject({
      advance_status: 'sent',
      security_id: null,
      advance_why: 'Twenty years a customer',
    });
    await arrives(other);
    await w.db.pool.query(`UPDATE returns SET send_by = now() - interval '1 hour' WHERE id = $1`, [trusted]);
    await w.flows.returns.endOverdue(w.ctx());
    await w.settle();
    expect(await returnRow(w, trusted)).toMatchObject({ status: 'expired', advance_status: 'unpaid' });
    await w.expectBooksAgree();
  });

  it('is held, sent and taken once wherever its worker dies', async () => {
    const died = await dieEverywhere(
      { ...w, clock: w.clock, pool: w.db.pool },
      {
        begin: async () => {
          const order = await delivered(w, { MUG: 1 });
          return { order, returnId: await requested(w, order, { MUG: 1 }, { wants: 'exchange' }) };
        },
        work: async (flows, { order, returnId }) => {
          await flows.returns.approve({ returnId, label: false, advance: goods(order, 'MUG') }, w.ctx(), `ahead:${returnId}`);
          await w.settle(flows);
        },
        end: async ({ order, returnId }, how) => {
          await w.flows.returns.approve({ returnId, label: false, advance: goods(order, 'MUG') }, w.ctx(), `ahead:${returnId}`);
          await comesToRest(w);
          expect(await returnRow(w, returnId), how).toMatchObject({ advance_status: 'sent' });
          expect(await security(returnId), how).toMatchObject({ status: 'AUTHORIZED', authorized_minor: 1_250n });
        },
      },
    );
    expect(died).toBeGreaterThanOrEqual(2);
    await w.expectBooksAgree();
  });

  it.runIf(process.env.WAYBILL_DEEP === '1')(
    'is charged once wherever its worker dies',
    async () => {
      await dieEverywhere(
        { ...w, clock: w.clock, pool: w.db.pool },
        {
          begin: async () => {
            const order = await delivered(w, { MUG: 1 });
            const returnId = await ahead(order);
            await w.settle();
            await arrives(order);
            await w.db.pool.query(`UPDATE returns SET send_by = now() - interval '1 hour' WHERE id = $1`, [returnId]);
            return { order, returnId };
          },
          work: async (flows) => {
            await flows.returns.endOverdue(w.ctx());
            await w.settle(flows);
          },
          end: async ({ order, returnId }, how) => {
            await w.flows.returns.endOverdue(w.ctx());
            await comesToRest(w);
            expect(await returnRow(w, returnId), how).toMatchObject({ status: 'expired', advance_status: 'charged' });
            expect(await security(returnId), how).toMatchObject({ captured_minor: 1_250n });
            expect(await w.order(order.orderId), how).toMatchObject({ captured_minor: 2_500n, receivable_minor: 0n });
          },
        },
      );
      await w.expectBooksAgree();
    },
    300_000,
  );
});
