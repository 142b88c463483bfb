import type pg from 'pg';
import { z } from 'zod';
import type { Ctx } from '../kernel/context.ts';
import { type NewAudit, writeAudit } from '../platform/audit.ts';
import { withTx } from '../platform/db.ts';
import { SIMULATORS, type SimulatorControl, type SimulatorName } from '../platform/simulator-control.ts';

/**
 * Somebody changes how the demo's outside world behaves. The simulator is told first and the audit row written after it agreed, so
 * that the log never claims a change that was refused. Every change names its result, so that saying it twice is harmless.
 */
const simulator = z.enum(SIMULATORS);
const DAY_MS = 86_400_000;
const LONGEST_AUTHORIZATION_MS = 60 * DAY_MS;
const milliseconds = z.number().int().min(0).max(DAY_MS);
const share = z.number().min(0).max(1);

const FAULTS = [
  'decline',
  'challenge',
  'slow_ms',
  'drop_before',
  'drop_reply',
  'error_5xx',
  'error_5xx_after',
  'rate_limit',
] as const;

export const switchFaultInput = z.object({
  simulator,
  fault: z.enum(FAULTS),
  /** Null switches the fault off. */
  rule: z
    .object({
      /** How often it strikes, 0 to 1. */
      probability: share.default(1),
      /** After so many strikes it is over; null means it stays on. */
      next: z.number().int().min(1).max(1_000_000).nullable().default(null),
      /** The operations it strikes; null means those that the fault is usually about. */
      on: z.array(z.string().min(1).max(20)).min(1).max(10).nullable().default(null),
      /** How late, for slow_ms. */
      delayMs: milliseconds.nullable().default(null),
    })
    .nullable(),
});
export const switchDownInput = z.object({ simulator, forMs: milliseconds.nullable() });
export const switchWebhooksInput = z.object({
  simulator,
  webhooks: z.object({ duplicate: share, delayMs: milliseconds, reorder: share, off: z.boolean() }).partial(),
});
export const switchInput = z.discriminatedUnion('kind', [
  switchFaultInput.extend({ kind: z.literal('fault') }),
  switchDownInput.extend({ kind: z.literal('down') }),
  switchWebhooksInput.extend({ kind: z.literal('webhooks') }),
]);
export type SwitchInput = z.infer<typeof switchInput>;

export const resetInput = z.object({ simulator });

/** What a partner says to requests, and whether it sends what it accepted by itself. */
const partnerSettings = {
  answer: z.enum(['accept', 'partial', 'reject', 'silent']).optional(),
  answerAfterMs: milliseconds.optional(),
  autoShip: z.boolean().optional(),
  shipAfterMs: milliseconds.optional(),
};

export const settingsInput = z.discriminatedUnion('simulator', [
  z.object({
    simulator: z.literal('psp'),
    multicapture: z.boolean().optional(),
    /** How long authorizations last that are made from now on. */
    authorizationMs: z.number().int().min(1_000).max(LONGEST_AUTHORIZATION_MS).optional(),
  }),
  z.object({
    simulator: z.literal('carrier'),
    autoProgress: z.boolean().optional(),
    inTransitAfterMs: milliseconds.optional(),
    deliveredAfterMs: milliseconds.optional(),
    exceptionRate: share.optional(),
    lostRate: share.optional(),
    returnRate: share.optional(),
    autoAnswer: z.boolean().optional(),
    rejectRate: share.optional(),
  }),
  z.object({
    simulator: z.literal('bank'),
    autoSettle: z.boolean().optional(),
    payoutAfterMs: milliseconds.optional(),
    payInAfterMs: milliseconds.optional(),
    rejectRate: share.optional(),
    returnRate: share.optional(),
  }),
  z.object({ simulator: z.literal('third_party'), ...partnerSettings }),
  z.object({ simulator: z.literal('drop_shipper'), ...partnerSettings }),
  z.object({ simulator: z.literal('marketplace'), late: z.boolean() }),
]);
export type SettingsInput = z.infer<typeof settingsInput>;

export const advanceInput = z.object({
  /** The carrier's id of the parcel, or its tracking number. */
  parcel: z.string().regex(/^[A-Za-z0-9_]{1,100}$/, 'is no parcel of the carrier'),
  to: z.enum(['in_transit', 'delivered', 'exception', 'lost', 'damaged', 'returning', 'returned']),
});
export type AdvanceInput = z.infer<typeof advanceInput>;

