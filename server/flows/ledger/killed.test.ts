import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { appUrl, migrate } from '../../../prisma/migrate.ts';
import { accountId } from '../../domains/ledger/service.ts';
import { createPool } from '../../platform/db.ts';
import { attachEmbeddedPostgres, removeEmbeddedPostgres, stopEmbeddedPostgres } from '../../platform/embedded-postgres.ts';
import { writeEvidence } from '../../testing/evidence.ts';
import { checkIntegrity } from '../../views/integrity.ts';

const deep = process.env.WAYBILL_DEEP === '1';
const KILLS = deep ? 10 : 3;
const SECONDS = deep ? 60 : 6;
const TELLERS = 2;
const ACCOUNTS = 12;
const PASSWORD = 'throw-away';

let dir: string;
let url: string;
let owner: pg.Pool;
let accountsFile: string;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'waybill-killed-'));
  const server = await attachEmbeddedPostgres({ dir, password: PASSWORD, settings: { shared_buffers: '64MB' } });
  await withAdmin(server.adminUrl, 'CREATE DATABASE killed');
  const ownerUrl = server.urlOf('killed');
  await migrate({ ownerUrl, appPassword: PASSWORD });
  url = appUrl(ownerUrl, PASSWORD);
  owner = createPool({ connectionString: ownerUrl, max: 2, name: 'killed-owner' });
  const codes = Array.from({ length: ACCOUNTS }, (_, index) => `teller:${index}`);
  await owner.query(
    `INSERT INTO accounts (id, code, kind, home, currency, normal_side, created_at)
     SELECT i, c, 'test', 'EU', 'EUR', 'credit', now() FROM unnest($1::uuid[], $2::text[]) AS v(i, c)`,
    [codes.map(accountId), codes],
  );
  accountsFile = join(dir, 'accounts.json');
  writeFileSync(accountsFile, JSON.stringify(codes.map(accountId)));
}, 120_000);

afterAll(async () => {
  await owner.end();
  await stopEmbeddedPostgres(dir);
  removeEmbeddedPostgres(dir);
  rmSync(dir, { recursive: true, force: true });
});

async function withAdmin(adminUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  await client.query(statement);
  await client.end();
}

interface Teller {
  readonly child: ChildProcess;
  readonly ended: Promise<unknown>;
}

const bookOf = (index: number): string => join(dir, `teller-${index}.book`);

async function startTeller(index: number): Promise<Teller> {
  const script = join(import.meta.dirname, 'testing/teller-process.ts');
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, url, accountsFile, bookOf(index)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return { child, ended };
}

/** A server process of PostgreSQL that serves a teller: killed, it takes the whole server through its recovery. */
async function killBackend(): Promise<boolean> {
  const { rows } = await owner.query<{ pid: number }>(
    `SELECT pid FROM pg_stat_activity WHERE application_name = 'teller' LIMIT 1`,
  );
  const pid = rows[0]?.pid;
  if (pid === undefined) return false;
  process.kill(pid, 'SIGKILL');
  return true;
}

interface Line {
  readonly sent?: readonly { readonly id: string; readonly phase: string }[];
  readonly answered?: string;
  readonly results?: readonly string[];
}

function linesOf(index: number): Line[] {
  return readFileSync(bookOf(index), 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as Line];
      } catch {
        return [];
      }
    });
}

it('keeps every acknowledged transfer once, whichever process is killed', async () => {
  const tellers = await Promise.all(Array.from({ length: TELLERS }, (_, index) => startTeller(index)));
  const killed = { tellers: 0, servers: 0 };
  for (let kill = 0; kill < KILLS; kill++) {
    await new Promise((resolve) => setTimeout(resolve, (Math.random() * 1_000 + 500) * (SECONDS / KILLS)));
    // Each kind is met whatever chance says.
    if (kill % 3 === 1 && (await killBackend().catch(() => false))) {
      killed.servers++;
      continue;
    }
    const index = Math.floor(Math.random() * TELLERS);
    const victim = tellers[index] as Teller;
    victim.child.kill('SIGKILL');
    await victim.ended;
    killed.tellers++;
    tellers[index] = await startTeller(index);
  }
  for (const { child, ended } of tellers) {
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  }

  const lines = tellers.flatMap((_, index) => linesOf(index));
  const { rows } = await owner.query<{ id: string }>(`SELECT id FROM transfers WHERE actor = 'system:teller'`);
  const there = new Set(rows.map(({ id }) => id));
  expect(there.size).toBe(rows.length);
  const journals = new Map(lines.flatMap(({ sent }) => (sent ? [[sent[0]?.id, sent.map(({ id }) => id)] as const] : [])));
  const answers = lines.filter(({ answered }) => answered !== undefined);
  // Everything was answered in the end, and what was answered as done is there, whole.
  expect(new Set(answers.map(({ answered }) => answered)).size).toBe(journals.size);
  const lost = answers.filter(({ answered, results = [] }) => {
    const whole = (journals.get(answered) ?? []).every((id) => there.has(id));
    return results.every((result) => result === 'created' || result === 'duplicate') !== whole;
  });
  expect(lost).toEqual([]);
  // Nothing is there that nobody sent: only the end of a hold brings a row of its own.
  const sent = new Set([...journals.values()].flat());
  const { rows: strangers } = await owner.query<{ id: string }>(
    `SELECT id FROM transfers WHERE actor = 'system:teller' AND phase <> 'void' AND id <> ALL($1::uuid[])`,
    [[...sent]],
  );
  expect(strangers).toEqual([]);
  expect(killed.servers).toBeGreaterThan(0);
  const { report } = await checkIntegrity(owner, { full: true, now: new Date() });
  expect(report.invariants.filter(({ state }) => state === 'violated')).toEqual([]);
  const duplicates = answers.filter(({ results }) => results?.[0] === 'duplicate').length;
  writeEvidence('ledger-kills', {
    title: 'The ledger under kill -9',
    what: 'Two processes with a lane each move money while one of them, or a server process of PostgreSQL, is killed with -9; `npm run test:deep`.',
    figures: [
      ['seconds', SECONDS],
      ['processes killed', killed.tellers],
      ['server processes of PostgreSQL killed', killed.servers],
      ['journals sent', journals.size],
      ['transfers written', there.size],
      ['answered as written before the kill', duplicates],
      ['acknowledged and not there, or there twice', 0],
    ],
  });
}, 300_000);
