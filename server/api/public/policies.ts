import { z } from 'zod';
import { CAPTURES, REFUND_DESTINATIONS } from '../../domains/policies/schema.ts';
import { LABEL_PAYERS, RETURN_DESTINATIONS } from '../../domains/returns/schema.ts';
import type { PolicyWish } from '../../flows/policies/save-policy.ts';
import { DomainError } from '../../kernel/errors.ts';
import { CANCEL_REASONS, CUSTOMER_CANCELS_UNTIL, POLICY_KINDS, type PolicyKind } from '../../kernel/vocabulary.ts';
import { type PolicyVersionView, type PolicyView, readPolicies, type TermsByKind } from '../../views/policies.ts';
import { procedure, router } from '../trpc.ts';
import { amount, currency, id, time, timeOrNull, timestamp } from './fields.ts';
import { operation, perform } from './operation.ts';

const TAG = 'Policies';

const amounts = z
  .record(z.string().regex(/^[A-Z]{3}$/), amount.max(100_000_000_000))
  .meta({ description: 'Minor units by currency; a currency that is not named has none.', example: { EUR: 500 } });
const share = z.int().min(0).max(10_000).meta({ description: 'Hundredths of a percent.' });

/** The terms of each kind, as they are on the wire. */
const TERMS = {
  cancellation: z.strictObject({
    customer_until: z.enum(CUSTOMER_CANCELS_UNTIL).meta({
      description:
        'Up to where customers cancel for themselves: never, or until the payment is confirmed, the goods are set aside, or packed.',
    }),
    remorse_minutes: z.int().min(0).max(20_160).meta({ description: 'After the placement, in which cancelling costs nothing.' }),
    hold_goods: z.boolean().meta({ description: 'Goods are set aside only after those minutes.' }),
    fees: amounts,
    fee_bps: share,
    agent_charges: z.boolean().meta({ description: 'The shop’s own cancels take the fee as well, unless it is waived.' }),
    reasons: z.array(z.enum(CANCEL_REASONS)).min(1).max(CANCEL_REASONS.length),
  }),
  refund: z.strictObject({
    destination: z.enum(REFUND_DESTINATIONS),
    alone_days: z.int().min(0).max(3650).nullable().meta({
      description: 'Days after the delivery in which one person alone refunds; null for ever.',
    }),
    goodwill_up_to: amounts.meta({ description: 'The largest goodwill that one person gives alone, by currency.' }),
  }),
  capture: z.strictObject({ when: z.enum(CAPTURES) }),
  approval: z.strictObject({
    refunds_from: amounts.meta({ description: 'From this amount on a refund needs a second person, by currency.' }),
    cancellations_from: amounts.meta({
      description: 'From this amount that goes back on a cancellation needs one, by currency.',
    }),
  }),
  returns: z.strictObject({
    window_days: z.int().min(0).max(3650),
    send_within_days: z.int().min(1).max(365),
    restocking_bps: share,
    label_payer: z.enum(LABEL_PAYERS),
    label_fee_minor: amount.max(9_999_999),
    destination: z.enum(RETURN_DESTINATIONS),
    exchanges: z.boolean(),
    auto_approve: z.boolean(),
    final_sale: z.array(z.string().min(1).max(100)).max(1_000),
  }),
} as const;
type RestTerms = { readonly [K in PolicyKind]: z.infer<(typeof TERMS)[K]> };

const toRest: { readonly [K in PolicyKind]: (terms: TermsByKind[K]) => RestTerms[K] } = {
  cancellation: (terms) => ({
    customer_until: terms.customerUntil,
    remorse_minutes: terms.remorseMinutes,
    hold_goods: terms.holdGoods,
    fees: { ...terms.feeMinor },
    fee_bps: terms.feeBps,
    agent_charges: terms.agentCharges,
    reasons: [...terms.reasons],
  }),
  refund: ({ destination, aloneDays, goodwillMinor }) => ({
    destination,
    alone_days: aloneDays,
    goodwill_up_to: { ...goodwillMinor },
  }),
  capture: ({ when }) => ({ when }),
  approval: ({ refundsMinor, cancellationsMinor }) => ({
    refunds_from: { ...refundsMinor },
    cancellations_from: { ...cancellationsMinor },
  }),
  returns: (terms) => ({
    window_days: terms.windowDays,
    send_within_days: terms.sendWithinDays,
    restocking_bps: terms.restockingBps,
    label_payer: terms.labelPayer,
    label_fee_minor: Number(terms.labelFeeMinor),
    destination: terms.destination,
    exchanges: terms.exchanges,
    auto_approve: terms.autoApprove,
    final_sale: [...terms.finalSale],
  }),
};

