import { z } from 'zod';
import { applyTenders, type CheckoutTender, isTheirs } from '../domains/checkouts/rules.ts';
import { MAX_CODE_TYPED } from '../domains/gift-cards/schema.ts';
import { DomainError } from '../kernel/errors.ts';
import { type Balances, readBalances, readFree } from '../views/checkout-tenders.ts';
import type { CheckoutPage } from '../views/checkouts.ts';
import type { ApiContext } from './context.ts';
import { lookUpCard } from './gift-card-door.ts';

/** What is paid with beside the card, as the pay page shows it. */
export interface PayTenders {
  readonly tenders: readonly AppliedTender[];
  /** What the card pays; null as long as there is no total. */
  readonly cardMinor: bigint | null;
  /** Of the customer who is signed in; null for everybody else. */
  readonly balances: Balances | null;
}

export interface AppliedTender {
  readonly type: CheckoutTender['type'];
  readonly id: string;
  readonly last4: string | null;
  /** What is free on it, and how much of that pays for this. */
  readonly freeMinor: bigint;
  readonly amountMinor: bigint;
}

/** The tenders of a checkout that this visitor may see and spend: gift cards, and what is their own. */
export async function tendersOf(ctx: ApiContext, page: CheckoutPage): Promise<PayTenders> {
  const { customerId } = ctx.principal;
  const chosen = page.tenders.filter((tender) => isTheirs(tender, customerId));
  const free = await readFree(ctx.pool, chosen, page, ctx.ctx().now);
  const option = page.quote?.options.find(({ code }) => code === page.option);
  const totalMinor = page.quote && (option ? BigInt(option.orderTotalMinor) : page.quote.goodsTotalMinor);
  const { amounts, leftMinor } = applyTenders(totalMinor, free);
  return {
    tenders: chosen.map(({ type, id, last4 }, at) => ({
      type,
      id,
      last4: last4 ?? null,
      freeMinor: free[at] ?? 0n,
      amountMinor: amounts[at] ?? 0n,
    })),
    cardMinor: leftMinor,
    balances: customerId === null ? null : await readBalances(ctx.pool, customerId, page),
  };
}

/** What a visitor does about a tender: types a code, uses a balance of theirs, takes something away again by its id. */
export const tenderChange = z.object({
  type: z.enum(['gift_card', 'store_credit', 'wallet']),
  use: z.boolean(),
  code: z.string().min(1).max(MAX_CODE_TYPED).optional(),
  id: z.uuid().optional(),
});

/** The tender that a change is about. Throws `not_found` for a code, `unauthenticated` for whoever is not signed in as a customer. */
export async function tenderOf(
  ctx: ApiContext,
  page: Pick<CheckoutPage, 'merchantId' | 'currency'>,
  change: z.infer<typeof tenderChange>,
): Promise<CheckoutTender> {
  if (change.type !== 'gift_card') {
    const { customerId } = ctx.principal;
    if (customerId === null) throw new DomainError('unauthenticated', 'Sign in to pay with what is yours.');
    return { type: change.type, id: customerId };
  }
  const { use, code, id } = change;
  if (!use && id !== undefined) return { type: 'gift_card', id };
  if (!use || code === undefined)
    throw new DomainError('invalid_request', 'Name a gift card by its code to use it, and by its id to take it away.');
  const card = await lookUpCard(ctx, page.merchantId, code);
  if (card.currency !== page.currency)
    throw new DomainError('currency_mismatch', `This gift card is in ${card.currency}.`, { field: 'code' });
  if (card.availableMinor === 0n)
    throw new DomainError('insufficient_funds', 'Nothing is left on this gift card.', { field: 'code' });
  return { type: 'gift_card', id: card.id, last4: card.last4 };
}
