'use client';
import { useCallback, useState } from 'react';

/**
 * What the hand is used to: the reason chosen last, the columns left out. It stays in this browser, under the person's name: it is a
 * habit at this screen and no setting of the account, nothing depends on it, and a browser that keeps nothing only forgets it.
 */
export function useRemembered<T>(
  key: string | null,
  initial: T,
  isKnown: (value: unknown) => value is T,
): [T, (value: T) => void] {
  const [kept, setKept] = useState<{ readonly key: string | null; readonly value: T }>(() => ({
    key,
    value: read(key, initial, isKnown),
  }));
  // Who the person is becomes known after the first render.
  if (kept.key !== key) setKept({ key, value: read(key, initial, isKnown) });
  const keep = useCallback(
    (value: T) => {
      setKept({ key, value });
      if (key === null) return;
      try {
        window.localStorage.setItem(PREFIX + key, JSON.stringify(value));
      } catch {
        // A full or forbidden store: it is forgotten with the page.
      }
    },
    [key],
  );
  return [kept.value, keep];
}

const PREFIX = 'waybill:';

function read<T>(key: string | null, initial: T, isKnown: (value: unknown) => value is T): T {
  if (key === null || typeof window === 'undefined') return initial;
  try {
    const value: unknown = JSON.parse(window.localStorage.getItem(PREFIX + key) ?? 'null');
    return isKnown(value) ? value : initial;
  } catch {
    return initial;
  }
}

/** For texts and names. */
export const isText = (value: unknown): value is string => typeof value === 'string';
/** For lists of names. */
export const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);