const fromRest: { readonly [K in PolicyKind]: (terms: RestTerms[K]) => TermsByKind[K] } = {
  cancellation: (terms) => ({
    customerUntil: terms.customer_until,
    remorseMinutes: terms.remorse_minutes,
    holdGoods: terms.hold_goods,
    feeMinor: terms.fees,
    feeBps: terms.fee_bps,
    agentCharges: terms.agent_charges,
    reasons: terms.reasons,
  }),
  refund: (terms) => ({ destination: terms.destination, aloneDays: terms.alone_days, goodwillMinor: terms.goodwill_up_to }),
  capture: ({ when }) => ({ when }),
  approval: (terms) => ({ refundsMinor: terms.refunds_from, cancellationsMinor: terms.cancellations_from }),
  returns: (terms) => ({
    windowDays: terms.window_days,
    sendWithinDays: terms.send_within_days,
    restockingBps: terms.restocking_bps,
    labelPayer: terms.label_payer,
    labelFeeMinor: BigInt(terms.label_fee_minor),
    destination: terms.destination,
    exchanges: terms.exchanges,
    autoApprove: terms.auto_approve,
    finalSale: terms.final_sale,
  }),
};

const versioned = <T extends z.ZodType>(terms: T) =>
  z.object({
    version: z.int().meta({ description: '0 for what holds where nothing was said.' }),
    effective_from: timestamp.nullable(),
    sentence: z.string().meta({ description: 'What it means for an order, as customers and agents are told.' }),
    terms,
  });
const policy = <T extends z.ZodType>(terms: T) =>
  z.object({
    version: z.int().meta({ description: 'The newest version: send it as seen_version with a change.' }),
    now: versioned(terms),
    announced: z.array(versioned(terms)).meta({ description: 'What counts from a later day, the nearest first.' }),
  });
const resource = z
  .object({
    merchant_id: id,
    currency,
    cancellation: policy(TERMS.cancellation),
    refund: policy(TERMS.refund),
    capture: policy(TERMS.capture),
    approval: policy(TERMS.approval),
    returns: policy(TERMS.returns),
  })
  .meta({ id: 'Policies' });

function versionOf<K extends PolicyKind>(kind: K, { version, effectiveFrom, sentence, terms }: PolicyVersionView<K>) {
  return { version, effective_from: timeOrNull(effectiveFrom), sentence, terms: toRest[kind](terms) };
}

function policyOf<K extends PolicyKind>(kind: K, { version, now, announced }: PolicyView<K>) {
  return { version, now: versionOf(kind, now), announced: announced.map((one) => versionOf(kind, one)) };
}

/** A key that could say when a second person is needed would need none. */
const BY_PROGRAMS = ['cancellation', 'capture', 'returns'] as const satisfies readonly PolicyKind[];

const example = { capture: { when: 'confirmation' }, seen_version: 0 };

/** How the merchant does business. */
export const policiesRouter = router({
  get: procedure
    .meta(
      operation({
        method: 'GET',
        path: '/policies',
        id: 'getPolicies',
        tag: TAG,
        summary: 'Read the merchant’s policies',
        description:
          'Cancellations, refunds, when money is taken, what needs a second person, returns: what holds now, and what will.',
      }),
    )
    .input(z.strictObject({}))
    .output(resource)
    .query(async ({ ctx }) => {
      const found = await readPolicies(ctx.pool, ctx.scope, ctx.scope.merchantId ?? '', ctx.ctx().now);
      const { cancellation, refund, capture, approval, returns } = found.policies;
      return {
        merchant_id: found.merchantId,
        currency: found.currency,
        cancellation: policyOf('cancellation', cancellation),
        refund: policyOf('refund', refund),
        capture: policyOf('capture', capture),
        approval: policyOf('approval', approval),
        returns: policyOf('returns', returns),
      };
    }),

  save: procedure
    .meta(
      operation({
        method: 'PUT',
        path: '/policies',
        id: 'savePolicy',
        tag: TAG,
        summary: 'Change one policy',
        description:
          'Send the whole terms of one kind. It counts from now on, or from effective_from; what was decided before keeps its terms. What needs a second person, refund and approval, is said by people in the console and by no program.',
        example,
        refuses: ['conflict', 'invalid_request'],
      }),
    )
    .input(
      z.strictObject({
        cancellation: TERMS.cancellation.optional(),
        capture: TERMS.capture.optional(),
        returns: TERMS.returns.optional(),
        effective_from: timestamp.optional(),
        seen_version: z.int().min(0).meta({ description: 'The newest version of this kind that you saw.' }),
      }),
    )
    .output(z.object({ kind: z.enum(POLICY_KINDS), version: z.int(), effective_from: timestamp }).meta({ id: 'SavedPolicy' }))
    .mutation(async ({ ctx, input }) => {
      const named = BY_PROGRAMS.filter((kind) => input[kind] !== undefined);
      const [kind] = named;
      if (kind === undefined || named.length > 1)
        throw new DomainError('invalid_request', `Send one policy at a time: ${BY_PROGRAMS.join(', ')}.`, {
          field: named[1] ?? 'cancellation',
        });
      const saved = await perform(ctx, ctx.app.flows.policies.save, {
        kind,
        merchantId: ctx.scope.merchantId ?? '',
        terms: fromRest[kind](input[kind] as never),
        seenVersion: input.seen_version,
        effectiveFrom: input.effective_from === undefined ? undefined : new Date(input.effective_from),
      } as PolicyWish);
      return { kind: saved.kind, version: saved.version, effective_from: time(new Date(saved.effectiveFrom)) };
    }),
});
