import { existsSync, globSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { migrate } from '../../prisma/migrate.ts';
import { readFiles } from '../flows/import/read-files.ts';
import { createPool } from '../platform/db.ts';
import { removeEmbeddedPostgres } from '../platform/embedded-postgres.ts';
import { startPspSimulator } from '../simulators/psp/server.ts';
import { writeEvidence } from '../testing/evidence.ts';
import { createPspLog } from '../views/integrity/psp-log.ts';
import { checkIntegrity } from '../views/integrity.ts';
import { openProject, stopDatabase } from './project.ts';
import { booksOf, type ImportProcess, killWhen, seededRandom, startImport } from './testing/import-process.ts';
import { type ProcessWatch, type Taken, watchProcesses } from './testing/process-watch.ts';

/**
 * Ten months of a real shop: UCI Online Retail (Daqing Chen, CC BY 4.0), which is not part of the repository. Imported twice by the
 * command itself, each time into a folder and an embedded database of its own: once left alone, once killed at random.
 */
const DEEP = process.env.WAYBILL_DEEP === '1';
const DATA = '../shared/data/uci-online-retail/dev';
const files = globSync(`${DATA}/*.csv`).sort();
if (DEEP && !existsSync(DATA)) console.warn(`Skipped: the Online Retail files are not at ${DATA}.`);
const SEED = 20_101_201;
const KILLS = 8;
/** Of any process. */
const MOST_MB = 1_024;
const HOUR_MS = 3_600_000;

interface House {
  readonly pool: pg.Pool;
  start(): ImportProcess;
  watch(importing: ImportProcess): Promise<ProcessWatch | undefined>;
  /** Violations that the oracle finds, with the provider's memory at hand. */
  violations(): Promise<unknown[]>;
  close(): Promise<void>;
}

const houses: House[] = [];
afterAll(() => Promise.all(houses.map((house) => house.close())));

async function openHouse(): Promise<House> {
  const dir = mkdtempSync(join(tmpdir(), 'waybill-history-'));
  const project = await openProject(dir);
  await migrate(project);
  const pool = createPool({ connectionString: project.databaseUrl, max: 2, name: 'history-test' });
  const owner = createPool({ connectionString: project.ownerUrl, max: 1, name: 'history-test' });
  const house: House = {
    pool,
    start: () => startImport({ data: dir, files }),
    async watch(importing) {
      const { rows } = await owner.query<{ pid: string }>(`SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1) AS pid`);
      return watchProcesses(importing.pid, Number(rows[0]?.pid));
    },
    async violations() {
      const secrets = { secretKey: 'sk_test_0123456789abcdef', webhookSecret: 'whsec_test_0123456789abcdef' };
      const psp = await startPspSimulator({ port: 0, dir: join(dir, 'simulators'), ...secrets });
      try {
        const { report } = await checkIntegrity(pool, { full: true, now: new Date(), provider: createPspLog(psp.url) });
        return report.invariants.filter(({ state }) => state !== 'holds');
      } finally {
        await psp.close();
      }
    },
    async close() {
      await Promise.all([pool.end(), owner.end()]);
      await project.close();
      await stopDatabase(dir);
      removeEmbeddedPostgres(dir);
    },
  };
  houses.push(house);
  return house;
}

async function one<T extends pg.QueryResultRow>(pool: pg.Pool, sql: string): Promise<T> {
  return (await pool.query<T>(sql)).rows[0] as T;
}

interface Undisturbed {
  readonly books: Record<string, unknown>;
  readonly events: number;
  readonly seconds: number;
  readonly taken: Taken | undefined;
  readonly said: string;
  readonly buckets: ReadonlyMap<string, { readonly lines: number; readonly orders: number }>;
}

describe.skipIf(!DEEP || files.length === 0)('the whole history of the Online Retail shop', () => {
  let undisturbed: Undisturbed;

  it('ends in its buckets to the line and to the penny, and the books agree', { timeout: HOUR_MS }, async () => {
    const house = await openHouse();
    const startedAt = performance.now();
    const importing = house.start();
    const watch = await house.watch(importing);
    expect(await importing.ended, importing.output()).toBe(0);
    const seconds = (performance.now() - startedAt) / 1_000;
    const taken = watch?.end();
    const said = importing.output();
    expect(said).toContain('Every line is in one bucket, and the differences are explained to the last penny.');
    if (taken) expect(Math.max(taken.programMb, taken.postgresMb)).toBeLessThan(MOST_MB);

    const { rows } = await house.pool.query<{ bucket: string; lines: number; orders: number; source: string }>(
      `SELECT bucket, count(*)::int AS lines, count(DISTINCT order_id)::int AS orders, sum(source_amount)::text AS source
       FROM import_lines GROUP BY 1`,
    );
    const buckets = new Map(rows.map((row) => [row.bucket, row]));
    const lines = (...names: string[]): number => names.reduce((sum, name) => sum + (buckets.get(name)?.lines ?? 0), 0);
    expect(lines(...buckets.keys())).toBe(370_931);
    expect(buckets.get('sale')).toMatchObject({ lines: 362_320, orders: 14_332, source: '7363416.234000' });
    expect(lines('refund', 'refund_partial', 'refund_unmatched')).toBe(6_652);
    expect(lines('refund')).toBeGreaterThanOrEqual(5_100);
    expect(lines('adjustment')).toBe(1_023);
    expect(lines('reject')).toBe(936);
    expect(await one(house.pool, 'SELECT sum(source_amount)::text AS source FROM import_lines')).toEqual({
      source: '6781619.004000',
    });
    expect(await one(house.pool, 'SELECT count(*)::int AS n, max(quantity) AS most FROM order_lines')).toEqual({
      n: 362_320,
      most: 74_215,
    });
    const orders = await house.pool.query('SELECT status, count(*)::int AS n FROM orders GROUP BY 1 ORDER BY 1');
    expect(orders.rows.map(({ status }) => status)).toEqual(['FULFILLED', 'REFUNDED']);
    expect(orders.rows.reduce((sum, { n }) => sum + n, 0)).toBe(14_332);

    const read = readFiles(files.map((path) => ({ name: basename(path), bytes: readFileSync(path) })));
    expect(read.rejects).toEqual([]);
    const guests = read.lines.filter((line) => line.customer === null);
    expect(guests).toHaveLength(98_056);
    const sold = guests.filter((line) => line.quantity > 0 && line.priceMicros > 0n && !line.invoice.startsWith('C'));
    expect(
      await one(
        house.pool,
        'SELECT count(*)::int AS n FROM order_lines l JOIN orders o ON o.id = l.order_id WHERE o.customer_id IS NULL',
      ),
    ).toEqual({ n: sold.length });
    expect(await house.violations()).toEqual([]);
    const { n: events } = await one<{ n: number }>(house.pool, 'SELECT count(*)::int AS n FROM events');
    undisturbed = { books: await booksOf(house.pool), events, seconds, taken, said, buckets };
    writePage(undisturbed, null);
    await house.close();
    houses.pop();
  });

  it('ends with the same books where it was killed at random and started again', { timeout: 2 * HOUR_MS }, async () => {
    const house = await openHouse();
    const random = seededRandom(SEED);
    const moments = Array.from({ length: KILLS }, () => Math.floor(random() * undisturbed.events)).sort((a, b) => a - b);
    const eventsNow = async (): Promise<number> =>
      (await one<{ n: number }>(house.pool, 'SELECT count(*)::int AS n FROM events')).n;
    let kills = 0;
    for (const moment of moments) {
      const enough = Math.max(moment, (await eventsNow()) + 1);
      if (await killWhen(house.start(), async () => (await eventsNow()) >= enough, 100 + random() * 400)) kills += 1;
    }
    expect(kills).toBe(KILLS);
    const last = house.start();
    expect(await last.ended, last.output()).toBe(0);
    expect(last.output()).toContain('explained to the last penny');
    expect(await booksOf(house.pool)).toEqual(undisturbed.books);
    expect(await house.violations()).toEqual([]);
    writePage(undisturbed, moments);
  });
});

function writePage({ seconds, taken, said, buckets, events }: Undisturbed, moments: readonly number[] | null): void {
  const bucket = (name: string): number => buckets.get(name)?.lines ?? 0;
  writeEvidence('import', {
    title: 'The whole history, imported',
    what:
      'Ten months of the UCI Online Retail data set (Daqing Chen, CC BY 4.0), read by `npm run import` into an embedded database of its own, once ' +
      'left alone and once killed with SIGKILL at random: `npm run test:deep`, or `server/cli/import-history.test.ts` alone.',
    figures: [
      ['lines read', 370_931],
      ['sale lines', bucket('sale')],
      ['orders', buckets.get('sale')?.orders ?? 0],
      ['credit lines refunded in full', bucket('refund')],
      ['credit lines refunded in part', bucket('refund_partial')],
      ['credit lines unmatched', bucket('refund_unmatched')],
      ['stock adjustments', bucket('adjustment')],
      ['rejected lines', bucket('reject')],
      ['events of orders and stock', events],
      ['seconds, the process from start to end', seconds],
      ['lines per second', Math.round(370_931 / seconds)],
      ...(taken ? figuresOf(taken) : []),
      ['violations the oracle found', 0],
      ...(moments ? killedFigures(moments) : []),
    ],
    notes: [
      `The command said: ${said.trim().split('\n').at(-1)}`,
      moments
        ? `Killed when the database held ${moments.join(', ')} events (seed ${SEED}).`
        : 'The run that is killed at random had not ended when this was written.',
      'Processor time is what the machine gave all its guests, so seconds vary with what else ran; processor seconds vary less.',
    ],
  });
}

function killedFigures(moments: readonly number[]): [string, number][] {
  return [
    ['kills at random, in a second run', moments.length],
    ['differences of its books from the undisturbed ones', 0],
    ['violations the oracle found in it', 0],
  ];
}

function figuresOf(taken: Taken): [string, number][] {
  return [
    ['peak MB, import with its simulators', taken.programMb],
    ['peak MB, largest PostgreSQL process (shared buffers included)', taken.postgresMb],
    ['processor seconds, import with its simulators', taken.programCpuSeconds],
    ['processor seconds, PostgreSQL', taken.postgresCpuSeconds],
  ];
}
