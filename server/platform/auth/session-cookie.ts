import { decode } from 'next-auth/jwt';

/**
 * The sign-in cookie. next-auth writes it; the API process reads it without Next. Its encrypted token carries only the id of a
 * session row: whether that session still counts is asked of the database every time.
 */
const BASE_NAME = 'next-auth.session-token';

/** A session ends by itself after this long without a new sign-in. */
export const SESSION_SECONDS = 14 * 24 * 3600;

/** Browsers keep a __Secure- cookie only on https. */
export function sessionCookieName(origin: string): string {
  return origin.startsWith('https:') ? `__Secure-${BASE_NAME}` : BASE_NAME;
}

/**
 * The session id in a Cookie header, or null where there is none or the token is not ours. A token that was read says the same until it
 * expires, and deriving its key and opening it costs as much as answering with a short list: the last few thousand are remembered.
 */
export async function readSessionId(
  cookieHeader: string | undefined,
  origin: string,
  secret: string,
  now: Date = new Date(),
): Promise<string | null> {
  const token = cookieHeader === undefined ? undefined : cookieValue(cookieHeader, sessionCookieName(origin));
  if (!token) return null;
  const name = `${secret}\n${token}`;
  const known = remembered.get(name);
  if (known && known.expiresAt > now.getTime()) return known.sessionId;
  const claims = await decode({ token, secret }).catch(() => null); // expired, of another secret, or tampered with: the same as none
  if (typeof claims?.sessionId !== 'string') return null;
  if (typeof claims.exp === 'number') remember(name, { sessionId: claims.sessionId, expiresAt: claims.exp * 1_000 });
  return claims.sessionId;
}

interface ReadToken {
  readonly sessionId: string;
  readonly expiresAt: number;
}

const REMEMBERED = 4_096;
const remembered = new Map<string, ReadToken>();

/** A map keeps the order in which names came: the oldest goes first. */
function remember(name: string, token: ReadToken): void {
  const oldest = remembered.size >= REMEMBERED ? remembered.keys().next().value : undefined;
  if (oldest !== undefined) remembered.delete(oldest);
  remembered.set(name, token);
}

/** One cookie's value, if it is percent-encoded UTF-8. next-auth splits a token over 4 kB into `.0`, `.1` …; ours is far smaller. */
function cookieValue(header: string, name: string): string | undefined {
  for (const part of header.split(';')) {
    const equals = part.indexOf('=');
    if (equals <= 0 || part.slice(0, equals).trim() !== name) continue;
    try {
      return decodeURIComponent(part.slice(equals + 1).trim());
    } catch {
      return undefined;
    }
  }
  return undefined;
}
