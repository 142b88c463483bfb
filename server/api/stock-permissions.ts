import type { PermissionRow } from './permissions.ts';

const STAFF = {
  agent: 'all',
  warehouse: 'all',
  fraud_analyst: 'all',
  finance: 'all',
  admin: 'all',
} as const;
const CATALOGUERS = { admin: 'all', merchant: 'own' } as const satisfies PermissionRow['allow'];
const ORDER_READERS = { ...STAFF, merchant: 'own' } as const satisfies PermissionRow['allow'];
const SHIPPERS = { warehouse: 'all', admin: 'all', merchant: 'own' } as const satisfies PermissionRow['allow'];

/** The rows of stock: what there is, what is bought, moved and counted, and what may be promised of it. */
export const STOCK_PERMISSIONS = {
  'stock.levels': { allow: ORDER_READERS },
  'stock.get': { allow: ORDER_READERS },
  'stock.days': { allow: ORDER_READERS },
  'stock.inbound': { allow: ORDER_READERS },
  'stock.movements': { allow: ORDER_READERS },
  'purchaseOrders.list': { allow: ORDER_READERS },
  'purchaseOrders.get': { allow: ORDER_READERS },
  'stock.history': { allow: ORDER_READERS },
  'stock.lots': { allow: ORDER_READERS },
  'transfers.list': { allow: ORDER_READERS },
  'transfers.get': { allow: ORDER_READERS },
  'counts.list': { allow: ORDER_READERS },
  'counts.get': { allow: ORDER_READERS },
  'counts.bins': { allow: ORDER_READERS },
  'stock.nodes': { allow: ORDER_READERS },
  'stock.previewAdjust': { allow: SHIPPERS },
  'stock.adjust': { allow: SHIPPERS },
  'promises.get': { allow: ORDER_READERS },
  'promises.holders': { allow: ORDER_READERS },
  'promises.setSafety': { allow: SHIPPERS },
  'promises.setChannel': { allow: SHIPPERS },
  'stockPolicies.get': { allow: ORDER_READERS },
  'stockPolicies.save': { allow: CATALOGUERS },
  'purchaseOrders.create': { allow: SHIPPERS },
  'purchaseOrders.edit': { allow: SHIPPERS },
  'purchaseOrders.move': { allow: SHIPPERS },
  'purchaseOrders.receive': { allow: SHIPPERS },
  'stock.adjustRows': { allow: SHIPPERS },
  'stock.trackLots': { allow: CATALOGUERS },
  'transfers.create': { allow: SHIPPERS },
  'transfers.send': { allow: SHIPPERS },
  'transfers.receive': { allow: SHIPPERS },
  'transfers.cancel': { allow: SHIPPERS },
  'counts.create': { allow: SHIPPERS },
  'counts.record': { allow: SHIPPERS },
  'counts.end': { allow: SHIPPERS },
  'stockFiles.preview': { allow: SHIPPERS },
  'stockFiles.carryOut': { allow: SHIPPERS },
  'replenishment.alerts': { allow: ORDER_READERS },
  'replenishment.expiring': { allow: ORDER_READERS },
  'replenishment.attention': { allow: ORDER_READERS },
  'replenishment.points': { allow: ORDER_READERS },
  'replenishment.setPoints': { allow: SHIPPERS },
} as const satisfies Record<string, PermissionRow>;
