import * as giftCards from '../../domains/gift-cards/service.ts';
import { refusalOf as ledgerRefusal } from '../../domains/ledger/rules.ts';
import type { TransferSpec } from '../../domains/ledger/schema.ts';
import type { Order } from '../../domains/orders/service.ts';
import { isInternal, type Payment } from '../../domains/payments/rules.ts';
import * as payments from '../../domains/payments/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { newId } from '../../kernel/ids.ts';
import type { OperationKind } from '../../kernel/vocabulary.ts';
import { postFor, settleOrder, tell, type World } from '../world.ts';

/**
 * What a saga asks a provider to do with a card it does itself with a tender of the house's own ledger: in the same transaction, with nobody to
 * wait for and nothing to be in doubt of. Each leaves an attempt that succeeded, so that every tender tells its story in one form.
 */

/** Records an attempt that succeeded as it was made. Sums and holds are the caller's. */
export function settleLocally(
  world: World,
  payment: Payment,
  kind: OperationKind,
  amountMinor: bigint,
  subjectId: string | null,
  ctx: Ctx,
): string {
  const operation = payments.startOperation(world.payments, payment, kind, amountMinor, subjectId, ctx);
  operation.status = 'succeeded';
  operation.settledAt = ctx.now;
  payments.settle(world.payments, payment, operation);
  return operation.id;
}

/** What one tender gives for a shipment; `final` releases what it still holds after that. */
export interface LocalCapture {
  readonly paymentId: string;
  readonly amountMinor: bigint;
  readonly final: boolean;
}

/** Takes planned amounts from an order's own tenders for a shipment. An amount that was released meanwhile is not taken. */
export function captureLocally(world: World, order: Order, parts: readonly LocalCapture[], shipmentId: string, ctx: Ctx): void {
  for (const part of parts) {
    const payment = payments.ofOrder(world.payments, order.row.id).find((candidate) => candidate.id === part.paymentId);
    if (!payment?.holdId) continue;
    const held = payment.authorizedMinor - payment.capturedMinor;
    const amountMinor = part.amountMinor < held ? part.amountMinor : held;
    const { holdId, id: paymentId } = payment;
    const post = { phase: 'post', holdId, amountMinor, final: part.final, orderId: order.row.id, paymentId } as const;
    postFor(world, order, [{ ...post, id: newId(), kind: 'capture' }], ctx);
    payment.capturedMinor += amountMinor;
    if (part.final || payment.capturedMinor === payment.authorizedMinor) payment.holdId = null;
    const operationId = settleLocally(world, payment, 'capture', amountMinor, shipmentId, ctx);
    settleOrder(world, order, 'capture', ctx);
    const tender = payment.provider;
    tell(world, order, 'payment.captured', { paymentId, operationId, shipmentId, amountMinor, tender }, ctx);
  }
}

/** Releases what an order's own tenders still hold. */
export function releaseLocally(world: World, order: Order, ctx: Ctx): void {
  for (const payment of payments.ofOrder(world.payments, order.row.id)) {
    const { holdId, id: paymentId, provider: tender } = payment;
    if (!isInternal(payment) || holdId === null) continue;
    const amountMinor = payment.authorizedMinor - payment.capturedMinor;
    const base = { orderId: order.row.id, paymentId, reference: null };
    postFor(world, order, [{ ...base, id: newId(), kind: 'void', phase: 'void', holdId }], ctx);
    payment.holdId = null;
    const operationId = settleLocally(world, payment, 'void', amountMinor, null, ctx);
    if (payment.provider === 'gift_card') giftCards.returned(world.giftCards, payment.token as string, ctx);
    settleOrder(world, order, null, ctx);
    tell(world, order, 'payment.voided', { paymentId, operationId, amountMinor, tender }, ctx);
  }
}

/** Why the ledger would not take these transfers now; null where it would. */
export function refusalOf(world: World, specs: readonly TransferSpec[]): { code: string; message: string } | null {
  const refusal = ledgerRefusal(world.ledger, specs, world.now);
  return refusal && { code: refusal.error.code, message: refusal.error.detail };
}
