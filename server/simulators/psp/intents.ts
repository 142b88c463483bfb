import { randomBytes } from 'node:crypto';
import { child, type Form, text } from '../form.ts';
import type { Faults } from '../switches.ts';
import { declineOf, testCard } from './cards.ts';
import { sendDebit, testAccount } from './debits.ts';
import { openDispute } from './dispute-life.ts';
import { mergeMetadata, readInteger } from './fields.ts';
import { newPspId } from './psp-id.ts';
import { invalid, missing, Refusal } from './refusal.ts';
import { cardErrorShape, intentShape } from './shapes.ts';
import type { CardError, Change, Charge, Intent, IntentStatus, PspState } from './state.ts';

/** The life of a PaymentIntent, as https://docs.stripe.com/payments/paymentintents/lifecycle tells it. */
const AMOUNT_LIMIT = 99_999_999;
const FEE_PER_MILLE = 29;
const FEE_FIXED = 30;

const CANCELABLE: readonly IntentStatus[] = [
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
  'requires_capture',
];

/** 2.9 % + 30 minor units, the published price of a card payment. */
const feeOf = (amount: number): number => Math.floor((amount * FEE_PER_MILLE + 500) / 1000) + FEE_FIXED;

export function findIntent(state: PspState, id: string): Intent {
  const intent = state.intents.get(id);
  if (intent === undefined) throw missing('payment_intent', id, 'intent');
  return intent;
}

function unexpectedState(intent: Intent, verb: string, allowed: readonly IntentStatus[], challengeUrl: string): Refusal {
  return invalid(
    `This PaymentIntent could not be ${verb} because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be ${verb}: ${allowed.join(', ')}.`,
    { code: 'payment_intent_unexpected_state', payment_intent: intentShape(intent, challengeUrl) },
  );
}

/** Which of our operations a request carries out: named in metadata, otherwise by its idempotency key. */
export const operationOf = (form: Form, key: string | null): string | null =>
  text(child(form, 'metadata'), 'capture_operation_id') ?? text(child(form, 'metadata'), 'operation_id') ?? key;

export class Intents {
  private readonly state: PspState;
  private readonly challengeUrl: string;

  constructor(state: PspState, challengeUrl: string) {
    this.state = state;
    this.challengeUrl = challengeUrl;
  }

  create(form: Form, change: Change, faults: Faults): Intent {
    const amount = readInteger(form, 'amount');
    const currency = text(form, 'currency')?.toLowerCase();
    if (amount === undefined) throw invalid('Missing required param: amount.', { code: 'parameter_missing', param: 'amount' });
    if (currency === undefined)
      throw invalid('Missing required param: currency.', { code: 'parameter_missing', param: 'currency' });
    if (!/^[a-z]{3}$/.test(currency)) throw invalid(`Invalid currency: ${currency}.`, { param: 'currency' });
    if (amount < 1)
      throw invalid('This value must be greater than or equal to 1.', { code: 'parameter_invalid_integer', param: 'amount' });
    if (amount > AMOUNT_LIMIT)
      throw invalid('Amount must be no more than 999,999.99', { code: 'amount_too_large', param: 'amount' });
    const captureMethod = text(form, 'capture_method');
    const options = child(child(form, 'payment_method_options'), 'card');
    const asked = text(options, 'request_multicapture') === 'if_available';
    const id = newPspId('pi');
    const intent: Intent = {
      id,
      n: this.state.intentOrder.length,
      amount,
      currency,
      status: 'requires_payment_method',
      captureMethod: captureMethod === 'manual' ? 'manual' : 'automatic',
      created: this.state.clock.seconds(),
      token: null,
      multicapture: asked && this.state.settings.multicapture,
      increments: text(options, 'request_incremental_authorization') === 'if_available',
      charge: null,
      capturable: 0,
      received: 0,
      metadata: mergeMetadata({}, form),
      description: text(form, 'description') ?? null,
      returnUrl: null,
      secret: `${id}_secret_${randomBytes(12).toString('hex')}`,
      canceledAt: null,
      cancelReason: null,
      error: null,
      captureBefore: null,
    };
    const token = this.readToken(form);
    const confirm = text(form, 'confirm') === 'true';
    const start = { ...intent, token, returnUrl: text(form, 'return_url') ?? null };
    const account = token === null ? undefined : testAccount(token);
    if (account && confirm) return sendDebit(this.state, start, account, form, change, faults);
    if (confirm) return this.attempt(start, change, faults, operationOf(form, change.key), true);
    return this.save({ ...start, status: token === null ? 'requires_payment_method' : 'requires_confirmation' }, change);
  }

