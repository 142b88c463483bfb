import { formatDecimal, minorDigits, PRICE_SCALE } from './money.ts';

/** Money in words of a language: what the console shows and what is printed. `tag` is BCP 47. */
const cache = new Map<string, Intl.NumberFormat>();

/** Making a format costs more than using it a thousand times. */
export function numberFormat(tag: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${tag}${JSON.stringify(options)}`;
  const known = cache.get(key);
  if (known) return known;
  const made = new Intl.NumberFormat(tag, options);
  cache.set(key, made);
  return made;
}

/** A hyphen is not a minus: figures use U+2212, which is as wide as a digit. */
export function withMinus(parts: Intl.NumberFormatPart[]): string {
  return parts.map((part) => (part.type === 'minusSign' ? '−' : part.value)).join('');
}

/** An amount, exact for every bigint: it never passes through a float. Digits are those of the kernel's ISO 4217 table. */
export function moneyText(amountMinor: bigint, currency: string, tag: string): string {
  const digits = minorDigits(currency);
  return currencyText(formatDecimal(amountMinor, digits, digits), currency, tag, digits);
}

/** A unit price: a decimal string in major units, with all its digits ("€0.0375"), at least those of the currency. */
export function priceText(price: string, currency: string, tag: string): string {
  return currencyText(price, currency, tag, PRICE_SCALE);
}

function currencyText(decimal: string, currency: string, tag: string, maximumFractionDigits: number): string {
  const format = numberFormat(tag, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: minorDigits(currency),
    maximumFractionDigits,
  });
  return withMinus(format.formatToParts(decimal as Intl.StringNumericLiteral));
}
