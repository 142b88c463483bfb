import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chart } from '../../domains/ledger/schema.ts';
import { accountId } from '../../domains/ledger/service.ts';
import { newId } from '../../kernel/ids.ts';
import { API_SCOPES } from '../../kernel/vocabulary.ts';
import { createRateLimiter } from '../../platform/rate-limit.ts';
import type { PermissionRow } from '../permissions.ts';
import { PERMISSIONS } from '../permissions.ts';
import { REST_PERMISSIONS } from './permissions.ts';
import { OPERATIONS } from './router.ts';
import { connectedChannel } from './testing/connected-channel.ts';
import { FOREIGN_CREDIT } from './testing/foreign-credit.ts';
import { addDispute, FOREIGN_DISPUTES } from './testing/foreign-disputes.ts';
import { FOREIGN_EDITS } from './testing/foreign-edits.ts';
import { anInvoice, FOREIGN_INVOICES } from './testing/foreign-invoices.ts';
import { addReturn, FOREIGN_RETURNS } from './testing/foreign-returns.ts';
import { FOREIGN_ROUTING, northNode, startReplay } from './testing/foreign-routing.ts';
import { FOREIGN_STOCK_WORK } from './testing/foreign-stock-work.ts';
import { type RestWorld, restWorld } from './testing/rest-world.ts';

/** What belongs to North: South must not learn that any of it exists. */
interface Norths {
  readonly order: string;
  readonly number: string;
  readonly line: string;
  readonly shipment: string;
  readonly shipmentNumber: string;
  readonly refund: string;
  readonly customer: string;
  readonly quote: string;
  readonly reservation: string;
  readonly account: string;
  readonly program: string;
  readonly transfer: string;
  readonly journal: string;
  readonly giftCard: string;
  readonly giftCode: string;
  readonly storeCredit: string;
  readonly channel: string;
  readonly purchaseOrder: string;
  readonly purchaseNumber: string;
  readonly simulation: string;
  readonly stockTransfer: string;
  readonly stockCount: string;
  /** South's own order, for what is nested in a request about it. */
  readonly southOrder: string;
}

interface Call {
  readonly path: (north: Norths) => string;
  readonly body?: (north: Norths) => unknown;
  /** A filter: answered with nothing in it instead of 404. */
  readonly nothing?: true;
}

const units = (line: string) => [{ line_id: line, quantity: 1 }];

