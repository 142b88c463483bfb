'use client';
import { createContext, type ReactNode, useContext } from 'react';

const PersonContext = createContext<string | null>(null);

/** Whose habits the kit keeps: an id, or null for nobody signed in. */
export function PersonProvider({ id, children }: { id: string | null; children: ReactNode }) {
  return <PersonContext value={id}>{children}</PersonContext>;
}

/** The key of a habit of the person at the screen; null where nobody is known, so that nothing is kept. */
export function useHabitKey(name: string | null): string | null {
  const person = useContext(PersonContext);
  return name === null || person === null ? null : `${person}:${name}`;
}
