import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from './project.ts';

/** docs/consistency.md promises nothing that no test proves: every test it names is there, and every table is spoken for. */
const PAGE = readFileSync(join(ROOT, 'docs/consistency.md'), 'utf8');
const SCHEMA = readFileSync(join(ROOT, 'prisma/schema.prisma'), 'utf8');
const LEVELS = /\b(strong|at least|eventual|never changes|with its event|of each process alone)\b/;

interface Claim {
  readonly line: string;
  readonly level: string;
  readonly tests: readonly { readonly file: string; readonly title: string }[];
}

/** The rows of the tables that promise something: entity, operation, level, proof. */
function claims(page: string): Claim[] {
  const rows = page
    .split('\n')
    .filter((line) => line.startsWith('|') && line.split(' | ').length === 4 && !/^\|[-|]+$/.test(line));
  return rows
    .filter((line) => !line.startsWith('| entity |'))
    .map((line) => {
      const [, , level = '', proof = ''] = line.split(' | ');
      const named = [...proof.matchAll(/`([^`]+)` “([^”]+)”/g)];
      return { line, level, tests: named.map(([, file = '', title = '']) => ({ file, title })) };
    });
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Whether the file has a test of that name: a literal first argument of it() or test(), also behind .each(). */
function hasTest(file: string, title: string): boolean {
  if (!/\.(test|spec)\.tsx?$/.test(file) || !existsSync(join(ROOT, file))) return false;
  const source = readFileSync(join(ROOT, file), 'utf8');
  return new RegExp(`(?:\\b(?:it|test)|\\))\\(\\s*(['"\`])${escaped(title)}\\1`).test(source);
}

const missing = (page: string): string[] =>
  claims(page).flatMap(({ line, tests }) => {
    if (tests.length === 0) return [`no test: ${line}`];
    return tests.filter(({ file, title }) => !hasTest(file, title)).map(({ file, title }) => `${file}: ${title}`);
  });

const tables = (schema: string): string[] => [...schema.matchAll(/@@map\("(\w+)"\)/g)].map((match) => match[1] ?? '');
const unspoken = (page: string, schema: string): string[] => tables(schema).filter((table) => !page.includes(`\`${table}\``));

it('every claim names a level and tests that are there', () => {
  expect(claims(PAGE).length).toBeGreaterThan(50);
  expect(claims(PAGE).filter(({ level }) => !LEVELS.test(level))).toEqual([]);
  expect(missing(PAGE)).toEqual([]);
});

it('every table of the database is spoken for', () => {
  expect(tables(SCHEMA).length).toBeGreaterThan(40);
  expect(unspoken(PAGE, SCHEMA)).toEqual([]);
});

it('a test that is not there is told, and a row without one, and a table without a row', () => {
  const planted = [
    '| entity | operation | level | proof |',
    '|---|---|---|---|',
    '| order `orders` | read | strong | `server/cli/consistency.test.ts` “every claim names a level and tests that are there” |',
    '| order | write | strong | `server/cli/consistency.test.ts` “every claim names a level” |',
    '| order | burn | strong | `server/cli/gone.test.ts` “it is gone” `server/cli/project.ts` “no test” |',
    '| order | lose | strong | because we say so |',
  ].join('\n');
  expect(missing(planted)).toEqual([
    'server/cli/consistency.test.ts: every claim names a level',
    'server/cli/gone.test.ts: it is gone',
    'server/cli/project.ts: no test',
    'no test: | order | lose | strong | because we say so |',
  ]);
  expect(unspoken(planted, 'model A {\n @@map("orders")\n}\nmodel B {\n @@map("ghosts")\n}')).toEqual(['ghosts']);
});
