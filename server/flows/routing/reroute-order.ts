import type pg from 'pg';
import type * as orders from '../../domains/orders/service.ts';
import type { RerouteOrderInput } from '../../domains/routing/schema.ts';
import type { Exclusion } from '../../domains/routing/service.ts';
import * as routing from '../../domains/routing/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import { type UnitRange, unitsIn } from '../../kernel/units.ts';
import { type Tx, withTx } from '../../platform/db.ts';
import { forgetLocks } from '../../platform/locks.ts';
import { audit } from '../../platform/outbox.ts';
import type { Request, Verb } from '../../platform/verb.ts';
import { cancelIntent } from '../cancel-intent.ts';
import { checkFingerprint, fingerprintOf } from '../fingerprint.ts';
import { requestsFor } from '../partners/at-partners.ts';
import { lockWorld, orderOf, type World, writeWorld } from '../world.ts';
import { openPieces, sketchOf } from './question.ts';
import { isReleasable, MOST_REROUTES, releaseUnits } from './release-units.ts';
import type { Router, Sketch } from './router.ts';

/** Has somebody else send what waits at a node. */
export interface ReroutePreview {
  readonly fingerprint: string;
  readonly nodeId: string;
  readonly units: readonly { readonly lineId: string; readonly name: string; readonly quantity: number }[];
  /** How often this order was sent round before; one more than the most and it is held for a person. */
  readonly before: number;
  readonly held: boolean;
  /** Where the units would go if nothing changes until then; what is `missing` would wait. */
  readonly forecast: {
    readonly legs: readonly { readonly nodeId: string; readonly name: string; readonly units: number }[];
    readonly missing: number;
  } | null;
}

export interface ReroutedOrder {
  readonly orderId: string;
  readonly number: string;
  readonly units: number;
  readonly held: boolean;
}

interface Rerouting extends World {
  readonly history: ReadonlyMap<string, Exclusion[]>;
}

async function lockFor(tx: Tx, orderIds: readonly string[], ctx: Ctx): Promise<Rerouting> {
  const world = await lockWorld(tx, { orderIds, stock: true }, ctx);
  return { ...world, history: await routing.exclusionsOf(tx, orderIds) };
}

/** What waits at the node, as ranges of units. */
function waitingAt(world: World, order: orders.Order, nodeId: string): UnitRange[] {
  if (cancelIntent(world, order.row.id))
    throw new DomainError('state_refuses', 'This order is being cancelled. Undo that first, or let it happen.');
  const units = order.spans
    .filter((span) => isReleasable(span) && span.nodeId === nodeId)
    .map(({ lineId, from, to }) => ({ lineId, from, to }));
  if (units.length === 0)
    throw new DomainError('state_refuses', 'Nothing of this order waits at that node: what is packed is unpacked first.');
  if (requestsFor(world, order.row.id, units).length > 0) throw new DomainError('state_refuses', ASKED);
  return units;
}

const ASKED =
  'A partner was asked to send these units and may do so at any moment. Compensate the request among the order’s sagas: the partner is asked for them first.';

const timesBefore = (world: Rerouting, orderId: string): number =>
  new Set((world.history.get(orderId) ?? []).map((one) => one.releaseId)).size;

function previewOf(
  world: Rerouting,
  order: orders.Order,
  input: RerouteOrderInput,
): Omit<ReroutePreview, 'forecast'> & { ranges: UnitRange[] } {
  const ranges = waitingAt(world, order, input.nodeId);
  const byLine = Map.groupBy(ranges, (range) => range.lineId);
  const units = [...byLine].map(([lineId, own]) => ({
    lineId,
    name: order.lines.find((line) => line.id === lineId)?.name ?? '',
    quantity: unitsIn(own),
  }));
  const before = timesBefore(world, order.row.id);
  const plan = { nodeId: input.nodeId, units, before, held: before >= MOST_REROUTES };
  return { ...plan, fingerprint: fingerprintOf({ ...plan, ranges }), ranges };
}

function decide(world: Rerouting, { input, ctx }: Request<RerouteOrderInput>): ReroutedOrder {
  const order = orderOf(world, input.orderId);
  const { ranges, ...preview } = previewOf(world, order, input);
  checkFingerprint(input.fingerprint, preview);
  const { id, number, merchantId } = order.row;
  const done = releaseUnits(
    world,
    order,
    { units: ranges, reason: input.reason, detail: input.note ?? null },
    world.history.get(id) ?? [],
    ctx,
  );
  audit(
    world.outbox,
    {
      action: 'order.rerouted',
      entity: 'order',
      entityId: id,
      merchantId,
      before: { nodeId: input.nodeId, units: done.units },
      after: { held: !done.rerouted },
      reason: input.note ? `${input.reason}: ${input.note}` : input.reason,
    },
    ctx,
  );
  return { orderId: id, number, units: done.units, held: !done.rerouted };
}

export const rerouteOrder: Verb<RerouteOrderInput, Rerouting, ReroutedOrder> = {
  name: 'reroute-order',
  lock: (tx, requests) =>
    lockFor(
      tx,
      requests.map((request) => request.input.orderId),
      (requests[0] as Request<RerouteOrderInput>).ctx,
    ),
  decide,
  write: writeWorld,
};

/** What the verb would do, and where the units would go then. Nothing is written: what is taken from the node here is forgotten. */
export async function previewReroute(pool: pg.Pool, router: Router, input: RerouteOrderInput, ctx: Ctx): Promise<ReroutePreview> {
  const { preview, sketch } = await withTx(
    pool,
    async (tx): Promise<{ preview: Omit<ReroutePreview, 'forecast'>; sketch: Sketch }> => {
      forgetLocks(tx);
      const world = await lockFor(tx, [input.orderId], ctx);
      const order = orderOf(world, input.orderId);
      const { ranges, ...shown } = previewOf(world, order, input);
      releaseUnits(world, order, { units: ranges, reason: input.reason }, world.history.get(input.orderId) ?? [], ctx);
      const config = world.routing.configs.get(order.row.merchantId);
      return { preview: shown, sketch: sketchOf(world, order, config, openPieces(world, order), ctx) };
    },
  );
  const routed = await router.route(sketch);
  const answer = routed.kind === 'succeeded' ? routed.solved?.answer : undefined;
  return {
    ...preview,
    forecast: answer
      ? {
          legs: answer.explanation.legs.map(({ nodeId, name, units }) => ({ nodeId, name, units })),
          missing: answer.explanation.missing,
        }
      : null,
  };
}
