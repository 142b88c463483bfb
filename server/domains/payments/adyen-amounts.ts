import { minorDigits } from '../../kernel/money.ts';
import type { AmountRefused } from './stripe-amounts.ts';

/** Adyen's minor units where they differ from ISO 4217: https://docs.adyen.com/development-resources/currency-codes. */
const DIGITS: Readonly<Record<string, number>> = { CLP: 2, CVE: 0, IDR: 0, ISK: 2 };
/** In ISO 4217, but not at Adyen. */
const UNSUPPORTED = new Set(['CLF', 'UYI', 'UYW']);

const shiftOf = (currency: string): number => (DIGITS[currency] ?? minorDigits(currency)) - minorDigits(currency);

/** Our minor units as Adyen's, or why Adyen cannot take that amount. */
export function toAdyenAmount(amountMinor: bigint, currency: string): number | AmountRefused {
  if (UNSUPPORTED.has(currency)) return { code: 'currency_not_supported', message: `Cards cannot be charged in ${currency}.` };
  const shift = shiftOf(currency);
  const unit = 10n ** BigInt(Math.abs(shift));
  if (shift < 0 && amountMinor % unit !== 0n)
    return { code: 'amount_not_supported', message: `Cards are charged in whole ${currency}.` };
  const scaled = shift < 0 ? amountMinor / unit : amountMinor * unit;
  if (scaled <= 0n || scaled > BigInt(Number.MAX_SAFE_INTEGER))
    return { code: 'amount_not_supported', message: 'The amount must be positive and no larger than a card can carry.' };
  return Number(scaled);
}

/** Adyen's minor units as ours. */
export function fromAdyenAmount(value: number, currency: string): bigint {
  const shift = shiftOf(currency);
  const unit = 10n ** BigInt(Math.abs(shift));
  return shift < 0 ? BigInt(value) * unit : BigInt(value) / unit;
}
