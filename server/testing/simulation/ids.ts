import type { VirtualTime } from './virtual-time.ts';

/** While a seed runs its ids follow from virtual time and a counter, so that a replay makes the same ones in the same order. */
let source: (() => string) | null = null;

/** The next id of the seed that runs now; undefined where none does. */
export function simulatedId(): string | undefined {
  return source?.();
}

/** Gives ids of the layout of UUIDv7 until the returned function is called. */
export function countIds(time: VirtualTime): () => void {
  let counter = 0;
  source = () => {
    counter += 1;
    const at = time.now.toString(16).padStart(12, '0');
    const count = counter.toString(16).padStart(12, '0');
    return `${at.slice(0, 8)}-${at.slice(8)}-7000-8000-${count}`;
  };
  return () => {
    source = null;
  };
}
