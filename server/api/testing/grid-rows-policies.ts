import type { Caller, GridWorld, Row, Tenant } from './grid-world.ts';

const by = (w: GridWorld, tenant: Tenant): Caller => ({ key: w.rest[tenant].key });

/** The newest version of a kind: whoever changes it has seen that one. */
async function seen(w: GridWorld, tenant: Tenant, kind: string): Promise<number> {
  const { rows } = await w.rest.api.app.pool.query<{ version: number }>(
    'SELECT COALESCE(max(version), 0)::int AS version FROM policies WHERE merchant_id = $1 AND kind = $2',
    [w.rest[tenant].id, kind],
  );
  return rows[0]?.version ?? 0;
}

export const POLICY_ROWS: Readonly<Record<string, Row>> = {
  'policies.save': async (w, tenant) => {
    const seenVersion = await seen(w, tenant, 'capture');
    const input = { merchantId: w.rest[tenant].id, kind: 'capture', terms: { when: 'shipment' }, seenVersion };
    return {
      caller: await w.callerOf(tenant, 'policies.save'),
      input,
      other: { ...input, terms: { when: 'manual' } },
    };
  },
  'v1.policies.save': async (w, tenant) => {
    const input = { capture: { when: 'shipment' }, seen_version: await seen(w, tenant, 'capture') };
    return { caller: by(w, tenant), path: '/policies', input, other: { ...input, capture: { when: 'manual' } } };
  },
  'orders.capture': async (w, tenant) => {
    const { id: orderId } = await w.allocated(tenant);
    return { caller: await w.callerOf(tenant, 'orders.capture'), input: { orderId }, other: null };
  },
  'v1.orders.capture': async (w, tenant) => ({
    caller: by(w, tenant),
    path: `/orders/${(await w.allocated(tenant)).id}/capture`,
    input: {},
    other: null,
  }),
};
