import { formatDecimal, minorDigits, PRICE_SCALE } from '../../server/kernel/money.ts';
import { type Locale, translate } from './messages/catalogue.ts';

/** Amounts come as bigint from the server's own code and as a safe integer from JSON. */
export type AmountMinor = bigint | number;

/** The tags that give UI.md's shapes: `22 Nov 2026, 14:05` and `€1,234.50`; `22. Nov. 2026` and `1.234,50 €`. */
const TAGS: Readonly<Record<Locale, string>> = { en: 'en-GB', de: 'de-DE' };

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3_600;
const DAY_SECONDS = 86_400;
/** Below this a difference is "just now": clocks of two machines differ by that much. */
const JUST_NOW_SECONDS = 5;
/** Counting further than this costs a query more than it tells a person. */
export const COUNT_CAP = 99;

const cache = new Map<string, Intl.NumberFormat>();

function numberFormat(locale: Locale, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${locale}${JSON.stringify(options)}`;
  const known = cache.get(key);
  if (known) return known;
  const made = new Intl.NumberFormat(TAGS[locale], options);
  cache.set(key, made);
  return made;
}

/** A hyphen is not a minus: figures use U+2212, which is as wide as a digit. */
function withMinus(parts: Intl.NumberFormatPart[]): string {
  return parts.map((part) => (part.type === 'minusSign' ? '−' : part.value)).join('');
}

/**
 * Money as people read it. Exact for every bigint (the amount never passes through a float). `withCode` appends the ISO code,
 * for places where currencies mix. Source of digits: the kernel's ISO 4217 table, not the browser's.
 */
export function formatMoney(amountMinor: AmountMinor, currency: string, locale: Locale, withCode = false): string {
  const digits = minorDigits(currency);
  const decimal = formatDecimal(BigInt(amountMinor), digits, digits) as Intl.StringNumericLiteral;
  const format = numberFormat(locale, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  const text = withMinus(format.formatToParts(decimal));
  return withCode && !text.includes(currency) ? `${text} ${currency}` : text;
}

/** A unit price: a decimal string in major units, shown with all its digits ("€0.0375"), at least those of the currency. */
export function formatPrice(price: string, currency: string, locale: Locale): string {
  const format = numberFormat(locale, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: minorDigits(currency),
    maximumFractionDigits: PRICE_SCALE,
  });
  return withMinus(format.formatToParts(price as Intl.StringNumericLiteral));
}

/** A number with the language's separators. */
export function formatNumber(value: number | bigint, locale: Locale): string {
  return withMinus(numberFormat(locale, { maximumFractionDigits: 2 }).formatToParts(value));
}

/** A share such as 0.124 as "12.4 %". */
export function formatPercent(share: number, locale: Locale): string {
  return withMinus(numberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }).formatToParts(share));
}

/** A count, capped: "99+". */
export function formatCount(count: number): string {
  return count > COUNT_CAP ? `${COUNT_CAP}+` : String(count);
}

/** `22 Nov 2026, 14:05` in a time zone (IANA name). */
export function formatDateTime(at: Date, locale: Locale, timeZone: string): string {
  return new Intl.DateTimeFormat(TAGS[locale], {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone,
  }).format(at);
}

/** `22 Nov 2026` in a time zone (IANA name). */
export function formatDate(at: Date, locale: Locale, timeZone: string): string {
  return new Intl.DateTimeFormat(TAGS[locale], { day: 'numeric', month: 'short', year: 'numeric', timeZone }).format(at);
}

/** "5 min ago" within 24 hours either way, else the date and time. */
export function formatAgo(at: Date, now: Date, locale: Locale, timeZone: string): string {
  const seconds = Math.round((at.getTime() - now.getTime()) / 1_000);
  const distance = Math.abs(seconds);
  if (distance < JUST_NOW_SECONDS) return translate(locale, 'ui.justNow');
  if (distance >= DAY_SECONDS) return formatDateTime(at, locale, timeZone);
  const relative = new Intl.RelativeTimeFormat(TAGS[locale], { style: 'short', numeric: 'always' });
  if (distance < MINUTE_SECONDS) return relative.format(seconds, 'second');
  if (distance < HOUR_SECONDS) return relative.format(Math.trunc(seconds / MINUTE_SECONDS), 'minute');
  return relative.format(Math.trunc(seconds / HOUR_SECONDS), 'hour');
}

/** ISO 8601 in UTC to the second, for the hover. */
export function formatUtc(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}

/** The separators a person types in this language. */
export function decimalSeparator(locale: Locale): string {
  return (
    numberFormat(locale, {})
      .formatToParts(1.5)
      .find((part) => part.type === 'decimal')?.value ?? '.'
  );
}

/**
 * Reads what a person typed as minor units: "1,234.50", "1234.5", "€ 12". Null where it is not an amount or is finer than the
 * currency allows: nothing is rounded by typing it.
 */
export function parseMoney(text: string, currency: string, locale: Locale): bigint | null {
  const decimal = decimalSeparator(locale);
  const group = decimal === '.' ? ',' : '.';
  const match = /^(?<sign>[-−])?(?<whole>[\d.,]*\d)(?<rest>.*)$/.exec(text.replace(/[\s\u00a0\u202f’']|[^\d.,−-]/g, ''));
  if (!match?.groups || match.groups.rest) return null;
  const [whole = '', fraction = '', ...more] = (match.groups.whole ?? '').split(decimal);
  if (more.length > 0 || fraction.includes(group)) return null;
  if (whole.includes(group) && !/^\d{1,3}([.,]\d{3})+$/.test(whole)) return null;
  const digits = minorDigits(currency);
  if (fraction.length > digits) return null;
  const value = BigInt(`${whole.replaceAll(group, '') || '0'}${fraction.padEnd(digits, '0')}`);
  return match.groups.sign ? -value : value;
}
