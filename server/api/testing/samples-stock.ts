import type { Sample } from './samples.ts';
import { CHANNEL_SAMPLES } from './samples-channels.ts';

const NIL = '00000000-0000-7000-8000-000000000000';

/** Samples of what is done with goods before anybody orders them. */
export const STOCK_SAMPLES = {
  ...CHANNEL_SAMPLES,
  'promises.get': {
    input: () => ({ code: 'MUG-RED' }),
    foreign: [() => ({ code: 'TENT-2' }), (world) => ({ code: 'TENT-2', merchantId: world.merchants[0] })],
  },
  'promises.holders': {
    input: (world) => ({ skuId: world.skus[1] }),
    foreign: [(world) => ({ skuId: world.skus[0] })],
    nothing: true,
  },
  'promises.setSafety': {
    input: (world) => ({ merchantId: world.merchants[1], skuId: world.skus[1], nodeId: world.nodes[1], safety: 0 }),
    foreign: [
      (world) => ({ merchantId: world.merchants[0], skuId: world.skus[0], nodeId: world.nodes[0], safety: 1 }),
      (world) => ({ merchantId: world.merchants[1], skuId: world.skus[1], nodeId: world.nodes[0], safety: 1 }),
      (world) => ({ merchantId: world.merchants[1], skuId: world.skus[0], nodeId: world.nodes[1], safety: 1 }),
    ],
  },
  'promises.setChannel': {
    input: (world) => ({ merchantId: world.merchants[1], skuId: world.skus[1], channel: 'import', buffer: 0, cap: null }),
    foreign: [
      (world) => ({ merchantId: world.merchants[0], skuId: world.skus[0], channel: 'import', buffer: 1, cap: null }),
      (world) => ({ merchantId: world.merchants[1], skuId: world.skus[0], channel: 'import', buffer: 1, cap: null }),
      (world) => ({ merchantId: world.merchants[0], skuId: world.skus[1], channel: 'import', buffer: 1, cap: null }),
    ],
  },
  'purchaseOrders.list': {
    input: () => ({}),
    foreign: [(world) => ({ nodeId: world.nodes[0] }), (world) => ({ skuId: world.skus[0] })],
    nothing: true,
  },
  'purchaseOrders.get': { input: () => ({ number: NIL }), foreign: [(world) => ({ number: world.northPurchaseOrder })] },
  'stock.inbound': {
    input: (world) => ({ skuId: world.skus[1] }),
    foreign: [(world) => ({ skuId: world.skus[0] })],
    nothing: true,
  },
  'stock.channels': {
    input: (world) => ({ skuId: world.skus[1] }),
    foreign: [(world) => ({ skuId: world.skus[0] })],
    nothing: true,
  },
  'stock.days': {
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
  'stockPolicies.list': {},
  'stockPolicies.preview': {
    input: (world) => ({ merchantId: world.merchants[1], expiryWarningDays: 30, countLimitUnits: 5 }),
    foreign: [(world) => ({ merchantId: world.merchants[0], expiryWarningDays: 30, countLimitUnits: null })],
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
  'goods.places': {},
  'goods.find': {
    input: (world) => ({ nodeId: world.nodes[1], codes: ['TENT-2'] }),
    foreign: [(world) => ({ nodeId: world.nodes[0], codes: ['TENT-2'] })],
    nothing: true,
  },
  'stock.lots': {
    input: (world) => ({ skuId: world.skus[1] }),
    foreign: [(world) => ({ skuId: world.skus[0] })],
    nothing: true,
  },
  'stock.trackLots': {
    input: (world) => ({ skuId: world.skus[1] }),
    foreign: [(world) => ({ skuId: world.skus[0] })],
  },
  'stock.history': {
    input: () => ({}),
    foreign: [(world) => ({ nodeId: world.nodes[0] }), (world) => ({ skuId: world.skus[0] })],
    nothing: true,
  },
  'stock.adjustRows': {
    input: (world) => ({
      merchantId: world.merchants[1],
      mode: 'all',
      rows: [{ skuId: world.skus[1], nodeId: world.nodes[1], delta: 1, reason: 'found' }],
    }),
    foreign: [
      (world) => ({
        merchantId: world.merchants[0],
        mode: 'all',
        rows: [{ skuId: world.skus[0], nodeId: world.nodes[0], delta: 1, reason: 'found' }],
      }),
    ],
  },
  'transfers.list': { input: () => ({}), foreign: [(world) => ({ nodeId: world.nodes[0] })], nothing: true },
  'transfers.get': { input: () => ({ number: NIL }), foreign: [(world) => ({ number: world.northTransferOfStock })] },
  'transfers.create': {
    input: (world) => ({
      merchantId: world.merchants[1],
      fromNodeId: world.nodes[1],
      toNodeId: world.nodes[1],
      lines: [{ skuId: world.skus[1], quantity: 1 }],
    }),
    foreign: [
      (world) => ({
        merchantId: world.merchants[0],
        fromNodeId: world.nodes[1],
        toNodeId: world.nodes[1],
        lines: [{ skuId: world.skus[1], quantity: 1 }],
      }),
      (world) => ({
        merchantId: world.merchants[1],
        fromNodeId: world.nodes[0],
        toNodeId: world.nodes[1],
        lines: [{ skuId: world.skus[1], quantity: 1 }],
      }),
    ],
  },
  'transfers.send': {
    input: () => ({ transferId: NIL }),
    foreign: [(world) => ({ transferId: world.northTransferOfStock })],
  },
  'transfers.receive': {
    input: () => ({ transferId: NIL, lines: [{ lineId: NIL, received: 1 }] }),
    foreign: [(world) => ({ transferId: world.northTransferOfStock, lines: [{ lineId: NIL, received: 1 }] })],
  },
  'transfers.cancel': {
    input: () => ({ transferId: NIL }),
    foreign: [(world) => ({ transferId: world.northTransferOfStock })],
  },
  'counts.list': { input: () => ({}), foreign: [(world) => ({ nodeId: world.nodes[0] })], nothing: true },
  'counts.get': { input: () => ({ number: NIL }), foreign: [(world) => ({ number: world.northCount })] },
  'counts.bins': {
    input: (world) => ({ nodeId: world.nodes[1] }),
    foreign: [(world) => ({ nodeId: world.nodes[0] })],
    nothing: true,
  },
  'counts.create': {
    input: (world) => ({ merchantId: world.merchants[1], nodeId: world.nodes[1], blind: true, choice: { by: 'all' } }),
    foreign: [
      (world) => ({ merchantId: world.merchants[0], nodeId: world.nodes[0], blind: true, choice: { by: 'all' } }),
      (world) => ({ merchantId: world.merchants[1], nodeId: world.nodes[0], blind: true, choice: { by: 'all' } }),
    ],
  },
  'counts.record': {
    input: () => ({ countId: NIL, lines: [{ lineId: NIL, counted: 1 }] }),
    foreign: [(world) => ({ countId: world.northCount, lines: [{ lineId: NIL, counted: 1 }] })],
  },
  'stockFiles.preview': {
    input: (world) => ({ kind: 'levels', merchantId: world.merchants[1], csv: 'sku,node,bin\nTENT-2,MAIN,A-1' }),
    foreign: [
      (world) => ({ kind: 'levels', merchantId: world.merchants[0], csv: 'sku,node,bin\nTENT-2,MAIN,A-1' }),
      (world) => ({
        kind: 'purchase_orders',
        merchantId: world.merchants[0],
        csv: 'supplier,node,sku,quantity\nA,MAIN,TENT-2,1',
      }),
      (world) => ({ kind: 'count', countId: world.northCount, csv: 'sku,counted\nTENT-2,1' }),
      (world) => ({ kind: 'receipt', purchaseOrderId: world.northPurchaseOrder, csv: 'sku,received\nTENT-2,1' }),
    ],
  },
  'stockFiles.carryOut': {
    input: (world) => ({
      kind: 'levels',
      merchantId: world.merchants[1],
      mode: 'accepted',
      csv: 'sku,node,bin\nTENT-2,MAIN,A-1',
    }),
    foreign: [
      (world) => ({ kind: 'levels', merchantId: world.merchants[0], csv: 'sku,node,bin\nTENT-2,MAIN,A-1' }),
      (world) => ({
        kind: 'purchase_orders',
        merchantId: world.merchants[0],
        csv: 'supplier,node,sku,quantity\nA,MAIN,TENT-2,1',
      }),
      (world) => ({ kind: 'count', countId: world.northCount, csv: 'sku,counted\nTENT-2,1' }),
      (world) => ({ kind: 'receipt', purchaseOrderId: world.northPurchaseOrder, csv: 'sku,received\nTENT-2,1' }),
    ],
  },
  'replenishment.alerts': {
    input: () => ({}),
    foreign: [(world) => ({ nodeId: world.nodes[0] }), (world) => ({ skuId: world.skus[0] })],
    nothing: true,
  },
  'replenishment.expiring': { input: () => ({}), foreign: [(world) => ({ nodeId: world.nodes[0] })], nothing: true },
  'replenishment.attention': {},
  'replenishment.points': {
    input: (world) => ({ skuId: world.skus[1] }),
    foreign: [(world) => ({ skuId: world.skus[0] })],
    nothing: true,
  },
  'replenishment.setPoints': {
    input: (world) => ({
      merchantId: world.merchants[1],
      rows: [{ skuId: world.skus[1], nodeId: null, rule: { point: 1, quantity: 5 } }],
    }),
    foreign: [
      (world) => ({ merchantId: world.merchants[0], rows: [{ skuId: world.skus[0], nodeId: null, rule: null }] }),
      (world) => ({ merchantId: world.merchants[1], rows: [{ skuId: world.skus[0], nodeId: null, rule: null }] }),
      (world) => ({ merchantId: world.merchants[1], rows: [{ skuId: world.skus[1], nodeId: world.nodes[0], rule: null }] }),
    ],
  },
  'counts.end': {
    input: () => ({ countId: NIL, outcome: 'finish' }),
    foreign: [(world) => ({ countId: world.northCount, outcome: 'cancel' })],
  },
} as const satisfies Readonly<Record<string, Sample>>;
