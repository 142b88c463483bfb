import type pg from 'pg';
import type { Flows } from '../../server/flows/flows.ts';
import type { OwnClock } from '../../server/flows/own-clock.ts';
import type { PlacedOrder } from '../../server/flows/placed-order.ts';
import type { Ctx } from '../../server/kernel/context.ts';
import { newId } from '../../server/kernel/ids.ts';
import type { Role } from '../../server/kernel/vocabulary.ts';
import { CALL_LEASE_MS } from '../../server/platform/saga.ts';
import { findCallingOfOrders, findDueOfOrders } from '../../server/platform/saga-rows.ts';
import { externalIdOf, type PlannedOrder } from './plan.ts';

/** What a story needs to be told: the flows, the clock they read, and who acts. */
export interface Stage {
  readonly pool: pg.Pool;
  readonly home: string;
  readonly flows: Flows;
  readonly time: OwnClock;
  readonly base: Date;
  readonly actors: Readonly<Record<Role, string>>;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const later = (at: Date, ms: number): Date => new Date(at.getTime() + ms);
/** A few seconds for what the providers take: then an order's events stand in a believable order. */
const SETTLE_MS = 4_000;
const ROUNDS = 8;
const ROUND_MS = 700;

export function contextOf(stage: Pick<Stage, 'home'>, actor: string, now: Date): Ctx {
  return { now, actor, traceId: newId(), requestId: newId(), home: stage.home };
}

/**
 * Takes the sagas of orders as far as they come at that time. What a seed that was killed had on its way is waited out first: until its
 * lease is over nobody may act on it.
 */
export async function settle(stage: Stage, orderIds: readonly string[], now: Date, rounds = ROUNDS): Promise<void> {
  const cutOff = await findCallingOfOrders(stage.pool, orderIds);
  if (cutOff.length > 0) {
    await stage.time.at(later(now, CALL_LEASE_MS + rounds * ROUND_MS), () =>
      Promise.all(cutOff.map((sagaId) => stage.flows.advanceSaga(sagaId))),
    );
  }
  for (let round = 0; round < rounds; round++) {
    const at = later(now, round * ROUND_MS);
    const due = await findDueOfOrders(stage.pool, orderIds, at);
    if (due.length === 0) return;
    await stage.time.at(at, () => Promise.all(due.map((sagaId) => stage.flows.advanceSaga(sagaId))));
  }
}

/**
 * An order's life, part by part: before each part it names the time that part happens, and is resumed when that time has come. Every
 * verb has a key of its own, so a story that is told again repeats nothing.
 */
export async function* live(stage: Stage, plan: PlannedOrder): AsyncGenerator<Date, void, void> {
  yield plan.placedAt;
  const placed = await place(stage, plan);
  const teller = new Teller(stage, plan, placed);
  yield* (STORIES[plan.story] ?? deliver)(teller);
}

async function place(stage: Stage, plan: PlannedOrder): Promise<PlacedOrder> {
  const { shop, person } = plan;
  const token =
    plan.story === 'declined'
      ? 'pm_card_chargeDeclinedInsufficientFunds'
      : plan.story === 'abandoned' || plan.story === 'challenged'
        ? 'pm_card_threeDSecure2Required'
        : person.card;
  return stage.flows.placeOrder(
    {
      merchantId: shop.id,
      channel: plan.channel,
      externalId: externalIdOf(plan),
      currency: shop.currency,
      customer: { email: person.email, name: person.name, phone: person.phone },
      lines: [...plan.lines],
      ...(plan.shippingMinor > 0n ? { shipping: { name: 'Standard delivery', priceMinor: plan.shippingMinor } } : {}),
      ...(plan.discountMinor > 0n ? { discountMinor: plan.discountMinor } : {}),
      shipTo: person.shipTo,
      payment: { provider: 'card', token },
      ...(plan.tenders ? { tenders: [...plan.tenders] } : {}),
      metadata: {},
      tags: [...plan.tags],
    },
    contextOf(stage, shop.actor, plan.placedAt),
    `seed:order:${plan.number}`,
  );
}

type Part = AsyncGenerator<Date, void, void>;

/** One order and how to act on it at a time. */
class Teller {
  readonly stage: Stage;
  readonly plan: PlannedOrder;
  readonly order: PlacedOrder;

  constructor(stage: Stage, plan: PlannedOrder, order: PlacedOrder) {
    this.stage = stage;
    this.plan = plan;
    this.order = order;
  }

  get packedAt(): Date {
    return later(this.plan.placedAt, this.plan.packMinutes * MINUTE_MS);
  }

  get deliveredAt(): Date {
    return later(this.packedAt, this.plan.travelMinutes * MINUTE_MS);
  }

  /** Nothing made up happens after the demo was made. */
  isPast(at: Date): boolean {
    return at < this.stage.base;
  }

  ctx(role: Role, now: Date): Ctx {
    return contextOf(this.stage, this.stage.actors[role], now);
  }

  key(what: string): string {
    return `seed:order:${this.plan.number}:${what}`;
  }

  settle(now: Date): Promise<void> {
    return settle(this.stage, [this.order.id], now);
  }

  async note(now: Date): Promise<void> {
    if (!this.plan.note) return;
    await this.stage.flows.noteOrder({ orderId: this.order.id, body: this.plan.note }, this.ctx('agent', now), this.key('note'));
  }

  async ship(now: Date, units?: { lineId: string; quantity: number }[]): Promise<string[]> {
    const shipping = await this.stage.flows.shipOrder(
      { orderId: this.order.id, ...(units ? { units } : {}) },
      this.ctx('warehouse', now),
      this.key('ship'),
    );
    await this.settle(now);
    return shipping.shipments.map((shipment) => shipment.id);
  }

