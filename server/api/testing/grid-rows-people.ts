import { newId } from '../../kernel/ids.ts';
import { hashPassword } from '../../platform/auth/passwords.ts';
import { hashSecret, newSecret } from '../../platform/auth/secrets.ts';
import { createSession } from '../../platform/auth/sessions.ts';
import { totpCode } from '../../platform/auth/totp.ts';
import type { ProcedurePath } from '../root.ts';
import type { Deed, GridWorld, Row } from './grid-world.ts';

const PASSWORD = 'correct horse battery';
const NEXT = 'staple battery horse';
const OTHER = 'another horse altogether';

interface Person {
  readonly id: string;
  readonly email: string;
  readonly sessionId: string;
  readonly caller: Deed['caller'];
}

/** Somebody new, signed in. */
async function person(w: GridWorld): Promise<Person> {
  const cookie = await w.rest.api.signIn('agent');
  const { rows } = await w.rest.db.pool.query<Omit<Person, 'caller'>>(
    `SELECT u.id, u.email, s.id AS "sessionId" FROM users u JOIN sessions s ON s.user_id = u.id ORDER BY u.created_at DESC, u.id DESC LIMIT 1`,
  );
  const [user] = rows;
  if (!user) throw new Error('Nobody signed in');
  return { ...user, caller: { cookie } };
}

const people = (w: GridWorld) => w.rest.api.app.people;
const as = (w: GridWorld, { id }: Person) => w.ctx(`user:${id}`);

/** A second browser of theirs. */
async function elsewhere(w: GridWorld, { id: userId }: Person): Promise<string> {
  const id = newId();
  await createSession(w.rest.db.pool, { id, userId, secondFactor: true, ip: null, userAgent: null }, new Date());
  return id;
}

/** With an authenticator app, and the code that it shows now. */
async function withTotp(w: GridWorld): Promise<Person & { readonly code: string }> {
  const who = await person(w);
  const { secret } = await people(w).beginTotp({ userId: who.id }, as(w, who));
  const now = Date.now();
  const before = { userId: who.id, sessionId: who.sessionId, code: totpCode(secret, new Date(now - 30_000)) };
  await people(w).confirmTotp(before, as(w, who));
  // Enough of the present half minute is left, or the next one has begun.
  return { ...who, code: totpCode(secret, new Date(now)) };
}

/** Done by an administrator to somebody: another request is about somebody else. */
const toSomebody =
  (procedure: ProcedurePath, made: (w: GridWorld) => Promise<Readonly<Record<string, unknown>>>): Row =>
  async (w, tenant) => ({ caller: await w.callerOf(tenant, procedure), input: await made(w), other: await made(w) });

const linkTo = async (w: GridWorld, userId: string): Promise<string> =>
  (await people(w).makeResetLink({ userId }, w.ctx())).token;
const invited = (w: GridWorld) =>
  people(w).inviteUser({ email: `${newId()}@example.com`, role: 'agent', merchantId: null }, w.ctx());

