import { sqlState } from './db.ts';

const AFTER_A_FAILURE = '25P02';

/**
 * Waits for statements of one transaction that were asked for at once, in the order in which they are named, and throws what the first of
 * them to fail failed of: all after it only say that the transaction is lost.
 */
export async function together(...statements: readonly Promise<unknown>[]): Promise<void> {
  const failures = (await Promise.allSettled(statements)).flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  if (failures.length > 0) throw failures.find((failure) => sqlState(failure) !== AFTER_A_FAILURE) ?? failures[0];
}
