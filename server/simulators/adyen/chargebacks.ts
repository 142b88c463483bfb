import { z } from 'zod';
import type { Change } from './payments.ts';
import { type AdyenState, type Chargeback, newPspReference, type Payment } from './state.ts';

/** What cardholders' banks do: https://docs.adyen.com/risk-management/understanding-disputes/dispute-process-and-flow. */
export const chargebackInput = z.strictObject({
  step: z.enum([
    'REQUEST_FOR_INFORMATION',
    'NOTIFICATION_OF_CHARGEBACK',
    'CHARGEBACK',
    'INFORMATION_SUPPLIED',
    'CHARGEBACK_REVERSED',
    'SECOND_CHARGEBACK',
  ]),
  value: z.int().min(1).optional(),
});
export type ChargebackInput = z.infer<typeof chargebackInput>;

const RECORDS: Readonly<Record<string, readonly [record: string, kind: 'dispute' | 'dispute_won']>> = {
  CHARGEBACK: ['Chargeback', 'dispute'],
  CHARGEBACK_REVERSED: ['ChargebackReversed', 'dispute_won'],
  SECOND_CHARGEBACK: ['SecondChargeback', 'dispute'],
};
const DEFENSE_MS = 14 * 86_400_000;

/** The next step of a payment's dispute, or the first of a new one. Null where the payment has no money that could be taken back. */
export function takeStep(
  state: AdyenState,
  payment: Payment,
  { step, value }: ChargebackInput,
  change: Change,
): Chargeback | null {
  if (payment.captured === 0) return null;
  const known = [...state.chargebacks.values()].findLast((one) => one.payment === payment.pspReference);
  const now = state.clock.now();
  const before = known ?? {
    pspReference: newPspReference(),
    payment: payment.pspReference,
    amount: { currency: payment.amount.currency, value: value ?? payment.captured },
    reason: 'Fraud - Card-Absent Environment',
    events: [],
  };
  const after: Chargeback = { ...before, events: [...before.events, { code: step, at: now }] };
  change.records.push(['chargeback', after]);
  const booked = RECORDS[step];
  if (booked) change.log(booked[1], payment, after.amount.value, null);
  const { pspReference, amount, reason } = after;
  change.dispute(step, payment, { pspReference, amount, reason, dueAt: (after.events[0]?.at ?? now) + DEFENSE_MS });
  return after;
}

/** The lines of a day's report. */
export const bookedOn = ({ chargebacks }: AdyenState, day: string) =>
  [...chargebacks.values()].flatMap(({ pspReference, payment, amount, events }) =>
    events.flatMap(({ code, at }) => {
      const record = RECORDS[code]?.[0];
      return record && new Date(at).toISOString().startsWith(day) ? [{ pspReference, payment, amount, record, at }] : [];
    }),
  );
