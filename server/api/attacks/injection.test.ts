import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type JsonObject, openApiDocument } from '../public/document.ts';
import { OPERATIONS } from '../public/router.ts';
import { writeAttackEvidence } from './testing/attack-evidence.ts';
import { type ConsoleWorld, consoleWorld } from './testing/console-world.ts';
import { PROCEDURES, shapesOf, type TextPlace, withValue } from './testing/procedures.ts';
import { FORGED_CURSORS, MARK, SQL_PROBES } from './testing/sql-probes.ts';
import { recordStatements, type Statements } from './testing/statements.ts';

/**
 * Nothing that anybody sends becomes SQL: every text that this process sends to PostgreSQL as a statement is listened to, and the mark of
 * the probes is only ever among the values beside it. So a probe that sleeps needs no clock.
 */
const DEEP = process.env.WAYBILL_DEEP === '1';

let world: ConsoleWorld;
let statements: Statements;
let became = 0;
const sent = { queries: 0, mutations: 0, rest: 0, cursors: 0 };

beforeAll(async () => {
  world = await consoleWorld();
  world.liftLimits();
  statements = recordStatements();
});
afterEach(() => {
  const broken = [...statements.texts.keys()].filter((text) => text.includes(MARK));
  became += broken.length;
  expect(broken, 'probes in the text of statements').toEqual([]);
});
afterAll(async () => {
  statements.stop();
  writeAttackEvidence('injection', [
    ['SQL probes into queries of the console', sent.queries],
    ['SQL probes into mutations of the console', sent.mutations],
    ['SQL probes into the REST API', sent.rest],
    ['forged cursors', sent.cursors],
    ['probes that became SQL', became],
  ]);
  await world.close();
});

let turn = 0;
/** The next few of a list, so that over all fields each of it has its turns; all of it in a deep run. */
const some = (list: readonly string[], count: number): readonly string[] =>
  DEEP ? list : Array.from({ length: count }, () => list[turn++ % list.length] ?? MARK);
const probes = (): readonly string[] => some(SQL_PROBES, 1);
/** A length that shares no factor with the list's: each list of the console gets other ones. */
const cursors = (): readonly string[] => some(FORGED_CURSORS, 5);

/** Answers that nobody should get: a fault of ours, and what a probe asks for. */
function wrongIn(what: string, { status, text }: { readonly status: number; readonly text: string }): string[] {
  // Nobody runs simulators here.
  if (status === 503 && what.startsWith('simulators.')) return [];
  if (status >= 500) return [`${what}: ${status} ${text.slice(0, 300)}`];
  return /argon2|PostgreSQL \d/.test(text) ? [`${what} gave away: ${text.slice(0, 300)}`] : [];
}

const isCursor = ({ place }: TextPlace): boolean => ['after', 'cursor'].includes(String(place.at(-1)));

/** Each probe in each field takes its time. */
const PATIENCE = { timeout: DEEP ? 1_800_000 : 120_000 };

