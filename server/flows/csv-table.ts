import { Readable } from 'node:stream';
import { type CsvError, type InfoRecord, parse } from 'csv-parse';
import type { z } from 'zod';
import { isGtin, looksLikeCardNumber } from '../kernel/card-numbers.ts';
import { DomainError } from '../kernel/errors.ts';

/** What a kind of file holds. */
export interface TableSpec<R> {
  /** Every column there may be, by its name in the header. Others are passed over. */
  readonly columns: readonly string[];
  readonly required: readonly string[];
  /** Reads one record, by column; empty optional cells are left out before. */
  readonly row: z.ZodType<R>;
  /** What no two lines may say, with the column that says it. */
  readonly unique?: { readonly column: string; key(row: R): string };
  readonly maxRows: number;
  /** Columns of article numbers, which are long, too: one in ten of them happens to pass a card's check. */
  readonly articles: readonly string[];
  /** Whether our own exports of this kind put an apostrophe before what a spreadsheet would run as a formula. */
  readonly neutralised?: boolean;
}

/** A file as it was read: each of its lines is either a row or rejected with what is wrong, by its number in the file. */
export interface Table<R> {
  readonly rows: readonly { readonly line: number; readonly row: R }[];
  readonly rejected: readonly BadLine[];
}

export interface BadLine {
  /** Where the record begins in the file; its first line is 1. */
  readonly line: number;
  readonly sku: string;
  readonly problems: readonly CellProblem[];
}

export interface CellProblem {
  /** Null where the line as a whole is wrong. */
  readonly column: string | null;
  readonly message: string;
}

/** How much is handed to the parser at a time: between two pieces other requests get their turn. */
const PIECE_CHARACTERS = 64 * 1024;
const DELIMITERS = [',', ';', '\t'] as const;
const MAX_REPORTED_CELL = 100;
/** A replacement character or a zero byte: the file was read, or saved, as another encoding than it is in. */
const NOT_TEXT = /[\0\uFFFD]/;
const OWN_APOSTROPHE = /^'(?=\s*[=+\-@\t\r\n])/;

/**
 * Reads a file of rows: comma, semicolon or tab, with or without a byte-order mark. Throws `invalid_request` where the file as a whole
 * cannot be read: no header, a column it lacks, no line at all, too many lines.
 */
export async function readTable<R>(text: string, spec: TableSpec<R>): Promise<Table<R>> {
  const rows: { line: number; row: R }[] = [];
  const rejected: BadLine[] = [];
  const seen = new Map<string, number>();
  let header: (string | null)[] | undefined;
  let records = 0;
  /** Where the last record that could be read ends: a quote that never closes was opened on the line after it. */
  let end = 0;
  const parser = Readable.from(pieces(text)).pipe(
    parse({
      bom: true,
      delimiter: delimiterOf(text),
      info: true,
      raw: true,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_error: true,
      on_skip: (error) => {
        if (error)
          rejected.push({
            line: isOpenQuote(error) ? 0 : Number(error.lines ?? 0),
            sku: '',
            problems: whole(quoteProblem(error)),
          });
        return undefined;
      },
    }),
  );
  for await (const { record: cells, info, raw } of parser as AsyncIterable<{
    record: string[];
    info: InfoRecord;
    raw: string;
  }>) {
    if (!header) {
      header = readHeader(cells, spec);
      end = info.lines;
      continue;
    }
    if (cells.every((cell) => cell.trim() === '')) continue;
    records += 1;
    if (records + rejected.length > spec.maxRows)
      throw new DomainError('invalid_request', `A file has at most ${spec.maxRows} lines. Split it.`);
    end = info.lines;
    const line = info.lines - breaksWithin(raw);
    const read = readRecord(header, cells, spec);
    if (!read.ok) {
      rejected.push({ line, sku: read.sku, problems: read.problems });
      continue;
    }
    const key = spec.unique?.key(read.row);
    const first = key === undefined ? undefined : seen.get(key);
    if (first !== undefined) {
      const problem = { column: spec.unique?.column ?? null, message: `line ${first} names it already` };
      rejected.push({ line, sku: read.sku, problems: [problem] });
      continue;
    }
    if (key !== undefined) seen.set(key, line);
    rows.push({ line, row: read.row });
  }
  if (!header || rows.length + rejected.length === 0)
    throw new DomainError(
      'invalid_request',
      `The file has no lines. Its first line names the columns: ${spec.columns.join(', ')}.`,
    );
  const placed = rejected.map((bad) => (bad.line === 0 ? { ...bad, line: end + 1 } : bad));
  return { rows, rejected: placed.sort((a, b) => a.line - b.line) };
}

