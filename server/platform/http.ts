import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { looksLikeCardNumber } from '../kernel/card-numbers.ts';
import { DomainError, ERRORS, type ErrorCode } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import type { Log } from './log.ts';

/** What is known of a request before anybody looks at its content. */
export interface RequestInfo {
  /** Echoed as X-Request-Id. */
  readonly requestId: string;
  /** 32 hex digits: the caller's own trace when it sent a valid traceparent, otherwise a new one. */
  readonly traceId: string;
  /** What goes to the next hop: same trace, our own span. */
  readonly traceparent: string;
  /** The caller's address; X-Forwarded-For counts only when a trusted proxy sent it. */
  readonly ip: string;
  readonly log: Log;
  readonly receivedAt: number;
  /** A bounded name for metrics, such as "rest" or "trpc orders.list". */
  route: string;
}

const infos = new WeakMap<IncomingMessage, RequestInfo>();
const REQUEST_ID = /^[A-Za-z0-9._-]{8,64}$/;
const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Reads (W3C Trace Context) or makes the ids of a request, and keeps them for `requestInfo`. */
export function admitRequest(req: IncomingMessage, log: Log, trusted: BlockList = new BlockList()): RequestInfo {
  const sentId = oneHeader(req, 'x-request-id');
  const sentTrace = TRACEPARENT.exec(oneHeader(req, 'traceparent') ?? '');
  const valid = sentTrace && !/^0+$/.test(sentTrace[1] ?? '') && !/^0+$/.test(sentTrace[2] ?? '');
  const requestId = sentId && REQUEST_ID.test(sentId) && !looksLikeCardNumber(sentId) ? sentId : newId();
  const traceId = valid && sentTrace[1] ? sentTrace[1] : randomHex();
  let own: Log | undefined;
  const info: RequestInfo = {
    requestId,
    traceId,
    traceparent: `00-${traceId}-${randomHex().slice(16)}-${(valid && sentTrace[3]) || '00'}`,
    ip: clientIp(req, trusted),
    // Most requests log nothing, and a child of the log costs as much as the rest of this.
    get log() {
      own ??= log.child({ requestId, traceId });
      return own;
    },
    receivedAt: performance.now(),
    route: 'unknown',
  };
  infos.set(req, info);
  return info;
}

/** 32 hex digits. Node keeps random bytes in store for UUIDs, which makes this much cheaper than asking for 16. */
function randomHex(): string {
  return randomUUID().replaceAll('-', '');
}

/** The ids of a request that `admitRequest` has seen. */
export function requestInfo(req: IncomingMessage): RequestInfo {
  const info = infos.get(req);
  if (!info) throw new Error('admitRequest has not seen this request');
  return info;
}