const account = {
  'auth.revokeSession': async (w) => {
    const who = await person(w);
    const [input, other] = [await elsewhere(w, who), await elsewhere(w, who)];
    return { caller: who.caller, input: { sessionId: input }, other: { sessionId: other } };
  },
  'auth.revokeOtherSessions': async (w) => {
    const who = await person(w);
    await elsewhere(w, who);
    return { caller: who.caller, input: {}, other: null };
  },
  'auth.beginTotp': async (w) => ({ caller: (await person(w)).caller, input: {}, other: null }),
  'auth.confirmTotp': async (w) => {
    const who = await person(w);
    const { secret } = await people(w).beginTotp({ userId: who.id }, as(w, who));
    return { caller: who.caller, input: { code: totpCode(secret, new Date()) }, other: { code: '000000' } };
  },
  'auth.verifyTotp': async (w) => {
    const { caller, code } = await withTotp(w);
    return { caller, input: { code }, other: { code: '000000' } };
  },
  'auth.disableTotp': async (w) => {
    const { caller, code } = await withTotp(w);
    return { caller, input: { code }, other: { code: '000000' } };
  },
  'auth.changeProfile': async (w) => {
    const profile = { name: 'Ana', locale: 'de', timeZone: 'Europe/Vienna' };
    return { caller: (await person(w)).caller, input: profile, other: { ...profile, name: 'Bo' } };
  },
  'auth.changePassword': async (w) => {
    const who = await person(w);
    const hash = await hashPassword(PASSWORD);
    await w.rest.db.pool.query('UPDATE users SET password_hash = $2 WHERE id = $1', [who.id, hash]);
    const change = { current: PASSWORD, password: NEXT };
    return { caller: who.caller, input: change, other: { ...change, password: OTHER } };
  },
  // Their keys are told apart by the address, or the link, so that another one is another key.
  'auth.requestReset': async (w) => ({ caller: null, input: { email: (await person(w)).email }, other: null }),
  'auth.resetPassword': async (w) => {
    const token = await linkTo(w, (await person(w)).id);
    return { caller: null, input: { token, password: NEXT }, other: { token, password: OTHER } };
  },
  'auth.acceptInvite': async (w) => {
    const { token } = await invited(w);
    const joining = { token, name: 'Ana', password: NEXT };
    return { caller: null, input: joining, other: { ...joining, password: OTHER } };
  },
  'auth.setUp': async (w) => {
    const token = newSecret();
    await w.rest.db.pool.query(
      `INSERT INTO user_tokens (id, kind, token_hash, role, created_by, created_at, expires_at)
       VALUES ($1, 'setup', $2, 'admin', 'system:start', now(), now() + interval '1 day')`,
      [newId(), hashSecret(token)],
    );
    const first = {
      token,
      admin: { email: `${newId()}@example.com`, name: 'First', password: NEXT },
      merchant: { name: 'First', slug: `f-${newId()}`, currency: 'EUR', country: 'AT' },
      node: { code: 'MAIN', name: 'Main' },
      sku: { code: 'A-1', name: 'A thing', price: '1.00' },
    };
    return { caller: null, input: first, other: { ...first, admin: { ...first.admin, password: OTHER } } };
  },
} satisfies Partial<Record<ProcedurePath, Row>>;

/** Accounts, and those who look after them. */
export const PEOPLE_ROWS: Partial<Readonly<Record<ProcedurePath, Row>>> = {
  ...account,
  'people.invite': toSomebody('people.invite', async () => ({ email: `${newId()}@example.com`, role: 'agent' })),
  'people.revokeInvitation': toSomebody('people.revokeInvitation', async (w) => ({ invitationId: (await invited(w)).id })),
  'people.changeRole': toSomebody('people.changeRole', async (w) => ({ userId: (await person(w)).id, role: 'warehouse' })),
  'people.disable': toSomebody('people.disable', async (w) => ({ userId: (await person(w)).id, reason: 'Left' })),
  'people.enable': toSomebody('people.enable', async (w) => {
    const { id: userId } = await person(w);
    await people(w).setDisabled({ userId, disabled: true, reason: null }, w.ctx());
    return { userId, reason: 'Is back' };
  }),
  'people.makeResetLink': toSomebody('people.makeResetLink', async (w) => ({ userId: (await person(w)).id })),
  'people.createApiKey': async (w, tenant) => {
    const wanted = { merchantId: w.rest[tenant].id, name: 'Checkout', mode: 'test', scopes: ['orders:read'] };
    return {
      caller: await w.callerOf(tenant, 'people.createApiKey'),
      input: wanted,
      other: { ...wanted, scopes: ['orders:write'] },
    };
  },
  'people.revokeApiKey': async (w, tenant) => {
    const wanted = { merchantId: w.rest[tenant].id, name: 'Old', mode: 'test', scopes: ['orders:read'] } as const;
    const made = async () => (await people(w).createApiKey({ ...wanted, scopes: [...wanted.scopes] }, w.ctx())).id;
    return {
      caller: await w.callerOf(tenant, 'people.revokeApiKey'),
      input: { apiKeyId: await made() },
      other: { apiKeyId: await made() },
    };
  },
};
