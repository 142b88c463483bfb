import { availableAtNode, stockKey } from '../../domains/inventory/rules.ts';
import { refusedUnits } from '../../domains/nodes/rules.ts';
import * as partners from '../../domains/nodes/service.ts';
import type * as orders from '../../domains/orders/service.ts';
import type { Piece, Question } from '../../domains/routing/model.ts';
import { factsOf } from '../../domains/routing/rules.ts';
import type { RoutingConfig } from '../../domains/routing/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import type { Span, UnitRange } from '../../kernel/units.ts';
import { fairRequests } from '../backorders/fair-share.ts';
import { unsecuredLines } from '../returns/advance-intent.ts';
import type { World } from '../world.ts';
import { countedNodes } from './config.ts';
import { barredOf } from './exclusions.ts';
import type { Sketch } from './router.ts';

/** Units that no node has been asked for yet: here, or sold before they were. */
export const isWaiting = (span: Span): boolean => span.state === 'open' || span.state === 'backordered';

/** The units of an order's goods that wait for a node and are its turn, cut where some of them must avoid one. */
export function openPieces(world: World, order: orders.Order): Piece[] {
  const stocked = new Map(order.lines.flatMap((line) => (line.stocked && line.skuId ? [[line.id, line.skuId] as const] : [])));
  const unsecured = unsecuredLines(world, order.row.id);
  const waiting = order.spans.flatMap((span) => {
    const skuId = stocked.get(span.lineId);
    return isWaiting(span) && skuId && !unsecured.has(span.lineId)
      ? [{ lineId: span.lineId, from: span.from, to: span.to, skuId }]
      : [];
  });
  if (waiting.length === 0) return [];
  return fairRequests(world, order, waiting).flatMap((range) => cutByExclusions(world, order, range));
}

type Open = UnitRange & { readonly skuId: string };

function cutByExclusions(world: World, order: orders.Order, range: Open): Piece[] {
  const refused = refusedUnits(partners.ofOrder(world.requests, order.row.id), [range]);
  const barred = [...barredOf(world, order.row.id), ...refused].filter(
    (one) => one.lineId === range.lineId && one.from <= range.to && one.to >= range.from,
  );
  const borders = [...new Set([range.from, ...barred.flatMap(({ from, to }) => [from, to + 1])])]
    .filter((unit) => unit >= range.from && unit <= range.to)
    .sort((a, b) => a - b);
  return borders.map((from, at) => {
    const to = (borders[at + 1] ?? range.to + 1) - 1;
    const nodes = barred.filter((one) => one.from <= from && one.to >= to).map((one) => one.nodeId);
    return { ...range, from, to, barred: [...new Set(nodes)].sort() };
  });
}

/** What the lane knows when it asks where to send an order from. */
export function sketchOf(
  world: World,
  order: orders.Order,
  config: RoutingConfig | undefined,
  pieces: readonly Piece[],
  ctx: Ctx,
): Sketch {
  const { row } = order;
  const nodes = world.fulfilment.nodes.get(row.merchantId) ?? [];
  const address = row.shipTo as { country?: string; postalCode?: string } | null;
  const stock: Record<string, { free: number; safety: number }> = {};
  for (const skuId of new Set(pieces.map((piece) => piece.skuId))) {
    for (const { id } of nodes) {
      const shelf = world.inventory.stock.get(stockKey(skuId, id));
      if (!shelf) continue;
      const free = Number(availableAtNode(shelf));
      const safety = Number(availableAtNode(shelf, true)) - free;
      if (free + safety > 0) stock[stockKey(skuId, id)] = { free, safety };
    }
  }
  // What waits at a node for its parcel can have more put into it.
  const inUse = order.spans.flatMap((span) =>
    span.nodeId && span.state === 'allocated' && !span.shipmentId ? [span.nodeId] : [],
  );
  return {
    now: ctx.now.toISOString(),
    channel: row.channel,
    to: address?.country ? { country: address.country, postalCode: address.postalCode ?? '' } : null,
    promisedBy: row.promisedBy ?? null,
    pieces,
    stock,
    rules: config?.active?.content ?? null,
    inUse: [...new Set(inUse)].sort(),
    nodes: nodes.map(({ id, code, name, kind, priority }) => ({
      id,
      code,
      name,
      kind,
      priority,
      facts: factsOf(config?.settings.get(id)),
    })),
    counted: countedNodes(world.routing.configs, [row.merchantId], ctx.now),
  };
}

/** The same question on what is locked now, days counted under the lock. */
export function questionOf(world: World, { counted: _, nodes, ...sketch }: Sketch, skus: Question['skus']): Question {
  return { ...sketch, skus, nodes: nodes.map((node) => ({ ...node, used: world.routing.used.get(node.id) ?? 0 })) };
}
