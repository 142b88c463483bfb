import type { OperationKind, OperationStatus, PaymentState, PaymentStatus } from '../../kernel/vocabulary.ts';

/** A failure's code where the bank holds the money no more: it may be asked for again. */
export const AUTHORIZATION_LAPSED = 'authorization_expired';

/** A failure's code where the customer's bank took back what had been paid already. */
export const RETURNED_BY_BANK = 'returned_by_bank';

/** One tender of an order under its lock. Sums in minor units. */
export interface Payment {
  readonly id: string;
  readonly orderId: string;
  readonly merchantId: string;
  readonly provider: string;
  readonly method: string;
  readonly token: string | null;
  readonly currency: string;
  readonly amountMinor: bigint;
  readonly createdAt: Date;
  status: PaymentState;
  providerRef: string | null;
  brand: string | null;
  last4: string | null;
  fingerprint: string | null;
  authorizedMinor: bigint;
  capturedMinor: bigint;
  refundedMinor: bigint;
  /** What the provider has of it because of disputes. */
  disputedMinor: bigint;
  feeMinor: bigint;
  holdId: string | null;
  authorizationExpiresAt: Date | null;
  nextAction: unknown;
  failure: { code: string; message: string } | null;
  version: bigint;
}

/** One attempt at the provider. Its id is the provider's idempotency key. */
export interface Operation {
  readonly id: string;
  readonly paymentId: string;
  readonly orderId: string;
  readonly kind: OperationKind;
  readonly amountMinor: bigint;
  readonly subjectId: string | null;
  readonly traceId: string;
  readonly createdAt: Date;
  status: OperationStatus;
  providerRef: string | null;
  error: { code: string; message: string } | null;
  response: unknown;
  calls: number;
  settledAt: Date | null;
}

/**
 * Tenders that are accounts of the house's own ledger: spent and given back in the transaction that decides so, without asking anybody. What
 * is spent from is the payment's `token`: the gift card's id, or the customer's.
 */
export const INTERNAL_PROVIDERS = ['gift_card', 'store_credit', 'wallet'] as const;
export type InternalProvider = (typeof INTERNAL_PROVIDERS)[number];

/** Whether a payment is made from the house's own ledger. */
export function isInternal<P extends { readonly provider: string }>(payment: P): payment is P & { provider: InternalProvider } {
  return (INTERNAL_PROVIDERS as readonly string[]).includes(payment.provider);
}

export const OPEN_OPERATION: readonly OperationStatus[] = ['in_flight', 'requires_action', 'unknown'];

/** Whether an attempt has no final answer yet. */
export function isOpen(operation: Operation): boolean {
  return OPEN_OPERATION.includes(operation.status);
}

/** A payment's own state from its sums; open doubts and challenges come from its operations. */
export function derivePaymentState(payment: Payment, operations: readonly Operation[]): PaymentState {
  const own = operations.filter((operation) => operation.paymentId === payment.id);
  if (own.some((operation) => operation.status === 'unknown')) return 'IN_DOUBT';
  if (payment.capturedMinor > 0n) {
    if (payment.refundedMinor === payment.capturedMinor) return 'REFUNDED';
    if (payment.refundedMinor > 0n) return 'PARTIALLY_REFUNDED';
    return payment.capturedMinor < payment.authorizedMinor && payment.holdId !== null ? 'PARTIALLY_CAPTURED' : 'CAPTURED';
  }
  // A bank took back all that had been taken, and nothing is held any more.
  if (payment.holdId === null && own.some((operation) => operation.kind === 'capture' && operation.status === 'reversed'))
    return 'FAILED';
  if (own.some((operation) => operation.kind === 'void' && operation.status === 'succeeded')) return 'VOIDED';
  if (payment.authorizedMinor > 0n) return 'AUTHORIZED';
  if (own.some((operation) => operation.status === 'requires_action')) return 'REQUIRES_ACTION';
  return payment.failure ? 'FAILED' : 'CREATED';
}

/** An order's payments taken together, oldest first. `dueMinor` is what its live units are worth. */
export function deriveOrderPayment(all: readonly Payment[], dueMinor: bigint): PaymentStatus {
  // A card that was refused and another that was offered in its place are one tender.
  const payments = all.filter(
    (payment, at) => payment.status !== 'FAILED' || !all.slice(at + 1).some((other) => isSameTender(payment, other)),
  );
  if (payments.some((payment) => payment.status === 'IN_DOUBT')) return 'IN_DOUBT';
  const captured = payments.reduce((sum, payment) => sum + payment.capturedMinor, 0n);
  const refunded = payments.reduce((sum, payment) => sum + payment.refundedMinor, 0n);
  if (captured > 0n) {
    if (refunded === captured) return 'REFUNDED';
    if (refunded > 0n) return 'PARTIALLY_REFUNDED';
    return captured >= dueMinor ? 'CAPTURED' : 'PARTIALLY_CAPTURED';
  }
  // One tender that is still asked for keeps the whole unpaid, unless the others hold all of it: it is for what is to be added.
  if (payments.some((payment) => payment.status === 'AUTHORIZED')) {
    const held = payments.reduce((sum, payment) => sum + capturableMinor(payment), 0n);
    return held < dueMinor && payments.some(isAwaited) ? 'UNPAID' : 'AUTHORIZED';
  }
  const ended = payments.every((payment) => payment.status === 'FAILED' || payment.status === 'VOIDED');
  if (ended && payments.some((payment) => payment.status === 'FAILED')) return 'FAILED';
  return payments.some((payment) => payment.status === 'VOIDED') ? 'VOIDED' : 'UNPAID';
}

