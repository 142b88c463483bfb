import { encode } from 'next-auth/jwt';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { resolvePrincipal } from '../../api/principal.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { totpCode } from '../../platform/auth/totp.ts';
import { createRateLimiter } from '../../platform/rate-limit.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/test-database.ts';
import { createPeopleFlows, type PeopleFlows } from './people-flows.ts';

const DATA_KEY = Buffer.alloc(32, 7).toString('base64');
const PASSWORD = 'correct horse battery';
const OPTIONS = { origin: 'http://localhost:3000', secret: 'a secret of the tests, long enough' };

let db: TestDatabase;
let people: PeopleFlows;
let now = new Date('2026-11-22T12:00:00Z');
let merchantId: string;

beforeAll(async () => {
  db = await createTestDatabase();
  merchantId = newId();
  await db.pool.query(
    `INSERT INTO merchants (id, home, slug, name, currency, country, created_at) VALUES ($1, 'EU', 'north', 'North', 'EUR', 'DE', now())`,
    [merchantId],
  );
});
afterAll(() => db.drop());
beforeEach(() => {
  now = new Date(now.getTime() + 3_600_000);
  people = createPeopleFlows({ pool: db.pool, dataKey: DATA_KEY, limits: createRateLimiter(() => now.getTime()) });
});

const ctx = (actor = 'system:test'): Ctx => ({ now, actor, traceId: 'trace-1', requestId: newId(), home: 'EU' });
const minutes = (count: number) => {
  now = new Date(now.getTime() + count * 60_000);
};

/** A person as they come to be: invited, then accepted. */
async function join(role: 'agent' | 'admin' | 'finance' = 'agent') {
  const email = `${newId()}@Example.com`;
  const link = await people.inviteUser({ email, role, merchantId: null }, ctx());
  const { userId } = await people.acceptInvite({ token: link.token, name: 'Ana', password: PASSWORD }, ctx());
  return { userId, email, token: link.token };
}

function knock(email: string, password: string, code: string | null = null, ip = '192.0.2.1') {
  return people.signIn({ email, password, code, ip, userAgent: 'test' }, ctx());
}

async function refusal(work: Promise<unknown>): Promise<{ code: string; detail: string }> {
  try {
    await work;
  } catch (error) {
    if (error instanceof DomainError) return { code: error.code, detail: error.detail };
    throw error;
  }
  throw new Error('It was not refused');
}

/** Who a browser with this session's cookie is. */
async function whoIs(sessionId: string) {
  const token = await encode({ token: { sessionId }, secret: OPTIONS.secret });
  return resolvePrincipal({ cookie: `other=1; next-auth.session-token=${token}` }, db.pool, OPTIONS, now);
}

const auditOf = async (entityId: string) =>
  (
    await db.pool.query<{ action: string; actor: string; before: unknown; after: unknown; trace_id: string }>(
      'SELECT action, actor, before, after, trace_id FROM audit_log WHERE entity_id = $1 ORDER BY at, id',
      [entityId],
    )
  ).rows;

