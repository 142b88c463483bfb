import pg from 'pg';

type TypeId = Parameters<typeof pg.types.getTypeParser>[0];

/**
 * The pool that everything shares, Prisma included. int8 and numeric never become floats: bigint and decimal string.
 * Timestamps are Dates, jsonb is parsed, xid8 stays text.
 */
declare const brand: unique symbol;

/** A client inside an open transaction. Only `platform/` opens one; domains are handed it. */
export type Tx = pg.PoolClient & { readonly [brand]: 'tx' };

/** Whatever can answer a read: the pool, or a transaction. */
export type Queryable = Pick<pg.Pool, 'query'> | Tx;

const INT8 = 20;
const INT8_ARRAY: number = 1016;

const parseTextArray = pg.types.getTypeParser(1009 as TypeId) as (text: string) => (string | null)[];

const types: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (oid === INT8) return (text: string) => BigInt(text);
    if (oid === INT8_ARRAY) return (text: string) => parseTextArray(text).map((item) => (item === null ? null : BigInt(item)));
    return pg.types.getTypeParser(oid as TypeId, format as 'text');
  },
};

export interface PoolOptions {
  readonly connectionString: string;
  readonly max?: number;
  readonly name?: string;
  /**
   * How long anything may take before it counts as broken: a connection, a lock, a statement, a transaction whose process is busy. What
   * requests of people bear (DESIGN 3) where absent; work that nobody waits for bears more.
   */
  readonly patienceMs?: number;
}

const BEARABLE = { connectMs: 5_000, lockMs: 2_000, idleInTransactionMs: 5_000, statementMs: 30_000 };

/**
 * A pool whose sessions carry the time limits of DESIGN 3. A statement goes out when it is asked for, also while another is at work: those
 * of one client are carried out in the order they were asked for, and in a transaction all that come after one that failed fail too. So
 * what needs no answer in between is asked for at once (`together`), and PostgreSQL works while the next statement is written down.
 */
export function createPool({ connectionString, max = 10, name = 'waybill', patienceMs }: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString,
    max,
    types,
    application_name: name,
    pipeline: true,
    lock_timeout: patienceMs ?? BEARABLE.lockMs,
    idle_in_transaction_session_timeout: patienceMs ?? BEARABLE.idleInTransactionMs,
    statement_timeout: patienceMs ?? BEARABLE.statementMs,
    connectionTimeoutMillis: patienceMs ?? BEARABLE.connectMs,
  });
  // An idle connection that breaks is replaced on the next checkout; without a listener it would end the process.
  pool.on('error', () => {});
  // One that breaks in use tells its query as well; without a listener of its own that, too, would end the process.
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

/** Runs `work` in one READ COMMITTED transaction. Rolls back and rethrows when it throws. */
export async function withTx<T>(pool: pg.Pool, work: (tx: Tx) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    const result = await work(client as Tx);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((rollbackError: Error) => {
      broken = rollbackError;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

/** SQLSTATE of a database error, or undefined. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.length === 5
    ? error.code
    : undefined;
}
