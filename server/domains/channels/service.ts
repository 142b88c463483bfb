import type { Ctx } from '../../kernel/context.ts';
import { newId } from '../../kernel/ids.ts';
import type { Tx } from '../../platform/db.ts';
import { together } from '../../platform/together.ts';
import { insertDrift, insertDriftCounts, insertReport, type ReportCounts, readOpenDrift, updateDrift } from './drift-store.ts';
import type { ItemOutcome } from './rules.ts';
import {
  type ChannelMessage,
  type Connection,
  compareListing,
  type Drift,
  isSameDifference,
  type Listing,
  type MessageItem,
  planItem,
  type ReportedListing,
  seenOf,
  settleItem,
} from './rules.ts';
import {
  insertConnections,
  insertListings,
  insertMessage,
  lockConnections,
  lockDirty,
  lockListings,
  readOpenMessage,
  updateConnections,
  updateMessage,
  writeAnswered,
  writeSent,
} from './store.ts';

export { findDue, findReportsDue, markDirty, readConnection } from './store.ts';

/** Locked connections with their open differences, and what a batch did to them. */
export interface ChannelsState {
  readonly byId: Map<string, Connection>;
  readonly drift: Map<string, Drift>;
  readonly listings: Map<string, Listing>;
  readonly fresh: Set<Connection>;
  readonly dirty: Set<Connection>;
  readonly freshDrift: Set<Drift>;
  readonly dirtyDrift: Set<Drift>;
  readonly dirtyListings: Set<Listing>;
  /** Sheets on which differences are looked for from now on. */
  readonly driftCounts: { readonly drift: Drift; readonly countId: string }[];
}

const noChannels = (): ChannelsState => ({
  byId: new Map(),
  drift: new Map(),
  listings: new Map(),
  fresh: new Set(),
  dirty: new Set(),
  freshDrift: new Set(),
  dirtyDrift: new Set(),
  dirtyListings: new Set(),
  driftCounts: [],
});

export const listingKey = (connectionId: string, skuId: string): string => `${connectionId} ${skuId}`;

/** Locks connections, with their open differences. */
export async function lock(tx: Tx, ids: readonly string[]): Promise<ChannelsState> {
  const state = noChannels();
  const unique = [...new Set(ids)];
  if (unique.length === 0) return state;
  for (const row of await lockConnections(tx, unique)) state.byId.set(row.id, row);
  for (const row of await readOpenDrift(tx, unique)) state.drift.set(row.id, row);
  return state;
}

/** Locks a connection unless somebody holds it. */
export async function lockFree(tx: Tx, id: string): Promise<Connection | undefined> {
  const [row] = await lockConnections(tx, [id], true);
  return row;
}

/** Locks listings of a locked connection; all of them where no SKUs are named. */
export async function lockItems(tx: Tx, state: ChannelsState, connectionId: string, skuIds: readonly string[] | null) {
  for (const row of await lockListings(tx, connectionId, skuIds)) state.listings.set(listingKey(connectionId, row.skuId), row);
}

export function add(state: ChannelsState, connection: Connection): void {
  state.byId.set(connection.id, connection);
  state.fresh.add(connection);
}

/** Remembers a change that people are told of: it has a version. */
export function changed(state: ChannelsState, connection: Connection): void {
  if (state.fresh.has(connection)) return;
  connection.version += 1n;
  state.dirty.add(connection);
}

export async function write(tx: Tx, state: ChannelsState, now: Date): Promise<void> {
  await together(
    insertConnections(tx, [...state.fresh], now),
    updateConnections(tx, [...state.dirty], now),
    writeAnswered(tx, [...state.dirtyListings]),
    insertDrift(tx, [...state.freshDrift]),
    updateDrift(tx, [...state.dirtyDrift]),
    insertDriftCounts(tx, state.driftCounts),
  );
}

/** Lists SKUs at a locked connection, to be told at once. */
export async function list(
  tx: Tx,
  connection: Connection,
  skus: readonly { readonly skuId: string; readonly code: string }[],
  now: Date,
): Promise<void> {
  const rows = skus.map(
    ({ skuId, code }): Listing => ({
      ...{
        connectionId: connection.id,
        skuId,
        region: connection.home,
        ref: code,
        active: true,
        takenOff: false,
        sent: null,
        sentAt: null,
      },
      ...{ acked: null, ackedAt: null, dirtySince: now, forced: false, problem: null },
    }),
  );
  await insertListings(tx, rows);
}

