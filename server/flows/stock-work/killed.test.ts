import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../kernel/ids.ts';
import type { Flows } from '../flows.ts';
import { createMortal } from '../testing/mortal.ts';
import { type OrderWorld, orderWorld } from '../testing/order-world.ts';

/** A process dies before or after the COMMIT of whatever moves goods; whoever asked asks another one again, under the same key. */
let w: OrderWorld;
beforeAll(async () => {
  w = await orderWorld({ stock: 500 });
});
afterAll(() => w.close());

const sku = () => w.skus.MUG as string;
const place = () => ({ merchantId: w.merchantId, skuId: sku(), nodeId: w.nodes[0] as string });
const lineOf = async (table: string, column: string, id: string): Promise<string> =>
  (await w.db.pool.query<{ id: string }>(`SELECT id FROM ${table} WHERE ${column} = $1`, [id])).rows[0]?.id as string;

type Deed = (flows: Flows, key: string) => Promise<unknown>;

/** Each prepares what it needs, and says what is on hand at both nodes together when it was done once. */
const DEEDS: Readonly<Record<string, () => Promise<{ readonly deed: Deed; readonly change: bigint }>>> = {
  'goods are received': async () => {
    const wish = { ...place(), supplier: 'Makers', lines: [{ skuId: sku(), quantity: 9 }], order: true };
    const { id } = await w.flows.stockWork.createPurchaseOrder(wish, w.ctx());
    const lines = [{ lineId: await lineOf('purchase_order_lines', 'purchase_order_id', id), received: 7, damaged: 1 }];
    return {
      deed: (flows, key) => flows.stockWork.receivePurchaseOrder({ purchaseOrderId: id, lines }, w.ctx(), key),
      change: 7n,
    };
  },
  'a transfer leaves': async () => {
    const { id } = await transfer();
    return { deed: (flows, key) => flows.stockWork.sendTransfer({ transferId: id }, w.ctx(), key), change: -5n };
  },
  'a transfer arrives': async () => {
    const { id, lineId } = await transfer();
    await w.flows.stockWork.sendTransfer({ transferId: id }, w.ctx());
    const lines = [{ lineId, received: 5 }];
    return { deed: (flows, key) => flows.stockWork.receiveTransfer({ transferId: id, lines }, w.ctx(), key), change: 5n };
  },
  'a transfer ends with less than was sent': async () => {
    const { id, lineId } = await transfer();
    await w.flows.stockWork.sendTransfer({ transferId: id }, w.ctx());
    const end = { transferId: id, lines: [{ lineId, received: 3 }], finish: true, reason: 'Box crushed' };
    return { deed: (flows, key) => flows.stockWork.receiveTransfer(end, w.ctx(), key), change: 3n };
  },
  'a count is finished': async () => {
    const id = await counted(-3);
    return { deed: (flows, key) => flows.stockWork.endCount({ countId: id, outcome: 'finish' }, w.ctx(), key), change: -3n };
  },
  'a count is approved': async () => {
    const id = await counted(-4);
    await w.db.pool.query('INSERT INTO stock_policies (merchant_id, count_limit_units) VALUES ($1, 2)', [w.merchantId]);
    const { approvalId } = await w.flows.stockWork.endCount({ countId: id, outcome: 'finish' }, w.ctx());
    await w.db.ownerPool.query('DELETE FROM stock_policies');
    return { deed: approval(approvalId), change: -4n };
  },
  'an adjustment is approved': async () => {
    await w.db.ownerPool.query(
      `INSERT INTO approval_policies (action, currency, threshold_minor) VALUES ('adjust-stock', 'EUR', 1)`,
    );
    const { approvalId } = await w.flows.adjustStock({ ...place(), delta: 6, reason: 'found' }, w.ctx());
    await w.db.ownerPool.query('DELETE FROM approval_policies');
    return { deed: approval(approvalId), change: 6n };
  },
  'many rows are adjusted': async () => {
    const rows = [{ ...place(), delta: 4, reason: 'found' as const }];
    const wish = { merchantId: w.merchantId, mode: 'all' as const, rows };
    return { deed: (flows, key) => flows.stockWork.adjustRows(wish, w.ctx(), key), change: 4n };
  },
};

const approval =
  (approvalId: string | null | undefined): Deed =>
  (flows, key) =>
    flows.decideApproval({ approvalId: approvalId as string, decision: 'approve' }, w.ctx('other'), key);

/** A sheet on which so many more are written than there are. */
async function counted(difference: number): Promise<string> {
  const choice = { by: 'skus' as const, skuIds: [sku()] };
  const { id } = await w.flows.stockWork.createCount({ ...place(), blind: true, choice }, w.ctx());
  const { rows } = await w.db.pool.query('SELECT on_hand FROM node_stock WHERE sku_id = $1 AND node_id = $2', [
    sku(),
    w.nodes[0],
  ]);
  const lines = [{ lineId: await lineOf('stock_count_lines', 'count_id', id), counted: Number(rows[0].on_hand) + difference }];
  await w.flows.stockWork.recordCount({ countId: id, lines }, w.ctx());
  return id;
}

async function transfer(): Promise<{ id: string; lineId: string }> {
  const ends = { fromNodeId: w.nodes[0] as string, toNodeId: w.nodes[1] as string };
  const wish = { merchantId: w.merchantId, ...ends, lines: [{ skuId: sku(), quantity: 5 }] };
  const { id } = await w.flows.stockWork.createTransfer(wish, w.ctx());
  return { id, lineId: await lineOf('stock_transfer_lines', 'transfer_id', id) };
}

async function onHand(): Promise<bigint> {
  return (await w.db.pool.query('SELECT sum(on_hand)::bigint AS n FROM node_stock WHERE sku_id = $1', [sku()])).rows[0].n;
}

describe.each(Object.entries(DEEDS))('%s', (_name, prepare) => {
  it.each(['before', 'after'] as const)('once, although its process dies %s the COMMIT', async (when) => {
    const { deed, change } = await prepare();
    const before = await onHand();
    const key = newId();
    const dying = createMortal({ pool: w.db.pool, outside: w.outside, clock: w.clock }, { of: 'commit', nth: 1, when });
    void deed(dying.flows, key).catch(() => undefined);
    await dying.died;
    expect(await onHand()).toBe(when === 'before' ? before : before + change);
    await deed(w.flows, key);
    await deed(w.flows, key);
    expect(await onHand()).toBe(before + change);
    await w.expectBooksAgree();
  });
});
