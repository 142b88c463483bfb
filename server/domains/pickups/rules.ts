import type { Span, UnitRange } from '../../kernel/units.ts';

export const PICKUP_STATUSES = ['waiting', 'ready', 'handing_over', 'collected', 'uncollected', 'cancelled'] as const;
export type PickupStatus = (typeof PICKUP_STATUSES)[number];

/** An order that its customer fetches at a node. */
export interface Pickup {
  readonly orderId: string;
  readonly merchantId: string;
  readonly nodeId: string;
  readonly createdAt: Date;
  status: PickupStatus;
  code: string | null;
  readyAt: Date | null;
  collectBy: Date | null;
  remindedAt: Date | null;
  collectedAt: Date | null;
  handedBy: string | null;
  version: bigint;
}

const DAY_MS = 86_400_000;
/** How long an order waits at the counter, */
export const KEPT_DAYS = 7;
/** and how long before the end its customer is reminded. */
export const REMINDED_DAYS_BEFORE = 2;

/** Without letters and digits that are taken for one another. */
const ALPHABET = 'ABCDEFGHJKMNPQRTUVWXYZ2346789';
const CODE_LENGTH = 6;

/** A code to show at the counter, from random bytes. */
export function codeFrom(bytes: Uint8Array): string {
  return Array.from({ length: CODE_LENGTH }, (_, at) => ALPHABET[(bytes[at] ?? 0) % ALPHABET.length]).join('');
}

/** What was typed or scanned, as codes are compared. */
export function sameCode(code: string | null, scanned: string): boolean {
  return code !== null && scanned.replace(/[\s-]/g, '').toUpperCase() === code;
}

export type Verdict = { readonly allowed: true } | { readonly allowed: false; readonly why: string };
const yes: Verdict = { allowed: true };
const no = (why: string): Verdict => ({ allowed: false, why });

/** What the rules ask of the order. `goods` are the spans of its stocked lines. */
export interface FetchedOrder {
  readonly number: string;
  readonly holds: readonly string[];
  readonly cancelling: boolean;
  readonly goods: readonly Span[];
}

const isOver = (span: Span): boolean => span.state === 'cancelled' || span.state === 'returned';

/** The goods that wait at the counter: allocated at the node and in no shipment. */
export function unitsToHandOver(pickup: Pick<Pickup, 'nodeId'>, goods: readonly Span[]): UnitRange[] {
  return goods
    .filter((span) => span.state === 'allocated' && span.nodeId === pickup.nodeId && span.shipmentId === null)
    .map(({ lineId, from, to }) => ({ lineId, from, to }));
}

/** May the customer be told to come? Only when everything lies there. */
export function mayMakeReady(pickup: Pickup, order: FetchedOrder): Verdict {
  if (pickup.status !== 'waiting') return no(`${order.number} is ready already, or over.`);
  if (order.holds.length > 0) return no(`${order.number} is on hold (${order.holds.join(', ')}). Release the hold first.`);
  if (order.cancelling) return no(`${order.number} is about to be cancelled.`);
  const live = order.goods.filter((span) => !isOver(span));
  if (live.length === 0) return no(`Nothing of ${order.number} is left to fetch.`);
  const lies = (span: Span): boolean => span.state === 'allocated' && span.nodeId === pickup.nodeId && span.shipmentId === null;
  return live.every(lies) ? yes : no(`${order.number} is not complete yet: some of its units are not set aside here.`);
}

/** May it be handed over to whoever shows this? */
export function mayHandOver(pickup: Pickup, order: FetchedOrder, shown: string): Verdict {
  if (pickup.status === 'collected') return no(`${order.number} was handed over already.`);
  if (pickup.status === 'handing_over') return no(`${order.number} is being handed over: its payment is being taken.`);
  if (pickup.status !== 'ready') return no(`${order.number} is not ready for pick-up.`);
  if (order.holds.length > 0) return no(`${order.number} is on hold (${order.holds.join(', ')}). Release the hold first.`);
  if (order.cancelling) return no(`${order.number} is about to be cancelled.`);
  if (!sameCode(pickup.code, shown) && shown.trim().toUpperCase() !== order.number.toUpperCase())
    return no('This is neither the pick-up code nor the number of the order.');
  return unitsToHandOver(pickup, order.goods).length > 0 ? yes : no(`Nothing of ${order.number} lies here.`);
}

/** Until when it is kept at the counter. */
export function collectBy(readyAt: Date): Date {
  return new Date(readyAt.getTime() + KEPT_DAYS * DAY_MS);
}

/** What time asks of an order at the counter: nothing yet, a reminder, or to give it up. */
export function dueOf(pickup: Pick<Pickup, 'status' | 'collectBy' | 'remindedAt'>, now: Date): 'nothing' | 'remind' | 'return' {
  if (pickup.status !== 'ready' || pickup.collectBy === null) return 'nothing';
  if (now >= pickup.collectBy) return 'return';
  const remindAt = pickup.collectBy.getTime() - REMINDED_DAYS_BEFORE * DAY_MS;
  return pickup.remindedAt === null && now.getTime() >= remindAt ? 'remind' : 'nothing';
}