describe('invitations', () => {
  it('make one account, once, and say so in the audit log', async () => {
    const { userId, token } = await join();
    expect((await refusal(people.acceptInvite({ token, name: 'Eve', password: PASSWORD }, ctx()))).code).toBe('not_found');
    const [row] = await auditOf(userId);
    expect(row).toMatchObject({
      action: 'user.joined',
      actor: `user:${userId}`,
      trace_id: 'trace-1',
      after: { role: 'agent', name: 'Ana' },
    });
  });

  it('answer a repeated key with the same link, and another body under it with a refusal', async () => {
    const input = { email: `${newId()}@example.com`, role: 'agent' as const, merchantId: null };
    const key = newId();
    const first = await people.inviteUser(input, ctx(), key);
    const again = await people.inviteUser(input, ctx(), key);
    expect(again).toEqual(first);
    expect((await refusal(people.inviteUser({ ...input, role: 'warehouse' }, ctx(), key))).code).toBe('key_reused');
    const kept = await db.pool.query<{ outcome: unknown }>('SELECT outcome FROM idempotency_keys WHERE key = $1', [key]);
    expect(JSON.stringify(kept.rows)).not.toContain(first.token);
  });

  it('of two acceptances at once, one wins', async () => {
    const link = await people.inviteUser({ email: `${newId()}@example.com`, role: 'agent', merchantId: null }, ctx());
    const tries = await Promise.allSettled(
      [1, 2, 3].map((n) => people.acceptInvite({ token: link.token, name: `Ana ${n}`, password: PASSWORD }, ctx())),
    );
    expect(tries.filter((each) => each.status === 'fulfilled')).toHaveLength(1);
  });

  it('expire, can be revoked, and need a merchant where the role does', async () => {
    const late = await people.inviteUser({ email: `${newId()}@example.com`, role: 'agent', merchantId: null }, ctx());
    minutes(7 * 24 * 60);
    expect((await refusal(people.acceptInvite({ token: late.token, name: 'Ana', password: PASSWORD }, ctx()))).code).toBe(
      'not_found',
    );
    const link = await people.inviteUser({ email: `${newId()}@example.com`, role: 'merchant', merchantId }, ctx());
    await people.revokeInvitation({ invitationId: link.id }, ctx());
    expect((await refusal(people.acceptInvite({ token: link.token, name: 'Ana', password: PASSWORD }, ctx()))).code).toBe(
      'not_found',
    );
    expect(await refusal(people.inviteUser({ email: 'm@example.com', role: 'merchant', merchantId: null }, ctx()))).toEqual({
      code: 'invalid_request',
      detail: 'Name the merchant they work for.',
    });
  });
});

describe('signing in', () => {
  it('opens a session that the API resolves, and ends it at once when it is revoked', async () => {
    const { userId, email } = await join();
    const { sessionId } = await knock(email.toUpperCase(), PASSWORD);
    expect(await whoIs(sessionId)).toMatchObject({ kind: 'user', actor: `user:${userId}`, role: 'agent', secondFactor: false });
    await people.endSessions({ userId, only: sessionId }, ctx(`user:${userId}`));
    expect((await whoIs(sessionId)).kind).toBe('anonymous');
    expect((await auditOf(sessionId)).map((row) => row.action)).toEqual(['session.opened', 'session.revoked']);
  });

  it('says the same of an unknown address, a wrong password and a disabled account', async () => {
    const { userId, email } = await join();
    const wrong = await refusal(knock(email, 'not the password'));
    const unknown = await refusal(knock('nobody@example.com', PASSWORD));
    await people.setDisabled({ userId, disabled: true, reason: null }, ctx());
    const disabled = await refusal(knock(email, PASSWORD));
    expect(wrong).toEqual({ code: 'unauthenticated', detail: 'The e-mail address or the password is wrong.' });
    expect([unknown, disabled]).toEqual([wrong, wrong]);
  });

  it('is limited by account from many addresses and by address over many accounts, known or not', async () => {
    const { email } = await join();
    const knocks = async (address: string, ip: (n: number) => string, count: number) => {
      for (let n = 0; n < count; n++) await refusal(knock(address, 'wrong', null, ip(n)));
    };
    await knocks(email, (n) => `198.51.100.${n}`, 10);
    expect((await refusal(knock(email, PASSWORD, null, '203.0.113.1'))).code).toBe('too_many_requests');
    await knocks('nobody@example.com', (n) => `198.51.100.${n + 50}`, 10);
    expect((await refusal(knock('nobody@example.com', PASSWORD, null, '203.0.113.2'))).code).toBe('too_many_requests');
    for (let n = 0; n < 30; n++) await refusal(knock(`${n}@example.com`, 'wrong', null, '192.0.2.99'));
    expect((await refusal(knock(`31@example.com`, 'wrong', null, '192.0.2.99'))).code).toBe('too_many_requests');
    minutes(60);
    expect((await knock(email, PASSWORD)).sessionId).toBeDefined();
  });

  it('ends in time: an expired session is nobody', async () => {
    const { email } = await join();
    const { sessionId } = await knock(email, PASSWORD);
    minutes(14 * 24 * 60);
    expect((await whoIs(sessionId)).kind).toBe('anonymous');
  });
});

