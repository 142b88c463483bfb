import type pg from 'pg';
import { createTransferLane } from '../../server/flows/ledger/post-journals.ts';
import { newId } from '../../server/kernel/ids.ts';
import { createPool, withTx } from '../../server/platform/db.ts';
import { CALL_POST_TRANSFER, INSERT_TRANSFER, LOCK_BOTH, UPDATE_BOTH } from '../baselines/transfer-sql.ts';
import type { ContenderName } from './load.ts';

export interface Transfer {
  readonly debit: string;
  readonly credit: string;
  readonly amountMinor: bigint;
  readonly currency: string;
}

/** Posts one transfer and resolves when it is committed. */
export type Post = (transfer: Transfer) => Promise<void>;

const ACTOR = 'system:bench';
const TRACE = newId();
const KIND = 'bench';

/** The three ways to post a transfer over `connections` connections. */
export function contender(name: ContenderName, url: string, connections: number): { post: Post; close(): Promise<void> } {
  const pool = createPool({ connectionString: url, max: connections, name: 'bench-transfers' });
  const post = { lane, interactive, procedure }[name](pool);
  return { post, close: () => pool.end() };
}

function lane(pool: pg.Pool): Post {
  const desk = createTransferLane({ pool });
  return async ({ debit, credit, amountMinor, currency }) => {
    const spec = {
      id: newId(),
      kind: KIND,
      phase: 'single',
      debit,
      credit,
      amountMinor,
      currency,
      orderId: null,
      paymentId: null,
    } as const;
    const ctx = { now: new Date(), actor: ACTOR, traceId: TRACE, requestId: TRACE, home: 'EU' };
    const [result] = await desk.post([spec], ctx);
    if (result?.result !== 'created') throw new Error(`Refused: ${result?.result}`);
  };
}

interface Row {
  readonly id: string;
  readonly currency: string;
  readonly normal_side: 'debit' | 'credit';
  readonly limited: boolean;
  readonly credit_limit_minor: bigint;
  readonly overdraft_minor: bigint;
  readonly frozen: boolean;
  readonly closed: boolean;
  readonly debits_posted: bigint;
  readonly credits_posted: bigint;
  readonly debits_pending: bigint;
  readonly version: bigint;
}

/** One interactive transaction per transfer: lock both accounts, decide, write. */
function interactive(pool: pg.Pool): Post {
  return ({ debit, credit, amountMinor, currency }) =>
    withTx(pool, async (tx) => {
      const { rows } = await tx.query<Row>({ ...LOCK_BOTH, values: [debit, credit] });
      const from = rows.find(({ id }) => id === debit);
      const to = rows.find(({ id }) => id === credit);
      if (!from || !to) throw new Error('No such account');
      for (const account of [from, to])
        if (account.frozen || account.closed || account.currency !== currency) throw new Error('Refused');
      const held = from.credits_posted - from.debits_posted - from.debits_pending;
      if (from.limited && held + from.credit_limit_minor + from.overdraft_minor < amountMinor)
        throw new Error('Insufficient funds');
      await tx.query({ ...UPDATE_BOTH, values: [debit, credit, amountMinor] });
      const balance = (row: Row, change: bigint): bigint =>
        row.normal_side === 'credit'
          ? row.credits_posted - row.debits_posted + change
          : row.debits_posted - row.credits_posted - change;
      const values = [newId(), newId(), KIND, debit, credit, amountMinor, currency, from.version + 1n, to.version + 1n];
      const after = [balance(from, -amountMinor), balance(to, amountMinor), ACTOR, TRACE, new Date()];
      await tx.query({ ...INSERT_TRANSFER, values: [...values, ...after] });
    });
}

/** One call of a stored procedure per transfer. */
function procedure(pool: pg.Pool): Post {
  return async ({ debit, credit, amountMinor, currency }) => {
    const values = [newId(), newId(), KIND, debit, credit, amountMinor, currency, ACTOR, TRACE, new Date()];
    await pool.query({ ...CALL_POST_TRANSFER, values });
  };
}
