import type { Destination } from './schema.ts';

/**
 * The tax seam. A provider is asked when a quote is made, outside any transaction; what it answers is frozen in the quote. An order
 * that names no quote is taxed by the rate table alone.
 */
export interface TaxRequest {
  readonly merchantId: string;
  readonly currency: string;
  readonly from: Destination;
  readonly to: Destination;
  readonly lines: readonly {
    readonly sku: string;
    readonly taxClass: string;
    readonly quantity: number;
    readonly unitPrice: string;
  }[];
  /** Every class that a rate is needed for, shipping among them. */
  readonly taxClasses: readonly string[];
}

/** Rates are fractions in 10^-6: 0.19 is 190000. A class without a rate is not taxed. */
export type TaxOutcome =
  | { readonly kind: 'rates'; readonly provider: string; readonly rates: Readonly<Record<string, bigint>> }
  | { readonly kind: 'unreachable'; readonly reason: string };

export interface TaxProvider {
  readonly name: string;
  /** Never throws for what the outside may do: that is an outcome. */
  rates(request: TaxRequest, signal?: AbortSignal): Promise<TaxOutcome>;
}
