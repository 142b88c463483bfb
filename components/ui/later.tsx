'use client';
import { type ComponentType, lazy, Suspense, useEffect } from 'react';

type Load = () => Promise<unknown>;

const waiting = new Set<Load>();
let somebodyIsThere = false;

/**
 * A component that a page needs only once somebody does something: a dialog, the palette. Its code is not part of the first load; it comes
 * with the first movement of a mouse, key or finger, so that it is there when it is asked for, and at the latest when it is rendered.
 */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  if (somebodyIsThere) void load();
  else waiting.add(load);
  const Late = lazy(async () => ({ default: await load() }));
  return (props) => (
    <Suspense fallback={null}>
      <Late {...props} />
    </Suspense>
  );
}

const SIGNS = ['pointermove', 'pointerdown', 'keydown'] as const;

/** Fetches what is for later with the first sign of a person. */
export function useLater(): void {
  useEffect(() => {
    const fetchAll = () => {
      stop();
      somebodyIsThere = true;
      for (const load of waiting) load().catch(() => undefined); // asked for again when it is rendered
      waiting.clear();
    };
    const stop = () => {
      for (const sign of SIGNS) window.removeEventListener(sign, fetchAll);
    };
    for (const sign of SIGNS) window.addEventListener(sign, fetchAll, { passive: true });
    return stop;
  }, []);
}
