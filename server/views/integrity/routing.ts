import { type Invariant, orderInScope } from './invariant.ts';

/** What an order was given at each node, and what was taken from it again before it left. */
const GIVEN = `
  SELECT order_id, node_id, COALESCE(sum(allocated_delta) FILTER (WHERE kind = 'allocate'), 0) AS given,
         COALESCE(-sum(allocated_delta) FILTER (WHERE kind = 'deallocate'), 0) AS back
  FROM stock_movements WHERE order_id IS NOT NULL AND node_id IS NOT NULL AND kind IN ('allocate', 'deallocate')
    AND ${orderInScope('order_id')} GROUP BY order_id, node_id`;

/**
 * A node's days are counted from when it has a capacity: before that nothing was. So no more is counted than was given, and where all of it
 * was, what was taken back is counted too.
 */
const LOADS: Invariant = {
  id: 'orders.node_loads',
  group: 2,
  title: 'What is counted on nodes’ days is what orders were given there, less what was taken back',
  sql: `
    WITH given AS (${GIVEN}),
    counted AS (
      SELECT order_id, node_id, COALESCE(sum(units) FILTER (WHERE units > 0), 0) AS given, COALESCE(-sum(units) FILTER (WHERE units < 0), 0) AS back
      FROM node_loads WHERE ${orderInScope('order_id')} GROUP BY order_id, node_id)
    SELECT format('order %s', c.order_id), format('node %s: counted %s and %s back, given %s and %s back',
             c.node_id, c.given, c.back, COALESCE(g.given, 0), COALESCE(g.back, 0))
    FROM counted c LEFT JOIN given g ON g.order_id = c.order_id AND g.node_id = c.node_id
    WHERE c.given > COALESCE(g.given, 0) OR c.back > COALESCE(g.back, 0)
       OR (c.given = COALESCE(g.given, 0) AND c.back <> COALESCE(g.back, 0))`,
};

const DECISIONS: Invariant = {
  id: 'orders.routing_decisions',
  group: 2,
  title: 'What routing decided was given to the nodes that it chose',
  sql: `
    WITH given AS (${GIVEN}),
    decided AS (
      SELECT d.order_id, (leg->>'nodeId')::uuid AS node_id, sum((leg->>'units')::int8) AS units
      FROM routing_decisions d, jsonb_array_elements(d.explanation->'legs') AS leg
      WHERE ${orderInScope('d.order_id')} GROUP BY d.order_id, leg->>'nodeId')
    SELECT format('order %s', d.order_id), format('node %s: chosen for %s units, given %s', d.node_id, d.units, COALESCE(g.given, 0))
    FROM decided d LEFT JOIN given g ON g.order_id = d.order_id AND g.node_id = d.node_id
    WHERE d.units > COALESCE(g.given, 0)`,
};

/** Group 2, further: where orders' units went, and why. */
export const ROUTING_INVARIANTS: readonly Invariant[] = [LOADS, DECISIONS];