const amountMinor = z.number().int().min(1).max(100_000_000);
const paymentRef = z.string().regex(/^(?:pi_[A-Za-z0-9]{1,100}|[A-Z0-9]{16})$/, 'is no payment of the provider');

/** What only the outside world can do: somebody transfers money, a cardholder takes a charge back, a report comes out wrong. */
export const happenInput = z.discriminatedUnion('what', [
  z.object({
    what: z.literal('transfer'),
    reference: z.string().trim().max(140),
    amountMinor,
    currency: z.string().regex(/^[A-Z]{3}$/),
  }),
  z.object({ what: z.literal('dispute'), paymentRef, inquiry: z.boolean().optional() }),
  /** The cardholder's bank decides. */
  z.object({ what: z.literal('verdict'), paymentRef, status: z.enum(['won', 'lost']) }),
  /** The bank gives up what it held, before its day. */
  z.object({ what: z.literal('lapse'), paymentRef }),
  /** The carrier answers a claim: for all of it, unless an amount is named. */
  z.object({
    what: z.literal('claim'),
    claim: z.string().regex(/^[A-Za-z0-9_-]{1,100}$/, 'is no claim of the carrier'),
    to: z.enum(['accepted', 'rejected', 'paid']),
    amountMinor: amountMinor.optional(),
  }),
  z.object({
    what: z.literal('report'),
    missing: z.number().int().min(0).max(100),
    extra: z.number().int().min(0).max(100),
    otherAmount: z.number().int().min(0).max(100),
  }),
]);
export type HappenInput = z.infer<typeof happenInput>;

export interface OperatedSimulator {
  readonly simulator: SimulatorName;
}

interface Change {
  readonly simulator: SimulatorName;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly audit: Pick<NewAudit, 'action' | 'entity' | 'entityId' | 'before' | 'after'>;
}

export interface SimulatorFlows {
  switch(input: SwitchInput, ctx: Ctx): Promise<OperatedSimulator>;
  reset(input: z.infer<typeof resetInput>, ctx: Ctx): Promise<OperatedSimulator>;
  settings(input: SettingsInput, ctx: Ctx): Promise<OperatedSimulator>;
  advance(input: AdvanceInput, ctx: Ctx): Promise<OperatedSimulator>;
  happen(input: HappenInput, ctx: Ctx): Promise<OperatedSimulator>;
}

/** Present in a demo only. */
export function createSimulatorFlows({ pool, control }: { pool: pg.Pool; control: SimulatorControl }): SimulatorFlows {
  const carryOut = async ({ simulator, path, body, audit }: Change, ctx: Ctx): Promise<OperatedSimulator> => {
    await control.change(simulator, path, body);
    await withTx(pool, (tx) => writeAudit(tx, ctx, [audit]));
    return { simulator };
  };
  return {
    switch: async (input, ctx) => {
      const body = switchBody(input);
      const { switches } = await control.state(input.simulator);
      const before = Object.fromEntries(Object.keys(body).map((name) => [name, switches[name]]));
      return carryOut({ simulator: input.simulator, path: 'switches', body, audit: told(input, 'switched', before, body) }, ctx);
    },
    reset: async (input, ctx) => {
      const { switches } = await control.state(input.simulator);
      return carryOut({ simulator: input.simulator, path: 'reset', body: {}, audit: told(input, 'reset', switches, {}) }, ctx);
    },
    settings: async (input, ctx) => {
      const body = settingsBody(input);
      const { settings } = await control.state(input.simulator);
      const before = Object.fromEntries(Object.keys(body).map((name) => [name, settings[name]]));
      const audit = told(input, 'settings_changed', before, body);
      return carryOut({ simulator: input.simulator, path: 'settings', body, audit }, ctx);
    },
    happen: (input, ctx) => {
      const { simulator, path, body } = happening(input);
      return carryOut({ simulator, path, body, audit: told({ simulator }, input.what, {}, body) }, ctx);
    },
    advance: (input, ctx) => {
      const audit = {
        action: 'parcel.advanced',
        entity: 'parcel',
        entityId: input.parcel,
        before: null,
        after: { to: input.to },
      };
      return carryOut({ simulator: 'carrier', path: `shipments/${input.parcel}/advance`, body: { to: input.to }, audit }, ctx);
    },
  };
}

