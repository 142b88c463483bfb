import { type BoxContents, packBoxes } from '../domains/fulfilment/boxes.ts';
import type { ShipOrderInput } from '../domains/fulfilment/schema.ts';
import { isOnHand, stockKey } from '../domains/inventory/rules.ts';
import { isShippable, mayShip, selectUnits } from '../domains/orders/rules.ts';
import * as orders from '../domains/orders/service.ts';
import { DomainError } from '../kernel/errors.ts';
import { cutBySpans, type UnitRange, unitsIn, worthOf } from '../kernel/units.ts';
import type { Tx } from '../platform/db.ts';
import { audit } from '../platform/outbox.ts';
import type { Request, Verb } from '../platform/verb.ts';
import { cancelIntent } from './cancel-intent.ts';
import { createShipment } from './create-shipment.ts';
import { checkFingerprint, fingerprintOf } from './fingerprint.ts';
import { traitsAt } from './partners/at-partners.ts';
import { lockWorld, orderOf, settleOrder, tell, type World, writeWorld } from './world.ts';

/**
 * Packs allocated units into shipments, one per node; each shipment's saga buys the label, takes the money and hands it over. Services
 * and shipping travel with the first parcel.
 */
export interface ShipPreview {
  readonly fingerprint: string;
  readonly currency: string;
  readonly shipments: readonly {
    readonly nodeId: string;
    readonly units: readonly UnitRange[];
    readonly valueMinor: number;
    /** Empty where it is one box that nobody described. */
    readonly boxes: readonly BoxContents[];
  }[];
}

export interface ShippingOrder {
  readonly orderId: string;
  readonly number: string;
  readonly shipments: readonly { readonly id: string; readonly number: string; readonly valueMinor: number }[];
}

/** A node and SKU pair is one shipment; more nodes than this would be a mistake in the data. */
const MAX_SHIPMENTS = 20;

async function lock(tx: Tx, requests: readonly Request<ShipOrderInput>[]): Promise<World> {
  const first = requests[0] as Request<ShipOrderInput>;
  const orderIds = requests.map((request) => request.input.orderId);
  return lockWorld(tx, { orderIds, stock: true, numbers: { shipment: requests.length * MAX_SHIPMENTS } }, first.ctx);
}

const FETCHED = 'The customer fetches this order: say that it is ready at the pick-up desk instead of shipping it.';
const PARTNER_SHIPS = 'A partner sends these units: they were asked, and say when they have left.';

/** Whether we hand parcels over there. */
function shipsHere(world: World, order: orders.Order, nodeId: string | null): boolean {
  return traitsAt(world, order.row.merchantId, nodeId)?.shipsHere ?? true;
}

