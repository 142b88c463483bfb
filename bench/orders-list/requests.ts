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

/** Every request that is measured, of every kind: each tab, each value of each filter, each way to search. */
export function requestsFor(sample: Sample, readers: Readers, now: Date): ReadRequest[] {
  const requests: ReadRequest[] = [];
  const add = (kind: Kind, headers: Readonly<Record<string, string>>, ...paths: readonly string[]): void => {
    for (const path of paths) requests.push({ kind, path, headers });
  };
  const staff = (kind: Kind, ...paths: readonly string[]): void => add(kind, readers.agent, ...paths);
  const views = ORDER_VIEWS.filter((view) => view !== 'all');
  const some = sample.orders.slice(0, 12);

  staff('orders page', trpc(['orders.list', {}], ['orders.counts'], ['orders.facets']));
  staff('tab', ...views.map((view) => trpc(['orders.list', { view }])));
  staff(
    'sorted',
    ...(['placed_at', '-total', 'total'] as const).flatMap((sort) =>
      [undefined, 'to_ship', 'refunded', 'held'].map((view) => trpc(['orders.list', { sort, view }])),
    ),
  );
  staff(
    'next page',
    ...some.flatMap(({ byTime, byTotal }) => [
      trpc(['orders.list', { after: byTime }]),
      trpc(['orders.list', { after: byTime, view: 'fulfilled' }]),
      trpc(['orders.list', { after: byTime, view: 'to_ship' }]),
      trpc(['orders.list', { after: byTime, sort: 'placed_at', view: 'cancelled' }]),
      trpc(['orders.list', { after: byTotal, sort: '-total' }]),
    ]),
  );
  staff('filter', ...filters(sample, now).map((filter) => trpc(['orders.list', filter])));
  staff(
    'list search',
    ...some.flatMap((order, index) =>
      [order.number, order.email, order.phone, order.externalId, sample.customers[index]?.name ?? ''].map((q) =>
        trpc(['orders.list', { q }]),
      ),
    ),
  );
  staff('palette', ...typed(sample).map((q) => trpc(['search.find', { q }])));
  staff('order page', ...sample.orders.map(({ number }) => trpc(['orders.get', { number }], ['auth.me'])));
  staff('order mails', ...sample.orders.map(({ id }) => trpc(['mails.list', { orderId: id, limit: 50 }])));
  staff('agent home', trpc(['home.agent', {}]));
  staff(
    'shipments',
    trpc(['shipments.list', {}]),
    ...SHIPMENT_STATUSES.map((status) => trpc(['shipments.list', { status: [status] }])),
    trpc(['shipments.list', { status: ['SHIPPED', 'IN_TRANSIT'] }]),
    ...sample.shipments
      .slice(0, 12)
      .flatMap(({ number, cursor }) => [trpc(['shipments.get', { number }]), trpc(['shipments.list', { after: cursor }])]),
  );
  staff(
    'payments',
    trpc(['payments.list', {}]),
    trpc(['payments.inDoubt', {}]),
    ...PAYMENT_STATES.map((status) => trpc(['payments.list', { status: [status] }])),
    ...sample.payments
      .slice(0, 12)
      .flatMap(({ id, cursor }) => [trpc(['payments.get', { id }]), trpc(['payments.list', { after: cursor }])]),
  );
  staff(
    'refunds',
    trpc(['refunds.list', {}]),
    ...REFUND_STATUSES.map((status) => trpc(['refunds.list', { status: [status] }])),
    ...sample.refunds.slice(0, 6).map(({ cursor }) => trpc(['refunds.list', { after: cursor }])),
  );
  staff(
    'customers',
    trpc(['customers.list', {}]),
    trpc(['customers.list', { guest: false }]),
    ...sample.customers
      .slice(0, 8)
      .flatMap(({ name, email, phone }) => [name, email, phone].map((q) => trpc(['customers.list', { q }]))),
  );
  staff('customer page', ...sample.orders.map(({ customerId }) => trpc(['customers.get', { id: customerId }])));
  for (const [kind, headers] of [
    ['merchant', readers.merchant],
    ['new merchant', readers.newMerchant],
  ] as const)
    add(
      kind,
      headers,
      trpc(['orders.list', {}], ['orders.counts'], ['orders.facets']),
      ...views.map((view) => trpc(['orders.list', { view }])),
      trpc(['orders.list', { sort: '-total' }]),
      trpc(['orders.list', { paymentStatus: ['FAILED'] }]),
      trpc(['orders.list', { fulfilmentStatus: ['SHIPPED'] }]),
      trpc(['shipments.list', {}]),
      trpc(['payments.list', {}]),
      trpc(['payments.list', { status: ['FAILED'] }]),
      trpc(['refunds.list', {}]),
      trpc(['customers.list', {}]),
      ...some
        .slice(0, 4)
        .flatMap(({ number, email }) => [trpc(['search.find', { q: number }]), trpc(['search.find', { q: email }])]),
    );
  for (const { customerId, number } of some)
    add('my orders', readers.customer(customerId), trpc(['myOrders.list', {}]), trpc(['myOrders.get', { number }]));
  for (const headers of [readers.apiKey, readers.newApiKey]) add('rest list', headers, ...restLists(sample, now));
  const own = sample.orders.filter((order) => order.merchantId === sample.merchants[0]?.id);
  add(
    'rest get',
    readers.apiKey,
    ...own.flatMap(({ number, id }) => [
      rest(`/orders/${number}`),
      rest(`/orders/${id}`),
      rest(`/orders/${number}/shipments`),
      rest(`/orders/${number}/notes`),
    ]),
  );
  return requests;
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
  const ten = <T>(items: readonly T[]): readonly T[] => items.slice(0, 10);
  return [
    ...ten(sample.orders).flatMap(({ number, externalId, email, phone, id }) => [
      number,
      number.slice(0, 6),
      number.slice(3),
      externalId,
      email,
      email.slice(0, email.indexOf('@') + 2),
      phone,
      id,
    ]),
    ...ten(sample.customers).flatMap(({ name }) => [name, name.slice(0, 3)]),
    ...ten(sample.payments).flatMap(({ last4, providerRef }) => [last4, providerRef]),
    ...ten(sample.shipments).flatMap(({ number, tracking }) => [number, tracking]),
    ...ten(sample.refunds).map(({ number }) => number),
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
    ...sample.orders.slice(0, 12).map(({ byTime }) => rest('/orders', { cursor: byTime })),
    rest('/shipments'),
    ...SHIPMENT_STATUSES.map((status) => rest('/shipments', { status })),
    rest('/customers'),
  ];
}
