import * as catalog from '../../domains/catalog/service.ts';
import { cutToAvailable, type Demand, planPromise } from '../../domains/inventory/promising.ts';
import { movement } from '../../domains/inventory/rules.ts';
import * as inventory from '../../domains/inventory/service.ts';
import { demandOpen, expiryOf, type Reservation, statusAt } from '../../domains/reservations/rules.ts';
import type { ExtendReservationInput, ReleaseReservationInput, ReserveStockInput } from '../../domains/reservations/schema.ts';
import * as reservations from '../../domains/reservations/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { EventType } from '../../kernel/events.ts';
import type { Tx } from '../../platform/db.ts';
import { audit, emit, newOutbox, type Outbox, writeOutbox } from '../../platform/outbox.ts';
import { together } from '../../platform/together.ts';
import type { Locked, Request, Verb } from '../../platform/verb.ts';
import { type Shortage, shortagesOf } from '../take-available.ts';

/**
 * Promises units to a cart until a time, by the same counters as orders' promises. An order that names the reservation takes its units
 * over; otherwise they are for sale again when its time is over.
 */
export interface ReservedStock {
  readonly id: string;
  readonly status: string;
  readonly expiresAt: string;
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
  /** Lines that got less than was asked. */
  readonly shortages: readonly Shortage[];
}

export interface ChangedReservation {
  readonly id: string;
  readonly status: string;
  readonly expiresAt: string;
  readonly version: number;
}

export interface Reserving extends Locked {
  readonly reservations: reservations.ReservationsState;
  readonly inventory: inventory.InventoryState;
  readonly outbox: Outbox;
}

interface Carts extends Reserving {
  readonly catalog: catalog.CatalogState;
}

async function lock(tx: Tx, requests: readonly Request<ReserveStockInput>[]): Promise<Carts> {
  const { ctx } = requests[0] as Request<ReserveStockInput>;
  const goods = await catalog.load(
    tx,
    requests.map(({ input }) => input.merchantId),
    requests.flatMap(({ input }) => input.lines.map(({ sku }) => ({ merchantId: input.merchantId, code: sku }))),
  );
  const supply = [...goods.skus.values()].flatMap((sku) => (sku.stocked ? [{ skuId: sku.id, merchantId: sku.merchantId }] : []));
  return {
    applied: 0,
    catalog: goods,
    reservations: await reservations.lock(tx, []),
    inventory: await inventory.lock(tx, { region: ctx.home, supply, stock: [] }),
    outbox: newOutbox(),
  };
}

/** What of the cart has stock; refuses what is not for sale. A service promises nothing. */
function demandsOf(world: Carts, { merchantId, lines }: ReserveStockInput): Demand[] {
  return lines.flatMap(({ sku: code, quantity }) => {
    const sku = world.catalog.skus.get(`${merchantId}:${code}`);
    if (!sku?.active) throw new DomainError('unknown_sku', `The SKU ${code} does not exist or is not for sale.`, { sku: code });
    return sku.stocked ? [{ skuId: sku.id, skuCode: code, quantity }] : [];
  });
}

function reserve(world: Carts, { input, ctx }: Request<ReserveStockInput>): ReservedStock {
  if (!world.catalog.merchants.get(input.merchantId)?.active) throw new DomainError('not_found', 'There is no such merchant.');
  const asked = demandsOf(world, input);
  if (asked.length === 0) throw new DomainError('invalid_request', 'Nothing of this has stock: order it without a reservation.');
  const terms = { channel: input.channel, fromStock: true };
  const kept = input.accept === 'available' ? cutToAvailable(world.inventory, asked, terms) : asked.map((one) => one.quantity);
  const demands = asked.flatMap((one, at) => (kept[at] ? [{ ...one, quantity: kept[at] }] : []));
  const plan = planPromise(world.inventory, demands.length > 0 ? demands : asked, terms);
  const made = reservations.add(
    world.reservations,
    {
      merchantId: input.merchantId,
      channel: input.channel,
      reference: input.reference ?? null,
      lines: plan.skus.map(({ skuId, units }) => ({ skuId, quantity: units })),
      expiresAt: expiryOf(ctx.now, ctx.now, input.ttlSeconds),
    },
    ctx,
  );
  inventory.apply(world.inventory, plan.movements, { reservation: made }, ctx);
  tellOf(world, made, 'reservation.created', null, ctx);
  return {
    id: made.id,
    status: made.status,
    expiresAt: made.expiresAt.toISOString(),
    lines: plan.skus.map(({ skuCode, units }) => ({ sku: skuCode, quantity: Number(units) })),
    shortages: shortagesOf(asked, kept),
  };
}

