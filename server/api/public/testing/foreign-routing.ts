import { newId } from '../../../kernel/ids.ts';
import type { RestWorld } from './rest-world.ts';

interface Named {
  readonly order: string;
  readonly number: string;
  readonly simulation: string;
  readonly southOrder: string;
}

/** Ways to name what is North's in the operations of nodes, of routing and of orders that are fetched. */
export const FOREIGN_ROUTING = {
  'v1.nodes.list': [],
  'v1.nodes.get': [{ path: () => '/nodes/NORTH-NODE' }],
  'v1.nodes.update': [{ path: () => '/nodes/NORTH-NODE', body: () => ({ version: 0, pick_up: true }) }],
  'v1.nodes.reroute': [
    { path: (n: Named) => `/orders/${n.order}/reroutes`, body: () => ({ node: 'NORTH-NODE', reason: 'shortage' }) },
    { path: (n: Named) => `/orders/${n.southOrder}/reroutes`, body: () => ({ node: 'NORTH-NODE', reason: 'shortage' }) },
  ],
  // Rules are the key's own merchant's: nothing of anybody else's can be named.
  'v1.routing.rules': [],
  'v1.routing.saveDraft': [],
  'v1.routing.promote': [],
  'v1.routing.simulate': [],
  'v1.routing.simulation': [{ path: (n: Named) => `/routing/simulations/${n.simulation}` }],
  'v1.pickups.makeReady': [{ path: (n: Named) => `/orders/${n.order}/pickup/ready`, body: () => ({}) }],
  'v1.pickups.handOver': [
    { path: (n: Named) => `/orders/${n.order}/pickup/hand-over`, body: (n: Named) => ({ shown: n.number }) },
  ],
};

/** A replay of a draft of North's; its id. */
export async function startReplay(send: RestWorld['send']): Promise<string> {
  const rules = { version: 0, split_minor: 300, late_day_minor: 200, rules: [] };
  const { json: draft } = await send('PUT', '/routing/rules/draft', { body: rules });
  const { json } = await send('POST', '/routing/simulations', { body: { version: draft.version, last_orders: 1 } });
  return json.id;
}

/** A node of North's, with a manifest. */
export async function northNode({ db, north }: RestWorld): Promise<void> {
  const node = newId();
  await db.pool.query(
    `INSERT INTO nodes (id, merchant_id, home, code, name, kind, created_at) VALUES ($1, $2, 'EU', 'NORTH-NODE', 'N', 'store', now())`,
    [node, north.id],
  );
  await db.pool.query(
    `INSERT INTO manifests (id, number, home, merchant_id, node_id, carrier, status, version, created_by, created_at, trace_id)
     VALUES ($1, 'EU-M99999', 'EU', $2, $3, 'parcel', 'closed', 1, 'system:test', now(), 't')`,
    [newId(), north.id, node],
  );
}
