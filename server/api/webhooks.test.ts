import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { signStandardWebhook } from '../platform/standard-webhook.ts';
import { createTestDatabase, type TestDatabase } from '../platform/testing/test-database.ts';
import { type ApiUnderTest, startApiUnderTest } from './testing/api-under-test.ts';
import { router } from './trpc.ts';

let db: TestDatabase;
let api: ApiUnderTest;
const SECRET = 'whsec_of_the_tests';
const PARTNER_SECRET = `whsec_${Buffer.from('a partner of the tests').toString('base64')}`;
const PARTNERS = [
  { source: 'third_party', variable: 'THIRD_PARTY' },
  { source: 'drop_shipper', variable: 'DROP_SHIPPER' },
] as const;

beforeAll(async () => {
  db = await createTestDatabase();
  api = await startApiUnderTest(
    db,
    { router: router({}), handlePublic: () => {} },
    {
      PSP_WEBHOOK_SECRET: SECRET,
      ...Object.fromEntries(
        PARTNERS.flatMap(({ variable }) => [
          [`${variable}_URL`, 'http://127.0.0.1:9'], // nobody is called
          [`${variable}_WEBHOOK_SECRET`, PARTNER_SECRET],
        ]),
      ),
    },
  );
});
afterAll(async () => {
  await api.stop();
  await db.drop();
});

const EVENT = {
  id: 'evt_1',
  object: 'event',
  api_version: '2025-01-01',
  created: Math.floor(Date.now() / 1000),
  type: 'payment_intent.succeeded',
  livemode: false,
  data: {
    object: {
      id: 'pi_1',
      object: 'payment_intent',
      amount: 1000,
      currency: 'eur',
      status: 'succeeded',
      metadata: {},
      receipt_email: 'somebody@example.com',
    },
  },
};

/** Stripe's scheme: HMAC-SHA256 over "<time>.<body>". */
function sign(body: string, time = Math.floor(Date.now() / 1000), secret = SECRET): string {
  return `t=${time},v1=${createHmac('sha256', secret).update(`${time}.${body}`).digest('hex')}`;
}

function post(body: string, signature: string, source = 'psp'): Promise<Response> {
  return fetch(`${api.url}/api/webhooks/${source}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'stripe-signature': signature },
    body,
  });
}

interface Stored {
  readonly source: string;
  readonly external_id: string;
  readonly topic: string;
  readonly status: string;
  readonly payload: unknown;
}

const stored = async (): Promise<Stored[]> =>
  (await db.pool.query<Stored>('SELECT source, external_id, topic, status, payload FROM inbound_webhooks')).rows;
const jobs = async (): Promise<string[]> =>
  (await db.pool.query<{ task: string }>('SELECT task_identifier AS task FROM graphile_worker.jobs')).rows.map((row) => row.task);

test('a delivery with a wrong, missing or old signature is refused and leaves nothing behind', async () => {
  const body = JSON.stringify(EVENT);
  expect((await post(body, sign(body, undefined, 'whsec_other'))).status).toBe(401);
  expect((await post(body, sign(`${body} `))).status).toBe(401);
  expect((await post(body, sign(body, Math.floor(Date.now() / 1000) - 3_600))).status).toBe(401);
  expect((await post(body, '')).status).toBe(401);
  expect((await post(body, sign(body), 'nobody')).status).toBe(404);
  expect(await stored()).toEqual([]);
  expect(await jobs()).toEqual([]);
});

test('sixteen deliveries of one event at once are one row and one job, all acknowledged', async () => {
  const body = JSON.stringify(EVENT);
  const answers = await Promise.all(Array.from({ length: 16 }, () => post(body, sign(body))));
  expect(answers.map((answer) => answer.status)).toEqual(Array(16).fill(200));
  const rows = await stored();
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({ source: 'psp', external_id: 'evt_1', topic: 'payment_intent.succeeded', status: 'received' });
  expect(JSON.stringify(rows[0]?.payload)).not.toContain('somebody@example.com');
  expect(await jobs()).toEqual(['process-webhook']);
});

test.each(PARTNERS)(
  'what a partner says at /api/webhooks/$source is kept once; a forged signature is refused',
  async ({ source }) => {
    const said = {
      type: 'parcel.shipped',
      timestamp: new Date().toISOString(),
      data: { reference: 'EU-R10001', parcel: { id: `parcel-of-${source}`, status: 'shipped' } },
    };
    const body = JSON.stringify(said);
    const send = (secret: string) =>
      fetch(`${api.url}/api/webhooks/${source}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...signStandardWebhook(`msg_${source}`, body, secret, new Date()) },
        body,
      });
    const kept = async () => (await stored()).filter((row) => row.source === source);
    expect((await send('whsec_b3RoZXI=')).status).toBe(401);
    expect(await kept()).toEqual([]);
    for (let time = 0; time < 2; time++) expect((await send(PARTNER_SECRET)).status).toBe(200);
    expect(await kept()).toMatchObject([{ external_id: `msg_${source}`, topic: 'parcel.shipped', status: 'received' }]);
  },
);
