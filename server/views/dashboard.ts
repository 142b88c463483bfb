import { ORDER_STATUSES, type OrderStatus } from '../kernel/vocabulary.ts';
import type { Queryable } from '../platform/db.ts';
import { Conditions, prepared } from './conditions.ts';
import { dayBefore, readToday } from './sales.ts';
import type { Scope } from './scope.ts';

/** How long parcels took on one day, or over a period: from the order's placement to the hand-over. Null where none left. */
export interface FulfilmentTime {
  readonly parcels: number;
  readonly medianSeconds: number | null;
  readonly p90Seconds: number | null;
}

export interface SoldSku {
  readonly currency: string;
  readonly skuCode: string | null;
  readonly name: string;
  readonly units: bigint;
  readonly revenueMinor: bigint;
}

/** Of the orders that were paid, how many got money back. */
export interface RefundRate {
  readonly paidOrders: number;
  readonly refundedOrders: number;
  /** A fraction; null where nobody paid. */
  readonly rate: number | null;
}

export interface Dashboard {
  /** The first calendar day of the period, in the reader's zone. */
  readonly from: string;
  /** Orders placed in the period by the state they are in now, every state named. */
  readonly states: readonly { readonly status: OrderStatus; readonly orders: number }[];
  readonly refunds: RefundRate;
  readonly previousRefunds: RefundRate;
  readonly fulfilment: FulfilmentTime;
  readonly previousFulfilment: FulfilmentTime;
  /** By the day the parcels left; days without one have null times. */
  readonly fulfilmentDays: readonly (FulfilmentTime & { readonly day: string })[];
  /** Best sold first by what was earned with them, per currency. */
  readonly topSkus: readonly SoldSku[];
}

export interface Period {
  readonly days: number;
  readonly timeZone: string;
  readonly now: Date;
}

const TOP_SKUS = 10;

/**
 * A merchant's period against the one before it. Days are calendar days of `timeZone`, today included. Sales themselves are
 * `salesByDay()`.
 */
export async function readDashboard(db: Queryable, scope: Scope, period: Period): Promise<Dashboard> {
  const today = await readToday(db, period.now, period.timeZone);
  const counts = await countStates(db, scope, period);
  const times = await fulfilmentTimes(db, scope, period);
  const byAgo = new Map(times.filter((row) => row.ago !== null).map((row) => [row.ago, row]));
  const whole = (current: boolean) => timeOf(times.find((row) => row.ago === null && row.current === current));
  return {
    from: dayBefore(today, period.days - 1),
    states: ORDER_STATUSES.map((status) => ({
      status,
      orders: counts.find((row) => row.current && row.status === status)?.orders ?? 0,
    })),
    refunds: refundRate(counts.filter((row) => row.current)),
    previousRefunds: refundRate(counts.filter((row) => !row.current)),
    fulfilment: whole(true),
    previousFulfilment: whole(false),
    fulfilmentDays: Array.from({ length: period.days }, (_, index) => {
      const ago = period.days - 1 - index;
      return { day: dayBefore(today, ago), ...timeOf(byAgo.get(ago)) };
    }),
    topSkus: await topSkus(db, scope, period),
  };
}

/** Conditions on a time of the period and of `spans − 1` periods before it, and the day before today that it fell on. */
function inPeriods(column: string, { days, timeZone, now }: Period, spans: 1 | 2) {
  const where = new Conditions();
  const zone = where.value(timeZone);
  const at = where.value(now);
  const length = `${where.value(days)}::int`;
  const today = `(${at}::timestamptz AT TIME ZONE ${zone})::date`;
  where
    .plain(`${column} >= ((${today} - (${spans} * ${length} - 1))::timestamp AT TIME ZONE ${zone})`)
    .plain(`${column} < ((${today} + 1)::timestamp AT TIME ZONE ${zone})`);
  return { where, length, ago: `(${today} - (${column} AT TIME ZONE ${zone})::date)` };
}

interface StateRow {
  readonly current: boolean;
  readonly status: OrderStatus;
  readonly orders: number;
  readonly paid: number;
  readonly refunded: number;
}

