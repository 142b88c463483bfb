import type { FulfilmentStatus, Hold, OrderStatus, PaymentStatus } from '../kernel/vocabulary.ts';
import type { Queryable } from '../platform/db.ts';
import { Conditions, prepared } from './conditions.ts';
import { addStatuses, narrowing, type StatusFilter } from './order-filters.ts';
import { COUNT_CAP, decodeCursor, isInteger, isTimestamp, limitOf, type Page, pageOf } from './pages.ts';
import type { Scope } from './scope.ts';
import { wordsQuery } from './words.ts';

export const ORDER_SORTS = ['-placed_at', 'placed_at', '-total', 'total'] as const;
export type OrderSort = (typeof ORDER_SORTS)[number];

/** The tabs above the list. Each is backed by an index, so that its count is cheap. */
export const ORDER_VIEWS = ['all', 'pending', 'to_ship', 'held', 'in_doubt', 'fulfilled', 'cancelled', 'refunded'] as const;
export type OrderView = (typeof ORDER_VIEWS)[number];

interface ZonedDay {
  readonly day: string;
  readonly timeZone: string;
}

export interface OrderFilter extends StatusFilter {
  readonly view?: OrderView | undefined;
  readonly holds?: readonly Hold[] | undefined;
  readonly merchantId?: string | undefined;
  readonly customerId?: string | undefined;
  readonly tag?: string | undefined;
  readonly placedFrom?: Date | undefined;
  /** Exclusive. */
  readonly placedTo?: Date | undefined;
  /** A calendar day, YYYY-MM-DD, of an IANA zone. */
  readonly placedOn?: ZonedDay | undefined;
  /** From the start of that day on. */
  readonly placedSince?: ZonedDay | undefined;
  readonly q?: string | undefined;
}

export interface OrderRow {
  readonly id: string;
  readonly number: string;
  readonly merchantId: string;
  readonly merchantName: string;
  readonly customerId: string | null;
  readonly customerName: string | null;
  readonly email: string | null;
  readonly channel: string;
  readonly status: OrderStatus;
  readonly paymentStatus: PaymentStatus;
  readonly fulfilmentStatus: FulfilmentStatus;
  readonly holds: Hold[];
  readonly tags: string[];
  readonly currency: string;
  readonly totalMinor: bigint;
  readonly refundedMinor: bigint;
  /** Units of goods ordered; shipping and fees are not counted. */
  readonly units: bigint;
  readonly placedAt: Date;
  readonly version: bigint;
  /** A cancellation waits until then, and can be undone. */
  readonly cancellingUntil: Date | null;
}

const VIEW_CONDITIONS: Readonly<Record<OrderView, string | null>> = {
  all: null,
  pending: "o.status = 'PENDING'",
  to_ship: "o.status IN ('CONFIRMED', 'PARTIALLY_FULFILLED')",
  held: "o.holds <> '{}'",
  in_doubt: "o.payment_status = 'IN_DOUBT'",
  fulfilled: "o.status = 'FULFILLED'",
  cancelled: "o.status = 'CANCELLED'",
  refunded: "o.status = 'REFUNDED'",
};

function search(where: Conditions, q: string): void {
  const text = q.trim();
  const p = where.value(text);
  const upper = where.value(text.toUpperCase());
  const words = wordsQuery(text);
  const branches = [
    `o.number = ${upper}`,
    `o.external_id = ${p} AND o.merchant_id IN (SELECT id FROM merchants)`,
    `lower(o.email) = lower(${p})`,
    `o.phone = ${p}`,
  ];
  const union = branches.map((branch) => `SELECT o.id FROM orders o WHERE ${branch}`);
  if (words !== null) {
    // A common name has many orders; the newest customers' are enough to choose from.
    union.push(`SELECT o.id FROM orders o WHERE o.customer_id IN (
      SELECT c.id FROM customers c WHERE to_tsvector('simple', coalesce(c.name, '')) @@ to_tsquery('simple', ${where.value(words)}) LIMIT 500)`);
  }
  where.plain(`o.id IN (${union.join(' UNION ')})`);
}

