import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * A clock for work that belongs to another time: what is imported or made up happened then, not now. Whatever runs inside `at` is told
 * that time; everything else gets the real one.
 */
export interface OwnClock {
  readonly clock: () => Date;
  at<T>(now: Date, work: () => Promise<T>): Promise<T>;
}

/** A clock whose time may be set for the work inside one call, and for nothing beside it. */
export function createOwnClock(): OwnClock {
  const times = new AsyncLocalStorage<Date>();
  return {
    clock: () => times.getStore() ?? new Date(),
    at: (now, work) => times.run(now, work),
  };
}
