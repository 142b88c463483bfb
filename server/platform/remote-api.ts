import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import {
  bulkhead,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhenResult,
  isBrokenCircuitError,
  isBulkheadRejectedError,
  wrap,
} from 'cockatiel';
import { z } from 'zod';

/** The calls to one provider: so many at once, so many that wait, and none for a moment after too many without an answer. */
export interface GuardedCalls {
  readonly agent: HttpAgent | HttpsAgent;
  /** Runs a call, or throws what `turnedAway` tells apart. Outcomes of the kinds unknown and unreachable count as no answer. */
  run<T>(call: () => Promise<T>): Promise<T>;
  /** False while calls are turned away because too many in a row had no answer. */
  healthy(): boolean;
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
  return {
    agent,
    run: (call) => policy.execute(call),
    healthy: () => breaker.state !== CircuitState.Open && breaker.state !== CircuitState.Isolated,
    close: () => agent.destroy(),
  };
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

/** Calls to a plain JSON API with idempotency keys, whose ends are told honestly. Nothing is repeated here. */
export interface RemoteApiConfig {
  /** Who it is, for sentences: "carrier", "bank". */
  readonly who: string;
  readonly url: string;
  /** How it knows us: a key, or the headers that sign what a call says (nothing, where it only asks). */
  readonly apiKey: string | ((text: string, key: string | undefined) => Readonly<Record<string, string>>);
  /** Default 10 s. */
  readonly timeoutMs?: number;
  /** How many calls run at once. Default 32. */
  readonly concurrency?: number;
  /** Reads an answer that is not a 2xx, where it is not in the usual envelope. */
  readonly readRefusal?: (status: number, body: unknown) => { readonly code: string; readonly message: string } | null;
}

/** The provider said no, definitely. */
export interface RemoteFailed {
  readonly kind: 'failed';
  readonly code: string;
  readonly message: string;
  readonly response: { readonly status: number; readonly code: string };
}

/** Sent, and no usable answer: it may have happened. */
export interface RemoteUnknown {
  readonly kind: 'unknown';
  readonly reason: string;
  /** How long it asked us to wait. */
  readonly retryAfterMs?: number;
}

/** Definitely nothing happened; the same call may be sent again later. */
export interface RemoteUnreachable {
  readonly kind: 'unreachable';
  readonly reason: string;
  /** How long it asked us to wait. */
  readonly retryAfterMs?: number;
}

export type RemoteTrouble = RemoteFailed | RemoteUnknown | RemoteUnreachable;

export interface RemoteCall {
  readonly signal?: AbortSignal | undefined;
  /** What a POST carries, and its idempotency key. */
  readonly sent?: { readonly key: string; readonly body: unknown };
}

export interface RemoteApi {
  /** `read` makes an outcome of a 2xx body. */
  call<T extends { readonly kind: string }>(
    method: 'GET' | 'POST',
    path: string,
    read: (body: unknown) => T,
    call?: RemoteCall,
  ): Promise<T | RemoteTrouble>;
  /** False while calls are turned away because too many in a row had no answer. */
  healthy(): boolean;
  /** Ends idle connections. */
  close(): void;
}

const DEFAULT_CONCURRENCY = 32;
const QUEUE_PER_CALL = 32;

interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: unknown;
}

const errorReply = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

export function createRemoteApi(config: RemoteApiConfig): RemoteApi {
  const { who, concurrency = DEFAULT_CONCURRENCY } = config;
  const calls = guardCalls({ secure: config.url.startsWith('https:'), concurrency, queuePerCall: QUEUE_PER_CALL });
  return {
    async call(method, path, read, { signal, sent } = {}) {
      if (signal?.aborted) return GIVEN_UP;
      try {
        return await calls.run(async () => {
          try {
            const answer = await send(config, calls.agent, method, path, sent, signal);
            return answer.status >= 200 && answer.status < 300 ? read(answer.body) : refusal(config, answer);
          } catch (error) {
            return lost(who, error);
          }
        });
      } catch (error) {
        return lost(who, error);
      }
    },
    healthy: calls.healthy,
    close: calls.close,
  };
}

function readEnvelope(_status: number, body: unknown): { readonly code: string; readonly message: string } | null {
  const parsed = errorReply.safeParse(body);
  return parsed.success ? parsed.data.error : null;
}

/** Sorts an answer that is not a 2xx. */
function refusal({ who, readRefusal = readEnvelope }: RemoteApiConfig, { status, body, retryAfter }: Answer): RemoteTrouble {
  const asked = waitAsked(retryAfter);
  if (status === 429) return { kind: 'unreachable', reason: `The ${who} asks for fewer requests.`, ...asked };
  if (status === 401 || status === 403) return { kind: 'unreachable', reason: `The ${who} refuses our key.` };
  const { code, message } = readRefusal(status, body) ?? { code: `http_${status}`, message: `The ${who} gave no reason.` };
  if (status >= 500 || code === 'in_progress' || code === 'key_reused')
    return { kind: 'unknown', reason: `The ${who} answered ${status}: ${message}`, ...asked };
  return { kind: 'failed', code, message, response: { status, code } };
}

/** Seconds, as programs say it; a date is not worth reading for a wait. */
function waitAsked(retryAfter: string | undefined): { readonly retryAfterMs?: number } {
  return retryAfter !== undefined && /^\d{1,6}$/.test(retryAfter) ? { retryAfterMs: Number(retryAfter) * 1_000 } : {};
}

/** What a broken call means: only a connection that was never made is sure to have done nothing. */
function lost(who: string, error: unknown): RemoteUnknown | RemoteUnreachable {
  const away = turnedAway(error, who);
  if (away) return away;
  if (!(error instanceof Error)) throw error;
  const code = 'code' in error ? String(error.code) : '';
  const syscall = 'syscall' in error ? error.syscall : undefined;
  const notSent = syscall === 'connect' || syscall === 'getaddrinfo' || code === 'ECONNREFUSED';
  if (notSent) return { kind: 'unreachable', reason: `The ${who} cannot be reached: ${code}.` };
  return { kind: 'unknown', reason: `The ${who} did not answer: ${error.message}.` };
}

function send(
  config: RemoteApiConfig,
  agent: HttpAgent | HttpsAgent,
  method: string,
  path: string,
  sent: RemoteCall['sent'],
  signal: AbortSignal | undefined,
): Promise<Answer> {
  const timeout = AbortSignal.timeout(config.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  const payload = sent === undefined ? undefined : JSON.stringify(sent.body);
  const request = config.url.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const headers = {
      ...(typeof config.apiKey === 'string'
        ? { authorization: `Bearer ${config.apiKey}` }
        : config.apiKey(payload ?? '', sent?.key)),
      ...(payload !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }),
      ...(sent !== undefined && { 'idempotency-key': sent.key }),
    };
    const combined = signal === undefined ? timeout : AbortSignal.any([timeout, signal]);
    const call = request(new URL(path, config.url), { method, agent, headers, signal: combined }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const status = response.statusCode ?? 0;
        const retryAfter = response.headers['retry-after'];
        try {
          resolve({ status, retryAfter, body: JSON.parse(text) });
        } catch {
          // A report is no JSON; whoever expects some finds a string, and no usable answer.
          resolve({ status, retryAfter, body: text });
        }
      });
    });
    call.on('error', reject);
    call.end(payload);
  });
}
