import type { Sample } from './samples.ts';

const NIL = '00000000-0000-7000-8000-000000000000';

/** Samples of what is done with goods before anybody orders them. */
export const STOCK_SAMPLES = {
  'purchaseOrders.list': {
    input: () => ({}),
    foreign: [(world) => ({ nodeId: world.nodes[0] }), (world) => ({ skuId: world.skus[0] })],
    nothing: true,
  },
  'purchaseOrders.get': { input: () => ({ number: NIL }), foreign: [(world) => ({ number: world.northPurchaseOrder })] },
  'purchaseOrders.inbound': {
    input: (world) => ({ skuId: world.skus[1] }),
    foreign: [(world) => ({ skuId: world.skus[0] })],
    nothing: true,
  },
  'purchaseOrders.create': {
    input: (world) => ({
      merchantId: world.merchants[1],
      nodeId: world.nodes[1],
      supplier: 'Maker',
      lines: [{ skuId: world.skus[1], quantity: 1 }],
    }),
    foreign: [
      (world) => ({
        merchantId: world.merchants[0],
        nodeId: world.nodes[0],
        supplier: 'Maker',
        lines: [{ skuId: world.skus[0], quantity: 1 }],
      }),
      (world) => ({
        merchantId: world.merchants[1],
        nodeId: world.nodes[0],
        supplier: 'Maker',
        lines: [{ skuId: world.skus[1], quantity: 1 }],
      }),
    ],
  },
  'purchaseOrders.edit': {
    input: () => ({ purchaseOrderId: NIL, version: 1, note: 'Call first' }),
    foreign: [(world) => ({ purchaseOrderId: world.northPurchaseOrder, version: 1, note: 'Mine now' })],
  },
  'purchaseOrders.move': {
    input: () => ({ purchaseOrderId: NIL, step: 'order' }),
    foreign: [(world) => ({ purchaseOrderId: world.northPurchaseOrder, step: 'cancel' })],
  },
  'purchaseOrders.receive': {
    input: () => ({ purchaseOrderId: NIL, lines: [{ lineId: NIL, received: 1 }] }),
    foreign: [(world) => ({ purchaseOrderId: world.northPurchaseOrder, lines: [{ lineId: NIL, received: 1 }] })],
  },
  'stockPolicies.get': {
    input: (world) => ({ merchantId: world.merchants[1] }),
    foreign: [(world) => ({ merchantId: world.merchants[0] })],
  },
  'stockPolicies.save': {
    input: (world) => ({
      merchantId: world.merchants[1],
      version: 0,
      overReceiptPercent: 5,
      countLimitUnits: null,
      expiryWarningDays: 30,
    }),
    foreign: [
      (world) => ({
        merchantId: world.merchants[0],
        version: 0,
        overReceiptPercent: 5,
        countLimitUnits: null,
        expiryWarningDays: 30,
      }),
    ],
  },
} as const satisfies Readonly<Record<string, Sample>>;