describe('the second factor', () => {
  async function withTotp() {
    const person = await join('finance');
    const first = await knock(person.email, PASSWORD);
    const other = await knock(person.email, PASSWORD);
    const { secret, address } = await people.beginTotp({ userId: person.userId }, ctx());
    expect(address).toContain(`secret=${secret}`);
    await people.confirmTotp({ userId: person.userId, sessionId: first.sessionId, code: totpCode(secret, now) }, ctx());
    return { ...person, secret, first, other };
  }

  it('counts from its first code: this session has it, the others end', async () => {
    const { first, other } = await withTotp();
    expect(await whoIs(first.sessionId)).toMatchObject({ kind: 'user', secondFactor: true });
    expect((await whoIs(other.sessionId)).kind).toBe('anonymous');
  });

  it('is asked for at sign-in, and a code counts once, also for two at the same moment', async () => {
    const { email, secret } = await withTotp();
    expect((await refusal(knock(email, PASSWORD))).code).toBe('second_factor_required');
    expect((await refusal(knock(email, PASSWORD, totpCode(secret, now)))).code).toBe('invalid_request'); // confirmed with it
    minutes(1);
    const code = totpCode(secret, now);
    const tries = await Promise.allSettled([knock(email, PASSWORD, code), knock(email, PASSWORD, code)]);
    expect(tries.filter((each) => each.status === 'fulfilled')).toHaveLength(1);
    expect((await refusal(knock(email, PASSWORD, code))).code).toBe('invalid_request');
  });

  it('is not asked for, and so not given away, before the password is right', async () => {
    const { email } = await withTotp();
    expect((await refusal(knock(email, 'wrong'))).code).toBe('unauthenticated');
  });

  it('cannot be guessed at: five tries, then a wait', async () => {
    const { email, secret } = await withTotp();
    minutes(1);
    const wrong = totpCode(secret, now) === '000000' ? '000001' : '000000';
    for (let n = 0; n < 5; n++) await refusal(knock(email, PASSWORD, wrong, `198.51.100.${n}`));
    expect((await refusal(knock(email, PASSWORD, totpCode(secret, now), '203.0.113.3'))).code).toBe('too_many_requests');
  });

  it('is stored encrypted, is never in the audit log, and is removed with a last code', async () => {
    const { userId, secret } = await withTotp();
    const kept = await db.pool.query<{ totp_secret: string }>('SELECT totp_secret FROM users WHERE id = $1', [userId]);
    expect(kept.rows[0]?.totp_secret).toMatch(/^v1\./);
    expect(JSON.stringify([kept.rows, await auditOf(userId)])).not.toContain(secret);
    minutes(1);
    await people.disableTotp({ userId, sessionId: null, code: totpCode(secret, now) }, ctx());
    const after = await db.pool.query('SELECT FROM users WHERE id = $1 AND totp_secret IS NULL AND totp_enabled_at IS NULL', [
      userId,
    ]);
    expect(after.rowCount).toBe(1);
  });
});

