interface Named {
  readonly purchaseOrder: string;
  readonly purchaseNumber: string;
  readonly stockTransfer: string;
  readonly stockCount: string;
}

interface Call {
  readonly path: (north: Named) => string;
  readonly body?: (north: Named) => unknown;
  /** A filter: answered with nothing in it instead of 404. */
  readonly nothing?: true;
}

/** One way and more to name manifests, purchase orders, transfers, counts, lots and alerts of another merchant: a part of the matrix in rest-permissions.test.ts. */
export const FOREIGN_STOCK_WORK = {
  'v1.manifests.list': [],
  'v1.manifests.get': [{ path: () => '/manifests/EU-M99999' }],
  'v1.manifests.create': [{ path: () => '/manifests', body: () => ({ node: 'NORTH-NODE' }) }],
  'v1.manifests.handOver': [{ path: () => '/manifests/EU-M99999/hand-over', body: () => ({}) }],
  'v1.purchaseOrders.list': [{ path: () => '/purchase-orders?q=North', nothing: true }],
  'v1.purchaseOrders.get': [
    { path: (n) => `/purchase-orders/${n.purchaseOrder}` },
    { path: (n) => `/purchase-orders/${n.purchaseNumber}` },
  ],
  'v1.purchaseOrders.create': [
    {
      path: () => '/purchase-orders',
      body: () => ({ node: 'NORTH-NODE', supplier: 'Mine', lines: [{ sku: 'MUG-RED', quantity: 1 }] }),
    },
  ],
  'v1.purchaseOrders.update': [
    { path: (n) => `/purchase-orders/${n.purchaseOrder}`, body: () => ({ version: 1, note: 'Mine' }) },
  ],
  'v1.purchaseOrders.move': [{ path: (n) => `/purchase-orders/${n.purchaseOrder}/steps`, body: () => ({ step: 'CANCEL' }) }],
  'v1.purchaseOrders.receive': [
    { path: (n) => `/purchase-orders/${n.purchaseOrder}/receipts`, body: () => ({ lines: [{ sku: 'MUG-RED', received: 1 }] }) },
  ],
  'v1.stockTransfers.list': [{ path: () => '/stock-transfers?node=NORTH-NODE' }],
  'v1.stockTransfers.get': [{ path: (n) => `/stock-transfers/${n.stockTransfer}` }],
  'v1.stockTransfers.create': [
    {
      path: () => '/stock-transfers',
      body: () => ({ from: 'MAIN', to: 'NORTH-NODE', lines: [{ sku: 'MUG-RED', quantity: 1 }] }),
    },
  ],
  'v1.stockTransfers.dispatch': [{ path: (n) => `/stock-transfers/${n.stockTransfer}/dispatch`, body: () => ({}) }],
  'v1.stockTransfers.receive': [
    { path: (n) => `/stock-transfers/${n.stockTransfer}/receipts`, body: () => ({ lines: [{ sku: 'MUG-RED', received: 1 }] }) },
  ],
  'v1.stockTransfers.cancel': [{ path: (n) => `/stock-transfers/${n.stockTransfer}/cancel`, body: () => ({}) }],
  'v1.stockCounts.list': [{ path: () => '/stock-counts?node=NORTH-NODE' }],
  'v1.stockCounts.get': [{ path: (n) => `/stock-counts/${n.stockCount}` }],
  'v1.stockCounts.create': [{ path: () => '/stock-counts', body: () => ({ node: 'NORTH-NODE' }) }],
  'v1.stockCounts.record': [
    { path: (n) => `/stock-counts/${n.stockCount}/figures`, body: () => ({ lines: [{ sku: 'MUG-RED', counted: 1 }] }) },
  ],
  'v1.stockCounts.finish': [{ path: (n) => `/stock-counts/${n.stockCount}/finish`, body: () => ({ outcome: 'CANCEL' }) }],
  'v1.stockAlerts.list': [{ path: () => '/stock-alerts?node=NORTH-NODE' }],
  'v1.stockAlerts.expiring': [{ path: () => '/stock-lots/expiring?node=NORTH-NODE' }],
  'v1.stockAlerts.lots': [{ path: () => '/stock/NORTH-ONLY/lots' }],
  'v1.stockAlerts.points': [{ path: () => '/stock/NORTH-ONLY/reorder-points' }],
  'v1.stockAlerts.setPoints': [
    { path: () => '/reorder-points', body: () => ({ rows: [{ sku: 'MUG-RED', node: 'NORTH-NODE', point: 1, quantity: 1 }] }) },
  ],
} as const satisfies Readonly<Record<string, readonly Call[]>>;
