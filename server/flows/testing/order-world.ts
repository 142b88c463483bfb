import type pg from 'pg';
import { createCarriers } from '../../domains/fulfilment/provider.ts';
import type { PlaceOrderInput } from '../../domains/orders/schema.ts';
import { placeOrderInput } from '../../domains/orders/schema.ts';
import { createPaymentProviders, type JsonObject } from '../../domains/payments/provider.ts';
import type { Ctx } from '../../kernel/context.ts';
import { newId } from '../../kernel/ids.ts';
import { toldOf } from '../../platform/stored-webhooks.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/test-database.ts';
import { type AdyenSimulator, startAdyenSimulator } from '../../simulators/adyen/server.ts';
import { startCarrierSimulator } from '../../simulators/carrier/server.ts';
import { startPspSimulator } from '../../simulators/psp/server.ts';
import { checkIntegrity } from '../../views/integrity.ts';
import { createFlows, type Flows } from '../flows.ts';
import type { Outside } from '../outside.ts';
import type { PlacedOrder } from '../placed-order.ts';

/**
 * A house for tests: a real database, the real simulators over HTTP, one merchant with two nodes and a few SKUs. Sagas are driven by
 * `settle`, as a worker would, until nothing has anything left to do now.
 */
export interface OrderWorld {
  readonly db: TestDatabase;
  readonly flows: Flows;
  readonly merchantId: string;
  readonly nodes: readonly string[];
  readonly skus: Readonly<Record<string, string>>;
  readonly psp: Awaited<ReturnType<typeof startPspSimulator>>;
  /** The second gateway, where the world was asked for one. */
  readonly adyen?: AdyenSimulator;
  readonly carrier: Awaited<ReturnType<typeof startCarrierSimulator>>;
  readonly outside: Outside;
  /** What the simulators were given. */
  readonly secrets: typeof SECRETS;
  /** The house's clock. */
  clock(): Date;
  ctx(who?: string): Ctx;
  /** Moves the house's clock, which otherwise follows the real one. */
  advanceClock(ms: number): void;
  input(
    order: Partial<Omit<PlaceOrderInput, 'payment'>> & { lines: PlaceOrderInput['lines']; token?: string | null },
  ): PlaceOrderInput;
  place(order: Parameters<OrderWorld['input']>[0], key?: string): Promise<PlacedOrder>;
  /** Runs every saga that can move, until none can. */
  settle(by?: Pick<Flows, 'advanceSaga'>): Promise<void>;
  order(id: string): Promise<Record<string, unknown>>;
  /** The captures of an order in the provider's own log. */
  captures(orderId: string): Promise<unknown[]>;
  expectBooksAgree(): Promise<void>;
  close(): Promise<void>;
}

/** Thirty-two bytes, for tests only. */
export const TEST_DATA_KEY = Buffer.alloc(32, 7).toString('base64');
const SECRETS = { webhookSecret: 'whsec_test_0123456789abcdef', secretKey: 'sk_test_0123456789abcdef' };

const ADYEN = {
  apiKey: 'adyen_test',
  merchantAccount: 'WaybillECOM',
  hmacKey: '44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056',
  webhookUser: 'waybill',
  webhookPassword: 'notify',
};

export interface WorldOptions {
  readonly multicapture?: boolean;
  readonly stock?: number;
  /** Where the carrier sends its messages; nowhere unless said. */
  readonly carrierWebhooks?: string;
  /** Where the payment gateways send theirs, at /psp and /adyen. With it there is a second gateway. */
  readonly gatewayWebhooks?: string;
  /** What the second gateway's adapter is told beside that; the test keeps it, and may change it. */
  readonly adyenConfig?: { reportAfterMs?: number };
  /** The database to furnish, which goes with the world; one of its own unless said. */
  readonly db?: TestDatabase;
}

