import { minorDigits } from '../../server/kernel/money.ts';
import { moneyText, priceText, numberFormat as taggedFormat, withMinus } from '../../server/kernel/money-text.ts';
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

function numberFormat(locale: Locale, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  return taggedFormat(TAGS[locale], options);
}

/**
 * Money as people read it. Exact for every bigint (the amount never passes through a float). `withCode` appends the ISO code,
 * for places where currencies mix. Source of digits: the kernel's ISO 4217 table, not the browser's.
 */
export function formatMoney(amountMinor: AmountMinor, currency: string, locale: Locale, withCode = false): string {
  const text = moneyText(BigInt(amountMinor), currency, TAGS[locale]);
  return withCode && !text.includes(currency) ? `${text} ${currency}` : text;
}

/** A unit price: a decimal string in major units, shown with all its digits ("€0.0375"), at least those of the currency. */
export function formatPrice(price: string, currency: string, locale: Locale): string {
  return priceText(price, currency, TAGS[locale]);
}

/** A number with the language's separators. */
export function formatNumber(value: number | bigint, locale: Locale): string {
  return withMinus(numberFormat(locale, { maximumFractionDigits: 2 }).formatToParts(value));
}

/** A large number for an axis: "12k", "1.2M". */
export function formatCompact(value: number, locale: Locale): string {
  return withMinus(numberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 }).formatToParts(value));
}

/** A share such as 0.124 as "12.4 %". */
export function formatPercent(share: number, locale: Locale): string {
  return withMinus(numberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }).formatToParts(share));
}

/** A count, capped: "99+". */
export function formatCount(count: number): string {
  return count > COUNT_CAP ? `${COUNT_CAP}+` : String(count);
}

const DURATION_UNITS = [
  ['day', DAY_SECONDS],
  ['hour', HOUR_SECONDS],
  ['minute', MINUTE_SECONDS],
  ['second', 1],
] as const;

/** A length of time in its two largest units: "1 day 4 hr", "3 hr 20 min", "45 sec". */
export function formatDuration(seconds: number, locale: Locale): string {
  const parts: string[] = [];
  let left = Math.max(0, Math.round(seconds));
  const first = DURATION_UNITS.findIndex(([, size]) => left >= size);
  for (const [unit, size] of DURATION_UNITS.slice(first < 0 ? -1 : first).slice(0, 2)) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0 || parts.length === 0)
      parts.push(numberFormat(locale, { style: 'unit', unit, unitDisplay: 'short' }).format(count));
  }
  return parts.join(' ');
}

/** A size in bytes as people say it, in powers of 1000. */
export function formatBytes(bytes: number | bigint, locale: Locale): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, Number(bytes))) / 3));
  const value = Number(bytes) / 1_000 ** power;
  return numberFormat(locale, { style: 'unit', unit: units[power], unitDisplay: 'short', maximumFractionDigits: 1 }).format(
    value,
  );
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

/** `14:05` in a time zone (IANA name). */
export function formatTime(at: Date, locale: Locale, timeZone: string): string {
  return new Intl.DateTimeFormat(TAGS[locale], { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone }).format(at);
}

/** `22 Nov 2026` in a time zone (IANA name). */
export function formatDate(at: Date, locale: Locale, timeZone: string): string {
  return new Intl.DateTimeFormat(TAGS[locale], { day: 'numeric', month: 'short', year: 'numeric', timeZone }).format(at);
}

const DAY_SHAPES = {
  /** `22 Nov` */
  short: { day: 'numeric', month: 'short' },
  /** `22 Nov 2026` */
  dated: { day: 'numeric', month: 'short', year: 'numeric' },
  /** `Sun, 22 Nov` */
  named: { weekday: 'short', day: 'numeric', month: 'short' },
  /** `Sunday 22 November` */
  full: { weekday: 'long', day: 'numeric', month: 'long' },
} as const satisfies Readonly<Record<string, Intl.DateTimeFormatOptions>>;
export type DayShape = keyof typeof DAY_SHAPES;

/** A calendar day, YYYY-MM-DD. It belongs to no zone: it is read in UTC and written in UTC, wherever the reader is. */
export function formatDay(day: string, locale: Locale, shape: DayShape = 'short'): string {
  return formatDays(day, day, locale, shape);
}

/** Calendar days from one to another, such as `30 Nov – 2 Dec 2026`; one day is said once. */
export function formatDays(from: string, by: string, locale: Locale, shape: DayShape = 'short'): string {
  const format = new Intl.DateTimeFormat(TAGS[locale], { ...DAY_SHAPES[shape], timeZone: 'UTC' });
  const [first, last] = [new Date(`${from}T00:00:00Z`), new Date(`${by}T00:00:00Z`)];
  return from === by ? format.format(last) : format.formatRange(first, last);
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
