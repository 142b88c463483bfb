import { toMajor } from '../../server/kernel/money.ts';
import type { LiabilityMonth, LiabilityReport, LiabilityRow } from '../../server/views/liabilities.ts';

const HEAD = 'merchant,kind,currency,month,outstanding,held,issued,redeemed,returned,withdrawn,expired';

/** A field as RFC 4180 wants it; a name that a spreadsheet would take for a formula is told to be text. */
function field(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) && !/^-?\d/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

/** The report for a spreadsheet, in major units: one line for what is owed now (without a month), and one for each month. */
export function liabilitiesCsv({ rows, months }: Pick<LiabilityReport, 'rows' | 'months'>): string {
  const names = new Map(rows.map((row) => [row.merchantId, row.merchantName]));
  const line = (row: LiabilityRow | LiabilityMonth, month: string, owed: readonly bigint[]): string => {
    const money = (amountMinor: bigint): string => toMajor({ amountMinor, currency: row.currency });
    const now = owed.length > 0 ? owed.map(money) : ['', ''];
    const moved = [row.issuedMinor, row.redeemedMinor, row.returnedMinor, row.withdrawnMinor, row.expiredMinor].map(money);
    const name = names.get(row.merchantId) ?? row.merchantId;
    return [name, row.kind, row.currency, month, ...now, ...moved].map(field).join(',');
  };
  const lines = [
    ...rows.map((row) => line(row, '', [row.outstandingMinor, row.heldMinor])),
    ...months.map((row) => line(row, row.month, [])),
  ];
  return `${[HEAD, ...lines].join('\r\n')}\r\n`;
}
