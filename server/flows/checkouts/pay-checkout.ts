import {
  type Checkout,
  demandOpen,
  demandPayable,
  heldFor,
  isTheirs,
  outcomeOf,
  sameTender,
  settled,
} from '../../domains/checkouts/rules.ts';
import type { PayCheckoutInput } from '../../domains/checkouts/schema.ts';
import * as checkouts from '../../domains/checkouts/service.ts';
import type { PlaceOrderInput, TenderInput } from '../../domains/orders/schema.ts';
import * as orders from '../../domains/orders/service.ts';
import { looksLikeCardNumber } from '../../kernel/card-numbers.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Tx } from '../../platform/db.ts';
import { audit, newOutbox, type Outbox } from '../../platform/outbox.ts';
import type { Locked, Request, Verb } from '../../platform/verb.ts';
import { placeOrder } from '../place-order.ts';
import { writeCheckouts } from './create-checkout.ts';

/**
 * Pays for a checkout: places the order by its quote in the transaction that marks the checkout as being paid, under the checkout's lock.
 * A double click, a reload, a second tab or a lost reply finds the order that is on its way and is answered with that one; only after an
 * order was cancelled unpaid is there another.
 */
export interface PayingCheckout {
  readonly id: string;
  readonly state: 'paying' | 'paid';
  readonly orderId: string;
}

type Placing = Awaited<ReturnType<typeof placeOrder.lock>>;

interface Paying extends Locked {
  readonly checkouts: checkouts.CheckoutsState;
  readonly attempts: ReadonlyMap<string, orders.AttemptState>;
  /** What placing the batch's orders needs; null where every checkout of it is being paid or is over. */
  readonly placing: Placing | null;
  readonly placements: ReadonlyMap<Request<PayCheckoutInput>, Request<PlaceOrderInput>>;
  readonly outbox: Outbox;
}

/** Whether an order may be placed for it now, as far as its earlier attempts are concerned. */
function isFree(checkout: Checkout, attempt: orders.AttemptState | undefined): boolean {
  return checkout.state === 'open' || (checkout.state === 'paying' && attempt !== undefined && outcomeOf(attempt) === 'failed');
}

async function lock(tx: Tx, requests: readonly Request<PayCheckoutInput>[]): Promise<Paying> {
  const state = await checkouts.lock(
    tx,
    requests.map(({ input }) => input.checkoutId),
  );
  // Read after the lock, and without one of their own: that an order was confirmed, or cancelled unpaid, is never taken back.
  const attempts = await orders.findAttempts(
    tx,
    [...state.byId.values()].flatMap((checkout) => checkout.orderId ?? []),
  );
  const placements = new Map<Request<PayCheckoutInput>, Request<PlaceOrderInput>>();
  for (const request of requests) {
    const checkout = state.byId.get(request.input.checkoutId);
    if (!checkout || !isFree(checkout, attempts.get(checkout.orderId ?? ''))) continue;
    placements.set(request, { ...request, input: orderOf(checkout, request.input, request.ctx.now), onReplay: undefined });
  }
  const placing = placements.size > 0 ? await placeOrder.lock(tx, [...placements.values()]) : null;
  return { applied: 0, checkouts: state, attempts, placing, placements, outbox: placing?.outbox ?? newOutbox() };
}

function orderOf(checkout: Checkout, input: PayCheckoutInput, now: Date): PlaceOrderInput {
  const { pickup, shipTo, accept } = checkout;
  const reservationId = heldFor(checkout, now);
  const option = pickup ? undefined : input.option;
  return {
    merchantId: checkout.merchantId,
    channel: checkout.source,
    quote: { id: input.quoteId, ...(option === undefined ? {} : { option }) },
    totalMinor: input.totalMinor,
    customer: checkout.customer,
    ...(pickup ? { pickup: { nodeId: pickup.nodeId } } : shipTo ? { shipTo: { name: checkout.customer.name, ...shipTo } } : {}),
    ...(reservationId ? { reservationId } : {}),
    ...(accept === 'available' ? { accept } : {}),
    tenders: tendersOf(checkout, input),
    ...(input.paymentToken
      ? { payment: { provider: 'card' as const, token: input.paymentToken, returnUrl: input.returnUrl } }
      : {}),
    lines: [],
    metadata: {},
    tags: [],
  };
}

/** As an order takes them; one that pays nothing is left out. */
function tendersOf(checkout: Checkout, { tenders = [] }: PayCheckoutInput): TenderInput[] {
  return tenders
    .filter((tender) => tender.amountMinor > 0n && checkout.tenders.some((one) => sameTender(one, tender)))
    .map(({ type, id, amountMinor }) => {
      if (type === 'gift_card') return { type, giftCardId: id, amountMinor };
      return { type, customerId: id, amountMinor };
    });
}

/** Refuses what is not chosen on this checkout, and to spend what another customer has chosen: only they may, signed in. */
function demandChosen(checkout: Checkout, { tenders = [], payerId }: PayCheckoutInput): void {
  for (const tender of tenders) {
    if (!checkout.tenders.some((one) => sameTender(one, tender)))
      throw new DomainError('conflict', 'What you pay with was changed meanwhile. Look at it and pay again.');
    if (!isTheirs(tender, payerId ?? null))
      throw new DomainError('unauthenticated', 'Sign in to pay with what is yours.', { tender: tender.type });
  }
}

function decide(world: Paying, request: Request<PayCheckoutInput>): PayingCheckout {
  const { input, ctx } = request;
  const checkout = checkouts.checkoutOf(world.checkouts, input.checkoutId);
  const attempt = world.attempts.get(checkout.orderId ?? '');
  const running = checkout.state === 'paying' && !(attempt && outcomeOf(attempt) === 'failed');
  if ((running || checkout.state === 'paid') && checkout.orderId) {
    const paid = checkout.state === 'paid' || settled(checkout, attempt) === 'paid';
    return { id: checkout.id, state: paid ? 'paid' : 'paying', orderId: checkout.orderId };
  }
  demandOpen(checkout, attempt, ctx.now);
  if (input.paymentToken && looksLikeCardNumber(input.paymentToken)) throw new DomainError('card_number_refused');
  demandPayable(checkout, input.quoteId);
  demandChosen(checkout, input);
  const placement = world.placements.get(request);
  if (!placement || !world.placing) throw new Error(`Checkout ${checkout.id} is free, but nothing was locked to pay for it`);
  const order = placeOrder.decide(world.placing, placement);
  const before = checkout.state;
  checkouts.change(
    world.checkouts,
    checkout,
    {
      state: 'paying',
      orderId: order.id,
      orderIds: [...checkout.orderIds, order.id],
      shippingOption: checkout.pickup ? null : (input.option ?? checkout.shippingOption),
      // Its order has the units now.
      hold: null,
    },
    ctx,
  );
  world.applied++;
  audit(
    world.outbox,
    {
      action: 'checkout.paying',
      entity: 'checkout',
      entityId: checkout.id,
      merchantId: checkout.merchantId,
      before: { state: before },
      after: { state: 'paying', orderId: order.id, attempt: checkout.orderIds.length },
    },
    ctx,
  );
  return { id: checkout.id, state: 'paying', orderId: order.id };
}

export const payCheckout: Verb<PayCheckoutInput, Paying, PayingCheckout> = {
  name: 'pay-checkout',
  lock,
  decide,
  async write(tx, world) {
    if (!world.placing) return writeCheckouts(tx, world);
    // The outbox is the order's own, and is written last.
    await checkouts.write(tx, world.checkouts);
    await placeOrder.write(tx, world.placing);
  },
};
