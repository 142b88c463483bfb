import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { newId } from '../kernel/ids.ts';
import { API_SCOPES, ROLES, type Role } from '../kernel/vocabulary.ts';
import { createTestDatabase, type TestDatabase } from '../platform/testing/test-database.ts';
import { createContext } from './context.ts';
import { PERMISSIONS, type PermissionRow } from './permissions.ts';
import { ANONYMOUS, type Principal } from './principal.ts';
import { appRouter, createCaller, type ProcedurePath } from './root.ts';
import { type ApiUnderTest, startApiUnderTest } from './testing/api-under-test.ts';
import { sampleWorld } from './testing/sample-world.ts';
import { SAMPLES, type Sample, type SampleWorld } from './testing/samples.ts';

interface Found {
  readonly path: ProcedurePath;
  readonly type: 'query' | 'mutation' | 'subscription';
  readonly inputs: readonly unknown[];
}

/** The procedures of the real router: what is tested is what is served. */
const PROCEDURES: readonly Found[] = Object.entries(appRouter._def.procedures as Readonly<Record<string, unknown>>).map(
  ([path, procedure]) => {
    const { type, inputs } = (procedure as { _def: { type: Found['type']; inputs: unknown[] } })._def;
    return { path: path as ProcedurePath, type, inputs };
  },
);
const ROWS: Readonly<Record<string, PermissionRow>> = PERMISSIONS;
/** The samples by whatever name. */
const BY_PATH: Readonly<Record<string, Sample>> = SAMPLES;
const AUTH_REFUSALS = ['unauthenticated', 'forbidden', 'second_factor_required', 'origin_refused'];

let db: TestDatabase;
let api: ApiUnderTest;
let world: SampleWorld;

beforeAll(async () => {
  db = await createTestDatabase();
  api = await startApiUnderTest(db, { router: appRouter, handlePublic: () => {} });
  world = await sampleWorld(db.pool);
});
afterAll(async () => {
  await api.stop();
  await db.drop();
});

/** Somebody of South: a user of each role, as far as roles belong anywhere. */
function userOf(role: Role, secondFactor = true): Principal {
  const userId = newId();
  return {
    ...ANONYMOUS,
    kind: 'user',
    actor: `user:${userId}`,
    userId,
    role,
    merchantId: role === 'merchant' ? world.merchants[1] : null,
    customerId: role === 'customer' ? world.customers[1] : null,
    sessionId: newId(),
    secondFactor,
  };
}

function keyOf(scopes: Principal['scopes']): Principal {
  return { ...ANONYMOUS, kind: 'api_key', actor: `api_key:${newId()}`, merchantId: world.merchants[1], scopes, mode: 'test' };
}

type Outcome = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly code: string };

/** Calls a procedure as somebody, through the same middleware as over HTTP. */
async function call(principal: Principal, path: string, input: unknown, demo = true): Promise<Outcome> {
  const app = { ...api.app, settings: { ...api.app.settings, demo } };
  const caller = createCaller(createContext(app, principal)) as unknown as Record<
    string,
    Record<string, (input: unknown) => Promise<unknown>>
  >;
  const [noun = '', verb = ''] = path.split('.');
  try {
    return { ok: true, value: await caller[noun]?.[verb]?.(input) };
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    const code =
      cause instanceof Error && 'code' in cause
        ? String(cause.code)
        : error instanceof Error && 'code' in error
          ? String(error.code)
          : '?';
    return { ok: false, code };
  }
}