describe('a probe in a query of the console', PATIENCE, () => {
  it('is refused, or finds what nonsense finds', async () => {
    const wrong: string[] = [];
    for (const procedure of PROCEDURES.filter(({ type }) => type === 'query')) {
      const browser = await world.callerOf(procedure);
      for (const { full, texts } of world.shapesOf(procedure)) {
        for (const at of texts.filter((each) => !isCursor(each))) {
          const what = `${procedure.path} ${at.place.join('.')}`;
          const plain = await browser.query(procedure.path, withValue(full, at.place, 'nothing-has-this-name'));
          for (const probe of probes()) {
            const answer = await browser.query(procedure.path, withValue(full, at.place, probe));
            sent.queries += 1;
            wrong.push(...wrongIn(`${what} ${probe}`, answer));
            if (answer.status === 200) expect([what, probe, answer.json]).toEqual([what, probe, plain.json]);
          }
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(statements.values()).toContain(MARK); // they came as far as the database
  });

  it('in the place of a cursor is refused', async () => {
    const wrong: string[] = [];
    for (const procedure of PROCEDURES.filter(({ type }) => type === 'query')) {
      const browser = await world.callerOf(procedure);
      for (const { texts } of world.shapesOf(procedure)) {
        for (const { place } of texts.filter(isCursor)) {
          for (const cursor of cursors()) {
            const answer = await browser.query(procedure.path, withValue({}, place, cursor));
            sent.cursors += 1;
            wrong.push(...wrongIn(`${procedure.path} ${cursor}`, answer));
          }
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(sent.cursors).toBeGreaterThan(50);
  });
});

describe('a probe in a mutation of the console', PATIENCE, () => {
  it('is refused, or kept as the text that it is', async () => {
    const wrong: string[] = [];
    for (const procedure of PROCEDURES.filter(({ type }) => type === 'mutation')) {
      const browser = await world.callerOf(procedure);
      for (const { full, texts } of world.shapesOf(procedure)) {
        for (const { place } of texts) {
          for (const probe of probes()) {
            const answer = await browser.mutate(procedure.path, withValue(full, place, probe));
            sent.mutations += 1;
            wrong.push(...wrongIn(`${procedure.path} ${place.join('.')} ${probe}`, answer));
          }
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(statements.values()).toContain(MARK);
  });
});

describe('a probe in the REST API', PATIENCE, () => {
  const document = openApiDocument();
  const send = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${world.api.url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${world.apiKey}`, 'content-type': 'application/json' },
      ...(method === 'GET' ? {} : { body: JSON.stringify(body) }),
    });
    sent.rest += 1;
    return { status: response.status, text: await response.text() };
  };

  it('in a filter, a cursor or a path is refused or finds nothing', async () => {
    const wrong: string[] = [];
    for (const { facts } of OPERATIONS) {
      const item = ((document.paths as JsonObject)[facts.path] as JsonObject)[facts.method.toLowerCase()] as {
        parameters?: { in?: string; name?: string }[];
      };
      const names = (item.parameters ?? []).filter((each) => each.in === 'query').map((each) => each.name ?? '');
      for (const probe of probes()) {
        const path = facts.path.replaceAll(/\{\w+\}/g, encodeURIComponent(probe));
        if (path !== facts.path) wrong.push(...wrongIn(`${facts.id} ${probe}`, await send(facts.method, path, {})));
      }
      for (const name of names) {
        const path = facts.path.replaceAll(/\{\w+\}/g, 'EU-1001');
        for (const probe of /after|cursor/.test(name) ? FORGED_CURSORS : probes()) {
          wrong.push(
            ...wrongIn(
              `${facts.id} ${name} ${probe}`,
              await send(facts.method, `${path}?${new URLSearchParams({ [name]: probe })}`),
            ),
          );
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it('in a body is refused, or kept as the text that it is', async () => {
    const wrong: string[] = [];
    const known = (name: string) => ({ sku: 'TENT-2', unit_price: '12.50', node: 'BER' })[name];
    for (const { facts, input } of OPERATIONS.filter((each) => each.facts.method !== 'GET')) {
      for (const { full, texts } of shapesOf(input as Parameters<typeof shapesOf>[0], known)) {
        const inPath = [...facts.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
        const body = Object.fromEntries(Object.entries(full as object).filter(([name]) => !inPath.includes(name)));
        const path = facts.path.replaceAll(/\{\w+\}/g, 'EU-1001');
        for (const { place } of texts.filter((each) => !inPath.includes(String(each.place[0])))) {
          for (const probe of probes())
            wrong.push(
              ...wrongIn(
                `${facts.id} ${place.join('.')} ${probe}`,
                await send(facts.method, path, withValue(body, place, probe)),
              ),
            );
        }
      }
    }
    expect(wrong).toEqual([]);
  });
});

it('the tables are all there, and nobody was let in by a probe', async () => {
  const { rows } = await world.db.pool.query<{ orders: string }>(`SELECT to_regclass('orders')::text AS orders`);
  expect(rows).toEqual([{ orders: 'orders' }]);
  expect(world.errors()).toEqual([]);
});
