import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../kernel/ids.ts';
import { createLog } from '../../platform/log.ts';
import { writeAttackEvidence } from '../attacks/testing/attack-evidence.ts';
import { type JsonObject, openApiDocument } from './document.ts';
import { OPERATIONS, type RestOperation } from './router.ts';
import { fitting, hostile, mutated } from './testing/fuzz-inputs.ts';
import { EVIL_QUERIES, EVIL_SEGMENTS, headers, twisted } from './testing/fuzz-requests.ts';
import { type RestAnswer, type RestWorld, restWorld } from './testing/rest-world.ts';

/**
 * Every operation with valid, mutated and hostile input over HTTP against a real database: never a 5xx, every answer as the document
 * says it, and the books agree at the end.
 */
const DEEP = process.env.WAYBILL_DEEP === '1';
const ROUNDS = DEEP ? Number(process.env.FUZZ_ROUNDS ?? 1_000) : 25;
/** How long one operation may take, and the sagas of all those orders to come to rest. */
const REST_MS = DEEP ? 900_000 : 120_000;
/** The same cases each time, so that a failure can be looked into; FUZZ_SEED=… tries others. */
const SEED = Number(process.env.FUZZ_SEED ?? 20261122);
let world: RestWorld;
let names: Record<string, string>;
let logged = '';
let surprises = 0;
/** How often each status was answered, by operation. */
const seen = new Map<string, Map<number, number>>();

beforeAll(async () => {
  const sink = {
    write(line: string) {
      logged += line;
    },
  };
  world = await restWorld({ around: { log: createLog({ level: 'warn', role: 'test', region: 'EU' }, sink) } });
  const body = {
    currency: 'EUR',
    lines: [{ sku: 'MUG-RED', quantity: 3 }],
    customer: { email: 'f@example.com' },
    payment: { token: 'pm_card_visa' },
  };
  const { json } = await world.send('POST', '/orders', { body });
  await world.until(
    'allocated',
    async () => (await world.send('GET', `/orders/${json.id}`)).json.fulfilment_status === 'ALLOCATED',
  );
  const shipping = await world.send('POST', `/orders/${json.id}/shipments`, {
    body: { units: [{ line_id: json.lines[0].id, quantity: 1 }] },
  });
  await world.until('paid', async () => (await world.send('GET', `/orders/${json.id}`)).json.captured_minor > 0);
  const refund = await world.send('POST', `/orders/${json.id}/refunds`, {
    body: { kind: 'amount', amount_minor: 10, reason: 'late' },
  });
  const quote = await world.send('POST', '/quotes', {
    body: { currency: 'EUR', lines: [{ sku: 'MUG-RED', quantity: 1 }], destination: { country: 'DE' } },
  });
  const { json: program } = await world.send('POST', '/ledger/accounts', {
    body: { own_code: 'loyalty', name: 'Loyalty points', currency: 'EUR' },
  });
  const transfer = newId();
  const filled = {
    type: 'plain',
    id: transfer,
    debit_account: 'funding',
    credit_account: 'loyalty',
    amount_minor: 900,
    currency: 'EUR',
  };
  await world.send('POST', '/ledger/journals', { body: { journals: [{ transfers: [filled] }] } });
  const { json: posted } = await world.send('GET', `/ledger/transfers/${transfer}`);
  names = {
    account: program.id,
    transfer,
    journal: posted.journal_id,
    order: json.id,
    shipment: shipping.json.shipments[0].id,
    refund: refund.json.id,
    customer: json.customer_id,
    quote: quote.json.id,
    sku: 'MUG-RED',
  };
});
afterAll(() => world.close());

const document = openApiDocument();
const ajv = new Ajv2020({
  strict: false,
  formats: {
    uuid: /^[0-9a-f-]{36}$/,
    'date-time': /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/,
    uri: true,
    email: true,
    date: /^\d{4}-\d\d-\d\d$/,
  },
});
ajv.addSchema(document, 'api');

const escaped = (part: string) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));

/** Says how an answer is not what the document foresees; nothing where it is. */
function surprise(operation: RestOperation, answer: RestAnswer): string | undefined {
  const { path, method, id } = operation.facts;
  const at = `${id} ${answer.status} ${answer.text.slice(0, 300)}`;
  if (answer.status >= 500) return at;
  const item = ((document.paths as JsonObject)[path] as JsonObject)[method.toLowerCase()] as { responses: JsonObject };
  if (item.responses[String(answer.status)] === undefined) return `undocumented status: ${at}`;
  const type = answer.status < 300 ? 'application/json' : 'application/problem+json';
  if (!answer.headers.get('content-type')?.startsWith(type)) return `another content type: ${at}`;
  const pointer = ['paths', path, method.toLowerCase(), 'responses', String(answer.status), 'content', type, 'schema']
    .map(escaped)
    .join('/');
  const validate = ajv.getSchema(`api#/${pointer}`);
  if (!validate) return `no schema: ${at}`;
  return validate(answer.json) ? undefined : `${ajv.errorsText(validate.errors)}: ${at}`;
}

/** An address of the operation: mostly of records that exist. */
const address = (operation: RestOperation): fc.Arbitrary<string> =>
  fc.tuple(fc.nat(9), hostile, fc.constantFrom(...EVIL_SEGMENTS)).map(([luck, evil, segment]) =>
    operation.facts.path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => {
      // Of one that exists, a version that nobody makes is waited for: consistency-levels.test.ts does.
      if (operation.facts.id === 'getAccountBalance' && luck > 2) return newId();
      if (luck > 2) return names[name] ?? newId();
      if (luck === 2) return segment;
      const text = String(typeof evil === 'object' ? newId() : evil).slice(0, LONGEST_IN_ADDRESS);
      const named = /^\.{0,2}$/.test(text) ? 'x' : text;
      return encodeURIComponent(named.toWellFormed()).replaceAll('.', '%2E');
    }),
  );