/** Gives a reservation's units back, and says how it ended. */
export function endReservation(world: Reserving, reservation: Reservation, how: 'released' | 'expired', ctx: Ctx): void {
  const before = reservation.status;
  inventory.apply(world.inventory, givenBack(reservation), { reservation, reason: how }, ctx);
  reservations.change(world.reservations, reservation, { status: how }, ctx);
  tellOf(world, reservation, `reservation.${how}`, before, ctx);
}

/** The movements that give its units back. */
export const givenBack = (reservation: Reservation) =>
  reservation.lines.map(({ skuId, quantity }) => movement('release', skuId, null, { promised: -quantity }));

function tellOf(world: Reserving, reservation: Reservation, type: EventType, before: string | null, ctx: Ctx): void {
  world.applied++;
  tellOfReservation(world.outbox, reservation, type, before, ctx);
}

/** An event and an audit row about a reservation. */
export function tellOfReservation(
  outbox: Outbox,
  reservation: Reservation,
  type: EventType,
  before: string | null,
  ctx: Ctx,
): void {
  const { id, merchantId, version, channel, status, expiresAt, orderId } = reservation;
  const units = reservation.lines.reduce((sum, line) => sum + line.quantity, 0n);
  const facts = { channel, status, units, expiresAt: expiresAt.toISOString(), ...(orderId ? { orderId } : {}) };
  emit(outbox, { aggregate: 'reservation', aggregateId: id, aggregateVersion: version, merchantId, type, data: facts }, ctx);
  audit(
    outbox,
    {
      action: type,
      entity: 'reservation',
      entityId: id,
      merchantId,
      ...(before ? { before: { status: before } } : {}),
      after: facts,
    },
    ctx,
  );
}

/** Locks named reservations, and the supply of their SKUs where their units may go back. */
async function lockNamed(tx: Tx, requests: readonly Request<{ reservationId: string }>[], supply: boolean): Promise<Reserving> {
  const { ctx } = requests[0] as Request<{ reservationId: string }>;
  const locked = await reservations.lock(
    tx,
    requests.map(({ input }) => input.reservationId),
  );
  return lockGoods(tx, locked, supply, ctx);
}

/** The supply of what is reserved, after the reservations themselves. */
export async function lockGoods(tx: Tx, locked: reservations.ReservationsState, supply: boolean, ctx: Ctx): Promise<Reserving> {
  const goods = [...locked.byId.values()].flatMap(({ merchantId, lines }) => lines.map(({ skuId }) => ({ skuId, merchantId })));
  return {
    applied: 0,
    reservations: locked,
    inventory: await inventory.lock(tx, { region: ctx.home, supply: supply ? goods : [], stock: [] }),
    outbox: newOutbox(),
  };
}

const changed = ({ id, status, expiresAt, version }: Reservation): ChangedReservation => ({
  id,
  status,
  expiresAt: expiresAt.toISOString(),
  version: Number(version),
});

function release(world: Reserving, { input, ctx }: Request<ReleaseReservationInput>): ChangedReservation {
  const reservation = reservations.reservationOf(world.reservations, input.reservationId);
  if (reservation.status === 'used') demandOpen(reservation, ctx.now);
  if (reservation.status === 'open')
    endReservation(world, reservation, statusAt(reservation, ctx.now) === 'open' ? 'released' : 'expired', ctx);
  return changed(reservation);
}

function extend(world: Reserving, { input, ctx }: Request<ExtendReservationInput>): ChangedReservation {
  const reservation = reservations.reservationOf(world.reservations, input.reservationId);
  demandOpen(reservation, ctx.now);
  const expiresAt = expiryOf(reservation.createdAt, ctx.now, input.ttlSeconds);
  reservations.change(world.reservations, reservation, { expiresAt }, ctx);
  tellOf(world, reservation, 'reservation.extended', null, ctx);
  return changed(reservation);
}

export async function writeReserving(tx: Tx, world: Reserving): Promise<void> {
  await together(reservations.write(tx, world.reservations), inventory.write(tx, world.inventory), writeOutbox(tx, world.outbox));
}

export const reserveStock: Verb<ReserveStockInput, Carts, ReservedStock> = {
  name: 'reserve-stock',
  lock,
  decide: reserve,
  write: writeReserving,
};

export const releaseReservation: Verb<ReleaseReservationInput, Reserving, ChangedReservation> = {
  name: 'release-reservation',
  lock: (tx, requests) => lockNamed(tx, requests, true),
  decide: release,
  write: writeReserving,
};

export const extendReservation: Verb<ExtendReservationInput, Reserving, ChangedReservation> = {
  name: 'extend-reservation',
  lock: (tx, requests) => lockNamed(tx, requests, false),
  decide: extend,
  write: writeReserving,
};
