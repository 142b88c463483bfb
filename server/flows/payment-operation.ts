import { type NotFound, type ProviderOutcome, traitsOf } from '../domains/payments/provider.ts';
import type { Operation, Payment } from '../domains/payments/rules.ts';
import * as payments from '../domains/payments/service.ts';
import type { Ctx } from '../kernel/context.ts';
import type { OperationKind } from '../kernel/vocabulary.ts';
import type { StepResult } from '../platform/saga.ts';
import type { Outside } from './outside.ts';
import type { World } from './world.ts';

/**
 * One attempt at a payment provider, the same for authorize, increment, capture, void and refund. An attempt without an answer is UNKNOWN and is
 * asked about, never repeated blindly; only where the provider does not know it is it sent again, under the same id.
 */
export interface OperationCall {
  readonly mode: 'send' | 'query';
  readonly operationId: string;
  readonly kind: OperationKind;
  readonly orderId: string;
  readonly paymentId: string;
  readonly provider: string;
  readonly providerRef: string | null;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly token: string;
  readonly final: boolean;
  readonly returnUrl?: string;
}

export type OperationOutcome = ProviderOutcome | NotFound;

/** What to send for an attempt: itself, or, where it was sent and has no answer, the question what became of it. */
export function callFor(
  payment: Payment,
  operation: Operation,
  options: { final?: boolean; returnUrl?: string; ask?: boolean },
): OperationCall {
  const unanswered = operation.status === 'unknown' || operation.status === 'requires_action' || isAwaited(operation);
  return {
    mode: unanswered || options.ask ? 'query' : 'send',
    operationId: operation.id,
    kind: operation.kind,
    orderId: payment.orderId,
    paymentId: payment.id,
    provider: payment.provider,
    providerRef: payment.providerRef,
    amountMinor: operation.amountMinor,
    currency: payment.currency,
    token: payment.token ?? '',
    final: options.final ?? true,
    ...(options.returnUrl ? { returnUrl: options.returnUrl } : {}),
  };
}

/** Taken on by a provider that tells later how it ended. */
function isAwaited(operation: Operation): boolean {
  return operation.status === 'in_flight' && operation.providerRef !== null;
}

/** Sends an attempt, or asks about it. What the provider may do is an outcome; only a bug throws. */
export async function callProvider(call: OperationCall, outside: Outside, signal: AbortSignal): Promise<OperationOutcome> {
  const provider = outside.payments.get(call.provider);
  // A gateway that a merchant prefers and nobody connected: nothing is sent, and another may be asked.
  if (!provider) return { kind: 'unreachable', reason: `No payment gateway called ${call.provider} is connected.` };
  const { operationId, kind, orderId, paymentId, amountMinor, currency, token } = call;
  if (call.mode === 'query') {
    const known = await provider.query({ operationId, kind, providerRef: call.providerRef, amountMinor, currency }, signal);
    // Where nobody can be asked, the same attempt under the same key is answered with what was done.
    if (known.kind !== 'not_found' || provider.doubt === 'query') return known;
  }
  if (kind === 'authorize') {
    return provider.authorize(
      { operationId, orderId, paymentId, amountMinor, currency, token, ...(call.returnUrl ? { returnUrl: call.returnUrl } : {}) },
      signal,
    );
  }
  const providerRef = call.providerRef;
  if (!providerRef) throw new Error(`Operation ${operationId} has no payment to act on`);
  if (kind === 'increment') {
    if (provider.increments) return provider.increment({ operationId, providerRef, amountMinor, currency }, signal);
    const message = 'This gateway does not raise what it holds.';
    return { kind: 'failed', code: 'not_supported', message, notTried: true, response: {} };
  }
  if (kind === 'capture') return provider.capture({ operationId, providerRef, amountMinor, currency, final: call.final }, signal);
  if (kind === 'void') return provider.void({ operationId, providerRef }, signal);
  return provider.refund({ operationId, providerRef, amountMinor, currency, orderId }, signal);
}

/** What the outcome means for the attempt; the flow adds what it means for the order. */
export type Verdict = 'succeeded' | 'failed' | 'challenged' | 'awaited' | 'in_doubt' | 'again';

/** Waits for the news of an attempt that was taken on; looks by itself as often as its gateway is worth it. */
export function untilTold(ctx: Ctx, provider: string): StepResult {
  return { kind: 'wait', until: new Date(ctx.now.getTime() + traitsOf(provider).lookMs) };
}

/** Records an outcome on its attempt and payment. Money columns are the caller's. */
export function recordOutcome(
  world: World,
  payment: Payment,
  operation: Operation,
  outcome: OperationOutcome,
  ctx: Ctx,
): Verdict {
  operation.calls += 1;
  const verdict = apply(payment, operation, outcome, ctx);
  payments.settle(world.payments, payment, operation);
  return verdict;
}

function apply(payment: Payment, operation: Operation, outcome: OperationOutcome, ctx: Ctx): Verdict {
  switch (outcome.kind) {
    case 'succeeded':
      operation.status = 'succeeded';
      operation.providerRef = outcome.providerRef;
      operation.response = outcome.response;
      operation.error = null;
      operation.settledAt = ctx.now;
      remember(payment, operation, outcome);
      return 'succeeded';
    case 'requires_action':
      operation.status = 'requires_action';
      operation.providerRef = outcome.providerRef;
      operation.response = outcome.response;
      payment.nextAction = outcome.nextAction;
      remember(payment, operation, outcome);
      return 'challenged';
    case 'pending':
      operation.status = 'in_flight';
      operation.providerRef = outcome.providerRef;
      operation.response = outcome.response;
      operation.error = null;
      if (operation.kind === 'authorize') payment.providerRef = outcome.providerRef;
      return 'awaited';
    case 'failed':
      operation.status = 'failed';
      operation.error = { code: outcome.code, message: outcome.message };
      operation.response = outcome.response;
      operation.providerRef = outcome.providerRef ?? operation.providerRef;
      operation.settledAt = ctx.now;
      if (operation.kind === 'authorize') payment.failure = { code: outcome.code, message: outcome.message };
      return 'failed';
    case 'unknown':
      operation.status = 'unknown';
      operation.error = { code: 'unknown', message: outcome.reason };
      return 'in_doubt';
    case 'unreachable':
      operation.error = { code: 'unreachable', message: outcome.reason };
      return 'again';
    case 'not_found':
      // The provider has never seen it: the same attempt is sent again, under the same id.
      operation.status = 'in_flight';
      operation.error = { code: 'not_found', message: 'The provider does not know this operation yet.' };
      return 'again';
  }
}

function remember(
  payment: Payment,
  operation: Operation,
  outcome: Extract<OperationOutcome, { kind: 'succeeded' | 'requires_action' }>,
): void {
  if (operation.kind !== 'authorize') return;
  payment.providerRef = outcome.providerRef;
  if (!outcome.card) return;
  payment.brand = outcome.card.brand;
  payment.last4 = outcome.card.last4;
  payment.fingerprint = outcome.card.fingerprint;
}
