import { generateOpenApiDocument } from 'trpc-to-openapi';
import { ERRORS, type ErrorCode } from '../../kernel/errors.ts';
import { MAX_WAIT_SECONDS } from './exchange.ts';
import { REST_PERMISSIONS } from './permissions.ts';
import { OPERATIONS, type RestOperation, restRouter } from './router.ts';

/** JSON, as a document is made of. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type JsonObject = { [name: string]: Json };

const DESCRIPTION = `Orders, payments, shipments, stock and events of one merchant.

Send your key as \`Authorization: Bearer wb_test_…\`. Amounts are integers in minor units (\`total_minor: 1990\` is 19.90 EUR). Times are
RFC 3339. Unknown fields are refused. Lists come in pages: send \`next_cursor\` as \`cursor\`. Errors are problem documents (RFC 9457) whose
\`type\` is the address of their page in the [error catalogue](/problems). Answers may gain fields; ignore those you do not know.`;

const PROBLEM: JsonObject = {
  type: 'object',
  description: 'RFC 9457.',
  required: ['type', 'title', 'status', 'code', 'detail', 'retryable', 'request_id'],
  properties: {
    type: { type: 'string', description: 'The address of the error’s page.', examples: ['/problems/out_of_stock'] },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', description: 'What a program decides on; /problems lists them, and there may be more one day.' },
    detail: { type: 'string', description: 'A sentence for a person, saying what to do.' },
    retryable: { type: 'boolean', description: 'Whether the same request may succeed later, unchanged.' },
    instance: { type: 'string' },
    request_id: { type: 'string', description: 'Tell it to support.' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'detail'],
        properties: {
          pointer: { type: 'string', description: 'JSON Pointer (RFC 6901) of a wrong field.' },
          detail: { type: 'string' },
        },
      },
    },
  },
};

const header = (description: string, schema: JsonObject = { type: 'string' }): JsonObject => ({ description, schema });

const PARAMETERS: JsonObject = {
  IdempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    description: 'Makes a repeat harmless: it gets the first answer. 1 to 255 visible ASCII characters; remembered for 30 days.',
    schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]+$' },
  },
  PreferWait: {
    name: 'Prefer',
    in: 'header',
    required: false,
    description: `\`wait=N\`: rather answer when the outcome is known, within N seconds, ${MAX_WAIT_SECONDS} at most (RFC 7240).`,
    schema: { type: 'string', examples: ['wait=10'] },
  },
};

const CSV_CONTENT: JsonObject = { 'text/csv': { schema: { type: 'string' } } };

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function codesOf({ facts }: RestOperation): ErrorCode[] {
  const codes: ErrorCode[] = ['invalid_request', 'card_number_refused', 'unauthenticated', 'forbidden', ...(facts.refuses ?? [])];
  if (facts.path.includes('{')) codes.push('not_found');
  if (facts.method !== 'GET') codes.push('key_reused', 'payload_too_large', 'unsupported_media_type');
  return [...new Set<ErrorCode>([...codes, 'too_many_requests', 'internal', 'overloaded', 'unavailable'])];
}

function problemResponses(operation: RestOperation): JsonObject {
  const byStatus = Map.groupBy(codesOf(operation), (code) => ERRORS[code].status);
  const entries = [...byStatus]
    .sort(([a], [b]) => a - b)
    .map(([status, codes]): [string, Json] => [
      String(status),
      {
        description: codes.map((code) => `\`${code}\`: ${ERRORS[code].title}`).join('\n\n'),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]);
  return Object.fromEntries(entries);
}

function answerHeaders({ facts }: RestOperation): JsonObject {
  const headers: JsonObject = { 'X-Request-Id': header('Names this request in our logs.') };
  if (facts.method !== 'GET') headers['Idempotent-Replayed'] = header('true where the answer was stored before.');
  if (facts.waits) headers['Preference-Applied'] = header('The preference that was honoured.');
  if (facts.status === 201) headers.Location = header('Where what was made can be read, if it has an address.');
  return headers;
}

/** Leaves out what a reader knows without it: the pattern beside a format, that names are text, the bounds of every integer. */
function readable(value: Json): Json {
  if (Array.isArray(value)) return value.map(readable);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(
    ([name, item]) =>
      !(name === 'pattern' && typeof item === 'string' && typeof value.format === 'string') &&
      !(name === 'propertyNames' && isObject(item) && Object.keys(item).join() === 'type') &&
      !((name === 'minimum' || name === 'maximum') && typeof item === 'number' && Math.abs(item) === Number.MAX_SAFE_INTEGER),
  );
  const any = (name: string, item: Json) => name === 'additionalProperties' && isObject(item) && Object.keys(item).length === 0;
  return Object.fromEntries(entries.map(([name, item]) => [name, any(name, item) ? true : readable(item)]));
}

