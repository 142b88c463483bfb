import type { ProcedurePath } from '../root.ts';
import type { Sample } from './samples.ts';

const NIL = '00000000-0000-7000-8000-000000000000';
const JPEG = '/9j/4AABAgM=';

const terms = {
  windowDays: 30,
  sendWithinDays: 14,
  restockingBps: 0,
  labelPayer: 'merchant',
  labelFeeMinor: 0,
  destination: 'choice',
  exchanges: true,
  autoApprove: false,
  finalSale: [],
  seenVersion: 0,
};

type ReturnPath = Extract<ProcedurePath, `returns.${string}`>;

/** Returns: North's is of the order that its customer placed. */
export const RETURN_SAMPLES: Readonly<Record<ReturnPath, Sample>> = {
  'returns.list': { input: () => ({}) },
  'returns.ofOrder': { input: (world) => ({ orderId: world.orders[1] }), foreign: [(world) => ({ orderId: world.orders[0] })] },
  'returns.get': { input: () => ({ number: 'A-NONE' }), foreign: [() => ({ number: 'EU-A501' })] },
  'returns.photo': { input: () => ({ id: NIL }), foreign: [(world) => ({ id: world.northReturn })] },
  'returns.offer': { input: (world) => ({ orderId: world.orders[1] }), foreign: [(world) => ({ orderId: world.orders[0] })] },
  'returns.request': {
    input: (world) => ({ orderId: world.orders[1], lines: [{ lineId: NIL, quantity: 1, reason: 'other' }] }),
    foreign: [(world) => ({ orderId: world.orders[0], lines: [{ lineId: NIL, quantity: 1, reason: 'other' }] })],
  },
  'returns.addPhoto': {
    input: () => ({ returnId: NIL, contentType: 'image/jpeg', data: JPEG }),
    foreign: [(world) => ({ returnId: world.northReturn, contentType: 'image/jpeg', data: JPEG })],
  },
  'returns.approve': {
    input: () => ({ returnId: NIL }),
    foreign: [(world) => ({ returnId: world.northReturn })],
  },
  'returns.decline': {
    input: () => ({ returnId: NIL, reason: 'Worn' }),
    foreign: [(world) => ({ returnId: world.northReturn, reason: 'Worn' })],
  },
  'returns.cancel': {
    input: () => ({ returnId: NIL }),
    foreign: [(world) => ({ returnId: world.northReturn })],
  },
  'returns.previewSettle': {
    input: () => ({ returnId: NIL }),
    foreign: [(world) => ({ returnId: world.northReturn })],
  },
  'returns.settle': {
    input: () => ({ returnId: NIL }),
    foreign: [(world) => ({ returnId: world.northReturn })],
  },
  'returns.close': {
    input: () => ({ returnId: NIL }),
    foreign: [(world) => ({ returnId: world.northReturn })],
  },
  'returns.receive': {
    input: (world) => ({ returnId: NIL, nodeId: world.nodes[1] }),
    foreign: [(world) => ({ returnId: world.northReturn, nodeId: world.nodes[1] })],
  },
  'returns.inspect': {
    input: () => ({ returnId: NIL, lines: [{ lineId: NIL, quantity: 1, verdict: 'accept' }] }),
    foreign: [(world) => ({ returnId: world.northReturn, lines: [{ lineId: NIL, quantity: 1, verdict: 'accept' }] })],
  },
  'returns.policy': {
    input: (world) => ({ merchantId: world.merchants[1] }),
    foreign: [(world) => ({ merchantId: world.merchants[0] })],
  },
  'returns.savePolicy': {
    input: (world) => ({ merchantId: world.merchants[1], ...terms }),
    foreign: [(world) => ({ merchantId: world.merchants[0], ...terms })],
  },
};