/** The statuses that a list mixes; empty where it has one only, or does not ask. */
function mixedStatuses({ view, status }: OrderFilter): readonly OrderStatus[] {
  if (status && status.length > 1) return status;
  return view === 'to_ship' && !status?.length ? ['CONFIRMED', 'PARTIALLY_FULFILLED'] : [];
}

function conditions(scope: Scope, filter: OrderFilter): Conditions {
  const where = new Conditions().scope(scope, 'o');
  const view = filter.view === undefined ? null : VIEW_CONDITIONS[filter.view];
  if (view !== null) where.plain(view);
  addStatuses(where, filter);
  // `holds <> '{}'` is what lets the partial index of held orders answer.
  if (filter.holds?.length) where.add((p) => `o.holds <> '{}' AND o.holds && ${p}::text[]`, filter.holds);
  if (filter.merchantId) where.add((p) => `o.merchant_id = ${p}`, filter.merchantId);
  if (filter.customerId) where.add((p) => `o.customer_id = ${p}`, filter.customerId);
  if (filter.tag) where.add((p) => `o.tags <> '{}' AND o.tags @> ARRAY[${p}]::text[]`, filter.tag);
  if (filter.placedFrom) where.add((p) => `o.placed_at >= ${p}`, filter.placedFrom);
  if (filter.placedTo) where.add((p) => `o.placed_at < ${p}`, filter.placedTo);
  if (filter.placedOn) {
    const day = where.value(filter.placedOn.day);
    const zone = where.value(filter.placedOn.timeZone);
    where.plain(`o.placed_at >= (${day}::date)::timestamp AT TIME ZONE ${zone}`);
    where.plain(`o.placed_at < (${day}::date + 1)::timestamp AT TIME ZONE ${zone}`);
  }
  if (filter.placedSince) {
    const day = where.value(filter.placedSince.day);
    where.plain(`o.placed_at >= (${day}::date)::timestamp AT TIME ZONE ${where.value(filter.placedSince.timeZone)}`);
  }
  if (filter.q?.trim()) search(where, filter.q);
  return where;
}

interface Sorting {
  readonly column: string;
  readonly cast: string;
  readonly descending: boolean;
  readonly check: (value: string) => boolean;
}

const SORTING: Readonly<Record<OrderSort, Sorting>> = {
  '-placed_at': { column: 'o.placed_at', cast: 'timestamptz', descending: true, check: isTimestamp },
  placed_at: { column: 'o.placed_at', cast: 'timestamptz', descending: false, check: isTimestamp },
  '-total': { column: 'o.total_minor', cast: 'bigint', descending: true, check: isInteger },
  total: { column: 'o.total_minor', cast: 'bigint', descending: false, check: isInteger },
};

export interface OrderListRequest extends OrderFilter {
  readonly sort?: OrderSort | undefined;
  readonly after?: string | undefined;
  readonly limit?: number | undefined;
}