  confirm(id: string, form: Form, change: Change, faults: Faults): Intent {
    const intent = findIntent(this.state, id);
    const allowed: IntentStatus[] = ['requires_payment_method', 'requires_confirmation', 'requires_action'];
    if (!allowed.includes(intent.status)) throw unexpectedState(intent, 'confirmed', allowed, this.challengeUrl);
    const next = {
      ...intent,
      token: this.readToken(form) ?? intent.token,
      returnUrl: text(form, 'return_url') ?? intent.returnUrl,
      metadata: mergeMetadata(intent.metadata, form),
    };
    return this.attempt(next, change, faults, intent.metadata.operation_id ?? change.key, false);
  }

  /** The cardholder answered the challenge page. */
  answerChallenge(id: string, complete: boolean, change: Change): Intent {
    const intent = findIntent(this.state, id);
    if (intent.status !== 'requires_action')
      throw unexpectedState(intent, 'authenticated', ['requires_action'], this.challengeUrl);
    const operation = intent.metadata.operation_id ?? null;
    if (!complete) {
      const message =
        'The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new PaymentMethod to attempt to fulfill this PaymentIntent again.';
      const error: CardError = { code: 'payment_intent_authentication_failure', declineCode: null, message };
      return this.refuse(intent, error, change, operation);
    }
    const card = testCard(intent.token ?? '');
    return card?.decline ? this.refuse(intent, card.decline, change, operation) : this.authorize(intent, change, operation, true);
  }

  /** Raises what is held to a new total: https://docs.stripe.com/payments/incremental-authorization. Refused, nothing changes. */
  increment(id: string, form: Form, change: Change, faults: Faults): Intent {
    const intent = findIntent(this.state, id);
    const amount = readInteger(form, 'amount');
    if (intent.status !== 'requires_capture')
      throw unexpectedState(intent, 'incremented', ['requires_capture'], this.challengeUrl);
    if (amount === undefined) throw invalid('Missing required param: amount.', { code: 'parameter_missing', param: 'amount' });
    const charge = this.chargeOf(intent);
    if (!charge.increments || intent.received > 0)
      throw invalid('This PaymentIntent cannot be incremented: its card, or its state, does not support it.', {
        param: 'intent',
      });
    if (amount <= intent.amount)
      throw invalid(`The amount must be greater than the currently authorized amount (${intent.amount}).`, {
        code: 'amount_too_small',
        param: 'amount',
      });
    if (amount > AMOUNT_LIMIT)
      throw invalid('Amount must be no more than 999,999.99', { code: 'amount_too_large', param: 'amount' });
    const declined =
      faults.decline ?? (testCard(intent.token ?? '')?.increment === 'declined' ? 'insufficient_funds' : undefined);
    if (declined !== undefined)
      throw new Refusal(402, 'card_error', 'Your card was declined.', {
        code: 'card_declined',
        decline_code: typeof declined === 'string' ? declined : 'generic_decline',
        charge: intent.charge,
        payment_intent: intentShape(intent, this.challengeUrl),
      });
    change.put(['charge', { ...charge, amount }]);
    const metadata = mergeMetadata(intent.metadata, form);
    const raised = this.save({ ...intent, amount, capturable: amount, metadata }, change);
    change.log('increment', raised, amount, operationOf(form, change.key));
    change.event('payment_intent.amount_capturable_updated', { of: 'intent', id });
    return raised;
  }

