/** What a channel is told, what it says it has, and how the two compare. */

/** What became of an item. Stale: the channel has a newer version. Unknown: it has no such listing. */
export const ITEM_OUTCOMES = ['applied', 'stale', 'unknown'] as const;
export type ItemOutcome = (typeof ITEM_OUTCOMES)[number];

export type ConnectionStatus = 'on' | 'paused';

export interface Connection {
  readonly id: string;
  readonly home: string;
  readonly merchantId: string;
  readonly channel: string;
  readonly kind: string;
  name: string;
  url: string;
  secretSealed: string;
  status: ConnectionStatus;
  readonly listAll: boolean;
  version: bigint;
  /** Somebody sends its message until then. */
  leasedUntil: Date | null;
  /** How often in a row it did not answer. */
  failures: number;
  nextAt: Date | null;
  lastError: string | null;
  answeredAt: Date | null;
  reportDueAt: Date;
  reportedAt: Date | null;
}

/** A quantity and the version of the supply that says so. */
export interface Told {
  readonly quantity: bigint;
  readonly version: bigint;
}

export interface Listing {
  readonly connectionId: string;
  readonly skuId: string;
  readonly region: string;
  ref: string;
  /** Whether the SKU is for sale; one that is not is listed with nothing. */
  active: boolean;
  /** Somebody took it off: it is listed with nothing until they list it again. */
  takenOff: boolean;
  sent: Told | null;
  sentAt: Date | null;
  acked: Told | null;
  ackedAt: Date | null;
  dirtySince: Date | null;
  forced: boolean;
  problem: string | null;
}

/** An item of a message, as it is kept with it. */
export interface MessageItem {
  readonly skuId: string;
  readonly ref: string;
  readonly quantity: number;
  readonly version: number;
}

export interface ChannelMessage {
  readonly id: string;
  readonly connectionId: string;
  readonly items: readonly MessageItem[];
  attempts: number;
}

/** What a listing is told next; null where it knows that already. A quantity is absolute, so that only the last one counts. */
export function planItem(listing: Listing, offer: { readonly available: bigint; readonly version: bigint }): Told | null {
  const quantity = listing.active && !listing.takenOff ? offer.available : 0n;
  return !listing.forced && listing.sent?.quantity === quantity ? null : { quantity, version: offer.version };
}

/** Records what a channel said of an item. What it acknowledged once is never replaced by something older. */
export function settleItem(listing: Listing, item: Told, outcome: ItemOutcome, at: Date): void {
  if (outcome === 'applied') {
    listing.problem = null;
    if (listing.acked && listing.acked.version > item.version) return;
    listing.acked = item;
    listing.ackedAt = at;
  } else listing.problem = outcome === 'unknown' ? 'unknown' : 'ahead';
}

const FIRST_WAIT_MS = 500;
export const LONGEST_WAIT_MS = 30_000;

/** How long to wait after so many failures in a row: what the channel asks for, at least, and half a minute at most. */
export function waitAfter(failures: number, askedMs = 0): number {
  const doubled = FIRST_WAIT_MS * 2 ** Math.min(Math.max(failures, 1) - 1, 10);
  return Math.min(LONGEST_WAIT_MS, Math.max(doubled, askedMs));
}

/**
 * So many errors for one message, and it is given up: a channel may answer a message's id with the same error for ever. What it said is said
 * again in another, with the quantities of then; versions see to it that nothing older comes after.
 */
export const MOST_ERRORS = 5;

/** A listing as the channel has it. */
export interface ReportedListing {
  readonly ref: string;
  readonly quantity: number;
  readonly version: number;
  /** Units that were sold there since that version and whose orders we have not got yet. */
  readonly sold: number;
}

/** Other than it was told; not there; an older version than it acknowledged; a version that it was never told. */
export type DriftKind = 'quantity' | 'missing' | 'behind' | 'ahead';

