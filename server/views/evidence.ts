import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DomainError } from '../kernel/errors.ts';

/** What this version was seen to do: the pages of docs/evidence/, as they were written by deep runs and benches. */
export type EvidenceBlock =
  | { readonly kind: 'heading' | 'text' | 'code'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'table'; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };

export interface EvidenceSummary {
  /** Of its file, and of its address. */
  readonly name: string;
  readonly title: string;
  /** The commit it was seen at, and whether files differed from it; null where the page does not say. */
  readonly commit: string | null;
  /** ISO day. */
  readonly seenOn: string | null;
  /** The first lines of its first table. */
  readonly figures: readonly string[];
}

export interface EvidencePage extends EvidenceSummary {
  readonly blocks: readonly EvidenceBlock[];
}

const FOLDER = join(import.meta.dirname, '../../docs/evidence');
/** Made from the others, by `npm run docs`. */
const INDEX = 'index.md';
const SHOWN_FIGURES = 3;
const SHOWN_COLUMNS = 2;

/** Every page, by title. Empty where this installation has none. */
export async function listEvidence(folder: string = FOLDER): Promise<EvidenceSummary[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const files = names.filter(isPage);
  return summaries(await Promise.all(files.map(async (file) => [file, await readFile(join(folder, file), 'utf8')] as const)));
}

/** A page among the files of the folder. */
export const isPage = (file: string): boolean => file.endsWith('.md') && file !== INDEX;

/** What each file says in a line, by title. */
export function summaries(files: readonly (readonly [file: string, text: string])[]): EvidenceSummary[] {
  return files
    .map(([file, text]) => {
      const { blocks: _blocks, ...summary } = parseEvidence(file.slice(0, -'.md'.length), text);
      return summary;
    })
    .sort((a, b) => (a.title < b.title ? -1 : 1));
}

/** One page by its name. Throws `not_found`. */
export async function readEvidence(name: string, folder: string = FOLDER): Promise<EvidencePage> {
  const found = (await listEvidence(folder)).find((page) => page.name === name);
  if (!found) throw new DomainError('not_found', 'There is no such page of evidence.');
  return parseEvidence(name, await readFile(join(folder, `${name}.md`), 'utf8'));
}

/** Reads as much Markdown as those who write these pages use: headings, paragraphs, lists, tables and code. */
export function parseEvidence(name: string, text: string): EvidencePage {
  const [, title = name, body = ''] = /^# +(.+)\n([\s\S]*)$/.exec(text) ?? [];
  const blocks = body
    .split(/(^```[^\n]*\n[\s\S]*?^```$)|\n{2,}/m)
    .filter((part) => part !== undefined && part.trim() !== '')
    .map((part) => blockOf((part as string).trim()));
  const line = /^Commit .*$/m.exec(body)?.[0] ?? '';
  return {
    name,
    title,
    commit: /^Commit ([0-9a-f]{7,40}(?: \+ changes)?)/.exec(line)?.[1] ?? null,
    seenOn: /\d{4}-\d\d-\d\d/.exec(line)?.[0] ?? null,
    figures: figuresOf(blocks),
    blocks,
  };
}

function blockOf(part: string): EvidenceBlock {
  const lines = part.split('\n');
  if (part.startsWith('```')) return { kind: 'code', text: lines.slice(1, -1).join('\n') };
  if (/^#{2,6} /.test(part)) return { kind: 'heading', text: part.replace(/^#+ +/, '') };
  if (part.startsWith('- ')) return { kind: 'list', items: part.slice(2).split('\n- ').map(joined) };
  if (!part.startsWith('|')) return { kind: 'text', text: joined(part) };
  // Emphasis is for those who read the file.
  const [head = [], , ...rows] = lines.map((line) => cells(line.replaceAll('**', '')));
  return { kind: 'table', head, rows };
}

/** A paragraph is one line, however long its lines were. */
const joined = (text: string): string => text.replaceAll(/\s*\n\s*/g, ' ');

const cells = (line: string): string[] =>
  line
    .replace(/^\||\|$/g, '')
    .split('|')
    .map((cell) => cell.trim());

/** "orders 14,332", or, of a wider table, "/shop: performance 99, accessibility 100". */
function figuresOf(blocks: readonly EvidenceBlock[]): string[] {
  const table = blocks.find((block) => block.kind === 'table');
  if (!table) return [];
  return table.rows.slice(0, SHOWN_FIGURES).map(([name = '', ...values]) => {
    if (table.head.length === 2) return `${name} ${values[0] ?? ''}`;
    const said = values.slice(0, SHOWN_COLUMNS).map((value, index) => `${table.head[index + 1] ?? ''} ${value}`);
    return `${name}: ${said.join(', ')}`;
  });
}
