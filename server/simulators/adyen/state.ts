import { randomInt } from 'node:crypto';
import type { SimClock } from '../clock.ts';
import { type CommonRecord, CommonState } from '../keyed-simulator.ts';

/** What the second provider knows. Amounts are its own minor units. */
export interface Money {
  readonly currency: string;
  readonly value: number;
}

export interface Payment {
  readonly pspReference: string;
  /** The merchant's own name for it. */
  readonly reference: string;
  readonly orderId: string | null;
  readonly amount: Money;
  readonly token: string;
  readonly status: 'authorised' | 'refused' | 'redirect' | 'cancelled' | 'expired';
  readonly captured: number;
  readonly refunded: number;
  /** True once nothing more can be captured. */
  readonly closed: boolean;
  readonly created: number;
  /** Milliseconds since 1970 at which an authorization lapses. */
  readonly lapses: number;
  readonly returnUrl: string;
  readonly secret: string;
  /** What the cardholder answered, under the name that the shop hands in. */
  readonly answer: { readonly redirectResult: string; readonly complete: boolean } | null;
  readonly takesAtOnce: boolean;
  /** What it holds may be raised: it was not authorized finally. */
  readonly adjusts?: boolean;
  readonly key: string | null;
}

/** What was asked to be done with a payment: taken on at once, done, and told of by a notification. */
export interface Modification {
  readonly pspReference: string;
  readonly payment: string;
  readonly kind: 'increment' | 'capture' | 'void' | 'refund';
  readonly reference: string;
  readonly amount: Money;
  readonly at: number;
  readonly success: boolean;
}

/** What a cardholder's bank said of a payment, step by step. */
export interface Chargeback {
  readonly pspReference: string;
  readonly payment: string;
  readonly amount: Money;
  readonly reason: string;
  readonly events: readonly { readonly code: string; readonly at: number }[];
}

/** A notification item. */
export interface Notice {
  readonly id: string;
  readonly eventCode: string;
  readonly pspReference: string;
  readonly originalReference: string | null;
  readonly merchantReference: string;
  readonly amount: Money;
  readonly success: boolean;
  readonly reason: string;
  readonly token: string;
  readonly at: number;
  /** Until when a dispute may be answered. */
  readonly dueAt?: number;
}

/** What really happened, in the words of the other simulator, so that whoever reads one reads both. */
export interface Entry {
  readonly seq: number;
  readonly at: number;
  readonly kind:
    | 'authorization'
    | 'increment'
    | 'challenge'
    | 'decline'
    | 'capture'
    | 'void'
    | 'refund'
    | 'expiry'
    | 'dispute'
    | 'dispute_won';
  readonly payment_intent: string;
  readonly refund?: string;
  readonly amount: number;
  readonly currency: string;
  readonly idempotency_key: string | null;
  readonly operation_id: string | null;
  readonly order_id: string | null;
}

export interface Settings {
  /** How long authorizations last that are made from now on. */
  readonly authorization_ms: number;
}

export type Own = readonly ['payment', Payment] | readonly ['modification', Modification] | readonly ['chargeback', Chargeback];
export type AdyenRecord = Own | CommonRecord<Settings, Notice, Entry>;

const AUTHORIZATION_MS = 28 * 86_400_000;
const ALPHABET = 'BCDFGHJKLMNPQRSTVWXZ23456789';
const REFERENCE_LENGTH = 16;

export const newPspReference = (): string =>
  Array.from({ length: REFERENCE_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

export class AdyenState extends CommonState<Settings, Notice, Entry> {
  readonly payments = new Map<string, Payment>();
  readonly modifications = new Map<string, Modification>();
  readonly chargebacks = new Map<string, Chargeback>();
  readonly captures: Entry[] = [];
  readonly logByPayment = new Map<string, Entry[]>();
  readonly logByOrder = new Map<string, Entry[]>();

  constructor(clock: SimClock) {
    super(clock, { authorization_ms: AUTHORIZATION_MS });
  }

  apply(record: AdyenRecord): void {
    if (record[0] === 'payment') {
      const payment = record[1];
      this.payments.set(payment.pspReference, payment);
      this.track(payment.pspReference, payment.status === 'authorised' && !payment.closed);
      return;
    }
    if (record[0] === 'modification') {
      this.modifications.set(record[1].pspReference, record[1]);
      return;
    }
    if (record[0] === 'chargeback') {
      this.chargebacks.set(record[1].pspReference, record[1]);
      return;
    }
    this.keep(record);
    if (record[0] !== 'log') return;
    const entry = record[1];
    if (entry.kind === 'capture') this.captures.push(entry);
    push(this.logByPayment, entry.payment_intent, entry);
    if (entry.order_id !== null) push(this.logByOrder, entry.order_id, entry);
  }

  /** A payment that a browser came back with. */
  answered(redirectResult: string): Payment | undefined {
    for (const payment of this.payments.values()) if (payment.answer?.redirectResult === redirectResult) return payment;
    return undefined;
  }
}
