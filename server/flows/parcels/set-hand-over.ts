import type { SetHandOverInput } from '../../domains/fulfilment/schema.ts';
import * as fulfilment from '../../domains/fulfilment/service.ts';
import type { HandOver } from '../../kernel/vocabulary.ts';
import type { Tx } from '../../platform/db.ts';
import { audit } from '../../platform/outbox.ts';
import { sagasOf } from '../../platform/saga-rows.ts';
import type { Request, Verb } from '../../platform/verb.ts';
import { lockWorld, type World, wake, writeWorld } from '../world.ts';

/**
 * Says how a node's parcels leave. What waits there looks again in the same transaction: whoever dies afterwards has left nothing waiting for
 * a manifest that nobody will close.
 */
export interface ChangedHandOver {
  readonly nodeId: string;
  readonly handOver: HandOver;
}

interface HandOverWorld extends World {
  readonly changes: SetHandOverInput[];
  readonly nodes: Awaited<ReturnType<typeof fulfilment.findHandOvers>>;
  /** By node: the orders of parcels that wait there with their labels. */
  readonly waiting: ReadonlyMap<string, ReadonlySet<string>>;
}

/** What waits beyond these looks by itself. */
const MOST_WOKEN = 1_000;

async function lock(tx: Tx, requests: readonly Request<SetHandOverInput>[]): Promise<HandOverWorld> {
  const { ctx } = requests[0] as Request<SetHandOverInput>;
  const nodeIds = [...new Set(requests.map((request) => request.input.nodeId))];
  const nodes = await fulfilment.findHandOvers(tx, nodeIds);
  const waiting = new Map<string, ReadonlySet<string>>();
  for (const nodeId of nodeIds)
    waiting.set(nodeId, new Set((await fulfilment.findLabelled(tx, nodeId, 'parcel', MOST_WOKEN)).map((one) => one.orderId)));
  const orderIds = [...new Set([...waiting.values()].flatMap((ids) => [...ids]))];
  return { ...(await lockWorld(tx, { orderIds }, ctx)), changes: [], nodes, waiting };
}

function decide(world: HandOverWorld, { input, ctx }: Request<SetHandOverInput>): ChangedHandOver {
  const node = world.nodes.get(input.nodeId);
  world.changes.push(input);
  world.applied++;
  for (const orderId of world.waiting.get(input.nodeId) ?? [])
    for (const saga of sagasOf(world.sagas, orderId)) wake(world, saga, ctx);
  audit(
    world.outbox,
    {
      action: 'node.hand_over_changed',
      entity: 'node',
      entityId: input.nodeId,
      merchantId: node?.merchantId ?? null,
      before: { handOver: node?.handOver },
      after: { handOver: input.handOver },
    },
    ctx,
  );
  return input;
}

export const setHandOver: Verb<SetHandOverInput, HandOverWorld, ChangedHandOver> = {
  name: 'set-hand-over',
  lock,
  decide,
  async write(tx, world) {
    // Configuration: a single row each, changed in one statement.
    for (const { nodeId, handOver } of world.changes) await fulfilment.updateHandOver(tx, nodeId, handOver);
    await writeWorld(tx, world);
  },
};
