import { isOpen, overlap } from '../../domains/nodes/rules.ts';
import * as nodes from '../../domains/nodes/service.ts';
import type { Order } from '../../domains/orders/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { newId } from '../../kernel/ids.ts';
import { joinRanges, type UnitRange, unitsIn } from '../../kernel/units.ts';
import { begin, tell, type World } from '../world.ts';
import { traitsAt } from './at-partners.ts';
import { PARTNER_SAGA } from './births.ts';

/**
 * Asks partners for what is allocated at their nodes: one request per node, begun in the transaction that allocated. Units that a request
 * names already are not asked for again, so that whoever allocated calls this and need not know what was there before.
 */
export function askPartners(world: World, order: Order, ctx: Ctx): void {
  const { id: orderId, merchantId } = order.row;
  const asked = nodes.ofOrder(world.requests, orderId).filter(isOpen);
  const byNode = new Map<string, UnitRange[]>();
  for (const span of order.spans) {
    if (span.state !== 'allocated' || span.nodeId === null || span.shipmentId !== null) continue;
    if (!traitsAt(world, merchantId, span.nodeId)?.partner) continue;
    const own = asked.filter((request) => request.nodeId === span.nodeId).flatMap((request) => request.lines);
    if (overlap([span], own).length > 0) continue;
    byNode.set(span.nodeId, [...(byNode.get(span.nodeId) ?? []), { lineId: span.lineId, from: span.from, to: span.to }]);
  }
  for (const [nodeId, ranges] of byNode) request(world, order, nodeId, joinRanges(ranges), ctx);
}

function request(world: World, order: Order, nodeId: string, lines: readonly UnitRange[], ctx: Ctx): void {
  const traits = traitsAt(world, order.row.merchantId, nodeId);
  if (!traits?.partner) return;
  const id = newId();
  nodes.add(world.requests, {
    id,
    orderId: order.row.id,
    merchantId: order.row.merchantId,
    nodeId,
    kind: traits.name,
    lines,
    answerBy: new Date(ctx.now.getTime() + traits.partner.answersWithinMs),
    createdAt: ctx.now,
    status: 'pending',
    partnerRef: null,
    reason: null,
    recall: null,
    shipBy: null,
    answeredAt: null,
    endedAt: null,
    version: 1n,
  });
  tell(world, order, 'order.partner_asked', { requestId: id, nodeId, units: unitsIn(lines) }, ctx);
  begin(world, PARTNER_SAGA, order, { state: { requestId: id } }, ctx);
}
