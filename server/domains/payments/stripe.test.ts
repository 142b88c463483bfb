import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '../../kernel/ids.ts';
import { type PspSimulator, startPspSimulator } from '../../simulators/psp/server.ts';
import type { PaymentProvider, ProviderOutcome, Succeeded } from './provider.ts';
import { createStripeProvider } from './stripe.ts';

const SECRETS = { secretKey: 'sk_test_adapter', webhookSecret: 'whsec_adapter' };

let psp: PspSimulator;
let provider: PaymentProvider;

beforeEach(async () => {
  psp = await startPspSimulator({ port: 0, ...SECRETS });
  provider = createStripeProvider({ url: psp.url, ...SECRETS, timeoutMs: 1_000, searchLagMs: 0 });
});
afterEach(async () => {
  provider.close();
  await psp.close();
});

const orderId = newId();
const authorize = (token: string, operationId = newId(), amountMinor = 5_000n, currency = 'GBP') =>
  provider.authorize({
    operationId,
    orderId,
    paymentId: newId(),
    amountMinor,
    currency,
    token,
    returnUrl: 'http://shop.test/done',
  });
const capture = (providerRef: string, amountMinor: bigint, operationId = newId(), final = true) =>
  provider.capture({ operationId, providerRef, amountMinor, currency: 'GBP', final });
const refund = (providerRef: string, amountMinor: bigint, operationId = newId()) =>
  provider.refund({ operationId, providerRef, amountMinor, currency: 'GBP', orderId });

function succeeded(outcome: ProviderOutcome | { kind: 'not_found' }): Succeeded {
  if (outcome.kind !== 'succeeded') throw new Error(`Expected success: ${JSON.stringify(outcome)}`);
  return outcome;
}

const kinds = (providerRef: string) => psp.state.logByIntent.get(providerRef)?.map((entry) => entry.kind);

