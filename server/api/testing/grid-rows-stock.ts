import { newId } from '../../kernel/ids.ts';
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

/** A second node of the tenant, to send goods to. */
async function farNode(w: GridWorld, tenant: Tenant): Promise<string> {
  const { rows } = await w.rest.db.pool.query<{ id: string }>(
    `INSERT INTO nodes (id, merchant_id, home, code, name, kind, created_at) VALUES ($1, $2, 'EU', 'FAR', 'Far', 'warehouse', now())
     ON CONFLICT (merchant_id, code) DO UPDATE SET name = 'Far' RETURNING id`,
    [newId(), w.rest[tenant].id],
  );
  return rows[0]?.id ?? '';
}

async function transfer(w: GridWorld, tenant: Tenant) {
  const { id: merchantId, nodeId: fromNodeId, skus } = w.rest[tenant];
  const wish = {
    merchantId,
    fromNodeId,
    toNodeId: await farNode(w, tenant),
    lines: [{ skuId: skus['TENT-2'] ?? '', quantity: 2 }],
  };
  const made = await flows(w).createTransfer(wish, w.ctx());
  const { rows } = await w.rest.db.pool.query<{ id: string }>('SELECT id FROM stock_transfer_lines WHERE transfer_id = $1', [
    made.id,
  ]);
  return { transferId: made.id, lineId: rows[0]?.id ?? '' };
}

async function count(w: GridWorld, tenant: Tenant) {
  const { id: merchantId, nodeId, skus } = w.rest[tenant];
  const choice = { by: 'skus' as const, skuIds: [skus['MUG-RED'] ?? ''] };
  const made = await flows(w).createCount({ merchantId, nodeId, blind: false, choice }, w.ctx());
  const { rows } = await w.rest.db.pool.query<{ id: string }>('SELECT id FROM stock_count_lines WHERE count_id = $1', [made.id]);
  return { countId: made.id, lineId: rows[0]?.id ?? '' };
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
  'v1.stockTransfers.create': async (w, tenant) => {
    await farNode(w, tenant);
    const wish = { from: 'MAIN', to: 'FAR' };
    return {
      caller: key(w, tenant),
      path: '/stock-transfers',
      input: { ...wish, lines: [{ sku: 'TENT-2', quantity: 1 }] },
      other: { ...wish, lines: [{ sku: 'TENT-2', quantity: 2 }] },
    };
  },
  'v1.stockTransfers.cancel': async (w, tenant) => ({
    caller: key(w, tenant),
    path: `/stock-transfers/${(await transfer(w, tenant)).transferId}/cancel`,
    input: { reason: 'Sold here meanwhile' },
    other: {},
  }),
  'v1.stockAlerts.setPoints': async (w, tenant) => {
    const [point, quantity] = [31, 5];
    return {
      caller: key(w, tenant),
      path: '/reorder-points',
      input: { rows: [{ sku: 'MUG-RED', point, quantity }] },
      other: { rows: [{ sku: 'MUG-RED' }] },
    };
  },
  'v1.stockTransfers.dispatch': async (w, tenant) => ({
    caller: key(w, tenant),
    path: `/stock-transfers/${(await transfer(w, tenant)).transferId}/dispatch`,
    input: {},
    other: { lines: [{ sku: 'TENT-2', sent: 1 }] },
  }),
  'v1.stockTransfers.receive': async (w, tenant) => {
    const { transferId } = await transfer(w, tenant);
    await flows(w).sendTransfer({ transferId }, w.ctx());
    return {
      caller: key(w, tenant),
      path: `/stock-transfers/${transferId}/receipts`,
      input: { lines: [{ sku: 'TENT-2', received: 2 }] },
      other: { lines: [{ sku: 'TENT-2', received: 1 }] },
    };
  },
  'v1.stockCounts.create': async (w, tenant) => ({
    caller: key(w, tenant),
    path: '/stock-counts',
    input: { node: 'MAIN', skus: ['MUG-RED'] },
    other: { node: 'MAIN', skus: ['TENT-2'] },
  }),
  'v1.stockCounts.record': async (w, tenant) => ({
    caller: key(w, tenant),
    path: `/stock-counts/${(await count(w, tenant)).countId}/figures`,
    input: { lines: [{ sku: 'MUG-RED', counted: 3 }] },
    other: { lines: [{ sku: 'MUG-RED', counted: 4 }] },
  }),
  'v1.stockCounts.finish': async (w, tenant) => ({
    caller: key(w, tenant),
    path: `/stock-counts/${(await count(w, tenant)).countId}/finish`,
    input: { outcome: 'CANCEL' },
    other: { outcome: 'CANCEL', reason: 'Another day' },
  }),
} as const satisfies Readonly<Record<string, Row>>;

