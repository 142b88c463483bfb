import { movement } from '../../domains/inventory/rules.ts';
import * as inventory from '../../domains/inventory/service.ts';
import * as orders from '../../domains/orders/service.ts';
import type { RerouteReason } from '../../domains/routing/schema.ts';
import type { Exclusion } from '../../domains/routing/service.ts';
import * as routing from '../../domains/routing/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { cutBySpans, type Span, type UnitRange, unitsIn } from '../../kernel/units.ts';
import { begin, settleOrder, tell, type World } from '../world.ts';
import type { Barred } from './exclusions.ts';
import { rerouteSaga } from './reroute-saga.ts';

/**
 * Takes units from the node they wait at, because it will not send them: it refused, has not got them, or says nothing. They are open
 * again, that node is excluded for them, and a saga finds another one. What has been sent round this often is held for a person instead.
 * Needs the order's stock locked, and its nodes.
 */
export const MOST_REROUTES = 5;

export interface Release {
  readonly units: readonly UnitRange[];
  readonly reason: RerouteReason;
  readonly detail?: string | null;
  /** False where nothing speaks against that node: the units may come back to it. */
  readonly exclude?: boolean;
}

export interface Released {
  /** False: an order that has been sent round too often waits for a person, who lets it go by lifting its hold. */
  readonly rerouted: boolean;
  readonly units: number;
  readonly sagaId: string;
}

/** Units that wait at a node and are in no parcel yet. */
export const isReleasable = (span: Span): boolean =>
  span.state === 'allocated' && span.shipmentId === null && span.nodeId !== null;

/** `history`: what was taken from nodes before, of this order (`exclusionsOf()` of the routing domain, read under the order's lock). */
export function releaseUnits(
  world: World,
  order: orders.Order,
  release: Release,
  history: readonly Exclusion[],
  ctx: Ctx,
): Released {
  const parts = release.units.flatMap((range) =>
    cutBySpans(
      order.spans.filter((span) => span.lineId === range.lineId),
      range,
    ).map((part) => ({ ...part, lineId: range.lineId })),
  );
  if (parts.length === 0 || !parts.every((part) => isReleasable(part.span)))
    throw new DomainError('state_refuses', 'Only units that wait at a node, in no parcel yet, can be given to another node.');
  const { id: orderId, merchantId } = order.row;
  const releaseId = newId();
  const skuOf = new Map(order.lines.map((line) => [line.id, line.skuId as string]));
  const excluded = parts.map(
    (part): Exclusion => ({
      id: newId(),
      releaseId,
      orderId,
      merchantId,
      lineId: part.lineId,
      from: part.from,
      to: part.to,
      nodeId: part.span.nodeId as string,
      reason: release.reason,
      detail: release.detail ?? null,
      actor: ctx.actor,
      traceId: ctx.traceId,
      at: ctx.now,
    }),
  );
  const movements = excluded.map(({ lineId, nodeId, from, to }) =>
    movement('deallocate', skuOf.get(lineId) as string, nodeId, { allocated: -BigInt(to - from + 1) }),
  );
  inventory.apply(world.inventory, movements, { order: order.row, reason: release.reason }, ctx);
  for (const [nodeId, own] of Map.groupBy(excluded, (one) => one.nodeId))
    routing.giveBack(world.routing, orderId, nodeId, unitsIn(own), ctx.now);
  orders.change(order, excluded, () => ({ state: 'open', nodeId: null }));
  const { exclude = true } = release;
  if (exclude) world.routing.exclusions.push(...excluded);
  const held = new Set(history.map((one) => one.releaseId)).size >= MOST_REROUTES;
  if (held && !order.row.holds.includes('manual')) order.row.holds = [...order.row.holds, 'manual'];
  settleOrder(world, order, held ? 'hold' : null, ctx);
  const nodes = [...new Set(excluded.map((one) => one.nodeId))];
  const about = { reason: release.reason, detail: release.detail ?? null, nodes, units: unitsIn(excluded) };
  tell(world, order, 'order.rerouted', about, ctx);
  if (held)
    tell(world, order, 'order.held', { hold: 'manual', reason: `Sent round ${MOST_REROUTES} times: ${release.reason}` }, ctx);
  const barred = [...history, ...(exclude ? excluded : [])].map(
    ({ lineId, from, to, nodeId }): Barred => ({ lineId, from, to, nodeId }),
  );
  const saga = begin(world, rerouteSaga, order, { state: { barred, reason: release.reason, queued: true } }, ctx);
  return { rerouted: !held, units: unitsIn(excluded), sagaId: saga.id };
}
