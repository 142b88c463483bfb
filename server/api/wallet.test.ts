import { SuperJSON } from 'superjson';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fundWallet } from '../flows/testing/fund-wallet.ts';
import { newId } from '../kernel/ids.ts';
import { soon } from '../platform/testing/soon.ts';
import { createTestDatabase, type TestDatabase } from '../platform/testing/test-database.ts';
import { appRouter } from './root.ts';
import { type ApiUnderTest, startApiUnderTest } from './testing/api-under-test.ts';

let db: TestDatabase;
let api: ApiUnderTest;
beforeAll(async () => {
  db = await createTestDatabase();
  api = await startApiUnderTest(db, { router: appRouter, handlePublic: () => {} });
});
afterAll(async () => {
  await api.stop();
  await db.drop();
});

interface Holder {
  readonly customerId: string;
  readonly email: string;
  readonly walletId: string;
  readonly cookie: string;
}

const ctx = () => ({ now: new Date(), actor: 'system:test', traceId: newId(), requestId: newId(), home: 'EU' });

async function holder(name: string, amountMinor = 0n): Promise<Holder> {
  const customerId = newId();
  const email = `${customerId}@customer.example`;
  await db.pool.query(
    'INSERT INTO customers (id, email, email_normalized, name, guest, created_at) VALUES ($1, $2, $2, $3, false, now())',
    [customerId, email, name],
  );
  const { id: walletId } = await api.app.flows.wallets.open({ customerId, currency: 'EUR' }, ctx());
  if (amountMinor > 0n) await fundWallet(db.pool, customerId, amountMinor);
  return { customerId, email, walletId, cookie: await api.signIn('customer', { customerId }) };
}

// biome-ignore lint/suspicious/noExplicitAny: a test reads what the answer holds, and fails where it does not.
type Answer = { readonly status: number; readonly code?: string; readonly data?: any };

async function call(cookie: string, path: string, input: unknown, method: 'GET' | 'POST' = 'GET'): Promise<Answer> {
  const text = JSON.stringify(SuperJSON.serialize(input));
  const { origin } = api.app.settings;
  const response = await (method === 'GET'
    ? fetch(`${api.url}/api/trpc/${path}?input=${encodeURIComponent(text)}`, { headers: { cookie } })
    : fetch(`${api.url}/api/trpc/${path}`, {
        method,
        headers: { cookie, origin, 'content-type': 'application/json' },
        body: text,
      }));
  // biome-ignore lint/suspicious/noExplicitAny: see above
  const body: any = await response.json();
  if (!response.ok) return { status: response.status, code: body.error.json.data.domain.code };
  return { status: response.status, data: SuperJSON.deserialize(body.result.data) };
}

it('an e-mail address tells nothing about who has it until both have exchanged money; a handle tells a shortened name', async () => {
  const [ana, ben] = [await holder('Ana García', 100n), await holder('Ben Carter López')];
  await api.app.flows.wallets.setHandle({ customerId: ben.customerId, handle: 'ben_c' }, ctx());
  const look = async (to: object) => (await call(ana.cookie, 'wallet.lookUp', { to })).data;
  const nobody = { as: 'unknown', name: null };
  expect(await look({ email: ben.email })).toEqual(nobody);
  expect(await look({ email: 'nobody@customer.example' })).toEqual(nobody);
  expect(await look({ handle: '@Ben_C' })).toEqual({ as: 'handle', name: 'Ben L.' });
  const wish = { walletId: ana.walletId, to: { email: ben.email }, amountMinor: 5n, currency: 'EUR' };
  expect(await call(ana.cookie, 'wallet.send', wish, 'POST')).toMatchObject({ status: 200 });
  expect(await look({ email: ben.email })).toEqual({ as: 'known', name: 'Ben Carter López' });
});

it('addresses are tried sixty times an hour, found or not, and then no more', async () => {
  const ana = await holder('Tries', 100n);
  const wish = { walletId: ana.walletId, to: { email: 'nobody@customer.example' }, amountMinor: 1n, currency: 'EUR' };
  const codes = new Map<string, number>();
  for (let tried = 0; tried < 62; tried++) {
    const { code = 'none' } = await call(ana.cookie, tried % 2 ? 'wallet.send' : 'wallet.ask', wish, 'POST');
    codes.set(code, (codes.get(code) ?? 0) + 1);
  }
  expect([...codes.keys()]).toEqual(['recipient_unavailable', 'too_many_requests']);
  expect(codes.get('recipient_unavailable')).toBeGreaterThanOrEqual(60);
});

