import { divideHalfUp, moneyStep, toMajor } from './money.ts';
import type { Span } from './units.ts';
import type { CancelActor, CancelReason, CustomerCancelsUntil, OrderStatus } from './vocabulary.ts';

/** Who may cancel, until when, and what it costs: the merchant's terms, and one answer for everybody who asks. */

export interface CancelTerms {
  readonly customerUntil: CustomerCancelsUntil;
  /** Minutes after the placement in which a customer cancels for nothing what has not left. */
  readonly remorseMinutes: number;
  /** Whether goods are set aside only after those minutes. */
  readonly holdGoods: boolean;
  /** What cancelling costs, by currency, once for each order, */
  readonly feeMinor: Readonly<Record<string, number>>;
  /** and of what is cancelled, in hundredths of a percent. */
  readonly feeBps: number;
  /** Whether the shop's own people take it as well, who may waive it; otherwise it is for customers who cancel for themselves. */
  readonly agentCharges: boolean;
  readonly reasons: readonly CancelReason[];
}

/** Who asks, and by which terms. */
export interface CancelBy {
  readonly actor: CancelActor;
  readonly terms: CancelTerms;
  readonly now: Date;
  /** Units of it, where not all that is left. */
  readonly part?: boolean;
}

/** What the answer needs to know of an order beside what is left of it. */
export interface CancelFacts {
  readonly status: OrderStatus;
  readonly confirmed: boolean;
  readonly placedAt: Date;
  readonly currency: string;
  readonly spans: readonly Span[];
}

export type CancelAnswer =
  | {
      readonly allowed: true;
      /** Until when, and what it costs, as a sentence. */
      readonly sentence: string;
      /** Until when it costs nothing; null where it never costs anything, or does already. */
      readonly freeUntil: Date | null;
      /** The same without words, for pages in other languages. */
      readonly parts: CancelParts;
    }
  | { readonly allowed: false; readonly why: string; readonly code: CancelRefusal };

export interface CancelParts {
  readonly until: CustomerCancelsUntil | 'time';
  /** When the time to think better of it is over, while it is not. */
  readonly remorseUntil: Date | null;
  readonly cost: 'nothing' | 'later' | 'confirmed' | 'fee';
  readonly fixedMinor: number;
  readonly bps: number;
  readonly currency: string;
}

/** Why not: all is over, something has left, it is being handed over, or the policy ends it there. */
export type CancelRefusal = 'over' | 'left' | 'packing' | Exclude<CustomerCancelsUntil, 'packed'>;

const no = (code: CancelRefusal, why: string): CancelAnswer => ({ allowed: false, why, code });
const MINUTE_MS = 60_000;
const HELP = 'Ask the shop for help.';
const LEFT = 'Part of this order has left already.';

/** When the time to think better of it is over; null where there is none. */
export function remorseUntil(terms: Pick<CancelTerms, 'remorseMinutes'>, placedAt: Date): Date | null {
  return terms.remorseMinutes > 0 ? new Date(placedAt.getTime() + terms.remorseMinutes * MINUTE_MS) : null;
}

const isFree = ({ terms, now }: CancelBy, placedAt: Date): boolean => (remorseUntil(terms, placedAt) ?? now) > now;

/** Statuses in which customers and channels cancel a whole order: once something has left, the shop helps. */
const NOTHING_LEFT: readonly OrderStatus[] = ['PENDING', 'CONFIRMED'];

/** What the terms say. `possible` is whether there is anything left to cancel, and why not. */
export function answerCancel(
  order: CancelFacts,
  by: CancelBy,
  possible: { readonly allowed: true } | { readonly allowed: false; readonly why: string },
): CancelAnswer {
  const refused = by.actor === 'customer' ? customerMayNot(order, by, possible) : null;
  if (refused) return refused;
  if (by.actor === 'channel' && !by.part && order.status === 'PARTIALLY_FULFILLED')
    return no('left', `${LEFT} What is left can be cancelled line by line.`);
  if (!possible.allowed) return no(NOTHING_LEFT.includes(order.status) ? 'packing' : 'over', possible.why);
  const parts = partsOf(order, by);
  return {
    allowed: true,
    sentence: `This order can be cancelled until ${parts.until === 'time' ? said(parts.remorseUntil) : UNTIL[parts.until]}. ${costSentence(parts, by)}`,
    freeUntil: parts.cost === 'later' ? parts.remorseUntil : null,
    parts,
  };
}

function partsOf(order: CancelFacts, by: CancelBy): CancelParts {
  const { currency, placedAt, confirmed } = order;
  const customer = by.actor === 'customer';
  const free = isFree(by, placedAt);
  const until = customer && free && isPast(order, by.terms) ? 'time' : customer ? by.terms.customerUntil : 'packed';
  const fixedMinor = isCharged(by) ? (by.terms.feeMinor[currency] ?? 0) : 0;
  const bps = isCharged(by) ? by.terms.feeBps : 0;
  const costs = fixedMinor > 0 || bps > 0;
  const cost = !costs ? 'nothing' : free ? 'later' : confirmed ? 'fee' : 'confirmed';
  return { until, remorseUntil: free ? remorseUntil(by.terms, placedAt) : null, cost, fixedMinor, bps, currency };
}

