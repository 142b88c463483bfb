'use client';
import { parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs';

/** The month before this one, in UTC: what an accountant asks for. */
export function lastMonth(): { from: string; to: string } {
  const now = new Date();
  const end = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 0));
  const to = end.toISOString().slice(0, 10);
  return { from: `${to.slice(0, 8)}01`, to };
}

/** What an export is of, as the address says it. */
export function useGlPeriod() {
  const month = lastMonth();
  return useQueryStates({
    from: parseAsString.withDefault(month.from),
    to: parseAsString.withDefault(month.to),
    detail: parseAsStringLiteral(['journal', 'summary'] as const).withDefault('journal'),
    currency: parseAsString,
    merchant: parseAsString,
  });
}