  async report(
    shipmentIds: readonly string[],
    status: 'IN_TRANSIT' | 'DELIVERED' | 'EXCEPTION',
    at: Date,
    detail: string | null = null,
  ) {
    for (const shipmentId of shipmentIds) {
      await this.stage.flows.updateShipment(
        { shipmentId, status, detail, occurredAt: at },
        contextOf(this.stage, 'system:carrier', at),
        this.key(`${status}:${shipmentId}`),
      );
    }
  }
}

async function* confirm(teller: Teller): Part {
  yield later(teller.plan.placedAt, SETTLE_MS);
  await teller.settle(later(teller.plan.placedAt, SETTLE_MS));
  await teller.note(later(teller.plan.placedAt, 20 * MINUTE_MS));
}

/** Packed, on its way, at the door, each if its time has come. Returns whether it arrived. */
async function* travel(teller: Teller, end: 'DELIVERED' | 'EXCEPTION' = 'DELIVERED'): AsyncGenerator<Date, boolean, void> {
  yield* confirm(teller);
  if (!teller.isPast(teller.packedAt)) return false;
  yield teller.packedAt;
  const shipments = await teller.ship(teller.packedAt);
  const left = later(teller.packedAt, 3 * HOUR_MS);
  if (!teller.isPast(left)) return false;
  yield left;
  await teller.report(shipments, 'IN_TRANSIT', left);
  if (!teller.isPast(teller.deliveredAt)) return false;
  yield teller.deliveredAt;
  await teller.report(shipments, end, teller.deliveredAt, end === 'EXCEPTION' ? 'The address could not be found.' : null);
  return true;
}

async function* deliver(teller: Teller): Part {
  yield* travel(teller);
}

async function* partlyShip(teller: Teller): Part {
  yield* confirm(teller);
  if (!teller.isPast(teller.packedAt)) return;
  yield teller.packedAt;
  const first = teller.order.lines[0];
  if (first) await teller.ship(teller.packedAt, [{ lineId: first.id, quantity: 1 }]);
}

async function* cancel(teller: Teller): Part {
  yield* confirm(teller);
  const at = later(teller.plan.placedAt, Math.min(teller.plan.packMinutes, 300) * MINUTE_MS);
  if (!teller.isPast(at)) return;
  yield at;
  await teller.stage.flows.cancelOrder(
    { orderId: teller.order.id, reason: 'customer_request' },
    teller.ctx('agent', at),
    teller.key('cancel'),
  );
  await teller.settle(at);
}

async function* abandon(teller: Teller): Part {
  yield* confirm(teller);
  const at = later(teller.plan.placedAt, 31 * MINUTE_MS);
  if (!teller.isPast(at)) return;
  yield at;
  await teller.settle(at);
}

type Back = { kind: 'units'; units?: { lineId: string; quantity: number }[] } | { kind: 'goodwill'; amountMinor: bigint };

/** Money back some days after the parcel came; a large amount is agreed to by finance, or left waiting for it. */
async function* giveBack(teller: Teller, back: Back, reason: 'damaged' | 'customer_request' | 'late', decide: boolean): Part {
  const arrived = yield* travel(teller);
  const at = later(teller.deliveredAt, 26 * HOUR_MS);
  if (!arrived || !teller.isPast(at)) return;
  yield at;
  const orderId = teller.order.id;
  const refund = await teller.stage.flows.refundOrder(
    { ...back, orderId, reason },
    teller.ctx('agent', at),
    teller.key('refund'),
  );
  if (refund.approvalId && !decide) return;
  if (refund.approvalId) {
    await teller.stage.flows.decideApproval(
      { approvalId: refund.approvalId, decision: 'approve' },
      teller.ctx('finance', later(at, HOUR_MS)),
      teller.key('approve'),
    );
  }
  await teller.settle(later(at, 2 * HOUR_MS));
}

const hold = (kind: 'fraud' | 'address' | 'manual', role: Role, reason: string) =>
  async function* held(teller: Teller): Part {
    const at = later(teller.plan.placedAt, 1_000);
    yield at;
    await teller.stage.flows.holdOrder(
      { orderId: teller.order.id, hold: kind, reason },
      teller.ctx(role, at),
      teller.key('hold'),
    );
    yield* confirm(teller);
  };

/** Its story goes on where the faults are switched on: prisma/seed/troubles.ts. */
async function* wait(): Part {}

const firstUnit = (teller: Teller): Back => ({
  kind: 'units',
  units: [{ lineId: teller.order.lines[0]?.id ?? '', quantity: 1 }],
});

const STORIES: Readonly<Record<PlannedOrder['story'], (teller: Teller) => Part>> = {
  delivered: deliver,
  split: deliver,
  partly_shipped: partlyShip,
  cancelled_by_customer: cancel,
  declined: confirm,
  abandoned: abandon,
  challenged: confirm,
  shortage: confirm,
  unit_refunded: (teller) => giveBack(teller, firstUnit(teller), 'damaged', true),
  refunded: (teller) => giveBack(teller, { kind: 'units' }, 'customer_request', true),
  refund_waiting: (teller) => giveBack(teller, { kind: 'units' }, 'customer_request', false),
  goodwill: (teller) =>
    giveBack(
      teller,
      { kind: 'goodwill', amountMinor: BigInt(Math.max(1, Math.floor(teller.order.totalMinor / 10))) },
      'late',
      true,
    ),
  async *lost_parcel(teller) {
    yield* travel(teller, 'EXCEPTION');
  },
  held_fraud: hold('fraud', 'fraud_analyst', 'Card and address are far apart; first order of this customer.'),
  held_address: hold('address', 'agent', 'The postal code does not fit the city.'),
  held_manual: hold('manual', 'agent', 'Customer asked us to wait for a second order.'),
  stuck: confirm,
  in_doubt: wait,
};
