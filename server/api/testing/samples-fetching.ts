import type { Sample } from './samples.ts';

/** Samples of orders that customers fetch, and of what partners are asked to send. */
export const FETCHING_SAMPLES = {
  'pickups.list': { input: () => ({}), foreign: [(world) => ({ nodeId: world.nodes[0] })], nothing: true },
  'pickups.counters': {},
  'pickups.find': { input: () => ({ shown: 'NOBODY' }), foreign: [() => ({ shown: 'EU-1001' })] },
  'pickups.makeReady': {
    input: (world) => ({ orderId: world.orders[1] }),
    foreign: [(world) => ({ orderId: world.orders[0] })],
  },
  'pickups.handOver': {
    input: (world) => ({ orderId: world.orders[1], shown: 'EU-1002' }),
    foreign: [(world) => ({ orderId: world.orders[0], shown: 'EU-1001' })],
  },
  'partners.list': { input: () => ({}) },
} as const satisfies Record<string, Sample>;
