import type { PermissionRow } from '../permissions.ts';

const key = (scope: NonNullable<PermissionRow['scope']>) => ({ allow: {}, scope }) as const satisfies PermissionRow;

/** The permission matrix of the REST API: callable by API keys with the scope, and by nobody else. One row per operation. */
export const REST_PERMISSIONS = {
  'v1.merchant.get': { allow: {}, anyKey: true },
  'v1.quotes.create': key('orders:write'),
  'v1.quotes.get': key('orders:read'),
  'v1.orders.create': key('orders:write'),
  'v1.orders.list': key('orders:read'),
  'v1.orders.get': key('orders:read'),
  'v1.orders.update': key('orders:write'),
  'v1.orders.previewCancel': key('orders:write'),
  'v1.orders.cancel': key('orders:write'),
  'v1.orders.addNote': key('orders:write'),
  'v1.orders.notes': key('orders:read'),
  'v1.refunds.preview': key('refunds:write'),
  'v1.refunds.create': key('refunds:write'),
  'v1.refunds.ofOrder': key('orders:read'),
  'v1.refunds.get': key('orders:read'),
  'v1.shipments.preview': key('shipments:write'),
  'v1.shipments.create': key('shipments:write'),
  'v1.shipments.ofOrder': key('orders:read'),
  'v1.shipments.list': key('orders:read'),
  'v1.shipments.get': key('orders:read'),
  'v1.shipments.addUpdate': key('shipments:write'),
  'v1.products.list': key('catalog:read'),
  'v1.products.get': key('catalog:read'),
  'v1.products.create': key('catalog:write'),
  'v1.products.update': key('catalog:write'),
  'v1.stock.list': key('stock:read'),
  'v1.stock.get': key('stock:read'),
  'v1.stock.adjust': key('stock:write'),
  'v1.customers.list': key('customers:read'),
  'v1.customers.get': key('customers:read'),
  'v1.ledger.balance': key('ledger:read'),
  'v1.events.list': key('orders:read'),
} as const satisfies Record<string, PermissionRow>;
