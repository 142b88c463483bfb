import type { MailLocale } from '../../domains/notifications/rules.ts';
import { formatDecimal, minorDigits } from '../../kernel/money.ts';

const TAGS: Readonly<Record<MailLocale, string>> = { en: 'en-GB', de: 'de-DE' };

/** Money by language and minor units, exact for every amount: "€1,234.50", "1.234,50 €", "¥1,200". */
export function mailMoney(amountMinor: bigint, currency: string, locale: MailLocale): string {
  const digits = minorDigits(currency);
  const decimal = formatDecimal(amountMinor, digits, digits) as Intl.StringNumericLiteral;
  return new Intl.NumberFormat(TAGS[locale], {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
    .format(decimal)
    .replace('-', '−');
}

/** "27 November 2026", "27. November 2026". */
export function mailDate(at: Date, locale: MailLocale): string {
  return new Intl.DateTimeFormat(TAGS[locale], { dateStyle: 'long', timeZone: 'UTC' }).format(at);
}

/** "27 November 2026 at 14:05 UTC". */
export function mailTime(at: Date, locale: MailLocale): string {
  return `${new Intl.DateTimeFormat(TAGS[locale], { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }).format(at)} UTC`;
}

/** "Germany", "Deutschland"; what is no code of a country stays as it is. */
export function countryName(code: string, locale: MailLocale): string {
  return /^[A-Z]{2}$/.test(code) ? (new Intl.DisplayNames(TAGS[locale], { type: 'region' }).of(code) ?? code) : code;
}