export async function orderWorld(options: WorldOptions = {}): Promise<OrderWorld> {
  const { multicapture = true, stock = 1_000 } = options;
  const db = options.db ?? (await createTestDatabase());
  const hooks = options.gatewayWebhooks;
  const psp = await startPspSimulator({ port: 0, ...SECRETS, multicapture, ...(hooks ? { webhookUrl: `${hooks}/psp` } : {}) });
  const adyen = hooks
    ? await startAdyenSimulator({ port: 0, ...ADYEN, webhookSecret: ADYEN.hmacKey, webhookUrl: `${hooks}/adyen` })
    : undefined;
  const carrier = await startCarrierSimulator({
    port: 0,
    webhookSecret: SECRETS.webhookSecret,
    apiKey: 'carrier_test',
    webhookUrl: options.carrierWebhooks,
  });
  const outside = {
    payments: createPaymentProviders(
      {
        card: { url: psp.url, ...SECRETS, multicapture, timeoutMs: 2_000 },
        bank_debit: { url: psp.url, ...SECRETS, timeoutMs: 2_000 },
        manual: { on: true },
        cash_on_delivery: { on: true },
        ...(adyen ? { adyen: Object.assign(options.adyenConfig ?? {}, { url: adyen.url, ...ADYEN, timeoutMs: 2_000 }) } : {}),
      },
      async (source, named, of) => (await toldOf(db.pool, source, named, of)) as JsonObject[],
    ),
    carriers: createCarriers({ parcel: { url: carrier.url, apiKey: 'carrier_test', webhookSecret: SECRETS.webhookSecret } }),
  };
  let offset = 0;
  const clock = (): Date => new Date(Date.now() + offset);
  const flows = createFlows({ pool: db.pool, home: 'EU', outside, clock, dataKey: TEST_DATA_KEY });
  const ctx = (who = 'agent'): Ctx => ({
    now: clock(),
    actor: `user:${ACTORS[who] ?? who}`,
    traceId: newId(),
    requestId: newId(),
    home: 'EU',
  });
  const place = await furnish(db.pool, flows, ctx, stock);
  const input: OrderWorld['input'] = ({ token = 'pm_card_visa', ...order }) =>
    placeOrderInput.parse({
      merchantId: place.merchantId,
      channel: 'api',
      currency: 'EUR',
      customer: { email: 'carla@customer.example', name: 'Carla Rossi' },
      shipTo: { name: 'Carla Rossi', line1: 'Via Roma 1', city: 'Milano', postalCode: '20121', country: 'IT' },
      ...(token ? { payment: { token } } : {}),
      ...order,
    });
  return {
    db,
    flows,
    psp,
    ...(adyen ? { adyen } : {}),
    carrier,
    outside,
    secrets: SECRETS,
    clock,
    ctx,
    input,
    ...place,
    advanceClock: (ms) => {
      offset += ms;
    },
    place: (order, key) => flows.placeOrder(input(order), ctx('shop'), key),
    settle: (by = flows) => settle(db.pool, by, clock),
    order: async (id) => (await db.pool.query('SELECT * FROM orders WHERE id = $1', [id])).rows[0],
    captures: async (orderId) => {
      const response = await fetch(`${psp.controlUrl}/_sim/log?order_id=${orderId}`);
      const body = (await response.json()) as { data: { kind: string }[] };
      return body.data.filter((entry) => entry.kind === 'capture');
    },
    expectBooksAgree: async () => {
      const { report } = await checkIntegrity(db.pool, { full: true, now: clock() });
      const broken = report.invariants.filter((finding) => finding.state === 'violated');
      if (broken.length > 0) throw new Error(`The books do not agree: ${JSON.stringify(broken, null, 2)}`);
    },
    close: async () => {
      for (const provider of [...outside.payments.values(), ...outside.carriers.values()]) provider.close();
      await Promise.all([psp.close(), carrier.close(), adyen?.close()]);
      await db.drop();
    },
  };
}

const ACTORS: Readonly<Record<string, string>> = {
  agent: '00000000-0000-7000-8000-00000000000a',
  other: '00000000-0000-7000-8000-00000000000b',
  warehouse: '00000000-0000-7000-8000-00000000000c',
  shop: '00000000-0000-7000-8000-00000000000d',
};

async function furnish(
  pool: pg.Pool,
  flows: Flows,
  ctx: (who?: string) => Ctx,
  stock: number,
): Promise<Pick<OrderWorld, 'merchantId' | 'nodes' | 'skus'>> {
  const merchantId = newId();
  const nodes = [newId(), newId()];
  await pool.query(
    `INSERT INTO merchants (id, home, slug, name, currency, country, created_at) VALUES ($1, 'EU', 'acme', 'Acme', 'EUR', 'DE', now())`,
    [merchantId],
  );
  for (const [index, id] of nodes.entries()) {
    await pool.query(
      `INSERT INTO nodes (id, merchant_id, home, code, name, kind, priority, created_at) VALUES ($1, $2, 'EU', $3, $3, 'warehouse', $4, now())`,
      [id, merchantId, `N${index + 1}`, index],
    );
  }
  const goods: [string, string, boolean][] = [
    ['MUG', '12.50', true],
    ['TEE', '19.99', true],
    ['BAG', '0.333', true],
    ['GIFTWRAP', '2.00', false],
  ];
  const skus: Record<string, string> = {};
  for (const [code, price, stocked] of goods) {
    const id = newId();
    skus[code] = id;
    await pool.query(
      `INSERT INTO skus (id, merchant_id, code, name, stocked, price, currency, created_at, updated_at) VALUES ($1, $2, $3, $3, $4, $5, 'EUR', now(), now())`,
      [id, merchantId, code, stocked, price],
    );
    if (!stocked || stock === 0) continue;
    for (const nodeId of nodes)
      await flows.adjustStock({ merchantId, skuId: id, nodeId, delta: stock, reason: 'received' }, ctx());
  }
  return { merchantId, nodes, skus };
}

async function settle(pool: pg.Pool, flows: Pick<Flows, 'advanceSaga'>, clock: () => Date): Promise<void> {
  for (;;) {
    const { rows } = await pool.query<{ id: string }>(
      `SELECT id FROM sagas WHERE status NOT IN ('done', 'stuck') AND wake_at <= $1`,
      [clock()],
    );
    if (rows.length === 0) return;
    await Promise.all(rows.map((row) => flows.advanceSaga(row.id)));
  }
}
