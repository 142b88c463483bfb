import { DomainError } from '../../kernel/errors.ts';
import type { ItemKind, ItemStatus, Reconciled } from './schema.ts';

export type Booking = 'charge' | 'refund' | 'dispute' | 'pay_in' | 'payout';

/** What both sides say of a booking. Amounts are signed minor units, net of the provider's fee: what came is positive. */
interface Row {
  readonly booking: Booking;
  /** What both sides call the payment; null where it is not known, and then nothing is matched by guessing. */
  readonly reference: string | null;
  readonly netMinor: bigint;
  readonly currency: string;
  readonly at: Date;
}

/** A booking in the provider's report. */
export interface TheirRow extends Row {
  readonly externalId: string;
}

/** One journal's movement on the clearing account. */
export interface OurRow extends Row {
  readonly journalId: string;
  readonly orderId: string | null;
}

/** From inclusive, to exclusive. */
export interface Period {
  readonly from: Date;
  readonly to: Date;
}

/** What a run found: a pair, or what only one side has. */
export interface Found {
  /** The same in every run that finds it. */
  readonly key: string;
  readonly kind: ItemKind;
  readonly booking: Booking;
  readonly externalId: string | null;
  readonly journalId: string | null;
  readonly orderId: string | null;
  readonly reference: string | null;
  readonly currency: string;
  readonly theirsMinor: bigint;
  readonly oursMinor: bigint;
  readonly occurredAt: Date;
}

/** A stored item. */
export interface Item extends Found {
  readonly id: string;
  readonly provider: Reconciled;
  readonly runId: string;
  readonly status: ItemStatus;
  readonly seenAt: Date;
  readonly resolvedBy: string | null;
  readonly resolvedAt: Date | null;
  readonly note: string | null;
  readonly approvalId: string | null;
  readonly writeOffId: string | null;
  readonly version: bigint;
}

/** Two clocks never agree: a booking close to midnight is looked for on both sides of it. */
export const SLACK_MS = 60 * 60_000;

/** What we booked so lately may not be in their report yet. */
export const REPORT_DELAY_MS = 5 * 60_000;

export const widened = ({ from, to }: Period): Period => ({
  from: new Date(from.getTime() - SLACK_MS),
  to: new Date(to.getTime() + SLACK_MS),
});

/**
 * Matches a provider's bookings with ours, each read with some slack around the period. Within one payment, equal amounts are pairs; what
 * is left of both sides is a pair whose amounts differ; what is left of one side is missing on the other. Every row is in exactly one
 * result, and rows outside the period are in none unless their partner is inside.
 */
export function matchRows(theirs: readonly TheirRow[], ours: readonly OurRow[], period: Period): Found[] {
  const groups = new Map<string, { theirs: TheirRow[]; ours: OurRow[] }>();
  const groupOf = (row: Row, own: string) => {
    const key = row.reference === null ? own : `${row.booking} ${row.currency} ${row.reference}`;
    const known = groups.get(key);
    if (known) return known;
    const fresh = { theirs: [], ours: [] };
    groups.set(key, fresh);
    return fresh;
  };
  for (const row of theirs) groupOf(row, `theirs ${row.externalId}`).theirs.push(row);
  for (const row of ours) groupOf(row, `ours ${row.journalId}`).ours.push(row);
  return [...groups.values()]
    .flatMap((group) => matchGroup(byTime(group.theirs), byTime(group.ours)))
    .filter(({ occurredAt }) => occurredAt >= period.from && occurredAt < period.to);
}

const byTime = <R extends Row>(rows: R[]): R[] => rows.sort((a, b) => a.at.getTime() - b.at.getTime());

function matchGroup(theirs: TheirRow[], ours: OurRow[]): Found[] {
  const found: Found[] = [];
  const left = [...ours];
  const unequal: TheirRow[] = [];
  for (const row of theirs) {
    const at = left.findIndex((one) => one.netMinor === row.netMinor);
    const [own] = at < 0 ? [] : left.splice(at, 1);
    if (own) found.push(pair('matched', row, own));
    else unequal.push(row);
  }
  for (const row of unequal) {
    const own = left.shift();
    found.push(own ? pair('amount_differs', row, own) : pair('missing_here', row, undefined));
  }
  return [...found, ...left.map((own) => alone(own))];
}

function pair(kind: ItemKind, theirs: TheirRow, ours: OurRow | undefined): Found {
  const { externalId, booking, currency, reference, netMinor, at } = theirs;
  return {
    key: externalId,
    kind,
    booking,
    externalId,
    journalId: ours?.journalId ?? null,
    orderId: ours?.orderId ?? null,
    reference,
    currency,
    theirsMinor: netMinor,
    oursMinor: ours?.netMinor ?? 0n,
    occurredAt: at,
  };
}

function alone({ journalId, orderId, booking, reference, currency, netMinor, at }: OurRow): Found {
  const whose = { externalId: null, journalId, orderId, reference, currency };
  return {
    key: keyOfOurs(journalId),
    kind: 'missing_there',
    booking,
    ...whose,
    theirsMinor: 0n,
    oursMinor: netMinor,
    occurredAt: at,
  };
}

export const keyOfOurs = (journalId: string): string => `journal:${journalId}`;

/** Their amount less ours: what the clearing account is wrong by. */
export const differenceMinor = ({ theirsMinor, oursMinor }: Pick<Found, 'theirsMinor' | 'oursMinor'>): bigint =>
  theirsMinor - oursMinor;

type Standing = Pick<Item, 'status' | 'resolvedBy' | 'resolvedAt' | 'approvalId' | 'writeOffId'>;

/** Nobody's word on it counts any more. */
const unsaid = { resolvedBy: null, resolvedAt: null, approvalId: null, writeOffId: null } as const;

const isDecided = ({ status }: Pick<Item, 'status'>): boolean => status === 'written_off' || status === 'awaiting_approval';

/**
 * What becomes of a stored item when a run finds it again; null where it stays as it is. What people said of it holds while the facts are
 * those that they spoke of. Where these are others now it agrees or is open again, whatever was said; what was written off is taken back.
 */
export function seenAgain(item: Item, found: Found): Standing | null {
  if (found.kind === 'matched') return { ...unsaid, status: 'agreed' };
  const same = item.kind === found.kind && differenceMinor(item) === differenceMinor(found);
  if (same && isDecided(item)) return null;
  if (same && item.status === 'explained')
    return { ...unsaid, status: 'explained', resolvedBy: item.resolvedBy, resolvedAt: item.resolvedAt };
  return { ...unsaid, status: 'open' };
}

/** What becomes of a stored item of the period that a run does not find; null where it stays as it is. */
export function seenNoMore(item: Item): Standing | null {
  return item.status === 'open' || isDecided(item) ? { ...unsaid, status: 'gone' } : null;
}

/** Why an item cannot be resolved, or null where it can: pages grey their buttons by it. */
export function refusesResolution(item: Pick<Item, 'status'>): DomainError | null {
  const sentences: Readonly<Partial<Record<ItemStatus, string>>> = {
    agreed: 'Both sides agree: there is nothing to resolve.',
    awaiting_approval: 'A second person is asked already.',
    explained: 'This difference has been explained already.',
    written_off: 'This difference has been written off already.',
    gone: 'This difference is no longer there.',
  };
  const sentence = sentences[item.status];
  return sentence === undefined ? null : new DomainError('state_refuses', sentence);
}
