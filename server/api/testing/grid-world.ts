import { canonicalize } from 'json-canonicalize';
import { SuperJSON } from 'superjson';
import type { Ctx } from '../../kernel/context.ts';
import { newId } from '../../kernel/ids.ts';
import type { Role } from '../../kernel/vocabulary.ts';
import { createPool } from '../../platform/db.ts';
import { type CuttingProxy, cuttingProxy } from '../../platform/testing/cutting-proxy.ts';
import { PERMISSIONS, type PermissionRow } from '../permissions.ts';
import { OPERATIONS } from '../public/router.ts';
import { type RestMerchant, type RestWorld, restWorld } from '../public/testing/rest-world.ts';
import type { ApiUnderTest } from './api-under-test.ts';
import { type EffectReader, effectReader } from './grid-effects.ts';

/** Whose request it is. The same key string of the other one is another key. */
export type Tenant = 'north' | 'south';

/** Who asks: an API key, a signed-in user, or somebody without an account. */
export type Caller = { readonly key: string } | { readonly cookie: string } | null;

/** An operation that is about to be carried out for the first time, and what another request under the same key would say. */
export interface Deed {
  readonly caller: Caller;
  /** Of a REST operation. */
  readonly path?: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** Null where there is nothing else to say: the operation takes no input, or only what its key is kept by. */
  readonly other: Readonly<Record<string, unknown>> | null;
}

export interface GridAnswer {
  readonly status: number;
  /** The code of a refusal. */
  readonly code: string | undefined;
  /** By REST the very bytes; in the console, which reads values, with the names of each object in one order. */
  readonly text: string;
  /** Idempotent-Replayed, which only REST says. */
  readonly replayed: boolean;
}

/** Makes the situation in which an operation succeeds, anew each time. */
export type Row = (w: GridWorld, tenant: Tenant) => Promise<Deed>;

/** Where a request goes: a process and the origin that it takes cookies from. */
export interface Door {
  readonly url: string;
  readonly origin: string;
}

export interface PlacedForGrid {
  readonly id: string;
  readonly number: string;
  readonly merchant: RestMerchant;
  readonly customerId: string;
}

export interface GridWorld {
  readonly rest: RestWorld;
  readonly effects: EffectReader;
  /** Two processes; and one whose wire to the database can be cut around the COMMIT of whatever claimed a key. */
  readonly doors: { readonly main: Door; readonly second: Door; readonly frail: Door };
  readonly wire: CuttingProxy;
  send(door: Door, operation: string, deed: Deed, key: string | null, input?: Deed['input']): Promise<GridAnswer>;
  ctx(actor?: string): Ctx;
  /** The tenant's own user of a role, or, for a procedure, of the first role that may call it. */
  user(tenant: Tenant, role: Role): Promise<{ readonly cookie: string }>;
  callerOf(tenant: Tenant, procedure: keyof typeof PERMISSIONS): Promise<Caller>;
  /** Orders as far as a row needs them, each of a customer of its own. */
  place(tenant: Tenant, quantity?: number): Promise<PlacedForGrid>;
  allocated(tenant: Tenant): Promise<PlacedForGrid>;
  shipped(tenant: Tenant): Promise<PlacedForGrid & { readonly shipmentId: string }>;
  settle(orderId?: string): Promise<void>;
  addSku(tenant: Tenant, code: string): Promise<string>;
  customerVersion(customerId: string): Promise<bigint>;
  close(): Promise<void>;
}

/** Every column of every row sells some. */
const PLENTY = 100_000;
const ROLES_BY_CHOICE: readonly Role[] = ['merchant', 'agent', 'warehouse', 'finance', 'admin'];
const REST = new Map(OPERATIONS.map((operation) => [operation.name, operation]));

