import { movement, type Pick, planAllocation } from '../domains/inventory/rules.ts';
import * as inventory from '../domains/inventory/service.ts';
import * as orders from '../domains/orders/service.ts';
import { type Answer, answerOf, type RoutedPick } from '../domains/routing/explain.ts';
import { modelOf, type Piece, type Question } from '../domains/routing/model.ts';
import * as routing from '../domains/routing/service.ts';
import { solveGreedily } from '../domains/routing/solver-board.ts';
import type { Ctx } from '../kernel/context.ts';
import { UNDO_WINDOW_MS } from '../kernel/undo.ts';
import { unitsIn } from '../kernel/units.ts';
import { next, remote, type Saga, type StepResult } from '../platform/saga.ts';
import { renewIfLapsed } from './backorders/start-renewal.ts';
import { cancelIntent } from './cancel-intent.ts';
import { shipServices } from './create-shipment.ts';
import type { Outside } from './outside.ts';
import { askPartners } from './partners/ask-partners.ts';
import { isSound } from './routing/check-plan.ts';
import { decisionOf, digestOf } from './routing/decision.ts';
import { isWaiting, openPieces, questionOf, sketchOf } from './routing/question.ts';
import type { Routed, Sketch } from './routing/router.ts';
import { orderOf, settleOrder, tell, type World } from './world.ts';

/**
 * Gives an order's units to nodes. Where nothing was said about nodes, the first that has everything sends it, decided in the lane as it
 * always was. Otherwise the plan is made outside of every transaction, in a thread of its own, and checked here under the lock: it is
 * taken if the shelves and the nodes' days still allow it, and made anew at once if the world has moved.
 */

/** Unallocated units are looked for again after this; a receipt of stock wakes the saga sooner. */
const ALLOCATION_RETRY_MS = 60_000;
/** Nodes that have had enough for today, or are closed, are asked again after this. */
const CLOSED_RETRY_MS = 900_000;
/** Units that are not here yet may take months; whatever brings them wakes the saga. */
const ARRIVAL_RETRY_MS = 6 * 3_600_000;
/** A held order waits for its release, which wakes the saga. */
const HOLD_RETRY_MS = 3_600_000;

const later = (ctx: Ctx, ms: number): StepResult => ({ kind: 'wait', until: new Date(ctx.now.getTime() + ms) });

/** A node's picks together: an order of hundreds of lines is gone through once, not once per line. */
function byNode(picks: readonly (Pick | RoutedPick)[]): Map<string, (Pick | RoutedPick)[]> {
  return Map.groupBy(picks, (pick) => pick.nodeId);
}

/** Why an order is not given to nodes now; null where it is. */
function unready(world: World, order: orders.Order, ctx: Ctx): StepResult | null {
  if (order.row.status === 'CANCELLED') return next;
  if (order.row.holds.length > 0) return later(ctx, HOLD_RETRY_MS);
  // What may be cancelled in a moment is not packed; the end of that moment wakes this saga.
  if (cancelIntent(world, order.row.id)) return later(ctx, UNDO_WINDOW_MS);
  // Nobody works on what its customer may still think better of, where the merchant's policy said so when it was placed.
  const workFrom = order.row.terms?.workFrom ? new Date(order.row.terms.workFrom.at) : null;
  if (workFrom && workFrom > ctx.now) return { kind: 'wait', until: workFrom };
  return null;
}

/** Takes the picked units at their nodes. */
function take(world: World, order: orders.Order, picks: readonly (Pick | RoutedPick)[], ctx: Ctx): void {
  if (picks.length === 0) return;
  inventory.apply(
    world.inventory,
    picks.map((pick) => movement('allocate', pick.skuId, pick.nodeId, { allocated: BigInt(pick.to - pick.from + 1) })),
    { order: order.row },
    ctx,
  );
  for (const [nodeId, own] of byNode(picks)) {
    const begun = order.spans.some((span) => span.nodeId === nodeId && span.state === 'allocated');
    const settings = world.routing.configs.get(order.row.merchantId)?.settings.get(nodeId);
    const units = unitsIn(own);
    const counted = settings?.capacityUnit === 'orders' ? (begun ? 0 : 1) : units;
    routing.addLoad(world.routing, { nodeId, orderId: order.row.id, units, counted }, ctx.now);
    orders.change(order, own, () => ({ state: 'allocated', nodeId }));
  }
  settleOrder(world, order, 'allocate', ctx);
  tell(world, order, 'order.allocated', { units: unitsIn(picks), nodes: [...byNode(picks).keys()] }, ctx);
  askPartners(world, order, ctx);
}

/** Whether units of it were sold before they were here. */
const wasSoldEarly = (order: orders.Order): boolean => order.spans.some((span) => span.state === 'backordered');

