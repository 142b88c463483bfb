import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../kernel/ids.ts';
import { purgeExpiredRows, RETENTION_DAYS } from '../platform/retention.ts';
import { writeEvidence } from '../testing/evidence.ts';
import { type HouseProcesses, houseProcesses } from '../testing/house-processes.ts';
import type { Effects } from './testing/grid-effects.ts';
import { CHANGING, GRID, type GridRow, PREVIEWS, WITHOUT_KEY } from './testing/grid-rows.ts';
import { type Deed, type Door, type GridAnswer, type GridWorld, gridWorld, type Tenant } from './testing/grid-world.ts';

/**
 * The promise of an idempotency key, for every operation that takes one, over real HTTP on a real database: however often and whenever
 * the same request comes, it has exactly one effect and one answer. Effects are the rows written in every table of the database.
 */
const DEEP = process.env.WAYBILL_DEEP === '1';

const COLUMNS = [
  'first',
  'replay',
  'other payload',
  'concurrent',
  'no key',
  'another tenant',
  'expired',
  'cut before COMMIT',
  'cut after COMMIT',
  'killed before COMMIT',
  'killed after COMMIT',
] as const;
type Column = (typeof COLUMNS)[number];

/** Where a column does not apply, and why. */
const NOT_APPLICABLE: Readonly<Record<string, Partial<Record<Column, string>>>> = {
  'pay.open': { 'another tenant': 'Visitors have no account: each brings a UUID that nobody else has, or is refused' },
  'auth.requestReset': {
    'killed before COMMIT': 'It answers before it looks, so that nobody learns who has an account',
    'killed after COMMIT': 'It answers before it looks, so that nobody learns who has an account',
  },
};

/** Quick runs look at these in every way that needs no process to die, at the rest in the first three. */
const LOOKED_AT_CLOSER = [
  'v1.orders.create',
  'v1.refunds.create',
  'orders.cancel',
  'orders.ship',
  'stock.adjust',
  'drafts.create',
  'pay.pay',
  'auth.changePassword',
  'people.invite',
];
/** Of the verbs of orders, server/killed-at-boundaries.test.ts kills processes in quick runs too. */
const KILLED_IN_QUICK = ['v1.stock.adjust'];
const AT_ONCE = DEEP ? 12 : 4;
const PATIENCE_MS = 5_000;

function columnsOf({ name }: GridRow): Column[] {
  const quick = (column: Column): boolean => {
    if (column.startsWith('killed')) return KILLED_IN_QUICK.includes(name);
    return COLUMNS.indexOf(column) < 3 || LOOKED_AT_CLOSER.includes(name);
  };
  return COLUMNS.filter((column) => (DEEP || quick(column)) && NOT_APPLICABLE[name]?.[column] === undefined);
}

let w: GridWorld;
const houses: HouseProcesses[] = [];
beforeAll(async () => {
  w = await gridWorld();
});
afterAll(async () => {
  await Promise.all(houses.map((house) => house.close()));
  await w?.close();
});

/** Rows written, by table: what one carrying out of an operation is compared with another by. */
const written = (effects: Effects): Record<string, number> =>
  Object.fromEntries(Object.entries(effects).map(([table, counts]) => [table, counts.written]));

interface First {
  readonly deed: Deed;
  readonly key: string;
  readonly answer: GridAnswer;
  readonly effects: Record<string, number>;
}

const firsts = new Map<string, Promise<First>>();

/** The first time: what it answers and writes is the measure of everything after. */
function firstOf(row: GridRow): Promise<First> {
  const known = firsts.get(row.name) ?? carryOut(row, newId());
  firsts.set(row.name, known);
  return known;
}

async function carryOut(row: GridRow, key: string, tenant: Tenant = 'north', door: Door = w.doors.main): Promise<First> {
  const deed = await row.row(w, tenant);
  const mark = await w.effects.mark();
  const answer = await w.send(door, row.operation, deed, key);
  return { deed, key, answer, effects: written(await w.effects.since(mark)) };
}

/** Sends it once more, and expects the same bytes and that nothing at all was written. */
async function expectReplay(row: GridRow, { deed, key, answer }: First, door: Door = w.doors.main): Promise<void> {
  const mark = await w.effects.mark();
  const again = await w.send(door, row.operation, deed, key);
  expect(again).toEqual({ ...answer, replayed: row.operation.startsWith('v1.') });
  expect(await w.effects.since(mark)).toEqual({});
}

