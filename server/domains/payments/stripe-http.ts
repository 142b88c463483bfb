import { AsyncLocalStorage } from 'node:async_hooks';
import Stripe from 'stripe';
import { DEFAULT_TIMEOUT_MS, GIVEN_UP, guardCalls, turnedAway } from '../../platform/remote-api.ts';
import type { Failed, ProviderOutcome, Unknown, Unreachable } from './provider.ts';

/**
 * How a call to Stripe ends, told honestly: what was certainly not sent is `unreachable`, what was sent and not answered is
 * `unknown`. Nothing is repeated here; the saga does that, under the same idempotency key.
 */
export interface Guard {
  readonly httpClient: Stripe.HttpClient;
  readonly timeoutMs: number;
  run<T extends { readonly kind: string } = ProviderOutcome>(
    call: () => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T | Failed | Unknown | Unreachable>;
  /** Whether calls are let through. */
  healthy(): boolean;
  close(): void;
}

const DEFAULT_CONCURRENCY = 64;
const QUEUE_PER_CALL = 16;

const NOT_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL']);

interface SystemError {
  readonly code?: unknown;
  readonly syscall?: unknown;
  readonly detail?: unknown;
}

/** The system's own error below the SDK's. */
function causeOf(error: unknown): SystemError {
  const inner = error instanceof Error && 'detail' in error ? error.detail : undefined;
  return typeof inner === 'object' && inner !== null ? inner : {};
}

function connectionOutcome(error: unknown): Unknown | Unreachable {
  const cause = causeOf(error);
  const notSent = cause.syscall === 'connect' || cause.syscall === 'getaddrinfo' || NOT_SENT.has(String(cause.code));
  const named = typeof cause.code === 'string' ? cause.code : error instanceof Error ? error.message : 'no answer';
  if (notSent) return { kind: 'unreachable', reason: `The provider cannot be reached: ${named}.` };
  return { kind: 'unknown', reason: `The provider did not answer: ${named}.` };
}

/** Puts a thrown SDK error into an outcome. A plain bug is thrown on. */
function outcomeOf(error: unknown): Failed | Unknown | Unreachable {
  const away = turnedAway(error, 'provider');
  if (away) return away;
  if (error instanceof Stripe.errors.StripeConnectionError) return connectionOutcome(error);
  if (!(error instanceof Stripe.errors.StripeError)) throw error;
  if (error instanceof Stripe.errors.StripeRateLimitError)
    return { kind: 'unreachable', reason: 'The provider asks for fewer requests.' };
  if (error instanceof Stripe.errors.StripeAuthenticationError || error instanceof Stripe.errors.StripePermissionError) {
    return { kind: 'unreachable', reason: `The provider refuses our key: ${error.message}` };
  }
  if (error instanceof Stripe.errors.StripeIdempotencyError) return { kind: 'unknown', reason: error.message };
  if (error instanceof Stripe.errors.StripeCardError || error instanceof Stripe.errors.StripeInvalidRequestError) {
    const providerRef = error.payment_intent?.id;
    const code = error.decline_code ?? error.code ?? 'invalid_request';
    const response = { type: error.rawType ?? null, code: error.code ?? null, decline_code: error.decline_code ?? null };
    const notTried = error instanceof Stripe.errors.StripeInvalidRequestError ? ({ notTried: true } as const) : {};
    return {
      kind: 'failed',
      code,
      message: error.message,
      ...notTried,
      response,
      ...(providerRef !== undefined && { providerRef }),
    };
  }
  return { kind: 'unknown', reason: `The provider answered ${error.statusCode ?? 'unreadably'}: ${error.message}` };
}

/** A connection error whose code the SDK does not take as a reason to send the request once more by itself. */
function shielded(error: unknown): Error {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN';
  const syscall = error instanceof Error && 'syscall' in error ? error.syscall : undefined;
  const hidden = code === 'ECONNRESET' || code === 'EPIPE' ? `${code}_AFTER_SEND` : code;
  return Object.assign(new Error(error instanceof Error ? error.message : String(error)), { code: hidden, syscall });
}

/** Rejects when the deadline passes or the caller gives up, whatever the socket is doing. */
function within<T>(work: Promise<T>, timeoutMs: number, signal: AbortSignal | undefined): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const give = (code: string) => reject(Object.assign(new Error(`No answer: ${code}`), { code }));
    const timer = setTimeout(() => give('ETIMEDOUT'), timeoutMs);
    const abort = () => give('ABORTED');
    signal?.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    });
  });
}

/** Connections, deadline, bulkhead and circuit breaker around the calls to one Stripe account. */
export function createGuard(options: {
  readonly secure: boolean;
  readonly timeoutMs?: number | undefined;
  readonly concurrency?: number | undefined;
}): Guard {
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const concurrency = options.concurrency ?? DEFAULT_CONCURRENCY;
  const calls = guardCalls({ secure: options.secure, concurrency, queuePerCall: QUEUE_PER_CALL });
  const inner = Stripe.createNodeHttpClient(calls.agent);
  const signals = new AsyncLocalStorage<AbortSignal | undefined>();
  const send: Stripe.HttpClient['makeRequest'] = async (...request) => {
    const signal = signals.getStore();
    try {
      return await within(inner.makeRequest(...request), timeoutMs, signal);
    } catch (error) {
      throw shielded(error);
    }
  };
  const httpClient: Stripe.HttpClient = { getClientName: () => inner.getClientName(), makeRequest: send };
  return {
    httpClient,
    timeoutMs,
    run: async (call, signal) => {
      if (signal?.aborted) return GIVEN_UP;
      try {
        return await calls.run(() => signals.run(signal, call).catch(outcomeOf));
      } catch (error) {
        return outcomeOf(error);
      }
    },
    healthy: calls.healthy,
    close: calls.close,
  };
}