/** Every row of every table that a call could change, as one text per table. Keys of refused calls are kept on purpose. */
async function everything(): Promise<Record<string, string>> {
  const tables = await db.ownerPool.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
     AND table_name NOT IN ('idempotency_keys', '_prisma_migrations') ORDER BY 1`,
  );
  const sums: Record<string, string> = {};
  for (const { name } of tables.rows) {
    const row = name === 'sessions' ? 'ROW(id, revoked_at, expires_at)' : 't';
    const found = await db.ownerPool.query<{ sum: string | null }>(
      `SELECT md5(string_agg(${row}::text, '|' ORDER BY ${row}::text)) AS sum FROM ${name} t`,
    );
    sums[name] = found.rows[0]?.sum ?? '';
  }
  return sums;
}

describe('the permission matrix', () => {
  it('has a row for every procedure and a procedure for every row', () => {
    expect(Object.keys(ROWS).sort()).toEqual(PROCEDURES.map(({ path }) => path).sort());
  });

  it('lets every role, strangers and API keys call exactly what their row says', async () => {
    const wrong: string[] = [];
    for (const { path } of PROCEDURES) {
      const row = ROWS[path];
      for (const role of ROLES) {
        const allowed = row?.allow[role] !== undefined || row?.allow.anyone !== undefined;
        check(path, role, await call(userOf(role), path, 'not an object'), allowed ? null : 'forbidden', wrong);
      }
      const open = row?.allow.anyone !== undefined;
      check(path, 'a stranger', await call(ANONYMOUS, path, 'not an object'), open ? null : 'unauthenticated', wrong);
      const anyKey = row?.anyKey ? null : 'forbidden';
      check(path, 'a key without scopes', await call(keyOf([]), path, 'not an object'), anyKey, wrong);
      const scope = row?.scope;
      const others = API_SCOPES.filter((each) => each !== scope);
      check(path, 'a key with the other scopes', await call(keyOf(others), path, 'not an object'), anyKey, wrong);
      if (scope) check(path, 'a key with the scope', await call(keyOf([scope]), path, 'not an object'), null, wrong);
    }
    expect(wrong).toEqual([]);
  });

  it('asks finance and admin for a second factor outside the demo, but for what they need to set it up', async () => {
    const wrong: string[] = [];
    for (const { path } of PROCEDURES) {
      for (const role of ['finance', 'admin'] as const) {
        const row = ROWS[path];
        if (row?.allow[role] === undefined) continue;
        const expected = row.beforeSecondFactor ? null : 'second_factor_required';
        check(path, role, await call(userOf(role, false), path, 'not an object', false), expected, wrong);
        check(path, role, await call(userOf(role, true), path, 'not an object', false), null, wrong);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('refuses strangers each part of a batched call on its own', async () => {
    const queries = PROCEDURES.filter(({ type }) => type === 'query').map(({ path }) => path);
    for (let from = 0; from < queries.length; from += 10) {
      const paths = queries.slice(from, from + 10);
      const response = await fetch(`${api.url}/api/trpc/${paths.join(',')}?batch=1&input=%7B%7D`);
      const parts = (await response.json()) as { error?: { json: { data: { domain: { code: string } } } } }[];
      paths.forEach((path, index) => {
        const code = parts[index]?.error?.json.data.domain.code ?? 'ok';
        if (ROWS[path]?.allow.anyone === undefined) expect([path, code]).toEqual([path, 'unauthenticated']);
        else expect([path, AUTH_REFUSALS.includes(code)]).toEqual([path, false]);
      });
    }
  });

  it('refuses a procedure that nobody wrote a row for', async () => {
    const { authorise } = await import('./authorise.ts');
    expect(() => authorise(userOf('admin'), undefined, true)).toThrow(/no row/);
  });
});

function check(path: string, who: string, outcome: Outcome, refusal: string | null, wrong: string[]): void {
  const code = outcome.ok ? 'ok' : outcome.code;
  const right = refusal === null ? !AUTH_REFUSALS.includes(code) : code === refusal;
  if (!right) wrong.push(`${path} as ${who}: expected ${refusal ?? 'to be let in'}, got ${code}`);
}

const CURSORS = ['after', 'before', 'cursor', 'idempotencyKey'];

/** The fields of an input, nested ones too, that name a record. */
function idFields(schema: unknown): string[] {
  if (!(schema instanceof z.ZodType)) return [];
  const found: string[] = [];
  const walk = (node: unknown, name: string): void => {
    if (typeof node !== 'object' || node === null) return;
    if ('format' in node && node.format === 'uuid' && !CURSORS.includes(name)) found.push(name);
    else if (/^(number|code|sku|slug|.*Number|.*Code)$/.test(name) && 'type' in node && node.type === 'string') found.push(name);
    if ('properties' in node) for (const [key, value] of Object.entries(node.properties as object)) walk(value, key);
    for (const part of ['items', 'additionalProperties']) if (part in node) walk((node as Record<string, unknown>)[part], name);
    for (const part of ['anyOf', 'oneOf', 'allOf']) {
      if (part in node) for (const each of (node as Record<string, unknown[]>)[part] ?? []) walk(each, name);
    }
  };
  walk(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }), '');
  return found;
}

/** Who sees only their own, of those who may call it. */
function limitedCallers(path: ProcedurePath): Principal[] {
  const row = ROWS[path];
  const callers = ROLES.filter((role) => row?.allow[role] === 'own' || row?.allow[role] === 'self').map((role) => userOf(role));
  return row?.scope ? [...callers, keyOf([row.scope])] : callers;
}

/** What gives North away in an answer. */
function northFacts(): string[] {
  const {
    merchants,
    customers,
    orders,
    skus,
    nodes,
    payment,
    refund,
    shipment,
    line,
    northKey,
    northAccount,
    northCheckout,
    otherSession,
  } = world;
  const ids = [
    merchants[0],
    customers[0],
    orders[0],
    skus[0],
    nodes[0],
    payment,
    refund,
    shipment,
    line,
    northKey,
    northAccount,
    northCheckout,
    otherSession,
  ];
  return [
    ...ids,
    'EU-1001',
    'TENT-2',
    'S-EU-501',
    'R-EU-9',
    'pi_north1',
    'shop-77',
    'Ana García',
    'ana@example.com',
    'North Supply',
  ];
}

function leaked(value: unknown): string[] {
  const text = JSON.stringify(value, (_key, item) => (typeof item === 'bigint' ? item.toString() : item)) ?? '';
  return northFacts().filter((fact) => text.includes(fact));
}

describe('what is not yours', () => {
  it('is sampled for every procedure that takes an id and is open to those who see only their own', () => {
    const missing = PROCEDURES.filter(({ path, inputs }) => {
      const ids = inputs.flatMap(idFields);
      return ids.length > 0 && limitedCallers(path).length > 0 && !SAMPLES[path].foreign;
    });
    expect(missing.map(({ path }) => path)).toEqual([]);
  });

  it('does not exist: 404 or an empty answer, and nothing is written', async () => {
    const before = await everything();
    for (const { path } of PROCEDURES) {
      const { foreign, nothing } = SAMPLES[path];
      for (const caller of limitedCallers(path)) {
        for (const make of foreign ?? []) {
          const outcome = await call(caller, path, make(world));
          const seen = outcome.ok ? leaked(outcome.value) : outcome.code;
          expect([path, caller.role, seen]).toEqual([path, caller.role, nothing && outcome.ok ? [] : 'not_found']);
        }
      }
    }
    expect(await everything()).toEqual(before);
  });

  it('exists for those whose it is: the ids of the samples are real', async () => {
    for (const { path, type } of PROCEDURES) {
      const { foreign, nothing } = SAMPLES[path];
      if (type !== 'query' || nothing) continue;
      const owner = ROWS[path]?.allow.customer
        ? { ...userOf('customer'), customerId: world.customers[0] }
        : { ...userOf('merchant'), merchantId: world.merchants[0] };
      for (const make of foreign ?? []) {
        const outcome = await call(owner, path, make(world));
        expect([path, outcome.ok ? 'found' : outcome.code]).toEqual([path, 'found']);
      }
    }
  });

  it('is in no list, count or figure of somebody else', async () => {
    for (const { path, type } of PROCEDURES) {
      if (type !== 'query') continue;
      for (const caller of limitedCallers(path)) {
        const outcome = await call(caller, path, SAMPLES[path].input?.(world));
        expect([path, caller.role, outcome.ok ? leaked(outcome.value) : []]).toEqual([path, caller.role, []]);
        if (!outcome.ok) expect([path, outcome.code]).toEqual([path, 'not_found']);
      }
    }
  });

  it('stays closed beside what is open in one batched call over HTTP', async () => {
    const cookie = await api.signIn('merchant', { merchantId: world.merchants[1] });
    const input = encodeURIComponent(JSON.stringify({ 0: { json: { number: 'EU-1002' } }, 1: { json: { number: 'EU-1001' } } }));
    const response = await fetch(`${api.url}/api/trpc/orders.get,orders.get?batch=1&input=${input}`, { headers: { cookie } });
    const [mine, theirs] = (await response.json()) as {
      result?: unknown;
      error?: { json: { data: { domain: { code: string } } } };
    }[];
    expect(mine?.result).toBeDefined();
    expect(theirs?.error?.json.data.domain.code).toBe('not_found');
  });
});

describe('a mutation by cookie', () => {
  const json = 'application/json';
  const ways: readonly [string, Record<string, string>][] = [
    ['another site', { origin: 'https://evil.example', 'content-type': json }],
    ['Origin: null', { origin: 'null', 'content-type': json }],
    ['no Origin', { 'content-type': json }],
    ['our name in another', { origin: 'http://localhost:3000.evil.example', 'content-type': json }],
    ['text/plain', { origin: 'http://localhost:3000', 'content-type': 'text/plain' }],
    ['a form', { origin: 'http://localhost:3000', 'content-type': 'application/x-www-form-urlencoded' }],
    ['no content type', { origin: 'http://localhost:3000' }],
  ];

  it.each(ways)('from %s is refused, alone and in a batch, and writes nothing', async (_name, headers) => {
    const admin = await api.signIn('admin');
    const merchant = await api.signIn('merchant', { merchantId: world.merchants[1] });
    const customer = await api.signIn('customer', { customerId: world.customers[1] });
    const before = await everything();
    for (const { path: named, type } of PROCEDURES) {
      // Two names in one address are as many as there are procedures, squared.
      const path: string = named;
      if (type !== 'mutation') continue;
      const row = ROWS[path];
      const cookie = row?.allow.admin ? admin : row?.allow.customer ? customer : row?.allow.merchant ? merchant : admin;
      const input = { json: BY_PATH[path]?.input?.(world) ?? null };
      for (const [url, body] of [
        [`/api/trpc/${path}`, input],
        [`/api/trpc/${path},${path}?batch=1`, { 0: input, 1: input }],
      ] as const) {
        const bytes = new TextEncoder().encode(JSON.stringify(body)); // bytes: fetch adds no content type of its own
        const response = await fetch(api.url + url, { method: 'POST', headers: { ...headers, cookie }, body: bytes });
        expect([path, [403, 415].includes(response.status)]).toEqual([path, true]);
      }
    }
    expect(await everything()).toEqual(before);
  });

  it('by GET is refused', async () => {
    const cookie = await api.signIn('admin');
    for (const { path, type } of PROCEDURES) {
      if (type !== 'mutation') continue;
      const response = await fetch(`${api.url}/api/trpc/${path}?input=${encodeURIComponent('{"json":{}}')}`, {
        headers: { cookie },
      });
      expect([path, response.status]).toEqual([path, 405]);
    }
  });

  it('from our own pages is carried out', async () => {
    const cookie = await api.signIn('admin');
    const response = await fetch(`${api.url}/api/trpc/people.invite`, {
      method: 'POST',
      headers: { origin: api.app.settings.origin, 'content-type': 'application/json; charset=utf-8', cookie },
      body: JSON.stringify({ json: { email: 'welcome@example.com', role: 'agent' } }),
    });
    expect(response.status).toBe(200);
    const kept = await db.pool.query(`SELECT FROM user_tokens WHERE email = 'welcome@example.com'`);
    expect(kept.rowCount).toBe(1);
  });
});
