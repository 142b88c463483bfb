import { expect, it } from 'vitest';
import { readMigrations } from './migrate.ts';
import { concurrentIndexes } from './run-migration.ts';

/**
 * A migration lands while processes of the version before it are at work (docs/operators/upgrade.md). So it only adds what they need not
 * know of, and holds no big table for longer than it takes to write into the catalog. What goes is taken away a version later.
 */
const RULES: readonly { readonly breaks: RegExp; readonly instead: string }[] = [
  { breaks: /\bDROP (?:TABLE|COLUMN|VIEW|FUNCTION)\b/i, instead: 'take it away in the version after the last one that reads it' },
  { breaks: /\bRENAME\b/i, instead: 'add the new name, write both, take the old one away later' },
  { breaks: /\bALTER (?:COLUMN )?\w+ (?:SET DATA )?TYPE\b/i, instead: 'add a column of the new type' },
  { breaks: /\bSET NOT NULL\b/i, instead: 'add a CHECK … NOT VALID, validate it in a migration of its own' },
  {
    breaks: /\bADD (?!CONSTRAINT)(?:COLUMN )?(?:IF NOT EXISTS )?\w+ [^,;]*\bNOT NULL\b(?![^,;]*\bDEFAULT\b)/i,
    instead: 'give it a default: older versions insert without it',
  },
  { breaks: /^\s*(?:UPDATE|DELETE FROM)\b/im, instead: 'fill in batches by a task, or read the absent value as what it means' },
];

/** From here on; what is older was there before anybody ran Waybill. */
const LAST_WITHOUT = '20261127064100_checkouts';

const statementsOf = (sql: string): string[] =>
  sql
    .replaceAll(/--.*$/gm, '')
    .split(';')
    .filter((statement) => statement.trim() !== '');
const made = (sql: string): Set<string> =>
  new Set([...sql.matchAll(/CREATE TABLE (?:IF NOT EXISTS )?(\w+)/gi)].map((match) => match[1] ?? ''));

/** What a migration would do to those who are at work while it lands. */
function breaches(sql: string): string[] {
  const own = made(sql);
  return statementsOf(sql).flatMap((statement) => {
    const table = /\b(?:ALTER TABLE|INDEX (?:CONCURRENTLY )?(?:IF NOT EXISTS )?\w+ ON) (?:ONLY )?(?:IF EXISTS )?(\w+)/i.exec(
      statement,
    )?.[1];
    if (table && own.has(table)) return [];
    const found = RULES.filter(({ breaks }) => breaks.test(statement)).map(({ instead }) => instead);
    if (/\b(?:CREATE (?:UNIQUE )?|DROP )INDEX\b/i.test(statement) && !concurrentIndexes(sql))
      found.push('CREATE INDEX CONCURRENTLY IF NOT EXISTS or DROP INDEX CONCURRENTLY IF EXISTS, in a migration of nothing else');
    if (/\bADD CONSTRAINT\b(?:(?!NOT VALID).)*$/is.test(statement)) found.push('add it NOT VALID');
    return found;
  });
}

it.each(readMigrations().filter(({ name }) => name > LAST_WITHOUT))('$name only adds', ({ sql }) => {
  expect(breaches(sql)).toEqual([]);
});

it.each([
  ['ALTER TABLE orders DROP COLUMN tags', 1],
  ['ALTER TABLE orders RENAME COLUMN tags TO labels', 1],
  ['ALTER TABLE orders ALTER COLUMN total_minor TYPE numeric', 1],
  ['ALTER TABLE orders ALTER email SET NOT NULL', 1],
  ['ALTER TABLE orders ADD COLUMN a text NOT NULL', 1],
  ['UPDATE orders SET holds = holds', 1],
  ['CREATE INDEX i ON orders (id)', 1],
  ['DROP INDEX i', 1],
  ['CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON orders (id); CREATE TABLE t (id uuid)', 1],
  ['ALTER TABLE orders ADD CONSTRAINT c CHECK (id IS NOT NULL)', 1],
  ['ALTER TABLE orders ADD COLUMN a text NOT NULL DEFAULT 1, ADD b text', 0],
  ['CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON orders (id)', 0],
  ['DROP INDEX CONCURRENTLY IF EXISTS i; CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON orders (id)', 0],
  ['CREATE TABLE t (id uuid NOT NULL); CREATE INDEX i ON t (id); ALTER TABLE t ADD CONSTRAINT c CHECK (true)', 0],
  ['ALTER TABLE orders DROP CONSTRAINT c, ADD CONSTRAINT c CHECK (id IS NOT NULL) NOT VALID', 0],
])('%s: %i breaches', (sql, count) => {
  expect(breaches(sql)).toHaveLength(count);
});