  capture(id: string, form: Form, change: Change, faults: Faults): Intent {
    const intent = findIntent(this.state, id);
    if (intent.status !== 'requires_capture') throw unexpectedState(intent, 'captured', ['requires_capture'], this.challengeUrl);
    const final = text(form, 'final_capture') !== 'false';
    const amount = readInteger(form, 'amount_to_capture') ?? intent.capturable;
    const param = 'amount_to_capture';
    if (!final && !intent.multicapture) {
      throw invalid('You cannot set `final_capture` to false: multicapture is not available for this PaymentIntent.', {
        param: 'final_capture',
      });
    }
    if (amount < 1) throw invalid('This value must be greater than or equal to 1.', { code: 'parameter_invalid_integer', param });
    if (amount > intent.capturable) {
      throw invalid(`The remaining amount you can capture for this PaymentIntent is ${intent.capturable}.`, {
        code: 'amount_too_large',
        param,
      });
    }
    if (faults.decline !== undefined) {
      const charge = { charge: intent.charge, payment_intent: intentShape(intent, this.challengeUrl) };
      throw new Refusal(402, 'card_error', 'Your card was declined.', {
        code: 'card_declined',
        decline_code: String(faults.decline),
        ...charge,
      });
    }
    const metadata = mergeMetadata(intent.metadata, form);
    return this.take({ ...intent, metadata }, amount, final, change, operationOf(form, change.key));
  }

  cancel(id: string, form: Form, change: Change): Intent {
    const intent = findIntent(this.state, id);
    if (!CANCELABLE.includes(intent.status)) throw unexpectedState(intent, 'canceled', CANCELABLE, this.challengeUrl);
    return this.release(intent, text(form, 'cancellation_reason') ?? null, 'void', change, change.key);
  }

  /** Lets authorizations lapse whose time is over; returns whether any did. */
  expire(change: Change): boolean {
    const now = this.state.clock.seconds();
    for (const id of this.state.open) {
      const intent = this.state.intents.get(id);
      if (intent === undefined || intent.captureBefore === null) continue;
      if (intent.captureBefore > now) {
        // Oldest first: where all live equally long, the first that is not due ends the search.
        if (this.state.livesDiffer) continue;
        break;
      }
      this.release(intent, 'automatic', 'expiry', change, null);
    }
    return change.records.length > 0;
  }

  /** The bank gives up one authorization before its time. */
  lapse(id: string, change: Change): Intent {
    const intent = findIntent(this.state, id);
    if (intent.status !== 'requires_capture') throw unexpectedState(intent, 'lapsed', ['requires_capture'], this.challengeUrl);
    return this.release(intent, 'automatic', 'expiry', change, null);
  }

  private readToken(form: Form): string | null {
    const sent = text(form, 'payment_method');
    if (sent === undefined) return null;
    const token = this.state.cardToken(sent);
    if (testCard(token) === undefined && testAccount(token) === undefined)
      throw invalid(`No such PaymentMethod: '${sent}'`, { code: 'resource_missing', param: 'payment_method' });
    return token;
  }

  private attempt(intent: Intent, change: Change, faults: Faults, operation: string | null, created: boolean): Intent {
    const card = testCard(intent.token ?? '');
    if (card === undefined) {
      const message = "You cannot confirm this PaymentIntent because it's missing a payment method.";
      throw invalid(message, { code: 'payment_intent_unexpected_state' });
    }
    if (created) change.put(['intent', intent]);
    if (created) change.event('payment_intent.created', { of: 'intent', id: intent.id });
    if (faults.decline !== undefined) {
      const code = typeof faults.decline === 'string' ? faults.decline : 'generic_decline';
      this.refuse(intent, declineOf(code), change, operation);
      throw this.declined(intent.id);
    }
    if (card.challenge || faults.challenge !== undefined) {
      const waiting = this.save({ ...intent, status: 'requires_action', error: null }, change);
      change.log('challenge', waiting, intent.amount, operation);
      change.event('payment_intent.requires_action', { of: 'intent', id: intent.id });
      return waiting;
    }
    if (card.decline) {
      this.refuse(intent, card.decline, change, operation);
      throw this.declined(intent.id);
    }
    return this.authorize(intent, change, operation, false);
  }

  private declined(id: string): Refusal {
    const intent = findIntent(this.state, id);
    const error = intent.error ?? { code: 'card_declined', declineCode: 'generic_decline', message: 'Your card was declined.' };
    const shape = cardErrorShape(error, intent.charge);
    return new Refusal(402, 'card_error', error.message, { ...shape, payment_intent: intentShape(intent, this.challengeUrl) });
  }

  private refuse(intent: Intent, error: CardError, change: Change, operation: string | null): Intent {
    const attempted = error.code !== 'payment_intent_authentication_failure';
    const charge = attempted ? this.newCharge(intent, error, null, false, change) : null;
    const refused = this.save(
      { ...intent, status: 'requires_payment_method', error, charge: charge?.id ?? intent.charge },
      change,
    );
    change.log('decline', refused, intent.amount, operation);
    if (charge !== null) change.event('charge.failed', { of: 'charge', id: charge.id });
    change.event('payment_intent.payment_failed', { of: 'intent', id: intent.id });
    return refused;
  }

