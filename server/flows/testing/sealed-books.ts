import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { newId } from '../../kernel/ids.ts';
import type { Queryable } from '../../platform/db.ts';
import { readSnapshot } from '../../platform/read-snapshot.ts';
import { type SealFinding, type SealReport, verifySeals } from '../../views/integrity/seals.ts';

/** Rows to seal, without the flows that would write them. */
export const AT = new Date('2026-11-22T12:00:00Z');

/** Writes `count` transfers; returns their ids. `xid` is only for who forges it. */
export async function postTransfers(db: Queryable, count: number, xid: string | null = null): Promise<string[]> {
  const ids = Array.from({ length: count }, () => newId());
  await db.query(
    `INSERT INTO transfers (id, journal_id, kind, phase, debit_account, credit_account, amount_minor, currency, reference, debit_version,
                            credit_version, debit_balance_minor, credit_balance_minor, actor, trace_id, at, xid)
     SELECT id, gen_random_uuid(), 'p2p', 'single', gen_random_uuid(), gen_random_uuid(), 100, 'EUR', 'ref', n, n, n, n,
            'user:a', 'trace', $2, coalesce($3::text::xid8, pg_current_xact_id())
     FROM unnest($1::uuid[]) WITH ORDINALITY AS t (id, n)`,
    [ids, AT, xid],
  );
  return ids;
}

/** Writes `count` audit rows, with JSON that has every kind of value in it; returns their ids. */
export async function writeAudits(db: Queryable, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => newId());
  await db.query(
    `INSERT INTO audit_log (id, at, actor, action, entity, entity_id, before, after, reason, trace_id)
     SELECT id, $2, 'user:a', 'account.freeze', 'account', 'a', NULL, '{"b": null, "a": [1.50, "ü"]}', '', 'trace' FROM unnest($1::uuid[]) AS id`,
    [ids, AT],
  );
  return ids;
}

/** Does something as whoever owns the database, past every trigger. */
export async function asSuperuser(owner: pg.Pool, ...statements: readonly string[]): Promise<void> {
  const client = await owner.connect();
  try {
    await client.query('SET session_replication_role = replica');
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.query('RESET session_replication_role');
    client.release();
  }
}

/**
 * Waits until everything that was committed so far can be sealed: a transaction of any other database of the server that is still at
 * work holds it back, and the databases of other tests are on the same one.
 */
export async function decided(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ now: string }>('SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS now');
  for (;;) {
    const { rowCount } = await pool.query('SELECT WHERE pg_snapshot_xmin(pg_current_snapshot()) >= $1::text::xid8', [
      rows[0]?.now,
    ]);
    if (rowCount) return;
    await sleep(10);
  }
}

export const verify = (pool: pg.Pool, options: Parameters<typeof verifySeals>[1] = {}): Promise<SealReport> =>
  readSnapshot(pool, (tx) => verifySeals(tx, options));

/** "transfers 0197… was changed after it was sealed (seal EU 2)" */
export const said = (findings: readonly SealFinding[]): string[] => findings.map(({ subject, detail }) => `${subject} ${detail}`);
