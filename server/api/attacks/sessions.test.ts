import { encode } from 'next-auth/jwt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../kernel/ids.ts';
import type { Visitor } from '../testing/visitor.ts';
import { type ConsoleWorld, consoleWorld } from './testing/console-world.ts';
import { join } from './testing/join.ts';

/** Sign-in as browsers meet it: next-auth over real HTTP, its cookies and the rows behind them. */
const SESSION = 'next-auth.session-token';
let world: ConsoleWorld;
beforeAll(async () => {
  world = await consoleWorld();
  world.liftLimits();
});
afterAll(() => world.close());

const whoIs = async (browser: Visitor): Promise<string | null> => (await browser.query('auth.me')).json?.sessionId ?? null;

/** A browser that holds nothing but this cookie. */
function holding(value: string): Visitor {
  const browser = world.visitor();
  browser.cookies.set(SESSION, value);
  return browser;
}

async function signedIn(): Promise<{ browser: Visitor; cookie: string; sessionId: string }> {
  const browser = world.visitor();
  const response = await browser.signIn(await join(world));
  expect(response.status).toBe(200);
  return { browser, cookie: browser.cookies.get(SESSION) ?? '', sessionId: (await whoIs(browser)) ?? '' };
}

async function signOut(browser: Visitor): Promise<void> {
  const { csrfToken } = (await (await browser.request('/api/auth/csrf')).json()) as { csrfToken: string };
  await browser.request('/api/auth/signout', { method: 'POST', body: new URLSearchParams({ csrfToken, json: 'true' }) });
}

describe('a session', () => {
  it('is a new one at each sign-in, whatever cookie was there before', async () => {
    const attacker = await signedIn();
    const victim = world.visitor();
    victim.cookies.set(SESSION, attacker.cookie); // planted
    const member = await join(world);
    await victim.signIn(member);
    const sessionId = await whoIs(victim);
    expect(sessionId).not.toBe(attacker.sessionId);
    expect(victim.cookies.get(SESSION)).not.toBe(attacker.cookie);
    // Whoever planted the cookie still is who they were, and not the victim.
    expect(await whoIs(attacker.browser)).toBe(attacker.sessionId);
    expect((await attacker.browser.query('auth.me')).json.userId).not.toBe(member.userId);
  });

  it('cannot be chosen: a token for a session that nobody opened is nobody', async () => {
    const token = await encode({ token: { sessionId: newId() }, secret: world.api.app.settings.secret });
    expect(await whoIs(holding(token))).toBeNull();
  });

  it('ends at sign-out for every copy of its cookie, and leaves the others', async () => {
    const { browser, cookie } = await signedIn();
    const other = await signedIn();
    await signOut(browser);
    expect(browser.cookies.has(SESSION)).toBe(false);
    expect(await whoIs(holding(cookie))).toBeNull();
    expect(await whoIs(other.browser)).toBe(other.sessionId);
  });

  it('cannot be ended by somebody else', async () => {
    const mine = await signedIn();
    const theirs = await signedIn();
    expect((await mine.browser.mutate('auth.revokeSession', { sessionId: theirs.sessionId })).code).toBe('not_found');
    expect(await whoIs(theirs.browser)).toBe(theirs.sessionId);
  });

  it('is in no cookie that was made without our secret, or with no algorithm at all', async () => {
    const { sessionId } = await signedIn();
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const forged = [
      await encode({ token: { sessionId }, secret: 'another secret, which is long enough' }),
      await encode({ token: { sessionId }, secret: '' }).catch(() => ''),
      `${part({ alg: 'none' })}.${part({ sessionId })}.`,
      `${part({ alg: 'dir', enc: 'none' })}..${part({ sessionId })}.${part({})}.`,
      sessionId,
      `%00${sessionId}`,
      'x'.repeat(6_000),
    ];
    for (const value of forged) expect(await whoIs(holding(value))).toBeNull();
  });

  it('has a cookie that no script reads, no other site sends along, and that is gone with the browser’s cookies only', async () => {
    const { browser } = await signedIn();
    const line = browser.lastSet.find((each) => each.startsWith(SESSION)) ?? '';
    expect(line).toMatch(/HttpOnly/i);
    expect(line).toMatch(/SameSite=Lax/i);
    expect(line).toMatch(/Path=\//i);
    expect(line).not.toMatch(/Domain=/i);
  });

  it('is opened only with the form that we gave out: a post from elsewhere has no CSRF token', async () => {
    const member = await join(world);
    const browser = world.visitor();
    const form = (csrfToken: string) => new URLSearchParams({ ...member, csrfToken, json: 'true' });
    for (const token of ['', 'x', 'a'.repeat(64)]) {
      await browser.request('/api/auth/callback/credentials', { method: 'POST', body: form(token) });
      expect(await whoIs(browser)).toBeNull();
    }
  });
});

describe('behind https', () => {
  it('cookies are Secure and bound to the host by their prefix', async () => {
    const secure = await consoleWorld({ WAYBILL_ORIGIN: 'https://shop.example' });
    try {
      const browser = secure.visitor();
      await browser.request('/api/auth/csrf');
      const csrf = browser.lastSet.find((line) => line.includes('csrf-token')) ?? '';
      expect(csrf).toMatch(/^__Host-next-auth\.csrf-token=[^;]+; Path=\/; HttpOnly; Secure; SameSite=Lax$/i);
      await browser.signIn(await join(secure));
      const session = browser.lastSet.find((line) => line.includes('session-token')) ?? '';
      expect(session).toMatch(/^__Secure-next-auth\.session-token=[^;]+;/);
      expect(session).toMatch(/; HttpOnly/i);
      expect(session).toMatch(/; Secure/i);
      expect(session).toMatch(/; SameSite=Lax/i);
      expect(browser.lastSet.filter((line) => !/; Secure/i.test(line))).toEqual([]);
      expect((await browser.query('auth.me')).json).not.toBeNull();
      // The same token under the name that plain http uses is not looked at.
      const [, value = ''] = [...browser.cookies].find(([name]) => name.includes('session-token')) ?? [];
      const other = secure.visitor();
      other.cookies.set(SESSION, value);
      expect(await whoIs(other)).toBeNull();
    } finally {
      await secure.close();
    }
  });
});
