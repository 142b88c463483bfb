import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type OrderWorld, orderWorld } from '../../flows/testing/order-world.ts';
import { addShippingMethods } from '../../flows/testing/shipping-methods.ts';
import { newId } from '../../kernel/ids.ts';
import { hashPassword } from '../../platform/auth/passwords.ts';
import { totpCode } from '../../platform/auth/totp.ts';
import { readEnv } from '../../platform/env.ts';
import { type MailSimulator, startMailSimulator } from '../../simulators/mail/server.ts';
import { type HouseProcesses, houseProcesses } from '../../testing/house-processes.ts';
import { signInPages } from '../testing/sign-in-pages.ts';
import { createVisitor, type Visitor } from '../testing/visitor.ts';
import { writeAttackEvidence } from './testing/attack-evidence.ts';
import { createCanaries } from './testing/canaries.ts';
import { dumpTables } from './testing/database-dump.ts';

/**
 * A house of real processes at the most verbose level of the log, secrets that can be told apart, and a day in which each is used, also
 * wrongly. Afterwards none of them is in what any process wrote, in any row of the database, or in what strangers were answered.
 */
const canaries = createCanaries();
const people = createCanaries();
let written = '';
let w: OrderWorld;
let mail: MailSimulator;
let pages: Server;
let house: HouseProcesses;
/** What was answered to people who were refused something. */
const refusals: string[] = [];

const SECRET = canaries.add('WAYBILL_SECRET', 'canary-waybill-secret-Ahg7eiN9ooTh4Quai2we');
const DATA_KEY = canaries.add('WAYBILL_DATA_KEY', Buffer.from('canary-data-key-0123456789abcdef').toString('base64'));
const METRICS_TOKEN = canaries.add('METRICS_TOKEN', 'canary-metrics-token-eiL4oonahT');
const OIDC_SECRET = canaries.add('OIDC_CLIENT_SECRET', 'canary-oidc-secret-uGh9ahSeej');
const FIRST_PASSWORD = canaries.add('an admin’s password', 'canary first password Ohx2 aeX9');
const WRONG_PASSWORD = canaries.add('a password that was typed wrong', 'canary wrong password Thu4 Iej3');
const JOINED_PASSWORD = canaries.add('an invited person’s password', 'canary joined password Aej8 uoP2');
const NEW_PASSWORD = canaries.add('a password after a reset', 'canary reset password oor2 Yae7');
const GUESSED_TOKEN = canaries.add('a link that somebody guessed', 'canary-guessed-link-token-ieQu2Aik');
const CARD = canaries.add('a card number', '4000056655665556');

beforeAll(async () => {
  w = await orderWorld();
  await addShippingMethods(w.db.pool, w.merchantId);
  canaries.add('PSP_SECRET_KEY', w.secrets.secretKey);
  canaries.add('the webhook secrets', w.secrets.webhookSecret);
  canaries.add('the database’s password', new URL(w.db.url).password);
  mail = await startMailSimulator({ port: 0 });
  pages = createServer();
  await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve));
  const variables = {
    LOG_LEVEL: 'trace',
    WAYBILL_SECRET: SECRET,
    WAYBILL_DATA_KEY: DATA_KEY,
    METRICS_TOKEN,
    OIDC_CLIENT_SECRET: OIDC_SECRET,
    SMTP_URL: mail.url,
    MAIL_FROM: 'orders@shop.example',
    WEB_PORT: String((pages.address() as AddressInfo).port),
  };
  house = await houseProcesses(w, {
    variables,
    heard: (text) => {
      written += text;
    },
  });
  canaries.add('an API key', house.apiKey);
  // The web process without its pages: what it writes, it writes to this process's streams.
  const env = readEnv({
    ...variables,
    DATABASE_URL: w.db.url,
    NODE_ENV: 'test',
    WAYBILL_ORIGIN: `http://localhost:${house.port}`,
  });
  pages.on('request', signInPages(env, w.db.pool));
  const hear = (text: unknown): boolean => {
    written += String(text);
    return true;
  };
  vi.spyOn(process.stderr, 'write').mockImplementation(hear);
  for (const level of ['error', 'warn', 'log', 'debug'] as const)
    vi.spyOn(console, level).mockImplementation((...all: unknown[]) => void hear(all.map(String).join(' ')));
  await Promise.all([house.start('api'), house.start('worker')]);
});
afterAll(async () => {
  vi.restoreAllMocks();
  await house.close();
  pages.closeAllConnections();
  await Promise.all([mail.close(), new Promise((resolve) => pages.close(resolve))]);
  await w.close();
});

