import * as catalog from '../domains/catalog/service.ts';
import * as customers from '../domains/customers/service.ts';
import { type PromisePlan, type PromiseTerms, planPromise } from '../domains/inventory/promising.ts';
import * as inventory from '../domains/inventory/service.ts';
import type { Line } from '../domains/orders/rules.ts';
import type { PlaceOrderInput } from '../domains/orders/schema.ts';
import * as orders from '../domains/orders/service.ts';
import * as payments from '../domains/payments/service.ts';
import * as pickups from '../domains/pickups/service.ts';
import { type PlacingTerms, termsAtPlacement } from '../domains/policies/rules.ts';
import type { Quote } from '../domains/quotes/rules.ts';
import * as quotes from '../domains/quotes/service.ts';
import { demandUsable, heldBy, type Reservation } from '../domains/reservations/rules.ts';
import * as reservations from '../domains/reservations/service.ts';
import type { ShippingMethod } from '../domains/shipping/rules.ts';
import * as shipping from '../domains/shipping/service.ts';
import * as taxes from '../domains/taxes/service.ts';
import * as wallet from '../domains/wallet/service.ts';
import type { Ctx } from '../kernel/context.ts';
import { DomainError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { toMajor, WIRE_LIMIT_MINOR } from '../kernel/money.ts';
import type { Tx } from '../platform/db.ts';
import { audit } from '../platform/outbox.ts';
import type { Request, Verb } from '../platform/verb.ts';
import { isQueued, openSales, planBeyond, queueBeyond, tellBackordered } from './backorders/sell-beyond-stock.ts';
import { type Bill, billOf, linesOf } from './bill-order.ts';
import { demandRoute, expiryOf } from './payments/choose-gateway.ts';
import { checkPickup, loadCounters } from './pickups/place-pickup.ts';
import { answer, type PlacedOrder } from './placed-order.ts';
import { placementSaga } from './placement-saga.ts';
import { totalOf } from './price-order.ts';
import { givenBack, tellOfReservation } from './reservations/reserve-stock.ts';
import { demandQuoted, type Shortage, takeAvailable } from './take-available.ts';
import { addTenders, needsCard, planHolds, tellTenders } from './tenders/hold-tenders.ts';
import { type AskedTenders, findTenders, type Payer } from './tenders/plan-tenders.ts';
import { begin, lockWorld, settleOrder, takeNumber, tell, type World, writeWorld } from './world.ts';

/**
 * Places an order: prices it once, by the quote that it names or line by line, promises its stock and records the attempt to authorize
 * its payment, all in one transaction. The caller's answer is an order in PENDING; its saga takes it from there. Nothing is taken that is
 * not promised, and nothing promised outlives a failed authorization.
 */

const CARD = 'card';

interface Placing extends World {
  readonly catalog: catalog.CatalogState;
  readonly rates: taxes.RateTable;
  readonly quotes: ReadonlyMap<string, Quote>;
  readonly methods: ReadonlyMap<string, ShippingMethod[]>;
  readonly customerIds: Map<Request<PlaceOrderInput>, string | null>;
  readonly externalIds: Set<string>;
  readonly tenders: AskedTenders;
  readonly reservations: reservations.ReservationsState;
}

async function lock(tx: Tx, requests: readonly Request<PlaceOrderInput>[]): Promise<Placing> {
  const inputs = requests.map((request) => request.input);
  const ctx = (requests[0] as Request<PlaceOrderInput>).ctx;
  const quoted = inputs.filter((input) => input.quote);
  const named = await quotes.find(
    tx,
    quoted.map((input) => input.quote?.id as string),
  );
  const merchantIds = inputs.map((input) => input.merchantId);
  const goods = await catalog.load(
    tx,
    merchantIds,
    inputs.flatMap((input) => linesWanted(input, named).map((line) => ({ merchantId: input.merchantId, code: line.sku }))),
  );
  const rates = await taxes.load(tx, merchantIds);
  const methods = await shipping.load(
    tx,
    quoted.map((input) => input.merchantId),
  );
  const found = await customers.resolve(tx, inputs.map(mentionOf), ctx.now);
  const skus = [...goods.skus.values()]
    .filter((sku) => sku.stocked)
    .map((sku) => ({ skuId: sku.id, merchantId: sku.merchantId }));
  const external = inputs.flatMap((input) =>
    input.externalId ? [{ merchantId: input.merchantId, externalId: input.externalId }] : [],
  );
  const tenders = await findTenders(
    tx,
    inputs.map((input, index) => payerOf(input, named, found[index] ?? null)),
  );
  const { accounts, giftCards, storeCredits } = tenders;
  const reserved = await reservations.lock(
    tx,
    inputs.flatMap((input) => input.reservationId ?? []),
  );
  for (const { merchantId, lines } of reserved.byId.values()) skus.push(...lines.map(({ skuId }) => ({ skuId, merchantId })));
  const needs = { orderIds: [], supply: true, skus, numbers: { order: requests.length }, accounts, giftCards, storeCredits };
  // Only an order that is fetched looks at the shelves of one node.
  const fetched = inputs.some((input) => input.pickup);
  const world = await lockWorld(tx, fetched ? { ...needs, stock: true } : needs, ctx);
  await openSales(tx, world, ctx);
  await loadCounters(tx, world, inputs);
  // Read after the last lock: an order with this name that committed while we waited is seen.
  const externalIds = await orders.findExternalIds(tx, external);
  return {
    ...world,
    catalog: goods,
    rates,
    quotes: named,
    methods,
    externalIds,
    tenders,
    reservations: reserved,
    customerIds: new Map(requests.map((request, index) => [request, found[index] ?? null])),
  };
}

function linesWanted(input: PlaceOrderInput, named: ReadonlyMap<string, Quote>): readonly { readonly sku: string }[] {
  return input.quote ? (named.get(input.quote.id)?.lines ?? []) : input.lines;
}

function payerOf(input: PlaceOrderInput, named: ReadonlyMap<string, Quote>, customerId: string | null): Payer {
  return { input, currency: input.quote ? named.get(input.quote.id)?.currency : input.currency, customerId };
}

function mentionOf(input: PlaceOrderInput): customers.Mention {
  const { customer, merchantId, shipTo } = input;
  return {
    merchantId,
    externalId: customer.externalId,
    email: customer.email,
    name: customer.name,
    phone: customer.phone,
    country: customer.country ?? shipTo?.country,
  };
}

function decide(world: Placing, request: Request<PlaceOrderInput>): PlacedOrder {
  const { input, ctx } = request;
  const merchant = world.catalog.merchants.get(input.merchantId);
  if (!merchant?.active) throw new DomainError('not_found', 'There is no such merchant.');
  const externalKey = input.externalId ? `${input.merchantId}:${input.externalId}` : null;
  if (externalKey && world.externalIds.has(externalKey))
    throw new DomainError('duplicate_external_id', `An order with the external_id ${input.externalId} exists already.`);
  const orderId = newId();
  const cart = cartOf(world, input, ctx.now);
  const terms = { channel: input.channel, ...(cart ? { held: heldBy(cart) } : {}) };
  const { wanted, shortages } = wantedNow(world, input, terms);
  const bill = billOf(world, wanted, merchant, ctx.now);
  const lines = linesOf(bill, orderId);
  const totalMinor = totalOf(lines);
  const { currency } = bill.terms;
  if (totalMinor >= WIRE_LIMIT_MINOR) throw new DomainError('amount_out_of_range', 'The order total is too large.');
  if (input.totalMinor !== undefined && input.totalMinor !== totalMinor)
    throw new DomainError('total_mismatch', `The order costs ${toMajor({ amountMinor: totalMinor, currency })} ${currency}.`, {
      sentMinor: Number(input.totalMinor),
      totalMinor: Number(totalMinor),
    });
  const held = planHolds(world, { input, currency, customerId: world.customerIds.get(request) ?? null }, totalMinor, ctx.now);
  const cardMinor = held.reduce((left, tender) => left - tender.amountMinor, totalMinor);
  if (cardMinor > 0n && !input.payment) throw needsCard(cardMinor, currency, held.length > 0);
  const promises = promisesOf(world, lines, request.input, terms);
  const beyond = planBeyond(world, promises);

  checkPickup(world, input, lines);
  const paid = cardMinor > 0n ? input.payment : undefined;
  const method = paid?.method ?? CARD;
  const route = paid && demandRoute(merchant.paymentGateways, { method, currency, amountMinor: cardMinor, input, lines });

  if (externalKey) world.externalIds.add(externalKey);
  const expiresAt = expiryOf(input, route?.gateway, ctx.now);
  const about = { id: orderId, home: merchant.home, totalMinor, expiresAt };
  const order = orders.add(world.orders, newRow(world, request, bill, about), lines);
  if (cart) useReservation(world, cart, orderId, ctx);
  inventory.apply(world.inventory, promises.movements, { order: order.row }, ctx);
  queueBeyond(world, order, lines, beyond, ctx);
  if (input.pickup)
    pickups.add(world.pickups, { orderId, merchantId: input.merchantId, nodeId: input.pickup.nodeId, createdAt: ctx.now });
  // The house's own tenders first: the card pays what they leave, and is the last to be taken and the first to be given back.
  addTenders(world, order, held, ctx);
  if (paid && route) {
    const { merchantId } = input;
    const token = paid.token ?? null;
    const payment = payments.addPayment(
      world.payments,
      { orderId, merchantId, provider: route.gateway, method, token, currency, amountMinor: cardMinor },
      ctx,
    );
    payments.startOperation(world.payments, payment, 'authorize', cardMinor, null, ctx);
  }
  settleOrder(world, order, null, ctx);
  const cut = shortages.length > 0 ? { shortages } : {};
  const facts = { totalMinor, currency, channel: input.channel, lines: lines.length, ...cut };
  tell(world, order, 'order.placed', facts, ctx);
  tellBackordered(world, order, ctx);
  tellTenders(world, order, held, ctx);
  audit(
    world.outbox,
    {
      action: 'order.placed',
      entity: 'order',
      entityId: order.row.id,
      merchantId: order.row.merchantId,
      after: { number: order.row.number, ...facts },
    },
    ctx,
  );
  begin(
    world,
    placementSaga,
    order,
    {
      deadline: order.row.expiresAt,
      state: {
        ...(input.payment?.returnUrl ? { returnUrl: input.payment.returnUrl } : {}),
        ...(route && route.others.length > 0 ? { gateways: route.others } : {}),
        ...(route?.shipsUnpaid ? { shipsUnpaid: true } : {}),
        ...(isQueued(world, lines) ? { queued: true } : {}),
      },
    },
    ctx,
  );
  return { ...answer(world, order), ...cut };
}

/** The reservation that the order takes over; refused where it may not. */
function cartOf(world: Placing, input: PlaceOrderInput, now: Date): Reservation | null {
  if (!input.reservationId) return null;
  const found = world.reservations.byId.get(input.reservationId);
  demandUsable(found, input, now);
  return found;
}

/** What is ordered, cut to what there is where the order takes that. A quote stands for all of its lines, and is promised whole. */
function wantedNow(
  world: Placing,
  input: PlaceOrderInput,
  terms: PromiseTerms,
): { wanted: PlaceOrderInput; shortages: readonly Shortage[] } {
  if (input.accept !== 'available' || input.quote) return { wanted: input, shortages: [] };
  const skuOf = (code: string) => world.catalog.skus.get(`${input.merchantId}:${code}`);
  const { lines, shortages } = takeAvailable(world.inventory, input.lines, skuOf, terms);
  return { wanted: { ...input, lines: [...lines] }, shortages };
}

function promisesOf(world: Placing, lines: readonly Line[], input: PlaceOrderInput, terms: PromiseTerms): PromisePlan {
  const demands = lines.flatMap((line) =>
    line.stocked && line.skuId ? [{ skuId: line.skuId, skuCode: line.skuCode ?? '', quantity: line.quantity }] : [],
  );
  if (input.quote && input.accept === 'available') demandQuoted(world.inventory, demands, terms);
  return planPromise(world.inventory, demands, terms);
}

/** The cart's units go back and are promised to the order in the same breath: nobody comes between. */
function useReservation(world: Placing, cart: Reservation, orderId: string, ctx: Ctx): void {
  inventory.apply(world.inventory, givenBack(cart), { reservation: cart, reason: 'used' }, ctx);
  reservations.change(world.reservations, cart, { status: 'used', orderId }, ctx);
  world.applied++;
  tellOfReservation(world.outbox, cart, 'reservation.used', 'open', ctx);
}

function newRow(
  world: Placing,
  request: Request<PlaceOrderInput>,
  { terms, quote, option }: Bill,
  {
    id,
    home,
    totalMinor,
    expiresAt,
  }: { readonly id: string; readonly home: string; readonly totalMinor: bigint; readonly expiresAt: Date | null },
): orders.OrderRow {
  const { input, ctx } = request;
  return {
    id,
    home,
    merchantId: input.merchantId,
    customerId: world.customerIds.get(request) ?? null,
    number: takeNumber(world, 'order'),
    externalId: input.externalId ?? null,
    channel: input.channel,
    currency: terms.currency,
    customerName: input.customer.name ?? input.shipTo?.name ?? null,
    email: input.customer.email ?? null,
    phone: input.customer.phone ?? input.shipTo?.phone ?? null,
    shipTo: input.shipTo ?? null,
    billTo: input.billTo ?? null,
    metadata: input.metadata,
    placedAt: ctx.now,
    expiresAt,
    totalMinor,
    quoteId: quote?.id ?? null,
    shippingMethod: option?.code ?? null,
    promisedFrom: option?.promisedFrom ?? null,
    promisedBy: option?.promisedBy ?? null,
    shipTogether: input.shipTogether ?? false,
    terms: termsAtPlacement(terms.merchant.orderTerms as PlacingTerms | null, ctx.now),
    status: 'PENDING',
    paymentStatus: 'UNPAID',
    fulfilmentStatus: 'UNALLOCATED',
    holds: [],
    tags: [...new Set(input.tags)],
    cancelledMinor: 0n,
    cancellationFeeMinor: 0n,
    authorizedMinor: 0n,
    capturedMinor: 0n,
    refundedMinor: 0n,
    goodwillMinor: 0n,
    receivableMinor: 0n,
    cancellation: null,
    confirmedAt: null,
    finishedAt: null,
    updatedAt: ctx.now,
    version: 0n,
  };
}

export const placeOrder: Verb<PlaceOrderInput, Placing, PlacedOrder> = {
  name: 'place-order',
  lock,
  decide,
  async write(tx: Tx, world: Placing) {
    if (world.tenders.wallets) await wallet.write(tx, world.tenders.wallets);
    await reservations.write(tx, world.reservations);
    await writeWorld(tx, world);
  },
};