/** What would leave, by node, with what travels along. */
function previewShip(world: World, order: orders.Order, input: ShipOrderInput): ShipPreview {
  const facts = { ...orders.facts(order), cancelling: cancelIntent(world, order.row.id) !== undefined };
  const allowed = mayShip(facts);
  if (!allowed.allowed) throw new DomainError('state_refuses', allowed.why);
  const eligible = (span: (typeof order.spans)[number]): boolean =>
    isShippable(span) && (input.nodeId === undefined || span.nodeId === input.nodeId) && shipsHere(world, order, span.nodeId);
  if (order.spans.some(isShippable) && !order.spans.some(eligible)) throw new DomainError('state_refuses', PARTNER_SHIPS);
  if (world.pickups.byOrder.has(order.row.id)) throw new DomainError('state_refuses', FETCHED);
  if (input.boxes && input.units)
    throw new DomainError('invalid_request', 'Name the units in their boxes, or without boxes: not both.');
  const wanted = input.boxes?.flatMap((box) => box.units) ?? input.units;
  const chosen = selectUnits(facts, wanted, eligible, 'shipped');
  const byNode = new Map<string, UnitRange[]>();
  const spansOf = Map.groupBy(order.spans, (span) => span.lineId);
  for (const { lineId, from, to } of chosen) {
    for (const part of cutBySpans(spansOf.get(lineId) ?? [], { from, to })) {
      const nodeId = part.span.nodeId as string;
      const units = byNode.get(nodeId);
      if (units) units.push({ lineId, from: part.from, to: part.to });
      else byNode.set(nodeId, [{ lineId, from: part.from, to: part.to }]);
    }
  }
  if (byNode.size > MAX_SHIPMENTS)
    throw new DomainError('over_limit', `One call makes at most ${MAX_SHIPMENTS} shipments. Name a node.`);
  if (input.boxes && byNode.size > 1)
    throw new DomainError('invalid_request', 'These units lie at several nodes: pack each node’s on its own.');
  const stocked = new Set(order.lines.flatMap((line) => (line.stocked ? [line.id] : [])));
  const services = order.spans.filter((span) => span.state === 'open' && span.shipmentId === null && !stocked.has(span.lineId));
  const shipments = [...byNode].map(([nodeId, ranges], index) => {
    const units = index === 0 ? [...ranges, ...services.map(({ lineId, from, to }) => ({ lineId, from, to }))] : ranges;
    const nameOf = (lineId: string): string => order.lines.find((line) => line.id === lineId)?.name ?? lineId;
    const boxes = input.boxes ? packBoxes(units, stocked, input.boxes, nameOf) : [];
    return { nodeId, units, valueMinor: Number(worthOf(order.lines, units).totalMinor), boxes };
  });
  const plan = { currency: order.row.currency, shipments };
  return { ...plan, fingerprint: fingerprintOf(plan) };
}

/**
 * Plans a shipment and refuses what the shelves do not hold: money is taken before the parcel leaves, so what is known to be missing
 * must not get that far.
 */
export function planShip(world: World, order: orders.Order, input: ShipOrderInput): ShipPreview {
  const preview = previewShip(world, order, input);
  const lines = new Map(order.lines.map((line) => [line.id, line]));
  for (const { nodeId, units } of preview.shipments) {
    const wanted = new Map<string, { name: string; units: number }>();
    for (const range of units) {
      const line = lines.get(range.lineId);
      if (!line?.stocked || !line.skuId) continue;
      wanted.set(line.skuId, { name: line.name, units: (wanted.get(line.skuId)?.units ?? 0) + unitsIn([range]) });
    }
    for (const [skuId, { name, units: count }] of wanted) {
      if (isOnHand(world.inventory, skuId, nodeId, BigInt(count))) continue;
      const onHand = Number(world.inventory.stock.get(stockKey(skuId, nodeId))?.onHand ?? 0n);
      throw new DomainError(
        'over_limit',
        `Only ${onHand} of ${name} are on hand at this node; ${count} are allocated there. Ship fewer, or count again.`,
        { skuId, nodeId, onHand },
      );
    }
  }
  return preview;
}

function decide(world: World, { input, ctx }: Request<ShipOrderInput>): ShippingOrder {
  const order = orderOf(world, input.orderId);
  const preview = planShip(world, order, input);
  checkFingerprint(input.fingerprint, preview);
  const shipments = preview.shipments.map((planned) => {
    const id = createShipment(world, order, planned.units, planned.nodeId, ctx, planned.boxes);
    const shipment = world.fulfilment.byId.get(id);
    const number = shipment?.number ?? '';
    tell(
      world,
      order,
      'shipment.created',
      { shipmentId: id, shipmentNumber: number, nodeId: planned.nodeId, valueMinor: planned.valueMinor },
      ctx,
    );
    return { id, number, valueMinor: planned.valueMinor };
  });
  settleOrder(world, order, null, ctx);
  audit(
    world.outbox,
    {
      action: 'order.shipping_started',
      entity: 'order',
      entityId: order.row.id,
      merchantId: order.row.merchantId,
      before: { fulfilmentStatus: order.row.fulfilmentStatus },
      after: { shipments },
    },
    ctx,
  );
  return { orderId: order.row.id, number: order.row.number, shipments };
}

export const shipOrder: Verb<ShipOrderInput, World, ShippingOrder> = { name: 'ship-order', lock, decide, write: writeWorld };
