import { DEFAULT_FACTS, DEFAULT_RULES } from '../../domains/routing/rules.ts';
import { fetched } from './grid-rows-orders.ts';
import type { GridWorld, Row, Tenant } from './grid-world.ts';

/** Situations of nodes and routing rules. */
const flows = (w: GridWorld) => w.rest.api.app.flows.routing;

async function versionOf(w: GridWorld, table: 'node_settings' | 'routing_rule_sets', tenant: Tenant): Promise<number> {
  const of = table === 'node_settings' ? 'node_id = $1' : `merchant_id = $1 AND status = 'draft'`;
  const { rows } = await w.rest.db.pool.query<{ version: bigint }>(`SELECT version FROM ${table} WHERE ${of}`, [
    table === 'node_settings' ? w.rest[tenant].nodeId : w.rest[tenant].id,
  ]);
  return Number(rows[0]?.version ?? 0n);
}

/**
 * Whatever changes how a merchant's orders are routed stamps each of its nodes. Rows of stock and of parcels made nodes for one tenant: the
 * other gets as many, or the same change would write more rows for the one.
 */
async function asManyNodes({ rest: { db, north, south } }: GridWorld): Promise<void> {
  await db.ownerPool.query(
    `WITH has AS (SELECT m.id, count(n.id) AS nodes FROM unnest($1::uuid[]) AS m (id) LEFT JOIN nodes n ON n.merchant_id = m.id GROUP BY m.id)
     INSERT INTO nodes (id, merchant_id, home, code, name, kind, priority, created_at)
     SELECT gen_random_uuid(), h.id, 'EU', 'EVEN-' || h.nodes + g, 'Evens it out', 'warehouse', 99, now()
     FROM has h, generate_series(1, (SELECT max(nodes) FROM has) - h.nodes) g`,
    [[north.id, south.id]],
  );
}

/** A draft that differs from what is in force. */
async function drafted(w: GridWorld, tenant: Tenant): Promise<{ merchantId: string; version: number }> {
  const { id: merchantId } = w.rest[tenant];
  const version = await versionOf(w, 'routing_rule_sets', tenant);
  const content = { ...DEFAULT_RULES, lateDayMinor: 400 + version };
  const saved = await flows(w).saveDraft({ merchantId, content, version: BigInt(version) }, w.ctx());
  return { merchantId, version: saved.version };
}

async function settings(w: GridWorld, tenant: Tenant) {
  await asManyNodes(w);
  const { id: merchantId, nodeId } = w.rest[tenant];
  const version = await versionOf(w, 'node_settings', tenant);
  return { ...DEFAULT_FACTS, merchantId, nodeId, priority: 10 + version, version };
}

/** Rules are in force already: what is promoted takes the place of others, each time. */
async function inForce(w: GridWorld, tenant: Tenant): Promise<void> {
  await asManyNodes(w);
  const { id } = w.rest[tenant];
  const { rows } = await w.rest.db.pool.query(`SELECT 1 FROM routing_rule_sets WHERE merchant_id = $1 AND status = 'active'`, [
    id,
  ]);
  if (rows.length > 0) return;
  const { merchantId, version } = await drafted(w, tenant);
  await flows(w).promote({ merchantId, version: BigInt(version), reason: 'First' }, w.ctx());
}

const ended = (operation: 'routing.promote' | 'routing.discard') => async (w: GridWorld, tenant: Tenant) => {
  await inForce(w, tenant);
  const wish = await drafted(w, tenant);
  return {
    caller: await w.callerOf(tenant, operation),
    input: { ...wish, reason: 'Better' },
    other: { ...wish, reason: 'Worse' },
  };
};

export const ROUTING_ROWS: Readonly<Record<string, Row>> = {
  'v1.nodes.update': async (w, tenant) => {
    const { version, priority } = await settings(w, tenant);
    return {
      caller: { key: w.rest[tenant].key },
      path: '/nodes/MAIN',
      input: { version, priority: priority + 10 },
      other: { version, handling_days: 4 },
    };
  },
  'v1.nodes.reroute': async (w, tenant) => ({
    caller: { key: w.rest[tenant].key },
    path: `/orders/${(await w.allocated(tenant)).id}/reroutes`,
    input: { node: 'MAIN', reason: 'shortage' },
    other: { node: 'MAIN', reason: 'silent' },
  }),
  'v1.routing.saveDraft': async (w, tenant) => {
    const version = await versionOf(w, 'routing_rule_sets', tenant);
    const wish = { version, split_minor: 2_000 + version, late_day_minor: 200, rules: [] };
    return {
      caller: { key: w.rest[tenant].key },
      path: '/routing/rules/draft',
      input: wish,
      other: { ...wish, late_day_minor: 100 },
    };
  },
  'v1.routing.promote': async (w, tenant) => {
    await inForce(w, tenant);
    const { version } = await drafted(w, tenant);
    return {
      caller: { key: w.rest[tenant].key },
      path: '/routing/rules/draft/promotion',
      input: { version, reason: 'Better' },
      other: { version, reason: 'Worse' },
    };
  },
  'v1.routing.simulate': async (w, tenant) => {
    const { version } = await drafted(w, tenant);
    return {
      caller: { key: w.rest[tenant].key },
      path: '/routing/simulations',
      input: { version, last_orders: 5 },
      other: { version, last_orders: 6 },
    };
  },
  'v1.pickups.makeReady': async (w, tenant) => ({
    caller: { key: w.rest[tenant].key },
    path: `/orders/${(await fetched(w, tenant)).id}/pickup/ready`,
    input: {},
    other: null,
  }),
  'v1.pickups.handOver': async (w, tenant) => {
    const { id: orderId, number } = await fetched(w, tenant);
    await w.rest.api.app.flows.makePickupReady({ orderId }, w.ctx());
    return {
      caller: { key: w.rest[tenant].key },
      path: `/orders/${orderId}/pickup/hand-over`,
      input: { shown: number },
      other: { shown: 'AAAAAA' },
    };
  },
  'nodes.save': async (w, tenant) => {
    const wish = await settings(w, tenant);
    return { caller: await w.callerOf(tenant, 'nodes.save'), input: wish, other: { ...wish, handlingDays: 3 } };
  },
  'routing.saveDraft': async (w, tenant) => {
    const version = await versionOf(w, 'routing_rule_sets', tenant);
    const wish = { merchantId: w.rest[tenant].id, version, content: { ...DEFAULT_RULES, splitMinor: 1_000 + version } };
    return { caller: await w.callerOf(tenant, 'routing.saveDraft'), input: wish, other: { ...wish, note: 'Other' } };
  },
  'routing.promote': ended('routing.promote'),
  'routing.discard': ended('routing.discard'),
  'routing.simulate': async (w, tenant) => {
    const wish = await drafted(w, tenant);
    return {
      caller: await w.callerOf(tenant, 'routing.simulate'),
      input: { ...wish, lastOrders: 5 },
      other: { ...wish, lastOrders: 6 },
    };
  },
  'routing.reroute': async (w, tenant) => {
    const wish = { orderId: (await w.allocated(tenant)).id, nodeId: w.rest[tenant].nodeId };
    return {
      caller: await w.callerOf(tenant, 'routing.reroute'),
      input: { ...wish, reason: 'shortage' },
      other: { ...wish, reason: 'silent' },
    };
  },
};
