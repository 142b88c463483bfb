import { DomainError } from '../kernel/errors.ts';
import type { Queryable } from '../platform/db.ts';
import { Conditions, prepared } from './conditions.ts';
import { keysetPage, type PageRequest } from './keyset.ts';
import type { Page } from './pages.ts';
import type { Scope } from './scope.ts';

export type PickupState = 'waiting' | 'ready' | 'handing_over' | 'collected' | 'uncollected' | 'cancelled';

/** An order that its customer fetches, as the desk sees it. Its code is the customer's to show. */
export interface PickupRow {
  readonly orderId: string;
  readonly number: string;
  readonly nodeId: string;
  readonly nodeCode: string;
  readonly customerName: string | null;
  readonly status: PickupState;
  readonly units: bigint;
  /** Of these, how many are set aside at the desk. */
  readonly aside: bigint;
  readonly placedAt: Date;
  readonly readyAt: Date | null;
  readonly collectBy: Date | null;
  readonly remindedAt: Date | null;
}

const OPEN = ['waiting', 'ready', 'handing_over'];

const COLUMNS = `p.order_id AS "orderId", o.number, p.node_id AS "nodeId", n.code AS "nodeCode", o.customer_name AS "customerName", p.status,
  u.units, u.aside, o.placed_at AS "placedAt", p.ready_at AS "readyAt", p.collect_by AS "collectBy", p.reminded_at AS "remindedAt"`;
const FROM = `pickups p JOIN orders o ON o.id = p.order_id JOIN nodes n ON n.id = p.node_id CROSS JOIN LATERAL (
    SELECT coalesce(sum(s.to_unit - s.from_unit + 1) FILTER (WHERE s.state <> 'cancelled'), 0)::int8 AS units,
           coalesce(sum(s.to_unit - s.from_unit + 1) FILTER (WHERE s.state = 'allocated' AND s.node_id = p.node_id), 0)::int8 AS aside
    FROM line_spans s JOIN order_lines l ON l.id = s.line_id AND l.stocked WHERE s.order_id = p.order_id) u`;

/** What waits to be fetched, oldest first. */
export function listPickups(
  db: Queryable,
  scope: Scope,
  request: { readonly nodeId?: string | undefined } & PageRequest,
): Promise<Page<PickupRow>> {
  const where = new Conditions().add((p) => `p.status = ANY(${p}::text[])`, OPEN).scope(scope, 'o');
  if (request.nodeId) where.add((p) => `p.node_id = ${p}`, request.nodeId);
  return keysetPage<PickupRow>(
    db,
    { label: 'pickups', columns: COLUMNS, from: FROM, where, by: 'p.created_at', id: 'p.order_id', descending: false },
    request,
  );
}

/** What was scanned or typed at the desk: the code that the customer shows, or the number of the order. Throws `not_found`. */
export async function findPickup(db: Queryable, scope: Scope, shown: string): Promise<PickupRow> {
  const where = new Conditions()
    .add((p) => `(o.number = upper(trim(${p})) OR p.code = upper(regexp_replace(${p}, '[[:space:]-]', '', 'g')))`, shown)
    .scope(scope, 'o');
  const text = `SELECT ${COLUMNS} FROM ${FROM} WHERE ${where.where} ORDER BY (p.status IN ('ready', 'handing_over')) DESC, p.created_at DESC LIMIT 1`;
  const { rows } = await db.query<PickupRow>(prepared('pickup-find', text, where.values));
  if (!rows[0]) throw new DomainError('not_found', 'No order to fetch has this code or number.');
  return rows[0];
}

export interface Counter {
  readonly nodeId: string;
  readonly code: string;
  readonly name: string;
  readonly waiting: number;
  readonly ready: number;
}

/** The places where something waits to be fetched. */
export async function readCounters(db: Queryable, scope: Scope): Promise<Counter[]> {
  const where = new Conditions().add((p) => `p.status = ANY(${p}::text[])`, OPEN).scope(scope, 'n', null);
  const text = `SELECT n.id AS "nodeId", n.code, n.name, count(*) FILTER (WHERE p.status = 'waiting')::int AS waiting,
      count(*) FILTER (WHERE p.status <> 'waiting')::int AS ready
    FROM pickups p JOIN nodes n ON n.id = p.node_id WHERE ${where.where} GROUP BY n.id ORDER BY n.code LIMIT 200`;
  const { rows } = await db.query<Counter>(prepared('pickup-counters', text, where.values));
  return rows;
}

export interface PickupView {
  readonly status: PickupState;
  readonly nodeCode: string;
  readonly nodeName: string;
  readonly address: Readonly<Record<string, string>>;
  readonly code: string | null;
  readonly readyAt: Date | null;
  readonly collectBy: Date | null;
  readonly collectedAt: Date | null;
}

/** Where and until when an order is fetched; null where it is sent. */
export async function readPickup(db: Queryable, orderId: string): Promise<PickupView | null> {
  const { rows } = await db.query<PickupView>({
    name: 'pickup-of-order',
    text: `SELECT p.status, n.code AS "nodeCode", n.name AS "nodeName", n.address, p.code, p.ready_at AS "readyAt", p.collect_by AS "collectBy",
                  p.collected_at AS "collectedAt"
           FROM pickups p JOIN nodes n ON n.id = p.node_id WHERE p.order_id = $1`,
    values: [orderId],
  });
  return rows[0] ?? null;
}