/** One way and more to name what is North's, for every operation that takes a name of anything. */
const FOREIGN: Readonly<Record<keyof typeof REST_PERMISSIONS, readonly Call[]>> = {
  ...FOREIGN_STOCK_WORK,
  ...FOREIGN_RETURNS,
  ...FOREIGN_EDITS,
  ...FOREIGN_DISPUTES,
  ...FOREIGN_CREDIT,
  'v1.merchant.get': [],
  'v1.quotes.create': [],
  'v1.quotes.get': [{ path: (n) => `/quotes/${n.quote}` }],
  'v1.orders.create': [
    { path: () => '/orders', body: (n) => ({ quote_id: n.quote, payment: { token: 'pm_card_visa' } }) },
    {
      path: () => '/orders',
      body: (n) => ({
        currency: 'EUR',
        lines: [{ sku: 'MUG-RED', quantity: 1 }],
        reservation_id: n.reservation,
        payment: { token: 'pm_card_visa' },
      }),
    },
  ],
  'v1.orders.list': [
    { path: (n) => `/orders?customer_id=${n.customer}`, nothing: true },
    { path: () => '/orders?external_id=north-1', nothing: true },
    { path: () => '/orders?email=north@example.com', nothing: true },
  ],
  'v1.paymentGateways.get': [],
  'v1.paymentGateways.set': [],
  'v1.orders.get': [{ path: (n) => `/orders/${n.order}` }, { path: (n) => `/orders/${n.number}` }],
  'v1.orders.update': [{ path: (n) => `/orders/${n.order}`, body: () => ({ tags: ['mine'] }) }],
  'v1.orders.previewCancel': [{ path: (n) => `/orders/${n.number}/cancel/preview`, body: () => ({ reason: 'other' }) }],
  'v1.policies.get': [],
  'v1.policies.save': [],
  'v1.orders.capture': [{ path: (n) => `/orders/${n.order}/capture`, body: () => ({}) }],
  'v1.orders.cancel': [
    { path: (n) => `/orders/${n.order}/cancel`, body: () => ({ reason: 'other' }) },
    { path: (n) => `/orders/${n.southOrder}/cancel`, body: (n) => ({ reason: 'other', units: units(n.line) }) },
  ],
  'v1.orders.addNote': [{ path: (n) => `/orders/${n.order}/notes`, body: () => ({ body: 'hello' }) }],
  'v1.orders.notes': [{ path: (n) => `/orders/${n.order}/notes` }],
  'v1.refunds.preview': [{ path: (n) => `/orders/${n.order}/refunds/preview`, body: () => ({ kind: 'units', reason: 'other' }) }],
  'v1.refunds.create': [
    { path: (n) => `/orders/${n.order}/refunds`, body: () => ({ kind: 'amount', amount_minor: 1, reason: 'other' }) },
  ],
  ...FOREIGN_INVOICES,
  'v1.refunds.ofOrder': [{ path: (n) => `/orders/${n.order}/refunds` }],
  'v1.refunds.get': [
    { path: (n) => `/orders/${n.order}/refunds/${n.refund}` },
    { path: (n) => `/orders/${n.southOrder}/refunds/${n.refund}` },
  ],
  'v1.shipments.preview': [{ path: (n) => `/orders/${n.order}/shipments/preview`, body: () => ({}) }],
  'v1.shipments.create': [
    { path: (n) => `/orders/${n.order}/shipments`, body: () => ({}) },
    { path: (n) => `/orders/${n.southOrder}/shipments`, body: () => ({ node: 'NORTH-NODE' }) },
    { path: (n) => `/orders/${n.southOrder}/shipments`, body: (n) => ({ units: units(n.line) }) },
  ],
  'v1.shipments.ofOrder': [{ path: (n) => `/orders/${n.order}/shipments` }],
  'v1.shipments.list': [],
  'v1.shipments.get': [{ path: (n) => `/shipments/${n.shipment}` }, { path: (n) => `/shipments/${n.shipmentNumber}` }],
  'v1.shipments.addUpdate': [{ path: (n) => `/shipments/${n.shipment}/updates`, body: () => ({ status: 'DELIVERED' }) }],
  'v1.parcels.previewVoid': [{ path: (n) => `/shipments/${n.shipment}/labels/void/preview`, body: () => ({ mode: 'relabel' }) }],
  'v1.parcels.voidLabel': [
    { path: (n) => `/shipments/${n.shipment}/labels/void`, body: () => ({ mode: 'relabel', reason: 'Torn' }) },
  ],
  'v1.parcels.fileClaim': [{ path: (n) => `/shipments/${n.shipment}/claims`, body: () => ({ kind: 'lost' }) }],
  'v1.parcels.receiveReturn': [{ path: (n) => `/shipments/${n.shipment}/received-back`, body: () => ({ node: 'MAIN' }) }],
  'v1.parcels.settle': [{ path: (n) => `/shipments/${n.shipment}/settle`, body: () => ({ reason: 'Found' }) }],
  'v1.products.list': [{ path: () => '/products?q=NORTH-ONLY', nothing: true }],
  'v1.products.get': [{ path: () => '/products/NORTH-ONLY' }],
  'v1.products.create': [],
  'v1.products.update': [{ path: () => '/products/NORTH-ONLY', body: () => ({ version: 1, name: 'Mine' }) }],
  ...FOREIGN_ROUTING,
  'v1.stock.list': [{ path: () => '/stock?q=NORTH-ONLY', nothing: true }],
  'v1.stock.get': [{ path: () => '/stock/NORTH-ONLY' }],
  'v1.stock.policy': [{ path: () => '/stock/NORTH-ONLY/backorder-policy' }],
  'v1.stock.setPolicy': [{ path: () => '/stock/NORTH-ONLY/backorder-policy', body: () => ({ kind: 'none' }) }],
  'v1.stock.adjust': [
    { path: () => '/stock/NORTH-ONLY/adjustments', body: () => ({ node: 'MAIN', reason: 'found', delta: 1 }) },
    { path: () => '/stock/MUG-RED/adjustments', body: () => ({ node: 'NORTH-NODE', reason: 'found', delta: 1 }) },
  ],
  'v1.channels.list': [],
  'v1.channels.listings': [{ path: (n) => `/channels/${n.channel}/listings` }],
  'v1.channels.differences': [{ path: (n) => `/channels/${n.channel}/differences` }],
  'v1.channels.connect': [],
  'v1.channels.update': [{ path: (n) => `/channels/${n.channel}`, body: () => ({ status: 'PAUSED' }) }],
  'v1.channels.setListing': [{ path: (n) => `/channels/${n.channel}/listings/MUG-RED`, body: () => ({ listed: false }) }],
  'v1.promises.availability': [{ path: () => '/products/NORTH-ONLY/availability' }],
  'v1.promises.list': [{ path: () => '/availability?sku=NORTH-ONLY', nothing: true }],
  'v1.promises.setSafety': [
    { path: () => '/stock/NORTH-ONLY/nodes/MAIN', body: () => ({ safety: 1 }) },
    { path: () => '/stock/MUG-RED/nodes/NORTH-NODE', body: () => ({ safety: 1 }) },
  ],
  'v1.promises.setChannel': [{ path: () => '/stock/NORTH-ONLY/channels/shop', body: () => ({ buffer: 1 }) }],
  'v1.reservations.create': [],
  'v1.reservations.get': [{ path: (n) => `/reservations/${n.reservation}` }],
  'v1.reservations.extend': [{ path: (n) => `/reservations/${n.reservation}/extend`, body: () => ({ ttl_seconds: 60 }) }],
  'v1.reservations.release': [{ path: (n) => `/reservations/${n.reservation}/release`, body: () => ({}) }],
  'v1.customers.list': [{ path: () => '/customers?email=north@example.com', nothing: true }],
  'v1.customers.get': [{ path: (n) => `/customers/${n.customer}` }],
  'v1.ledger.postings': [],
  'v1.ledger.accounts': [],
  'v1.ledger.open': [],
  'v1.ledger.update': [
    { path: (n) => `/ledger/accounts/${n.program}`, body: () => ({ credit_limit_minor: 1, reason: 'Mine now' }) },
  ],
  'v1.ledger.freeze': [{ path: (n) => `/ledger/accounts/${n.program}/freeze`, body: () => ({ reason: 'Mine now' }) }],
  'v1.ledger.unfreeze': [{ path: (n) => `/ledger/accounts/${n.program}/unfreeze`, body: () => ({ reason: 'Mine now' }) }],
  'v1.ledger.close': [{ path: (n) => `/ledger/accounts/${n.program}/close`, body: () => ({ reason: 'Mine now' }) }],
  // Named within a journal, where each has a result of its own: rest-money.test.ts.
  'v1.ledger.postJournals': [],
  'v1.ledger.transfer': [{ path: (n) => `/ledger/transfers/${n.transfer}` }],
  'v1.ledger.holds': [{ path: (n) => `/ledger/holds?account=${n.account}` }],
  'v1.ledger.journal': [{ path: (n) => `/ledger/journals/${n.journal}` }],
  'v1.ledger.statement': [{ path: (n) => `/ledger/accounts/${n.account}/statement?from=2026-11-01&to=2026-11-01` }],
  'v1.ledger.account': [{ path: (n) => `/ledger/accounts/${n.account}` }],
  'v1.ledger.entries': [{ path: (n) => `/ledger/accounts/${n.account}/entries` }],
  'v1.ledger.balance': [{ path: (n) => `/ledger/accounts/${n.account}/balance` }],
  'v1.events.list': [{ path: (n) => `/events?object_id=${n.order}`, nothing: true }],
};

