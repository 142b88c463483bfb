import { encode } from 'next-auth/jwt';
import { describe, expect, it, vi } from 'vitest';
import { newApiKey } from './api-keys.ts';
import { Concealed } from './concealed.ts';
import { hashPassword, verifyPassword } from './passwords.ts';
import { open, seal } from './secrets.ts';
import { readSessionId, sessionCookieName } from './session-cookie.ts';
import { newTotpSecret, totpCode, totpStep } from './totp.ts';

const KEY = Buffer.alloc(32, 1).toString('base64');
const OTHER_KEY = Buffer.alloc(32, 2).toString('base64');

describe('passwords', () => {
  it('are kept as argon2id with their parameters, and match only themselves', async () => {
    const hash = await hashPassword('correct horse battery');
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await verifyPassword(hash, 'correct horse battery')).toBe(true);
    expect(await verifyPassword(hash, 'correct horse batterz')).toBe(false);
  });

  it('never match where there is none, not even the decoy', async () => {
    expect(await verifyPassword(null, 'no account has this password')).toBe(false);
  });
});

describe('sealed secrets', () => {
  it('open with their key and purpose only, and not after a bit has changed', () => {
    const sealed = seal('JBSWY3DPEHPK3PXP', 'totp:ana', KEY);
    expect(sealed).not.toContain('JBSWY3DPEHPK3PXP');
    expect(open(sealed, 'totp:ana', KEY)).toBe('JBSWY3DPEHPK3PXP');
    expect(() => open(sealed, 'totp:bo', KEY)).toThrow();
    expect(() => open(sealed, 'totp:ana', OTHER_KEY)).toThrow();
    const flipped = Buffer.from(sealed.slice(3), 'base64url');
    flipped[flipped.length - 1] = (flipped.at(-1) ?? 0) ^ 1;
    expect(() => open(`v1.${flipped.toString('base64url')}`, 'totp:ana', KEY)).toThrow();
  });

  it('are different each time', () => {
    expect(seal('a', 'p', KEY)).not.toBe(seal('a', 'p', KEY));
  });

  it('ask for a proper key', () => {
    expect(() => seal('a', 'p', 'short')).toThrow(/openssl rand -base64 32/);
  });
});

describe('authenticator codes', () => {
  it('agree with RFC 6238 (SHA-1, last six digits)', () => {
    const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
    expect(totpCode(secret, new Date(59_000))).toBe('287082');
    expect(totpCode(secret, new Date(1_111_111_109_000))).toBe('081804');
    expect(totpCode(secret, new Date(20_000_000_000_000))).toBe('353130');
  });

  it('count one step early or late and no further', () => {
    const secret = newTotpSecret();
    const now = new Date(1_800_000_000_000);
    const at = (seconds: number) => totpStep(secret, totpCode(secret, new Date(now.getTime() + seconds * 1000)), now);
    expect(at(0)).toBe(60_000_000n);
    expect(at(-30)).toBe(59_999_999n);
    expect(at(30)).toBe(60_000_001n);
    expect(at(-60)).toBeNull();
    expect(at(60)).toBeNull();
    expect(totpStep(secret, 'abcdef', now)).toBeNull();
  });
});

describe('the session cookie', () => {
  it('is __Secure- on https only', () => {
    expect(sessionCookieName('https://shop.example')).toBe('__Secure-next-auth.session-token');
    expect(sessionCookieName('http://localhost:3000')).toBe('next-auth.session-token');
  });

  it('of another secret, of nobody or of nonsense names no session', async () => {
    const origin = 'http://localhost:3000';
    const secret = 'a secret of the tests, long enough';
    expect(await readSessionId(undefined, origin, secret)).toBeNull();
    expect(await readSessionId('next-auth.session-token=abc', origin, secret)).toBeNull();
    expect(await readSessionId('next-auth.session-token=%E0%A4%A', origin, secret)).toBeNull();
  });

  it('is read once and says the same until it expires; of another secret it never does', async () => {
    const origin = 'http://localhost:3000';
    const [secret, other] = ['a secret of the tests, long enough', 'another secret of the tests, as long'];
    const token = await encode({ token: { sessionId: 'the-session' }, secret, maxAge: 60 });
    const cookie = `theme=dark; next-auth.session-token=${token}`;
    const read = (with_: string, inSeconds: number) =>
      readSessionId(cookie, origin, with_, new Date(Date.now() + inSeconds * 1_000));
    expect(await read(other, 0)).toBeNull();
    expect(await read(secret, 0)).toBe('the-session');
    expect(await read(secret, 59)).toBe('the-session');
    expect(await read(other, 0)).toBeNull();
    // Beyond its time it is opened again, and judged by the clock of whoever opens it.
    vi.useFakeTimers({ now: Date.now() + 120_000, toFake: ['Date'] });
    try {
      expect(await readSessionId(cookie, origin, secret)).toBeNull();
    } finally {
      vi.useRealTimers();
    }
  });
});

it('an API key says its mode, is told by a prefix, and is stored as a hash', () => {
  const made = newApiKey('test');
  expect(made.key).toMatch(/^wb_test_[A-Za-z0-9_-]{43}$/);
  expect(made.prefix).toBe(made.key.slice(0, 14));
  expect(made.hash).toHaveLength(32);
});

it('what is concealed stays so in JSON', () => {
  expect(JSON.stringify({ password: new Concealed('hunter2') })).toBe('{"password":"concealed"}');
});
