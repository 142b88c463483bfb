import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { testCard } from '../psp/cards.ts';
import type { Faults } from '../switches.ts';
import {
  type AdyenRecord,
  type AdyenState,
  type Chargeback,
  type Entry,
  type Modification,
  newPspReference,
  type Payment,
} from './state.ts';

/** The life of a payment at Adyen: authorised in the answer, everything after it taken on at once and told of by notifications. */
const amount = z.object({ currency: z.string().regex(/^[A-Z]{3}$/), value: z.int() });
export const paymentInput = z.object({
  merchantAccount: z.string(),
  reference: z.string().min(1).max(80),
  amount,
  returnUrl: z.string().min(1),
  paymentMethod: z.object({ type: z.string(), storedPaymentMethodId: z.string() }),
  captureDelayHours: z.int().optional(),
  additionalData: z.record(z.string(), z.string()).optional(),
  metadata: z.record(z.string(), z.string()).optional(),
});
export type PaymentInput = z.infer<typeof paymentInput>;
export const modificationInput = z.object({
  merchantAccount: z.string(),
  reference: z.string().max(80).default(''),
  amount: amount.optional(),
});
export type ModificationInput = z.infer<typeof modificationInput>;

/** Refusal reasons by the codes that both simulators' switches and cards use: https://docs.adyen.com/development-resources/refusal-reasons. */
const REFUSALS: Readonly<Record<string, readonly [reason: string, code: string, resultCode: 'Refused' | 'Error']>> = {
  generic_decline: ['Refused', '2', 'Refused'],
  insufficient_funds: ['Not enough balance', '12', 'Refused'],
  expired_card: ['Expired Card', '6', 'Refused'],
  incorrect_cvc: ['CVC Declined', '24', 'Refused'],
  lost_card: ['Blocked Card', '5', 'Refused'],
  stolen_card: ['Blocked Card', '5', 'Refused'],
  fraudulent: ['FRAUD', '20', 'Refused'],
  processing_error: ['Acquirer Error', '4', 'Error'],
  issuer_unavailable: ['Issuer Unavailable', '9', 'Error'],
  authentication: ['3D Not Authenticated', '11', 'Refused'],
};
export type Refused = (typeof REFUSALS)[string];
export const refusalOf = (code: string): Refused => REFUSALS[code] ?? (REFUSALS.generic_decline as Refused);

/** One request's changes, journalled together. */
export class Change {
  readonly records: AdyenRecord[] = [];
  private entries = 0;
  private readonly state: AdyenState;
  private readonly key: string | null;

  constructor(state: AdyenState, key: string | null) {
    this.state = state;
    this.key = key;
  }

  payment(payment: Payment): Payment {
    this.records.push(['payment', payment]);
    return payment;
  }

  log(kind: Entry['kind'], payment: Payment, value: number, reference: string | null, refund?: string): void {
    this.entries += 1;
    const seq = this.state.log.length + this.entries;
    const { pspReference, amount: held, orderId } = payment;
    const about = { payment_intent: pspReference, amount: value, currency: held.currency.toLowerCase(), order_id: orderId };
    const operation = reference === null || reference === '' ? this.key : hyphenated(reference);
    const more = refund === undefined ? {} : { refund };
    const ids = { idempotency_key: this.key, operation_id: operation };
    this.records.push(['log', { seq, at: this.state.clock.now(), kind, ...about, ...more, ...ids }]);
  }

  notice(
    eventCode: string,
    payment: Payment,
    said: { readonly success: boolean; readonly reason?: string; readonly by?: Modification },
  ): void {
    const { pspReference, reference, amount: held, token } = payment;
    const { by } = said;
    this.records.push([
      'event',
      {
        id: `${by?.pspReference ?? pspReference}-${eventCode}-${said.success}`,
        eventCode,
        pspReference: by?.pspReference ?? pspReference,
        originalReference: by ? pspReference : null,
        merchantReference: by?.reference ?? reference,
        amount: by?.amount ?? held,
        success: said.success,
        reason: said.reason ?? '',
        token,
        at: this.state.clock.now(),
      },
    ]);
  }

  /** A dispute is told of under its own reference, with the payment's as the original one. */
  dispute(
    eventCode: string,
    { pspReference: originalReference, reference: merchantReference, token }: Payment,
    { pspReference, ...said }: Pick<Chargeback, 'pspReference' | 'amount' | 'reason'> & { readonly dueAt: number },
  ): void {
    const at = this.state.clock.now();
    const about = { originalReference, merchantReference, token, success: true, at };
    this.records.push(['event', { id: `${pspReference}-${eventCode}-${at}`, eventCode, pspReference, ...about, ...said }]);
  }
}

/** A merchant's reference is our id without its hyphens, which separate several references at Adyen. */
export const hyphenated = (reference: string): string =>
  reference.replace(/^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/, '$1-$2-$3-$4-$5');