/** The next step of a dispute, in the words of whichever gateway took the payment. */
function chargeback(paymentRef: string, step: string, psp: Pick<Change, 'path' | 'body'>): Omit<Change, 'audit'> {
  return paymentRef.startsWith('pi_')
    ? { simulator: 'psp', path: psp.path, body: { payment_intent: paymentRef, ...psp.body } }
    : { simulator: 'adyen', path: `payments/${paymentRef}/chargeback`, body: { step } };
}

function happening(input: HappenInput): Omit<Change, 'audit'> {
  switch (input.what) {
    case 'transfer': {
      const { reference, amountMinor: amount, currency } = input;
      return { simulator: 'bank', path: 'pay_ins', body: { reference, amount, currency } };
    }
    case 'dispute':
      return chargeback(input.paymentRef, input.inquiry ? 'REQUEST_FOR_INFORMATION' : 'CHARGEBACK', {
        path: 'disputes',
        body: { ...(input.inquiry ? { inquiry: true } : {}) },
      });
    case 'verdict':
      return chargeback(input.paymentRef, input.status === 'won' ? 'CHARGEBACK_REVERSED' : 'SECOND_CHARGEBACK', {
        path: 'disputes/decide',
        body: { status: input.status },
      });
    case 'lapse':
      return {
        simulator: input.paymentRef.startsWith('pi_') ? 'psp' : 'adyen',
        path: `payments/${input.paymentRef}/lapse`,
        body: {},
      };
    case 'claim': {
      const { claim, to, amountMinor: amount } = input;
      return { simulator: 'carrier', path: `claims/${claim}/answer`, body: given({ to, amount }) };
    }
    case 'report': {
      const { missing, extra, otherAmount: other_amount } = input;
      return { simulator: 'psp', path: 'report', body: { missing, extra, other_amount } };
    }
  }
}

function told(
  input: { readonly simulator: SimulatorName },
  verb: string,
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): Change['audit'] {
  return { action: `simulator.${verb}`, entity: 'simulator', entityId: input.simulator, before, after };
}

function switchBody(input: SwitchInput): Record<string, unknown> {
  switch (input.kind) {
    case 'fault': {
      if (input.rule === null) return { [input.fault]: null };
      const { delayMs, ...rule } = input.rule;
      return { [input.fault]: { ...rule, value: input.fault === 'slow_ms' ? delayMs : null } };
    }
    case 'down':
      return { down: input.forMs === null || input.forMs === 0 ? false : { for_ms: input.forMs } };
    case 'webhooks': {
      const { delayMs, ...rest } = input.webhooks;
      return { webhooks: { ...rest, ...(delayMs === undefined ? {} : { delay_ms: delayMs }) } };
    }
  }
}

function settingsBody(input: SettingsInput): Record<string, unknown> {
  if (input.simulator === 'psp') return given({ multicapture: input.multicapture, authorization_ms: input.authorizationMs });
  if (input.simulator === 'marketplace')
    return input.late ? { apply_after_ms: 3_000, shuffle: true } : { apply_after_ms: 0, shuffle: false };
  if (input.simulator === 'third_party' || input.simulator === 'drop_shipper') {
    const { answer, answerAfterMs: answer_after_ms, autoShip: auto_ship, shipAfterMs: ship_after_ms } = input;
    return given({ answer, answer_after_ms, auto_ship, ship_after_ms });
  }
  if (input.simulator === 'bank') {
    return given({
      auto_settle: input.autoSettle,
      payout_after_ms: input.payoutAfterMs,
      pay_in_after_ms: input.payInAfterMs,
      reject_rate: input.rejectRate,
      return_rate: input.returnRate,
    });
  }
  return given({
    auto_progress: input.autoProgress,
    in_transit_after_ms: input.inTransitAfterMs,
    delivered_after_ms: input.deliveredAfterMs,
    exception_rate: input.exceptionRate,
    lost_rate: input.lostRate,
    return_rate: input.returnRate,
    auto_answer: input.autoAnswer,
    reject_rate: input.rejectRate,
  });
}

const given = (wanted: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
