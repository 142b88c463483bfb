import type { Queryable } from '../platform/db.ts';
import { Conditions, prepared } from './conditions.ts';
import type { Scope } from './scope.ts';

export interface SalesDay {
  /** The calendar day in the reader's zone, YYYY-MM-DD. */
  readonly day: string;
  readonly orders: number;
  readonly totalMinor: bigint;
}

export interface Sales {
  readonly currency: string;
  readonly days: SalesDay[];
  readonly totalMinor: bigint;
  readonly orders: number;
  readonly refundedMinor: bigint;
  /** The same number of days before. */
  readonly previousDays: SalesDay[];
  readonly previousTotalMinor: bigint;
  readonly previousOrders: number;
}

interface DayRow {
  readonly currency: string;
  readonly ago: number;
  readonly orders: number;
  readonly totalMinor: bigint;
  readonly refundedMinor: bigint;
}

/** Adds days to a calendar day. Midnight UTC is used as arithmetic only, so that no zone's summer time can skip a day. */
export function dayBefore(today: string, ago: number): string {
  return new Date(Date.parse(`${today}T00:00:00Z`) - ago * 86_400_000).toISOString().slice(0, 10);
}

/**
 * What was sold per day over the last `days` days, today included, and over as many before, per currency. Sold is what was ordered
 * less what was cancelled, on the day it was placed; days are calendar days of `timeZone` (IANA). Days without sales are zero.
 */
export async function salesByDay(db: Queryable, scope: Scope, days: number, timeZone: string, now: Date): Promise<Sales[]> {
  const where = new Conditions();
  const zone = where.value(timeZone);
  const at = where.value(now);
  const today = `(${at}::timestamptz AT TIME ZONE ${zone})::date`;
  where.add((span) => `o.placed_at >= ((${today} - (2 * ${span}::int - 1))::timestamp AT TIME ZONE ${zone})`, days);
  where.plain(`o.placed_at < ((${today} + 1)::timestamp AT TIME ZONE ${zone})`).scope(scope, 'o');
  const text = `SELECT o.currency, ${today} - (o.placed_at AT TIME ZONE ${zone})::date AS ago, count(*)::int AS orders,
      sum(o.total_minor - o.cancelled_minor + o.cancellation_fee_minor)::bigint AS "totalMinor", sum(o.refunded_minor)::bigint AS "refundedMinor"
    FROM orders o WHERE ${where.where} GROUP BY 1, 2 ORDER BY 1, 2`;
  const { rows } = await db.query<DayRow>(prepared('sales-by-day', text, where.values));
  const today0 = await readToday(db, now, timeZone);
  return [...Map.groupBy(rows, (row) => row.currency)].map(([currency, own]) => salesOf(currency, own, days, today0));
}

/** The calendar day, YYYY-MM-DD, in a zone. PostgreSQL says it, so that it is the day its own dates are counted from. */
export async function readToday(db: Queryable, now: Date, timeZone: string): Promise<string> {
  const text = 'SELECT ($1::timestamptz AT TIME ZONE $2)::date::text AS today';
  const { rows } = await db.query<{ today: string }>(prepared('sales-today', text, [now, timeZone]));
  return rows[0]?.today ?? now.toISOString().slice(0, 10);
}

function salesOf(currency: string, rows: readonly DayRow[], days: number, today: string): Sales {
  const byAgo = new Map(rows.map((row) => [row.ago, row]));
  const dayOf = (ago: number): SalesDay => {
    const row = byAgo.get(ago);
    return { day: dayBefore(today, ago), orders: row?.orders ?? 0, totalMinor: row?.totalMinor ?? 0n };
  };
  const range = (from: number) => Array.from({ length: days }, (_, i) => dayOf(from + days - 1 - i));
  const sum = (list: readonly SalesDay[]) => list.reduce((total, one) => total + one.totalMinor, 0n);
  const count = (list: readonly SalesDay[]) => list.reduce((total, one) => total + one.orders, 0);
  const current = range(0);
  const previous = range(days);
  return {
    currency,
    days: current,
    totalMinor: sum(current),
    orders: count(current),
    refundedMinor: rows.filter((row) => row.ago < days).reduce((total, row) => total + row.refundedMinor, 0n),
    previousDays: previous,
    previousTotalMinor: sum(previous),
    previousOrders: count(previous),
  };
}
