'use client';
import { useMessages } from './ui/locale.tsx';
import { isMessageKey } from './ui/messages/catalogue.ts';
import type { StatusKind } from './ui/status.ts';

/** A vocabulary as the options of a filter, in its own words. */
export function useStatusOptions(kind: StatusKind, values: readonly string[]): { value: string; label: string }[] {
  const { t } = useMessages();
  return values.map((value) => {
    const key = `status.${kind}.${value}`;
    return { value, label: isMessageKey(key) ? t(key) : value };
  });
}
