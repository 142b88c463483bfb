import { DomainError } from '../../kernel/errors.ts';
import type { CheckoutAddress, CheckoutCustomer } from './schema.ts';

/** What somebody is about to pay for. */
export interface Checkout {
  readonly id: string;
  readonly home: string;
  readonly merchantId: string;
  readonly source: 'shop' | 'console';
  readonly currency: string;
  readonly locale: string;
  readonly returnUrl: string | null;
  readonly createdBy: string;
  readonly createdAt: Date;
  state: CheckoutState;
  lines: readonly CheckoutLine[];
  customer: CheckoutCustomer;
  shipTo: CheckoutAddress | null;
  quoteId: string | null;
  shippingOption: string | null;
  /** What somebody wants to pay with beside the card. */
  tenders: readonly CheckoutTender[];
  /** The cart's units, while they are kept for it; null where nothing is. */
  hold: CheckoutHold | null;
  /** The store where it is fetched; null where it is sent. */
  pickup: CheckoutStore | null;
  /** Whether everything has to be there, or what there is is sold. */
  readonly accept: 'all' | 'available';
  orderId: string | null;
  orderIds: readonly string[];
  updatedAt: Date;
  expiresAt: Date;
  linkSentAt: Date | null;
  paidAt: Date | null;
  version: bigint;
}

export interface CheckoutHold {
  readonly reservationId: string;
  /** When it ends, as text: it is kept as JSON. */
  readonly until: string;
}

/** A store where goods are fetched, with the place whose taxes they bear. */
export interface CheckoutStore {
  readonly nodeId: string;
  readonly name: string;
  readonly place: Partial<CheckoutAddress> & { readonly country: string };
}

/** The reservation that an order may use now. The first order of a checkout takes it over; later ones are promised theirs anew. */
export function heldFor(checkout: Pick<Checkout, 'hold' | 'orderIds'>, now: Date): string | undefined {
  const { hold, orderIds } = checkout;
  return hold && orderIds.length === 0 && new Date(hold.until) > now ? hold.reservationId : undefined;
}

/** A gift card by its id, or what a customer has: by theirs. */
export interface CheckoutTender {
  readonly type: 'gift_card' | 'store_credit' | 'wallet';
  readonly id: string;
  readonly last4?: string | undefined;
}

export const sameTender = (a: CheckoutTender, b: CheckoutTender): boolean => a.type === b.type && a.id === b.id;

/** Whether a visitor may spend it: a gift card was found by its code; credit and wallets are one customer's own. */
export function isTheirs(tender: CheckoutTender, customerId: string | null): boolean {
  return tender.type === 'gift_card' || tender.id === customerId;
}

/** More than anybody types in. */
const MOST_TENDERS = 8;

/** With one more, in the order in which they pay: gift cards, then credit, then the wallet. One credit and one wallet at a time. */
export function withTender(tenders: readonly CheckoutTender[], tender: CheckoutTender): readonly CheckoutTender[] {
  if (tenders.some((one) => sameTender(one, tender))) return tenders;
  const kept = tender.type === 'gift_card' ? tenders : tenders.filter((one) => one.type !== tender.type);
  if (kept.length >= MOST_TENDERS)
    throw new DomainError('over_limit', `Pay with at most ${MOST_TENDERS} gift cards at a time. Take one away first.`);
  const order = ['gift_card', 'store_credit', 'wallet'];
  return [...kept, tender].sort((a, b) => order.indexOf(a.type) - order.indexOf(b.type));
}

/** How much each tender pays of a total, in its order, and what is left for the card. Without a total nothing pays yet. */
export function applyTenders(
  totalMinor: bigint | null,
  free: readonly bigint[],
): { readonly amounts: readonly bigint[]; readonly leftMinor: bigint | null } {
  if (totalMinor === null) return { amounts: free.map(() => 0n), leftMinor: null };
  let leftMinor = totalMinor;
  const amounts = free.map((minor) => {
    const amount = minor < leftMinor ? minor : leftMinor;
    leftMinor -= amount;
    return amount;
  });
  return { amounts, leftMinor };
}

export interface CheckoutLine {
  readonly sku: string;
  readonly name: string;
  readonly quantity: number;
}

export const CHECKOUT_STATES = ['open', 'paying', 'paid', 'expired', 'cancelled'] as const;
export type CheckoutState = (typeof CHECKOUT_STATES)[number];

/** Whoever left a cart comes back the same day or not at all; a link in a mail is opened within the week. */
export const LIFETIME_MS = { shop: 24 * 3_600_000, console: 7 * 24 * 3_600_000 } as const;

/** What became of the order that was placed for a checkout. Both ends are final: what is confirmed was paid for, what is cancelled before will never be. */
export interface AttemptFacts {
  readonly status: string;
  readonly confirmedAt: Date | null;
}

