import { type Invariant, orderInScope } from './invariant.ts';

/** Every attempt is another order; only one of them may ever have been paid for. */
const PAYS_ONCE: Invariant = {
  id: 'orders.checkouts',
  group: 3,
  title: 'At most one of a checkout’s orders was confirmed',
  sql: `
    SELECT 'checkout ' || c.id, format('%s of its %s orders were confirmed', count(*), cardinality(c.order_ids))
    FROM checkouts c CROSS JOIN LATERAL unnest(c.order_ids) AS attempt JOIN orders o ON o.id = attempt::uuid
    WHERE cardinality(c.order_ids) > 1 AND o.confirmed_at IS NOT NULL AND ${orderInScope('c.order_id')}
    GROUP BY c.id, c.order_ids HAVING count(*) > 1`,
};

export const CHECKOUT_INVARIANTS: readonly Invariant[] = [PAYS_ONCE];
