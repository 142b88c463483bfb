import type { IncomingHttpHeaders } from 'node:http';
import { DomainError } from '../kernel/errors.ts';
import { isId } from '../kernel/ids.ts';
import type { ApiScope, Role } from '../kernel/vocabulary.ts';
import { findApiKey, type KeyMode } from '../platform/auth/api-keys.ts';
import { readSessionId } from '../platform/auth/session-cookie.ts';
import { findSession, touchSession } from '../platform/auth/sessions.ts';
import type { Queryable } from '../platform/db.ts';

/** Who is asking, as the counter sees them. */
export interface Principal {
  readonly kind: 'user' | 'api_key' | 'anonymous';
  /** "<kind>:<id>", what events, audit rows and idempotency keys are written under. */
  readonly actor: string;
  readonly userId: string | null;
  /** Null for API keys and strangers. */
  readonly role: Role | null;
  /** The merchant the user or key belongs to. */
  readonly merchantId: string | null;
  readonly customerId: string | null;
  /** Of an API key; empty otherwise. */
  readonly scopes: readonly ApiScope[];
  readonly sessionId: string | null;
  /** Whether this session proved a second factor. */
  readonly secondFactor: boolean;
  readonly mode: KeyMode;
}

export const ANONYMOUS: Principal = {
  kind: 'anonymous',
  actor: 'system:visitor',
  userId: null,
  role: null,
  merchantId: null,
  customerId: null,
  scopes: [],
  sessionId: null,
  secondFactor: false,
  mode: 'live',
};

export interface PrincipalOptions {
  readonly origin: string;
  readonly secret: string;
  /** Whether the payment provider moves real money. Of use where a key may be sent: pages are asked with cookies only. */
  readonly livePayments?: boolean;
}

/**
 * Reads who is asking from the request's headers: `Authorization: Bearer wb_…` names an API key, otherwise the sign-in cookie names
 * a session. No credentials, or a cookie whose session has ended, is a stranger. Throws `unauthenticated` for a key that is not
 * valid, and for a test key where payments are real: whoever sends one means to be known.
 */
export async function resolvePrincipal(
  headers: IncomingHttpHeaders,
  db: Queryable,
  options: PrincipalOptions,
  now: Date = new Date(),
): Promise<Principal> {
  const authorization = headers.authorization;
  if (authorization !== undefined) return keyPrincipal(authorization, db, options.livePayments ?? false);
  const sessionId = await readSessionId(headers.cookie, options.origin, options.secret);
  if (sessionId === null || !isId(sessionId)) return ANONYMOUS;
  const session = await findSession(db, sessionId, now);
  if (!session) return ANONYMOUS;
  await touchSession(db, session, now);
  return {
    kind: 'user',
    actor: `user:${session.userId}`,
    userId: session.userId,
    role: session.role,
    merchantId: session.merchantId,
    customerId: session.customerId,
    scopes: [],
    sessionId: session.sessionId,
    secondFactor: session.secondFactor,
    mode: 'live',
  };
}

async function keyPrincipal(authorization: string, db: Queryable, livePayments: boolean): Promise<Principal> {
  const match = /^Bearer +(\S+)$/i.exec(authorization);
  const key = match?.[1] ? await findApiKey(db, match[1]) : null;
  if (!key) {
    throw new DomainError('unauthenticated', 'The API key is not valid or was revoked. Send "Authorization: Bearer wb_live_…".');
  }
  if (key.mode === 'test' && livePayments) {
    throw new DomainError('unauthenticated', 'This is a test key; this installation takes real payments. Use a live key.');
  }
  return {
    ...ANONYMOUS,
    kind: 'api_key',
    actor: `api_key:${key.id}`,
    merchantId: key.merchantId,
    scopes: key.scopes,
    mode: key.mode,
  };
}

/** What of an HTTP request decides whether a browser of another site could have sent it. */
export interface HttpFacts {
  readonly origin: string | undefined;
  readonly contentType: string | undefined;
}

/**
 * A mutation that a cookie may have authorised must be JSON and come from our own pages. Another site's page can send neither an
 * Origin that is ours nor, without being asked first, JSON. Throws `origin_refused`.
 */
export function assertSameOrigin(http: HttpFacts, origin: string): void {
  const type = http.contentType?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/json') {
    throw new DomainError('origin_refused', 'Send this as application/json.');
  }
  if (http.origin !== new URL(origin).origin) {
    throw new DomainError(
      'origin_refused',
      `This request did not come from ${origin}. Open Waybill at that address and try again.`,
    );
  }
}
