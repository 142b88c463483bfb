import { newId } from '../../kernel/ids.ts';
import type { REST_PERMISSIONS } from '../public/permissions.ts';
import type { ProcedurePath } from '../root.ts';
import type { GridWorld, Row, Tenant } from './grid-world.ts';

/** Situations of channels that sell our stock elsewhere. */
const wishOf = (w: GridWorld, tenant: Tenant) => ({
  merchantId: w.rest[tenant].id,
  kind: 'marketplace',
  name: `Bazaar ${newId()}`,
  url: 'https://bazaar.example/',
  secret: 'whsec_0123456789abcdef0123456789',
});

const key = (w: GridWorld, tenant: Tenant) => ({ key: w.rest[tenant].key });

/** A connection lists all goods of its merchant: both tenants have as many, or connecting would write more rows for the one that sold more. */
async function asManyGoods({ rest: { db, north, south } }: GridWorld): Promise<void> {
  await db.ownerPool.query(
    `WITH has AS (SELECT m.id, count(k.id) FILTER (WHERE k.stocked) AS goods FROM unnest($1::uuid[]) AS m (id) LEFT JOIN skus k ON k.merchant_id = m.id GROUP BY m.id)
     INSERT INTO skus (id, merchant_id, code, name, stocked, price, currency, created_at, updated_at)
     SELECT gen_random_uuid(), h.id, 'EVEN-' || h.goods + g, 'Evens it out', true, 1, 'EUR', now(), now()
     FROM has h, generate_series(1, (SELECT max(goods) FROM has) - h.goods) g`,
    [[north.id, south.id]],
  );
}

async function connection(w: GridWorld, tenant: Tenant): Promise<string> {
  await asManyGoods(w);
  return (await w.rest.api.app.flows.channels.connect(wishOf(w, tenant), w.ctx())).id;
}

/** A difference that a report found. */
async function drift(w: GridWorld, tenant: Tenant) {
  const connectionId = await connection(w, tenant);
  const skuId = w.rest[tenant].skus['MUG-RED'] ?? '';
  const driftId = newId();
  await w.rest.db.pool.query(
    `INSERT INTO channel_drift (id, connection_id, merchant_id, sku_id, kind, ours, ours_version, theirs, theirs_version, status, first_seen_at, last_seen_at)
     VALUES ($1, $2, $3, $4, 'quantity', 5, 1, 6, 1, 'open', now(), now())`,
    [driftId, connectionId, w.rest[tenant].id, skuId],
  );
  return { connectionId, driftId };
}

const REST_ROWS: Readonly<Record<string, Row>> = {
  'v1.channels.connect': async (w, tenant) => {
    await connection(w, tenant);
    const { merchantId: _, ...wish } = wishOf(w, tenant);
    return { caller: key(w, tenant), path: '/channels', input: wish, other: { ...wish, name: `Bazaar ${newId()}` } };
  },
  'v1.channels.update': async (w, tenant) => ({
    caller: key(w, tenant),
    path: `/channels/${await connection(w, tenant)}`,
    input: { status: 'PAUSED' },
    other: { name: 'Another name' },
  }),
  'v1.channels.setListing': async (w, tenant) => ({
    caller: key(w, tenant),
    path: `/channels/${await connection(w, tenant)}/listings/MUG-RED`,
    input: { listed: false },
    other: { listed: true },
  }),
} satisfies Partial<Record<keyof typeof REST_PERMISSIONS, Row>>;

export const CHANNEL_ROWS: Readonly<Record<string, Row>> = {
  ...REST_ROWS,
  'channels.connect': async (w, tenant) => {
    // The first connection of all lists goods for the first time, which is not this one's own effect.
    await connection(w, tenant);
    return { caller: await w.callerOf(tenant, 'channels.connect'), input: wishOf(w, tenant), other: wishOf(w, tenant) };
  },
  'channels.change': async (w, tenant) => {
    const connectionId = await connection(w, tenant);
    return {
      caller: await w.callerOf(tenant, 'channels.change'),
      input: { connectionId, status: 'paused' },
      other: { connectionId, name: 'Another name' },
    };
  },
  'channels.resend': async (w, tenant) => ({
    caller: await w.callerOf(tenant, 'channels.resend'),
    input: { connectionId: await connection(w, tenant) },
    other: { connectionId: await connection(w, tenant) },
  }),
  'channels.relist': async (w, tenant) => {
    const connectionId = await connection(w, tenant);
    const skuId = w.rest[tenant].skus['MUG-RED'];
    return {
      caller: await w.callerOf(tenant, 'channels.relist'),
      input: { connectionId, skuId, ref: 'B00-MUG' },
      other: { connectionId, skuId, ref: 'B01-MUG' },
    };
  },
  'channels.setListing': async (w, tenant) => {
    const connectionId = await connection(w, tenant);
    const { 'MUG-RED': skuId, 'TENT-2': other } = w.rest[tenant].skus;
    return {
      caller: await w.callerOf(tenant, 'channels.setListing'),
      input: { connectionId, skuId, listed: false },
      other: { connectionId, skuId: other, listed: false },
    };
  },
  'channels.askReport': async (w, tenant) => ({
    caller: await w.callerOf(tenant, 'channels.askReport'),
    input: { connectionId: await connection(w, tenant) },
    other: { connectionId: await connection(w, tenant) },
  }),
  'channels.resolveDrift': async (w, tenant) => {
    const named = await drift(w, tenant);
    return {
      caller: await w.callerOf(tenant, 'channels.resolveDrift'),
      input: { ...named, answer: 'count' },
      other: { ...named, answer: 'ignore', reason: 'They keep one aside' },
    };
  },
} satisfies Partial<Record<ProcedurePath, Row>>;
