import type { Deed, GridWorld, Row, Tenant } from './grid-world.ts';

/** Situations of units that are promised, reserved and kept back. */
const by = (w: GridWorld, tenant: Tenant): Deed['caller'] => ({ key: w.rest[tenant].key });

async function reserved(w: GridWorld, tenant: Tenant): Promise<string> {
  const wish = { merchantId: w.rest[tenant].id, channel: 'api' as const, lines: [{ sku: 'TENT-2', quantity: 1 }] };
  return (await w.rest.api.app.flows.reservations.reserve(wish, w.ctx())).id;
}

let units = 0;
/** Other units than any before: setting what is set already changes nothing. */
const another = (): number => {
  units += 2;
  return units;
};

export const PROMISE_ROWS: Readonly<Record<string, Row>> = {
  'v1.reservations.create': async (w, tenant) => ({
    caller: by(w, tenant),
    path: '/reservations',
    input: { lines: [{ sku: 'TENT-2', quantity: 1 }], reference: 'cart' },
    other: { lines: [{ sku: 'TENT-2', quantity: 2 }], reference: 'cart' },
  }),
  'v1.reservations.extend': async (w, tenant) => ({
    caller: by(w, tenant),
    path: `/reservations/${await reserved(w, tenant)}/extend`,
    input: { ttl_seconds: 900 },
    other: { ttl_seconds: 1_800 },
  }),
  'v1.reservations.release': async (w, tenant) => ({
    caller: by(w, tenant),
    path: `/reservations/${await reserved(w, tenant)}/release`,
    input: {},
    other: null,
  }),
  'v1.promises.setSafety': async (w, tenant) => {
    const safety = another();
    return { caller: by(w, tenant), path: '/stock/TENT-2/nodes/MAIN', input: { safety }, other: { safety: safety + 1 } };
  },
  'v1.promises.setChannel': async (w, tenant) => {
    const buffer = another();
    return { caller: by(w, tenant), path: '/stock/TENT-2/channels/import', input: { buffer }, other: { buffer: buffer + 1 } };
  },
  'promises.setSafety': async (w, tenant) => {
    const { id: merchantId, nodeId, skus } = w.rest[tenant];
    const place = { merchantId, nodeId, skuId: skus['TENT-2'] };
    const safety = another();
    return {
      caller: await w.callerOf(tenant, 'promises.setSafety'),
      input: { ...place, safety },
      other: { ...place, safety: safety + 1 },
    };
  },
  'promises.setChannel': async (w, tenant) => {
    const { id: merchantId, skus } = w.rest[tenant];
    const rule = { merchantId, skuId: skus['TENT-2'], channel: 'import', cap: null };
    const buffer = another();
    return {
      caller: await w.callerOf(tenant, 'promises.setChannel'),
      input: { ...rule, buffer },
      other: { ...rule, buffer: buffer + 1 },
    };
  },
};