export type Verdict =
  | { readonly kind: 'agrees' }
  /** Something is on its way, or about to be: the next report tells. */
  | { readonly kind: 'on_the_way' }
  | { readonly kind: 'differs'; readonly as: DriftKind };

/** A channel that works through what it took may say an older version for so long. */
export const PATIENCE_MS = 30_000;

const differs = (as: DriftKind): Verdict => ({ kind: 'differs', as });

/** Compares a listing with what a report of that moment says of it; undefined where the report does not name it. */
export function compareListing(listing: Listing, theirs: ReportedListing | undefined, at: Date): Verdict {
  const { sent, acked } = listing;
  if (theirs && BigInt(theirs.version) > (sent?.version ?? 0n)) return differs('ahead');
  if (acked === null) return { kind: 'on_the_way' };
  // What was taken off may be gone over there.
  if (!theirs && listing.takenOff && acked.quantity === 0n && listing.dirtySince === null) return { kind: 'agrees' };
  if (!theirs) return differs('missing');
  if (sent?.version !== acked.version || listing.dirtySince !== null) return { kind: 'on_the_way' };
  if (BigInt(theirs.version) < acked.version) {
    const fresh = listing.ackedAt !== null && at.getTime() - listing.ackedAt.getTime() < PATIENCE_MS;
    return fresh ? { kind: 'on_the_way' } : differs('behind');
  }
  return BigInt(theirs.quantity) + BigInt(theirs.sold) === acked.quantity ? { kind: 'agrees' } : differs('quantity');
}

export interface Drift {
  readonly id: string;
  readonly connectionId: string;
  readonly merchantId: string;
  readonly skuId: string;
  kind: DriftKind;
  ours: bigint;
  oursVersion: bigint;
  theirs: bigint | null;
  theirsVersion: bigint | null;
  /** Counting: somebody looks on the shelves, and what they find is told. */
  status: 'open' | 'counting' | 'ignored' | 'closed';
  readonly firstSeenAt: Date;
  lastSeenAt: Date;
  timesSeen: number;
  /** How often somebody went to count it. */
  countRound: number;
  resolution: 'agreed' | 'send_again' | 'count' | 'ignore' | null;
  reason: string | null;
  resolvedBy: string | null;
  resolvedAt: Date | null;
}

export type Seen = Pick<Drift, 'kind' | 'ours' | 'oursVersion' | 'theirs' | 'theirsVersion'>;

/** What is written down of a difference. */
export function seenOf(listing: Listing, theirs: ReportedListing | undefined, kind: DriftKind): Seen {
  return {
    kind,
    ours: listing.acked?.quantity ?? 0n,
    oursVersion: listing.acked?.version ?? 0n,
    theirs: theirs ? BigInt(theirs.quantity) + BigInt(theirs.sold) : null,
    theirsVersion: theirs ? BigInt(theirs.version) : null,
  };
}

/** Whether a difference is the one that somebody said may stay: as far apart, in the same way. */
export function isSameDifference(drift: Pick<Drift, 'kind' | 'ours' | 'theirs'>, seen: Seen): boolean {
  return drift.kind === seen.kind && (drift.theirs ?? 0n) - drift.ours === (seen.theirs ?? 0n) - seen.ours;
}

/** What a person may answer. What the channel has from somebody else is not overwritten by an older version of ours. */
export function mayAnswer(
  drift: Pick<Drift, 'kind' | 'status'>,
  answer: 'send_again' | 'count' | 'ignore',
): { readonly ok: true } | { readonly ok: false; readonly why: string } {
  if (drift.status === 'closed') return { ok: false, why: 'This difference is closed already.' };
  if (answer === 'send_again' && drift.kind === 'ahead')
    return { ok: false, why: 'The channel has a version that was never sent from here: have it corrected there, or ignore it.' };
  if (answer === 'count' && drift.status === 'counting') return { ok: false, why: 'It is being counted already.' };
  return { ok: true };
}
