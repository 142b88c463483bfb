import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { normalizeEmail } from '../../domains/people/schema.ts';
import { newId } from '../../kernel/ids.ts';
import { deliverLinks } from '../link-delivery.ts';
import { type ConsoleWorld, consoleWorld } from './testing/console-world.ts';
import { join, type Member } from './testing/join.ts';

/** An address that looks like somebody's, or that some way of folding letters makes into theirs, is never theirs. */
let world: ConsoleWorld;
let mike: Member;
const delivered: { email: string; kind: string }[] = [];

beforeAll(async () => {
  world = await consoleWorld();
  world.liftLimits();
  mike = await join(world, 'Mike.Kass@Example.com');
  const mail = async ({ email, kind }: { email: string; kind: string }) => void delivered.push({ email, kind });
  Object.assign(world.api.app, { deliverLink: deliverLinks({ mail, log: world.api.app.log, demo: true }) });
});
afterAll(() => world.close());

/** The same mailbox to us: only ASCII letters in another case, and blanks that a paste leaves. */
const SAME = ['mike.kass@example.com', 'MIKE.KASS@EXAMPLE.COM', ' Mike.Kass@Example.com\t'];

/** Another mailbox, each by another trick. */
const OTHERS: readonly (readonly [trick: string, email: string])[] = [
  ['the Kelvin sign, which is a k in lower case', 'mi\u212ae.kass@example.com'],
  ['a long s, which is an s in upper case', 'mike.ka\u017fs@example.com'],
  ['a dotless i', 'm\u0131ke.kass@example.com'],
  ['a Cyrillic а and с', 'mike.k\u0430ss@example.\u0441om'],
  ['a Cyrillic е in the domain', 'mike.kass@\u0435xample.com'],
  ['full-width letters (NFKC)', '\uff4dike.kass@example.com'],
  ['a full-width at sign (NFKC)', 'mike.kass\uff20example.com'],
  ['a ligature (NFKC)', 'mike.ka\ufb06@example.com'],
  ['a zero-width blank', 'mi\u200bke.kass@example.com'],
  ['a soft hyphen', 'mike.kass@exam\u00adple.com'],
  ['a word joiner at the end', 'mike.kass@example.com\u2060'],
  ['a mark of direction', '\u202emike.kass@example.com'],
  ['a combining mark that NFC joins', 'mike.ka\u0073\u0307s@example.com'],
  ['an ideographic full stop', 'mike.kass@example\u3002com'],
  ['punycode', 'mike.kass@xn--xample-2of.com'],
  ['a plus address', 'mike.kass+x@example.com'],
  ['no dot', 'mikekass@example.com'],
  ['a comment', 'mike.kass(x)@example.com'],
  ['quotes', '"mike.kass"@example.com'],
  ['two addresses', 'mike.kass@example.com,eve@evil.example'],
  ['a second header', 'mike.kass@example.com\r\nBcc: eve@evil.example'],
  ['U+0000', 'mike.kass@example.com\u0000'],
];

const isMike = async (email: string): Promise<boolean> => {
  const browser = world.visitor();
  await browser.signIn({ email, password: mike.password });
  return (await browser.query('auth.me')).json?.userId === mike.userId;
};

describe('signing in', () => {
  it.each(SAME)('as %j is the account', async (email) => {
    expect(await isMike(email)).toBe(true);
  });

  it.each(OTHERS)('with %s is not', async (_trick, email) => {
    expect(await isMike(email)).toBe(false);
    expect(normalizeEmail(email)).not.toBe('mike.kass@example.com');
  });

  it('through an identity provider neither: what it vouches for is the other mailbox', async () => {
    const ctx = { now: new Date(), actor: 'system:test', traceId: 't', requestId: newId(), home: 'EU' };
    const vouched = (email: string) => world.api.app.people.signInByProvider({ email, ip: null, userAgent: null }, ctx);
    expect((await vouched('mike.kass@example.com')).userId).toBe(mike.userId);
    for (const [trick, email] of OTHERS) {
      const userId = await vouched(email).then(
        (session) => session.userId,
        () => null,
      );
      expect([trick, userId]).toEqual([trick, null]);
    }
  });
});

describe('a link to set a new password', () => {
  const ask = async (email: string) => {
    const before = delivered.length;
    const answer = await world.visitor().mutate('auth.requestReset', { email });
    const links = () =>
      world.db.pool.query(`SELECT FROM user_tokens WHERE kind = 'reset' AND user_id = $1 AND used_at IS NULL`, [mike.userId]);
    return { answer, sent: () => delivered.slice(before), links };
  };

  it('goes to the account’s own address, however it was typed', async () => {
    const { answer, sent } = await ask('mIKE.kASS@eXAMPLE.COM');
    expect(answer.status).toBe(200);
    await expect.poll(sent).toEqual([{ email: mike.email, kind: 'reset' }]);
  });

  it('is not made for an address that only looks like it', async () => {
    await world.db.pool.query(`UPDATE user_tokens SET used_at = now() WHERE kind = 'reset'`);
    const seen = delivered.length;
    for (const [, email] of OTHERS) await ask(email);
    const { sent } = await ask(mike.email); // whatever was asked before this is through by the time this is
    await expect.poll(sent).toHaveLength(1);
    expect(delivered.slice(seen)).toHaveLength(1);
  });
});

describe('an invitation', () => {
  it('to the same address in other letters is refused; to one that looks like it is another account', async () => {
    const admin = await world.callerOf({ path: 'people.invite', type: 'mutation', input: undefined, caller: 'admin' });
    for (const email of SAME) expect((await admin.mutate('people.invite', { email, role: 'agent' })).code).toBe('already_exists');
    for (const [trick, email] of OTHERS) {
      const made = await admin.mutate('people.invite', { email, role: 'agent' });
      if (made.code !== null) {
        expect([trick, made.code]).toEqual([trick, 'invalid_request']);
        continue;
      }
      const token = String(made.json.url).split('/').at(-1) ?? '';
      const joined = await world
        .visitor()
        .mutate('auth.acceptInvite', { token, name: 'Eve', password: 'eve has another password' });
      expect([trick, joined.code]).toEqual([trick, null]);
      expect(joined.json.userId).not.toBe(mike.userId);
      expect(await isMike(email)).toBe(false);
    }
    expect(await isMike(mike.email)).toBe(true);
  });
});