/** Answers may gain fields, so nothing of an answer is closed. */
function opened(value: Json): Json {
  if (Array.isArray(value)) return value.map(opened);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([name, item]) => name !== 'additionalProperties' || item !== false);
  return Object.fromEntries(entries.map(([name, item]) => [name, opened(item)]));
}

function complete(operation: RestOperation, item: JsonObject): JsonObject {
  const { facts, name } = operation;
  const responses = item.responses as JsonObject;
  const success = responses['200'] as JsonObject;
  const row = (REST_PERMISSIONS as Readonly<Record<string, { readonly scope?: string }>>)[name];
  const parameters = [...((item.parameters as Json[] | undefined) ?? [])];
  if (facts.method !== 'GET') parameters.push({ $ref: '#/components/parameters/IdempotencyKey' });
  if (facts.waits) parameters.push({ $ref: '#/components/parameters/PreferWait' });
  const content = ((item.requestBody as JsonObject | undefined)?.content as JsonObject | undefined)?.['application/json'];
  if (isObject(content) && facts.example !== undefined) content.example = facts.example as Json;
  return {
    ...item,
    security: [{ ApiKey: row?.scope ? [row.scope] : [] }],
    ...(parameters.length > 0 ? { parameters } : {}),
    responses: {
      [facts.status ?? 200]: {
        ...(opened(success) as JsonObject),
        ...(facts.csv ? { content: { ...((opened(success) as JsonObject).content as JsonObject), ...CSV_CONTENT } } : {}),
        description: facts.summary,
        headers: answerHeaders(operation),
      },
      ...problemResponses(operation),
    },
  };
}

/** The shared schemas, without those of errors that the generator makes: ours are problem documents. */
function answerSchemas(schemas: Json): JsonObject {
  const own = Object.entries(opened(schemas) as JsonObject).filter(([name]) => !name.startsWith('error.'));
  return Object.fromEntries(own.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The OpenAPI 3.1 document of the REST API: what the procedures say of themselves, with what all of them share. */
export function openApiDocument(): JsonObject {
  const generated = readable(
    JSON.parse(
      JSON.stringify(
        generateOpenApiDocument(restRouter, {
          title: 'Waybill API',
          description: DESCRIPTION,
          version: '1',
          openApiVersion: '3.1.0',
          baseUrl: '/api/v1',
          tags: [
            'Orders',
            'Reservations',
            'Payments',
            'Refunds',
            'Shipments',
            'Products',
            'Stock',
            'Nodes',
            'Routing',
            'Pick-up',
            'Customers',
            'Ledger',
            'Events',
            'Merchant',
          ],
          securitySchemes: {
            ApiKey: {
              type: 'http',
              scheme: 'bearer',
              description: 'An API key of the merchant: wb_test_… or wb_live_…, made under Settings, API keys.',
            },
          },
        }),
      ),
    ),
  ) as JsonObject;
  const paths = generated.paths as { [path: string]: JsonObject };
  for (const operation of OPERATIONS) {
    const { path, method } = operation.facts;
    const item = paths[path]?.[method.toLowerCase()];
    if (!isObject(item)) throw new Error(`The document lacks ${method} ${path}`);
    (paths[path] as JsonObject)[method.toLowerCase()] = complete(operation, item);
  }
  const components = generated.components as JsonObject;
  return {
    ...generated,
    components: {
      ...components,
      schemas: { ...answerSchemas(components.schemas ?? {}), Problem: PROBLEM },
      parameters: PARAMETERS,
    },
  };
}
