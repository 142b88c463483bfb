import type pg from 'pg';
import { prepare, type SealPosition, START, sealNext } from '../domains/seals/service.ts';
import { withTx } from '../platform/db.ts';

/** What a run of the sealer did. */
export interface Sealing {
  readonly seals: number;
  readonly rows: number;
  /** The chain's newest seal, if this run added it: noted elsewhere, it proves later that the chain is the same. */
  readonly head: { readonly number: bigint; readonly hash: string } | null;
  /** busy: another process is sealing. behind: the server counts transactions from further back than the last seal. */
  readonly stopped: 'done' | 'busy' | 'behind' | 'asked';
}

export interface SealOptions {
  readonly home: string;
  readonly now: () => Date;
  readonly signal?: AbortSignal;
  /** Rows per seal. */
  readonly most?: number;
}

/**
 * Seals every row that is decided, seal after seal, each in a transaction of its own. Whatever ends it, the chain is whole and the next
 * run goes on behind it; two at once add each seal once.
 */
export async function sealRows(pool: pg.Pool, { home, now, signal, most }: SealOptions): Promise<Sealing> {
  let position: SealPosition = START;
  const done: { seals: number; rows: number; head: Sealing['head'] } = { seals: 0, rows: 0, head: null };
  await prepare(pool);
  while (!signal?.aborted) {
    const step = await withTx(pool, (tx) => sealNext(tx, home, now(), position, most));
    if (step.did === 'nothing') return { ...done, stopped: 'done' };
    if (step.did === 'waits') return { ...done, stopped: 'busy' };
    if (step.did === 'behind') return { ...done, stopped: 'behind' };
    position = step.next;
    if (step.did !== 'sealed') continue;
    done.seals += 1;
    done.rows += step.rows;
    done.head = { number: step.number, hash: step.hash.toString('hex') };
  }
  return { ...done, stopped: 'asked' };
}
