import { type Invariant, NOW, orderInScope, timeInScope } from './invariant.ts';

const DEADLINES: Invariant = {
  id: 'sagas.deadlines',
  group: 5,
  title: 'No saga is past its deadline without being shown as stuck',
  sql: `
    SELECT 'saga ' || id, format('%s at %s, deadline %s', status, step, deadline)
    FROM sagas WHERE status NOT IN ('done', 'stuck') AND deadline < ${NOW} - interval '60 seconds'`,
};

const AWAKE: Invariant = {
  id: 'sagas.awake',
  group: 5,
  title: 'No saga has slept through its wake-up',
  sql: `
    SELECT 'saga ' || id, format('%s at %s, should have woken at %s', status, step, wake_at)
    FROM sagas WHERE status NOT IN ('done', 'stuck') AND greatest(wake_at, updated_at) < ${NOW} - interval '5 minutes'`,
};

const PENDING_ORDERS: Invariant = {
  id: 'sagas.pending_orders',
  group: 5,
  title: 'Every pending order has a saga that carries it on',
  sql: `
    SELECT 'order ' || o.number, 'is pending and no saga will move it'
    FROM orders o
    WHERE o.status = 'PENDING' AND NOT EXISTS (SELECT FROM sagas s WHERE s.order_id = o.id AND s.status <> 'done')`,
};

const ANSWERS: Invariant = {
  id: 'requests.answers',
  group: 5,
  title: 'Every claimed idempotency key has its answer',
  sql: `
    SELECT format('%s by %s, key %s', operation, principal, key), 'was committed without an answer'
    FROM idempotency_keys WHERE outcome IS NULL AND ${timeInScope('created_at')}`,
};

const ORDER_VERSIONS: Invariant = {
  id: 'versions.orders',
  group: 5,
  title: 'Each order’s events name every version once it had, without a gap',
  sql: `
    WITH told AS (
      SELECT aggregate_id, count(DISTINCT aggregate_version) AS versions, min(aggregate_version) AS lowest, max(aggregate_version) AS highest
      FROM events WHERE aggregate = 'order' AND ${orderInScope('aggregate_id')} GROUP BY aggregate_id)
    SELECT 'order ' || o.number, format('is at version %s, its events tell %s versions from %s to %s', o.version, COALESCE(t.versions, 0), t.lowest, t.highest)
    FROM orders o LEFT JOIN told t ON t.aggregate_id = o.id
    WHERE ${orderInScope('o.id')} AND (COALESCE(t.versions, 0) <> o.version OR t.lowest <> 1 OR t.highest <> o.version)`,
};

const SECOND_PERSON: Invariant = {
  id: 'approvals.second_person',
  group: 5,
  title: 'Nobody approved what they requested, and every decision has a decider',
  sql: `
    SELECT 'approval ' || id, format('%s, requested by %s, decided by %s', status, requested_by, COALESCE(decided_by, 'nobody'))
    FROM approvals WHERE decided_by = requested_by OR (status IN ('approved', 'rejected') AND decided_by IS NULL)`,
};

/** Group 5: nothing is lost, nothing is late without being shown. */
export const LIVENESS_INVARIANTS: readonly Invariant[] = [
  DEADLINES,
  AWAKE,
  PENDING_ORDERS,
  ANSWERS,
  ORDER_VERSIONS,
  SECOND_PERSON,
];
