import { NODE_KINDS, type NodeTraits } from '../../domains/nodes/provider.ts';
import { type FulfilmentRequest, isOpen, overlap, type Recall, waitingUnits } from '../../domains/nodes/rules.ts';
import * as nodes from '../../domains/nodes/service.ts';
import type { UnitRange } from '../../kernel/units.ts';
import { orderOf, type World } from '../world.ts';

/** What can be done at a node of the order's merchant; undefined where the node is closed or not theirs. */
export function traitsAt(world: World, merchantId: string, nodeId: string | null): NodeTraits | undefined {
  const node = world.fulfilment.nodes.get(merchantId)?.find((candidate) => candidate.id === nodeId);
  return node && NODE_KINDS.get(node.kind)?.traits;
}

/** The open requests that some of these units wait for: a partner may send them at any moment. */
export function requestsFor(world: World, orderId: string, units: readonly UnitRange[]): FulfilmentRequest[] {
  const { spans } = orderOf(world, orderId);
  const open = nodes.ofOrder(world.requests, orderId).filter(isOpen);
  return open.filter((request) => overlap(waitingUnits(request, spans), units).length > 0);
}

/** Wants a request back. The first reason stays. */
export function recall(world: World, request: FulfilmentRequest, why: Recall): void {
  if (request.recall !== null || !isOpen(request)) return;
  request.recall = why;
  nodes.changed(world.requests, request);
}
