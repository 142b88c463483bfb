import type { Queryable } from '../platform/db.ts';
import { Conditions, prepared } from './conditions.ts';
import type { Scope } from './scope.ts';

/** How a merchant looks after its stock; what holds where nothing was said is filled in. */
export interface StockPolicyView {
  readonly merchantId: string;
  readonly overReceiptPercent: number;
  readonly countLimitUnits: bigint | null;
  readonly expiryWarningDays: number;
  readonly lowCountsInbound: boolean;
  readonly version: bigint;
}

export async function readStockPolicy(db: Queryable, scope: Scope, merchantId: string): Promise<StockPolicyView | null> {
  const where = new Conditions().add((p) => `m.id = ${p}`, merchantId);
  if (scope.merchantId !== null) where.add((p) => `m.id = ${p}`, scope.merchantId);
  const text = `SELECT m.id AS "merchantId", coalesce(p.over_receipt_percent, 0) AS "overReceiptPercent", p.count_limit_units AS "countLimitUnits",
      coalesce(p.expiry_warning_days, 30) AS "expiryWarningDays", coalesce(p.low_counts_inbound, true) AS "lowCountsInbound", coalesce(p.version, 0) AS version
    FROM merchants m LEFT JOIN stock_policies p ON p.merchant_id = m.id WHERE ${where.where}`;
  const { rows } = await db.query<StockPolicyView>(prepared('stock-policy', text, where.values));
  return rows[0] ?? null;
}
