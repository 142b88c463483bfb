import { newId } from '../../kernel/ids.ts';
import type { REST_PERMISSIONS } from '../public/permissions.ts';
import type { Deed, GridWorld, Row, Tenant } from './grid-world.ts';

const MUG = { currency: 'EUR', lines: [{ sku: 'MUG-RED', quantity: 2 }] };

const by = (w: GridWorld, tenant: Tenant): Deed['caller'] => ({ key: w.rest[tenant].key });

const order = (quantity: number, email: string) => ({
  ...MUG,
  lines: [{ sku: 'MUG-RED', quantity }],
  customer: { email, name: 'Ana García' },
  payment: { token: 'pm_card_visa' },
});

/** The operations of the REST API that change something, by their name in its permission matrix. */
export const REST_ROWS: Partial<Readonly<Record<keyof typeof REST_PERMISSIONS, Row>>> = {
  'v1.quotes.create': async (w, tenant) => ({
    caller: by(w, tenant),
    path: '/quotes',
    input: { ...MUG, destination: { country: 'DE', postal_code: '10115' } },
    other: { ...MUG, destination: { country: 'FR', postal_code: '75001' } },
  }),

  'v1.orders.create': async (w, tenant) => {
    const email = `${newId()}@customer.example`;
    return { caller: by(w, tenant), path: '/orders', input: order(2, email), other: order(3, email) };
  },

  'v1.orders.update': async (w, tenant) => ({
    caller: by(w, tenant),
    path: `/orders/${(await w.place(tenant)).number}`,
    input: { metadata: { a: '1' }, tags: ['gift'] },
    other: { metadata: { a: '2' } },
  }),

  'v1.orders.cancel': async (w, tenant) => ({
    caller: by(w, tenant),
    path: `/orders/${(await w.allocated(tenant)).id}/cancel`,
    input: { reason: 'customer_request' },
    other: { reason: 'other' },
  }),

  'v1.orders.addNote': async (w, tenant) => ({
    caller: by(w, tenant),
    path: `/orders/${(await w.place(tenant)).id}/notes`,
    input: { body: 'Leave it with the neighbour.' },
    other: { body: 'Ring twice.' },
  }),

  'v1.refunds.create': async (w, tenant) => ({
    caller: by(w, tenant),
    path: `/orders/${(await w.shipped(tenant)).id}/refunds`,
    input: { kind: 'amount', amount_minor: 100, reason: 'late' },
    other: { kind: 'amount', amount_minor: 200, reason: 'late' },
  }),

  'v1.shipments.create': async (w, tenant) => ({
    caller: by(w, tenant),
    path: `/orders/${(await w.allocated(tenant)).id}/shipments`,
    input: {},
    other: { node: 'MAIN' },
  }),

  'v1.shipments.addUpdate': async (w, tenant) => ({
    caller: by(w, tenant),
    path: `/shipments/${(await w.shipped(tenant)).shipmentId}/updates`,
    input: { status: 'IN_TRANSIT' },
    other: { status: 'DELIVERED' },
  }),

  'v1.products.create': async (w, tenant) => {
    const sku = `R-${newId()}`;
    return {
      caller: by(w, tenant),
      path: '/products',
      input: { sku, name: 'Blue mug', price: '12.50' },
      other: { sku, name: 'Blue mug', price: '13.50' },
    };
  },

  'v1.products.update': async (w, tenant) => {
    const code = `R-${newId()}`;
    await w.addSku(tenant, code);
    return {
      caller: by(w, tenant),
      path: `/products/${code}`,
      input: { version: 1, price: '13.50' },
      other: { version: 1, price: '14.50' },
    };
  },

  'v1.paymentGateways.set': async (w, tenant) => {
    await w.rest.db.ownerPool.query('UPDATE merchants SET payment_gateways = NULL WHERE id = $1', [w.rest[tenant].id]);
    return {
      caller: by(w, tenant),
      path: '/payment-gateways',
      input: { gateways: [{ gateway: 'card' }] },
      other: { gateways: [{ gateway: 'card', currencies: ['EUR'] }] },
    };
  },
  'v1.stock.setPolicy': async (w, tenant) => ({
    caller: by(w, tenant),
    path: '/stock/MUG-RED/backorder-policy',
    input: { kind: 'none', note: 'one' },
    other: { kind: 'none', note: 'two' },
  }),
  'v1.stock.adjust': async (w, tenant) => ({
    caller: by(w, tenant),
    path: '/stock/MUG-RED/adjustments',
    input: { node: 'MAIN', reason: 'received', delta: 3 },
    other: { node: 'MAIN', reason: 'received', delta: 4 },
  }),
};
