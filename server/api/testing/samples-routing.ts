import { DEFAULT_FACTS, DEFAULT_RULES } from '../../domains/routing/rules.ts';
import type { Sample, SampleWorld } from './samples.ts';

const NIL = '00000000-0000-7000-8000-000000000000';
const settings = (world: SampleWorld, at: 0 | 1, node: 0 | 1 = at) => ({
  ...DEFAULT_FACTS,
  merchantId: world.merchants[at],
  nodeId: world.nodes[node],
  priority: 5,
  version: 0,
});
const draft = (merchantId: string | undefined) => ({ merchantId, content: DEFAULT_RULES, version: 0 });
const end = (merchantId: string | undefined) => ({ merchantId, version: 0, reason: 'Better' });
const replay = (merchantId: string | undefined) => ({ merchantId, lastOrders: 10, version: 0 });
const reroute = (world: SampleWorld, at: 0 | 1) => ({ orderId: world.orders[at], nodeId: world.nodes[at], reason: 'shortage' });

/** Where orders are sent from: one sample per procedure. */
export const ROUTING_SAMPLES = {
  'nodes.list': {},
  'nodes.get': { input: (world) => ({ id: world.nodes[1] }), foreign: [(world) => ({ id: world.nodes[0] })] },
  'nodes.work': { input: (world) => ({ id: world.nodes[1] }), foreign: [(world) => ({ id: world.nodes[0] })] },
  'nodes.save': {
    input: (world) => settings(world, 1),
    foreign: [(world) => settings(world, 0), (world) => settings(world, 1, 0)],
  },
  'routing.rules': {
    input: (world) => ({ merchantId: world.merchants[1] }),
    foreign: [(world) => ({ merchantId: world.merchants[0] })],
  },
  'routing.simulation': { input: () => ({ id: NIL }), foreign: [(world) => ({ id: world.northSimulation })] },
  'routing.decisions': {
    input: (world) => ({ orderId: world.orders[1] }),
    foreign: [(world) => ({ orderId: world.orders[0] })],
    nothing: true,
  },
  'routing.saveDraft': { input: (world) => draft(world.merchants[1]), foreign: [(world) => draft(world.merchants[0])] },
  'routing.promote': { input: (world) => end(world.merchants[1]), foreign: [(world) => end(world.merchants[0])] },
  'routing.discard': { input: (world) => end(world.merchants[1]), foreign: [(world) => end(world.merchants[0])] },
  'routing.simulate': { input: (world) => replay(world.merchants[1]), foreign: [(world) => replay(world.merchants[0])] },
  'routing.previewReroute': { input: (world) => reroute(world, 1), foreign: [(world) => reroute(world, 0)] },
  'routing.reroute': { input: (world) => reroute(world, 1), foreign: [(world) => reroute(world, 0)] },
} as const satisfies Readonly<Record<string, Sample>>;
