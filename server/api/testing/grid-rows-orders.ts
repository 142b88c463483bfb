import { newId } from '../../kernel/ids.ts';
import type { ProcedurePath } from '../root.ts';
import type { GridWorld, PlacedForGrid, Row, Tenant } from './grid-world.ts';

/** A row whose situation is an order: what is asked of it, and what else could be asked of it. */
type Asked = Readonly<Record<string, unknown>>;
const about =
  (
    procedure: ProcedurePath,
    order: (w: GridWorld, tenant: Tenant) => Promise<PlacedForGrid>,
    asks: (order: PlacedForGrid) => readonly [Asked, Asked],
  ): Row =>
  async (w, tenant) => {
    const placed = await order(w, tenant);
    const [input, other] = asks(placed);
    return {
      caller: await w.callerOf(tenant, procedure),
      input: { orderId: placed.id, ...input },
      other: { orderId: placed.id, ...other },
    };
  };

const place = (w: GridWorld, tenant: Tenant) => w.place(tenant);
const allocated = (w: GridWorld, tenant: Tenant) => w.allocated(tenant);
const shipped = (w: GridWorld, tenant: Tenant) => w.shipped(tenant);

const ADDRESS = { name: 'Carla Rossi', line1: 'Hauptstr. 5', city: 'Berlin', postalCode: '10115', country: 'DE' };

async function held(w: GridWorld, tenant: Tenant): Promise<PlacedForGrid> {
  const order = await w.allocated(tenant);
  await w.rest.api.app.flows.holdOrder({ orderId: order.id, hold: 'manual', reason: 'Ask first' }, w.ctx());
  return order;
}

async function cancelling(w: GridWorld, tenant: Tenant): Promise<PlacedForGrid> {
  const order = await w.allocated(tenant);
  await w.rest.api.app.flows.cancelOrder({ orderId: order.id, reason: 'customer_request', undoable: true }, w.ctx());
  return order;
}

async function refunding(w: GridWorld, orderId: string): Promise<string> {
  const wanted = { kind: 'amount', orderId, amountMinor: 100n, reason: 'late', undoable: true } as const;
  return (await w.rest.api.app.flows.refundOrder(wanted, w.ctx())).id;
}

/** Nothing but an order or a shipment is named: another request names another one. */
const either =
  (procedure: ProcedurePath, situation: (w: GridWorld, tenant: Tenant) => Promise<Asked>): Row =>
  async (w, tenant) => ({
    caller: await w.callerOf(tenant, procedure),
    input: await situation(w, tenant),
    other: await situation(w, tenant),
  });

async function atNode(w: GridWorld, tenant: Tenant) {
  return { nodeId: w.rest[tenant].nodeId, orderIds: [(await w.allocated(tenant)).id] };
}

/** An order whose units lie at the counter where its customer fetches them. */
export async function fetched(w: GridWorld, tenant: Tenant): Promise<PlacedForGrid> {
  const order = await w.allocated(tenant);
  await w.rest.db.pool.query(
    `INSERT INTO pickups (order_id, merchant_id, node_id, status, created_at, updated_at, version)
     SELECT id, merchant_id, $2, 'waiting', now(), now(), 1 FROM orders WHERE id = $1`,
    [order.id, w.rest[tenant].nodeId],
  );
  return order;
}

