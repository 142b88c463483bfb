import * as orders from '../domains/orders/service.ts';
import { planLegs } from '../domains/payments/rules.ts';
import * as payments from '../domains/payments/service.ts';
import { pendingByPayment, type RefundDestination } from '../domains/refunds/rules.ts';
import * as refunds from '../domains/refunds/service.ts';
import type { Ctx } from '../kernel/context.ts';
import { DomainError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { type UnitRange, valueOfUnits } from '../kernel/units.ts';
import type { RefundKind } from '../kernel/vocabulary.ts';
import { refundSaga } from './refund-saga.ts';
import { begin, settleOrder, takeNumber, tell, type World } from './world.ts';

export interface NewRefund {
  readonly kind: RefundKind;
  readonly amountMinor: bigint;
  readonly reason: string;
  readonly note: string | null;
  readonly ranges: readonly UnitRange[];
  /** Where it goes instead of to the tenders that it came from. */
  readonly destination?: RefundDestination | null;
  /** Nothing is sent before: until then it can be undone. */
  readonly undoUntil?: Date;
  /** Where a second person has to agree first. */
  readonly approvalId?: string;
}

/** The tenders a refund of this amount returns to, newest first; refused where they do not hold that much. */
export function legsFor(world: World, order: orders.Order, amountMinor: bigint): { paymentId: string; amountMinor: bigint }[] {
  const pending = pendingByPayment(refunds.ofOrder(world.refunds, order.row.id), world.refunds.legs);
  const legs = planLegs(payments.ofOrder(world.payments, order.row.id), pending, amountMinor);
  if (!legs) throw new DomainError('over_limit', 'This is more than is left of the money that was taken.');
  return legs;
}

/**
 * Records a refund on a locked order and starts its saga, or leaves it waiting for approval. Its units carry the refund's id from now
 * on: no other refund can name them, whoever comes second sees a changed plan.
 */
export function startRefund(world: World, order: orders.Order, wanted: NewRefund, ctx: Ctx): string {
  const id = newId();
  const { merchantId, currency } = order.row;
  const legs = legsFor(world, order, wanted.amountMinor);
  const waits = wanted.approvalId !== undefined;
  refunds.add(
    world.refunds,
    {
      id,
      orderId: order.row.id,
      merchantId,
      number: takeNumber(world, 'refund'),
      kind: wanted.kind,
      amountMinor: wanted.amountMinor,
      currency,
      reason: wanted.reason,
      note: wanted.note,
      requestedBy: ctx.actor,
      createdAt: ctx.now,
      approvalId: wanted.approvalId ?? null,
      status: waits ? 'awaiting_approval' : 'pending',
      failure: null,
      settledAt: null,
    },
    wanted.ranges.map((range) => {
      const line = order.lines.find((candidate) => candidate.id === range.lineId);
      if (!line) throw new Error('A refunded range names a line of another order');
      return { ...range, refundId: id, orderId: order.row.id, value: valueOfUnits(line, range.from, range.to) };
    }),
    legs.map((leg) => ({
      id: newId(),
      refundId: id,
      orderId: order.row.id,
      ...leg,
      destination: wanted.destination ?? null,
      status: 'pending',
      settledAt: null,
      failure: null,
      tries: 0,
      reference: null,
      redirectedBy: null,
    })),
  );
  if (wanted.ranges.length > 0) orders.change(order, wanted.ranges, () => ({ refundId: id }));
  settleOrder(world, order, 'refund', ctx);
  tell(
    world,
    order,
    'refund.requested',
    {
      refundId: id,
      amountMinor: wanted.amountMinor,
      kind: wanted.kind,
      reason: wanted.reason,
      approvalId: wanted.approvalId ?? null,
    },
    ctx,
  );
  const later = wanted.undoUntil;
  if (!waits)
    begin(
      world,
      refundSaga,
      order,
      later ? { state: { refundId: id, undoUntil: later.toISOString() }, notBefore: later } : { state: { refundId: id } },
      ctx,
    );
  return id;
}