const CHECKS: Readonly<Record<Column, (row: GridRow) => Promise<void>>> = {
  async first(row) {
    const { answer, effects } = await firstOf(row);
    expect(answer.status, answer.text).toBeLessThan(300);
    expect(answer.replayed).toBe(false);
    const { idempotency_keys: keys, ...rest } = effects;
    expect(keys).toBeGreaterThan(0);
    expect(Object.keys(rest).length).toBeGreaterThan(0);
  },

  async replay(row) {
    // By a process that has never heard of it, too.
    await expectReplay(row, await firstOf(row), w.doors.second);
    if (DEEP) await expectReplay(row, await firstOf(row));
  },

  async 'other payload'(row) {
    const { deed, key } = await firstOf(row);
    if (!deed.other) throw new Error(`${row.name} has nothing else to say`);
    const mark = await w.effects.mark();
    const { status, code, text } = await w.send(w.doors.main, row.operation, deed, key, deed.other);
    expect([status, code], text).toEqual([422, 'key_reused']);
    expect(await w.effects.since(mark)).toEqual({});
  },

  async concurrent(row) {
    const { answer: first, effects } = await firstOf(row);
    const deed = await row.row(w, 'north');
    const key = newId();
    const mark = await w.effects.mark();
    const doors = Array.from({ length: AT_ONCE }, (_, nth) => (nth % 2 === 0 ? w.doors.main : w.doors.second));
    const answers = await Promise.all(doors.map((door) => w.send(door, row.operation, deed, key)));
    expect(answers.map(({ status }) => status)).toEqual(doors.map(() => first.status));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    if (row.operation.startsWith('v1.')) expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(written(await w.effects.since(mark))).toEqual(effects);
  },

  async 'no key'(row) {
    const { answer: first, effects } = await firstOf(row);
    const deed = await row.row(w, 'north');
    const mark = await w.effects.mark();
    const answer = await w.send(w.doors.main, row.operation, deed, null);
    expect(answer.status, answer.text).toBe(first.status);
    expect(written(await w.effects.since(mark))).toEqual(effects);
  },

  async 'another tenant'(row) {
    const { key, answer: first, effects } = await firstOf(row);
    const { answer, effects: theirs } = await carryOut(row, key, 'south');
    expect([answer.status, answer.replayed], answer.text).toEqual([first.status, false]);
    expect(theirs).toEqual(effects);
  },

  async expired(row) {
    const { answer: first, effects } = await firstOf(row);
    const { key, deed } = await carryOut(row, newId());
    const long = `${RETENTION_DAYS.idempotencyKeys} days 1 hour`;
    await w.rest.db.ownerPool.query(
      `UPDATE idempotency_keys SET created_at = created_at - $1::interval WHERE key LIKE '%' || $2 || '%'`,
      [long, key],
    );
    await purgeExpiredRows(w.rest.db.pool, new Date());
    const fresh = await row.row(w, 'north');
    const mark = await w.effects.mark();
    if (row.operation.startsWith('auth.') || !isDeepStrictEqual(fresh.caller, deed.caller)) {
      // Whose account or link it is about is part of the key: the same request again, decided anew, whatever comes of it.
      const again = await w.send(w.doors.main, row.operation, deed, key);
      const nothing = Object.keys(await w.effects.since(mark)).length === 0;
      expect(again.status === first.status && nothing).toBe(false);
      return;
    }
    // The very key, for another request: as if it had never been used.
    const again = await w.send(w.doors.main, row.operation, fresh, key);
    expect([again.status, again.replayed], again.text).toEqual([first.status, false]);
    expect(written(await w.effects.since(mark))).toEqual(effects);
  },

  'cut before COMMIT': (row) => expectOneEffectThough(row, 'before'),
  'cut after COMMIT': (row) => expectOneEffectThough(row, 'after'),
  'killed before COMMIT': (row) => expectOneEffectAfterDeath(row, 'before'),
  'killed after COMMIT': (row) => expectOneEffectAfterDeath(row, 'after'),
};

/** The process loses its connection to the database around COMMIT: it finds out by itself what became of it. */
async function expectOneEffectThough(row: GridRow, when: 'before' | 'after'): Promise<void> {
  const { answer: first, effects } = await firstOf(row);
  const cuts = w.wire.cuts();
  w.wire.cut(when);
  const done = await carryOut(row, newId(), 'north', w.doors.frail);
  expect(w.wire.cuts()).toBe(cuts + 1);
  expect(done.answer.status, done.answer.text).toBe(first.status);
  expect(done.effects).toEqual(effects);
  await expectReplay(row, done);
}

