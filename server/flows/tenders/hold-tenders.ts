import type { Order } from '../../domains/orders/service.ts';
import * as payments from '../../domains/payments/service.ts';
import * as wallet from '../../domains/wallet/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import { toMajor } from '../../kernel/money.ts';
import { tellOfWallet } from '../wallets/wallet-world.ts';
import { postFor, tell, type World } from '../world.ts';
import { settleLocally } from './local-operations.ts';
import { type AskedTenders, checkHolds, holdOf, type Payer, type PlannedTender, planTenders } from './plan-tenders.ts';

/** A planned tender with its hold. */
export interface HeldTender extends PlannedTender {
  readonly hold: ReturnType<typeof holdOf>;
}

/** What is held of each tender of an order that is being placed, planned on the locked accounts. */
export function planHolds(
  world: World & { readonly tenders: AskedTenders },
  payer: Payer,
  totalMinor: bigint,
  now: Date,
): HeldTender[] {
  if (!payer.input.tenders || payer.input.tenders.length === 0) return [];
  const held = planTenders(world, payer, totalMinor, now).map((plan) => ({
    ...plan,
    hold: holdOf(plan, payer.input.merchantId, payer.currency as string),
  }));
  checkHolds(
    world,
    held.map(({ hold }) => hold),
  );
  return held;
}

/** The refusal of an order whose tenders leave something to pay, and no card to pay it with. */
export function needsCard(amountMinor: bigint, currency: string, mixed: boolean): DomainError {
  const rest = `${toMajor({ amountMinor, currency })} ${currency}`;
  const detail = mixed
    ? `${rest} is left to pay by card: send payment.token of the payment provider, or more tenders.`
    : 'The order costs something: send payment.token of the payment provider.';
  return new DomainError('invalid_request', detail, { field: 'payment', ...(mixed ? { leftMinor: Number(amountMinor) } : {}) });
}

/** Writes an order's tenders as authorized payments with their holds, which were planned before. The card, if there is one, comes after them. */
export function addTenders(world: World, order: Order, held: readonly HeldTender[], ctx: Ctx): void {
  const { id: orderId, merchantId, currency } = order.row;
  const specs = held.map(({ provider, token, last4, amountMinor, hold }) => {
    const payment = payments.addPayment(
      world.payments,
      { orderId, merchantId, provider, method: provider, token, currency, amountMinor },
      ctx,
    );
    Object.assign(payment, { last4, authorizedMinor: amountMinor, holdId: hold.id });
    settleLocally(world, payment, 'authorize', amountMinor, null, ctx);
    return { ...hold, orderId, paymentId: payment.id, reference: null };
  });
  postFor(world, order, specs, ctx);
}

/** Says which tenders hold what; after the order itself was told of. */
export function tellTenders(
  world: World & { readonly tenders: AskedTenders },
  order: Order,
  held: readonly HeldTender[],
  ctx: Ctx,
): void {
  for (const payment of payments.ofOrder(world.payments, order.row.id)) {
    if (payment.holdId === null) continue;
    const { id: paymentId, amountMinor, provider: tender } = payment;
    tell(world, order, 'payment.authorized', { paymentId, amountMinor, tender }, ctx);
  }
  for (const { wallet: own, amountMinor } of held) {
    if (!own || !world.tenders.wallets) continue;
    const spent = wallet.change(world.tenders.wallets, own.id, own.usage);
    tellOfWallet(world, spent, 'wallet.paid', { orderId: order.row.id, amountMinor: Number(amountMinor) }, ctx);
  }
}
