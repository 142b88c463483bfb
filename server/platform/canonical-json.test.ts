import fc from 'fast-check';
import { canonicalize } from 'json-canonicalize';
import { expect, test } from 'vitest';
import { canonicalJson, jsonCopy } from './canonical-json.ts';

test('any JSON is written as another implementation of RFC 8785 writes it', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(canonicalJson(value)).toBe(canonicalize(value));
    }),
    { numRuns: 2_000 },
  );
});

test('names that look like numbers are sorted as text', () => {
  expect(canonicalJson({ 9: 'b', 10: 'a', é: 1, e: 2 })).toBe('{"10":"a","9":"b","e":2,"é":1}');
});

test('dates, bigints and what is not there are written as requests have them', () => {
  const at = new Date('2026-11-27T12:00:00Z');
  expect(canonicalJson({ at, amount: 12n, none: undefined, list: [undefined, 1] })).toBe(
    '{"amount":"12","at":"2026-11-27T12:00:00.000Z","list":[null,1]}',
  );
});

test('a copy for JSON is what JSON itself would bring back, with bigints as numbers where they are exact', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(jsonCopy(value)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
  const named = JSON.parse('{"__proto__":{"role":"admin"}}') as Record<string, unknown>;
  expect(JSON.stringify(jsonCopy(named))).toBe('{"__proto__":{"role":"admin"}}');
  expect(jsonCopy(named).role).toBeUndefined();
  expect(jsonCopy([-0, Number.NaN])).toEqual([0, null]);
  expect(jsonCopy({ small: 12n, large: 2n ** 60n, none: undefined, list: [undefined, 3n] })).toEqual({
    small: 12,
    large: '1152921504606846976',
    list: [null, 3],
  });
});
