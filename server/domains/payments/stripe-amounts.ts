import { minorDigits } from '../../kernel/money.ts';

/** Stripe's own idea of minor units where it differs from ISO 4217: https://docs.stripe.com/currencies#zero-decimal. */

/** Written with two decimals that must be zero, although the currency has none. */
const PADDED = new Set(['ISK', 'UGX']);
/** Without decimals at Stripe, with two in ISO 4217. */
const TRUNCATED = new Set(['MGA']);
/** In ISO 4217, but not at Stripe. */
const UNSUPPORTED = new Set(['CLF', 'IQD', 'LYD', 'UYI', 'UYW']);

export interface AmountRefused {
  readonly code: string;
  readonly message: string;
}

/** Our minor units as Stripe's, or why Stripe cannot take that amount. */
export function toStripeAmount(amountMinor: bigint, currency: string): number | AmountRefused {
  if (UNSUPPORTED.has(currency)) return { code: 'currency_not_supported', message: `Cards cannot be charged in ${currency}.` };
  if (minorDigits(currency) === 3 && amountMinor % 10n !== 0n) {
    return {
      code: 'amount_not_supported',
      message: `Cards are charged in ${currency} with two decimals: the last digit must be 0.`,
    };
  }
  if (TRUNCATED.has(currency) && amountMinor % 100n !== 0n) {
    return { code: 'amount_not_supported', message: `Cards are charged in whole ${currency}.` };
  }
  const scaled = PADDED.has(currency) ? amountMinor * 100n : TRUNCATED.has(currency) ? amountMinor / 100n : amountMinor;
  if (scaled <= 0n || scaled > BigInt(Number.MAX_SAFE_INTEGER)) {
    return { code: 'amount_not_supported', message: 'The amount must be positive and no larger than a card can carry.' };
  }
  return Number(scaled);
}

/** Stripe's minor units as ours. */
export function fromStripeAmount(amount: number, currency: string): bigint {
  const value = BigInt(amount);
  if (TRUNCATED.has(currency)) return value * 100n;
  // A fee may be a fraction of a unit that has no decimals; it is rounded up, as it is money that is gone.
  return PADDED.has(currency) ? (value + 99n) / 100n : value;
}
