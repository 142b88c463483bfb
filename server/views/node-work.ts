import { DomainError } from '../kernel/errors.ts';
import type { Queryable } from '../platform/db.ts';
import { Conditions, prepared } from './conditions.ts';
import { COUNT_CAP } from './pages.ts';
import { nodeQueues } from './queue.ts';
import type { Scope } from './scope.ts';

/** What waits at a node, each to `COUNT_CAP`. */
export interface NodeWork {
  readonly nodeCode: string;
  /** Orders in the queue; of these being picked, packed, and late. */
  readonly orders: number;
  readonly picking: number;
  readonly packed: number;
  readonly late: number;
  /** What its partner was asked for and has not sent. */
  readonly requests: number;
  readonly pickups: number;
  /** Manifests that the carrier has and did not take away yet, or that are being closed. */
  readonly manifests: readonly string[];
  readonly purchaseOrders: number;
  readonly transfers: number;
  readonly counts: number;
}

/** A manifest that nobody called for in so many days is looked for in the list. */
const MANIFEST_DAYS = 30;

const capped = (from: string): string => `(SELECT count(*)::int FROM (SELECT FROM ${from} LIMIT ${COUNT_CAP}) c)`;

const COUNTS = `n.code AS "nodeCode",
  ${capped('fulfilment_requests r WHERE r.node_id = n.id AND r.ended_at IS NULL')} AS requests,
  ${capped(`pickups p WHERE p.node_id = n.id AND p.status IN ('waiting', 'ready', 'handing_over')`)} AS pickups,
  ARRAY(SELECT f.number FROM manifests f WHERE f.merchant_id = n.merchant_id AND f.created_at > now() - interval '${MANIFEST_DAYS} days'
    AND f.node_id = n.id AND f.status <> 'handed_over' ORDER BY f.created_at, f.id LIMIT 10) AS manifests,
  ${capped(`purchase_orders o WHERE o.merchant_id = n.merchant_id AND o.status IN ('draft', 'ordered', 'partly_received') AND o.node_id = n.id
    AND o.status <> 'draft'`)} AS "purchaseOrders",
  ${capped(`stock_transfers t WHERE t.merchant_id = n.merchant_id AND t.to_node_id = n.id AND t.status IN ('sent', 'partly_received')`)} AS transfers,
  ${capped(`stock_counts k WHERE k.merchant_id = n.merchant_id AND k.node_id = n.id AND k.status = 'counting'`)} AS counts`;

type Counted = Omit<NodeWork, 'orders' | 'picking' | 'packed' | 'late'>;

/** What there is to do at a node. Throws `not_found`. */
export async function readNodeWork(db: Queryable, scope: Scope, nodeId: string): Promise<NodeWork> {
  const where = new Conditions().add((p) => `n.id = ${p}`, nodeId).scope(scope, 'n', null);
  const text = `SELECT ${COUNTS} FROM nodes n WHERE ${where.where}`;
  const [found] = (await db.query<Counted>(prepared('node-work', text, where.values))).rows;
  if (!found) throw new DomainError('not_found', 'There is no such node.');
  // A node that is closed for good has no queue.
  const [queue] = await nodeQueues(db, scope, nodeId);
  const { orders = 0, picking = 0, packed = 0, late = 0 } = queue ?? {};
  return { ...found, orders, picking, packed, late };
}