export async function gridWorld(): Promise<GridWorld> {
  const rest = await restWorld({ jobs: false });
  const { db, api } = rest;
  const secondPool = createPool({ connectionString: db.url, name: 'second' });
  const wire = await cuttingProxy(db.url, 'claim-keys');
  const frailPool = createPool({ connectionString: wire.url, name: 'frail' });
  const second = await rest.another(secondPool);
  const frail = await rest.another(frailPool);
  const pending: Promise<unknown>[] = [];
  for (const each of [api, second, frail]) {
    unlimited(each);
    keepTrack(each, pending);
  }
  for (const merchant of [rest.north, rest.south]) await list(rest, merchant);
  // Above this a second person agrees to what is found or lost.
  await db.pool.query(
    `INSERT INTO approval_policies (action, currency, threshold_minor) VALUES ('adjust-stock', 'EUR', 1000000)`,
  );
  const doorOf = (each: ApiUnderTest): Door => ({ url: each.url, origin: each.app.settings.origin });
  const users = new Map<string, Promise<{ cookie: string }>>();
  const effects = await effectReader(db);

  const user: GridWorld['user'] = (tenant, role) => {
    const name = `${tenant} ${role}`;
    const known =
      users.get(name) ??
      api.signIn(role, role === 'merchant' ? { merchantId: rest[tenant].id } : {}).then((cookie) => ({ cookie }));
    users.set(name, known);
    return known;
  };
  const situations = situationsOf(rest);
  for (const { id: merchantId, nodeId, skus } of [rest.north, rest.south]) {
    const delivery = { merchantId, nodeId, skuId: skus['MUG-RED'] ?? '', delta: PLENTY, reason: 'received' } as const;
    await api.app.flows.adjustStock(delivery, situations.ctx());
  }
  // Accounts are made by whoever needs them first, which is not the operation's own effect.
  for (const tenant of ['north', 'south'] as const) {
    const { id } = await situations.shipped(tenant);
    await api.app.flows.refundOrder({ kind: 'amount', orderId: id, amountMinor: 1n, reason: 'late' }, situations.ctx());
    await situations.settle(id);
    const card = { merchantId: rest[tenant].id, amountMinor: 100n, currency: 'EUR', reason: 'sold' } as const;
    await api.app.flows.issueGiftCard(card, situations.ctx());
  }
  return {
    rest,
    effects,
    wire,
    doors: { main: doorOf(api), second: doorOf(second), frail: doorOf(frail) },
    async send(door, operation, deed, key, input = deed.input) {
      const answer = await (REST.has(operation) ? sendRest : sendConsole)(door, operation, deed, key, input);
      await Promise.all(pending.splice(0));
      return answer;
    },
    user,
    callerOf(tenant, procedure) {
      const { allow }: PermissionRow = PERMISSIONS[procedure];
      const role = ROLES_BY_CHOICE.find((one) => allow[one] !== undefined);
      if (!role) throw new Error(`${procedure} needs a caller of its own`);
      return user(tenant, role);
    },
    ...situations,
    async close() {
      await Promise.all([second.stop(), frail.stop()]);
      await Promise.all([secondPool.end(), frailPool.end()]);
      await wire.close();
      await rest.close();
    },
  };
}

/** The grid asks more often than anybody should. */
function unlimited({ app }: ApiUnderTest): void {
  Object.assign(app, { limits: { ...app.limits, take: () => {} } });
}

/** What is answered before it is done is waited for all the same. */
function keepTrack({ app: { people } }: ApiUnderTest, pending: Promise<unknown>[]): void {
  const { requestReset } = people;
  const tracked: typeof requestReset = (...asked) => {
    const made = requestReset(...asked);
    pending.push(made.catch(() => {}));
    return made;
  };
  Object.assign(people, { requestReset: tracked });
}

async function list(rest: RestWorld, merchant: RestMerchant): Promise<void> {
  await rest.db.pool.query(
    `INSERT INTO shop_listings (sku_id, merchant_id, handle, position, listed_at) VALUES ($1, $2, $3, 1, now())`,
    [merchant.skus['MUG-RED'], merchant.id, `mug-${merchant.id}`],
  );
}

