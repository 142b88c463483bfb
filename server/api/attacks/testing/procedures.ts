import { z } from 'zod';
import type { Role } from '../../../kernel/vocabulary.ts';
import { PERMISSIONS, type PermissionRow } from '../../permissions.ts';
import { appRouter, type ProcedurePath } from '../../root.ts';

/** The procedures of the real router with the schema of their inputs: what is attacked is what is served. */
export interface Procedure {
  readonly path: ProcedurePath;
  readonly type: 'query' | 'mutation';
  readonly input: z.ZodType | undefined;
  /** Who may call it and sees most. */
  readonly caller: Role | 'visitor';
}

const ROWS: Readonly<Record<string, PermissionRow>> = PERMISSIONS;
const BY_REACH: readonly Role[] = ['admin', 'finance', 'agent', 'fraud_analyst', 'warehouse', 'merchant', 'customer'];

function callerOf(path: string): Role | 'visitor' {
  const allow = ROWS[path]?.allow ?? {};
  return allow.anyone === undefined ? (BY_REACH.find((role) => allow[role] !== undefined) ?? 'admin') : 'visitor';
}

export const PROCEDURES: readonly Procedure[] = Object.entries(
  appRouter._def.procedures as Readonly<Record<string, unknown>>,
).map(([path, procedure]) => {
  const { type, inputs } = (procedure as { _def: { type: Procedure['type']; inputs: unknown[] } })._def;
  const input = inputs[0] instanceof z.ZodType ? inputs[0] : undefined;
  return { path: path as ProcedurePath, type, input, caller: callerOf(path) };
});

type Schema = Readonly<Record<string, unknown>>;
/** Where a value lies in an input: the names of fields, 0 for the entry of a list. */
export type Place = readonly (string | number)[];

export interface TextPlace {
  readonly place: Place;
  /** Whether anything may be written there, not a word of a list or an id. */
  readonly free: boolean;
}

/** An input with every field that there may be, and every place of text in it. One per alternative. */
export interface Shape {
  readonly full: unknown;
  readonly texts: readonly TextPlace[];
}

/** The shapes of an input, from its own schema. `known` is the value of a field with this name, where the schema alone does not know one. */
export function shapesOf(input: z.ZodType | undefined, known: (name: string) => unknown = () => undefined): Shape[] {
  if (!input) return [];
  const schema = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }) as Schema;
  return alternatives(schema).map((each) => {
    const texts: TextPlace[] = [];
    return { full: build(each, [], texts, known), texts };
  });
}

const list = (value: unknown): Schema[] => (Array.isArray(value) ? (value as Schema[]) : []);

/** Unions become several schemas, intersections one. */
function alternatives(schema: Schema): Schema[] {
  const choices = [...list(schema.anyOf), ...list(schema.oneOf)].filter((each) => each.type !== 'null');
  const said = choices.filter((each) => Object.keys(each).length > 0); // {} is what JSON has no word for, such as a bigint
  if (choices.length > 0) return (said.length > 0 ? said : choices).flatMap(alternatives);
  if (!Array.isArray(schema.allOf)) return [schema];
  return list(schema.allOf).reduce<Schema[]>(
    (all, part) => all.flatMap((one) => alternatives(part).map((other) => together(one, other))),
    [{ type: 'object', properties: {} }],
  );
}

function together(one: Schema, other: Schema): Schema {
  return { ...one, ...other, properties: { ...(one.properties as object), ...(other.properties as object) } };
}

function build(schema: Schema, at: Place, texts: TextPlace[], known: (name: string) => unknown): unknown {
  const [only = schema] = alternatives(schema);
  switch (only.type) {
    case 'object': {
      if (typeof only.additionalProperties === 'object' && only.properties === undefined) {
        texts.push({ place: [...at, 'entry'], free: true });
        return { entry: 'text' };
      }
      const entries = Object.entries((only.properties ?? {}) as Record<string, Schema>);
      return Object.fromEntries(entries.map(([name, each]) => [name, build(each, [...at, name], texts, known)]));
    }
    case 'array':
      return [build((only.items ?? {}) as Schema, [...at, 0], texts, known)];
    case 'string': {
      texts.push({ place: at, free: !('enum' in only) && !('const' in only) && only.format === undefined });
      return textFor(only, at, known);
    }
    case 'integer':
    case 'number':
      return known(nameOf(at)) ?? Math.max(1, Number(only.minimum ?? 1));
    case 'boolean':
      return false;
    default: // a date, which is optional everywhere
      return known(nameOf(at));
  }
}

const nameOf = (at: Place): string => String(at.findLast((part) => typeof part === 'string') ?? '');

const BY_FORMAT: Readonly<Record<string, string>> = {
  uuid: '00000000-0000-7000-8000-000000000000',
  email: 'somebody@example.com',
  date: '2026-11-22',
  'date-time': '2026-11-22T12:00:00Z',
  uri: 'https://shop.example/',
};
const BY_NAME: Readonly<Record<string, string>> = {
  country: 'DE',
  countries: 'DE',
  currency: 'EUR',
  phone: '+49 30 1234567',
  postalCode: '10115',
  price: '12.50',
  timeZone: 'Europe/Berlin',
  slug: 'a-shop',
  code: 'standard',
  taxClass: 'standard',
};

function textFor(schema: Schema, at: Place, known: (name: string) => unknown): unknown {
  const name = nameOf(at);
  const given = known(name);
  if (given !== undefined) return given;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  if (schema.const !== undefined) return schema.const;
  return BY_FORMAT[String(schema.format)] ?? BY_NAME[name] ?? 'text'.repeat(Math.ceil(Number(schema.minLength ?? 4) / 4));
}

/** The same input with another value at one place. */
export function withValue(input: unknown, place: Place, value: unknown): unknown {
  const [part, ...rest] = place;
  if (part === undefined) return value;
  if (Array.isArray(input)) {
    const entries = input.length === 0 ? [undefined] : input;
    return entries.map((each, index) => (index === part ? withValue(each, rest, value) : each));
  }
  const fields = typeof input === 'object' && input !== null ? (input as Record<string, unknown>) : {};
  return { ...fields, [part]: withValue(fields[part], rest, value) };
}

/** `top` over `base`, field by field. */
export function overlay(base: unknown, top: unknown): unknown {
  const plain = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
  if (!plain(base) || !plain(top)) return top === undefined ? base : top;
  const names = [...new Set([...Object.keys(base), ...Object.keys(top)])];
  return Object.fromEntries(names.map((name) => [name, overlay(base[name], top[name])]));
}
