import type { ProcedurePath } from '../root.ts';
import type { GridWorld, Row, Tenant } from './grid-world.ts';

/** Situations of stock before anybody orders it. */
const flows = (w: GridWorld) => w.rest.api.app.flows.stockWork;

/** A purchase order of fifty tents, sent to its supplier. */
async function purchase(w: GridWorld, tenant: Tenant, order = true) {
  const { id: merchantId, nodeId, skus } = w.rest[tenant];
  const lines = [{ skuId: skus['TENT-2'] ?? '', quantity: 50 }];
  const made = await flows(w).createPurchaseOrder({ merchantId, nodeId, supplier: 'Tent Makers', lines, order }, w.ctx());
  const { rows } = await w.rest.db.pool.query<{ id: string }>(
    'SELECT id FROM purchase_order_lines WHERE purchase_order_id = $1',
    [made.id],
  );
  return { ...made, lineId: rows[0]?.id ?? '' };
}

const key = (w: GridWorld, tenant: Tenant) => ({ key: w.rest[tenant].key });
const LINES = [{ sku: 'MUG-RED', quantity: 12, unit_cost: '4.10' }];

const REST_ROWS = {
  'v1.purchaseOrders.create': async (w, tenant) => ({
    caller: key(w, tenant),
    path: '/purchase-orders',
    input: { node: 'MAIN', supplier: 'Nordic Mugs', order: true, lines: LINES },
    other: { node: 'MAIN', supplier: 'Southern Mugs', lines: LINES },
  }),
  'v1.purchaseOrders.update': async (w, tenant) => ({
    caller: key(w, tenant),
    path: `/purchase-orders/${(await purchase(w, tenant)).number}`,
    input: { version: 1, expected_on: '2026-12-24' },
    other: { version: 1, expected_on: '2026-12-31' },
  }),
  'v1.purchaseOrders.move': async (w, tenant) => ({
    caller: key(w, tenant),
    path: `/purchase-orders/${(await purchase(w, tenant)).id}/steps`,
    input: { step: 'CANCEL' },
    other: { step: 'CLOSE' },
  }),
  'v1.purchaseOrders.receive': async (w, tenant) => ({
    caller: key(w, tenant),
    path: `/purchase-orders/${(await purchase(w, tenant)).id}/receipts`,
    input: { lines: [{ sku: 'TENT-2', received: 3, damaged: 1 }] },
    other: { lines: [{ sku: 'TENT-2', received: 4 }] },
  }),
} as const satisfies Readonly<Record<string, Row>>;

const CONSOLE_ROWS = {
  'stockPolicies.save': async (w, tenant) => {
    const { rows } = await w.rest.db.pool.query<{ version: bigint }>(
      'SELECT version FROM stock_policies WHERE merchant_id = $1',
      [w.rest[tenant].id],
    );
    const wish = {
      merchantId: w.rest[tenant].id,
      version: Number(rows[0]?.version ?? 0n),
      countLimitUnits: null,
      expiryWarningDays: 30,
    };
    return {
      caller: await w.callerOf(tenant, 'stockPolicies.save'),
      input: { ...wish, overReceiptPercent: 0 },
      other: { ...wish, overReceiptPercent: 1 },
    };
  },
  'purchaseOrders.create': async (w, tenant) => {
    const { id: merchantId, nodeId, skus } = w.rest[tenant];
    const wish = { merchantId, nodeId, lines: [{ skuId: skus['TENT-2'], quantity: 5 }] };
    return {
      caller: await w.callerOf(tenant, 'purchaseOrders.create'),
      input: { ...wish, supplier: 'Tent Makers' },
      other: { ...wish, supplier: 'Other Makers' },
    };
  },
  'purchaseOrders.edit': async (w, tenant) => {
    const { id: purchaseOrderId } = await purchase(w, tenant);
    const wish = { purchaseOrderId, version: 1 };
    return {
      caller: await w.callerOf(tenant, 'purchaseOrders.edit'),
      input: { ...wish, expectedOn: '2026-12-24' },
      other: { ...wish, expectedOn: '2026-12-31' },
    };
  },
  'purchaseOrders.move': async (w, tenant) => {
    const { id: purchaseOrderId } = await purchase(w, tenant, false);
    return {
      caller: await w.callerOf(tenant, 'purchaseOrders.move'),
      input: { purchaseOrderId, step: 'order' },
      other: { purchaseOrderId, step: 'cancel' },
    };
  },
  'purchaseOrders.receive': async (w, tenant) => {
    const { id: purchaseOrderId, lineId } = await purchase(w, tenant);
    return {
      caller: await w.callerOf(tenant, 'purchaseOrders.receive'),
      input: { purchaseOrderId, lines: [{ lineId, received: 7 }] },
      other: { purchaseOrderId, lines: [{ lineId, received: 8 }] },
    };
  },
} as const satisfies Partial<Readonly<Record<ProcedurePath, Row>>>;

export const STOCK_ROWS: Readonly<Record<string, Row>> = { ...REST_ROWS, ...CONSOLE_ROWS };
