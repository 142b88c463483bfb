import * as orders from '../../domains/orders/service.ts';
import { after, changeLines, isReturnable, type Return, type ReturnLine, unitsOfStatus } from '../../domains/returns/rules.ts';
import type { ReceiveGoodsInput, ReturnReportInput } from '../../domains/returns/schema.ts';
import * as returns from '../../domains/returns/service.ts';
import { DomainError } from '../../kernel/errors.ts';
import { takeUnits, type UnitRange, unitsAsked, unitsIn } from '../../kernel/units.ts';
import type { Tx } from '../../platform/db.ts';
import type { Request, Verb } from '../../platform/verb.ts';
import { settleOrder, type World, writeWorld } from '../world.ts';
import { answer, type ChangedReturn, lockReturns, moveReturn, receivingNode, returnIn } from './return-world.ts';

/**
 * What came back, counted at a node: by parcel, or over a shop's counter. It may be short of what was announced, and the rest may come
 * later; or more, which then is of this return as well. Nothing is on the shelf and no money moves before somebody has looked at it.
 */
export interface ReceivedGoods extends ChangedReturn {
  readonly received: number;
  /** Announced and not here yet. */
  readonly missing: number;
  /** Here, and never announced. */
  readonly extra: number;
}

const lock = (tx: Tx, requests: readonly Request<ReceiveGoodsInput>[]): Promise<World> =>
  lockReturns(tx, requests, { nodes: true });

interface Counted {
  readonly lines: ReturnLine[];
  readonly extra: UnitRange[];
  readonly received: number;
}

/** The units that were counted: those announced first, in unit order, then others of the same line that the customer has. */
function count(order: orders.Order, lines: readonly ReturnLine[], input: ReceiveGoodsInput): Counted {
  const all = new Map<string, number>();
  for (const line of lines) if (line.status === 'announced') all.set(line.lineId, (all.get(line.lineId) ?? 0) + unitsIn([line]));
  const counted = input.lines ? unitsAsked(input.lines) : all;
  if (counted.size === 0) throw new DomainError('state_refuses', 'All that was announced is here already.');
  let now: ReturnLine[] = [...lines];
  const extra: UnitRange[] = [];
  let received = 0;
  for (const [lineId, quantity] of counted) {
    const line = order.lines.find((candidate) => candidate.id === lineId);
    if (!line) throw new DomainError('not_found', 'The order has no such line.');
    const announced = unitsOfStatus(now, lineId, 'announced');
    const here = Math.min(quantity, announced);
    now = changeLines(now, { lineId, quantity: here, status: 'announced' }, { status: 'received', nodeId: input.nodeId });
    received += quantity;
    if (quantity === here) continue;
    const own = order.spans.filter((span) => span.lineId === lineId);
    const more = line.stocked && !line.replacesLineId ? takeUnits(own, quantity - here, isReturnable) : null;
    if (!more)
      throw new DomainError(
        'over_limit',
        `Only ${announced + unitsIn(own.filter(isReturnable))} of ${line.name} can have come back; ${quantity} were counted.`,
        { lineId },
      );
    extra.push(...more);
    now.push(...more.map((range) => unannounced(range, input)));
  }
  return { lines: now, extra, received };
}

const unannounced = (range: UnitRange, { nodeId, note }: ReceiveGoodsInput): ReturnLine => ({
  ...range,
  reason: 'unannounced',
  note: note ?? null,
  status: 'received',
  nodeId,
  verdict: null,
  valueBps: null,
  stock: null,
  remark: null,
});

function decide(world: World, { input, ctx }: Request<ReceiveGoodsInput>): ReceivedGoods {
  const { one, order } = returnIn(world, input.returnId);
  after(one, 'receive');
  const nodeId = receivingNode(world, one.merchantId, input.nodeId);
  const { lines, extra, received } = count(order, returns.linesOf(world.returns, one), input);
  const arrived = lines.filter((line) => line.status === 'received');
  orders.change(order, arrived, () => ({ state: 'returned', nodeId, returnId: one.id }));
  returns.changeLines(world.returns, one, lines);
  Object.assign(one, { nodeId, receivedAt: one.receivedAt ?? ctx.now, arrivedAt: one.arrivedAt ?? ctx.now });
  const missing = unitsIn(lines.filter((line) => line.status === 'announced'));
  const data = { nodeId, received, missing, extra: unitsIn(extra) };
  moveReturn(world, order, one, 'receive', { type: 'return.received', data, reason: input.note }, ctx);
  settleOrder(world, order, null, ctx);
  return { ...answer(one), received, missing, extra: data.extra };
}

export const receiveGoods: Verb<ReceiveGoodsInput, World, ReceivedGoods> = {
  name: 'receive-returned-goods',
  lock,
  decide,
  write: writeWorld,
};

/** What the carrier says of a parcel on its way back: early, late, twice or out of order, it only ever moves forward. */
export const reportReturn: Verb<ReturnReportInput, World, ChangedReturn> = {
  name: 'report-return',
  lock: (tx, requests) => lockReturns(tx, requests),
  decide(world, { input, ctx }) {
    const { one, order } = returnIn(world, input.returnId);
    if (input.carrierRef && one.carrierRef !== null && one.carrierRef !== input.carrierRef) return answer(one);
    const news = input.status === 'sent' ? one.sentAt === null : one.arrivedAt === null;
    if (!news) return answer(one);
    if (input.status === 'arrived') one.arrivedAt = input.occurredAt;
    one.sentAt ??= input.occurredAt;
    returns.changed(world.returns, one);
    const type = input.status === 'sent' ? 'return.sent' : 'return.arrived';
    if (isOnTheWay(one)) moveReturn(world, order, one, 'send', { type }, ctx);
    else world.applied++;
    return answer(one);
  },
  write: writeWorld,
};

const isOnTheWay = (one: Return): boolean => one.status === 'approved' || one.status === 'labelled';