/** Whether units still wait for a node: then the saga stays. */
function rest(order: orders.Order, ctx: Ctx, answer?: Answer): StepResult {
  const stocked = new Set(order.lines.flatMap((line) => (line.stocked && line.skuId ? [line.id] : [])));
  if (!order.spans.some((span) => isWaiting(span) && stocked.has(span.lineId))) return next;
  const closed = answer?.explanation.alternatives.some(({ why }) => why === 'capacity' || why === 'blackout');
  if (closed) return later(ctx, CLOSED_RETRY_MS);
  return later(ctx, wasSoldEarly(order) ? ARRIVAL_RETRY_MS : ALLOCATION_RETRY_MS);
}

/** Nothing was said about the nodes, or there is only one, it may send to everybody, and nothing counts its days. */
function isPlain(world: World, order: orders.Order, pieces: readonly Piece[]): boolean {
  if (pieces.some((piece) => piece.barred.length > 0)) return false;
  const config = world.routing.configs.get(order.row.merchantId);
  if (!config) return true;
  const [only, ...others] = world.fulfilment.nodes.get(order.row.merchantId) ?? [];
  if (!only || others.length > 0 || config.active) return false;
  const facts = config.settings.get(only.id);
  return (
    !facts ||
    (facts.shipFrom &&
      facts.capacityPerDay === null &&
      facts.area.length === 0 &&
      facts.zones.length === 0 &&
      facts.blackoutDays.length === 0)
  );
}

function prepare(world: World, saga: Saga, ctx: Ctx): { kind: 'call'; args: Sketch } | StepResult {
  const order = orderOf(world, saga.orderId);
  const wait = unready(world, order, ctx);
  if (wait) return wait;
  const pieces = openPieces(world, order);
  // Units that took weeks to come may find that the bank does not hold their money any more: then they wait until it does.
  if (pieces.length > 0 && wasSoldEarly(order) && renewIfLapsed(world, order, ctx)) return later(ctx, HOLD_RETRY_MS);
  // What a customer fetches has to lie where they come.
  const fetchedAt = world.pickups.byOrder.get(order.row.id)?.nodeId;
  if (pieces.length > 0 && !fetchedAt && !isPlain(world, order, pieces))
    return { kind: 'call', args: sketchOf(world, order, world.routing.configs.get(order.row.merchantId), pieces, ctx) };
  if (pieces.length > 0) {
    const nodes = fetchedAt ? [fetchedAt] : (world.fulfilment.nodes.get(order.row.merchantId) ?? []).map((node) => node.id);
    take(world, order, planAllocation(world.inventory, nodes, pieces), ctx);
  }
  if (!order.lines.some((line) => line.stocked && line.skuId)) shipServices(world, order, ctx);
  return rest(order, ctx);
}

async function call(sketch: Sketch, outside: Outside): Promise<Routed> {
  return outside.router ? outside.router.route(sketch) : { kind: 'failed', message: 'This process plans no routes' };
}

function settle(world: World, saga: Saga, _asked: Sketch, routed: Routed, ctx: Ctx): StepResult {
  const order = orderOf(world, saga.orderId);
  const wait = unready(world, order, ctx);
  if (wait) return wait;
  if (routed.kind === 'failed') return { kind: 'retry', error: { code: 'not_planned', message: routed.message } };
  const config = world.routing.configs.get(order.row.merchantId);
  const pieces = openPieces(world, order);
  if (pieces.length === 0) return rest(order, ctx);
  // A line that was added meanwhile is unknown to the plan: the question is asked again, with it.
  if (pieces.some((piece) => routed.skus[piece.skuId] === undefined)) return later(ctx, 0);
  const question = questionOf(world, sketchOf(world, order, config, pieces, ctx), routed.skus);
  const { answer, solver, tookMs } = decide(question, routed);
  const digest = digestOf(question, answer);
  // An order that waits is looked at often, and explained once per answer.
  if (answer.picks.length > 0 || saga.state.routed !== digest) {
    saga.state = { ...saga.state, routed: digest };
    world.routing.decisions.push(
      decisionOf(
        order,
        { config, answer, solver, tookMs, digest, reason: saga.kind === 'place-order' ? 'placement' : saga.kind },
        ctx,
      ),
    );
  }
  take(world, order, answer.picks, ctx);
  return rest(order, ctx, answer);
}

/** The plan that was made outside, if it still holds; else a new one at once. */
function decide(
  question: Question,
  { solved }: Extract<Routed, { kind: 'succeeded' }>,
): { answer: Answer; solver: 'exact' | 'bounded' | 'greedy'; tookMs: number } {
  if (solved && isSound(question, solved.answer))
    return { answer: solved.answer, solver: solved.proven ? 'exact' : 'bounded', tookMs: solved.tookMs };
  const began = performance.now();
  const model = modelOf(question);
  const answer = answerOf(question, model, solveGreedily(model.problem));
  return { answer, solver: 'greedy', tookMs: performance.now() - began };
}

/** A saga's step: takes the units that wait at nodes, and stays until all of them are. */
export const allocate = remote<World, Outside, Sketch, Routed>({ prepare, call, settle });