/** Where a secret is meant to be, and why. Everything else is a leak. */
const MEANT: Readonly<Record<string, string>> = {
  'public.notifications: a tracking token (as it is)':
    'the mail as it was sent, for those who may see its order and so its link; 180 days',
  'public.notifications: a token of a checkout (as it is)': 'the same, for those who may see the draft',
  'public.idempotency_keys: the admin’s address (as it is)':
    'the answer that a repeat of setting up an authenticator gets; 30 days',
  'public.idempotency_keys: an invited person’s address (as it is)': 'the answer that a repeat of joining gets; 30 days',
};

const IDS_ONLY = [
  'public.events',
  'public.event_deliveries',
  'public.sagas',
  'public.idempotency_keys',
  'public.inbound_webhooks',
  'public.process_samples',
  'graphile_worker._private_jobs',
];

const visitor = (): Visitor => createVisitor({ url: `http://127.0.0.1:${house.port}`, origin: `http://localhost:${house.port}` });

/** A mail to somebody, once it has arrived. */
function mailTo(email: string): Promise<string> {
  return vi.waitFor(
    () => {
      const found = mail.mails().find((each) => each.to === email);
      if (!found) throw new Error(`No mail to ${email}`);
      return found.text;
    },
    { timeout: 30_000, interval: 100 },
  );
}

/** The token at the end of a link in a text. */
function tokenIn(text: string, before: string): string {
  const token = new RegExp(`${before}([\\w.-]{20,})`).exec(text)?.[1];
  if (!token) throw new Error(`No link with ${before}`);
  return token;
}

const refused = async (answer: Promise<{ readonly code: string | null; readonly text: string }>): Promise<void> => {
  const { code, text } = await answer;
  expect(code).not.toBeNull();
  refusals.push(text);
};

async function admin(): Promise<Visitor> {
  const email = people.add('the admin’s address', 'canary-admin@waybill.example');
  await w.db.pool.query(
    `INSERT INTO users (id, email, email_normalized, name, role, password_hash, created_at) VALUES ($1, $2, $2, 'Ada', 'admin', $3, now())`,
    [newId(), email, await hashPassword(FIRST_PASSWORD)],
  );
  const browser = visitor();
  refusals.push(await (await browser.signIn({ email, password: WRONG_PASSWORD })).text());
  await browser.signIn({ email, password: FIRST_PASSWORD });
  const { json } = await browser.mutate('auth.beginTotp');
  const seed = canaries.add('an authenticator’s secret', json.secret);
  await refused(browser.mutate('auth.confirmTotp', { code: '000000' }));
  expect((await browser.mutate('auth.confirmTotp', { code: totpCode(seed, new Date()) })).code).toBeNull();
  canaries.add('a session’s cookie', browser.cookies.get('next-auth.session-token') ?? '');
  return browser;
}

/** Somebody is invited, joins, forgets the password and chooses another. */
async function invite(by: Visitor): Promise<void> {
  const email = people.add('an invited person’s address', 'canary-invited@waybill.example');
  const made = await by.mutate('people.invite', { email, role: 'agent', idempotencyKey: newId() });
  const invitation = canaries.add('an invitation’s token', tokenIn(made.json.url, '/invite/'));
  expect(tokenIn(await mailTo(email), '/invite/')).toBe(invitation);
  await visitor().request(`/invite/${invitation}`);
  await refused(visitor().mutate('auth.acceptInvite', { token: GUESSED_TOKEN, name: 'Eve', password: JOINED_PASSWORD }));
  expect(
    (await visitor().mutate('auth.acceptInvite', { token: invitation, name: 'Ines', password: JOINED_PASSWORD })).code,
  ).toBeNull();
  await refused(
    visitor().mutate('auth.acceptInvite', {
      token: invitation,
      name: 'Ines',
      password: JOINED_PASSWORD,
      idempotencyKey: newId(),
    }),
  );
  await visitor().mutate('auth.requestReset', { email });
  const text = await vi.waitFor(() => {
    const found = mail.mails().find((each) => each.to === email && each.text.includes('reset?token='));
    if (!found) throw new Error('No reset yet');
    return found.text;
  }, 30_000);
  const reset = canaries.add('a reset link’s token', tokenIn(text, 'reset\\?token='));
  await visitor().request(`/sign-in/reset?token=${reset}`);
  expect((await visitor().mutate('auth.resetPassword', { token: reset, password: NEW_PASSWORD })).code).toBeNull();
  await refused(visitor().mutate('auth.resetPassword', { token: reset, password: NEW_PASSWORD, idempotencyKey: newId() }));
  const browser = visitor();
  await browser.signIn({ email, password: NEW_PASSWORD });
  expect((await browser.query('auth.me')).json.email).toBe(email);
}

