import type pg from 'pg';

/**
 * The pool of a process that stands still as soon as its first transaction has committed: it hears of it when `meanwhile` is over. What
 * happens to a machine that is suspended, or has too much to do.
 */
export function standingStill(pool: pg.Pool, meanwhile: () => Promise<void>): pg.Pool {
  let stood = false;
  return {
    async connect() {
      const client = await pool.connect();
      return new Proxy(client, {
        get(target, property) {
          const value: unknown = Reflect.get(target, property);
          if (property !== 'query') return typeof value === 'function' ? value.bind(target) : value;
          return async (...args: [string]) => {
            const result = await target.query(...args);
            if (args[0] === 'COMMIT' && !stood) {
              stood = true;
              await meanwhile();
            }
            return result;
          };
        },
      });
    },
  } as unknown as pg.Pool;
}
