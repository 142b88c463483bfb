import { bookedOn } from './chargebacks.ts';
import type { AdyenState, Modification } from './state.ts';

/** The columns of the payment accounting report that Waybill reads: https://docs.adyen.com/reporting/invoice-reconciliation/payment-accounting-report. */
const COLUMNS = [
  'Merchant Account',
  'Psp Reference',
  'Merchant Reference',
  'Booking Date',
  'TimeZone',
  'Main Currency',
  'Main Amount',
  'Record Type',
  'Modification Psp Reference',
  'Modification Merchant Reference',
] as const;

/** Currencies that Adyen counts otherwise than ISO 4217 does; the rest has two decimals, none, or three. */
const DIGITS: Readonly<Record<string, number>> = { CLP: 2, CVE: 0, IDR: 0, ISK: 2 };
const RECORDS = {
  increment: ['', ''],
  capture: ['SentForSettle', 'CaptureFailed'],
  refund: ['SentForRefund', 'RefundFailed'],
  void: ['Cancelled', ''],
} as const;

/** One day's report; null where nothing was booked on it. */
export function accountingReport(
  state: AdyenState,
  day: string,
  merchantAccount: string,
  digitsOf: (currency: string) => number,
): string | null {
  const rows = [...state.modifications.values()]
    .filter(({ at }) => new Date(at).toISOString().startsWith(day))
    .flatMap((modification) => row(state, modification, merchantAccount, digitsOf));
  for (const { pspReference, payment, amount, record, at } of bookedOn(state, day))
    rows.push(lineOf(state, { pspReference, payment, amount, record, at, reference: '' }, merchantAccount, digitsOf));
  return rows.length === 0 ? null : `${[COLUMNS.join(','), ...rows].join('\n')}\n`;
}

function row(
  state: AdyenState,
  { pspReference, payment, kind, reference, amount, at, success }: Modification,
  merchantAccount: string,
  digitsOf: (currency: string) => number,
): string[] {
  const record = RECORDS[kind][success ? 0 : 1];
  if (record === '' || !state.payments.has(payment)) return [];
  return [lineOf(state, { pspReference, payment, reference, amount, at, record }, merchantAccount, digitsOf)];
}

function lineOf(
  state: AdyenState,
  said: Pick<Modification, 'pspReference' | 'payment' | 'reference' | 'amount' | 'at'> & { readonly record: string },
  merchantAccount: string,
  digitsOf: (currency: string) => number,
): string {
  const { pspReference, payment, reference, amount, at, record } = said;
  const date = new Date(at).toISOString().slice(0, 19).replace('T', ' ');
  const digits = DIGITS[amount.currency] ?? digitsOf(amount.currency);
  const main = (amount.value / 10 ** digits).toFixed(digits);
  const merchantReference = state.payments.get(payment)?.reference ?? '';
  return [merchantAccount, payment, merchantReference, date, 'UTC', amount.currency, main, record, pspReference, reference].join(
    ',',
  );
}