/** Has a listing told again whatever it knows. */
export function tellAgain(state: ChannelsState, listing: Listing, now: Date): void {
  listing.forced = true;
  listing.dirtySince ??= now;
  state.dirtyListings.add(listing);
}

/** Takes a listing off, or lists it again: the channel is told at once. */
export function setTakenOff(state: ChannelsState, listing: Listing, takenOff: boolean, now: Date): void {
  listing.takenOff = takenOff;
  listing.dirtySince ??= now;
  state.dirtyListings.add(listing);
}

/** Longer than any call lasts: who died with a message in hand is followed by somebody else after this. */
export const LEASE_MS = 15_000;

/** The message that a locked connection has to send now, taken for a while: the one on its way, or a new one of what changed. */
export async function takeMessage(
  tx: Tx,
  connection: Connection,
  offersFor: (skuIds: readonly string[]) => Promise<ReadonlyMap<string, { available: bigint; version: bigint }>>,
  { limit, now }: { readonly limit: number; readonly now: Date },
): Promise<ChannelMessage | 'nothing to say' | null> {
  const open = await readOpenMessage(tx, connection.id);
  if (open) {
    open.attempts += 1;
    await updateMessage(tx, open, { status: 'sending', error: connection.lastError }, now);
  }
  const message = open ?? (await newMessage(tx, connection, offersFor, limit, now));
  if (message === null || message === 'nothing to say') return message;
  connection.leasedUntil = new Date(now.getTime() + LEASE_MS);
  await updateConnections(tx, [connection], now);
  return message;
}

async function newMessage(
  tx: Tx,
  connection: Connection,
  offersFor: Parameters<typeof takeMessage>[2],
  limit: number,
  now: Date,
): Promise<ChannelMessage | 'nothing to say' | null> {
  const listings = await lockDirty(tx, connection.id, limit);
  if (listings.length === 0) return null;
  // Read after the listings' locks: what commits later leaves a mark that is seen later.
  const offers = await offersFor(listings.map((listing) => listing.skuId));
  const items: MessageItem[] = [];
  for (const listing of listings) {
    const next = planItem(listing, offers.get(listing.skuId) ?? { available: 0n, version: 0n });
    listing.dirtySince = null;
    listing.forced = false;
    if (next === null) continue;
    listing.sent = next;
    listing.sentAt = now;
    items.push({ skuId: listing.skuId, ref: listing.ref, quantity: Number(next.quantity), version: Number(next.version) });
  }
  await writeSent(tx, listings);
  if (items.length === 0) return 'nothing to say';
  const message = { id: newId(), connectionId: connection.id, items, attempts: 1 };
  await insertMessage(tx, message, now);
  return message;
}

/** Whether this message is still the one on its way; a late answer of one that was answered already changes nothing. */
export async function isOpen(tx: Tx, message: ChannelMessage): Promise<ChannelMessage | undefined> {
  const open = await readOpenMessage(tx, message.connectionId);
  return open?.id === message.id ? open : undefined;
}

/** Records the answer to a message of a locked connection. */
export async function acknowledge(
  tx: Tx,
  state: ChannelsState,
  message: ChannelMessage,
  said: ReadonlyMap<string, ItemOutcome>,
  now: Date,
): Promise<void> {
  for (const item of message.items) {
    const listing = state.listings.get(listingKey(message.connectionId, item.skuId));
    // One that is called otherwise now is told by its new name.
    if (!listing || listing.ref !== item.ref) continue;
    const told = { quantity: BigInt(item.quantity), version: BigInt(item.version) };
    settleItem(listing, told, said.get(item.ref) ?? 'unknown', now);
    state.dirtyListings.add(listing);
  }
  await updateMessage(tx, message, { status: 'acknowledged', error: null }, now);
}

/** The channel will never take this message: what it said is said again in another. */
export async function refuse(tx: Tx, state: ChannelsState, message: ChannelMessage, why: string, now: Date): Promise<void> {
  for (const { skuId } of message.items) {
    const listing = state.listings.get(listingKey(message.connectionId, skuId));
    if (listing) tellAgain(state, listing, now);
  }
  await updateMessage(tx, message, { status: 'refused', error: why }, now);
}

export interface Compared extends ReportCounts {
  readonly opened: number;
  readonly closed: number;
}