let world: RestWorld;
let norths: Norths;

beforeAll(async () => {
  world = await restWorld();
  const { send, until, db, north, south } = world;
  await db.pool.query(
    `INSERT INTO skus (id, merchant_id, code, name, price, currency, created_at, updated_at)
     VALUES ($1, $2, 'NORTH-ONLY', 'North only', 1, 'EUR', now(), now())`,
    [newId(), north.id],
  );
  await northNode(world);
  const body = {
    currency: 'EUR',
    external_id: 'north-1',
    customer: { email: 'north@example.com', name: 'Nora North' },
    lines: [{ sku: 'MUG-RED', quantity: 2 }],
    payment: { token: 'pm_card_visa' },
  };
  const { json: placed } = await send('POST', '/orders', { body });
  const path = `/orders/${placed.id}`;
  await addReturn(db.pool, north.id, placed.id);
  await addDispute(db.pool, north.id, placed.id);
  await until('allocated', async () => (await send('GET', path)).json.fulfilment_status === 'ALLOCATED');
  const { json: shipping } = await send('POST', `${path}/shipments`, { body: { units: units(placed.lines[0].id) } });
  await until('paid', async () => (await send('GET', path)).json.captured_minor > 0);
  const { json: refund } = await send('POST', `${path}/refunds`, { body: { kind: 'amount', amount_minor: 100, reason: 'late' } });
  const reserved = await world.send('POST', '/reservations', {
    body: { lines: [{ sku: 'MUG-RED', quantity: 1 }], ttl_seconds: 3_600 },
  });
  const quoted = await world.send('POST', '/quotes', {
    body: { currency: 'EUR', lines: body.lines, destination: { country: 'DE' } },
  });
  const souths = { ...body, external_id: 'south-1', customer: { email: 'south@example.com' } };
  const { json: own } = await send('POST', '/orders', { body: souths, key: south.key });
  await until(
    'allocated',
    async () => (await send('GET', `/orders/${own.id}`, { key: south.key })).json.fulfilment_status === 'ALLOCATED',
  );
  await until('refunded', async () => (await send('GET', `${path}/refunds`)).json.data[0].status === 'SUCCEEDED');
  await until(
    'quiet',
    async () => (await db.pool.query(`SELECT FROM sagas WHERE status NOT IN ('done', 'waiting')`)).rowCount === 0,
  );
  await anInvoice(world, placed.id);
  const { json: card } = await send('POST', '/gift-cards', {
    body: { amount_minor: 500, currency: 'EUR', reason: 'sold', customer_id: placed.customer_id },
  });
  const { json: credit } = await send('POST', '/store-credit', {
    body: { customer_id: placed.customer_id, amount_minor: 500, currency: 'EUR', reason: 'goodwill' },
  });
  const { json: program } = await send('POST', '/ledger/accounts', {
    body: { own_code: 'points', name: 'Points', currency: 'EUR' },
  });
  const transfer = newId();
  const filled = {
    type: 'plain',
    id: transfer,
    debit_account: 'funding',
    credit_account: 'points',
    amount_minor: 1,
    currency: 'EUR',
  };
  await send('POST', '/ledger/journals', { body: { journals: [{ transfers: [filled] }] } });
  const { json: purchase } = await send('POST', '/purchase-orders', {
    body: { node: 'MAIN', supplier: 'North Makers', order: true, lines: [{ sku: 'MUG-RED', quantity: 5 }] },
  });
  const { json: moved } = await send('POST', '/stock-transfers', {
    body: { from: 'MAIN', to: 'NORTH-NODE', lines: [{ sku: 'MUG-RED', quantity: 1 }] },
  });
  const { json: counted } = await send('POST', '/stock-counts', { body: { node: 'MAIN', skus: ['MUG-RED'] } });
  norths = {
    channel: await connectedChannel(world),
    simulation: await startReplay(send),
    stockTransfer: moved.id,
    stockCount: counted.id,
    purchaseOrder: purchase.id,
    purchaseNumber: purchase.number,
    program: program.id,
    transfer,
    journal: (await send('GET', `/ledger/transfers/${transfer}`)).json.journal_id,
    giftCard: card.id,
    giftCode: card.code,
    storeCredit: credit.id,
    order: placed.id,
    number: placed.number,
    line: placed.lines[0].id,
    shipment: shipping.shipments[0].id,
    shipmentNumber: shipping.shipments[0].number,
    refund: refund.id,
    customer: placed.customer_id,
    quote: quoted.json.id,
    reservation: reserved.json.id,
    account: accountId(chart.merchantPayable(north.id, 'EUR').code),
    southOrder: own.id,
  };
});
afterAll(() => world.close());

