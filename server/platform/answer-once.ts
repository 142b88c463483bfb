import type pg from 'pg';
import { DomainError } from '../kernel/errors.ts';
import type { Tx } from './db.ts';
import { type Claim, claimOpenly, type OpenClaim, settleClaims } from './idempotency.ts';
import { createLane, type Settled } from './lane.ts';
import { forgetLocks } from './locks.ts';
import { perPool } from './per-pool.ts';

/**
 * One answer per idempotency key for work that is harmless to do again, because everything it does has a key of its own: the key is
 * claimed in one transaction, the work done in others, its answer kept in a last one. Whoever repeats the request meanwhile, or after the
 * process died in between, does the work again, which then finds itself done; the first answer that was kept is everybody's.
 */
export interface Keyed {
  readonly principal: string;
  readonly operation: string;
  readonly key: string;
  readonly requestHash: Buffer;
}

/**
 * The answer under the key: the kept one, or what `work` makes. Throws `key_reused` where the key belongs to another request; what `work`
 * throws is not kept. `onReplay` is told when the answer is not this call's own.
 */
export async function answerOnce<R>(pool: pg.Pool, keyed: Keyed, work: () => Promise<R>, onReplay?: () => void): Promise<R> {
  const claim = await claims(pool).submit(keyed);
  if (claim.kind === 'reused') throw new DomainError('key_reused');
  if (claim.kind === 'answered') {
    onReplay?.();
    return claim.answer as R;
  }
  const answer = await work();
  const kept = await answers(pool).submit({ keyed, answer });
  if (!kept.own) onReplay?.();
  return kept.answer as R;
}

const claims = perPool((pool: pg.Pool) => createLane<Keyed, OpenClaim>({ name: 'claim-answers', pool, run: claimAll }));

async function claimAll(tx: Tx, wanted: readonly Keyed[]): Promise<Settled<OpenClaim>[]> {
  forgetLocks(tx);
  const found = await byOperation(wanted, (operation, group) => claimOpenly(tx, operation, group.map(claimOf)));
  return found.map((value) => ({ ok: true, value }));
}

interface Kept {
  readonly own: boolean;
  readonly answer: unknown;
}

interface Answer {
  readonly keyed: Keyed;
  readonly answer: unknown;
}

const answers = perPool((pool: pg.Pool) => createLane<Answer, Kept>({ name: 'settle-answers', pool, run: settleAll }));

async function settleAll(tx: Tx, made: readonly Answer[]): Promise<Settled<Kept>[]> {
  forgetLocks(tx);
  const kept = await byOperation(
    made.map(({ keyed, answer }) => ({ ...keyed, answer })),
    (operation, group) =>
      settleClaims(
        tx,
        operation,
        group.map((one) => ({ claim: claimOf(one), answer: one.answer })),
      ),
  );
  return kept.map((value) => ({ ok: true, value }));
}

const claimOf = ({ principal, key, requestHash }: Keyed): Claim => ({ principal, key, requestHash });

/** Runs a batch operation by operation, in their order, and answers in the batch's own. */
async function byOperation<I extends Keyed, O>(
  items: readonly I[],
  run: (operation: string, group: readonly I[]) => Promise<readonly O[]>,
): Promise<O[]> {
  const results = new Map<I, O>();
  const groups = Map.groupBy(items, ({ operation }) => operation);
  for (const operation of [...groups.keys()].sort()) {
    const group = groups.get(operation) as I[];
    const found = await run(operation, group);
    for (const [at, item] of group.entries()) results.set(item, found[at] as O);
  }
  return items.map((item) => results.get(item) as O);
}