/** Compares a report with what a locked connection, whose listings are all locked, acknowledged. Changes no stock. */
export async function compareReport(
  tx: Tx,
  state: ChannelsState,
  connection: Connection,
  report: { readonly source: 'fetched' | 'received'; readonly listings: readonly ReportedListing[]; readonly at: Date },
  ctx: Ctx,
): Promise<Compared> {
  const theirs = new Map(report.listings.map((listing) => [listing.ref, listing]));
  const known = new Map([...state.drift.values()].map((drift) => [drift.skuId, drift]));
  const counts = { agreed: 0, onTheWay: 0, different: 0, opened: 0, closed: 0 };
  const refs = new Set<string>();
  for (const listing of state.listings.values()) {
    refs.add(listing.ref);
    const said = theirs.get(listing.ref);
    const verdict = compareListing(listing, said, report.at);
    const drift = known.get(listing.skuId);
    if (verdict.kind === 'on_the_way') counts.onTheWay++;
    else if (verdict.kind === 'agrees') {
      counts.agreed++;
      if (!drift) continue;
      counts.closed++;
      close(state, drift, 'agreed', null, ctx);
    } else {
      counts.different++;
      if (noteDrift(state, drift, listing, { said, as: verdict.as }, connection, ctx)) counts.opened++;
    }
  }
  const unknown = report.listings.filter((listing) => !refs.has(listing.ref)).length;
  const all = { ...counts, listings: report.listings.length, unknown };
  await insertReport(tx, { id: newId(), connectionId: connection.id, source: report.source, at: report.at }, all);
  connection.reportedAt = ctx.now;
  state.dirty.add(connection);
  return all;
}

/** Writes down a difference; returns whether it is new work. */
function noteDrift(
  state: ChannelsState,
  known: Drift | undefined,
  listing: Listing,
  { said, as }: { readonly said: ReportedListing | undefined; readonly as: Drift['kind'] },
  connection: Connection,
  ctx: Ctx,
): boolean {
  const seen = seenOf(listing, said, as);
  if (known) {
    const again = known.status === 'ignored' && !isSameDifference(known, seen);
    Object.assign(known, seen, { lastSeenAt: ctx.now, timesSeen: known.timesSeen + 1 });
    if (again) reopen(state, known);
    state.dirtyDrift.add(known);
    return again;
  }
  const drift: Drift = {
    ...seen,
    id: newId(),
    connectionId: connection.id,
    merchantId: connection.merchantId,
    skuId: listing.skuId,
    status: 'open',
    firstSeenAt: ctx.now,
    lastSeenAt: ctx.now,
    timesSeen: 1,
    countRound: 0,
    ...{ resolution: null, reason: null, resolvedBy: null, resolvedAt: null },
  };
  state.drift.set(drift.id, drift);
  state.freshDrift.add(drift);
  return true;
}

/** Ends a difference, or lets it stay with a reason. */
export function close(
  state: ChannelsState,
  drift: Drift,
  resolution: NonNullable<Drift['resolution']>,
  reason: string | null,
  ctx: Ctx,
): void {
  const status = resolution === 'ignore' ? 'ignored' : 'closed';
  Object.assign(drift, { status, resolution, reason, resolvedBy: ctx.actor, resolvedAt: ctx.now });
  if (!state.freshDrift.has(drift)) state.dirtyDrift.add(drift);
}

/** Somebody counts the goods: the difference waits for what they find. */
export function beginCount(state: ChannelsState, drift: Drift, countIds: readonly string[], ctx: Ctx): void {
  drift.countRound += 1;
  Object.assign(drift, { status: 'counting', resolution: 'count', reason: null, resolvedBy: ctx.actor, resolvedAt: null });
  state.driftCounts.push(...countIds.map((countId) => ({ drift, countId })));
  state.dirtyDrift.add(drift);
}

/** The shelf was counted: the record is right from here on, and the channel is told it again. Whoever answered stays the one who did. */
export function endCount(state: ChannelsState, drift: Drift, listing: Listing | undefined, now: Date): void {
  Object.assign(drift, { status: 'closed', resolvedAt: now });
  state.dirtyDrift.add(drift);
  if (listing) tellAgain(state, listing, now);
}

/** Nobody learned what is there: the difference is work again. */
export function reopen(state: ChannelsState, drift: Drift): void {
  Object.assign(drift, { status: 'open', resolution: null, reason: null, resolvedBy: null, resolvedAt: null });
  state.dirtyDrift.add(drift);
}
