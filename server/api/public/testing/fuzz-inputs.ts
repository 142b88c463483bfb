import fc from 'fast-check';
import { newId } from '../../../kernel/ids.ts';
import type { JsonObject } from '../document.ts';

/** Values for the fields of a request: such as the document asks for, and such as nobody should send. */

const HOSTILE: readonly unknown[] = [
  null,
  true,
  0,
  -0,
  -1,
  1.5,
  2 ** 53,
  1e308,
  Number.MIN_SAFE_INTEGER,
  '',
  ' ',
  "' OR 1=1 --",
  "'; SELECT pg_sleep(9); --",
  '\u0000',
  '\ud800',
  'a\udfff\ud800b',
  '\ufeff',
  '\u202egnp.exe',
  'ﬀ\u0301\u0301\u0301',
  '💥'.repeat(300),
  'x'.repeat(70_000),
  '../..',
  '..%2f..%2fetc%2fpasswd',
  'file:///etc/passwd',
  'http://169.254.169.254/latest/meta-data',
  '<script>',
  '{{7*7}}',
  '#{7*7}',
  '=1+1',
  '\r\nSet-Cookie: a=b',
  [],
  {},
  [[]],
  { __proto__: null },
  '__proto__',
  'constructor',
  'NaN',
  'Infinity',
  '9'.repeat(30),
  '1e400',
  '0x10',
  '١٢',
  '2026-02-30T00:00:00Z',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999Z',
  '2026-11-22T12:00:00+99:99',
];

/** Almost anything. */
export const hostile: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.jsonValue({ maxDepth: 3 }),
  fc.string({ unit: 'binary' }),
);

/** The names of records that exist, by what a path or a field calls them. */
export type Names = () => Readonly<Record<string, string>>;

/** What the schema of a request says, roughly; the server decides whether it is valid. */
export function fitting(schema: JsonObject, names: Names): fc.Arbitrary<unknown> {
  if (Array.isArray(schema.anyOf)) return fc.oneof(...schema.anyOf.map((each) => fitting(each as JsonObject, names)));
  if (Array.isArray(schema.oneOf)) return fc.oneof(...schema.oneOf.map((each) => fitting(each as JsonObject, names)));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum);
  switch (schema.type) {
    case 'object':
      return objects(schema, names);
    case 'array':
      return fc.array(fitting(schema.items as JsonObject, names), { minLength: Number(schema.minItems ?? 0), maxLength: 4 });
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
      return texts(schema, names);
  }
}

const KNOWN = ['MUG-RED', 'MAIN', 'EUR', 'DE', '12.50', 'pm_card_visa', 'late', 'note', 'loyalty', 'funding', '2026-11-28'];

function texts(schema: JsonObject, names: Names): fc.Arbitrary<unknown> {
  if (schema.format === 'uuid') return fc.constantFrom(newId(), ...Object.values(names()));
  if (schema.format === 'date-time')
    return fc.date({ noInvalidDate: true, min: new Date(0), max: new Date() }).map((date) => date.toISOString());
  if (schema.format === 'email') return fc.emailAddress();
  if (schema.format === 'uri') return fc.webUrl();
  if (typeof schema.pattern === 'string') return matching(new RegExp(schema.pattern, 'u'));
  return fc.oneof(
    fc.constantFrom(...KNOWN),
    fc.string({ minLength: 1, maxLength: Math.min(Number(schema.maxLength ?? 40), 40) }),
  );
}

/** Text of that form: one that means something here, where there is one, or any. */
function matching(pattern: RegExp): fc.Arbitrary<string> {
  const known = KNOWN.filter((text) => pattern.test(text));
  const any = fc.stringMatching(pattern, { maxLength: 40 });
  return known.length === 0 ? any : fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...known) }, { weight: 1, arbitrary: any });
}

function objects(schema: JsonObject, names: Names): fc.Arbitrary<unknown> {
  const properties = (schema.properties ?? {}) as { [name: string]: JsonObject };
  const required = (schema.required ?? []) as string[];
  if (Object.keys(properties).length === 0)
    return fc.dictionary(fc.string({ minLength: 1, maxLength: 20 }), fc.string({ maxLength: 20 }), { maxKeys: 3 });
  const fields = Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, fitting(each, names)]));
  return fc.record(fields, { requiredKeys: required });
}

/** One field of a fitting body becomes something else. */
export const mutated = (body: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.tuple(body, fc.nat(), hostile, fc.boolean()).map(([value, pick, evil, added]) => {
    const copy = structuredClone(value) as Record<string, unknown>;
    const fields = Object.keys(copy);
    copy[added ? 'surprise' : (fields[pick % Math.max(fields.length, 1)] ?? 'surprise')] = evil;
    return copy;
  });
