import type { Corruption } from './corruptions-fixture.ts';

/** Mistakes with what was counted and decided about nodes. */
export const ROUTING_CORRUPTIONS: readonly Corruption[] = [
  {
    invariant: 'orders.node_loads',
    what: 'units counted on a node’s day that nobody gave it',
    plant: `INSERT INTO node_loads (id, node_id, day, order_id, units, at) SELECT gen_random_uuid(), gen_random_uuid(), now()::date, id, 3, now() FROM orders LIMIT 1`,
  },
  {
    invariant: 'orders.routing_decisions',
    what: 'a decision that was not carried out',
    plant: `INSERT INTO routing_decisions (id, order_id, merchant_id, inputs_digest, chosen, explanation, cost_minor, currency, solver, took_ms, reason, trace_id, at)
            SELECT gen_random_uuid(), id, merchant_id, 'x', '[]', jsonb_build_object('legs', jsonb_build_array(jsonb_build_object('nodeId', gen_random_uuid(), 'units', 2))),
              0, 'EUR', 'exact', 1, 'placement', 'trace', now() FROM orders LIMIT 1`,
  },
];
