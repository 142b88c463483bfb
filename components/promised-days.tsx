'use client';
import { useFormat } from './ui/locale.tsx';

/** The days an order was promised for, such as "30 Nov – 2 Dec 2026"; one day is said once. */
export function PromisedDays({ from, by }: { from: string; by: string }) {
  const format = useFormat();
  // Noon in UTC is the same calendar day in every zone but the easternmost islands.
  const day = (date: string) => format.date(new Date(`${date}T12:00:00Z`));
  return <span className="wb-number">{from === by ? day(by) : `${day(from)} – ${day(by)}`}</span>;
}
