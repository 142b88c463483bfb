import type { UnitRange, UnitValue } from '../../kernel/units.ts';
import type { RefundKind, RefundStatus } from '../../kernel/vocabulary.ts';

export interface Refund {
  readonly id: string;
  readonly orderId: string;
  readonly merchantId: string;
  readonly number: string;
  readonly kind: RefundKind;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly reason: string;
  readonly note: string | null;
  readonly requestedBy: string;
  readonly createdAt: Date;
  approvalId: string | null;
  status: RefundStatus;
  failure: { code: string; message: string } | null;
  settledAt: Date | null;
}

export interface RefundLine extends UnitRange {
  readonly refundId: string;
  readonly orderId: string;
  readonly value: Omit<UnitValue, 'totalMinor'>;
}

/** Where a leg goes instead of to its tender; `by_hand`: somebody has paid it outside the house. */
export type RefundDestination = 'store_credit' | 'wallet' | 'by_hand';

/** One tender's part of a refund. */
export interface RefundLeg {
  readonly id: string;
  readonly refundId: string;
  readonly orderId: string;
  readonly paymentId: string;
  readonly amountMinor: bigint;
  /** Where the money goes instead of to the tender that it came from. */
  destination: RefundDestination | null;
  status: 'pending' | 'succeeded' | 'failed';
  settledAt: Date | null;
  /** Why its tender does not take it: it waits for somebody who says where it goes. */
  failure: { code: string; message: string } | null;
  /** How often the tender could not take it only for the moment. */
  tries: number;
  /** Of money that was paid by hand. */
  reference: string | null;
  redirectedBy: string | null;
}

/** What passes: our own balance there is too low, the other side is busy. Everything else (a card that has expired, a closed account) stays. */
const PASSING: ReadonlySet<string> = new Set([
  'balance_insufficient',
  'insufficient_balance',
  'lock_timeout',
  'rate_limit',
  'processing_error',
  'issuer_unavailable',
  'charge_disputed',
]);
const MAX_TRIES = 8;

/** Whether a leg that failed is tried again by itself; where not, it waits for a person. */
export const isTriedAgain = (leg: Pick<RefundLeg, 'tries'>, code: string): boolean => PASSING.has(code) && leg.tries < MAX_TRIES;

/** Whether a leg waits for somebody who says where it goes. */
export const needsRedirect = (leg: Pick<RefundLeg, 'status' | 'failure'>): boolean =>
  leg.status === 'pending' && leg.failure !== null;

/** Reason of a refund that a cancellation makes by itself: its units' value left the receivable then, so no credit note follows. */
export const CANCELLED = 'cancelled';

/** A refund that may still take money: its amount counts against what is left. */
export function isOnItsWay(refund: Refund): boolean {
  return refund.status === 'pending' || refund.status === 'awaiting_approval';
}

/** Money of an order that is on its way back, in minor units. */
export function onItsWayMinor(refunds: readonly Refund[]): bigint {
  return refunds.filter(isOnItsWay).reduce((sum, refund) => sum + refund.amountMinor, 0n);
}

/** Of it, what goes back for units that were cancelled. */
export function onItsWayOfCancelled(refunds: readonly Refund[]): bigint {
  return onItsWayMinor(refunds.filter((refund) => refund.reason === CANCELLED));
}

/** Money that each payment still owes to refunds that are on their way. */
export function pendingByPayment(refunds: readonly Refund[], legs: readonly RefundLeg[]): Map<string, bigint> {
  const open = new Set(refunds.filter(isOnItsWay).map((refund) => refund.id));
  const pending = new Map<string, bigint>();
  for (const leg of legs) {
    if (leg.status === 'pending' && open.has(leg.refundId))
      pending.set(leg.paymentId, (pending.get(leg.paymentId) ?? 0n) + leg.amountMinor);
  }
  return pending;
}
