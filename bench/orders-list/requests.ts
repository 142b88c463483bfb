import { SuperJSON } from 'superjson';
import {
  FULFILMENT_STATUSES,
  HOLDS,
  ORDER_STATUSES,
  PAYMENT_STATES,
  PAYMENT_STATUSES,
  REFUND_STATUSES,
  SHIPMENT_STATUSES,
} from '../../server/kernel/vocabulary.ts';
import { ORDER_VIEWS } from '../../server/views/orders.ts';
import type { ReadRequest } from '../harness/read-load.ts';
import type { Sample } from './sample.ts';

/** How often each kind is asked for: pages that people open all day more often than those they seldom need. */
export const WEIGHTS = {
  'orders page': 8,
  tab: 8,
  sorted: 3,
  'next page': 6,
  filter: 6,
  'list search': 4,
  palette: 8,
  'order page': 12,
  'order mails': 3,
  'agent home': 2,
  shipments: 3,
  payments: 3,
  refunds: 2,
  customers: 3,
  'customer page': 3,
  merchant: 4,
  'new merchant': 2,
  'my orders': 3,
  'rest list': 5,
  'rest get': 5,
} as const satisfies Record<string, number>;
type Kind = keyof typeof WEIGHTS;

/** Headers of whoever asks. */
export interface Readers {
  readonly agent: Readonly<Record<string, string>>;
  readonly merchant: Readonly<Record<string, string>>;
  /** Of a merchant without an order yet: whose lists are short because little is theirs, not because little was read. */
  readonly newMerchant: Readonly<Record<string, string>>;
  readonly customer: (customerId: string) => Readonly<Record<string, string>>;
  readonly apiKey: Readonly<Record<string, string>>;
  readonly newApiKey: Readonly<Record<string, string>>;
}

type Call = readonly [procedure: string, input?: unknown];

/** One request as the console's client makes it: what a page asks for at once travels together. */
function trpc(...calls: readonly Call[]): string {
  const inputs = Object.fromEntries(calls.map(([, input], index) => [index, SuperJSON.serialize(input)]));
  const names = calls.map(([procedure]) => procedure).join(',');
  return `/api/trpc/${names}?batch=1&input=${encodeURIComponent(JSON.stringify(inputs))}`;
}

const rest = (path: string, query: Readonly<Record<string, string>> = {}): string => {
  const search = new URLSearchParams(query).toString();
  return `/api/v1${path}${search === '' ? '' : `?${search}`}`;
};

const DAY_MS = 86_400_000;

type Paths = Partial<Record<Kind, readonly string[]>>;

/** Every request that is measured, of every kind: each tab, each value of each filter, each way to search. */
export function requestsFor(sample: Sample, readers: Readers, now: Date): ReadRequest[] {
  const by = (headers: Readonly<Record<string, string>>, paths: Paths): ReadRequest[] =>
    Object.entries(paths).flatMap(([kind, all]) => all.map((path) => ({ kind, path, headers })));
  const merchants = merchantPaths(sample);
  return [
    ...by(readers.agent, { ...orderPaths(sample, now), ...otherPaths(sample) }),
    ...by(readers.merchant, { merchant: merchants }),
    ...by(readers.newMerchant, { 'new merchant': merchants }),
    ...some(sample.orders).flatMap(({ customerId, number }) =>
      by(readers.customer(customerId), { 'my orders': [trpc(['myOrders.list', {}]), trpc(['myOrders.get', { number }])] }),
    ),
    ...by(readers.apiKey, { 'rest list': restLists(sample, now), 'rest get': restGets(sample) }),
    ...by(readers.newApiKey, { 'rest list': restLists(sample, now) }),
  ];
}

const some = <T>(items: readonly T[], most = 12): readonly T[] => items.slice(0, most);
const TABS = ORDER_VIEWS.filter((view) => view !== 'all');
const ORDERS_PAGE = trpc(['orders.list', {}], ['orders.counts'], ['orders.facets']);
const orders = (input: object): string => trpc(['orders.list', input]);

/** What staff ask of orders. */
function orderPaths(sample: Sample, now: Date): Paths {
  return {
    'orders page': [ORDERS_PAGE],
    tab: TABS.map((view) => orders({ view })),
    sorted: (['placed_at', '-total', 'total'] as const).flatMap((sort) =>
      [undefined, 'to_ship', 'refunded', 'held'].map((view) => orders({ sort, view })),
    ),
    'next page': some(sample.orders).flatMap(({ byTime, byTotal }) => [
      orders({ after: byTime }),
      orders({ after: byTime, view: 'fulfilled' }),
      orders({ after: byTime, view: 'to_ship' }),
      orders({ after: byTime, sort: 'placed_at', view: 'cancelled' }),
      orders({ after: byTotal, sort: '-total' }),
    ]),
    filter: filters(sample, now).map(orders),
    'list search': some(sample.orders).flatMap(({ number, email, phone, externalId }, index) =>
      [number, email, phone, externalId, sample.customers[index]?.name ?? ''].map((q) => orders({ q })),
    ),
    'order page': sample.orders.map(({ number }) => trpc(['orders.get', { number }], ['auth.me'])),
    'order mails': sample.orders.map(({ id }) => trpc(['mails.list', { orderId: id, limit: 50 }])),
  };
}

