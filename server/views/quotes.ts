import type { QuotedDestination, QuoteLine, QuoteOption } from '../domains/quotes/rules.ts';
import { DomainError } from '../kernel/errors.ts';
import type { Queryable } from '../platform/db.ts';
import { Conditions, prepared } from './conditions.ts';
import type { Scope } from './scope.ts';

/** A quote as it was given, with the amounts in minor units. */
export interface QuoteView {
  readonly id: string;
  readonly currency: string;
  readonly pricesIncludeTax: boolean;
  readonly destination: QuotedDestination;
  readonly lines: readonly QuoteLine[];
  readonly options: readonly QuoteOption[];
  readonly goodsTotalMinor: number;
  readonly expiresAt: string;
}

/** A quote of the reader's own merchant. Throws `not_found`. */
export async function readQuote(db: Queryable, scope: Scope, id: string): Promise<QuoteView> {
  const where = new Conditions().add((p) => `q.id = ${p}`, id);
  if (scope.merchantId !== null) where.add((p) => `q.merchant_id = ${p}`, scope.merchantId);
  const text = `SELECT q.id, q.currency, q.prices_include_tax AS "pricesIncludeTax", q.destination, q.lines, q.options,
      q.goods_total_minor AS "goodsTotalMinor", q.expires_at AS "expiresAt" FROM quotes q WHERE ${where.where}`;
  const { rows } = await db.query<
    Omit<QuoteView, 'goodsTotalMinor' | 'expiresAt'> & { goodsTotalMinor: bigint; expiresAt: Date }
  >(prepared('quote', text, where.values));
  const [row] = rows;
  if (!row) throw new DomainError('not_found', 'There is no such quote.');
  return { ...row, goodsTotalMinor: Number(row.goodsTotalMinor), expiresAt: row.expiresAt.toISOString() };
}
