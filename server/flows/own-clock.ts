import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * A clock for work that belongs to another time: what is imported or made up happened then, not now. Whatever runs inside `at` is told
 * that time; everything else gets the real one.
 */
export interface OwnClock {
  readonly clock: () => Date;
  at<T>(now: Date, work: () => Promise<T>): Promise<T>;
}

export function createOwnClock(): OwnClock {
  const times = new AsyncLocalStorage<Date>();
  return {
    clock: () => times.getStore() ?? new Date(),
    at: (now, work) => times.run(now, work),
  };
}