/** What else they ask of. */
function otherPaths(sample: Sample): Paths {
  const listed = (procedure: string, statuses: readonly string[]): string[] => [
    trpc([procedure, {}]),
    ...statuses.map((status) => trpc([procedure, { status: [status] }])),
  ];
  return {
    palette: typed(sample).map((q) => trpc(['search.find', { q }])),
    'agent home': [trpc(['home.agent', {}])],
    shipments: [
      ...listed('shipments.list', SHIPMENT_STATUSES),
      trpc(['shipments.list', { status: ['SHIPPED', 'IN_TRANSIT'] }]),
      ...some(sample.shipments).flatMap(({ number, cursor }) => [
        trpc(['shipments.get', { number }]),
        trpc(['shipments.list', { after: cursor }]),
      ]),
    ],
    payments: [
      ...listed('payments.list', PAYMENT_STATES),
      trpc(['payments.inDoubt', {}]),
      ...some(sample.payments).flatMap(({ id, cursor }) => [
        trpc(['payments.get', { id }]),
        trpc(['payments.list', { after: cursor }]),
      ]),
    ],
    refunds: [
      ...listed('refunds.list', REFUND_STATUSES),
      ...some(sample.refunds, 6).map(({ cursor }) => trpc(['refunds.list', { after: cursor }])),
    ],
    customers: [
      trpc(['customers.list', {}]),
      trpc(['customers.list', { guest: false }]),
      ...some(sample.customers, 8).flatMap(({ name, email, phone }) =>
        [name, email, phone].map((q) => trpc(['customers.list', { q }])),
      ),
    ],
    'customer page': sample.orders.map(({ customerId }) => trpc(['customers.get', { id: customerId }])),
  };
}

/** What a merchant asks of its own. */
function merchantPaths(sample: Sample): string[] {
  return [
    ORDERS_PAGE,
    ...TABS.map((view) => orders({ view })),
    orders({ sort: '-total' }),
    orders({ paymentStatus: ['FAILED'] }),
    orders({ fulfilmentStatus: ['SHIPPED'] }),
    ...['shipments', 'payments', 'refunds', 'customers'].map((noun) => trpc([`${noun}.list`, {}])),
    trpc(['payments.list', { status: ['FAILED'] }]),
    ...some(sample.orders, 4).flatMap(({ number, email }) => [number, email].map((q) => trpc(['search.find', { q }]))),
  ];
}

function restGets(sample: Sample): string[] {
  const own = sample.orders.filter((order) => order.merchantId === sample.merchants[0]?.id);
  return own.flatMap(({ number, id }) =>
    [number, id, `${number}/shipments`, `${number}/notes`].map((path) => rest(`/orders/${path}`)),
  );
}

/** One request per value of each filter, and the ones that people combine. */
function filters(sample: Sample, now: Date): object[] {
  const daysAgo = (days: number): Date => new Date(now.getTime() - days * DAY_MS);
  const day = daysAgo(45).toISOString().slice(0, 10);
  const [merchant] = sample.merchants;
  return [
    ...ORDER_STATUSES.map((status) => ({ status: [status] })),
    { status: ['PENDING', 'CONFIRMED'] },
    ...PAYMENT_STATUSES.map((status) => ({ paymentStatus: [status] })),
    { paymentStatus: ['FAILED', 'VOIDED'] },
    ...FULFILMENT_STATUSES.map((status) => ({ fulfilmentStatus: [status] })),
    ...HOLDS.map((hold) => ({ holds: [hold] })),
    ...['shop', 'api', 'console', 'marketplace', 'nobody sells here'].map((channel) => ({ channel })),
    ...['vip', 'gift', 'never-used'].map((tag) => ({ tag })),
    ...sample.merchants.map(({ id }) => ({ merchantId: id })),
    ...[1, 7, 30, 90].map((days) => ({ placedFrom: daysAgo(days) })),
    { placedOn: { day, timeZone: 'Europe/Berlin' } },
    { placedSince: { day, timeZone: 'Europe/Berlin' } },
    { view: 'to_ship', paymentStatus: ['AUTHORIZED'], merchantId: merchant?.id },
    { view: 'fulfilled', placedFrom: daysAgo(90), sort: '-total' },
    { view: 'cancelled', tag: 'vip' },
  ];
}

/** What people type into the palette. */
function typed(sample: Sample): string[] {
  return [
    ...some(sample.orders).flatMap(({ number, externalId, email, phone, id }) => [
      number,
      number.slice(0, 6),
      number.slice(3),
      externalId,
      email,
      email.slice(0, email.indexOf('@') + 2),
      phone,
      id,
    ]),
    ...some(sample.customers).flatMap(({ name }) => [name, name.slice(0, 3)]),
    ...some(sample.payments).flatMap(({ last4, providerRef }) => [last4, providerRef]),
    ...some(sample.shipments).flatMap(({ number, tracking }) => [number, tracking]),
    ...some(sample.refunds).map(({ number }) => number),
  ];
}

function restLists(sample: Sample, now: Date): string[] {
  const [order] = sample.orders;
  const since = new Date(now.getTime() - 45 * DAY_MS).toISOString();
  return [
    rest('/orders'),
    rest('/orders', { limit: '200' }),
    ...ORDER_STATUSES.map((status) => rest('/orders', { status })),
    ...PAYMENT_STATUSES.map((status) => rest('/orders', { payment_status: status })),
    ...FULFILMENT_STATUSES.map((status) => rest('/orders', { fulfilment_status: status })),
    rest('/orders', { placed_after: since }),
    rest('/orders', { placed_before: since }),
    rest('/orders', { tag: 'vip' }),
    ...(order
      ? [
          rest('/orders', { email: order.email }),
          rest('/orders', { external_id: order.externalId }),
          rest('/orders', { customer_id: order.customerId }),
          rest('/customers', { email: order.email }),
        ]
      : []),
    ...some(sample.orders).map(({ byTime }) => rest('/orders', { cursor: byTime })),
    rest('/shipments'),
    ...SHIPMENT_STATUSES.map((status) => rest('/shipments', { status })),
    rest('/customers'),
  ];
}