describe('an authorization', () => {
  test('tells the card, the amount and when it lapses', async () => {
    const outcome = succeeded(await authorize('pm_card_mastercard'));
    expect(outcome.amountMinor).toBe(5_000n);
    expect(outcome.card).toMatchObject({ brand: 'mastercard', last4: '4444' });
    const days = ((outcome.authorizationExpiresAt?.getTime() ?? 0) - psp.clock.now()) / 86_400_000;
    expect(Math.round(days)).toBe(7);
  });

  test.each([
    ['pm_card_chargeDeclined', 'generic_decline'],
    ['pm_card_chargeDeclinedInsufficientFunds', 'insufficient_funds'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card'],
    ['pm_card_nobodyKnows', 'resource_missing'],
  ])('of %s fails with %s', async (token, code) => {
    expect(await authorize(token)).toMatchObject({ kind: 'failed', code });
  });

  test('repeated under its id is one authorization with one answer', async () => {
    const operationId = newId();
    const input = { operationId, orderId, paymentId: newId(), amountMinor: 700n, currency: 'GBP', token: 'pm_card_visa' };
    const first = await provider.authorize(input);
    expect(await provider.authorize(input)).toEqual(first);
    expect(psp.state.intents.size).toBe(1);
  });

  test('under an id that was used for another amount is never guessed at', async () => {
    const operationId = newId();
    await authorize('pm_card_visa', operationId);
    expect(await authorize('pm_card_visa', operationId, 1n)).toMatchObject({ kind: 'unknown' });
  });

  test('given up by its caller after it was sent is unknown; given up before, it was never sent', async () => {
    await psp.switches.set({ slow_ms: 300 });
    const input = { orderId, paymentId: newId(), amountMinor: 1n, currency: 'GBP', token: 'pm_card_visa' };
    expect(await provider.authorize({ ...input, operationId: newId() }, AbortSignal.timeout(50))).toMatchObject({
      kind: 'unknown',
    });
    expect(await provider.authorize({ ...input, operationId: newId() }, AbortSignal.abort())).toMatchObject({
      kind: 'unreachable',
    });
  });
});

describe('a challenge', () => {
  async function challenged() {
    const outcome = await authorize('pm_card_threeDSecure2Required');
    if (outcome.kind !== 'requires_action') throw new Error(`Expected a challenge: ${outcome.kind}`);
    const { url } = outcome.nextAction;
    const answer = (choice: 'complete' | 'fail') => {
      const secret = new URL(url).searchParams.get('secret') ?? '';
      return fetch(url, { method: 'POST', body: new URLSearchParams({ secret, answer: choice }), redirect: 'manual' });
    };
    const ask = () => provider.query({ operationId: newId(), kind: 'authorize', providerRef: outcome.providerRef });
    return { url, answer, ask, ref: outcome.providerRef };
  }

  test('completed becomes an authorization and sends the cardholder back', async () => {
    const { url, answer, ask, ref } = await challenged();
    expect(await (await fetch(url)).text()).toContain('Complete');
    expect(await ask()).toMatchObject({ kind: 'requires_action' });
    const reply = await answer('complete');
    expect(reply.headers.get('location')).toMatch(/^http:\/\/shop\.test\/done\?payment_intent=.*redirect_status=succeeded$/);
    expect(await ask()).toMatchObject({ kind: 'succeeded', card: { last4: '3220' } });
    expect(kinds(ref)).toEqual(['challenge', 'authorization']);
  });

  test('failed is a failed authorization', async () => {
    const { answer, ask } = await challenged();
    await answer('fail');
    // Whoever answers again is sent back with the answer that counted.
    expect((await answer('complete')).headers.get('location')).toMatch(/redirect_status=failed$/);
    expect(await ask()).toMatchObject({ kind: 'failed', code: 'payment_intent_authentication_failure' });
  });

  test('abandoned can be voided', async () => {
    const { ask, ref } = await challenged();
    expect(await provider.void({ operationId: newId(), providerRef: ref })).toMatchObject({ kind: 'succeeded' });
    expect(await ask()).toMatchObject({ kind: 'failed', code: 'canceled' });
  });
});

describe('money that moves', () => {
  test('a capture tells its fee, and a refund its own reference', async () => {
    const { providerRef } = succeeded(await authorize('pm_card_visa'));
    const taken = succeeded(await capture(providerRef, 5_000n));
    expect(taken).toMatchObject({ providerRef, amountMinor: 5_000n, feeMinor: 175n });
    const back = succeeded(await refund(providerRef, 2_000n));
    expect(back.providerRef).toMatch(/^re_/);
    expect(await refund(providerRef, 3_001n)).toMatchObject({ kind: 'failed' });
    expect(kinds(providerRef)).toEqual(['authorization', 'capture', 'refund']);
  });

  test('a void releases the authorization, twice over the same', async () => {
    const { providerRef } = succeeded(await authorize('pm_card_visa'));
    expect(await provider.void({ operationId: newId(), providerRef })).toMatchObject({ kind: 'succeeded', amountMinor: 5_000n });
    expect(await provider.void({ operationId: newId(), providerRef })).toMatchObject({ kind: 'succeeded' });
    expect(await capture(providerRef, 1n)).toMatchObject({ kind: 'failed', code: 'payment_intent_unexpected_state' });
    expect(kinds(providerRef)).toEqual(['authorization', 'void']);
  });

  test('what was captured in full cannot be voided', async () => {
    const { providerRef } = succeeded(await authorize('pm_card_visa'));
    await capture(providerRef, 5_000n);
    expect(await provider.void({ operationId: newId(), providerRef })).toMatchObject({ kind: 'failed' });
  });

  test('without multicapture a second capture is refused, and only the first is known', async () => {
    const { providerRef } = succeeded(await authorize('pm_card_visa'));
    const [first, second] = [newId(), newId()];
    expect(await capture(providerRef, 1_000n, first)).toMatchObject({ kind: 'succeeded' });
    expect(await capture(providerRef, 1_000n, second)).toMatchObject({ kind: 'failed', code: 'payment_intent_unexpected_state' });
    expect(await provider.query({ operationId: first, kind: 'capture', providerRef })).toMatchObject({
      amountMinor: 1_000n,
      feeMinor: 59n,
    });
    expect(await provider.query({ operationId: second, kind: 'capture', providerRef })).toEqual({ kind: 'not_found' });
  });

  test('with multicapture each part is captured once, known by its own operation, and the rest can be voided', async () => {
    await fetch(`${psp.controlUrl}/_sim/settings`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ multicapture: true }),
    });
    provider.close();
    provider = createStripeProvider({ url: psp.url, ...SECRETS, multicapture: true, searchLagMs: 0 });
    const { providerRef } = succeeded(await authorize('pm_card_visa'));
    const [first, second] = [newId(), newId()];
    expect(await capture(providerRef, 1_000n, first, false)).toMatchObject({ amountMinor: 1_000n, feeMinor: 59n });
    expect(await capture(providerRef, 3_000n, second, false)).toMatchObject({ amountMinor: 3_000n, feeMinor: 117n });
    expect(await capture(providerRef, 3_000n)).toMatchObject({ kind: 'failed' });
    expect(await provider.query({ operationId: first, kind: 'capture', providerRef })).toMatchObject({
      amountMinor: 1_000n,
      feeMinor: 59n,
    });
    expect(await provider.query({ operationId: second, kind: 'capture', providerRef })).toMatchObject({ feeMinor: 117n });
    expect(await provider.void({ operationId: newId(), providerRef })).toMatchObject({ kind: 'succeeded', amountMinor: 1_000n });
    expect(await refund(providerRef, 4_000n)).toMatchObject({ kind: 'succeeded' });
    expect(kinds(providerRef)).toEqual(['authorization', 'capture', 'capture', 'void', 'refund']);
  });

  test('an authorization lapses after seven days', async () => {
    const { providerRef } = succeeded(await authorize('pm_card_visa'));
    psp.clock.offsetMs = 7 * 86_400_000 + 1_000;
    expect(await capture(providerRef, 5_000n)).toMatchObject({ kind: 'failed', code: 'authorization_expired' });
    const asked = await provider.query({ operationId: newId(), kind: 'authorize', providerRef });
    expect(asked).toMatchObject({ kind: 'failed', code: 'authorization_expired' });
    expect(kinds(providerRef)).toEqual(['authorization', 'expiry']);
    psp.clock.offsetMs = 0;
  });

  test('an authorization that the bank gives up before its day cannot be captured, and is said to have lapsed', async () => {
    const control = (path: string, body: object = {}) =>
      fetch(`${psp.controlUrl}/_sim/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const { providerRef } = succeeded(await authorize('pm_card_visa'));
    const other = succeeded(await authorize('pm_card_visa'));
    expect((await control(`payments/${providerRef}/lapse`)).status).toBe(200);
    expect(await capture(providerRef, 5_000n)).toMatchObject({ kind: 'failed', code: 'authorization_expired' });
    expect(await capture(other.providerRef, 5_000n)).toMatchObject({ kind: 'succeeded' });
    expect((await control(`payments/${other.providerRef}/lapse`)).status).toBe(400);

    await control('settings', { authorization_ms: 2_000 });
    const brief = succeeded(await authorize('pm_card_visa'));
    expect(brief.authorizationExpiresAt?.getTime()).toBeLessThan(Date.now() + 3_000);
    await control('clock', { advance_ms: 3_000 });
    expect(kinds(brief.providerRef)).toEqual(['authorization', 'expiry']);
    await control('settings', { authorization_ms: 7 * 86_400_000 });
  });
});

describe('when the answer does not come', () => {
  test.each([
    ['drop_reply', true],
    ['error_5xx_after', true],
    ['drop_before', false],
    ['error_5xx', false],
  ])('%s is unknown, and asking finds out that it happened: %s', async (fault, happened) => {
    await psp.switches.set({ [fault]: { next: 1 } });
    const operationId = newId();
    expect(await authorize('pm_card_visa', operationId)).toMatchObject({ kind: 'unknown' });
    const asked = await provider.query({ operationId, kind: 'authorize', providerRef: null });
    expect(asked.kind).toBe(happened ? 'succeeded' : 'not_found');
  });

  test('a capture and a refund whose replies were lost are found once each', async () => {
    const { providerRef } = succeeded(await authorize('pm_card_visa'));
    await psp.switches.set({ drop_reply: { next: 2 } });
    const [taking, giving] = [newId(), newId()];
    expect(await capture(providerRef, 5_000n, taking)).toMatchObject({ kind: 'unknown' });
    expect(await provider.query({ operationId: taking, kind: 'capture', providerRef })).toMatchObject({
      amountMinor: 5_000n,
      feeMinor: 175n,
    });
    expect(await refund(providerRef, 100n, giving)).toMatchObject({ kind: 'unknown' });
    expect(await provider.query({ operationId: giving, kind: 'refund', providerRef })).toMatchObject({
      kind: 'succeeded',
      amountMinor: 100n,
    });
    expect(await refund(providerRef, 100n, giving)).toMatchObject({ kind: 'succeeded' });
    expect(kinds(providerRef)).toEqual(['authorization', 'capture', 'refund']);
  });

  test('a slow provider is unknown, busy while it works, and done in the end', async () => {
    await psp.switches.set({ slow_ms: { next: 1, value: 1_600 } });
    const input = { operationId: newId(), orderId, paymentId: newId(), amountMinor: 1n, currency: 'GBP', token: 'pm_card_visa' };
    expect(await provider.authorize(input)).toMatchObject({ kind: 'unknown' });
    expect(await provider.authorize(input)).toMatchObject({ kind: 'unknown' });
    await expect.poll(async () => (await provider.authorize(input)).kind, { timeout: 10_000 }).toBe('succeeded');
    expect(psp.state.intents.size).toBe(1);
  });

  test('a provider that is down, or too busy, was never reached', async () => {
    await psp.switches.set({ rate_limit: { next: 1 } });
    expect(await authorize('pm_card_visa')).toMatchObject({ kind: 'unreachable' });
    await psp.switches.set({ down: true });
    await expect.poll(async () => (await authorize('pm_card_visa')).kind).toBe('unreachable');
    await psp.switches.set({ down: false });
    expect(await authorize('pm_card_visa')).toMatchObject({ kind: 'succeeded' });
  });

  test('after many failures in a row the provider is left alone, and tried again after a pause', async () => {
    await psp.switches.set({ error_5xx: true });
    for (let i = 0; i < 10; i++) expect(await authorize('pm_card_visa')).toMatchObject({ kind: 'unknown' });
    const requests = async () => (await (await fetch(`${psp.controlUrl}/_sim/state`)).json()).counters.requests;
    expect(await requests()).toBe(10);
    expect(await authorize('pm_card_visa')).toMatchObject({ kind: 'unreachable' });
    expect(await requests()).toBe(10);
    await psp.switches.set({ error_5xx: false });
    await expect.poll(async () => (await authorize('pm_card_visa')).kind, { timeout: 10_000, interval: 200 }).toBe('succeeded');
  });

  test('a search that lags is not taken for an answer', async () => {
    provider.close();
    provider = createStripeProvider({ url: psp.url, ...SECRETS, searchLagMs: 60_000 });
    await fetch(`${psp.controlUrl}/_sim/settings`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ search_lag_ms: 60_000 }),
    });
    const operationId = newId();
    await psp.switches.set({ drop_reply: { next: 1 } });
    await authorize('pm_card_visa', operationId);
    expect(await provider.query({ operationId, kind: 'authorize', providerRef: null })).toMatchObject({ kind: 'succeeded' });
  });
});

describe('amounts', () => {
  test.each([
    ['JPY', 500n, 500],
    ['ISK', 500n, 50_000],
    ['UGX', 7n, 700],
    ['KWD', 1_230n, 1_230],
    ['MGA', 5_000n, 50],
  ])('%s %s travels as %s and comes back the same', async (currency, minor, wire) => {
    const outcome = succeeded(await authorize('pm_card_visa', newId(), minor, currency));
    expect(outcome.amountMinor).toBe(minor);
    expect(psp.state.intents.get(outcome.providerRef)?.amount).toBe(wire);
  });

  test.each([
    ['KWD', 1_234n, 'amount_not_supported'],
    ['IQD', 1_000n, 'currency_not_supported'],
    ['GBP', 0n, 'amount_not_supported'],
  ])('%s %s is refused before anything is sent: %s', async (currency, minor, code) => {
    expect(await authorize('pm_card_visa', newId(), minor, currency)).toMatchObject({ kind: 'failed', code });
    expect(psp.state.intents.size).toBe(0);
  });
});
