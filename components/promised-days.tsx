'use client';
import { useFormat } from './ui/locale.tsx';

/** The days an order was promised for, such as "30 Nov – 2 Dec 2026"; one day is said once. */
export function PromisedDays({ from, by }: { from: string; by: string }) {
  const format = useFormat();
  return <span className="wb-number">{format.days(from, by, 'dated')}</span>;
}