describe('passwords', () => {
  it('are reset by a link that works once, within the hour, and ends every session', async () => {
    const { email } = await join();
    const { sessionId } = await knock(email, PASSWORD);
    const earlier = await people.requestReset({ email }, ctx());
    const link = await people.requestReset({ email: ` ${email} ` }, ctx());
    expect((await refusal(people.resetPassword({ token: earlier?.token ?? '', password: 'another password' }, ctx()))).code).toBe(
      'not_found',
    );
    await people.resetPassword({ token: link?.token ?? '', password: 'another password' }, ctx());
    expect((await whoIs(sessionId)).kind).toBe('anonymous');
    expect((await knock(email, 'another password')).sessionId).toBeDefined();
    expect((await refusal(people.resetPassword({ token: link?.token ?? '', password: 'a third password' }, ctx()))).code).toBe(
      'not_found',
    );
    const late = await people.requestReset({ email }, ctx());
    minutes(61);
    expect((await refusal(people.resetPassword({ token: late?.token ?? '', password: 'a third password' }, ctx()))).code).toBe(
      'not_found',
    );
  });

  it('make no link for an address without an account', async () => {
    expect(await people.requestReset({ email: 'nobody@example.com' }, ctx())).toBeNull();
  });

  it('are changed by who knows the present one; the other sessions end', async () => {
    const { userId, email } = await join();
    const mine = await knock(email, PASSWORD);
    const other = await knock(email, PASSWORD);
    const change = { userId, sessionId: mine.sessionId, password: 'another password' };
    expect((await refusal(people.changePassword({ ...change, current: 'wrong' }, ctx()))).code).toBe('invalid_request');
    await people.changePassword({ ...change, current: PASSWORD }, ctx());
    expect([(await whoIs(mine.sessionId)).kind, (await whoIs(other.sessionId)).kind]).toEqual(['user', 'anonymous']);
  });

  it('and their hashes are in no idempotency key and no audit row', async () => {
    await join();
    const kept = await db.pool.query<{ text: string }>(
      `SELECT string_agg(coalesce(outcome::text, ''), '') || (SELECT string_agg(coalesce(before::text, '') || coalesce(after::text, ''), '') FROM audit_log) AS text
       FROM idempotency_keys`,
    );
    expect(kept.rows[0]?.text).not.toMatch(/argon2|correct horse/);
  });
});

describe('managing users', () => {
  it('ends their sessions with their old role, and keeps the last administrator', async () => {
    const admin = await join('admin');
    const agent = await join();
    const { sessionId } = await knock(agent.email, PASSWORD);
    await people.changeRole({ userId: agent.userId, role: 'merchant', merchantId }, ctx(`user:${admin.userId}`));
    expect((await whoIs(sessionId)).kind).toBe('anonymous');
    const rows = await auditOf(agent.userId);
    expect(rows.at(-1)).toMatchObject({
      action: 'user.role_changed',
      before: { role: 'agent' },
      after: { role: 'merchant', merchantId },
    });
    await db.pool.query(`UPDATE users SET disabled_at = now() WHERE role = 'admin' AND id <> $1`, [admin.userId]);
    const demote = { userId: admin.userId, role: 'agent' as const, merchantId: null };
    expect((await refusal(people.changeRole(demote, ctx(`user:${admin.userId}`)))).detail).toMatch(/your own access/);
    expect((await refusal(people.changeRole(demote, ctx('user:x')))).detail).toMatch(/last administrator/);
    expect((await refusal(people.setDisabled({ userId: admin.userId, disabled: true, reason: null }, ctx('user:x')))).code).toBe(
      'state_refuses',
    );
  });

  it('of two administrators who remove one another at once, one stays', async () => {
    const [first, second] = [await join('admin'), await join('admin')];
    await db.pool.query(`UPDATE users SET disabled_at = now() WHERE role = 'admin' AND id <> ALL($1)`, [
      [first.userId, second.userId],
    ]);
    await Promise.allSettled([
      people.setDisabled({ userId: second.userId, disabled: true, reason: null }, ctx(`user:${first.userId}`)),
      people.setDisabled({ userId: first.userId, disabled: true, reason: null }, ctx(`user:${second.userId}`)),
    ]);
    const left = await db.pool.query(`SELECT FROM users WHERE role = 'admin' AND disabled_at IS NULL`);
    expect(left.rowCount).toBe(1);
  });
});