function customerMayNot(
  order: CancelFacts,
  by: CancelBy,
  possible: { readonly allowed: boolean; readonly why?: string },
): CancelAnswer | null {
  if (order.status === 'PARTIALLY_FULFILLED') return no('left', `${LEFT} ${HELP}`);
  if (!NOTHING_LEFT.includes(order.status)) return no(order.status === 'FULFILLED' ? 'left' : 'over', possible.why ?? HELP);
  if (!possible.allowed) return no('packing', `This order is being handed to the carrier. ${HELP}`);
  const { customerUntil: until } = by.terms;
  if (until === 'packed' || isFree(by, order.placedAt) || !isPast(order, by.terms)) return null;
  return no(until, `${OVER[until]} ${HELP}`);
}

/** Whether the moment is over up to which customers cancel. What is packed is not there to cancel, whatever the terms. */
function isPast({ confirmed, spans }: CancelFacts, { customerUntil }: CancelTerms): boolean {
  if (customerUntil === 'never') return true;
  if (customerUntil === 'confirmed') return confirmed;
  if (customerUntil === 'allocated') return spans.some((span) => span.state === 'allocated' || span.shipmentId !== null);
  return false;
}

const UNTIL: Readonly<Record<CustomerCancelsUntil, string>> = {
  never: 'the shop does it',
  confirmed: 'its payment is confirmed',
  allocated: 'its goods are set aside',
  packed: 'it is handed to the carrier',
};
const OVER: Readonly<Record<Exclude<CustomerCancelsUntil, 'packed'>, string>> = {
  never: 'This shop cancels orders itself.',
  confirmed: 'This order could be cancelled until its payment was confirmed.',
  allocated: 'This order could be cancelled until its goods were set aside.',
};

/** Whether this one pays, where there is something to pay. The house itself and channels never do. */
const isCharged = ({ actor, terms }: CancelBy): boolean => actor === 'customer' || (actor === 'agent' && terms.agentCharges);

/** Reasons that are not the shop's doing: a fee is taken for these alone. */
export const FEE_REASONS: readonly CancelReason[] = ['customer_request', 'not_collected', 'other'];

/** What a fee is, as words; null where there is none in this currency. */
export function feeWords(terms: Pick<CancelTerms, 'feeMinor' | 'feeBps'>, currency: string): string | null {
  const fixed = terms.feeMinor[currency] ?? 0;
  const parts = [
    ...(fixed > 0 ? [`${toMajor({ amountMinor: BigInt(fixed), currency })} ${currency}`] : []),
    ...(terms.feeBps > 0 ? [`${terms.feeBps / 100}% of what is cancelled`] : []),
  ];
  return parts.length > 0 ? parts.join(' and ') : null;
}

function costSentence({ cost, currency, remorseUntil: until }: CancelParts, { actor, terms }: CancelBy): string {
  const fee = feeWords(terms, currency);
  const waived = actor === 'agent' ? ', unless it is waived' : '';
  if (cost === 'later') return `It costs nothing until ${said(until)}, and ${fee} after that${waived}.`;
  if (cost === 'confirmed') return `It costs nothing while its payment is not confirmed, and ${fee} after that${waived}.`;
  return cost === 'fee' ? `It costs ${fee}${waived}.` : 'It costs nothing.';
}

const said = (at: Date | null): string => (at ? `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC` : '');

/**
 * The fee of a cancellation, in minor units: never more than the cancelled units are worth, nor than `availableMinor`, which was taken for them
 * or can still be. What is not confirmed was never sold, and costs nothing.
 */
export function feeOf(
  order: Pick<CancelFacts, 'confirmed' | 'placedAt' | 'currency'> & { readonly feeSoFarMinor: bigint },
  by: CancelBy,
  reason: CancelReason,
  { valueMinor, availableMinor }: { readonly valueMinor: bigint; readonly availableMinor: bigint },
): bigint {
  if (!order.confirmed || !isCharged(by) || isFree(by, order.placedAt) || !FEE_REASONS.includes(reason)) return 0n;
  const fixed = order.feeSoFarMinor > 0n ? 0n : BigInt(by.terms.feeMinor[order.currency] ?? 0);
  const fee = fixed + divideHalfUp(valueMinor * BigInt(by.terms.feeBps), 10_000n);
  const most = valueMinor < availableMinor ? valueMinor : availableMinor;
  const charged = fee < most ? fee : most > 0n ? most : 0n;
  // A card carries no smaller part of it.
  return charged - (charged % moneyStep(order.currency));
}
