import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type Form, list } from '../form.ts';
import { json, type SimReply, type SimRequest } from '../http.ts';
import type { Faults } from '../switches.ts';
import type { Debit } from './bookings.ts';
import { newPspId } from './psp-id.ts';
import { invalid, missing, Refusal } from './refusal.ts';
import { type CardError, Change, type Charge, type Intent, type PspState } from './state.ts';

/**
 * Direct debits: the payment is `processing` for days, then it came in one piece or the bank refused it; and what came may be returned
 * later (https://docs.stripe.com/payments/sepa-debit). Bank accounts are named as cards are: by what becomes of their debits.
 */
export interface TestAccount {
  readonly type: Debit['type'];
  readonly last4: string;
  readonly fingerprint: string;
  /** Why its bank refuses; absent where the debit comes. */
  readonly fails?: string;
  /** Why its bank takes it back later. */
  readonly returns?: string;
}

const ENDS = {
  success: {},
  insufficientFunds: { fails: 'insufficient_funds' },
  accountClosed: { fails: 'account_closed' },
  returned: { returns: 'debit_not_authorized' },
} as const;
const CURRENCIES = { sepa_debit: 'eur', us_bank_account: 'usd' } as const;
const NAME = /^pm_(sepaDebit|usBankAccount)_(success|insufficientFunds|accountClosed|returned)$/;
/** A debit costs 35 minor units, whatever it is over. */
const DEBIT_FEE = 35;

/** The account behind a token, or undefined where it is none. */
export function testAccount(token: string): TestAccount | undefined {
  const [, kind, end] = NAME.exec(token) ?? [];
  if (end === undefined) return undefined;
  const hash = createHash('sha256').update(token).digest();
  const last4 = String(hash.readUInt16BE(0) % 10_000).padStart(4, '0');
  const fingerprint = hash.toString('base64url').replaceAll(/[-_]/g, '0').slice(0, 16);
  const type = kind === 'sepaDebit' ? 'sepa_debit' : 'us_bank_account';
  return { type, last4, fingerprint, ...ENDS[end as keyof typeof ENDS] };
}

const SENTENCES: Readonly<Record<string, string>> = {
  insufficient_funds: 'The customer’s account has insufficient funds to cover this payment.',
  account_closed: 'The customer’s bank account has been closed.',
  debit_not_authorized: 'The customer has notified their bank that this payment was unauthorized.',
};

const errorOf = (code: string): CardError => ({
  code,
  declineCode: null,
  message: SENTENCES[code] ?? 'The bank refused this payment.',
});

/** Sends a debit: nothing has come yet. */
export function sendDebit(
  state: PspState,
  intent: Intent,
  account: TestAccount,
  form: Form,
  change: Change,
  faults: Faults,
): Intent {
  const { type } = account;
  if (!list(form, 'allowed_payment_method_types').includes(type))
    throw invalid(`The payment method type ${type} is not among those of this PaymentIntent.`, { param: 'payment_method' });
  if (intent.currency !== CURRENCIES[type]) throw invalid(`${type} payments are in ${CURRENCIES[type]}.`, { param: 'currency' });
  const now = state.clock.now();
  const { debit_ms: endsIn, return_ms: returnsIn } = state.settings;
  const fails = faults.decline === undefined ? (account.fails ?? null) : String(faults.decline);
  const debit: Debit = {
    type,
    last4: account.last4,
    fingerprint: account.fingerprint,
    endsAt: now + endsIn,
    fails,
    returnsAt: account.returns === undefined ? null : now + endsIn + returnsIn,
    returns: account.returns ?? null,
  };
  const charge: Charge = {
    id: newPspId('py'),
    intent: intent.id,
    amount: intent.amount,
    captured: 0,
    refunded: 0,
    currency: intent.currency,
    created: state.clock.seconds(),
    token: intent.token ?? '',
    multicapture: false,
    txn: null,
    error: null,
    captureBefore: null,
    challenged: false,
    closed: false,
    metadata: intent.metadata,
    description: intent.description,
    debit: { type, last4: account.last4, fingerprint: account.fingerprint, state: 'pending', failureTxn: null },
  };
  const sent: Intent = { ...intent, status: 'processing', charge: charge.id, error: null, debit };
  change.put(['charge', charge]);
  change.put(['intent', sent]);
  change.event('payment_intent.created', { of: 'intent', id: intent.id });
  change.log('debit', sent, sent.amount, intent.metadata.operation_id ?? change.key);
  change.event('payment_intent.processing', { of: 'intent', id: intent.id });
  return sent;
}

function findIntent(state: PspState, id: string): Intent {
  const intent = state.intents.get(id);
  if (intent === undefined) throw missing('payment_intent', id, 'intent');
  return intent;
}

function chargeOf(state: PspState, intent: Intent): Charge & { readonly debit: NonNullable<Charge['debit']> } {
  const charge = state.charges.get(intent.charge ?? '');
  if (charge?.debit === undefined) throw new Error(`PaymentIntent ${intent.id} is no debit.`);
  return { ...charge, debit: charge.debit };
}