describe('API keys', () => {
  it('name their merchant, mode and scopes until they are revoked, and are kept nowhere', async () => {
    const wanted = { merchantId, name: 'Checkout', mode: 'test' as const, scopes: ['orders:write' as const] };
    const key = newId();
    const made = await people.createApiKey(wanted, ctx(), key);
    expect(await people.createApiKey(wanted, ctx(), key)).toEqual(made);
    const header = { authorization: `Bearer ${made.key}` };
    expect(await resolvePrincipal(header, db.pool, OPTIONS, now)).toMatchObject({
      kind: 'api_key',
      actor: `api_key:${made.id}`,
      merchantId,
      scopes: ['orders:write'],
      mode: 'test',
    });
    const live = { ...OPTIONS, livePayments: true };
    expect(await refusal(resolvePrincipal(header, db.pool, live, now))).toMatchObject({
      code: 'unauthenticated',
      detail: 'This is a test key; this installation takes real payments. Use a live key.',
    });
    const real = await people.createApiKey({ ...wanted, mode: 'live' }, ctx());
    const sent = { authorization: `Bearer ${real.key}` };
    expect(await resolvePrincipal(sent, db.pool, live, now)).toMatchObject({ actor: `api_key:${real.id}`, mode: 'live' });
    const text = await db.pool.query<{ text: string }>(
      `SELECT (SELECT string_agg(k::text, '') FROM api_keys k) || (SELECT string_agg(i::text, '') FROM idempotency_keys i) ||
              (SELECT string_agg(a::text, '') FROM audit_log a) AS text`,
    );
    expect(text.rows[0]?.text).not.toContain(made.key);
    expect((await refusal(people.revokeApiKey({ apiKeyId: made.id, merchantId: newId() }, ctx()))).code).toBe('not_found');
    await people.revokeApiKey({ apiKeyId: made.id, merchantId }, ctx());
    expect((await refusal(resolvePrincipal(header, db.pool, OPTIONS, now))).code).toBe('unauthenticated');
    expect((await auditOf(made.id)).map((row) => row.action)).toEqual(['api_key.created', 'api_key.revoked']);
  });

  it('that are nonsense are refused, and never fall back to a cookie', async () => {
    const { email } = await join();
    const { sessionId } = await knock(email, PASSWORD);
    const token = await encode({ token: { sessionId }, secret: OPTIONS.secret });
    const headers = { authorization: 'Bearer wb_live_nonsense', cookie: `next-auth.session-token=${token}` };
    expect((await refusal(resolvePrincipal(headers, db.pool, OPTIONS, now))).code).toBe('unauthenticated');
  });
});

describe('the first set-up', () => {
  it('makes administrator, merchant, node and SKU with a token that works once', async () => {
    const empty = await createTestDatabase();
    try {
      const flows = createPeopleFlows({ pool: empty.pool, dataKey: DATA_KEY, limits: createRateLimiter() });
      const token = 'a-token-that-the-server-printed';
      await empty.pool.query(
        `INSERT INTO user_tokens (id, kind, token_hash, created_at, expires_at) VALUES ($1, 'setup', sha256($2), $3, $3::timestamptz + interval '1 day')`,
        [newId(), Buffer.from(token), now],
      );
      const first = {
        token,
        admin: { email: 'first@example.com', name: 'First', password: PASSWORD },
        merchant: { name: 'Acme', slug: 'acme', currency: 'EUR', country: 'AT' },
        node: { code: 'VIE', name: 'Vienna' },
        sku: { code: 'MUG', name: 'Mug', price: '12.50' },
      };
      const made = await flows.setUp(first, ctx());
      const found = await empty.pool.query(
        `SELECT m.name, m.home, n.code AS node, s.code AS sku, s.price, u.role, h.region FROM merchants m JOIN nodes n ON n.merchant_id = m.id
         JOIN skus s ON s.merchant_id = m.id JOIN home_owner h ON h.home = m.home CROSS JOIN users u`,
      );
      expect(found.rows).toEqual([
        { name: 'Acme', home: 'EU', node: 'VIE', sku: 'MUG', price: '12.500000', role: 'admin', region: 'EU' },
      ]);
      expect((await refusal(flows.setUp({ ...first, admin: { ...first.admin, email: 'b@example.com' } }, ctx()))).code).toBe(
        'not_found',
      );
      const signedIn = await flows.signIn(
        { email: 'first@example.com', password: PASSWORD, code: null, ip: null, userAgent: null },
        ctx(),
      );
      expect(signedIn.userId).toBe(made.userId);
    } finally {
      await empty.drop();
    }
  });
});