/** One page of orders by keyset. Reads `limit + 1` index entries, then the page's lines in one pass. */
export async function listOrders(db: Queryable, scope: Scope, request: OrderListRequest): Promise<Page<OrderRow>> {
  const { column, cast, descending, check } = SORTING[request.sort ?? '-placed_at'];
  const limit = limitOf(request.limit);
  const where = conditions(scope, request);
  if (request.after !== undefined) {
    const from = decodeCursor(request.after, check);
    const value = where.value(from.value);
    where.add((id) => `(${column}, o.id) ${descending ? '<' : '>'} (${value}::${cast}, ${id}::uuid)`, from.id);
  }
  const direction = descending ? 'DESC' : 'ASC';
  const ordered = `ORDER BY ${column} ${direction}, o.id ${direction} LIMIT ${where.value(limit + 1)}`;
  // Of several statuses each is read in order of time by itself: what waits lies together in time, and is not to be looked for among
  // everything that was ever placed. They are words of ours, not values.
  const mixed = column === 'o.placed_at' ? mixedStatuses(request) : [];
  const of = (status?: OrderStatus): string =>
    `SELECT o.* FROM orders o WHERE ${status ? `o.status = '${status}' AND ` : ''}${where.where} AND ${narrowing(request, status)} ${ordered}`;
  const found =
    mixed.length === 0 ? of() : `SELECT o.* FROM (${mixed.map((status) => `(${of(status)})`).join(' UNION ALL ')}) o ${ordered}`;
  const text = `
    WITH page AS MATERIALIZED (SELECT o.*, ${column}::text AS sorted FROM (${found}) o)
    SELECT o.id, o.number, o.merchant_id AS "merchantId", m.name AS "merchantName", o.customer_id AS "customerId",
           o.customer_name AS "customerName", o.email, o.channel, o.status, o.payment_status AS "paymentStatus",
           o.fulfilment_status AS "fulfilmentStatus", o.holds, o.tags, o.currency, o.total_minor AS "totalMinor",
           o.refunded_minor AS "refundedMinor", coalesce(u.units, 0) AS units, o.placed_at AS "placedAt", o.version, o.sorted,
           (SELECT (s.state->>'undoUntil')::timestamptz FROM sagas s
            WHERE s.order_id = o.id AND s.kind = 'cancel-order' AND s.status <> 'done' LIMIT 1) AS "cancellingUntil"
    FROM page o
    JOIN merchants m ON m.id = o.merchant_id
    LEFT JOIN LATERAL (SELECT sum(l.quantity) AS units FROM order_lines l WHERE l.order_id = o.id AND l.kind = 'item' AND l.replaces_line_id IS NULL) u ON true
    ORDER BY ${column} ${direction}, o.id ${direction}`;
  const { rows } = await db.query<OrderRow & { sorted: string }>(prepared('orders-list', text, where.values));
  return pageOf(
    rows,
    limit,
    (row) => ({ value: row.sorted, id: row.id }),
    ({ sorted: _, ...row }) => row,
  );
}

export type OrderCounts = Readonly<Record<OrderView, number>>;

/** How many orders each tab holds, each counted to `COUNT_CAP` at most. */
export async function countOrders(db: Queryable, scope: Scope): Promise<OrderCounts> {
  const where = new Conditions().scope(scope, 'o');
  const columns = ORDER_VIEWS.map((view) => {
    const condition = VIEW_CONDITIONS[view];
    const all = condition === null ? where.where : `${where.where} AND ${condition}`;
    // Counted from the newest on: an index that has them in order is then the way, also where nearly every order is one.
    return `(SELECT count(*)::int FROM (SELECT 1 FROM orders o WHERE ${all} ORDER BY o.placed_at DESC LIMIT ${COUNT_CAP}) c) AS ${view}`;
  });
  const { rows } = await db.query<OrderCounts>(prepared('orders-counts', `SELECT ${columns.join(', ')}`, where.values));
  const [counts] = rows;
  if (counts === undefined) throw new Error('A query of scalars returned no row.');
  return counts;
}

export interface OrderFacets {
  readonly channels: string[];
  readonly merchants: { readonly id: string; readonly name: string; readonly currency: string }[];
}

/** What the filter chips of the list offer. Channels come from the newest orders: a list of every value ever would be a scan. */
export async function orderFacets(db: Queryable, scope: Scope): Promise<OrderFacets> {
  const recent = new Conditions().scope(scope, 'o');
  const channels = await db.query<{ channel: string }>(
    prepared(
      'orders-channels',
      `SELECT DISTINCT channel FROM (SELECT o.channel FROM orders o WHERE ${recent.where} ORDER BY o.placed_at DESC LIMIT 500) r ORDER BY 1`,
      recent.values,
    ),
  );
  const own = new Conditions();
  if (scope.merchantId !== null) own.add((p) => `id = ${p}`, scope.merchantId);
  const merchants = await db.query<{ id: string; name: string; currency: string }>(
    prepared(
      'orders-merchants',
      `SELECT id, name, currency FROM merchants WHERE ${own.where} ORDER BY name LIMIT 200`,
      own.values,
    ),
  );
  return { channels: channels.rows.map((row) => row.channel), merchants: merchants.rows };
}