async function countStates(db: Queryable, scope: Scope, period: Period): Promise<StateRow[]> {
  const { where, length, ago } = inPeriods('o.placed_at', period, 2);
  where.scope(scope, 'o');
  const text = `SELECT ${ago} < ${length} AS current, o.status, count(*)::int AS orders,
      count(*) FILTER (WHERE o.captured_minor > 0)::int AS paid,
      count(*) FILTER (WHERE o.captured_minor > 0 AND o.refunded_minor > 0)::int AS refunded
    FROM orders o WHERE ${where.where} GROUP BY 1, 2`;
  const { rows } = await db.query<StateRow>(prepared('dashboard-states', text, where.values));
  return rows;
}

function refundRate(rows: readonly StateRow[]): RefundRate {
  const paidOrders = rows.reduce((sum, row) => sum + row.paid, 0);
  const refundedOrders = rows.reduce((sum, row) => sum + row.refunded, 0);
  return { paidOrders, refundedOrders, rate: paidOrders === 0 ? null : refundedOrders / paidOrders };
}

interface TimeRow {
  readonly current: boolean;
  /** Null for the whole period. */
  readonly ago: number | null;
  readonly parcels: number;
  readonly quantiles: [median: number, p90: number];
}

async function fulfilmentTimes(db: Queryable, scope: Scope, period: Period): Promise<TimeRow[]> {
  const { where, length, ago } = inPeriods('s.shipped_at', period, 2);
  where.scope(scope, 's', 'o.customer_id');
  const text = `WITH parcels AS (
      SELECT ${ago} AS ago, extract(epoch FROM s.shipped_at - o.placed_at)::float8 AS seconds
      FROM shipments s JOIN orders o ON o.id = s.order_id WHERE ${where.where}
    )
    SELECT ago < ${length} AS current, ago, count(*)::int AS parcels,
           percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY seconds) AS quantiles
    FROM parcels GROUP BY GROUPING SETS ((ago < ${length}), (ago < ${length}, ago))`;
  const { rows } = await db.query<TimeRow>(prepared('dashboard-times', text, where.values));
  return rows;
}

function timeOf(row: TimeRow | undefined): FulfilmentTime {
  if (!row) return { parcels: 0, medianSeconds: null, p90Seconds: null };
  const [median, p90] = row.quantiles;
  return { parcels: row.parcels, medianSeconds: Math.round(median), p90Seconds: Math.round(p90) };
}

/** What units from…to of a line are worth of one component: the frozen share, as kernel/money.ts has it. */
const share = (component: string): string => `(${upTo('s.to_unit', component)} - ${upTo('(s.from_unit - 1)', component)})`;
const upTo = (unit: string, component: string): string =>
  `CASE WHEN ${unit} = l.quantity THEN l.${component} ELSE div(${unit}::numeric * l.${component}, l.quantity * l.money_step) * l.money_step END`;

async function topSkus(db: Queryable, scope: Scope, period: Period): Promise<SoldSku[]> {
  const { where } = inPeriods('o.placed_at', period, 1);
  where.scope(scope, 'o');
  const revenue = `${share('net_minor')} - ${share('discount_minor')} + ${share('tax_minor')}`;
  const text = `WITH sold AS (
      SELECT o.currency, l.sku_id, l.sku_code AS "skuCode", min(l.name) AS name, sum(s.to_unit - s.from_unit + 1)::bigint AS units,
             sum(${revenue})::bigint AS "revenueMinor"
      FROM orders o JOIN order_lines l ON l.order_id = o.id AND l.kind = 'item' JOIN line_spans s ON s.line_id = l.id AND s.state <> 'cancelled'
      WHERE ${where.where} GROUP BY o.currency, l.sku_id, l.sku_code
    ), ranked AS (
      SELECT *, row_number() OVER (PARTITION BY currency ORDER BY "revenueMinor" DESC, units DESC, "skuCode") AS place FROM sold
    )
    SELECT currency, "skuCode", name, units, "revenueMinor" FROM ranked WHERE place <= ${TOP_SKUS} ORDER BY currency, place`;
  const { rows } = await db.query<SoldSku>(prepared('dashboard-skus', text, where.values));
  return rows;
}