  private authorize(intent: Intent, change: Change, operation: string | null, challenged: boolean): Intent {
    const manual = intent.captureMethod === 'manual';
    const captureBefore = manual ? Math.floor((this.state.clock.now() + this.state.settings.authorization_ms) / 1000) : null;
    const charge = this.newCharge(intent, null, captureBefore, challenged, change);
    const held: Intent = {
      ...intent,
      status: 'requires_capture',
      charge: charge.id,
      capturable: intent.amount,
      error: null,
      captureBefore,
    };
    change.log('authorization', held, intent.amount, operation);
    if (!manual) return this.take(held, intent.amount, true, change, operation);
    this.save(held, change);
    change.event('payment_intent.amount_capturable_updated', { of: 'intent', id: intent.id });
    return held;
  }

  private take(intent: Intent, amount: number, final: boolean, change: Change, operation: string | null): Intent {
    const charge = this.chargeOf(intent);
    const received = intent.received + amount;
    const done = final || received === intent.amount;
    const txn = {
      id: newPspId('txn'),
      source: charge.id,
      charge: charge.id,
      type: 'charge' as const,
      amount,
      fee: feeOf(amount),
      currency: intent.currency,
      created: this.state.clock.seconds(),
    };
    change.put(['txn', txn]);
    change.put(['charge', { ...charge, captured: charge.captured + amount, txn: txn.id, closed: done }]);
    const capturable = done ? 0 : intent.amount - received;
    const taken = this.save({ ...intent, received, capturable, status: done ? 'succeeded' : 'requires_capture' }, change);
    change.log('capture', taken, amount, operation);
    change.event('charge.captured', { of: 'charge', id: charge.id });
    change.event(done ? 'payment_intent.succeeded' : 'payment_intent.amount_capturable_updated', { of: 'intent', id: intent.id });
    const disputes = testCard(this.state.cardToken(charge.token))?.disputes;
    if (done && disputes !== undefined)
      openDispute(this.state, change, taken, this.chargeOf(taken), { reason: 'fraudulent', inquiry: disputes === 'inquiry' });
    return taken;
  }

  /** Gives back what is held. A payment of which a part was captured ends as succeeded with that part. */
  private release(
    intent: Intent,
    reason: string | null,
    kind: 'void' | 'expiry',
    change: Change,
    operation: string | null,
  ): Intent {
    const partly = intent.received > 0;
    if (intent.charge !== null && intent.status === 'requires_capture') {
      change.put(['charge', { ...this.chargeOf(intent), closed: true }]);
    }
    const released = this.save(
      {
        ...intent,
        capturable: 0,
        status: partly ? 'succeeded' : 'canceled',
        canceledAt: partly ? null : this.state.clock.seconds(),
        cancelReason: partly ? null : reason,
      },
      change,
    );
    change.log(kind, released, intent.capturable, operation);
    change.event(partly ? 'payment_intent.succeeded' : 'payment_intent.canceled', { of: 'intent', id: intent.id });
    return released;
  }

  private newCharge(
    intent: Intent,
    error: CardError | null,
    captureBefore: number | null,
    challenged: boolean,
    change: Change,
  ): Charge {
    const charge: Charge = {
      id: newPspId('ch'),
      intent: intent.id,
      amount: intent.amount,
      captured: 0,
      refunded: 0,
      currency: intent.currency,
      created: this.state.clock.seconds(),
      token: intent.token ?? '',
      multicapture: intent.multicapture,
      increments: intent.increments === true && testCard(intent.token ?? '')?.increment !== 'unavailable',
      txn: null,
      error,
      captureBefore,
      challenged,
      closed: error !== null,
      metadata: intent.metadata,
      description: intent.description,
    };
    change.put(['charge', charge]);
    return charge;
  }

  private chargeOf(intent: Intent): Charge {
    const charge = this.state.charges.get(intent.charge ?? '');
    if (charge === undefined) throw new Error(`PaymentIntent ${intent.id} has no charge.`);
    return charge;
  }

  private save(intent: Intent, change: Change): Intent {
    change.put(['intent', intent]);
    return intent;
  }
}