const whole = (message: string): CellProblem[] => [{ column: null, message }];

function* pieces(text: string): Generator<string> {
  for (let at = 0; at < text.length; at += PIECE_CHARACTERS) yield text.slice(at, at + PIECE_CHARACTERS);
}

/** The separator that the header uses most. */
function delimiterOf(text: string): string {
  const end = text.search(/[\r\n]/);
  const first = end === -1 ? text : text.slice(0, end);
  const counts = DELIMITERS.map((delimiter) => first.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ',';
}

function readHeader<R>(cells: readonly string[], { columns, required }: TableSpec<R>): (string | null)[] {
  const header = cells.map((cell) => {
    const name = cell.trim().toLowerCase().replaceAll(' ', '_');
    return columns.find((column) => column === name) ?? null;
  });
  const missing = required.filter((column) => !header.includes(column));
  if (missing.length > 0) {
    const they = `The file has no column ${missing.join(', ')}. Its first line names the columns: ${columns.join(', ')}.`;
    throw new DomainError('invalid_request', they);
  }
  const twice = header.find((column, index) => column !== null && header.indexOf(column) !== index);
  if (twice) throw new DomainError('invalid_request', `The file names the column ${twice} twice.`);
  return header;
}

type Read<R> =
  | { readonly ok: true; readonly row: R; readonly sku: string }
  | { readonly ok: false; readonly sku: string; readonly problems: readonly CellProblem[] };

function readRecord<R>(header: readonly (string | null)[], cells: readonly string[], spec: TableSpec<R>): Read<R> {
  const values: Record<string, string> = {};
  header.forEach((column, index) => {
    const given = cells[index] ?? '';
    const cell = spec.neutralised ? given.replace(OWN_APOSTROPHE, '') : given;
    if (column !== null && (spec.required.includes(column) || cell.trim() !== '')) values[column] = cell;
  });
  const sku = (values.sku ?? '').trim().slice(0, MAX_REPORTED_CELL);
  const no = (problems: readonly CellProblem[], shown = sku): Read<R> => ({ ok: false, sku: shown, problems });
  if (cells.length !== header.length)
    return no(whole(`It has ${cells.length} cells, the header has ${header.length}: quote cells that contain the separator`));
  const garbled = header.find((column) => column !== null && NOT_TEXT.test(values[column] ?? ''));
  if (garbled) return no([{ column: garbled, message: 'It holds characters that cannot be read: save the file as UTF-8' }], '');
  const card = header.find((column) => column !== null && holdsCardNumber(spec.articles.includes(column), values[column] ?? ''));
  if (card) return no([{ column: card, message: 'card numbers are not kept here' }], '');
  const parsed = spec.row.safeParse(values);
  if (parsed.success) return { ok: true, row: parsed.data, sku };
  return no(parsed.error.issues.map((issue) => ({ column: issue.path.join('.') || null, message: issue.message })));
}

function holdsCardNumber(article: boolean, cell: string): boolean {
  return looksLikeCardNumber(cell) && !(article && isGtin(cell.trim()));
}

/** A quoted cell may go over several lines; the record is named by the line it begins on. */
function breaksWithin(raw: string): number {
  return raw.trim().split(/\r\n|\r|\n/).length - 1;
}

const isOpenQuote = (error: CsvError): boolean => error.code === 'CSV_QUOTE_NOT_CLOSED';

function quoteProblem(error: CsvError): string {
  return isOpenQuote(error)
    ? 'A quote is opened and never closed: everything after it belongs to one cell'
    : 'A quote stands inside a cell: put the cell in quotes and double the quotes in it';
}
