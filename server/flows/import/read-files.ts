import { createHash } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import {
  COLUMNS,
  type Place,
  type Read,
  type Reject,
  readLine,
  type SourceLine,
  shareValues,
} from '../../domains/imports/rules.ts';

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

/** A physical line; `fields` is null where a quote is opened in it and not closed. */
interface Row {
  readonly fields: readonly string[] | null;
  readonly line: number;
}

/** Reads every line of every file: each becomes a line or a reject with its reason, and none is passed over. */
export function readFiles(files: readonly SourceFile[]): ReadFiles {
  const read: ReadFiles = { lines: [], rejects: [], digests: [] };
  const shared = shareValues();
  for (const file of files) {
    read.digests.push({ name: file.name, sha256: createHash('sha256').update(file.bytes).digest('hex') });
    for (const result of readFile(file)) {
      if (result.kind === 'line') read.lines.push(shared(result.line));
      else read.rejects.push(result.reject);
    }
  }
  return read;
}

function* readFile(file: SourceFile): Generator<Read> {
  // What is not UTF-8 becomes U+FFFD, by which readLine knows the line.
  const text = new TextDecoder('utf-8').decode(file.bytes);
  const [header, ...rows] = rowsOf(text);
  const columns = header?.fields?.map((name) => name.trim()) ?? [];
  const unusable = headerProblem(columns);
  for (const { fields, line } of rows) {
    if (fields?.length === 1 && NOTHING.test(fields[0] ?? '')) continue; // an empty line is no line
    const place: Place = { file: file.name, line };
    const no = (reason: string): Read => ({
      kind: 'reject',
      reject: { ...place, reason, invoice: null, sku: null, quantity: null, priceMicros: null },
    });
    if (unusable) yield no(unusable);
    else if (!fields)
      yield no('A quote is opened in this line and not closed: close it, or double it where it is part of the text.');
    else if (fields.length !== columns.length)
      yield no(
        `The line has ${fields.length} columns; the header has ${columns.length}: put fields that contain commas in double quotes.`,
      );
    else yield readLine(place, Object.fromEntries(columns.map((name, index) => [name, fields[index]])));
  }
}

/** Why no line below this header can be read, or null. */
function headerProblem(columns: readonly string[]): string | null {
  if (columns.some((name) => name.includes('\uFFFD'))) return 'The header is not UTF-8: save the file as CSV in UTF-8.';
  const missing = COLUMNS.filter((name) => !columns.includes(name));
  if (missing.length > 0)
    return `The file has no column ${missing.join(', ')}: its first line must name all of ${COLUMNS.join(', ')}.`;
  const twice = COLUMNS.find((name) => columns.indexOf(name) !== columns.lastIndexOf(name));
  return twice ? `The file has the column ${twice} twice: leave one of them out.` : null;
}

/** NUL: what is left of a line's end in UTF-16. */
const NOTHING = /^[\s\0]*$/;

const OPTIONS = { relax_column_count: true, relax_quotes: true, record_delimiter: '\n' } as const;

/**
 * A record is a physical line, so that each line of the file is accounted for under its own number. Lines without a quote are cut at
 * their commas. Those with one are read together, which is fast; where a stray quote joined some of them, each is read for itself.
 */
function rowsOf(text: string): Row[] {
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.at(-1) === '') lines.pop();
  const quoted = lines.filter((line) => line.includes('"'));
  const together = parseQuoted(quoted.join('\n'));
  const records = together?.length === quoted.length ? together : quoted.map((line) => parseQuoted(line)?.[0] ?? null);
  let next = 0;
  return lines.map((line, index) => ({
    fields: line.includes('"') ? (records[next++] ?? null) : line.split(','),
    line: index + 1,
  }));
}

/** Null where a quote is never closed. */
function parseQuoted(text: string): string[][] | null {
  try {
    return parse(text, OPTIONS);
  } catch {
    return null;
  }
}
