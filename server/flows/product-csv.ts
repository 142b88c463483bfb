import { CSV_COLUMNS, CSV_REQUIRED, type CsvRow, csvRow, MAX_CSV_ROWS } from '../domains/catalog/schema.ts';
import { readTable, type TableSpec } from './csv-table.ts';

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

const PRODUCTS: TableSpec<CsvRow> = {
  columns: CSV_COLUMNS,
  required: CSV_REQUIRED,
  row: csvRow,
  unique: { column: 'sku', key: (row) => row.sku },
  maxRows: MAX_CSV_ROWS,
  articles: ['sku', 'barcode'],
};

/** Reads a product file. Throws `invalid_request` where the file as a whole cannot be read. */
export async function readProductFile(text: string): Promise<ProductFile> {
  const { rows, rejected } = await readTable(text, PRODUCTS);
  const reasons = rejected.map(({ line, sku, problems }) => ({
    line,
    sku,
    reason: problems.map(({ column, message }) => (column === null ? message : `${column}: ${message}`)).join('; '),
  }));
  return { rows, rejected: reasons };
}
