'use client';
import { useMessages } from './ui/locale.tsx';
import type { StatusKind } from './ui/status.ts';

/** A vocabulary as the options of a filter, in its own words. */
export function useStatusOptions(kind: StatusKind, values: readonly string[]): { value: string; label: string }[] {
  const { word } = useMessages();
  return values.map((value) => ({ value, label: word(`status.${kind}`, value) }));
}
