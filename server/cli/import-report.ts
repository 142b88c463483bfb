import { BUCKETS } from '../domains/imports/rules.ts';
import type { ImportReport } from '../flows/import/online-retail.ts';
import { formatDecimal, parseDecimal } from '../kernel/money.ts';

const TITLES: Readonly<Record<(typeof BUCKETS)[number], string>> = {
  sale: 'Sales',
  refund: 'Refunds in full',
  refund_partial: 'Refunds in part',
  refund_unmatched: 'Refunds unmatched',
  adjustment: 'Stock adjustments',
  reject: 'Rejected',
};

const micros = (text: string): bigint => parseDecimal(text) ?? 0n;
const money = (value: bigint): string => {
  const text = formatDecimal(value, 6, 2);
  const [whole = '0', fraction = ''] = text.split('.');
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${fraction}`;
};

/**
 * The reconciliation of an import: what was read, what the ledger holds, and by name what is between them. `agrees` is false where
 * a line is missing or the differences do not explain everything.
 */
export function reconciliation(report: ImportReport): { readonly text: string; readonly agrees: boolean } {
  const rows = BUCKETS.flatMap((bucket) => report.buckets.filter((total) => total.bucket === bucket));
  const sum = (pick: (row: (typeof rows)[number]) => bigint): bigint => rows.reduce((total, row) => total + pick(row), 0n);
  const lines = rows.reduce((total, row) => total + row.lines, 0);
  const source = sum((row) => micros(row.source));
  const variance = sum((row) => micros(row.priceVariance));
  const rounding = sum((row) => micros(row.rounding));
  const unmatched = sum((row) => micros(row.unmatched));
  const outside = rows
    .filter((row) => row.bucket === 'adjustment' || row.bucket === 'reject')
    .reduce((total, row) => total + micros(row.source), 0n);
  const posted = (report.ledger.salesMinor - report.ledger.refundsMinor) * 10_000n;
  const unexplained = source - posted - variance - rounding - unmatched - outside;
  const head = ['', 'lines', 'orders', 'source', 'ledger'];
  const table = [
    head,
    ...rows.map((row) => [
      TITLES[row.bucket as (typeof BUCKETS)[number]],
      String(row.lines),
      row.orders > 0 ? String(row.orders) : '',
      money(micros(row.source)),
      money(row.ledgerMinor * 10_000n),
    ]),
    ['Everything read', String(lines), '', money(source), money(posted)],
  ];
  const widths = head.map((_, column) => Math.max(...table.map((row) => (row[column] ?? '').length)));
  const drawn = table.map((row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  '),
  );
  const differences: [string, bigint][] = [
    ['Source − ledger', source - posted],
    ['  price variance', variance],
    ['  rounding', rounding],
    ['  unmatched refunds', unmatched],
    ['  adjustments and rejects', outside],
    ['  unexplained', unexplained],
  ];
  const label = Math.max(...differences.map(([name]) => name.length));
  const amounts = differences.map(([, value]) => money(value));
  const width = Math.max(...amounts.map((amount) => amount.length));
  const agrees = lines === report.linesRead && unexplained === 0n;
  const verdict = agrees
    ? 'Every line is in one bucket, and the differences are explained to the last penny.'
    : `This does not agree: ${report.linesRead} lines were read, ${lines} ended, ${money(unexplained)} is unexplained.`;
  const text = [
    `${report.resumed ? 'Resumed: the' : 'The'} reconciliation, in ${report.currency}`,
    '',
    ...drawn,
    '',
    ...differences.map(([name], index) => `${name.padEnd(label)}  ${(amounts[index] ?? '').padStart(width)}`),
    '',
    verdict,
  ].join('\n');
  return { text, agrees };
}
