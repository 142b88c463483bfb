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

/** The session id in a Cookie header, or null where there is none or the token is not ours. */
export async function readSessionId(cookieHeader: string | undefined, origin: string, secret: string): Promise<string | null> {
  try {
    const token = cookieHeader === undefined ? undefined : cookieValue(cookieHeader, sessionCookieName(origin));
    const claims = token ? await decode({ token, secret }) : null;
    return typeof claims?.sessionId === 'string' ? claims.sessionId : null;
  } catch {
    return null; // expired, of another secret, or tampered with: the same as none
  }
}

/** One cookie's value. next-auth splits a token over 4 kB into `.0`, `.1` …; ours is far smaller. */
function cookieValue(header: string, name: string): string | undefined {
  for (const part of header.split(';')) {
    const equals = part.indexOf('=');
    if (equals > 0 && part.slice(0, equals).trim() === name) return decodeURIComponent(part.slice(equals + 1).trim());
  }
  return undefined;
}