/** An address is at most 16 kB with its headers; what is longer never reaches an operation (server/api/attacks/wire.test.ts). */
const LONGEST_IN_ADDRESS = 1_000;

interface Item {
  readonly parameters?: readonly { readonly in?: string; readonly name?: string; readonly schema?: JsonObject }[];
  readonly requestBody?: {
    readonly content: { readonly 'application/json': { readonly schema: JsonObject; readonly example?: unknown } };
  };
}

function searches(parameters: NonNullable<Item['parameters']>): fc.Arbitrary<string> {
  const one = (schema: JsonObject) =>
    fc.oneof({ weight: 9, arbitrary: fitting(schema, () => names) }, { weight: 1, arbitrary: hostile });
  const fields = Object.fromEntries(parameters.map((each) => [each.name ?? '', one(each.schema ?? {})]));
  // Two or three at a time: with all of them at once one is nearly always wrong.
  const few = fc.subarray(Object.keys(fields), { maxLength: Math.min(3, parameters.length) });
  const chosen = few.chain((names) =>
    fc.record(Object.fromEntries(names.map((name) => [name, fields[name] ?? fc.constant('')]))),
  );
  const proper = chosen.map((asked) => {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(asked)) {
      for (const each of [value].flat()) {
        const text = typeof each === 'object' ? JSON.stringify(each) : String(each);
        search.append(name, text.slice(0, LONGEST_IN_ADDRESS).toWellFormed());
      }
    }
    return search.toString();
  });
  return fc.oneof({ weight: 8, arbitrary: proper }, { weight: 2, arbitrary: fc.constantFrom(...EVIL_QUERIES) });
}

/** The example of the document, under a name that is free. */
function fresh(example: unknown): unknown {
  const body = example as Record<string, unknown>;
  return {
    ...body,
    ...('external_id' in body ? { external_id: newId() } : {}),
    ...('sku' in body ? { sku: newId().slice(-12) } : {}),
    ...('own_code' in body ? { own_code: newId().slice(-12) } : {}),
  };
}

const json = (body: fc.Arbitrary<unknown>) =>
  body.map((value) => ({ raw: JSON.stringify(value) ?? 'null', headers: { 'content-type': 'application/json' } }));

function bodies(content: NonNullable<Item['requestBody']>['content']['application/json'] | undefined) {
  const fits = content ? fitting(content.schema, () => names) : fc.constant<unknown>({});
  const sample = content?.example === undefined ? fits : fc.constant(null).map(() => fresh(content.example));
  return fc.oneof(
    { weight: 3, arbitrary: json(sample) },
    { weight: 2, arbitrary: json(mutated(sample)) },
    { weight: 2, arbitrary: json(fc.oneof(fits, mutated(fits))) },
    { weight: 1, arbitrary: json(hostile) },
    { weight: 2, arbitrary: twisted(fc.oneof(fits, sample)) },
  );
}

test.each(OPERATIONS.map((operation) => [operation.facts.id, operation] as const))(
  '%s never breaks and answers as documented',
  async (id, operation) => {
    const { method, path } = operation.facts;
    const item = ((document.paths as JsonObject)[path] as JsonObject)[method.toLowerCase()] as Item;
    const body = bodies(item.requestBody?.content['application/json']);
    const query = searches((item.parameters ?? []).filter((each) => each.in === 'query'));
    const statuses = new Map<number, number>();
    seen.set(id, statuses);
    await fc.assert(
      fc.asyncProperty(address(operation), body, query, headers, async (where, sent, asked, extra) => {
        const answer =
          method === 'GET'
            ? await world.send(method, `${where}${asked === '' ? '' : `?${asked}`}`, { headers: extra })
            : await world.send(method, where, { raw: sent.raw, headers: { ...sent.headers, ...extra } });
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        const wrong = surprise(operation, answer);
        if (wrong !== undefined) surprises += 1;
        expect(wrong).toBeUndefined();
      }),
      { numRuns: ROUNDS, seed: SEED },
    );
  },
  REST_MS,
);

test('the books agree after all of it, and nothing went wrong that nobody was told of', { timeout: REST_MS }, async () => {
  const end = Date.now() + REST_MS;
  const busy = async () =>
    (await world.db.pool.query(`SELECT FROM sagas WHERE status NOT IN ('done', 'waiting', 'stuck')`)).rowCount;
  while ((await busy()) !== 0 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await busy()).toBe(0);
  await world.expectBooksAgree();
  expect(logged.split('\n').filter((line) => line.includes('"level":"error"'))).toEqual([]);
  expect({}).not.toHaveProperty('isAdmin'); // no prototype was written to
  const counts = [...seen].map(([id, statuses]) => [id, [...statuses].sort(([a], [b]) => a - b)] as const);
  const total = counts.flatMap(([, statuses]) => statuses).reduce((sum, [, count]) => sum + count, 0);
  writeAttackEvidence('fuzz', [
    ['requests of the fuzz', total],
    ['answers of 5xx', counts.flatMap(([, statuses]) => statuses).filter(([status]) => status >= 500).length],
    ['answers outside the OpenAPI document', surprises],
    ...counts.map(
      ([id, statuses]) => [`fuzz ${id}`, statuses.map(([status, count]) => `${count} × ${status}`).join(', ')] as const,
    ),
  ]);
});
