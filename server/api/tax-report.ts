import { z } from 'zod';
import { DomainError } from '../kernel/errors.ts';
import { toMajor } from '../kernel/money.ts';
import { csvCell } from '../platform/csv.ts';
import { readTaxReport, type TaxRow } from '../views/invoices.ts';
import { yours } from './authorise.ts';
import type { Export } from './exports.ts';

const DAYS_AT_MOST = 400;
const day = z.iso.date();

/** Days in UTC, both inclusive. */
export const taxPeriod = z
  .object({ from: day, to: day, merchantId: z.uuid().optional() })
  .refine(({ from, to }) => from <= to, { message: 'The period ends before it begins.', path: ['to'] })
  .refine(({ from, to }) => Date.parse(to) - Date.parse(from) <= DAYS_AT_MOST * 86_400_000, {
    message: `Ask for at most ${DAYS_AT_MOST} days at a time.`,
    path: ['to'],
  });

const HEADER = 'merchant,currency,country,region,tax_rate,invoices,credit_notes,invoiced_net,credited_net,net,tax';

/** Tax by jurisdiction as a file, amounts in major units. */
export const taxReportExport: Export = {
  prepare(query, scope) {
    const asked = { from: query.get('from') ?? '', to: query.get('to') ?? '', merchantId: query.get('merchant') || undefined };
    const read = taxPeriod.safeParse(asked);
    if (!read.success) {
      const [issue] = read.error.issues;
      throw new DomainError('invalid_request', issue?.message ?? 'Name a period.', { field: issue?.path.join('.') ?? 'from' });
    }
    const period = read.data;
    if (period.merchantId) yours(scope, { merchantId: period.merchantId });
    return {
      name: `tax-${period.from}-${period.to}.csv`,
      async *pieces(tx) {
        const rows = await readTaxReport(tx, scope, period);
        yield [HEADER, ...rows.map(csvLine), ''].join('\r\n');
      },
    };
  },
};

function csvLine(row: TaxRow): string {
  const { currency } = row;
  const money = (amountMinor: bigint) => toMajor({ amountMinor, currency });
  return [
    csvCell(row.merchantName),
    currency,
    row.country,
    csvCell(row.region ?? ''),
    row.taxRate,
    row.invoices,
    row.creditNotes,
    money(row.invoicedNetMinor),
    money(row.creditedNetMinor),
    money(row.netMinor),
    money(row.taxMinor),
  ].join(',');
}