/** What people do with orders, shipments and stock. */
export const ORDER_ROWS: Partial<Readonly<Record<ProcedurePath, Row>>> = {
  'orders.cancel': about('orders.cancel', allocated, () => [{ reason: 'customer_request' }, { reason: 'other' }]),
  'orders.refund': about('orders.refund', shipped, () => [
    { kind: 'amount', amountMinor: 100n, reason: 'late' },
    { kind: 'amount', amountMinor: 200n, reason: 'late' },
  ]),
  'payments.record': either('payments.record', async (w, tenant) => {
    const { flows } = w.rest.api.app;
    const { id: merchantId } = w.rest[tenant];
    await flows.setPaymentGateways({ merchantId, gateways: [{ gateway: 'card' }, { gateway: 'manual' }] }, w.ctx());
    const payment = { provider: 'card', method: 'bank_transfer' } as const;
    const shipTo = { name: 'Carla Rossi', line1: 'Hauptstr. 5', city: 'Berlin', postalCode: '10115', country: 'DE' };
    const lines = [{ sku: 'MUG-RED', quantity: 1 }];
    const about = { channel: 'api', currency: 'EUR', customer: { email: 'c@customer.example' }, metadata: {}, tags: [] } as const;
    const placed = await flows.placeOrder({ ...about, merchantId, lines, shipTo, payment, tags: [] }, w.ctx());
    await w.settle(placed.id);
    const { rows } = await w.rest.db.pool.query<{ total: bigint }>('SELECT total_minor AS total FROM orders WHERE id = $1', [
      placed.id,
    ]);
    const amountMinor = rows[0]?.total ?? 0n;
    return { orderId: placed.id, amountMinor, currency: 'EUR', reference: 'E2E', occurredOn: '2026-11-20' };
  }),
  'orders.undoCancel': either('orders.undoCancel', async (w, tenant) => ({ orderId: (await cancelling(w, tenant)).id })),
  'orders.undoRefund': either('orders.undoRefund', async (w, tenant) => {
    const order = await w.shipped(tenant);
    return { orderId: order.id, refundId: await refunding(w, order.id) };
  }),
  'orders.readdress': about('orders.readdress', place, () => [
    { address: { ...ADDRESS, line1: 'Hauptstr. 6' }, seen: ADDRESS },
    { address: { ...ADDRESS, line1: 'Hauptstr. 7' }, seen: ADDRESS },
  ]),
  'orders.reship': async (w, tenant) => {
    const { id: orderId, shipmentId } = await w.shipped(tenant);
    return {
      caller: await w.callerOf(tenant, 'orders.reship'),
      input: { orderId, shipmentId, reason: 'lost' },
      other: { orderId, shipmentId, reason: 'damaged' },
    };
  },
  'orders.ship': about('orders.ship', allocated, ({ merchant }) => [{}, { nodeId: merchant.nodeId }]),
  'orders.note': about('orders.note', place, () => [{ body: 'Called' }, { body: 'Called twice' }]),
  'orders.tag': about('orders.tag', place, () => [{ add: ['gift'] }, { add: ['vip'] }]),
  'orders.hold': about('orders.hold', allocated, () => [
    { hold: 'manual', reason: 'Ask first' },
    { hold: 'manual', reason: 'Ask again' },
  ]),
  'orders.release': about('orders.release', held, () => [
    { hold: 'manual', reason: 'Asked' },
    { hold: 'manual', reason: 'Nobody asked' },
  ]),
  'mails.message': about('mails.message', place, () => [
    { subject: 'Your order', body: 'It is on its way.' },
    { subject: 'Your order', body: 'It is late.' },
  ]),
  'mails.resend': async (w, tenant) => {
    const { app } = w.rest.api;
    const { id: orderId } = await w.place(tenant);
    const { noticeId } = await app.flows.messageCustomer({ orderId, subject: 'Your order', body: 'It is late.' }, w.ctx());
    await w.rest.db.pool.query(`UPDATE notifications SET status = 'failed', reason = 'refused', next_at = NULL WHERE id = $1`, [
      noticeId,
    ]);
    return {
      caller: await w.callerOf(tenant, 'mails.resend'),
      input: { noticeId, reason: 'It never came' },
      other: { noticeId, reason: 'Asked for' },
    };
  },
  'shipments.startPicking': either('shipments.startPicking', atNode),
  'shipments.finishPicking': async (w, tenant) => {
    const round = await atNode(w, tenant);
    const caller = await w.callerOf(tenant, 'shipments.finishPicking');
    const started = await w.send(w.doors.main, 'shipments.startPicking', { caller, input: round, other: null }, newId());
    if (started.status !== 200) throw new Error(started.text);
    return { caller, input: { ...round, outcome: 'packed' }, other: { ...round, outcome: 'released' } };
  },
  'pickups.makeReady': either('pickups.makeReady', async (w, tenant) => ({ orderId: (await fetched(w, tenant)).id })),
  'pickups.handOver': async (w, tenant) => {
    const { id: orderId, number } = await fetched(w, tenant);
    await w.rest.api.app.flows.makePickupReady({ orderId }, w.ctx());
    const caller = await w.callerOf(tenant, 'pickups.handOver');
    return { caller, input: { orderId, shown: number }, other: { orderId, shown: 'AAAAAA' } };
  },
  'shipments.update': async (w, tenant) => {
    const { shipmentId } = await w.shipped(tenant);
    return {
      caller: await w.callerOf(tenant, 'shipments.update'),
      input: { shipmentId, status: 'IN_TRANSIT', detail: 'Left the depot' },
      other: { shipmentId, status: 'DELIVERED' },
    };
  },
  'backorders.setPolicy': async (w, tenant) => {
    const { id: merchantId, skus } = w.rest[tenant];
    const policy = { merchantId, skuId: skus['TENT-2'], kind: 'none' };
    const caller = await w.callerOf(tenant, 'backorders.setPolicy');
    return { caller, input: { ...policy, note: 'one' }, other: { ...policy, note: 'two' } };
  },
  'stock.adjust': async (w, tenant) => {
    const { id: merchantId, nodeId, skus } = w.rest[tenant];
    const place = { merchantId, nodeId, skuId: skus['TENT-2'], reason: 'found' };
    return { caller: await w.callerOf(tenant, 'stock.adjust'), input: { ...place, delta: 2 }, other: { ...place, delta: 3 } };
  },
  'approvals.decide': async (w, tenant) => {
    const { id: merchantId, nodeId, skus } = w.rest[tenant];
    const wanted = { merchantId, nodeId, skuId: skus['TENT-2'] ?? '', reason: 'found', delta: 100 } as const;
    const { approvalId } = await w.rest.api.app.flows.adjustStock(wanted, w.ctx(`user:${newId()}`));
    return {
      caller: await w.callerOf(tenant, 'approvals.decide'),
      input: { approvalId, decision: 'approve' },
      other: { approvalId, decision: 'reject', reason: 'Count again' },
    };
  },
  'sagas.operate': async (w, tenant) => {
    const { id: orderId } = await w.place(tenant);
    const { rows } = await w.rest.db.pool.query<{ id: string }>(
      `UPDATE sagas SET status = 'stuck', version = version + 1 WHERE order_id = $1 RETURNING id`,
      [orderId],
    );
    const sagaId = rows[0]?.id;
    return {
      caller: await w.callerOf(tenant, 'sagas.operate'),
      input: { sagaId, action: 'retry', reason: 'The bank is back' },
      other: { sagaId, action: 'retry', reason: 'Just so' },
    };
  },
};

/** The same operation in other hands, where what is checked before it depends on whose they are. */
export const FURTHER_ROWS: Readonly<Record<string, { readonly operation: ProcedurePath; readonly row: Row }>> = {
  'orders.cancel, by the customer': {
    operation: 'orders.cancel',
    row: async (w, tenant) => {
      const { id: orderId, customerId } = await w.allocated(tenant);
      const caller = { cookie: await w.rest.api.signIn('customer', { customerId }) };
      const plan = await w.rest.api.app.flows.previewCancel({ orderId, reason: 'customer_request' }, w.ctx());
      const wanted = { orderId, reason: 'customer_request', fingerprint: plan.fingerprint };
      return { caller, input: wanted, other: { ...wanted, note: 'Too late' } };
    },
  },
};
