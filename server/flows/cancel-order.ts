import { createHash } from 'node:crypto';
import { mayCancel, planCancel } from '../domains/orders/rules.ts';
import type { CancelOrderInput } from '../domains/orders/schema.ts';
import * as orders from '../domains/orders/service.ts';
import * as payments from '../domains/payments/service.ts';
import { DomainError } from '../kernel/errors.ts';
import type { UnitRange } from '../kernel/units.ts';
import type { Tx } from '../platform/db.ts';
import { audit } from '../platform/outbox.ts';
import { sagasOf } from '../platform/saga-rows.ts';
import type { Request, Verb } from '../platform/verb.ts';
import { cancelUnits } from './give-up.ts';
import { isBeyondReturn, paidTooMuch, releaseSurplus, returnSurplus } from './surplus.ts';
import { lockWorld, orderOf, type World, wake, writeWorld } from './world.ts';

/**
 * Cancels what has not shipped: units, or everything left. Stock returns and the receivable shrinks in the same transaction; money that
 * was only authorized is released by a saga, money that was taken already for these units goes back as a refund.
 */
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
}

export interface CancelledOrder {
  readonly id: string;
  readonly number: string;
  readonly status: string;
  readonly cancelledMinor: number;
  readonly refundId: string | null;
}

const BEYOND_RETURN =
  'More money went back already than the units that would stay are worth. Cancel fewer units, or ship them and refund what is left.';

/** What a cancel would do, from facts that the browser has too. */
export function previewCancel(world: World, order: orders.Order, input: CancelOrderInput): CancelPreview {
  const plan = planCancel(orders.facts(order), input.units);
  const { row } = order;
  const owedAfter = row.totalMinor - row.cancelledMinor - plan.value.totalMinor;
  if (isBeyondReturn(world, order, plan.value.totalMinor)) throw new DomainError('state_refuses', BEYOND_RETURN);
  const refundable = paidTooMuch(world, order, plan.value.totalMinor);
  const open = payments
    .ofOrder(world.payments, row.id)
    .reduce((sum, payment) => sum + (payment.holdId ? payment.authorizedMinor - payment.capturedMinor : 0n), 0n);
  const stillWanted = owedAfter > row.capturedMinor ? owedAfter - row.capturedMinor : 0n;
  const preview = {
    units: plan.ranges,
    valueMinor: Number(plan.value.totalMinor),
    currency: row.currency,
    whole: plan.whole,
    releasedMinor: Number(open > stillWanted ? open - stillWanted : 0n),
    refundedMinor: Number(refundable),
  };
  return { ...preview, fingerprint: fingerprintOf(preview) };
}

/** Names a plan: the same plan has the same fingerprint, whoever computes it. */
export function fingerprintOf(plan: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(plan, (_key, value) => (typeof value === 'bigint' ? value.toString() : value)))
    .digest('base64url')
    .slice(0, 22);
}

/** Answers 409 with what is true now, where the plan a person saw is not the plan any more. */
export function checkFingerprint(shown: string | undefined, preview: { readonly fingerprint: string }): void {
  if (shown === undefined || shown === preview.fingerprint) return;
  throw new DomainError('plan_changed', 'The order changed since this was shown. Look at the new preview.', {
    preview: { ...preview },
  });
}

async function lock(tx: Tx, requests: readonly Request<CancelOrderInput>[]): Promise<World> {
  const first = requests[0] as Request<CancelOrderInput>;
  const orderIds = requests.map((request) => request.input.orderId);
  return lockWorld(tx, { orderIds, supply: true, stock: true, ledger: true, numbers: { refund: requests.length } }, first.ctx);
}

function decide(world: World, { input, ctx }: Request<CancelOrderInput>): CancelledOrder {
  const order = orderOf(world, input.orderId);
  const allowed = mayCancel(orders.facts(order));
  if (!allowed.allowed) throw new DomainError('state_refuses', allowed.why);
  const preview = previewCancel(world, order, input);
  checkFingerprint(input.fingerprint, preview);
  const before = { status: order.row.status, cancelledMinor: order.row.cancelledMinor };
  if (preview.whole) order.row.cancellation = { reason: input.reason, actor: ctx.actor, at: ctx.now.toISOString() };
  cancelUnits(world, order, preview.units, { reason: input.reason, actor: ctx.actor }, ctx);
  const refundId = returnSurplus(world, order, BigInt(preview.refundedMinor), input.note ?? null, ctx);
  settleMoney(world, order, preview.whole, ctx);
  audit(
    world.outbox,
    {
      action: 'order.cancelled',
      entity: 'order',
      entityId: order.row.id,
      merchantId: order.row.merchantId,
      before,
      after: { status: order.row.status, cancelledMinor: order.row.cancelledMinor, units: preview.units },
      reason: input.note ? `${input.reason}: ${input.note}` : input.reason,
    },
    ctx,
  );
  return { id: order.row.id, number: order.row.number, status: order.row.status, cancelledMinor: preview.valueMinor, refundId };
}

/** A placement under way undoes itself when it reads the cancellation; afterwards a saga of its own releases what is still held. */
function settleMoney(world: World, order: orders.Order, whole: boolean, ctx: Request<CancelOrderInput>['ctx']): void {
  const open = sagasOf(world.sagas, order.row.id);
  const placement = open.find((saga) => saga.kind === 'place-order' && saga.step === 'authorize');
  if (placement) {
    if (whole) wake(world, placement, ctx);
    return;
  }
  for (const saga of open) if (saga.kind === 'place-order') wake(world, saga, ctx);
  releaseSurplus(world, order, ctx);
}

export const cancelOrder: Verb<CancelOrderInput, World, CancelledOrder> = {
  name: 'cancel-order',
  lock,
  decide,
  write: writeWorld,
};
