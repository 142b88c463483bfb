import type pg from 'pg';
import { addShippingMethods } from '../../../flows/testing/shipping-methods.ts';
import { newId } from '../../../kernel/ids.ts';
import type { ApiScope } from '../../../kernel/vocabulary.ts';
import { createTestDatabase, type TestDatabase } from '../../../platform/testing/test-database.ts';
import { type BankSimulator, startBankSimulator } from '../../../simulators/bank/server.ts';
import { startCarrierSimulator } from '../../../simulators/carrier/server.ts';
import { startPspSimulator } from '../../../simulators/psp/server.ts';
import { checkIntegrity } from '../../../views/integrity.ts';
import { type RunningJobs, startJobs } from '../../../worker-process.ts';
import { appRouter } from '../../root.ts';
import { addApiKey } from '../../testing/add-api-key.ts';
import { type ApiUnderTest, type Surroundings, startApiUnderTest } from '../../testing/api-under-test.ts';
import { handlePublic } from '../handler.ts';

/**
 * The REST API as a checkout meets it: a real server, a real worker (unless the test drives the sagas itself), the simulators of the outside
 * world over HTTP and a real database, with two merchants who sell the same three things.
 */
export interface RestWorld {
  readonly db: TestDatabase;
  readonly api: ApiUnderTest;
  readonly psp: Awaited<ReturnType<typeof startPspSimulator>>;
  readonly carrier: Awaited<ReturnType<typeof startCarrierSimulator>>;
  readonly bank: BankSimulator;
  /** What the simulators were given. */
  readonly secrets: typeof SECRETS;
  /** Another process of the same house, as far as one process can be two: with lanes and connections of its own. */
  another(pool: pg.Pool): Promise<ApiUnderTest>;
  readonly north: RestMerchant;
  readonly south: RestMerchant;
  /** A new key of a merchant. */
  key(merchant: RestMerchant, scopes?: readonly ApiScope[]): Promise<string>;
  /** A request with North's key of every scope, unless another is given. */
  send(method: string, path: string, options?: SendOptions): Promise<RestAnswer>;
  /** Waits until `look` says so, by asking again. */
  until<T>(what: string, look: () => Promise<T | undefined | false>): Promise<T>;
  expectBooksAgree(): Promise<void>;
  close(): Promise<void>;
}

export interface RestMerchant {
  readonly id: string;
  readonly key: string;
  readonly nodeId: string;
  /** By code. */
  readonly skus: Readonly<Record<string, string>>;
}

export interface SendOptions {
  readonly body?: unknown;
  /** Instead of `body`: the very bytes. */
  readonly raw?: string | Uint8Array<ArrayBuffer>;
  readonly key?: string | null;
  /** Another process than the usual one. */
  readonly at?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RestAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what the answer holds, and fails where it does not.
  readonly json: any;
}

const SECRETS = { webhookSecret: 'whsec_rest_0123456789abcdef', secretKey: 'sk_test_rest_0123456789' };
const CARRIER_KEY = 'carrier_test';
const BANK_KEY = 'bank_test';
const STOCK = 500;
const PATIENCE_MS = 30_000;

