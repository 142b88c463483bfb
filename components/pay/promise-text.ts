import { formatDay, formatDays } from '../ui/format.ts';
import type { Locale } from '../ui/messages/catalogue.ts';

/** "Mon 30 Nov" or "Mon 30 Nov to Wed 2 Dec": calendar days of the promise, the same wherever they are read. */
export function promiseText(from: string, by: string, locale: Locale): string {
  return formatDays(from, by, locale, 'named');
}

/** The last day of a promise in full. */
export function dayText(day: string, locale: Locale): string {
  return formatDay(day, locale, 'full');
}
