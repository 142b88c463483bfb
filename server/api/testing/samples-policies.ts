import type { ProcedurePath } from '../root.ts';
import type { Sample } from './samples.ts';

type PolicyPath = Extract<ProcedurePath, `policies.${string}` | 'orders.capture'>;

const change = { kind: 'capture', terms: { when: 'manual' }, seenVersion: 0 };

export const POLICY_SAMPLES: Readonly<Record<PolicyPath, Sample>> = {
  'orders.capture': {
    input: (world) => ({ orderId: world.orders[1] }),
    foreign: [(world) => ({ orderId: world.orders[0] })],
  },
  'policies.merchants': {},
  'policies.get': {
    input: (world) => ({ merchantId: world.merchants[1] }),
    foreign: [(world) => ({ merchantId: world.merchants[0] })],
  },
  'policies.save': {
    input: (world) => ({ merchantId: world.merchants[1], ...change }),
    foreign: [(world) => ({ merchantId: world.merchants[0], ...change })],
  },
};