/** Whichever gateway is asked, it is the card. */
const isSameTender = (a: Payment, b: Payment): boolean => a.provider === b.provider || !(isInternal(a) || isInternal(b));

const isAwaited = (payment: Payment): boolean => ['CREATED', 'REQUIRES_ACTION', 'FAILED'].includes(payment.status);

/** What is left of the authorization to capture. */
export function capturableMinor(payment: Payment): bigint {
  return payment.holdId === null ? 0n : payment.authorizedMinor - payment.capturedMinor;
}

/** What one tender gives for a shipment. `final` releases what it still holds after that. */
export interface CapturePart {
  readonly paymentId: string;
  readonly internal: boolean;
  readonly amountMinor: bigint;
  readonly final: boolean;
}

/**
 * What each tender gives for a shipment that is worth `valueMinor`, of an order that still owes `owedMinor`: the house's own first, in the
 * order in which they were named, then the cards. The last capture takes what is owed in all, so that the parts add up whatever was cancelled
 * in between; and so does the first that needs a card whose provider captures only once.
 */
export function planCapture(
  tenders: readonly Payment[],
  asked: { readonly valueMinor: bigint; readonly owedMinor: bigint; readonly last: boolean },
  multicapture: (provider: string) => boolean,
): CapturePart[] {
  const own = tenders.filter((payment) => isInternal(payment) && capturableMinor(payment) > 0n);
  const cards = tenders.filter((payment) => !isInternal(payment) && capturableMinor(payment) > 0n);
  const value = asked.valueMinor < asked.owedMinor ? asked.valueMinor : asked.owedMinor;
  const inOwn = own.reduce((sum, payment) => sum + capturableMinor(payment), 0n);
  const takesAll = cards.some((card) => !multicapture(card.provider)) && (own.length === 0 || value > inOwn);
  const final = asked.last || takesAll;
  let left = final ? asked.owedMinor : value;
  return [...own, ...cards].flatMap((payment): CapturePart[] => {
    const room = capturableMinor(payment);
    const amountMinor = left < room ? left : room;
    if (amountMinor <= 0n) return [];
    left -= amountMinor;
    return [{ paymentId: payment.id, internal: isInternal(payment), amountMinor, final }];
  });
}

/** What was taken and not given back, nor is disputed, in minor units. A bank may dispute what was given back already. */
export function refundableMinor(payment: Pick<Payment, 'capturedMinor' | 'refundedMinor' | 'disputedMinor'>): bigint {
  const left = payment.capturedMinor - payment.refundedMinor - payment.disputedMinor;
  return left > 0n ? left : 0n;
}

/** What of several payments cannot be given back although it was not, because banks have it. */
export function disputedAwayMinor(
  payments: readonly Pick<Payment, 'capturedMinor' | 'refundedMinor' | 'disputedMinor'>[],
): bigint {
  return payments.reduce((sum, one) => sum + one.capturedMinor - one.refundedMinor - refundableMinor(one), 0n);
}

/** Splits an amount over payments that can give money back, newest first: the last to be taken is the first to return. */
export function planLegs(
  payments: readonly Payment[],
  pending: ReadonlyMap<string, bigint>,
  amountMinor: bigint,
): { paymentId: string; amountMinor: bigint }[] | null {
  const legs: { paymentId: string; amountMinor: bigint }[] = [];
  let left = amountMinor;
  for (const payment of [...payments].reverse()) {
    const room = refundableMinor(payment) - (pending.get(payment.id) ?? 0n);
    const part = room < left ? room : left;
    if (part <= 0n) continue;
    legs.push({ paymentId: payment.id, amountMinor: part });
    left -= part;
  }
  return left === 0n ? legs : null;
}

/** The gateways that programs answer disputes at; with the others people do, on the provider's own pages. */
const ANSWERED_BY_PROGRAM: ReadonlySet<string> = new Set(['card']);
export const answersOf = (provider: string): 'api' | 'dashboard' => (ANSWERED_BY_PROGRAM.has(provider) ? 'api' : 'dashboard');
