import { newId } from '../../../kernel/ids.ts';
import type { ProviderOutcome, QueryInput, Succeeded } from '../provider.ts';
import type { GatewayWorld } from './conformance.ts';

/** What the checks have a gateway do. */

export const AMOUNT = 5_000n;
export const RAISED = 8_000n;
export const CURRENCY = 'EUR';
export const TRIES = 200;
export const PAUSE_MS = 25;

/** One operation: how it is sent, again and again the same, and how it is asked about. */
export interface Op {
  readonly send: () => Promise<ProviderOutcome>;
  readonly about: QueryInput;
}

export const said = (outcome: unknown): string =>
  JSON.stringify(outcome, (_, value) => (typeof value === 'bigint' ? `${value}` : value));
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface Asked {
  readonly token?: string;
  readonly amountMinor?: bigint;
  readonly currency?: string;
}

export function authorize(w: GatewayWorld, asked: Asked = {}, operationId = newId()): Op {
  const { amountMinor = AMOUNT, currency = CURRENCY } = asked;
  const token = asked.token ?? w.tokens.acceptedIn?.(currency) ?? w.tokens.accepted;
  const ids = { operationId, orderId: newId(), paymentId: newId() };
  const returnUrl = 'http://shop.test/done';
  const send = () => w.provider.authorize({ ...ids, amountMinor, currency, token, returnUrl });
  return { send, about: { operationId, kind: 'authorize', providerRef: null, amountMinor, currency } };
}

export function capture(w: GatewayWorld, providerRef: string, amountMinor = AMOUNT, final = true): Op {
  const input = { operationId: newId(), providerRef, amountMinor, currency: CURRENCY };
  return { send: () => w.provider.capture({ ...input, final }), about: { ...input, kind: 'capture' } };
}

export function increment(w: GatewayWorld, providerRef: string, amountMinor = RAISED): Op {
  const input = { operationId: newId(), providerRef, amountMinor, currency: CURRENCY };
  return { send: () => w.provider.increment(input), about: { ...input, kind: 'increment' } };
}

export function release(w: GatewayWorld, providerRef: string): Op {
  const input = { operationId: newId(), providerRef };
  return { send: () => w.provider.void(input), about: { ...input, kind: 'void', amountMinor: AMOUNT, currency: CURRENCY } };
}

export function refund(w: GatewayWorld, providerRef: string, amountMinor = AMOUNT): Op {
  const input = { operationId: newId(), providerRef, amountMinor, currency: CURRENCY };
  return { send: () => w.provider.refund({ ...input, orderId: newId() }), about: { ...input, kind: 'refund' } };
}

/** Carries an operation out as a saga does: sends it, waits for news, asks where there was no answer, until it has ended. */
export async function ended(w: GatewayWorld, op: Op): Promise<ProviderOutcome> {
  let outcome = await op.send();
  for (let tries = 0; tries < TRIES; tries++) {
    if (outcome.kind === 'succeeded' || outcome.kind === 'failed' || outcome.kind === 'requires_action') return outcome;
    if (outcome.kind === 'unreachable') {
      await pause(PAUSE_MS);
      outcome = await op.send();
      continue;
    }
    if (outcome.kind === 'pending') await w.comes?.(outcome.providerRef);
    const known = await w.provider.query(op.about);
    outcome = known.kind === 'not_found' ? await op.send() : known;
    if (outcome.kind === 'pending' || outcome.kind === 'unknown') await pause(PAUSE_MS);
  }
  return outcome;
}

/** As `ended`, of what has to succeed. */
export async function done(w: GatewayWorld, op: Op): Promise<Succeeded> {
  const outcome = await ended(w, op);
  if (outcome.kind !== 'succeeded') throw new Error(`${op.about.kind} should succeed: ${said(outcome)}`);
  return outcome;
}

export const authorized = async (w: GatewayWorld): Promise<string> => (await done(w, authorize(w))).providerRef;

export async function captured(w: GatewayWorld): Promise<string> {
  const ref = await authorized(w);
  // What comes in one piece has been taken when it has come.
  if (w.traits.takes === 'leaving') await done(w, capture(w, ref));
  return ref;
}

/** What the log has of an authorization that has succeeded. */
export const held = (w: GatewayWorld): string[] => (w.traits.takes === 'leaving' ? ['authorization'] : ['debit', 'capture']);

/** Null where the provider's own log says exactly this. */
export function effectsAre(w: GatewayWorld, ref: string, expected: readonly string[]): string | null {
  const found = w.effects(ref);
  return found.join() === expected.join() ? null : `the provider did ${found.join(', ')} instead of ${expected.join(', ')}`;
}
