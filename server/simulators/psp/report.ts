import { z } from 'zod';
import type { ReportFaults, Txn } from './bookings.ts';
import { newPspId } from './psp-id.ts';
import type { PspState } from './state.ts';

/** How many rows of the report go wrong, and how; what there is now is chosen from, newest first. */
const reportInput = z.strictObject({
  missing: z.int().min(0).max(100).default(0),
  other_amount: z.int().min(0).max(100).default(0),
  extra: z.int().min(0).max(100).default(0),
  currency: z.string().length(3).optional(),
});

/** By how much a row's amount is wrong. */
const OFF_BY = 100;
const EXTRA_AMOUNT = 4_200;
const EXTRA_FEE = 85;

/** Chooses the rows that the report gets wrong from now on; `{}` makes it right again. Throws ZodError. */
export function planReport(state: PspState, input: unknown): ReportFaults {
  const wanted = reportInput.parse(input);
  const currency = wanted.currency?.toLowerCase();
  const newest = [...state.txns.values()].filter((txn) => currency === undefined || txn.currency === currency).reverse();
  const missing = newest.slice(0, wanted.missing);
  const altered = newest.slice(wanted.missing, wanted.missing + wanted.other_amount);
  const extra = Array.from({ length: wanted.extra }, (): Txn => {
    const source = newPspId('ch');
    const money = { amount: EXTRA_AMOUNT, fee: EXTRA_FEE, currency: currency ?? newest[0]?.currency ?? 'eur' };
    return { id: newPspId('txn'), source, charge: source, type: 'charge', ...money, created: state.clock.seconds() };
  });
  return {
    missing: missing.map(({ id }) => id),
    amounts: Object.fromEntries(altered.map(({ id, amount }) => [id, amount + (amount < 0 ? -OFF_BY : OFF_BY)])),
    extra,
  };
}

/** All bookings in the order they were made, as the report has them. */
export function reportedTxns(state: PspState): Txn[] {
  const { missing, amounts, extra } = state.report;
  if (missing.length === 0 && extra.length === 0 && Object.keys(amounts).length === 0) return [...state.txns.values()];
  const hidden = new Set(missing);
  const rows = [...state.txns.values()].filter(({ id }) => !hidden.has(id));
  return [...rows.map((txn) => ({ ...txn, amount: amounts[txn.id] ?? txn.amount })), ...extra].sort(
    (a, b) => a.created - b.created,
  );
}