function oneHeader(req: IncomingMessage, name: string): string | undefined {
  const value = req.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** A dot alone makes no file: the tokens of links have one, too. */
const FILE = /\.(?:js|mjs|css|map|json|txt|woff2?|svg|png|ico|pdf)$/;

/** The path without its query, and without the secrets that some links carry in it (/track/<token>). */
export function pathForLog(req: IncomingMessage): string {
  const path = (req.url ?? '/').split('?', 1)[0] ?? '/';
  return path.replace(/[^/]{20,}/g, (segment) => (/^[0-9a-f-]{36}$/.test(segment) || FILE.test(segment) ? segment : '[secret]'));
}

/** Parses TRUSTED_PROXIES: addresses and networks such as "10.0.0.0/8, ::1", separated by commas. Throws one sentence if wrong. */
export function trustedProxies(list: string): BlockList {
  const trusted = new BlockList();
  for (const entry of list.split(',').map((part) => part.trim())) {
    if (entry === '') continue;
    const [address = '', bits] = entry.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (isIP(address) === 0) throw new Error(`TRUSTED_PROXIES: "${entry}" is not an address or network such as 10.0.0.0/8.`);
    if (bits === undefined) trusted.addAddress(address, family);
    else trusted.addSubnet(address, Number(bits), family);
  }
  return trusted;
}

/** Walks X-Forwarded-For from the right while the hop that wrote it is trusted. */
function clientIp(req: IncomingMessage, trusted: BlockList): string {
  let address = plainAddress(req.socket.remoteAddress ?? '');
  const hops = (oneHeader(req, 'x-forwarded-for') ?? '').split(',').map((hop) => plainAddress(hop.trim()));
  while (hops.length > 0 && isIP(address) !== 0 && trusted.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')) {
    const hop = hops.pop();
    if (!hop || isIP(hop) === 0) break;
    address = hop;
  }
  return address;
}

function plainAddress(address: string): string {
  return address.startsWith('::ffff:') ? address.slice(7) : address;
}

/** Whether an address is this machine’s own. */
export function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

/** A problem document (RFC 9457). `type` is the address of the error's page in the catalogue, relative to the API's own. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail: string;
  readonly retryable: boolean;
  readonly instance: string;
  readonly request_id: string;
  readonly errors?: unknown;
  readonly [extension: string]: unknown;
}

/** The problem an error is told as. What is not a DomainError is a bug, and its message stays inside. */
export function problemOf(error: unknown, requestId: string): Problem {
  const refusal = error instanceof DomainError ? error : new DomainError('internal');
  const { status, title, retryable } = ERRORS[refusal.code];
  const { cause: _inside, ...data } = refusal.data ?? {};
  return {
    ...data,
    type: `/problems/${refusal.code}`,
    title,
    status,
    code: refusal.code,
    detail: refusal.detail,
    retryable,
    instance: `urn:waybill:request:${requestId}`,
    request_id: requestId,
  };
}

/** Answers with problem+json, logging what was a bug. A response that has begun can only be cut off. */
export function sendProblem(req: IncomingMessage, res: ServerResponse, error: unknown): void {
  const info = requestInfo(req);
  const problem = problemOf(error, info.requestId);
  // A refusal was foreseen, even where it is 503, and so is a caller who hangs up in the middle of a request; anything else is a bug that
  // somebody has to find.
  if (req.destroyed && !req.complete) info.log.debug({ route: info.route }, 'the caller hung up');
  else if (!(error instanceof DomainError)) info.log.error({ err: error, route: info.route }, 'request failed');
  else if (problem.status >= 500) info.log.warn({ code: error.code, route: info.route }, 'request put off');
  if (res.headersSent) {
    res.destroy();
    return;
  }
  if (problem.retryable && !res.hasHeader('retry-after')) {
    const seconds = problem.retryAfterSeconds;
    if (problem.status !== 500) res.setHeader('Retry-After', String(typeof seconds === 'number' ? Math.ceil(seconds) : 1));
  }
  // What was not read of a refused body cannot be skipped cheaply, so the connection ends.
  if (!req.complete) res.setHeader('Connection', 'close');
  sendJson(res, problem.status, problem, 'application/problem+json');
}

/** Answers with JSON that nobody may cache. */
export function sendJson(res: ServerResponse, status: number, body: unknown, type = 'application/json'): void {
  const text = JSON.stringify(body);
  res.writeHead(status, {
    'Content-Type': `${type}; charset=utf-8`,
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
  });
  res.end(text);
}

/** The whole body. Throws `payload_too_large` as soon as it is known to be longer than `limitBytes`. */
export async function readBody(req: IncomingMessage, limitBytes: number): Promise<Buffer> {
  assertBodyWithin(req, limitBytes);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limitBytes) throw tooLarge(limitBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Refuses a body that announces itself as too long before any of it is read. */
export function assertBodyWithin(req: IncomingMessage, limitBytes: number): void {
  if (Number(req.headers['content-length'] ?? 0) > limitBytes) throw tooLarge(limitBytes);
}

function tooLarge(limitBytes: number): DomainError {
  return new DomainError('payload_too_large', `Send at most ${limitBytes.toLocaleString('en')} bytes in one request.`);
}