const CONSOLE_ROWS = {
  'stock.adjustRows': async (w, tenant) => {
    const { id: merchantId, nodeId, skus } = w.rest[tenant];
    const rows = (delta: number) => [{ skuId: skus['MUG-RED'], nodeId, delta, reason: 'found' }];
    return {
      caller: await w.callerOf(tenant, 'stock.adjustRows'),
      input: { merchantId, mode: 'all', rows: rows(1) },
      other: { merchantId, mode: 'all', rows: rows(2) },
    };
  },
  'stock.trackLots': async (w, tenant) => ({
    caller: await w.callerOf(tenant, 'stock.trackLots'),
    input: { skuId: await w.addSku(tenant, `LOT-${newId()}`) },
    other: { skuId: await w.addSku(tenant, `LOT-${newId()}`) },
  }),
  'transfers.create': async (w, tenant) => {
    const { id: merchantId, nodeId: fromNodeId, skus } = w.rest[tenant];
    const wish = { merchantId, fromNodeId, toNodeId: await farNode(w, tenant) };
    const lines = (quantity: number) => [{ skuId: skus['TENT-2'], quantity }];
    return {
      caller: await w.callerOf(tenant, 'transfers.create'),
      input: { ...wish, lines: lines(1) },
      other: { ...wish, lines: lines(2) },
    };
  },
  'transfers.send': async (w, tenant) => {
    const { transferId, lineId } = await transfer(w, tenant);
    return {
      caller: await w.callerOf(tenant, 'transfers.send'),
      input: { transferId },
      other: { transferId, lines: [{ lineId, sent: 1 }] },
    };
  },
  'transfers.receive': async (w, tenant) => {
    const { transferId, lineId } = await transfer(w, tenant);
    await flows(w).sendTransfer({ transferId }, w.ctx());
    return {
      caller: await w.callerOf(tenant, 'transfers.receive'),
      input: { transferId, lines: [{ lineId, received: 2 }] },
      other: { transferId, lines: [{ lineId, received: 1 }] },
    };
  },
  'transfers.cancel': async (w, tenant) => {
    const { transferId } = await transfer(w, tenant);
    return {
      caller: await w.callerOf(tenant, 'transfers.cancel'),
      input: { transferId },
      other: { transferId, reason: 'Not needed' },
    };
  },
  'counts.create': async (w, tenant) => {
    const { id: merchantId, nodeId } = w.rest[tenant];
    const wish = { merchantId, nodeId, choice: { by: 'all' } };
    return {
      caller: await w.callerOf(tenant, 'counts.create'),
      input: { ...wish, blind: true },
      other: { ...wish, blind: false },
    };
  },
  'counts.record': async (w, tenant) => {
    const { countId, lineId } = await count(w, tenant);
    return {
      caller: await w.callerOf(tenant, 'counts.record'),
      input: { countId, lines: [{ lineId, counted: 3 }] },
      other: { countId, lines: [{ lineId, counted: 4 }] },
    };
  },
  'counts.end': async (w, tenant) => {
    const { countId } = await count(w, tenant);
    return {
      caller: await w.callerOf(tenant, 'counts.end'),
      input: { countId, outcome: 'cancel' },
      other: { countId, outcome: 'cancel', reason: 'Another day' },
    };
  },
  'stockFiles.carryOut': async (w, tenant) => {
    const { id: merchantId } = w.rest[tenant];
    const wish = { kind: 'levels', merchantId };
    const bin = (): string => newId().slice(-12);
    return {
      caller: await w.callerOf(tenant, 'stockFiles.carryOut'),
      input: { ...wish, csv: `sku,node,bin\nMUG-RED,MAIN,${bin()}` },
      other: { ...wish, csv: `sku,node,bin\nMUG-RED,MAIN,${bin()}` },
    };
  },
  'replenishment.setPoints': async (w, tenant) => {
    const { id: merchantId, skus } = w.rest[tenant];
    const { rows: set } = await w.rest.db.pool.query<{ version: bigint }>(
      'SELECT version FROM reorder_points WHERE sku_id = $1',
      [skus['MUG-RED']],
    );
    // Another point than is set, so that each of the grid's calls changes something.
    const next = Number(set[0]?.version ?? 0n) + 3;
    const rows = (point: number) => [{ skuId: skus['MUG-RED'], nodeId: null, rule: { point, quantity: 12 } }];
    return {
      caller: await w.callerOf(tenant, 'replenishment.setPoints'),
      input: { merchantId, rows: rows(next) },
      other: { merchantId, rows: rows(next + 1) },
    };
  },
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
