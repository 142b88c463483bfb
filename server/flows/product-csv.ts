import { Readable } from 'node:stream';
import { type CsvError, type InfoRecord, parse } from 'csv-parse';
import { CSV_COLUMNS, CSV_REQUIRED, type CsvColumn, type CsvRow, csvRow, MAX_CSV_ROWS } from '../domains/catalog/schema.ts';
import { isGtin, looksLikeCardNumber } from '../kernel/card-numbers.ts';
import { DomainError } from '../kernel/errors.ts';

/** A product file as it was read: each of its lines is either a row or rejected with the reason, by its number in the file. */
export interface ProductFile {
  readonly rows: readonly { readonly line: number; readonly row: CsvRow }[];
  readonly rejected: readonly RejectedLine[];
}

export interface RejectedLine {
  /** Where the record begins in the file; its first line is 1. */
  readonly line: number;
  readonly sku: string;
  readonly reason: string;
}

/** How much is handed to the parser at a time: between two pieces other requests get their turn. */
const PIECE_CHARACTERS = 64 * 1024;
const DELIMITERS = [',', ';', '\t'] as const;
const MAX_REPORTED_CELL = 100;

/**
 * Reads a product file: comma, semicolon or tab, with or without a byte-order mark. Throws `invalid_request` where the file as a whole
 * cannot be read: no header, a column it lacks, no line at all, too many lines.
 */
export async function readProductFile(text: string): Promise<ProductFile> {
  const rows: { line: number; row: CsvRow }[] = [];
  const rejected: RejectedLine[] = [];
  const lines = new Map<string, number>();
  let header: (CsvColumn | null)[] | undefined;
  let records = 0;
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
        if (error) rejected.push({ line: Number(error.lines ?? 0), sku: '', reason: quoteProblem(error) });
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
      header = readHeader(cells);
      continue;
    }
    if (cells.every((cell) => cell.trim() === '')) continue;
    records += 1;
    if (records + rejected.length > MAX_CSV_ROWS)
      throw new DomainError('invalid_request', `A file has at most ${MAX_CSV_ROWS} lines. Split it.`);
    const line = info.lines - breaksWithin(raw);
    const read = readRecord(header, cells);
    const first = read.row && lines.get(read.row.sku);
    if (!read.row) rejected.push({ line, sku: read.sku, reason: read.reason });
    else if (first !== undefined) rejected.push({ line, sku: read.sku, reason: `sku: line ${first} names it already` });
    else {
      lines.set(read.row.sku, line);
      rows.push({ line, row: read.row });
    }
  }
  if (!header || rows.length + rejected.length === 0)
    throw new DomainError(
      'invalid_request',
      `The file has no lines. Its first line names the columns: ${CSV_COLUMNS.join(', ')}.`,
    );
  return { rows, rejected: rejected.sort((a, b) => a.line - b.line) };
}

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

function readHeader(cells: readonly string[]): (CsvColumn | null)[] {
  const header = cells.map((cell) => {
    const name = cell.trim().toLowerCase().replaceAll(' ', '_');
    return CSV_COLUMNS.find((column) => column === name) ?? null;
  });
  const missing = CSV_REQUIRED.filter((column) => !header.includes(column));
  if (missing.length > 0) {
    const they = `The file has no column ${missing.join(', ')}. Its first line names the columns: ${CSV_COLUMNS.join(', ')}.`;
    throw new DomainError('invalid_request', they);
  }
  const twice = header.find((column, index) => column !== null && header.indexOf(column) !== index);
  if (twice) throw new DomainError('invalid_request', `The file names the column ${twice} twice.`);
  return header;
}

type Read =
  | { readonly row: CsvRow; readonly sku: string }
  | { readonly row?: never; readonly sku: string; readonly reason: string };

function readRecord(header: readonly (CsvColumn | null)[], cells: readonly string[]): Read {
  const values: Partial<Record<CsvColumn, string>> = {};
  header.forEach((column, index) => {
    const cell = cells[index] ?? '';
    const required = column !== null && (CSV_REQUIRED as readonly string[]).includes(column);
    if (column !== null && (required || cell.trim() !== '')) values[column] = cell;
  });
  const sku = (values.sku ?? '').trim().slice(0, MAX_REPORTED_CELL);
  if (cells.length !== header.length)
    return {
      sku,
      reason: `It has ${cells.length} cells, the header has ${header.length}: quote cells that contain the separator`,
    };
  const card = header.find((column) => column !== null && holdsCardNumber(column, values[column] ?? ''));
  if (card) return { sku: '', reason: `${card}: card numbers are not kept here` };
  const parsed = csvRow.safeParse(values);
  if (parsed.success) return { row: parsed.data, sku: parsed.data.sku };
  return { sku, reason: parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ') };
}

/** Article numbers are long, too, and one in ten of them happens to pass a card's check. */
function holdsCardNumber(column: CsvColumn, cell: string): boolean {
  return looksLikeCardNumber(cell) && !((column === 'sku' || column === 'barcode') && isGtin(cell.trim()));
}

/** A quoted cell may go over several lines; the record is named by the line it begins on. */
function breaksWithin(raw: string): number {
  return raw.trim().split(/\r\n|\r|\n/).length - 1;
}

function quoteProblem(error: CsvError): string {
  return error.code === 'CSV_QUOTE_NOT_CLOSED'
    ? 'A quote is opened and never closed: everything after it belongs to one cell'
    : 'A quote stands inside a cell: put the cell in quotes and double the quotes in it';
}
