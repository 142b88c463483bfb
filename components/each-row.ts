'use client';
import { useRef, useState } from 'react';
import { newId } from '../server/kernel/ids.ts';
import { isRefused, shownError } from './trpc.tsx';
import { useErrorText } from './ui/states.tsx';

/** A row that was refused, and why in words. */
export interface Refused<Row> {
  readonly row: Row;
  readonly why: string;
}

/**
 * Runs a verb for each of several rows, one after the other, each under a key of its own. A second try keeps the key of what stayed
 * without an answer, so that nothing is done twice; what was refused is asked anew. Refusals are told row by row; the rest is done.
 */
export function useEachRow<Row>() {
  const text = useErrorText();
  const keys = useRef(new Map<string, string>());
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<readonly Refused<Row>[]>([]);
  const run = async (
    rows: readonly Row[],
    keyOf: (row: Row) => string,
    act: (row: Row, key: string) => Promise<unknown>,
  ): Promise<{ done: Row[]; refused: Refused<Row>[] }> => {
    setBusy(true);
    const done: Row[] = [];
    const failed: Refused<Row>[] = [];
    for (const row of rows) {
      const name = keyOf(row);
      const key = keys.current.get(name) ?? newId();
      keys.current.set(name, key);
      try {
        await act(row, key);
        done.push(row);
      } catch (error) {
        if (isRefused(error)) keys.current.delete(name);
        failed.push({ row, why: text(shownError(error) ?? { kind: 'unexpected' }) });
      }
    }
    setRefused(failed);
    setBusy(false);
    return { done, refused: failed };
  };
  return { run, busy, refused };
}
