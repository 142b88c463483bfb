import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { incompatibilities } from './compatibility.ts';
import { type Json, type JsonObject, openApiDocument } from './document.ts';
import { ERRORS_FILE, errorsPage, OPENAPI_FILE, openApiText } from './generated-docs.ts';
import { OPERATIONS, restRouter } from './router.ts';

const AGAIN = 'Run: npm run api:docs';

describe('the document', () => {
  it('is the one in docs/, and nothing in it breaks a client of the one in docs/', () => {
    const kept = readFileSync(OPENAPI_FILE, 'utf8');
    expect(incompatibilities(JSON.parse(kept) as JsonObject, openApiDocument())).toEqual([]);
    expect(openApiText() === kept, `docs/openapi.json is not what the code says. ${AGAIN}`).toBe(true);
    expect(errorsPage() === readFileSync(ERRORS_FILE, 'utf8'), `docs/api/errors.md is not what the code says. ${AGAIN}`).toBe(
      true,
    );
  });

  it('has every procedure of the router as an operation, with an id, a tag, a summary, a scope and its problems', () => {
    const paths = openApiDocument().paths as { [path: string]: { [method: string]: JsonObject } };
    const written = Object.entries(paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(written.sort()).toEqual(OPERATIONS.map(({ facts }) => `${facts.method} ${facts.path}`).sort());
    expect(OPERATIONS).toHaveLength(Object.keys(restRouter._def.procedures).length);
    expect(new Set(OPERATIONS.map(({ facts }) => facts.id)).size).toBe(OPERATIONS.length);
    for (const { facts } of OPERATIONS) {
      const operation = paths[facts.path]?.[facts.method.toLowerCase()] ?? {};
      expect(operation).toMatchObject({ operationId: facts.id, tags: [facts.tag], summary: facts.summary, security: [{}] });
      const { [String(facts.status ?? 200)]: success, ...problems } = operation.responses as { [status: string]: JsonObject };
      expect(Object.keys((success?.content ?? {}) as object)).toEqual(['application/json', ...(facts.csv ? ['text/csv'] : [])]);
      for (const status of ['400', '401', '403', '429', '500', '503'])
        expect([facts.id, Object.keys(problems)]).toEqual([facts.id, expect.arrayContaining([status])]);
      for (const problem of Object.values(problems))
        expect(Object.keys(problem.content as object)).toEqual(['application/problem+json']);
    }
  });

  it('speaks snake_case, and of amounts in integers', () => {
    const wrong: string[] = [];
    const walk = (value: Json | undefined, at: string): void => {
      if (typeof value !== 'object' || value === null) return;
      if (Array.isArray(value)) {
        for (const item of value) walk(item, at);
        return;
      }
      for (const [name, schema] of Object.entries((value.properties ?? {}) as JsonObject)) {
        if (!/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(name)) wrong.push(`${at}.${name} is not snake_case`);
        if (name.endsWith('_minor') && (schema as JsonObject).type !== 'integer') wrong.push(`${at}.${name} is no integer`);
        if (name.endsWith('_at') && !JSON.stringify(schema).includes('date-time')) wrong.push(`${at}.${name} is no time`);
      }
      for (const [name, item] of Object.entries(value)) walk(item, `${at}/${name}`);
    };
    walk(openApiDocument(), '');
    expect(wrong).toEqual([]);
  });
});

describe('what breaks a client', () => {
  /** Two documents that differ in one thing. */
  const change = (edit: (document: never) => void): string[] => {
    const [before, after] = [openApiDocument(), openApiDocument()];
    edit(after as never);
    return incompatibilities(before, after);
  };
  // biome-ignore lint/suspicious/noExplicitAny: the documents are edited where a change would be.
  type Loose = any;
  const body = (document: Loose) => document.paths['/orders'].post.requestBody.content['application/json'].schema;
  const schemas = (document: Loose) => document.components.schemas;

  it.each<[string, (document: Loose) => void, RegExp]>([
    ['a removed operation', (d) => delete d.paths['/merchant'], /GET \/merchant was removed/],
    ['a renamed operation', (d) => (d.paths['/merchant'].get.operationId = 'whoAmI'), /operationId changed/],
    ['another scope', (d) => (d.paths['/orders'].get.security = [{ ApiKey: ['stock:read'] }]), /another scope/],
    [
      'another success status',
      (d) => {
        const { responses } = d.paths['/orders'].post;
        responses[200] = responses[201];
        delete responses[201];
      },
      /status 201 was removed/,
    ],
    ['a removed field of an answer', (d) => delete schemas(d).Order.properties.total_minor, /total_minor was removed/],
    ['a field that may be missing', (d) => schemas(d).Order.required.splice(0, 1), /may be missing now/],
    [
      'a field that may be null',
      (d) => (schemas(d).Merchant.properties.name = { type: ['string', 'null'] }),
      /name may now be null/,
    ],
    [
      'a field of another type',
      (d) => (schemas(d).Order.properties.total_minor = { type: 'string' }),
      /total_minor may now be string/,
    ],
    ['a new word of an answer', (d) => schemas(d).OrderPlacement.properties.status.enum.push('ON_FIRE'), /may now be "ON_FIRE"/],
    ['a removed field of a request', (d) => delete body(d).properties.tags, /body\.tags was removed/],
    [
      'a new required field',
      (d) => {
        body(d).properties.channel = { type: 'string' };
        body(d).required = ['channel'];
      },
      /body\.channel is required now/,
    ],
    ['a field that became required', (d) => (body(d).required = ['external_id']), /external_id is required now/],
    ['a tighter bound', (d) => (body(d).properties.lines.maxItems = 10), /maxItems is 10 now, was 1000/],
    [
      'a nested tighter bound',
      (d) => (body(d).properties.lines.items.properties.quantity.maximum = 10),
      /quantity: maximum is 10/,
    ],
    [
      'a word that is no longer taken',
      (d) => d.paths['/orders/{order}/cancel'].post.requestBody.content['application/json'].schema.properties.reason.enum.pop(),
      /no longer takes "other"/,
    ],
    ['a removed parameter', (d) => d.paths['/orders'].get.parameters.shift(), /query parameter cursor was removed/],
    [
      'a new required parameter',
      (d) => d.paths['/orders'].get.parameters.push({ in: 'query', name: 'region', required: true, schema: {} }),
      /region is required now/,
    ],
  ])('%s', (_name, edit, words) => {
    const found = change(edit);
    expect(found.join('\n')).toMatch(words);
  });

  it.each<[string, (document: Loose) => void]>([
    ['a new operation', (d) => (d.paths['/new'] = { get: { operationId: 'new', responses: {} } })],
    ['a new field of an answer', (d) => (schemas(d).Order.properties.weight = { type: 'integer' })],
    ['a new optional field of a request', (d) => (body(d).properties.channel = { type: 'string' })],
    ['a wider bound', (d) => (body(d).properties.lines.maxItems = 2000)],
    ['a field that became optional', (d) => (body(d).properties.lines.items.required = ['sku'])],
    [
      'a new word of a request',
      (d) =>
        d.paths['/orders/{order}/cancel'].post.requestBody.content['application/json'].schema.properties.reason.enum.push(
          'boredom',
        ),
    ],
    ['a new problem', (d) => (d.paths['/orders'].get.responses[418] = { description: 'teapot' })],
    ['other words', (d) => (d.paths['/orders'].get.summary = 'All the orders')],
  ])('is not %s', (_name, edit) => {
    expect(change(edit)).toEqual([]);
  });
});