export type Outcome = 'pending' | 'paid' | 'failed';

/** How an attempt to pay ended, if it did. An order that is cancelled after it was confirmed was paid for all the same. */
export function outcomeOf(attempt: AttemptFacts): Outcome {
  if (attempt.confirmedAt !== null) return 'paid';
  return attempt.status === 'CANCELLED' ? 'failed' : 'pending';
}

/**
 * The state that follows from the order on its way: `paying` becomes `paid` when it is confirmed, and `open` again, for another card,
 * when it is cancelled. Null where nothing changes.
 */
export function settled(checkout: Checkout, attempt: AttemptFacts | undefined): 'paid' | 'open' | null {
  if (checkout.state !== 'paying' || attempt === undefined) return null;
  const outcome = outcomeOf(attempt);
  if (outcome === 'pending') return null;
  return outcome === 'paid' ? 'paid' : 'open';
}

/** Whether it is over because nobody paid in time. One that is being paid at this moment is not. */
export function isOverdue(checkout: Pick<Checkout, 'state' | 'expiresAt'>, now: Date): boolean {
  return checkout.state === 'open' && now >= checkout.expiresAt;
}

const CLOSED: Readonly<Record<Exclude<CheckoutState, 'open'>, string>> = {
  paying: 'A payment for this is on its way. Wait for it to end, or stop it.',
  paid: 'This was paid already.',
  expired: 'This checkout has expired. Put the goods into the cart again.',
  cancelled: 'The shop has withdrawn this checkout.',
};

/** The state now. One whose last card was declined is open, and one that nobody paid in time has expired, whether that was written yet or not. */
export function stateNow(checkout: Checkout, attempt: AttemptFacts | undefined, now: Date): CheckoutState {
  const followed = settled(checkout, attempt) ?? checkout.state;
  return isOverdue({ state: followed, expiresAt: checkout.expiresAt }, now) ? 'expired' : followed;
}

/** Refuses whatever needs an open checkout. */
export function demandOpen(checkout: Checkout, attempt: AttemptFacts | undefined, now: Date): void {
  const state = stateNow(checkout, attempt, now);
  if (state !== 'open') throw new DomainError('state_refuses', CLOSED[state], { state });
}

/** What is still missing before it can be paid; null where nothing is. */
export function missing(checkout: Checkout): 'email' | 'address' | 'quote' | null {
  if (!checkout.customer.email) return 'email';
  if (!checkout.shipTo && !checkout.pickup) return 'address';
  return checkout.quoteId === null ? 'quote' : null;
}

const MISSING: Readonly<Record<'email' | 'address' | 'quote', string>> = {
  email: 'Give an e-mail address: the confirmation goes there.',
  address: 'Give the address that it should be sent to.',
  quote: 'Choose how it should be sent.',
};

/** Refuses to take money for what is not complete, or by a quote that is not the one that was shown last. */
export function demandPayable(checkout: Checkout, quoteId: string): void {
  const lacks = missing(checkout);
  if (lacks) throw new DomainError('invalid_request', MISSING[lacks], { field: lacks });
  if (checkout.quoteId !== quoteId)
    throw new DomainError('quote_changed', 'What this costs was worked out again meanwhile. Look at the new total.', {
      changes: [],
    });
}

/** What a quote was asked for. */
export interface QuotedGoods {
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
  readonly destination: QuotedPlace;
}

/** Of an address what decides tax and delivery. */
export type QuotedPlace = Pick<CheckoutAddress, 'country' | 'region' | 'postalCode'>;

export function samePlace(a: QuotedPlace, b: QuotedPlace): boolean {
  return a.country === b.country && (a.region ?? '') === (b.region ?? '') && (a.postalCode ?? '') === (b.postalCode ?? '');
}

/** Whether a quote is for these goods to this place: a total that was worked out for others is never shown, nor paid. */
export function isQuoteFor(quote: QuotedGoods, lines: QuotedGoods['lines'], to: QuotedPlace | null): boolean {
  if (!to || !samePlace(quote.destination, to)) return false;
  const [quoted, wanted] = [unitsBySku(quote.lines), unitsBySku(lines)];
  return quoted.size === wanted.size && [...wanted].every(([sku, quantity]) => quoted.get(sku) === quantity);
}

function unitsBySku(lines: QuotedGoods['lines']): Map<string, number> {
  const units = new Map<string, number>();
  for (const { sku, quantity } of lines) units.set(sku, (units.get(sku) ?? 0) + quantity);
  return units;
}

/** A shipping option among those that are offered: the wanted one if it is there, otherwise the first. */
export function chooseOption(offered: readonly { readonly code: string }[], wanted: string | null): string | null {
  return (offered.find((option) => option.code === wanted) ?? offered[0])?.code ?? null;
}
