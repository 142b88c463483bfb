import type { Locale } from '../ui/messages/catalogue.ts';

const TAGS: Readonly<Record<Locale, string>> = { en: 'en-GB', de: 'de-DE' };

/** "Mon 30 Nov" or "Mon 30 Nov to Wed 2 Dec": calendar days of the promise, the same wherever they are read. */
export function promiseText(from: string, by: string, locale: Locale): string {
  const format = new Intl.DateTimeFormat(TAGS[locale], { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' });
  const first = new Date(`${from}T00:00:00Z`);
  const last = new Date(`${by}T00:00:00Z`);
  return from === by ? format.format(last) : format.formatRange(first, last);
}

/** The last day of a promise in full. */
export function dayText(day: string, locale: Locale): string {
  return new Intl.DateTimeFormat(TAGS[locale], { weekday: 'long', day: 'numeric', month: 'long', timeZone: 'UTC' }).format(
    new Date(`${day}T00:00:00Z`),
  );
}
