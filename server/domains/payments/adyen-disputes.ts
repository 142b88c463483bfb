import { z } from 'zod';
import { fromAdyenAmount } from './adyen-amounts.ts';
import type { ReportLine } from './adyen-report.ts';
import type { JsonObject, PaymentDispute } from './provider.ts';

/**
 * Disputes as Adyen tells of them: https://docs.adyen.com/risk-management/disputes-api/dispute-notifications. Nobody can be asked: what was
 * told, and what stands in the accounting report, are read together. Fees are invoiced by the month.
 */
export const DISPUTE_EVENTS = [
  'REQUEST_FOR_INFORMATION',
  'NOTIFICATION_OF_CHARGEBACK',
  'CHARGEBACK',
  'INFORMATION_SUPPLIED',
  'CHARGEBACK_REVERSED',
  'PREARBITRATION_WON',
  'SECOND_CHARGEBACK',
  'PREARBITRATION_LOST',
] as const;
type DisputeEvent = (typeof DISPUTE_EVENTS)[number];

/** What each says, the later in a dispute's life the further down; notifications come in any order. */
const MEANS: Readonly<Record<DisputeEvent, { readonly status: PaymentDispute['status']; readonly takes?: boolean }>> = {
  REQUEST_FOR_INFORMATION: { status: 'inquiry' },
  NOTIFICATION_OF_CHARGEBACK: { status: 'open' },
  CHARGEBACK: { status: 'open', takes: true },
  INFORMATION_SUPPLIED: { status: 'submitted' },
  CHARGEBACK_REVERSED: { status: 'won', takes: false },
  PREARBITRATION_WON: { status: 'won', takes: false },
  SECOND_CHARGEBACK: { status: 'lost', takes: true },
  PREARBITRATION_LOST: { status: 'lost', takes: true },
};
const RECORDS: Readonly<Record<string, DisputeEvent>> = {
  Chargeback: 'CHARGEBACK',
  ChargebackReversed: 'CHARGEBACK_REVERSED',
  SecondChargeback: 'SECOND_CHARGEBACK',
};

const told = z.object({
  eventCode: z.enum(DISPUTE_EVENTS),
  success: z.literal('true'),
  value: z.int(),
  currency: z.string(),
  pspReference: z.string(),
  reason: z.string().nullish(),
  at: z.string().nullish(),
  dueAt: z.string().nullish(),
});

interface Fact {
  readonly ref: string;
  readonly event: DisputeEvent;
  readonly currency: string;
  readonly amountMinor: bigint;
  readonly reason: string | null;
  readonly at: Date | null;
  readonly dueAt: Date | null;
}

const timeOf = (text: string | null | undefined): Date | null => {
  const at = new Date(text ?? Number.NaN);
  return Number.isNaN(at.getTime()) ? null : at;
};

export const factsTold = (news: readonly JsonObject[]): Fact[] =>
  news.flatMap((one) => {
    const { data } = told.safeParse(one);
    if (!data) return [];
    const { eventCode, value, currency, pspReference, reason, at, dueAt } = data;
    const amountMinor = fromAdyenAmount(value, currency);
    return [
      {
        ref: pspReference,
        event: eventCode,
        currency,
        amountMinor,
        reason: reason || null,
        at: timeOf(at),
        dueAt: timeOf(dueAt),
      },
    ];
  });

export const factsReported = (lines: readonly ReportLine[], paymentRef: string): Fact[] =>
  lines.flatMap(({ pspReference, modification, record, currency, amountMinor, at }) => {
    const event = RECORDS[record];
    if (!event || pspReference !== paymentRef) return [];
    return [{ ref: modification, event, currency, amountMinor, reason: null, at, dueAt: null }];
  });

const rank = ({ event }: Fact): number => DISPUTE_EVENTS.indexOf(event);

/** The disputes that facts are of, each as it stands by the furthest of them. */
export function disputesOf(facts: readonly Fact[], paymentRef: string): PaymentDispute[] {
  return [...Map.groupBy(facts, ({ ref }) => ref)].map(([ref, own]) => {
    const inOrder = own.toSorted((a, b) => rank(a) - rank(b));
    const last = inOrder.at(-1) as Fact;
    const taken = inOrder.findLast(({ event }) => MEANS[event].takes !== undefined);
    const times = own.flatMap(({ at }) => at ?? []);
    return {
      ref,
      paymentRef,
      amountMinor: last.amountMinor,
      takenMinor: taken && MEANS[taken.event].takes ? taken.amountMinor : 0n,
      feeMinor: 0n,
      feeBackMinor: 0n,
      currency: last.currency,
      status: MEANS[last.event].status,
      reason: own.find(({ reason }) => reason)?.reason ?? 'chargeback',
      openedAt: times.length > 0 ? new Date(Math.min(...times.map((at) => at.getTime()))) : new Date(0),
      evidenceDueAt: own.find(({ dueAt }) => dueAt)?.dueAt ?? null,
    };
  });
}

/** Whether the bank has decided all of them. */
export const areDecided = (disputes: readonly PaymentDispute[]): boolean =>
  disputes.length > 0 && disputes.every(({ status }) => status === 'won' || status === 'lost');
