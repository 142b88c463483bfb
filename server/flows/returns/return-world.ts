import * as fulfilment from '../../domains/fulfilment/service.ts';
import { NODE_KINDS } from '../../domains/nodes/provider.ts';
import type { Order } from '../../domains/orders/service.ts';
import * as orders from '../../domains/orders/service.ts';
import { after, NO_POLICY, type Policy, type Return, type ReturnEvent, type ReturnFacts } from '../../domains/returns/rules.ts';
import * as returns from '../../domains/returns/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { EventType } from '../../kernel/events.ts';
import type { Span } from '../../kernel/units.ts';
import type { Tx } from '../../platform/db.ts';
import { audit } from '../../platform/outbox.ts';
import type { Request } from '../../platform/verb.ts';
import { lockWorld, type Needs, orderOf, tell, type World } from '../world.ts';

/** What the verbs of returns share: a return under its order's lock, its node, and what is said of it. */

/** A return as its caller knows it afterwards. */
export interface ChangedReturn {
  readonly id: string;
  readonly number: string;
  readonly orderId: string;
  readonly status: string;
}

export const answer = ({ id, number, orderId, status }: Return): ChangedReturn => ({ id, number, orderId, status });

/** Locks the orders of returns, and reads the returns. One that is not there is left out; `returnIn` refuses it. */
export async function lockReturns(
  tx: Tx,
  requests: readonly Request<{ readonly returnId: string }>[],
  needs: Omit<Needs, 'orderIds' | 'returnsOf'> = {},
): Promise<World> {
  const found = await returns.findReturns(
    tx,
    requests.map((request) => request.input.returnId),
  );
  const orderIds = [...new Set([...found.values()].map((one) => one.orderId))];
  return lockWorld(tx, { ...needs, orderIds, returnsOf: new Set(orderIds) }, (requests[0] as Request<unknown>).ctx);
}

export function returnIn(world: World, id: string): { readonly one: Return; readonly order: Order } {
  const one = world.returns.byId.get(id);
  if (!one) throw new DomainError('not_found', 'There is no such return.');
  return { one, order: orderOf(world, one.orderId) };
}

/** Takes a return on by an event and says so, to the order's history and to the audit log. */
export function moveReturn(
  world: World,
  order: Order,
  one: Return,
  event: ReturnEvent,
  said: { readonly type: EventType; readonly data?: Record<string, unknown>; readonly reason?: string | undefined },
  ctx: Ctx,
): void {
  const before = one.status;
  one.status = after(one, event);
  returns.changed(world.returns, one);
  sayOf(world, order, one, { ...said, before }, ctx);
}

export function sayOf(
  world: World,
  order: Order,
  one: Return,
  said: {
    readonly type: EventType;
    readonly data?: Record<string, unknown>;
    readonly reason?: string | undefined;
    readonly before?: string;
  },
  ctx: Ctx,
): void {
  tell(world, order, said.type, { returnId: one.id, returnNumber: one.number, ...said.data }, ctx);
  audit(
    world.outbox,
    {
      action: said.type,
      entity: 'return',
      entityId: one.id,
      merchantId: one.merchantId,
      ...(said.before === undefined ? {} : { before: { status: said.before } }),
      after: { status: one.status, ...said.data },
      ...(said.reason === undefined ? {} : { reason: said.reason }),
    },
    ctx,
  );
}

/** Units that nobody sends back after all can be refunded, or sent back another time. */
export function freeReturned(order: Order, spans: (span: Span) => boolean): void {
  const ranges = order.spans.filter(spans).map(({ lineId, from, to }) => ({ lineId, from, to }));
  if (ranges.length > 0) orders.change(order, ranges, () => ({ returnId: null }));
}

export function policyOf(policies: ReadonlyMap<string, Policy>, merchantId: string): Policy {
  return policies.get(merchantId) ?? NO_POLICY;
}

/** What the rules of returns want to know of a locked order. Of several boxes the last one's arrival counts. */
export function factsOf(world: World, order: Order): ReturnFacts {
  const deliveredAt = (span: Span): Date | null => {
    const shipment = span.shipmentId ? world.fulfilment.byId.get(span.shipmentId) : undefined;
    if (!shipment) return order.row.confirmedAt;
    const times = fulfilment.parcelsOf(world.fulfilment, shipment).flatMap((parcel) => parcel.deliveredAt ?? []);
    const last = Math.max(...times.map((at) => at.getTime()));
    return Number.isFinite(last) ? new Date(last) : (shipment.shippedAt ?? order.row.confirmedAt);
  };
  return { lines: order.lines, spans: order.spans, deliveredAt };
}

/** A node of the merchant at which our own people receive goods. */
export function receivingNode(world: World, merchantId: string, nodeId: string): string {
  const node = world.fulfilment.nodes.get(merchantId)?.find((candidate) => candidate.id === nodeId);
  if (!node) throw new DomainError('not_found', 'This merchant has no such node.');
  if (NODE_KINDS.get(node.kind)?.traits.stock !== 'own')
    throw new DomainError('state_refuses', `${node.name} keeps goods of somebody else: nothing can be received there.`);
  return node.id;
}

/** Where a return is sent to: where most of it came from, if it is received there, and otherwise the first node at which it is. */
export function homeOf(world: World, order: Order, returnId: string): string | null {
  const own = (world.fulfilment.nodes.get(order.row.merchantId) ?? []).filter(
    (node) => NODE_KINDS.get(node.kind)?.traits.stock === 'own',
  );
  const from = order.spans.find((span) => span.returnId === returnId && span.nodeId !== null)?.nodeId;
  return own.find((node) => node.id === from)?.id ?? own[0]?.id ?? null;
}