const ROWS: Readonly<Record<string, PermissionRow>> = REST_PERMISSIONS;
const NIL = '00000000-0000-7000-8000-000000000000';
const somewhere = (path: string) => path.replaceAll(/\{\w+\}/g, NIL);

/** Everything a call of South could have changed. */
async function everything(): Promise<string> {
  const tables = [
    'accounts',
    'transfers',
    'gift_cards',
    'store_credits',
    'orders',
    'order_notes',
    'line_spans',
    'refunds',
    'shipments',
    'shipment_updates',
    'node_stock',
    'sku_supply',
    'channel_supply',
    'reservations',
    'events',
    'audit_log',
    'sagas',
  ];
  const sums = await Promise.all(
    tables.map((name) => world.db.ownerPool.query(`SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) AS sum FROM ${name} t`)),
  );
  return JSON.stringify(sums.map((each) => each.rows));
}

describe('the matrix of the REST API', () => {
  it('has a row for every operation, and shares none with the console', () => {
    expect(Object.keys(ROWS).sort()).toEqual(OPERATIONS.map(({ name }) => name).sort());
    expect(Object.keys(PERMISSIONS).filter((name) => Object.hasOwn(ROWS, name))).toEqual([]);
    for (const [name, row] of Object.entries(ROWS))
      expect([name, Object.keys(row.allow), Boolean(row.scope ?? row.anyKey)]).toEqual([name, [], true]);
  });

  it('lets a key call exactly what its scopes say, and nobody without a key', async () => {
    const cookie = await world.api.signIn('admin');
    // An hour goes by before each attempt: nobody has tried too many keys by then.
    let hoursMs = 0;
    const patient = createRateLimiter(() => {
      hoursMs += 3_600_000;
      return hoursMs;
    });
    Object.assign(world.api.app, { limits: patient });
    for (const { name, facts } of OPERATIONS) {
      const scope = ROWS[name]?.scope;
      const options = facts.method === 'GET' ? {} : { body: { not: 'valid' } };
      const ask = async (key: string | null, headers: Record<string, string> = {}) =>
        (await world.send(facts.method, somewhere(facts.path), { ...options, key, headers })).status;
      expect([name, await ask(null), await ask(null, { cookie }), await ask(`wb_test_${'a'.repeat(43)}`)]).toEqual([
        name,
        401,
        401,
        401,
      ]);
      const others = await world.key(
        world.north,
        API_SCOPES.filter((each) => each !== scope),
      );
      expect([name, (await ask(others)) === 403]).toEqual([name, scope !== undefined]);
      if (scope) expect([name, [401, 403].includes(await ask(await world.key(world.north, [scope])))]).toEqual([name, false]);
    }
  });

  it('refuses a key from the moment it is revoked, and that of a merchant that was closed', async () => {
    const key = await world.key(world.south);
    expect((await world.send('GET', '/merchant', { key })).status).toBe(200);
    await world.db.pool.query(`UPDATE api_keys SET revoked_at = now() WHERE prefix = $1`, [key.slice(0, 14)]);
    const { status, headers } = await world.send('GET', '/merchant', { key });
    expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="Waybill"']);
  });
});

