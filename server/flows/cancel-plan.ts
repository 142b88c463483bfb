import { mayCancel, planCancel } from '../domains/orders/rules.ts';
import type { CancelOrderInput } from '../domains/orders/schema.ts';
import * as orders from '../domains/orders/service.ts';
import { capturableMinor } from '../domains/payments/rules.ts';
import * as payments from '../domains/payments/service.ts';
import { DEFAULTS } from '../domains/policies/rules.ts';
import { type CancelBy, feeOf } from '../kernel/cancel-policy.ts';
import type { Ctx } from '../kernel/context.ts';
import { DomainError } from '../kernel/errors.ts';
import type { Span, UnitRange } from '../kernel/units.ts';
import type { CancelReason } from '../kernel/vocabulary.ts';
import { audit } from '../platform/outbox.ts';
import { sagasOf } from '../platform/saga-rows.ts';
import { chargeFee } from './charge-fee.ts';
import { fingerprintOf } from './fingerprint.ts';
import { cancelUnits } from './give-up.ts';
import { isBeyondReturn, paidTooMuch, releaseSurplus, returnSurplus } from './surplus.ts';
import { type World, wake } from './world.ts';

/** What a cancel would do, and doing it: at once, or when the seconds in which it can be undone are over. */
export interface CancelPreview {
  readonly fingerprint: string;
  readonly units: readonly UnitRange[];
  readonly valueMinor: number;
  readonly currency: string;
  readonly whole: boolean;
  /** Authorized and not taken: released at the bank. */
  readonly releasedMinor: number;
  /** Taken already for these units: goes back as a refund. */
  readonly refundedMinor: number;
  /** What is kept of it by the policy, and what would have been if nobody waived it. */
  readonly feeMinor: number;
  readonly waivedMinor: number;
  /** Until when it can be cancelled and what that costs, as everybody is told. */
  readonly terms: string;
  /** Why the policy lets the shop's people cancel. */
  readonly reasons: readonly CancelReason[];
}

/** Who cancels, by which version of the merchant's policy, and why no fee is taken if somebody waives it. */
export interface CancelAsk {
  readonly by: CancelBy;
  readonly version: number;
  readonly waive?: string | undefined;
}

/** The house by itself: it asks nobody, and takes nothing for it. */
export const bySystem = (ctx: Ctx): CancelAsk => ({
  by: { actor: 'system', terms: DEFAULTS.cancellation, now: ctx.now },
  version: 0,
});

const BEYOND_RETURN =
  'More money went back already than the units that would stay are worth. Cancel fewer units, or ship them and refund what is left.';

/** What a cancel would do, from facts that the browser has too. */
export function previewCancel(
  world: World,
  order: orders.Order,
  input: CancelOrderInput,
  ask: CancelAsk,
  eligible?: (span: Span) => boolean,
): CancelPreview {
  const plan = planCancel(orders.facts(order), input.units, eligible);
  const { row } = order;
  const valueMinor = plan.value.totalMinor;
  if (isBeyondReturn(world, order, valueMinor)) throw new DomainError('state_refuses', BEYOND_RETURN);
  const fee = feeFor(world, order, ask, input, valueMinor);
  const kept = ask.waive === undefined ? fee : 0n;
  const owedAfter = orders.costMinor(order) - valueMinor + kept;
  const refundable = paidTooMuch(world, order, valueMinor - kept);
  const answer = mayCancel(orders.facts(order), ask.by);
  const open = payments
    .ofOrder(world.payments, row.id)
    .reduce((sum, payment) => sum + (payment.holdId ? payment.authorizedMinor - payment.capturedMinor : 0n), 0n);
  const stillWanted = owedAfter > row.capturedMinor ? owedAfter - row.capturedMinor : 0n;
  const preview = {
    units: plan.ranges,
    valueMinor: Number(valueMinor),
    currency: row.currency,
    whole: plan.whole,
    releasedMinor: Number(open > stillWanted ? open - stillWanted : 0n),
    refundedMinor: Number(refundable),
    feeMinor: Number(kept),
    waivedMinor: Number(fee - kept),
  };
  const terms = answer.allowed ? answer.sentence : answer.why;
  return { ...preview, terms, reasons: ask.by.terms.reasons, fingerprint: fingerprintOf(preview) };
}

/** What the policy asks of it: of what was taken for these units, or can still be. A bank that let go of the money gives none. */
function feeFor(
  world: World,
  order: orders.Order,
  { by }: CancelAsk,
  { reason }: Pick<CancelOrderInput, 'reason'>,
  valueMinor: bigint,
): bigint {
  const { placedAt, currency, confirmedAt, cancellationFeeMinor } = order.row;
  const held = payments
    .ofOrder(world.payments, order.row.id)
    .filter(({ authorizationExpiresAt }) => authorizationExpiresAt === null || authorizationExpiresAt > world.now)
    .reduce((sum, payment) => sum + capturableMinor(payment), 0n);
  const facts = { confirmed: confirmedAt !== null, placedAt, currency, feeSoFarMinor: cancellationFeeMinor };
  return feeOf(facts, by, reason, { valueMinor, availableMinor: paidTooMuch(world, order, valueMinor) + held });
}

/** Carries a plan out on the locked order; returns the refund's id where money goes back. `ctx.actor` is who wanted it. */
export function carryOutCancel(
  world: World,
  order: orders.Order,
  preview: CancelPreview,
  why: Pick<CancelOrderInput, 'reason' | 'note'>,
  ask: CancelAsk,
  ctx: Ctx,
): string | null {
  const before = { status: order.row.status, cancelledMinor: order.row.cancelledMinor };
  if (preview.whole) order.row.cancellation = { reason: why.reason, actor: ctx.actor, at: ctx.now.toISOString() };
  cancelUnits(world, order, preview.units, { reason: why.reason, actor: ctx.actor, feeMinor: preview.feeMinor }, ctx);
  chargeFee(world, order, preview, ask, ctx);
  const refundId = returnSurplus(world, order, BigInt(preview.refundedMinor), why.note ?? null, ctx);
  settleMoney(world, order, preview.whole, ctx);
  audit(
    world.outbox,
    {
      action: 'order.cancelled',
      entity: 'order',
      entityId: order.row.id,
      merchantId: order.row.merchantId,
      before,
      after: {
        status: order.row.status,
        cancelledMinor: order.row.cancelledMinor,
        units: preview.units,
        ...(preview.feeMinor + preview.waivedMinor > 0
          ? { feeMinor: preview.feeMinor, waivedMinor: preview.waivedMinor, policyVersion: ask.version }
          : {}),
      },
      reason: saidWhy(why),
    },
    ctx,
  );
  return refundId;
}

/** The reason as the audit log keeps it. */
export function saidWhy({ reason, note }: { readonly reason: string; readonly note?: string | null | undefined }): string {
  return note ? `${reason}: ${note}` : reason;
}

/** A placement under way undoes itself when it reads the cancellation; afterwards a saga of its own releases what is still held. */
function settleMoney(world: World, order: orders.Order, whole: boolean, ctx: Ctx): void {
  const open = sagasOf(world.sagas, order.row.id);
  const placement = open.find((saga) => saga.kind === 'place-order' && saga.step === 'authorize');
  if (placement) {
    if (whole) wake(world, placement, ctx);
    return;
  }
  for (const saga of open) if (saga.kind === 'place-order') wake(world, saga, ctx);
  releaseSurplus(world, order, ctx);
}
