import { rateMicros } from '../../domains/catalog/rules.ts';
import type { CatalogState } from '../../domains/catalog/service.ts';
import { type PromisePlan, planPromise } from '../../domains/inventory/promising.ts';
import * as inventory from '../../domains/inventory/service.ts';
import type { Line } from '../../domains/orders/rules.ts';
import * as orders from '../../domains/orders/service.ts';
import { isAdvanced, type Return, type ReturnLine, unitsFrom } from '../../domains/returns/rules.ts';
import type { ExchangeInput } from '../../domains/returns/schema.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { type Span, unitsIn, worthOf } from '../../kernel/units.ts';
import { planBeyond, queueBeyond, tellBackordered } from '../backorders/sell-beyond-stock.ts';
import { type PricedGood, priceGoods } from '../price-order.ts';
import { reshipSaga } from '../reship-saga.ts';
import { begin, type World } from '../world.ts';

/**
 * Other goods in the place of what came back: a line worth nothing for each, as for goods that are sent once more, promised, allocated and
 * shipped as those are. What they would cost is held against what came back, at the tax rate of the line that they replace.
 */
export interface Exchange {
  /** How many units of each line are exchanged, those of an earlier attempt to settle included. */
  readonly units: ReadonlyMap<string, number>;
  readonly costMinor: bigint;
  /** They went before the others came back. */
  readonly ahead: boolean;
  readonly goods: readonly { readonly lineId: string; readonly good: PricedGood; readonly quantity: number }[];
}

/** What was sent in exchange before, where the money of a return has to be settled once more. */
export function exchangedBefore(order: orders.Order, one: Return): Map<string, number> {
  const units = new Map<string, number>();
  for (const line of order.lines)
    if (line.returnId === one.id && line.replacesLineId)
      units.set(line.replacesLineId, (units.get(line.replacesLineId) ?? 0) + line.quantity);
  return units;
}

export function planExchange(
  order: orders.Order,
  one: Return,
  lines: readonly ReturnLine[],
  wanted: ExchangeInput,
  catalog: CatalogState,
): Exchange {
  const units = exchangedBefore(order, one);
  const merchant = catalog.merchants.get(one.merchantId);
  const ahead = isAdvanced(one);
  if (ahead && wanted.length > 0)
    throw new DomainError('state_refuses', 'The replacement was sent already, before these came back.');
  let costMinor = ahead ? one.advanceMinor : one.exchangedMinor;
  const goods = wanted.map(({ lineId, sku, quantity }) => {
    const line = order.lines.find((candidate) => candidate.id === lineId);
    if (!line || !merchant) throw new DomainError('not_found', 'The order has no such line.');
    const accepted = lines.filter((part) => part.lineId === lineId && part.verdict === 'accept');
    const before = units.get(lineId) ?? 0;
    if (before + quantity > unitsIn(accepted))
      throw new DomainError(
        'over_limit',
        `Only ${unitsIn(accepted)} of ${line.name} were accepted in full and can be exchanged.`,
        {
          lineId,
          left: unitsIn(accepted),
        },
      );
    units.set(lineId, before + quantity);
    const terms = {
      merchant,
      currency: order.row.currency,
      pricesIncludeTax: merchant.pricesIncludeTax,
      rateOf: () => rateMicros(line.taxRate),
    };
    const [good] = priceGoods(catalog, terms, [{ sku, quantity }], 0n) as [PricedGood];
    if (!good.sku.stocked) throw new DomainError('state_refuses', `${good.name} is a service: nothing is sent for it.`);
    // The same goods cost what those cost, to the cent of their frozen shares.
    const same = line.skuId === good.sku.id;
    costMinor += same ? worthOf(order.lines, unitsFrom(accepted, before, quantity)).totalMinor : good.totalMinor;
    return { lineId, good, quantity };
  });
  return { units, costMinor, goods, ahead };
}

export const planExchanged = (world: World, order: orders.Order, { goods }: Exchange): PromisePlan | null =>
  goods.length === 0
    ? null
    : planPromise(
        world.inventory,
        goods.map(({ good, quantity }) => ({ skuId: good.sku.id, skuCode: good.sku.code, quantity })),
        order.row,
      );