async function sendRest(door: Door, operation: string, deed: Deed, key: string | null, input: unknown): Promise<GridAnswer> {
  const headers = {
    ...(deed.caller && 'key' in deed.caller ? { authorization: `Bearer ${deed.caller.key}` } : {}),
    'content-type': 'application/json',
    ...(key === null ? {} : { 'idempotency-key': key }),
  };
  const method = REST.get(operation)?.facts.method ?? 'POST';
  const response = await fetch(`${door.url}/api/v1${deed.path}`, { method, headers, body: JSON.stringify(input) });
  const text = await response.text();
  return {
    status: response.status,
    code: response.ok ? undefined : (JSON.parse(text) as { code: string }).code,
    text,
    replayed: response.headers.get('idempotent-replayed') === 'true',
  };
}

async function sendConsole(door: Door, operation: string, deed: Deed, key: string | null, input: object): Promise<GridAnswer> {
  const headers = {
    ...(deed.caller && 'cookie' in deed.caller ? { cookie: deed.caller.cookie } : {}),
    origin: door.origin,
    'content-type': 'application/json',
  };
  const body = JSON.stringify(SuperJSON.serialize({ ...input, ...(key === null ? {} : { idempotencyKey: key }) }));
  const response = await fetch(`${door.url}/api/trpc/${operation}`, { method: 'POST', headers, body });
  const text = await response.text();
  type Refusal = { error: { json: { data: { domain: { code: string } } } } };
  const code = response.ok ? undefined : (JSON.parse(text) as Refusal).error.json.data.domain.code;
  return { status: response.status, code, text: canonicalize(JSON.parse(text)), replayed: false };
}

/** Orders on their way, driven by the test: no worker moves anything while effects are counted. */
function situationsOf({ api, db, ...rest }: RestWorld) {
  const { flows } = api.app;
  const ctx = (actor = 'system:test'): Ctx => ({ now: new Date(), actor, traceId: newId(), requestId: newId(), home: 'EU' });

  async function settle(orderId?: string): Promise<void> {
    for (;;) {
      const { rows } = await db.pool.query<{ id: string }>(
        `SELECT id FROM sagas WHERE status NOT IN ('done', 'stuck') AND wake_at <= now() AND ($1::uuid IS NULL OR order_id = $1)`,
        [orderId ?? null],
      );
      if (rows.length === 0) return;
      await Promise.all(rows.map(({ id }) => flows.advanceSaga(id)));
    }
  }

  async function place(tenant: Tenant, quantity = 2): Promise<PlacedForGrid> {
    const merchant = rest[tenant];
    const email = `${newId()}@customer.example`;
    const { id, number } = await flows.placeOrder(
      {
        merchantId: merchant.id,
        channel: 'api',
        currency: 'EUR',
        customer: { email, name: 'Carla Rossi' },
        lines: [{ sku: 'MUG-RED', quantity }],
        shipTo: { name: 'Carla Rossi', line1: 'Hauptstr. 5', city: 'Berlin', postalCode: '10115', country: 'DE' },
        payment: { provider: 'card', token: 'pm_card_visa' },
        metadata: {},
        tags: [],
      },
      ctx(),
    );
    const { rows } = await db.pool.query<{ id: string }>('SELECT customer_id AS id FROM orders WHERE id = $1', [id]);
    return { id, number, merchant, customerId: rows[0]?.id ?? '' };
  }

  async function allocated(tenant: Tenant): Promise<PlacedForGrid> {
    const order = await place(tenant);
    await settle(order.id);
    return order;
  }

  return {
    ctx,
    settle,
    place,
    allocated,
    async shipped(tenant: Tenant) {
      const order = await allocated(tenant);
      const { shipments } = await flows.shipOrder({ orderId: order.id }, ctx());
      await settle(order.id);
      return { ...order, shipmentId: shipments[0]?.id ?? '' };
    },
    async addSku(tenant: Tenant, code: string) {
      const about = { taxClass: 'standard', weightGrams: 0, stocked: true, barcode: null, description: null };
      const sku = await flows.createSku({ merchantId: rest[tenant].id, code, name: 'Mug', price: '12.50', ...about }, ctx());
      return sku.id;
    },
    async customerVersion(customerId: string) {
      const { rows } = await db.pool.query<{ version: bigint }>('SELECT version FROM customers WHERE id = $1', [customerId]);
      return rows[0]?.version ?? 0n;
    },
  };
}
