import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../kernel/ids.ts';
import { type JsonObject, openApiDocument } from './document.ts';
import { OPERATIONS, type RestOperation } from './router.ts';
import { type RestAnswer, type RestWorld, restWorld } from './testing/rest-world.ts';

/**
 * Every operation with valid, mutated and hostile input over HTTP against a real database: never a 5xx, and every answer as the
 * document says it.
 */
const ROUNDS = 25;
/** The same cases each time, so that a failure can be looked into; FUZZ_SEED=… tries others. */
const SEED = Number(process.env.FUZZ_SEED ?? 20261122);
let world: RestWorld;
let names: Record<string, string>;

beforeAll(async () => {
  world = await restWorld();
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
  names = {
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

const HOSTILE = [
  null,
  true,
  0,
  -1,
  1.5,
  2 ** 53,
  1e308,
  '',
  ' ',
  "' OR 1=1 --",
  '\u0000',
  '\ud800',
  '💥'.repeat(300),
  '../..',
  '<script>',
  '{{7*7}}',
  [],
  {},
  [[]],
  '__proto__',
  'NaN',
  '9'.repeat(30),
  '2026-02-30T00:00:00Z',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999Z',
];
const hostile = fc.oneof(fc.constantFrom<unknown>(...HOSTILE), fc.jsonValue({ maxDepth: 3 }), fc.string({ unit: 'binary' }));

/** What the schema of a request says, roughly; the server decides whether it is valid. */
function fitting(schema: JsonObject): fc.Arbitrary<unknown> {
  if (Array.isArray(schema.anyOf)) return fc.oneof(...schema.anyOf.map((each) => fitting(each as JsonObject)));
  if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum);
  switch (schema.type) {
    case 'object':
      return objects(schema);
    case 'array':
      return fc.array(fitting(schema.items as JsonObject), { minLength: Number(schema.minItems ?? 0), maxLength: 4 });
    case 'integer':
      return fc.integer({
        min: Math.max(Number(schema.minimum ?? -100), -1_000),
        max: Math.min(Number(schema.maximum ?? 1_000), 1_000),
      });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      return texts(schema);
  }
}

function texts(schema: JsonObject): fc.Arbitrary<unknown> {
  const known = ['MUG-RED', 'MAIN', 'EUR', 'DE', '12.50', 'pm_card_visa', 'late', 'note'];
  if (schema.format === 'uuid') return fc.constantFrom(newId(), ...Object.values(names ?? {}));
  if (schema.format === 'date-time')
    return fc.date({ noInvalidDate: true, min: new Date(0), max: new Date() }).map((date) => date.toISOString());
  if (schema.format === 'email') return fc.emailAddress();
  if (schema.format === 'uri') return fc.webUrl();
  return fc.oneof(
    fc.constantFrom(...known),
    fc.string({ minLength: 1, maxLength: Math.min(Number(schema.maxLength ?? 40), 40) }),
  );
}

function objects(schema: JsonObject): fc.Arbitrary<unknown> {
  const properties = (schema.properties ?? {}) as { [name: string]: JsonObject };
  const required = (schema.required ?? []) as string[];
  if (Object.keys(properties).length === 0)
    return fc.dictionary(fc.string({ minLength: 1, maxLength: 20 }), fc.string({ maxLength: 20 }), { maxKeys: 3 });
  const fields = Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, fitting(each)]));
  return fc.record(fields, { requiredKeys: required });
}

/** One field of a fitting body becomes something else. */
const mutated = (body: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.tuple(body, fc.nat(), hostile, fc.boolean()).map(([value, pick, evil, added]) => {
    const copy = structuredClone(value) as Record<string, unknown>;
    const fields = Object.keys(copy);
    copy[added ? 'surprise' : (fields[pick % Math.max(fields.length, 1)] ?? 'surprise')] = evil;
    return copy;
  });

const address = (operation: RestOperation): fc.Arbitrary<string> =>
  fc
    .tuple(fc.nat(9), hostile)
    .map(([luck, evil]) =>
      operation.facts.path.replaceAll(/\{(\w+)\}/g, (_all, name: string) =>
        luck > 1
          ? (names[name] ?? newId())
          : encodeURIComponent(String(typeof evil === 'object' ? newId() : evil).toWellFormed() || 'x').replaceAll('.', '%2E'),
      ),
    );

test.each(OPERATIONS.map((operation) => [operation.facts.id, operation] as const))(
  '%s never breaks and answers as documented',
  async (_id, operation) => {
    const { method, path } = operation.facts;
    const item = ((document.paths as JsonObject)[path] as JsonObject)[method.toLowerCase()] as {
      parameters?: { in?: string; name?: string; schema?: JsonObject }[];
      requestBody?: { content: { 'application/json': { schema: JsonObject; example?: unknown } } };
    };
    const content = item.requestBody?.content['application/json'];
    const fits = content ? fitting(content.schema) : fc.constant({});
    const body = fc.oneof(
      fits,
      mutated(fits),
      ...(content?.example ? [fc.constant(content.example), mutated(fc.constant(content.example))] : []),
      hostile,
    );
    const parameters = (item.parameters ?? []).filter((each) => each.in === 'query');
    const one = (schema: JsonObject) => fc.oneof({ weight: 9, arbitrary: fitting(schema) }, { weight: 1, arbitrary: hostile });
    const query = fc.record(Object.fromEntries(parameters.map((each) => [each.name ?? '', one(each.schema ?? {})])), {
      requiredKeys: [],
    });
    await fc.assert(
      fc.asyncProperty(address(operation), body, query, async (where, sent, asked) => {
        const search = new URLSearchParams();
        for (const [name, value] of Object.entries(asked)) {
          for (const each of [value].flat())
            search.append(name, (typeof each === 'object' ? JSON.stringify(each) : String(each)).toWellFormed());
        }
        const answer =
          method === 'GET'
            ? await world.send(method, `${where}${search.size > 0 ? `?${search}` : ''}`)
            : await world.send(method, where, { raw: JSON.stringify(sent) ?? 'null' });
        expect(surprise(operation, answer)).toBeUndefined();
      }),
      { numRuns: ROUNDS, seed: SEED },
    );
  },
);

test('the books agree after all of it', async () => {
  await world.until(
    'quiet',
    async () => (await world.db.pool.query(`SELECT FROM sagas WHERE status NOT IN ('done', 'waiting', 'stuck')`)).rowCount === 0,
  );
  await world.expectBooksAgree();
});
