import type { Queryable } from '../platform/db.ts';
import { prepared } from './conditions.ts';
import { firstIdOf } from './movement-history.ts';
import { dayBefore, readToday } from './sales.ts';
import type { Scope } from './scope.ts';

/** A day of a SKU over all its nodes: what there was at its end (now, on the last one), and what came and left. */
export interface StockDay {
  /** The calendar day in the reader's zone, YYYY-MM-DD. */
  readonly day: string;
  readonly onHand: bigint;
  readonly promised: bigint;
  /** Units that came onto shelves and that left them. */
  readonly came: bigint;
  readonly left: bigint;
  readonly movements: number;
}

/** A movement's id is made a moment before or after its time is taken. */
const APART_MS = 60_000;

// Counters and movements come from one statement, so from one moment: what is now, less what moved since, is what was.
const TEXT = `
  SELECT NULL AS day, (SELECT coalesce(sum(on_hand), 0)::bigint FROM node_stock WHERE sku_id = k.id) AS "onHand",
    (SELECT coalesce(sum(promised), 0)::bigint FROM sku_supply WHERE sku_id = k.id) AS promised, 0::bigint AS came, 0::bigint AS left, 0 AS movements
  FROM skus k WHERE k.id = $1 AND ($5::uuid IS NULL OR k.merchant_id = $5)
  UNION ALL
  SELECT (v.at AT TIME ZONE $2)::date::text, sum(v.on_hand_delta)::bigint, sum(v.promised_delta)::bigint,
    coalesce(sum(v.on_hand_delta) FILTER (WHERE v.on_hand_delta > 0), 0)::bigint,
    coalesce(-sum(v.on_hand_delta) FILTER (WHERE v.on_hand_delta < 0), 0)::bigint, count(*)::int
  FROM stock_movements v WHERE v.sku_id = $1 AND v.id >= $3::uuid AND v.at >= $4
  GROUP BY 1`;

interface Row extends Omit<StockDay, 'day'> {
  readonly day: string | null;
}

/** The last `days` calendar days of `timeZone` (IANA), today included, oldest first. Of a SKU that is not the reader's: nothing. */
export async function stockDays(
  db: Queryable,
  scope: Scope,
  skuId: string,
  period: { readonly days: number; readonly timeZone: string; readonly now: Date },
): Promise<StockDay[]> {
  const today = await readToday(db, period.now, period.timeZone);
  const first = dayBefore(today, period.days - 1);
  const start = await startOfDay(db, first, period.timeZone);
  const values = [skuId, period.timeZone, firstIdOf(new Date(start.getTime() - APART_MS)), start, scope.merchantId];
  const { rows } = await db.query<Row>(prepared('stock-days', TEXT, values));
  const moved = new Map(rows.map((row) => [row.day, row]));
  const now = moved.get(null);
  if (!now || scope.customerId !== null) return [];
  let { onHand, promised } = now;
  const days: StockDay[] = [];
  for (let ago = 0; ago < period.days; ago++) {
    const day = dayBefore(today, ago);
    const own = moved.get(day);
    days.unshift({ day, onHand, promised, came: own?.came ?? 0n, left: own?.left ?? 0n, movements: own?.movements ?? 0 });
    onHand -= own?.onHand ?? 0n;
    promised -= own?.promised ?? 0n;
  }
  return days;
}

/** When a calendar day begins in a zone. */
export async function startOfDay(db: Queryable, day: string, timeZone: string): Promise<Date> {
  const text = 'SELECT ($1::date)::timestamp AT TIME ZONE $2 AS at';
  const { rows } = await db.query<{ at: Date }>(prepared('start-of-day', text, [day, timeZone]));
  return (rows[0] as { at: Date }).at;
}
