import { createHash } from 'node:crypto';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { withTx } from '../platform/db.ts';
import { createTestDatabase, type TestDatabase } from '../platform/testing/test-database.ts';
import { verifySeals } from '../views/integrity/seals.ts';
import { checkAndRecord } from './check-integrity.ts';
import { sealRows } from './seal-rows.ts';
import { AT, asSuperuser, decided, postTransfers, said, verify, writeAudits } from './testing/sealed-books.ts';

let db: TestDatabase;
const sealNow = (most?: number) => sealRows(db.pool, { home: 'EU', now: () => new Date(), ...(most ? { most } : {}) });
/** Everything that was written so far. */
const seal = async (most?: number) => {
  await decided(db.pool);
  return sealNow(most);
};
const numbers = async () =>
  (await db.pool.query<{ number: bigint }>('SELECT number FROM seals ORDER BY number')).rows.map((row) => Number(row.number));
const tamper = (...statements: string[]) => asSuperuser(db.ownerPool, ...statements);

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());
const empty = () =>
  tamper(
    'DELETE FROM seal_contents',
    'DELETE FROM seals',
    'DELETE FROM seal_marks',
    'DELETE FROM transfers',
    'DELETE FROM audit_log',
  );
beforeEach(empty);

describe('sealing', () => {
  it('covers every transfer and audit row once, and the next seal goes on behind it', async () => {
    await postTransfers(db.pool, 3);
    await writeAudits(db.pool, 2);
    expect(await seal()).toMatchObject({ seals: 1, rows: 5, stopped: 'done' });
    expect(await seal()).toMatchObject({ seals: 0, rows: 0, stopped: 'done' });
    await writeAudits(db.pool, 1);
    expect(await seal()).toMatchObject({ seals: 1, rows: 1 });
    expect(await verify(db.pool)).toMatchObject({ seals: 2, rows: 6, unsealed: 0, findings: [] });
  });

  it('keeps seals small, and cuts no transaction in two', async () => {
    for (let n = 0; n < 12; n++) await postTransfers(db.pool, 4);
    await postTransfers(db.pool, 30);
    await seal(10);
    const { rows } = await db.pool.query<{ rows: number }>('SELECT row_count::int AS rows FROM seals ORDER BY number');
    expect(rows.map((row) => row.rows).filter((count) => count > 10)).toEqual([30]);
    expect(rows.reduce((sum, row) => sum + row.rows, 0)).toBe(78);
    expect((await verify(db.pool)).findings).toEqual([]);
  });

  it('leaves a transaction that is still at work to a later seal, and everything that began after it', async () => {
    const client = await db.pool.connect();
    await client.query('BEGIN');
    const slow = await postTransfers(client as unknown as pg.Pool, 1);
    const quick = await postTransfers(db.pool, 1);
    const early = await sealNow();
    await client.query('COMMIT');
    client.release();
    expect(early).toMatchObject({ rows: 0, stopped: 'done' });
    expect(await seal()).toMatchObject({ rows: 2 });
    await tamper(`UPDATE transfers SET amount_minor = 1 WHERE id IN ('${slow[0]}', '${quick[0]}')`);
    expect((await verify(db.pool)).findings).toHaveLength(2);
  });

  it('by several at once adds each seal once', async () => {
    for (let n = 0; n < 20; n++) await postTransfers(db.pool, 5);
    await decided(db.pool);
    const done = await Promise.all(Array.from({ length: 6 }, () => sealNow(10)));
    await seal();
    expect(done.map(({ stopped }) => stopped)).toContain('busy');
    const added = await numbers();
    expect(added).toEqual(added.map((_, index) => index + 1));
    expect(await verify(db.pool)).toMatchObject({ rows: 100, unsealed: 0, findings: [] });
  });

  it('that is killed between the seal and its contents leaves neither, and the next one goes on', async () => {
    await postTransfers(db.pool, 5);
    await decided(db.pool);
    // The sealer's second write waits for this table, and its session is ended there.
    const blocker = await db.ownerPool.connect();
    await blocker.query('BEGIN; LOCK TABLE seal_contents IN EXCLUSIVE MODE');
    const killed = sealNow().catch((error: Error) => error);
    const sealer = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'INSERT INTO seal_contents%'`;
    await expect.poll(async () => (await db.ownerPool.query(sealer)).rowCount, { interval: 10, timeout: 1_500 }).toBe(1);
    expect(await killed).toBeInstanceOf(Error);
    await blocker.query('ROLLBACK');
    blocker.release();
    expect(await numbers()).toEqual([]);
    expect(await seal()).toMatchObject({ seals: 1, rows: 5 });
    expect((await verify(db.pool)).findings).toEqual([]);
  });

  it('says so where the server counts from further back than the last seal, and seals nothing', async () => {
    await postTransfers(db.pool, 1);
    await seal();
    await tamper(`UPDATE seals SET through_xid = '900000000000'`);
    await postTransfers(db.pool, 1);
    expect(await seal()).toMatchObject({ seals: 0, stopped: 'behind' });
    expect(said((await verify(db.pool)).findings).join()).toMatch(/not copied here by npm run restore/);
  });

  it('is what anybody can recompute: a digest over the row as the wire protocol sends it', async () => {
    const [id] = await writeAudits(db.pool, 1);
    await seal();
    const { rows } = await db.pool.query<{ digest: Buffer; columns: string[] }>('SELECT digest, columns FROM seal_contents');
    const [content] = rows;
    expect(content?.columns).toEqual([
      ...['action', 'actor', 'after', 'at', 'before', 'entity', 'entity_id', 'id', 'merchant_id', 'reason', 'trace_id'],
    ]);
    const micros = Buffer.alloc(8);
    micros.writeBigInt64BE(BigInt(AT.getTime() - Date.UTC(2000, 0, 1)) * 1_000n);
    const json = Buffer.concat([Buffer.of(1), Buffer.from('{"a": [1.50, "ü"], "b": null}')]);
    const uuid = Buffer.from(String(id).replaceAll('-', ''), 'hex');
    const text = (value: string): [number, Buffer] => [25, Buffer.from(value)];
    const fields: [number, Buffer | null][] = [
      ...[text('account.freeze'), text('user:a'), [3802, json], [1184, micros], [3802, null], text('account'), text('a')],
      ...[[2950, uuid], [2950, null], text(''), text('trace')],
    ] as [number, Buffer | null][];
    const int = (value: number): Buffer => {
      const bytes = Buffer.alloc(4);
      bytes.writeInt32BE(value);
      return bytes;
    };
    const record = fields.flatMap(([type, value]) => [int(type), int(value?.length ?? -1), ...(value ? [value] : [])]);
    const sha = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest();
    expect(content?.digest).toEqual(sha(sha(Buffer.concat([int(fields.length), ...record]))));
  });
});

describe('what may never change', () => {
  it('is refused to the application by privilege, and to the owner by the trigger', async () => {
    await postTransfers(db.pool, 1);
    await writeAudits(db.pool, 1);
    await seal();
    for (const [table, column] of [
      ['transfers', 'trace_id'],
      ['audit_log', 'trace_id'],
      ['seals', 'home'],
      ['seal_contents', 'home'],
    ]) {
      for (const statement of [`DELETE FROM ${table}`, `UPDATE ${table} SET ${column} = 'x'`]) {
        await expect(db.pool.query(statement), statement).rejects.toThrow(/permission denied/);
        await expect(db.ownerPool.query(statement), statement).rejects.toThrow(/append-only/);
      }
      await expect(db.ownerPool.query(`TRUNCATE ${table} CASCADE`), table).rejects.toThrow(/append-only/);
    }
  });
});

describe('a superuser without triggers is found out', () => {
  let ids: string[] = [];
  let audits: string[] = [];
  beforeEach(async () => {
    ids = [];
    audits = [];
    for (let n = 0; n < 4; n++) {
      ids.push(...(await postTransfers(db.pool, 2)));
      audits.push(...(await writeAudits(db.pool, 1)));
      await seal();
    }
  });
  afterEach(empty);
  const after = async (...statements: string[]) => {
    await tamper(...statements);
    const report = await verify(db.pool);
    return said(report.findings);
  };

  it('by every column of a row that was changed, which is named with its seal', async () => {
    const { rows } = await db.pool.query<{ table: string; column: string; change: string }>(
      `SELECT table_name AS table, column_name AS column, CASE udt_name
         WHEN 'uuid' THEN 'gen_random_uuid()' WHEN 'int8' THEN '77' WHEN 'timestamptz' THEN $1 WHEN 'jsonb' THEN $2 ELSE $3 END AS change
       FROM information_schema.columns WHERE table_name IN ('transfers', 'audit_log') AND udt_name <> 'xid8' AND column_name <> 'id'`,
      [`'2026-11-22T12:00:00.000001Z'`, `'{"b": null, "a": [1.5, "ü"]}'`, `'void'`],
    );
    expect(rows.length).toBeGreaterThan(25);
    for (const { table, column, change } of rows) {
      const id = table === 'transfers' ? ids[2] : audits[1];
      await withTx(db.ownerPool, async (tx) => {
        await tx.query('SET LOCAL session_replication_role = replica');
        await tx.query('ALTER TABLE transfers DROP CONSTRAINT a_second_phase_names_its_hold');
        await tx.query(`UPDATE ${table} SET ${column} = ${change} WHERE id = $1`, [id]);
        const found = said((await verifySeals(tx)).findings);
        expect(found, column).toEqual([`${table} ${id} was changed after it was sealed (seal EU 2)`]);
        throw new Error('taken back');
      }).catch((error: Error) => expect(error.message).toBe('taken back'));
    }
  });

  it('by a row that is gone', async () => {
    expect(await after(`DELETE FROM transfers WHERE id = '${ids[4]}'`)).toEqual([
      `transfers ${ids[4]} was sealed and is missing (seal EU 3)`,
    ]);
  });

  it('by a row that was put among older ones', async () => {
    const { rows } = await db.pool.query('SELECT xid::text FROM transfers WHERE id = $1', [ids[2]]);
    const [added] = await postTransfers(db.ownerPool, 1, rows[0].xid);
    expect(await after()).toEqual([`transfers ${added} was added to what was sealed before (seal EU 2)`]);
  });

  it('by an added row in a table of which the seal knew none', async () => {
    await postTransfers(db.pool, 1);
    await seal();
    const { rows } = await db.pool.query('SELECT through_xid::text AS xid FROM seals ORDER BY number DESC LIMIT 1');
    const [added] = await writeAudits(db.ownerPool, 1);
    expect(await after(`UPDATE audit_log SET xid = '${rows[0].xid}' WHERE id = '${added}'`)).toEqual([
      `audit_log ${added} was added to what was sealed before (seal EU 5)`,
    ]);
  });

  it('by a row that was moved to another transaction', async () => {
    const { rows } = await db.pool.query('SELECT xid::text FROM transfers WHERE id = $1', [ids[6]]);
    expect(await after(`UPDATE transfers SET xid = '${rows[0].xid}' WHERE id = '${ids[0]}'`)).toEqual([
      `transfers ${ids[0]} was sealed and says now that another transaction wrote it (seal EU 1)`,
      `transfers ${ids[0]} was added to what was sealed before (seal EU 4)`,
    ]);
  });

  it.each([
    ['its time', `UPDATE seals SET sealed_at = sealed_at + interval '1 ms' WHERE number = 3`],
    ['its count', 'UPDATE seals SET row_count = row_count + 1 WHERE number = 3'],
    ['a digest', `UPDATE seal_contents SET digest = sha256('') WHERE number = 3 AND source = 'transfers'`],
    [
      'a leaf',
      `UPDATE seal_contents SET leaves = overlay(leaves PLACING '\\x00'::bytea FROM 20) WHERE number = 3 AND source = 'transfers'`,
    ],
    ['its hash', `UPDATE seals SET hash = sha256('') WHERE number = 3`],
    ['its contents, gone', `DELETE FROM seal_contents WHERE number = 3 AND source = 'audit_log'`],
  ])('by a seal that was changed: %s', async (_what, statement) => {
    const found = await after(statement);
    expect(found[0]).toBe('seal EU 3 was changed: its hash is not that of its contents');
    expect(found.filter((finding) => !finding.startsWith('seal'))).toEqual([]);
  });

  it('by a seal that is gone, without calling its rows added', async () => {
    expect(await after('DELETE FROM seal_contents WHERE number = 2', 'DELETE FROM seals WHERE number = 2')).toEqual([
      'seal EU 2 is missing',
    ]);
  });

  it('by a row changed together with its seal', async () => {
    const found = await after(
      `UPDATE transfers SET amount_minor = 7 WHERE id = '${ids[2]}'`,
      `UPDATE seals SET hash = sha256('x') WHERE number = 2`,
    );
    expect(found).toContain(`transfers ${ids[2]} was changed after it was sealed (seal EU 2)`);
    expect(found).toContain('seal EU 2 was changed: its hash is not that of its contents');
  });

  it('by a chain whose end was cut off and made anew, once it had been verified', async () => {
    const look = (full: boolean) => checkAndRecord(db.pool, { full, now: new Date() });
    const sealsOf = (report: Awaited<ReturnType<typeof look>>) => report.invariants.find(({ id }) => id === 'ledger.seals');
    expect(sealsOf(await look(true))).toMatchObject({ state: 'holds' });
    await tamper(
      `UPDATE transfers SET amount_minor = 7 WHERE id = '${ids[6]}'`,
      'DELETE FROM seal_contents WHERE number = 4',
      'DELETE FROM seals WHERE number = 4',
    );
    expect(sealsOf(await look(false))?.samples).toEqual(['seal EU 4: was verified before and is missing']);
    await seal();
    expect(sealsOf(await look(false))?.samples.join()).toMatch(/^seal EU 4: was verified before with another hash/);
  });

  it('from where one begins to look: what is before is trusted', async () => {
    await tamper(`UPDATE transfers SET amount_minor = 7 WHERE id = '${ids[0]}'`);
    expect(await verify(db.pool, { from: 2n })).toMatchObject({ seals: 3, findings: [] });
    expect((await verify(db.pool, { from: 1n })).findings).toHaveLength(1);
  });
});

it('a column that a later version adds belongs to later seals and changes nothing for older ones', async () => {
  await postTransfers(db.pool, 2);
  await seal();
  await db.ownerPool.query(`ALTER TABLE transfers ADD COLUMN memo text NOT NULL DEFAULT 'none'`);
  const [id] = await postTransfers(db.pool, 1);
  await seal();
  expect(await verify(db.pool)).toMatchObject({ seals: 2, findings: [] });
  await tamper(`UPDATE transfers SET memo = 'x'`);
  expect(said((await verify(db.pool)).findings)).toEqual([`transfers ${id} was changed after it was sealed (seal EU 2)`]);
  await db.ownerPool.query('ALTER TABLE transfers DROP COLUMN memo');
  expect(said((await verify(db.pool)).findings)).toEqual(['seal EU 2 covers transfers.memo, a column that is not there']);
});
