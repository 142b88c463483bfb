import type pg from 'pg';
import type { Tx } from './db.ts';

/**
 * Runs several reads on one snapshot (REPEATABLE READ, READ ONLY), so that the parts of a page agree with each other: the
 * money shown is the money of the units shown. Takes one connection.
 */
export async function readSnapshot<T>(pool: pg.Pool, work: (tx: Tx) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    return await work(client as Tx);
  } finally {
    await client.query('COMMIT').catch((error: Error) => {
      broken = error;
    });
    client.release(broken);
  }
}
