import { createHash } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { COLUMNS, type Place, type Read, type Reject, readLine, type SourceLine } from '../../domains/imports/rules.ts';

/** A file to import: its name is how its lines are called for ever after. */
export interface SourceFile {
  readonly name: string;
  readonly bytes: Buffer;
}

export interface ReadFiles {
  readonly lines: SourceLine[];
  readonly rejects: Reject[];
  readonly digests: { readonly name: string; readonly sha256: string }[];
}

interface Row {
  readonly record: string[];
  readonly line: number;
}

/** Reads every line of every file: each becomes a line or a reject with its reason, and none is passed over. */
export function readFiles(files: readonly SourceFile[]): ReadFiles {
  const read: ReadFiles = { lines: [], rejects: [], digests: [] };
  for (const file of files) {
    read.digests.push({ name: file.name, sha256: createHash('sha256').update(file.bytes).digest('hex') });
    for (const result of readFile(file)) {
      if (result.kind === 'line') read.lines.push(result.line);
      else read.rejects.push(result.reject);
    }
  }
  return read;
}

function* readFile(file: SourceFile): Generator<Read> {
  // What is not UTF-8 becomes U+FFFD, by which readLine knows the line.
  const text = new TextDecoder('utf-8').decode(file.bytes);
  const [header, ...rows] = rowsOf(text);
  const columns = header?.record.map((name) => name.trim()) ?? [];
  const missing = COLUMNS.filter((name) => !columns.includes(name));
  for (const { record, line } of rows) {
    if (record.length === 1 && record[0]?.trim() === '') continue; // an empty line at the end of the file
    const place: Place = { file: file.name, line };
    const no = (reason: string): Read => ({
      kind: 'reject',
      reject: { ...place, reason, invoice: null, sku: null, quantity: null, priceMicros: null },
    });
    if (missing.length > 0) yield no(`The file has no column ${missing.join(', ')}.`);
    else if (record.length !== columns.length)
      yield no(`The line has ${record.length} columns; the header has ${columns.length}.`);
    else yield readLine(place, Object.fromEntries(columns.map((name, index) => [name, record[index]])));
  }
}

const OPTIONS = { relax_column_count: true, relax_quotes: true, bom: true, skip_empty_lines: false } as const;

/** A quote that is never closed would swallow the rest of the file: then each physical line is read for itself. */
function rowsOf(text: string): Row[] {
  try {
    const parsed = parse(text, { ...OPTIONS, info: true }) as unknown as { record: string[]; info: { lines: number } }[];
    let above = 0;
    return parsed.map(({ record, info }) => {
      const line = above + 1;
      above = info.lines;
      return { record, line };
    });
  } catch {
    return text.split(/\r?\n/).map((physical, index) => ({ record: parseAlone(physical), line: index + 1 }));
  }
}

function parseAlone(physical: string): string[] {
  if (physical === '') return [''];
  try {
    return (parse(physical, OPTIONS) as string[][])[0] ?? [''];
  } catch {
    return [physical]; // one column: rejected for it
  }
}