export interface RestWorldOptions {
  /** Whether a worker runs; otherwise the test drives the sagas itself. */
  readonly jobs?: boolean;
  /** Beside, or instead of, the variables of a test. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly around?: Surroundings;
}

export async function restWorld({ jobs: works = true, variables = {}, around = {} }: RestWorldOptions = {}): Promise<RestWorld> {
  const db = await createTestDatabase();
  const psp = await startPspSimulator({ port: 0, ...SECRETS, multicapture: true });
  const carrier = await startCarrierSimulator({ port: 0, apiKey: CARRIER_KEY, webhookSecret: SECRETS.webhookSecret });
  const bank = await startBankSimulator({ port: 0, apiKey: BANK_KEY, webhookSecret: SECRETS.webhookSecret });
  const another = (pool: pg.Pool): Promise<ApiUnderTest> =>
    startApiUnderTest(
      { ...db, pool },
      { router: appRouter, handlePublic },
      {
        PSP_URL: psp.url,
        PSP_SECRET_KEY: SECRETS.secretKey,
        PSP_WEBHOOK_SECRET: SECRETS.webhookSecret,
        CARRIER_URL: carrier.url,
        CARRIER_API_KEY: CARRIER_KEY,
        CARRIER_WEBHOOK_SECRET: SECRETS.webhookSecret,
        BANK_URL: bank.url,
        BANK_API_KEY: BANK_KEY,
        BANK_WEBHOOK_SECRET: SECRETS.webhookSecret,
        ...variables,
      },
      around,
    );
  const api = await another(db.pool);
  const jobs: RunningJobs | null = works ? await startJobs(api.app) : null;
  await db.pool.query(`INSERT INTO home_owner VALUES ('EU', 'EU') ON CONFLICT DO NOTHING`);
  const north = await furnish(api, 'north', 'North Supply');
  const south = await furnish(api, 'south', 'South Goods');

  async function send(method: string, path: string, options: SendOptions = {}): Promise<RestAnswer> {
    const { body, raw, key = north.key, at = api.url, headers } = options;
    const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await fetch(path.startsWith('/problems') ? at + path : `${at}/api/v1${path}`, {
      method,
      headers: {
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(payload === undefined ? {} : { body: payload }),
    });
    const text = await response.text();
    const isJson = text !== '' && (response.headers.get('content-type')?.includes('json') ?? false);
    return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined };
  }

  return {
    db,
    api,
    psp,
    carrier,
    bank,
    secrets: SECRETS,
    another,
    north,
    south,
    send,
    key: (merchant, scopes) => addApiKey(db.pool, merchant.id, scopes),
    async until(what, look) {
      const end = Date.now() + PATIENCE_MS;
      for (;;) {
        const found = await look();
        if (found) return found;
        if (Date.now() > end) throw new Error(`It never happened: ${what}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    async expectBooksAgree() {
      const { report } = await checkIntegrity(db.pool, { full: true, now: new Date() });
      const broken = report.invariants.filter((finding) => finding.state === 'violated');
      if (broken.length > 0) throw new Error(`The books do not agree: ${JSON.stringify(broken, null, 2)}`);
    },
    async close() {
      await jobs?.stop();
      await api.stop();
      await Promise.all([psp.close(), carrier.close(), bank.close()]);
      await db.drop();
    },
  };
}

async function furnish(api: ApiUnderTest, slug: string, name: string): Promise<RestMerchant> {
  const { pool, flows } = api.app;
  const id = newId();
  const nodeId = newId();
  await pool.query(
    `INSERT INTO merchants (id, home, slug, name, currency, country, created_at) VALUES ($1, 'EU', $2, $3, 'EUR', 'DE', now())`,
    [id, slug, name],
  );
  await pool.query(
    `INSERT INTO nodes (id, merchant_id, home, code, name, kind, created_at) VALUES ($1, $2, 'EU', 'MAIN', 'Main', 'warehouse', now())`,
    [nodeId, id],
  );
  await pool.query(
    `INSERT INTO tax_rates (merchant_id, country, tax_class, rate) VALUES ($1, 'DE', 'standard', 0.19), ($1, 'DE', 'shipping', 0.19)`,
    [id],
  );
  await addShippingMethods(pool, id);
  const skus = [
    ['MUG-RED', true, '12.50'],
    ['TENT-2', true, '199'],
    ['GIFT-WRAP', false, '3.90'],
  ] as const;
  const ids: Record<string, string> = {};
  for (const [code, stocked, price] of skus) {
    const skuId = newId();
    ids[code] = skuId;
    await pool.query(
      `INSERT INTO skus (id, merchant_id, code, name, stocked, price, currency, created_at, updated_at)
       VALUES ($1, $2, $3, $3, $4, $5, 'EUR', now(), now())`,
      [skuId, id, code, stocked, price],
    );
    const ctx = { now: new Date(), actor: 'system:test', traceId: newId(), requestId: newId(), home: 'EU' };
    if (stocked) await flows.adjustStock({ merchantId: id, skuId, nodeId, delta: STOCK, reason: 'received' }, ctx);
  }
  return { id, key: await addApiKey(pool, id), nodeId, skus: ids };
}
