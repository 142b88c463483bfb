/** What a file would do, line by line: the same whichever kind it is. */
export interface FilePreview {
  readonly fingerprint: string;
  /** Lines that would change something, and lines that say what is true already. */
  readonly changed: number;
  readonly unchanged: number;
  /** Lines with something wrong. */
  readonly rejectedCount: number;
  readonly rejected: readonly RejectedCell[];
  /** The first lines that would change something. */
  readonly sample: readonly PlannedLine[];
  /** Whether a second person has to agree before stock changes. */
  readonly waits: boolean;
}

export interface RejectedCell {
  readonly line: number;
  readonly sku: string;
  /** Null where the line as a whole is wrong. */
  readonly column: string | null;
  readonly reason: string;
}

export interface PlannedLine {
  readonly line: number;
  readonly sku: string;
  /** Where: a node's code, or what else the line is about. */
  readonly where: string;
  readonly changes: readonly { readonly column: string; readonly before: string; readonly after: string }[];
}

/** What a spreadsheet would run as a formula is kept as text (OWASP, CSV injection). */
const FORMULA = /^\s*[=+\-@\t\r\n]/;

/** The rejected lines as a file of their own (RFC 4180). */
export function rejectedCellsCsv(rejected: readonly RejectedCell[]): string {
  const cell = (value: string): string => `"${(FORMULA.test(value) ? `'${value}` : value).replaceAll('"', '""')}"`;
  const lines = rejected.map(({ line, sku, column, reason }) =>
    [String(line), cell(sku), cell(column ?? ''), cell(reason)].join(','),
  );
  return ['line,sku,column,reason', ...lines, ''].join('\r\n');
}