/** The process that was asked is killed around COMMIT, and nobody is answered. The same request then goes to another one. */
async function expectOneEffectAfterDeath(row: GridRow, when: 'before' | 'after'): Promise<void> {
  const { answer: first, effects } = await firstOf(row);
  const { origin } = w.doors.main;
  const variables = { CHANNEL_ORIGINS: 'https://bazaar.example' };
  const house = await houseProcesses({ ...w.rest, merchantId: w.rest.north.id, origin }, { variables });
  houses.push(house);
  const doomed = await house.start('api', { at: `commit:1:${when}`, counts: 'claim-keys' });
  const deed = await row.row(w, 'north');
  const key = newId();
  const mark = await w.effects.mark();
  const door = { url: `http://127.0.0.1:${house.port}`, origin };
  await expect(w.send(door, row.operation, deed, key)).rejects.toThrow();
  expect(await doomed.ended).toBe('SIGKILL');
  await untilNobodyIsAtWork();
  if (when === 'before') expect(await w.effects.since(mark)).toEqual({});
  const answer = await w.send(w.doors.main, row.operation, deed, key);
  expect(answer.status, answer.text).toBe(first.status);
  expect(written(await w.effects.since(mark))).toEqual(effects);
  await expectReplay(row, { deed, key, answer, effects });
}

/** PostgreSQL notices that a process has died when it next writes to it; until then its transaction may hold locks. */
async function untilNobodyIsAtWork(): Promise<void> {
  const text = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'`;
  for (const by = Date.now() + PATIENCE_MS; Date.now() < by; await pause(20))
    if ((await w.rest.db.ownerPool.query(text)).rowCount === 0) return;
  throw new Error('A dead process still holds a transaction');
}

describe('the grid', () => {
  const named = (rows: readonly { readonly operation: string }[]): string[] => [
    ...new Set(rows.map(({ operation }) => operation)),
  ];

  it('has a row for whatever takes a key, and for nothing else', () => {
    const wanted = CHANGING.filter(
      ({ operation, keyed }) => keyed && !PREVIEWS.some((preview) => preview.operation === operation),
    );
    expect(named(GRID).sort()).toEqual(named(wanted).sort());
  });

  it('leaves out what changes nothing, and switches of the demo', () => {
    const left = named(CHANGING).filter((operation) => !GRID.some((row) => row.operation === operation));
    expect(left.sort()).toEqual([...named(PREVIEWS), ...WITHOUT_KEY].sort());
  });
});

describe('a preview', () => {
  it.each(PREVIEWS)('$name writes nothing', async (row) => {
    const deed = await row.row(w, 'north');
    const mark = await w.effects.mark();
    const answer = await w.send(w.doors.main, row.operation, deed, newId());
    expect(answer.status, answer.text).toBeLessThan(300);
    expect(await w.effects.since(mark)).toEqual({});
  });
});

type Cell = 'ok' | 'no' | '—';
const seen = new Map<string, Map<Column, Cell>>();

describe.each(GRID)('$name', (row) => {
  it.each(columnsOf(row))('%s: one effect, one answer', async (column) => {
    const cells = seen.get(row.name) ?? new Map<Column, Cell>();
    seen.set(row.name, cells);
    if (column === 'other payload' && (await firstOf(row)).deed.other === null) {
      cells.set(column, '—');
      return;
    }
    cells.set(column, 'no');
    await CHECKS[column](row);
    cells.set(column, 'ok');
  });
});

describe('after all of it', () => {
  it('the books agree', async () => {
    await w.settle();
    await w.rest.expectBooksAgree();
  });

  it('is written down', () => {
    expect(seen.size).toBe(GRID.length);
    const cells = [...seen.values()].flatMap((row) => [...row.values()]);
    writeEvidence('idempotency', {
      title: 'Idempotency grid',
      what: 'Every operation that takes an idempotency key × everything that may befall the request: over HTTP to real processes on a real PostgreSQL. ok: exactly one effect (rows written in every table, compared with the first time) and the same answer: by REST byte for byte, in the console value for value. `npm run test:deep` runs `server/api/idempotency-grid.test.ts`.',
      figures: [
        ['operations', GRID.length],
        ['cells checked', cells.filter((cell) => cell === 'ok').length],
        ['more than one effect, or another answer', cells.filter((cell) => cell === 'no').length],
      ],
      table: {
        head: ['operation', ...COLUMNS],
        rows: GRID.map(({ name }) => [`\`${name}\``, ...COLUMNS.map((column) => seen.get(name)?.get(column) ?? '—')]),
      },
      notes: Object.entries(NOT_APPLICABLE).map(([name, why]) => `\`${name}\`: ${[...new Set(Object.values(why))].join('; ')}.`),
    });
  });
});