export function authorise(state: AdyenState, input: PaymentInput, change: Change, faults: Faults, key: string | null) {
  const token = input.paymentMethod.storedPaymentMethodId;
  const now = state.clock.now();
  const start: Payment = {
    pspReference: newPspReference(),
    reference: input.reference,
    orderId: input.metadata?.order_id ?? null,
    amount: input.amount,
    token,
    status: 'redirect',
    captured: 0,
    refunded: 0,
    closed: false,
    created: now,
    lapses: now + state.settings.authorization_ms,
    returnUrl: input.returnUrl,
    secret: randomBytes(12).toString('hex'),
    answer: null,
    takesAtOnce: input.captureDelayHours === 0,
    adjusts: input.additionalData?.authorisationType === 'PreAuth',
    key,
  };
  const card = testCard(token);
  const declined = faults.decline === undefined ? undefined : String(faults.decline);
  if (declined !== undefined) return refuse(start, refusalOf(declined), change);
  if (card?.challenge || faults.challenge !== undefined) {
    change.log('challenge', start, start.amount.value, start.reference);
    return { payment: change.payment(start), refused: null };
  }
  if (card?.decline) return refuse(start, refusalOf(card.decline.declineCode), change);
  return accept(start, change);
}

/** The shop hands in what the cardholder's browser came back with. */
export function complete(payment: Payment, change: Change): { payment: Payment; refused: Refused | null } {
  if (payment.status === 'authorised') return { payment, refused: null };
  if (payment.status !== 'redirect' || !payment.answer?.complete) return refuse(payment, refusalOf('authentication'), change);
  const declined = testCard(payment.token)?.decline;
  return declined ? refuse(payment, refusalOf(declined.declineCode), change) : accept(payment, change);
}

function refuse(payment: Payment, refused: Refused, change: Change): { payment: Payment; refused: Refused } {
  const ended = change.payment({ ...payment, status: 'refused', closed: true });
  change.log('decline', ended, ended.amount.value, ended.reference);
  change.notice('AUTHORISATION', ended, { success: false, reason: refused[0] });
  return { payment: ended, refused };
}

function accept(payment: Payment, change: Change): { payment: Payment; refused: null } {
  const { amount: held, takesAtOnce } = payment;
  const accepted = change.payment({
    ...payment,
    status: 'authorised',
    ...(takesAtOnce ? { captured: held.value, closed: true } : {}),
  });
  change.log('authorization', accepted, held.value, accepted.reference);
  if (takesAtOnce) change.log('capture', accepted, held.value, accepted.reference);
  change.notice('AUTHORISATION', accepted, { success: true, reason: '044925:4242:3/2030' });
  return { payment: accepted, refused: null };
}

/** Why a modification cannot be done; null where it can. Business reasons are told by the notification, never by the answer. */
function obstacle(kind: Modification['kind'], payment: Payment, value: number, faults: Faults): string | null {
  if (faults.decline !== undefined && kind !== 'void') return 'Refused by the acquirer';
  if (payment.status === 'expired') return 'Authorisation expired';
  if (kind === 'refund') return value > payment.captured - payment.refunded ? 'Insufficient balance on payment' : null;
  if (payment.status === 'cancelled') return 'Payment was cancelled already';
  if (kind === 'void') return payment.captured > 0 ? 'Payment was captured already' : null;
  if (payment.status !== 'authorised') return 'Payment is not authorised';
  if (kind === 'increment') return noIncrement(payment, value);
  return payment.closed || value > payment.amount.value - payment.captured ? 'Insufficient balance on payment' : null;
}

/** Adyen may lower what is held, too; nobody here asks for that. */
function noIncrement(payment: Payment, value: number): string | null {
  const card = testCard(payment.token);
  if (payment.closed || payment.captured > 0) return 'Payment was captured already';
  if (!payment.adjusts || card?.increment === 'unavailable') return 'Authorisation adjustment is not supported for this payment';
  if (card?.increment === 'declined') return 'Not enough balance';
  return value > payment.amount.value ? null : 'Amount is not higher than what is authorised';
}

const EVENTS = { increment: 'AUTHORISATION_ADJUSTMENT', capture: 'CAPTURE', void: 'CANCELLATION', refund: 'REFUND' } as const;

/** Takes a modification on, does it, and has it told of. */
export function modify(
  state: AdyenState,
  kind: Modification['kind'],
  payment: Payment,
  input: ModificationInput,
  change: Change,
  faults: Faults,
): Modification {
  const money = input.amount ?? payment.amount;
  const reason = obstacle(kind, payment, money.value, faults);
  const modification: Modification = {
    pspReference: newPspReference(),
    payment: payment.pspReference,
    kind,
    reference: input.reference,
    amount: money,
    at: state.clock.now(),
    success: reason === null,
  };
  change.records.push(['modification', modification]);
  if (reason === null) {
    if (kind === 'increment') change.payment({ ...payment, amount: money });
    // What a capture leaves over is released by itself: the account does not take an authorization in several parts.
    if (kind === 'capture') change.payment({ ...payment, captured: payment.captured + money.value, closed: true });
    if (kind === 'void') change.payment({ ...payment, status: 'cancelled', closed: true });
    if (kind === 'refund') change.payment({ ...payment, refunded: payment.refunded + money.value });
    change.log(kind, payment, money.value, modification.reference, kind === 'refund' ? modification.pspReference : undefined);
  }
  change.notice(EVENTS[kind], payment, { success: reason === null, reason: reason ?? '', by: modification });
  return modification;
}

/** The bank lets go of what it held. */
export function expire(payment: Payment, change: Change): void {
  change.payment({ ...payment, status: 'expired', closed: true });
  change.log('expiry', payment, payment.amount.value, payment.reference);
  change.notice('EXPIRE', payment, { success: true });
}
