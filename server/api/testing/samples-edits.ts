import type { ProcedurePath } from '../root.ts';
import type { Sample } from './samples.ts';

type EditPath = Extract<ProcedurePath, `edits.${string}`>;
const changes = [{ change: 'add', sku: 'NOTHING', quantity: 1 }];

/** Edits of orders: South's customer placed the second, North's the first. */
export const EDIT_SAMPLES: Readonly<Record<EditPath, Sample>> = {
  'edits.preview': {
    input: (world) => ({ orderId: world.orders[1], changes }),
    foreign: [(world) => ({ orderId: world.orders[0], changes })],
  },
  'edits.edit': {
    input: (world) => ({ orderId: world.orders[1], changes }),
    foreign: [(world) => ({ orderId: world.orders[0], changes })],
  },
  'edits.withdraw': { input: (world) => ({ orderId: world.orders[1] }), foreign: [(world) => ({ orderId: world.orders[0] })] },
  'edits.ofOrder': { input: (world) => ({ orderId: world.orders[1] }), foreign: [(world) => ({ orderId: world.orders[0] })] },
  'edits.deliveries': { input: (world) => ({ orderId: world.orders[1] }), foreign: [(world) => ({ orderId: world.orders[0] })] },
};
