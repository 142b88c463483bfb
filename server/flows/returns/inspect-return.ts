import { combine, movement } from '../../domains/inventory/rules.ts';
import * as inventory from '../../domains/inventory/service.ts';
import * as orders from '../../domains/orders/service.ts';
import { after, changeLines, type Return, type ReturnLine, unitsOfStatus } from '../../domains/returns/rules.ts';
import type { InspectReturnInput } from '../../domains/returns/schema.ts';
import * as returns from '../../domains/returns/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import { unitsIn } from '../../kernel/units.ts';
import type { Tx } from '../../platform/db.ts';
import { emit } from '../../platform/outbox.ts';
import type { Request, Verb } from '../../platform/verb.ts';
import { settleOrder, type World, writeWorld } from '../world.ts';
import { answer, type ChangedReturn, lockReturns, moveReturn, returnIn, sayOf } from './return-world.ts';

/**
 * Somebody looks at every unit: what it gives back, and where it goes. Sellable units are on the shelf again and may be promised from this
 * moment; damaged and scrapped ones are counted in and out, so that the history of their SKU shows the loss; rejected ones go back to the
 * customer, whose they are. No money moves before the return is settled.
 */
export interface InspectedReturn extends ChangedReturn {
  readonly sellable: number;
  readonly lost: number;
  readonly rejected: number;
  /** Received and not looked at yet. */
  readonly left: number;
}

async function lock(tx: Tx, requests: readonly Request<InspectReturnInput>[]): Promise<World> {
  // Goods may have come back to a node that never had any of them.
  const createStock = (found: readonly orders.Order[]) =>
    found.flatMap(({ row, lines, spans }) =>
      lines.flatMap((line) =>
        line.stocked && line.skuId
          ? spans
              .filter((span) => span.lineId === line.id && span.state === 'returned' && span.returnId && span.nodeId)
              .map((span) => ({ skuId: line.skuId as string, nodeId: span.nodeId as string, merchantId: row.merchantId }))
          : [],
      ),
    );
  return lockReturns(tx, requests, { supply: true, stock: true, nodes: true, createStock });
}

function inspect(order: orders.Order, lines: readonly ReturnLine[], input: InspectReturnInput): ReturnLine[] {
  let now: ReturnLine[] = [...lines];
  for (const { lineId, quantity, verdict, valuePercent, stock, remark } of input.lines) {
    const left = unitsOfStatus(now, lineId, 'received');
    const name = order.lines.find((line) => line.id === lineId)?.name;
    if (name === undefined) throw new DomainError('not_found', 'The order has no such line.');
    if (quantity > left)
      throw new DomainError('over_limit', `Only ${left} of ${name} are here and not inspected yet; ${quantity} were said.`, {
        lineId,
        left,
      });
    const valueBps = verdict === 'accept' ? 10_000 : verdict === 'reject' ? 0 : (valuePercent ?? 0) * 100;
    now = changeLines(
      now,
      { lineId, quantity, status: 'received' },
      {
        ...{ status: 'inspected', verdict, valueBps, remark: remark ?? null },
        stock: verdict === 'reject' ? null : (stock ?? (verdict === 'part' ? 'damaged' : 'sellable')),
      },
    );
  }
  return now;
}

function decide(world: World, { input, ctx }: Request<InspectReturnInput>): InspectedReturn {
  const { one, order } = returnIn(world, input.returnId);
  after(one, 'inspect');
  const before = returns.linesOf(world.returns, one);
  const lines = inspect(order, before, input);
  const seen = newlyInspected(before, lines);
  restock(world, order, one, seen, ctx);
  for (const line of seen.filter(({ verdict }) => verdict === 'reject'))
    orders.change(order, [line], (span) => ({
      state: 'delivered',
      nodeId: span.shipmentId ? (world.fulfilment.byId.get(span.shipmentId)?.nodeId ?? span.nodeId) : span.nodeId,
    }));
  returns.changeLines(world.returns, one, lines);
  const counts = {
    sellable: unitsIn(seen.filter(({ stock }) => stock === 'sellable')),
    lost: unitsIn(seen.filter(({ stock }) => stock === 'damaged' || stock === 'scrap')),
    rejected: unitsIn(seen.filter(({ verdict }) => verdict === 'reject')),
    left: unitsIn(lines.filter(({ status }) => status === 'received')),
  };
  const said = { type: 'return.inspected', data: { ...counts } } as const;
  if (counts.left === 0) {
    one.inspectedAt = ctx.now;
    moveReturn(world, order, one, 'inspect', said, ctx);
  } else sayOf(world, order, one, said, ctx);
  settleOrder(world, order, null, ctx);
  return { ...answer(one), ...counts };
}

/** The parts that have a verdict now and had none before. */
function newlyInspected(before: readonly ReturnLine[], now: readonly ReturnLine[]): ReturnLine[] {
  const known = new Set(before.filter(({ status }) => status === 'inspected').map(({ lineId, from }) => `${lineId}:${from}`));
  return now.filter(({ status, lineId, from }) => status === 'inspected' && !known.has(`${lineId}:${from}`));
}

function restock(world: World, order: orders.Order, one: Return, seen: readonly ReturnLine[], ctx: Ctx): void {
  const skus = new Map(order.lines.map((line) => [line.id, line.skuId]));
  const moves = (kinds: readonly ReturnLine['stock'][], kind: 'return' | 'damage') =>
    combine(
      seen.flatMap((line) => {
        const skuId = skus.get(line.lineId);
        const stock = skuId && line.nodeId ? world.inventory.stock.get(`${skuId}:${line.nodeId}`) : undefined;
        if (!skuId || !stock || !kinds.includes(line.stock)) return [];
        // Of goods that are kept by lot nobody knows which lot it was: what cannot be sold is recorded and not counted in.
        if (line.stock !== 'sellable' && stock.byLot) return [];
        const units = BigInt(unitsIn([line]));
        return [movement(kind, skuId, line.nodeId, { onHand: kind === 'return' ? units : -units })];
      }),
    );
  const about = { order: order.row, reference: one.id };
  const shelved = inventory.apply(
    world.inventory,
    moves(['sellable', 'damaged', 'scrap'], 'return'),
    { ...about, reason: `returned by ${one.number}` },
    ctx,
  );
  for (const kind of ['damaged', 'scrap'] as const)
    inventory.apply(
      world.inventory,
      moves([kind], 'damage'),
      { ...about, reason: kind === 'scrap' ? `scrapped after ${one.number}` : `damaged in ${one.number}` },
      ctx,
    );
  for (const change of shelved) {
    const supply = world.inventory.supply.get(change.skuId);
    if (!supply) continue;
    const sellable = seen.filter((line) => line.stock === 'sellable' && skus.get(line.lineId) === change.skuId);
    const data = { nodeId: change.nodeId, reason: 'returned', delta: unitsIn(sellable), short: 0n, shortfall: 0n };
    const { skuId: aggregateId, merchantId } = { ...change, merchantId: one.merchantId };
    if (sellable.length > 0)
      emit(
        world.outbox,
        { aggregate: 'sku', aggregateId, aggregateVersion: supply.version, merchantId, type: 'stock.adjusted', data },
        ctx,
      );
  }
}

export const inspectReturn: Verb<InspectReturnInput, World, InspectedReturn> = {
  name: 'inspect-return',
  lock,
  decide,
  write: writeWorld,
};
