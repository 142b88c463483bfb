import { cutToAvailable, type Demand, type PromiseTerms } from '../domains/inventory/promising.ts';
import type { Books } from '../domains/inventory/rules.ts';
import { DomainError } from '../kernel/errors.ts';
import type { WantedLine } from './price-order.ts';

/** Taking what there is: lines are cut to the units that may be promised, and whoever ordered is told what they did not get. */
export interface Shortage {
  readonly sku: string;
  readonly asked: number;
  /** Units that were kept; 0 where the line is left out. */
  readonly kept: number;
}

export interface Cut<L> {
  readonly lines: readonly L[];
  readonly shortages: readonly Shortage[];
}

/** What fell short, per SKU: lines of one SKU are summed, as they are promised. */
export function shortagesOf(asked: readonly Demand[], kept: readonly number[]): Shortage[] {
  const bySku = new Map<string, { asked: number; kept: number }>();
  asked.forEach((demand, at) => {
    const sum = bySku.get(demand.skuCode) ?? { asked: 0, kept: 0 };
    sum.asked += demand.quantity;
    sum.kept += kept[at] ?? 0;
    bySku.set(demand.skuCode, sum);
  });
  return [...bySku].flatMap(([sku, sum]) => (sum.kept < sum.asked ? [{ sku, ...sum }] : []));
}

/**
 * Cuts an order's lines to what there is. A line's own discount shrinks with its units (the first k of n units keep ⌊k·D/n⌋); a line with
 * nothing left is left out. Refuses an order of which nothing is left.
 */
export function takeAvailable(
  books: Books,
  lines: readonly WantedLine[],
  skuOf: (code: string) => { readonly id: string; readonly stocked: boolean } | undefined,
  terms: PromiseTerms,
): Cut<WantedLine> {
  const stocked = lines.flatMap((line) => {
    const sku = skuOf(line.sku);
    return sku?.stocked ? [{ line, demand: { skuId: sku.id, skuCode: line.sku, quantity: line.quantity } }] : [];
  });
  const demands = stocked.map(({ demand }) => demand);
  const units = cutToAvailable(books, demands, terms);
  const kept = new Map(stocked.map(({ line }, at) => [line, units[at] ?? 0]));
  const shortages = shortagesOf(demands, units);
  const left = lines.flatMap((line) => {
    const quantity = kept.get(line) ?? line.quantity;
    if (quantity === line.quantity) return [line];
    if (quantity === 0) return [];
    const { discountMinor } = line;
    const less = discountMinor === undefined ? {} : { discountMinor: (discountMinor * BigInt(quantity)) / BigInt(line.quantity) };
    return [{ ...line, quantity, ...less }];
  });
  if (left.length === 0) {
    const list = shortages.map(({ sku, asked }) => `${sku} (${asked} asked)`).join(', ');
    throw new DomainError('out_of_stock', `Nothing is left of ${list}.`, {
      skus: shortages.map(({ sku, asked }) => ({ sku, requested: asked, available: 0 })),
    });
  }
  return { lines: left, shortages };
}

/** A quote is a price for all of it: where there is less, the customer is asked again and not charged for another cart. */
export function demandQuoted(books: Books, demands: readonly Demand[], terms: PromiseTerms): void {
  const [first, ...more] = shortagesOf(demands, cutToAvailable(books, demands, terms));
  if (!first) return;
  throw new DomainError(
    'quote_changed',
    `Of ${first.sku} there are ${first.kept} left, not ${first.asked}. Ask for a new quote.`,
    {
      changes: [first, ...more].map(({ sku, asked, kept }) => ({ what: 'quantity', sku, was: asked, is: kept })),
    },
  );
}
