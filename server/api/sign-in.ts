import { randomBytes } from 'node:crypto';
import type { NextAuthOptions, RequestInternal } from 'next-auth';
import CredentialsProvider from 'next-auth/providers/credentials';
import { z } from 'zod';
import type { Ctx } from '../kernel/context.ts';
import type { DomainError } from '../kernel/errors.ts';
import { isId, newId } from '../kernel/ids.ts';
import { SESSION_SECONDS, sessionCookieName } from '../platform/auth/session-cookie.ts';
import { findSession } from '../platform/auth/sessions.ts';
import type { WebApp } from './web-app.ts';

/** Text that the database takes: what is not even that is nobody's. */
const typed = (max: number) =>
  z
    .string()
    .max(max)
    .refine((text) => text.isWellFormed() && !text.includes('\u0000'));

const credentials = z.object({
  email: typed(254),
  password: typed(200),
  code: z
    .string()
    .transform((text) => text.replace(/\s/g, ''))
    .pipe(z.string().max(10))
    .optional(),
});

/** What sign-in answers when it refuses, as the page reads it out of the error that next-auth passes on. */
export interface SignInRefusal {
  readonly code: string;
  readonly detail: string;
}

/**
 * next-auth, with as little of it as there is: it checks credentials through our flow and keeps the cookie. The token in the cookie
 * carries the id of a session row and nothing else, and the row is looked up whenever the token is used.
 */
export function authOptions(app: WebApp): NextAuthOptions {
  const { env, pool, people } = app;
  const secure = env.WAYBILL_ORIGIN.startsWith('https:');
  return {
    secret: env.WAYBILL_SECRET,
    useSecureCookies: secure,
    session: { strategy: 'jwt', maxAge: SESSION_SECONDS },
    cookies: {
      sessionToken: {
        name: sessionCookieName(env.WAYBILL_ORIGIN),
        options: { httpOnly: true, sameSite: 'lax', path: '/', secure },
      },
    },
    pages: { signIn: '/sign-in', error: '/sign-in' },
    providers: [
      CredentialsProvider({
        credentials: { email: {}, password: {}, code: {} },
        async authorize(given, req) {
          const parsed = credentials.safeParse(given);
          if (!parsed.success) return null;
          const { email, password, code } = parsed.data;
          try {
            const input = { email, password, code: code ? code : null, ...callerOf(req.headers) };
            const signedIn = await people.signIn(input, signInCtx(env.WAYBILL_REGION));
            return { id: signedIn.userId, sessionId: signedIn.sessionId };
          } catch (error) {
            throw new Error(JSON.stringify(refusal(error)));
          }
        },
      }),
      ...identityProvider(env),
    ],
    callbacks: {
      // Only to pages of ours. Whatever else was asked for, an address or not, is the front page.
      redirect({ url, baseUrl }) {
        const wanted = URL.parse(url, baseUrl);
        return wanted?.origin === new URL(baseUrl).origin ? wanted.href : baseUrl;
      },
      async signIn({ account, user, profile }) {
        if (account?.provider === 'credentials') return true;
        const claims = z.object({ email: z.string(), email_verified: z.literal(true) }).safeParse(profile);
        if (!claims.success) return '/sign-in?error=unverified';
        try {
          const signedIn = await people.signInByProvider(
            { email: claims.data.email, ip: null, userAgent: null },
            signInCtx(env.WAYBILL_REGION),
          );
          user.sessionId = signedIn.sessionId;
          return true;
        } catch {
          return '/sign-in?error=no-account';
        }
      },
      jwt: ({ token, user }) => ({ sessionId: user?.sessionId ?? token.sessionId }),
      // Pages ask auth.me who is signed in; this only says whether the session still counts.
      async session({ session, token }) {
        const live = token.sessionId && isId(token.sessionId) ? await findSession(pool, token.sessionId, new Date()) : null;
        return { expires: live ? session.expires : new Date(0).toISOString() };
      },
    },
    events: {
      async signOut({ token }) {
        if (!token.sessionId || !isId(token.sessionId)) return;
        const live = await findSession(pool, token.sessionId, new Date());
        if (!live) return;
        const ctx = { ...signInCtx(env.WAYBILL_REGION), actor: `user:${live.userId}` };
        await people.endSessions({ userId: live.userId, only: live.sessionId }, ctx);
      },
    },
  };
}

function identityProvider({ OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET }: WebApp['env']): NextAuthOptions['providers'] {
  if (!OIDC_ISSUER || !OIDC_CLIENT_ID || !OIDC_CLIENT_SECRET) return [];
  return [
    {
      id: 'oidc',
      name: new URL(OIDC_ISSUER).hostname,
      type: 'oauth',
      wellKnown: `${OIDC_ISSUER.replace(/\/$/, '')}/.well-known/openid-configuration`,
      clientId: OIDC_CLIENT_ID,
      clientSecret: OIDC_CLIENT_SECRET,
      authorization: { params: { scope: 'openid email profile' } },
      idToken: true,
      checks: ['pkce', 'state', 'nonce'],
      profile: (profile: { sub: string }) => ({ id: profile.sub }),
    },
  ];
}

function signInCtx(home: string): Ctx {
  return { now: new Date(), actor: 'system:sign-in', traceId: randomBytes(16).toString('hex'), requestId: newId(), home };
}

/** The api process writes X-Forwarded-For itself and only it reaches this one, so the header is one believed address. */
function callerOf(headers: RequestInternal['headers']): { ip: string | null; userAgent: string | null } {
  const ip: unknown = headers?.['x-forwarded-for'];
  const userAgent: unknown = headers?.['user-agent'];
  return { ip: typeof ip === 'string' ? ip : null, userAgent: typeof userAgent === 'string' ? userAgent : null };
}

function refusal(error: unknown): SignInRefusal {
  // Next may hold this module more than once, each with a DomainError class of its own, so `instanceof` cannot be asked.
  if (error instanceof Error && error.name === 'DomainError') {
    const { code, detail } = error as DomainError;
    return { code, detail };
  }
  process.stderr.write(`sign-in failed: ${error instanceof Error ? error.stack : String(error)}\n`);
  return { code: 'internal', detail: 'Sign-in does not work at the moment. Try again soon.' };
}

declare module 'next-auth' {
  interface User {
    sessionId?: string;
  }
}

declare module 'next-auth/jwt' {
  interface JWT {
    sessionId?: string | undefined;
  }
}
