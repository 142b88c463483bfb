import { z } from 'zod';
import { DomainError } from '../../kernel/errors.ts';
import { assertClean } from '../clean-input.ts';
import { OPERATIONS, type RestOperation } from './router.ts';

/**
 * From an HTTP request to a procedure and its input. trpc-to-openapi's own handler is not used: it turns "5", true and null of a JSON
 * body into numbers, which the document does not allow and an amount of money must not be.
 */
export const BASE_PATH = '/api/v1';

interface Route {
  readonly operation: RestOperation;
  readonly pattern: RegExp;
  readonly names: readonly string[];
}

const ROUTES: readonly Route[] = OPERATIONS.map((operation) => {
  const names = [...operation.facts.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
  const pattern = new RegExp(`^${operation.facts.path.replaceAll(/\{\w+\}/g, '([^/]+)')}$`);
  return { operation, pattern, names };
});

/** Addresses without a parameter, which are most of the traffic, are found by their name. */
const FIXED = new Map(
  OPERATIONS.filter(({ facts }) => !facts.path.includes('{')).map((operation) => [
    `${operation.facts.method} ${operation.facts.path}`,
    operation,
  ]),
);

export interface Found {
  readonly operation: RestOperation;
  readonly params: Readonly<Record<string, string>>;
}

/** The operation at an address. Throws `not_found`, or `method_not_allowed` with the methods that are. */
export function findOperation(method: string, path: string): Found {
  const fixed = FIXED.get(`${method} ${path}`);
  if (fixed) return { operation: fixed, params: {} };
  const here = ROUTES.filter((route) => route.pattern.test(path));
  if (here.length === 0) {
    throw new DomainError('not_found', 'There is nothing at this address. The API is described at /api/v1/docs.');
  }
  const wanted = method === 'HEAD' ? 'GET' : method;
  const route = here.find((candidate) => candidate.operation.facts.method === wanted);
  if (!route) {
    const allow = here.map((candidate) => candidate.operation.facts.method);
    throw new DomainError('method_not_allowed', `This address takes ${allow.join(' and ')}.`, { allow });
  }
  const values = route.pattern.exec(path)?.slice(1) ?? [];
  const params = Object.fromEntries(route.names.map((name, index) => [name, decoded(values[index] ?? '')]));
  assertClean(params);
  return { operation: route.operation, params };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new DomainError('invalid_request', 'The address is not percent-encoded UTF-8.');
  }
}

const wrong = (name: string, detail: string): DomainError =>
  new DomainError('invalid_request', `Correct /${name}: ${detail}`, { errors: [{ pointer: `/${name}`, detail }] });

/** The input of an operation with a body. A body may not name what the path names. */
export function bodyInput(
  body: Readonly<Record<string, unknown>>,
  params: Readonly<Record<string, string>>,
): Record<string, unknown> {
  for (const name of Object.keys(params)) {
    if (Object.hasOwn(body, name)) throw wrong(name, 'There is no such field: the address says it.');
  }
  return { ...body, ...params };
}

/** The input of an operation without a body: text becomes what its schema asks for, and what does not fit is left for it to refuse. */
export function queryInput(
  operation: RestOperation,
  query: string,
  params: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const shape: Readonly<Record<string, unknown>> = operation.input instanceof z.ZodObject ? operation.input.shape : {};
  const input: Record<string, unknown> = {};
  const search = new URLSearchParams(query);
  for (const name of new Set(search.keys())) {
    const values = search.getAll(name);
    for (const value of values) assertClean(value, {}, `/${name}`);
    if (Object.hasOwn(params, name)) throw wrong(name, 'There is no such parameter: the address says it.');
    const schema = Object.hasOwn(shape, name) ? unwrapped(shape[name]) : undefined;
    if (schema instanceof z.ZodArray) input[name] = values;
    else if (values.length > 1) throw wrong(name, 'Send it once.');
    else input[name] = fromText(schema, values[0] ?? '');
  }
  return { ...input, ...params };
}

function unwrapped(schema: unknown): unknown {
  return schema instanceof z.ZodOptional ? unwrapped(schema.unwrap()) : schema;
}

function fromText(schema: unknown, text: string): unknown {
  if (schema instanceof z.ZodNumber && /^-?\d{1,15}$/.test(text)) return Number(text);
  if (schema instanceof z.ZodBoolean && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}
