import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import {
  bulkhead,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhenResult,
  isBrokenCircuitError,
  isBulkheadRejectedError,
  wrap,
} from 'cockatiel';

/** The calls to one provider: so many at once, so many that wait, and none for a moment after too many without an answer. */
export interface GuardedCalls {
  readonly agent: HttpAgent | HttpsAgent;
  /** Runs a call, or throws what `turnedAway` tells apart. Outcomes of the kinds unknown and unreachable count as no answer. */
  run<T>(call: () => Promise<T>): Promise<T>;
  /** Ends idle connections. */
  close(): void;
}

/** So many unanswered calls in a row, and the provider is left alone for a moment. */
const BREAKER_FAILURES = 10;
const BREAKER_PAUSE_MS = 2_000;
export const DEFAULT_TIMEOUT_MS = 10_000;

export function guardCalls(options: {
  readonly secure: boolean;
  readonly concurrency: number;
  /** Calls that wait for each free place; beyond them they are turned away at once. */
  readonly queuePerCall: number;
}): GuardedCalls {
  const { secure, concurrency, queuePerCall } = options;
  const agent = new (secure ? HttpsAgent : HttpAgent)({ keepAlive: true, maxSockets: concurrency });
  const unanswered = handleWhenResult((result) => {
    const kind = typeof result === 'object' && result !== null && 'kind' in result ? result.kind : undefined;
    return kind === 'unknown' || kind === 'unreachable';
  });
  const breaker = circuitBreaker(unanswered, {
    halfOpenAfter: BREAKER_PAUSE_MS,
    breaker: new ConsecutiveBreaker(BREAKER_FAILURES),
  });
  const policy = wrap(bulkhead(concurrency, concurrency * queuePerCall), breaker);
  return { agent, run: (call) => policy.execute(call), close: () => agent.destroy() };
}

/** Whoever is given up before they are sent did nothing. */
export const GIVEN_UP = { kind: 'unreachable', reason: 'The call was given up before it was sent.' } as const;

/** Why a call was not even sent; null where that is not what the error says. */
export function turnedAway(error: unknown, who: string): { readonly kind: 'unreachable'; readonly reason: string } | null {
  if (isBrokenCircuitError(error))
    return { kind: 'unreachable', reason: `The ${who} did not answer lately; it is left alone for a moment.` };
  if (isBulkheadRejectedError(error)) return { kind: 'unreachable', reason: `Too many calls to the ${who} are waiting.` };
  return null;
}