describe('what is another merchant’s', () => {
  it('does not exist by id, number, code or filter, and is not changed', async () => {
    const before = await everything();
    for (const { name, facts } of OPERATIONS) {
      for (const call of FOREIGN[name as keyof typeof FOREIGN]) {
        const body = call.body?.(norths);
        const sent = { key: world.south.key, ...(body === undefined ? {} : { body }) };
        const { status, json, text } = await world.send(facts.method, call.path(norths), sent);
        if (call.nothing) expect([name, status, json.data]).toEqual([name, 200, []]);
        else expect([name, call.path(norths), status, json.code]).toEqual([name, call.path(norths), 404, 'not_found']);
        expect(text).not.toMatch(/Nora|north@example|North Supply/);
      }
    }
    expect(await everything()).toBe(before);
  });

  it('is there for whose it is: the samples are real', async () => {
    for (const { name, facts } of OPERATIONS) {
      if (facts.method !== 'GET') continue;
      for (const call of FOREIGN[name as keyof typeof FOREIGN]) {
        const { status, json } = await world.send('GET', call.path(norths));
        const own = call.path(norths).includes(norths.southOrder);
        expect([name, status]).toEqual([name, own ? 404 : 200]);
        if (call.nothing && !own) expect([name, json.data.length > 0]).toEqual([name, true]);
      }
    }
  });
});
