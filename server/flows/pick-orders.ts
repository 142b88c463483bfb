import { beingCancelled, isLive, planPick } from '../domains/picking/rules.ts';
import type { FinishPickingInput, StartPickingInput } from '../domains/picking/schema.ts';
import * as picking from '../domains/picking/service.ts';
import { DomainError } from '../kernel/errors.ts';
import { type UnitRange, unitsIn } from '../kernel/units.ts';
import type { Tx } from '../platform/db.ts';
import { audit } from '../platform/outbox.ts';
import type { Request, Verb } from '../platform/verb.ts';
import { cancelIntent } from './cancel-intent.ts';
import { lockWorld, orderOf, takeNumber, tell, type World, writeWorld } from './world.ts';

/**
 * Rounds through the warehouse: somebody goes for the units of several orders at one node, packs them, or puts them back. Under the
 * orders' locks no unit is on two lists at once. What cannot be picked is left out and said; only a round of nothing is refused.
 */
export interface LeftOut {
  readonly orderId: string;
  readonly why: string;
}

export interface StartedRound {
  readonly pickListId: string;
  readonly number: string;
  readonly orders: readonly string[];
  readonly units: number;
  readonly left: readonly LeftOut[];
}

export interface FinishedRound {
  readonly orders: readonly string[];
  readonly left: readonly LeftOut[];
}

interface PickingWorld extends World {
  readonly picking: picking.PickingState;
}

async function lock(
  tx: Tx,
  requests: readonly Request<{ readonly orderIds: readonly string[] }>[],
  lists: number,
): Promise<PickingWorld> {
  const { ctx } = requests[0] as Request<StartPickingInput>;
  const orderIds = requests.flatMap((request) => request.input.orderIds);
  const world = await lockWorld(tx, { orderIds, numbers: { pick_list: lists } }, ctx);
  return { ...world, picking: await picking.load(tx, orderIds) };
}

async function write(tx: Tx, world: PickingWorld): Promise<void> {
  await picking.write(tx, world.picking);
  await writeWorld(tx, world);
}

function start(world: PickingWorld, { input, ctx }: Request<StartPickingInput>): StartedRound {
  const { nodeId } = input;
  const found = [...new Set(input.orderIds)].map((orderId) => orderOf(world, orderId));
  const [first] = found;
  if (!first) throw new DomainError('invalid_request', 'Name at least one order.');
  // A node belongs to one merchant, so its round does.
  const { merchantId } = first.row;
  const chosen: { orderId: string; units: readonly UnitRange[] }[] = [];
  const left: LeftOut[] = [];
  for (const order of found) {
    const { id, number, holds } = order.row;
    const verdict = planPick(
      { number, holds, spans: order.spans, cancelling: cancelIntent(world, id) !== undefined },
      picking.ofOrder(world.picking, id),
      nodeId,
    );
    if (verdict.allowed) chosen.push({ orderId: id, units: verdict.units });
    else left.push({ orderId: id, why: verdict.why });
  }
  if (chosen.length === 0) throw new DomainError('state_refuses', left.map(({ why }) => why).join(' '));
  const number = takeNumber(world, 'pick_list');
  const pickListId = picking.addList(world.picking, { number, merchantId, nodeId, orders: chosen }, ctx);
  for (const { orderId, units } of chosen) {
    const data = { pickListId, pickListNumber: number, nodeId, units: unitsIn(units) };
    tell(world, orderOf(world, orderId), 'order.picking_started', data, ctx);
  }
  const orders = chosen.map(({ orderId }) => orderId);
  const after = { number, nodeId, orders };
  audit(world.outbox, { action: 'pick_list.created', entity: 'pick_list', entityId: pickListId, merchantId, after }, ctx);
  return { pickListId, number, orders, units: unitsIn(chosen.flatMap(({ units }) => units)), left };
}

const OUTCOMES = {
  packed: { event: 'order.packed', from: ['picking'], none: 'is not being picked at this node.' },
  released: { event: 'order.picking_stopped', from: ['picking', 'packed'], none: 'is on no pick list of this node.' },
} as const;

function finish(world: PickingWorld, { input, ctx }: Request<FinishPickingInput>): FinishedRound {
  const { nodeId, outcome } = input;
  const { event, from, none } = OUTCOMES[outcome];
  const orders: string[] = [];
  const left: LeftOut[] = [];
  const planned = [...new Set(input.orderIds)].map((orderId) => {
    const order = orderOf(world, orderId);
    const live = picking
      .ofOrder(world.picking, orderId)
      .filter((task) => task.nodeId === nodeId && from.some((status) => status === task.status) && isLive(task, order.spans));
    // Packing goes on to the label; what is put back may be cancelled in peace.
    const cancelling = outcome === 'packed' && cancelIntent(world, orderId) !== undefined;
    const { number } = order.row;
    return cancelling ? { order, live: [], why: beingCancelled(number) } : { order, live, why: `${number} ${none}` };
  });
  if (planned.every(({ live }) => live.length === 0))
    throw new DomainError('state_refuses', planned.map(({ why }) => why).join(' '));
  for (const { order, live, why } of planned) {
    const { id, merchantId } = order.row;
    if (live.length === 0) left.push({ orderId: id, why });
    for (const task of live) {
      const about = { pickListId: task.pickListId, pickListNumber: task.pickListNumber, nodeId };
      const before = { status: task.status };
      picking.changeStatus(world.picking, task, outcome, ctx);
      tell(world, order, event, about, ctx);
      const after = { ...about, status: outcome };
      audit(world.outbox, { action: event, entity: 'order', entityId: id, merchantId, before, after }, ctx);
    }
    if (live.length > 0) orders.push(id);
  }
  return { orders, left };
}

export const startPicking: Verb<StartPickingInput, PickingWorld, StartedRound> = {
  name: 'start-picking',
  lock: (tx, requests) => lock(tx, requests, requests.length),
  decide: start,
  write,
};
export const finishPicking: Verb<FinishPickingInput, PickingWorld, FinishedRound> = {
  name: 'finish-picking',
  lock: (tx, requests) => lock(tx, requests, 0),
  decide: finish,
  write,
};