/** An order with a card by REST, watched by its link; others that are refused. */
async function order(by: Visitor): Promise<void> {
  const made = await by.mutate('people.createApiKey', {
    merchantId: w.merchantId,
    name: 'Shop',
    mode: 'test',
    scopes: ['orders:read', 'orders:write', 'gift_cards:read', 'gift_cards:write'],
  });
  const key = canaries.add('a new API key', made.json.key);
  const rest = async (body: object, authorization = `Bearer ${key}`, path = '/orders') => {
    const response = await fetch(`http://127.0.0.1:${house.port}/api/v1${path}`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (response.status >= 400) refusals.push(text);
    return { status: response.status, json: JSON.parse(text) };
  };
  const customer = {
    email: people.add('a customer’s address', 'canary-customer@customer.example'),
    name: people.add('a customer’s name', 'Canaria Vogelsang'),
    phone: people.add('a customer’s telephone', '+49 30 5550173'),
  };
  const shipTo = {
    line1: people.add('a customer’s street', 'Kanarienweg 17'),
    city: 'Berlin',
    postal_code: '10115',
    country: 'DE',
  };
  const body = {
    currency: 'EUR',
    lines: [{ sku: 'MUG', quantity: 2 }],
    customer,
    ship_to: shipTo,
    payment: { token: 'pm_card_visa' },
  };
  const placed = await rest(body);
  expect(placed.status).toBe(201);
  await payByGiftCard((wish, path) => rest(wish, undefined, path), body);
  expect((await rest({ ...body, payment: { token: CARD } })).status).toBe(422);
  expect((await rest({ ...body, metadata: { note: `card ${CARD}` } })).status).toBe(422);
  expect((await rest(body, `Bearer ${key}x`)).status).toBe(401);
  expect((await rest({ ...body, payment: { token: 'pm_card_chargeDeclined' } })).status).toBe(201);
  await refused(by.mutate('orders.note', { orderId: placed.json.id, body: CARD }));
  await mailTo(customer.email);
  const number = placed.json.number;
  const page = await by.query('orders.get', { number });
  const tracking = canaries.add('a tracking token', tokenIn(page.json.trackingUrl, '/track/'));
  await visitor().request(`/track/${tracking}`);
  expect((await visitor().query('tracking.get', { token: tracking })).code).toBeNull();
  const draft = await by.mutate('drafts.create', {
    merchantId: w.merchantId,
    lines: [{ sku: 'TEE', quantity: 1 }],
    customer: { email: customer.email },
  });
  const { json } = await by.query('drafts.get', { checkoutId: draft.json.id });
  const pay = canaries.add('a token of a checkout', tokenIn(json.payUrl, '/pay/'));
  await visitor().request(`/pay/${pay}`);
  await by.mutate('drafts.sendLink', { checkoutId: draft.json.id });
  await refused(visitor().mutate('pay.pay', { token: pay, quoteId: newId(), totalMinor: 1, paymentToken: CARD }));
}

/** A gift card is issued, looked up, guessed at and spent. */
async function payByGiftCard(
  rest: (body: object, path?: string) => Promise<{ status: number; json: { code: string } }>,
  body: object,
): Promise<void> {
  const { json } = await rest({ amount_minor: 500, currency: 'EUR', reason: 'sold' }, '/gift-cards');
  const code = canaries.add('a gift card’s code', json.code);
  canaries.add('a gift card’s code as it is compared', code.replaceAll('-', ''));
  expect((await rest({ code }, '/gift-cards/lookup')).status).toBe(200);
  const guess = canaries.add('a guessed code', '7K2M-9QXD-4T1B-ZR5C-W8HP');
  expect((await rest({ code: guess }, '/gift-cards/lookup')).status).toBe(404);
  expect((await rest({ ...body, tenders: [{ type: 'gift_card', code }] })).status).toBe(201);
  expect((await rest({ ...body, tenders: [{ type: 'gift_card', code: guess }] })).status).toBe(422);
}

/** Requests with secrets in places where they have no business. */
async function mistakes(): Promise<void> {
  const base = `http://127.0.0.1:${house.port}`;
  const ask = async (path: string, init?: RequestInit) => refusals.push(await (await fetch(base + path, init)).text());
  await ask(`/api/v1/orders/${GUESSED_TOKEN}`, { headers: { authorization: `Bearer ${house.apiKey}` } });
  await ask(`/api/nothing/${house.apiKey}`);
  await ask(`/api/trpc/auth.invitation?input=${encodeURIComponent(JSON.stringify({ json: { token: GUESSED_TOKEN } }))}`);
  await ask('/metrics', { headers: { authorization: `Bearer ${METRICS_TOKEN}x` } });
  await ask('/metrics', { headers: { authorization: `Bearer ${house.apiKey}` } });
  await ask('/api/webhooks/psp', {
    method: 'POST',
    headers: { 'stripe-signature': `t=1,v1=${w.secrets.webhookSecret}` },
    body: `{"card":"${CARD}"}`,
  });
  await ask('/api/webhooks/carrier', { method: 'POST', headers: { 'webhook-signature': w.secrets.webhookSecret }, body: '{}' });
  await ask('/api/live', { headers: { authorization: `Bearer ${house.apiKey}`, cookie: `a=${GUESSED_TOKEN}` } });
}

it('a day with every secret leaves none of them where it does not belong', { timeout: 240_000 }, async () => {
  const by = await admin();
  await invite(by);
  await order(by);
  await mistakes();
  await vi.waitFor(async () => {
    const { rows } = await w.db.pool.query(`SELECT FROM sagas WHERE status NOT IN ('done', 'waiting', 'stuck')`);
    const { rows: queued } = await w.db.pool.query(`SELECT FROM notifications WHERE status = 'queued'`);
    expect(rows.length + queued.length).toBe(0);
  }, 60_000);

  expect(written).toContain('"level":"debug"');
  expect(canaries.in(written), 'in what processes wrote').toEqual([]);
  expect(people.in(written), 'in what processes wrote').toEqual([]);
  // Whoever typed a guess may read it again; nobody reads anything else.
  expect(canaries.in(refusals.join('\n')).filter((each) => !each.startsWith('a link that somebody guessed'))).toEqual([]);

  const tables = await dumpTables(w.db.ownerPool);
  expect([...tables.keys()].length).toBeGreaterThan(30);
  const kept = [...tables].flatMap(([table, rows]) => canaries.in(rows).map((each) => `${table}: ${each}`));
  expect(kept.filter((each) => !Object.hasOwn(MEANT, each))).toEqual([]);
  // Events, jobs and what drives them hold ids. Addresses and names are in the records of people and orders, and in their mails.
  const named = IDS_ONLY.flatMap((table) => people.in(tables.get(table) ?? '').map((each) => `${table}: ${each}`));
  expect(named.filter((each) => !Object.hasOwn(MEANT, each))).toEqual([]);
  writeAttackEvidence('canaries', [
    ['secrets used in a day of real processes', canaries.count],
    ['bytes of log looked through', written.length],
    ['tables looked through', tables.size],
    [
      'secrets in logs, or in rows or answers where they do not belong',
      kept.filter((each) => !Object.hasOwn(MEANT, each)).length,
    ],
  ]);
});

it('the search for canaries finds them in each form', () => {
  const own = createCanaries();
  own.add('it', 'a canary of this test');
  for (const form of [
    'a canary of this test',
    'a%20canary%20of%20this%20test',
    Buffer.from('x a canary of this test').toString('hex'),
    Buffer.from('a canary of this test, and more').toString('base64'),
  ])
    expect(own.in(`before ${form} after`)).not.toEqual([]);
  expect(own.in('nothing of the kind')).toEqual([]);
});