/** What is to be sent before the goods come back: of each line as many as are announced. The same goods cost what those cost. */
export function planAhead(
  order: orders.Order,
  one: Return,
  lines: readonly ReturnLine[],
  wanted: ExchangeInput,
  catalog: CatalogState,
): Exchange {
  const announced = lines.map((line): ReturnLine => ({ ...line, status: 'inspected', verdict: 'accept', valueBps: 10_000 }));
  const plan = planExchange(order, one, announced, wanted, catalog);
  const costs = plan.goods.map(({ lineId, good, quantity }) => {
    const line = order.lines.find((candidate) => candidate.id === lineId) as Line;
    if (line.skuId !== good.sku.id) return good.totalMinor;
    const units = unitsFrom(
      lines.filter((part) => part.lineId === lineId),
      0,
      quantity,
    );
    return worthOf(order.lines, units).totalMinor;
  });
  return { ...plan, costMinor: costs.reduce((sum, cost) => sum + cost, 0n) };
}

/** Adds the lines and promises their units, and has them sent, unless something is awaited before. Returns the lines' ids. */
export function sendInstead(
  world: World,
  order: orders.Order,
  one: Return,
  { goods }: Exchange,
  promises: PromisePlan | null,
  ctx: Ctx,
  waits = false,
): string[] {
  if (!promises) return [];
  const beyond = planBeyond(world, promises);
  inventory.apply(world.inventory, promises.movements, { order: order.row }, ctx);
  const position = Math.max(...order.lines.map((line) => line.position));
  const lines: Line[] = [];
  for (const { lineId, good, quantity } of goods) {
    const original = order.lines.find((line) => line.id === lineId) as Line;
    for (const part of byShipment(order, one, lineId, quantity)) {
      const line = {
        ...original,
        ...{ id: newId(), position: position + lines.length + 1, quantity: part.quantity, unitPrice: '0' },
        ...{ skuId: good.sku.id, skuCode: good.sku.code, name: good.name, stocked: true },
        ...{ netMinor: 0n, discountMinor: 0n, taxMinor: 0n, totalMinor: 0n },
        ...{ replacesLineId: lineId, replacesShipmentId: part.shipmentId, returnId: one.id },
      };
      orders.addLine(order, line);
      lines.push(line);
    }
  }
  queueBeyond(world, order, lines, beyond, ctx);
  if (beyond.length > 0) tellBackordered(world, order, ctx);
  const lineIds = lines.map((line) => line.id);
  if (!waits) begin(world, reshipSaga, order, { state: { lineIds, queued: true } }, ctx);
  return lineIds;
}

/** So many units, by the shipments in which those that came back had been: each is replaced once. */
function byShipment(order: orders.Order, one: Return, lineId: string, quantity: number) {
  const left = new Map<string | null, number>();
  const count = (shipmentId: string | null | undefined, units: number): unknown =>
    left.set(shipmentId ?? null, (left.get(shipmentId ?? null) ?? 0) + units);
  for (const span of [...order.spans].sort((a: Span, b: Span) => a.from - b.from))
    if (span.lineId === lineId && span.returnId === one.id) count(span.shipmentId, unitsIn([span]));
  for (const line of order.lines)
    if (line.replacesLineId === lineId && line.returnId === one.id) count(line.replacesShipmentId, -line.quantity);
  let wanted = quantity;
  return [...left].flatMap(([shipmentId, units]) => {
    const taken = Math.min(wanted, Math.max(units, 0));
    wanted -= taken;
    return taken > 0 ? [{ shipmentId, quantity: taken }] : [];
  });
}

/** The parts of a return that give money back: what is kept in exchange is none of them, accepted units in unit order first. */
export function paidParts(lines: readonly ReturnLine[], exchanged: ReadonlyMap<string, number>, ahead = false): ReturnLine[] {
  const byLine = Map.groupBy(
    lines.filter((line) => line.status === 'inspected' && line.verdict !== 'reject'),
    (line) => line.lineId,
  );
  return [...byLine].flatMap(([lineId, parts]) => {
    const accepted = parts.filter((part) => part.verdict === 'accept');
    // What pays for goods that went ahead gives no money back, in unit order, as it is counted.
    if (ahead) return laterUnits(parts, exchanged.get(lineId) ?? 0);
    const kept = exchanged.get(lineId) ?? 0;
    const rest = unitsFrom(accepted, kept, unitsIn(accepted) - kept);
    const first = accepted[0];
    return [
      ...rest.map((range): ReturnLine => ({ ...(first as ReturnLine), ...range })),
      ...parts.filter((part) => part.verdict === 'part'),
    ];
  });
}

/** Rows without their first so many units. */
function laterUnits(parts: readonly ReturnLine[], skip: number): ReturnLine[] {
  let ahead = skip;
  return parts.flatMap((part) => {
    const gone = Math.min(ahead, part.to - part.from + 1);
    ahead -= gone;
    return part.from + gone > part.to ? [] : [{ ...part, from: part.from + gone }];
  });
}
