import { minorDigits } from '../../kernel/money.ts';
import type { ReportedBooking } from './provider.ts';

/**
 * Adyen's payment accounting report, one file a day:
 * https://docs.adyen.com/reporting/invoice-reconciliation/payment-accounting-report. Fees are invoiced by the month and stand in none of its lines.
 */
const BOOKED: Readonly<Record<string, ReportedBooking['type']>> = {
  SentForSettle: 'charge',
  SentForRefund: 'refund',
  Chargeback: 'dispute',
  ChargebackReversed: 'dispute',
  SecondChargeback: 'dispute',
};
/** What brings money, or brings it back. */
const GAINS: ReadonlySet<string> = new Set(['SentForSettle', 'ChargebackReversed']);

/** A line of the report: what became of one attempt. */
export interface ReportLine {
  readonly pspReference: string;
  readonly modification: string;
  /** Our own name for the attempt, as it was sent. */
  readonly reference: string;
  readonly record: string;
  readonly currency: string;
  readonly amountMinor: bigint;
  readonly at: Date;
}

/** Reads the lines of one file. Columns are found by name: an account may add some, or order them otherwise. */
export function readLines(csv: string): ReportLine[] {
  const [head = '', ...rows] = csv.split('\n').filter((line) => line !== '');
  const names = cellsOf(head);
  return rows.map((row) => {
    const cells = cellsOf(row);
    const cell = (name: string): string => cells[names.indexOf(name)] ?? '';
    const currency = cell('Main Currency');
    return {
      pspReference: cell('Psp Reference'),
      modification: cell('Modification Psp Reference'),
      reference: cell('Modification Merchant Reference'),
      record: cell('Record Type'),
      currency,
      amountMinor: minorOf(cell('Main Amount'), currency),
      at: new Date(`${cell('Booking Date').replace(' ', 'T')}Z`),
    };
  });
}

/** Cells of a line; a cell with a comma in it stands in quotes, and a quote in it twice. */
function cellsOf(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) =>
    quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'),
  );
}

/** A report's decimals as our minor units: it may have more of them than the currency, and then they are zero. */
function minorOf(amount: string, currency: string): bigint {
  const digits = minorDigits(currency);
  const [whole = '0', fraction = ''] = amount.split('.');
  return BigInt(whole + fraction.padEnd(digits, '0').slice(0, digits));
}

/** The bookings among them. */
export function bookingsOf(lines: readonly ReportLine[]): ReportedBooking[] {
  return lines.flatMap(({ pspReference, modification, record, currency, amountMinor, at }) => {
    const type = BOOKED[record];
    if (type === undefined) return [];
    const signed = GAINS.has(record) ? amountMinor : -amountMinor;
    return [{ externalId: modification, type, paymentRef: pspReference, amountMinor: signed, feeMinor: 0n, currency, at }];
  });
}