/** A booking, in the types that Stripe has for what is no card. */
function book(
  state: PspState,
  change: Change,
  charge: Charge,
  type: 'payment' | 'payment_failure_refund',
  amount: number,
): string {
  const id = newPspId('txn');
  const fee = type === 'payment' ? DEBIT_FEE : 0;
  const about = { source: charge.id, charge: charge.id, currency: charge.currency, created: state.clock.seconds() };
  change.put(['txn', { id, type, amount, fee, ...about }]);
  return id;
}

/** The bank says how it ended. */
export function endDebit(state: PspState, intent: Intent, fails: string | null, change: Change): Intent {
  const charge = chargeOf(state, intent);
  const operation = intent.metadata.operation_id ?? null;
  const debit = intent.debit === undefined ? {} : { debit: { ...intent.debit, endsAt: null } };
  if (fails !== null) {
    const error = errorOf(fails);
    change.put(['charge', { ...charge, error, closed: true, debit: { ...charge.debit, state: 'failed' } }]);
    const refused: Intent = { ...intent, ...debit, status: 'requires_payment_method', error };
    change.put(['intent', refused]);
    change.log('decline', refused, intent.amount, operation);
    change.event('charge.failed', { of: 'charge', id: charge.id });
    change.event('payment_intent.payment_failed', { of: 'intent', id: intent.id });
    return refused;
  }
  const txn = book(state, change, charge, 'payment', intent.amount);
  change.put([
    'charge',
    { ...charge, captured: intent.amount, txn, closed: true, debit: { ...charge.debit, state: 'succeeded' } },
  ]);
  const paid: Intent = { ...intent, ...debit, status: 'succeeded', received: intent.amount };
  change.put(['intent', paid]);
  change.log('capture', paid, intent.amount, operation);
  change.event('charge.succeeded', { of: 'charge', id: charge.id });
  change.event('payment_intent.succeeded', { of: 'intent', id: intent.id });
  return paid;
}

/** The customer's bank takes back what had come. */
export function returnDebit(state: PspState, intent: Intent, code: string, change: Change): Intent {
  const charge = chargeOf(state, intent);
  const error = errorOf(code);
  const failureTxn = book(state, change, charge, 'payment_failure_refund', -intent.amount);
  change.put(['charge', { ...charge, error, debit: { ...charge.debit, state: 'failed', failureTxn } }]);
  const debit = intent.debit === undefined ? {} : { debit: { ...intent.debit, returnsAt: null } };
  const returned: Intent = { ...intent, ...debit, status: 'requires_payment_method', received: 0, error };
  change.put(['intent', returned]);
  change.log('return', returned, intent.amount, null);
  change.event('charge.failed', { of: 'charge', id: charge.id });
  change.event('payment_intent.payment_failed', { of: 'intent', id: intent.id });
  return returned;
}

/** What time has brought: debits that ended, and those that were taken back. */
export function progressDebits(state: PspState, change: Change): void {
  const now = state.clock.now();
  for (const id of [...state.debits]) {
    let intent = findIntent(state, id);
    if (intent.debit?.endsAt != null && intent.debit.endsAt <= now) intent = endDebit(state, intent, intent.debit.fails, change);
    const { returnsAt = null, returns = null } = intent.debit ?? {};
    if (intent.status === 'succeeded' && returnsAt !== null && returnsAt <= now && returns !== null)
      returnDebit(state, intent, returns, change);
  }
}

const DEBIT = /^\/_sim\/payments\/([A-Za-z0-9_]+)\/debit$/;
const input = z.strictObject({ end: z.enum(['succeed', 'fail', 'return']), code: z.string().max(60).optional() });

/** `POST /_sim/payments/{id}/debit`: the bank's word, before its day. Undefined where the address is another one. */
export async function debit(
  request: SimRequest,
  state: PspState,
  finish: (change: Change) => Promise<void>,
): Promise<SimReply | undefined> {
  const id = request.method === 'POST' ? DEBIT.exec(request.path)?.[1] : undefined;
  if (id === undefined) return undefined;
  const { end, code } = input.parse(JSON.parse(request.body || '{}'));
  const change = new Change(state);
  try {
    const intent = findIntent(state, id);
    if (intent.status !== (end === 'return' ? 'succeeded' : 'processing') || intent.debit === undefined)
      throw new Refusal(400, 'invalid_request_error', `This payment is ${intent.status}.`);
    const made =
      end === 'return'
        ? returnDebit(state, intent, code ?? 'debit_not_authorized', change)
        : endDebit(state, intent, end === 'fail' ? (code ?? 'insufficient_funds') : null, change);
    await finish(change);
    return json(200, { id, status: made.status });
  } catch (error) {
    if (error instanceof Refusal) return json(error.status, error.body);
    throw error;
  }
}
