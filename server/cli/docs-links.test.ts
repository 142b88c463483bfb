import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './project.ts';

/** What people read of this house: every name in it must be the name of something that is there. */
const PAGES = ['README.md', 'ARCHITECTURE.md', ...globSync('docs/**/*.md', { cwd: ROOT })];
const FILES = globSync(['*', '.*', '{app,components,server,jobs,prisma,e2e,bench,docs}/**/*'], { cwd: ROOT }).filter((path) =>
  /\.\w+$/.test(path),
);
const NAMES = new Set(FILES.map((path) => basename(path)));
const SOURCES = FILES.filter((path) => /\.(ts|tsx|mjs)$/.test(path) && !path.startsWith('server/platform/prisma/'))
  .map((path) => readFileSync(join(ROOT, path), 'utf8'))
  .join('\n');
const SCRIPTS = (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> }).scripts;

/** A page that is wrong in every way, to see that it is told. */
const PLANTED = 'docs/planted.md';
const PLANTED_TEXT = '[a](gone.md) [b](#gone) [c](ledger.md#gone) `server/flows/gone.ts` `gone-too.ts` `goneAway()` npm run gone';
const read = (page: string): string => (page === PLANTED ? PLANTED_TEXT : readFileSync(join(ROOT, page), 'utf8'));
/** Prose only: what stands between fences is an example. */
const prose = (page: string): string => read(page).replaceAll(/^ *```[\s\S]*?^ *```/gm, '');
const inBackticks = (page: string): string[] => [...prose(page).matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '');

/** The anchors that a page's headings make, as GitHub makes them. */
function anchors(page: string): Set<string> {
  const headings = [...prose(page).matchAll(/^#{1,6} +(.+)$/gm)].map((match) => match[1] ?? '');
  return new Set(
    headings.map((heading) =>
      heading
        .replaceAll(/[`*]/g, '')
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replaceAll(' ', '-'),
    ),
  );
}

function deadLinks(page: string): string[] {
  const targets = [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '');
  return targets.filter((target) => {
    if (/^(https?:|mailto:)/.test(target)) return false;
    const [path = '', anchor] = target.split('#', 2);
    const file = path === '' ? page : normalize(join(dirname(page), path));
    if (!existsSync(join(ROOT, file))) return true;
    return anchor !== undefined && anchor !== '' && !anchors(file).has(anchor);
  });
}

const FOLDER = /^(app|components|server|jobs|prisma|e2e|bench|docs)\//;

/** Paths and file names. <noun> and * stand for any name, {a,b} for either. */
function missingFiles(page: string): string[] {
  return inBackticks(page).filter((text) => {
    if (/\s/.test(text)) return false;
    if (FOLDER.test(text)) {
      const pattern = text.replaceAll(/<[^>]+>/g, '*').replace(/\/$/, '');
      if (existsSync(join(ROOT, pattern))) return false;
      return globSync(pattern.replaceAll(/[[\]()]/g, '?'), { cwd: ROOT }).length === 0;
    }
    return /^[\w.-]+\.(ts|tsx|mjs|cjs|css|sql|prisma)$/.test(text) && !NAMES.has(text);
  });
}

/** `name()` is a function, a method or a procedure of ours. */
function missingFunctions(page: string): string[] {
  return inBackticks(page).filter((text) => {
    const name = /^(?:\w+\.)*(\w+)\(\)$/.exec(text)?.[1];
    if (!name) return false;
    return !new RegExp(`(?:function\\*? |const |async |^ *|readonly )${name}\\b\\s*(?:[(<=:?])`, 'm').test(SOURCES);
  });
}

/** `npm run x` is a script, and the command behind it is there. */
function missingCommands(page: string): string[] {
  const named = [...read(page).matchAll(/npm run ([\w:-]+)/g)].map((match) => match[1] ?? '');
  return named.filter((name) => {
    const file = /bootstrap\.mjs ([\w-]+)/.exec(SCRIPTS[name] ?? '')?.[1];
    return SCRIPTS[name] === undefined || (file !== undefined && !existsSync(join(ROOT, 'server/cli', `${file}.ts`)));
  });
}

describe.each(PAGES)('%s', (page) => {
  it('links to what is there', () => expect(deadLinks(page)).toEqual([]));
  it('names files that are there', () => expect(missingFiles(page)).toEqual([]));
  it('names functions that are there', () => expect(missingFunctions(page)).toEqual([]));
  it('names commands that are there', () => expect(missingCommands(page)).toEqual([]));
});

it('a name of something that is not there is told', () => {
  expect(deadLinks(PLANTED)).toEqual(['gone.md', '#gone', 'ledger.md#gone']);
  expect(missingFiles(PLANTED)).toEqual(['server/flows/gone.ts', 'gone-too.ts']);
  expect(missingFunctions(PLANTED)).toEqual(['goneAway()']);
  expect(missingCommands(PLANTED)).toEqual(['gone']);
});
