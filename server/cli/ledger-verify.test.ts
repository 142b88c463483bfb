import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sealRows } from '../flows/seal-rows.ts';
import { asSuperuser, decided, postTransfers, writeAudits } from '../flows/testing/sealed-books.ts';
import { createTestDatabase, type TestDatabase } from '../platform/testing/test-database.ts';
import { ROOT } from './project.ts';

/** The command as an operator runs it: a process of its own, whose words and exit code are all there is. */
const dir = mkdtempSync(join(tmpdir(), 'waybill-verify-'));
let db: TestDatabase;
let head = '';
let ids: string[] = [];

beforeAll(async () => {
  db = await createTestDatabase();
  ids = await postTransfers(db.pool, 3);
  await decided(db.pool);
  await sealRows(db.pool, { home: 'EU', now: () => new Date() });
  await writeAudits(db.pool, 2);
  await decided(db.pool);
  head = (await sealRows(db.pool, { home: 'EU', now: () => new Date() })).head?.hash ?? '';
  await postTransfers(db.pool, 1);
});
afterAll(async () => {
  await db.drop();
  rmSync(dir, { recursive: true, force: true });
});

function verify(...args: string[]): Promise<{ code: number | null; output: string }> {
  const env = { ...process.env, DATABASE_URL: db.url, DATABASE_OWNER_URL: db.ownerUrl };
  const script = join(ROOT, 'server/cli/ledger-verify.ts');
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, '--data', dir, ...args], { env });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
}

it('says what it compared, and that the chain ends as it was noted', async () => {
  const { code, output } = await verify('--expect', `2:${head.slice(0, 12)}`);
  expect(code, output).toBe(0);
  expect(output).toContain(`chain EU ends with seal 2, ${head}`);
  expect(output).toMatch(/✓ 0 findings in 2 seals with 5 rows \(\d+\.\d s, \d+ rows\/s\); 1 newer rows are not sealed yet/);
  expect(output).toContain('✓ seal 2 has the hash that was noted');
});

it('refuses a number that is none, in one sentence', async () => {
  expect(await verify('--from', 'last')).toMatchObject({
    code: 1,
    output: expect.stringMatching(/--from is the number of a seal/),
  });
});

it('names a row that was changed, and ends with 1; also where only the hash is another than was noted', async () => {
  expect((await verify('--from', '2', '--expect', '2:0123456789ab')).code).toBe(1);
  await asSuperuser(db.ownerPool, `UPDATE transfers SET amount_minor = 1 WHERE id = '${ids[1]}'`);
  const { code, output } = await verify();
  expect(code).toBe(1);
  expect(output).toContain(`✗ transfers ${ids[1]}: was changed after it was sealed (seal EU 1)`);
});