it('a wallet is unfrozen, and a bank account added, after signing in again, and not with a session of this morning', async () => {
  const ana = await holder('Freezes');
  const walletId = { walletId: ana.walletId };
  await call(ana.cookie, 'wallet.freeze', walletId, 'POST');
  await db.pool.query(
    `UPDATE sessions SET created_at = now() - interval '11 minutes'
     WHERE user_id = (SELECT id FROM users WHERE customer_id = $1)`,
    [ana.customerId],
  );
  expect(await call(ana.cookie, 'wallet.unfreeze', walletId, 'POST')).toMatchObject({ code: 'fresh_sign_in_required' });
  const typed = { iban: 'DE89370400440532013000', holder: 'Ana' };
  expect(await call(ana.cookie, 'rails.addBankAccount', typed, 'POST')).toMatchObject({ code: 'fresh_sign_in_required' });
  const again = await api.signIn('customer', { customerId: ana.customerId });
  // This house has no bank: whoever may add an account is told so.
  expect(await call(again, 'rails.addBankAccount', typed, 'POST')).toMatchObject({ code: 'not_found' });
  expect(await call(again, 'wallet.unfreeze', walletId, 'POST')).toMatchObject({ status: 200, data: { status: 'active' } });
});

it('staff who work for one merchant see no wallets, and nobody else’s is found by a customer', async () => {
  const [ana, eve] = [await holder('Ana Seen', 100n), await holder('Eve')];
  const merchantId = newId();
  await db.pool.query(
    `INSERT INTO merchants (id, home, slug, name, currency, country, created_at) VALUES ($1::uuid, 'EU', $1::text, 'M', 'EUR', 'DE', now())`,
    [merchantId],
  );
  const bound = await api.signIn('agent', { merchantId });
  expect((await call(bound, 'wallets.list', {})).data.items).toEqual([]);
  expect(await call(bound, 'wallets.get', { id: ana.walletId })).toMatchObject({ code: 'not_found' });
  expect(await call(bound, 'wallets.freeze', { walletId: ana.walletId, reason: 'x' }, 'POST')).toMatchObject({
    code: 'not_found',
  });
  const agent = await api.signIn('agent');
  expect((await call(agent, 'wallets.list', { q: 'Ana Seen' })).data.items).toMatchObject([
    { id: ana.walletId, balanceMinor: 100n },
  ]);
  for (const path of ['wallet.activity', 'wallet.balance'])
    expect(await call(eve.cookie, path, { walletId: ana.walletId })).toMatchObject({ code: 'not_found' });
});

it('both sides of a request hear of it at once, and nobody else', async () => {
  const [ana, ben, eve] = [await holder('Asks'), await holder('Pays', 100n), await holder('Eve')];
  const heard = async (cookie: string): Promise<string[]> => {
    const response = await fetch(`${api.url}/api/live?topics=wallet,money_request`, { headers: { cookie } });
    const types: string[] = [];
    void (async () => {
      for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>)
        types.push(...[...new TextDecoder().decode(chunk).matchAll(/"type":"([^"]+)"/g)].map((match) => match[1] ?? ''));
    })().catch(() => {});
    return types;
  };
  const [all, both, none] = [await heard(ana.cookie), await heard(ben.cookie), await heard(eve.cookie)];
  // That a wallet was opened may be told only now: an event waits for older transactions.
  const news = (types: readonly string[]) => types.filter((type) => type !== 'wallet.opened').toSorted();
  const wish = { walletId: ana.walletId, to: { email: ben.email }, amountMinor: 5n, currency: 'EUR', note: 'Tea' };
  const { data } = await call(ana.cookie, 'wallet.ask', wish, 'POST');
  const requests = await call(ben.cookie, 'wallet.requests', { open: true });
  expect(requests.data.items).toMatchObject([{ id: data.requestId, side: 'payer', note: 'Tea', person: { name: 'Asks' } }]);
  await call(ben.cookie, 'wallet.payRequest', { requestId: data.requestId, walletId: ben.walletId }, 'POST');
  await soon(() => {
    expect(news(all)).toEqual(['money_request.created', 'money_request.paid', 'wallet.received']);
    expect(news(both)).toEqual(['money_request.created', 'money_request.paid', 'wallet.sent']);
  });
  expect(news(none)).toEqual([]);
  const { data: activity } = await call(ana.cookie, 'wallet.activity', { walletId: ana.walletId });
  expect(activity.items).toMatchObject([{ amountMinor: 5n, note: 'Tea', requestId: data.requestId, person: { name: 'Pays' } }]);
});
