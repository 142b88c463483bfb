import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { Queryable, Tx } from '../../platform/db.ts';
import { lockStep } from '../../platform/locks.ts';
import { type Handle, periodOf, type TierLimits, type Usage, type Wallet } from './rules.ts';
import {
  findByPerson,
  findLastOf,
  findOpen,
  insertWallets,
  insertWalletTransfers,
  lockHandles,
  lockWallets,
  readHandles,
  readTiers,
  updateWallets,
  type WalletTransfer,
  writeHandles,
} from './store.ts';

/** Locked wallets, the limits of their tiers, and what the batch changes. */
export interface WalletsState {
  readonly byId: Map<string, Wallet>;
  readonly tiers: readonly TierLimits[];
  readonly fresh: Set<string>;
  readonly dirty: Set<string>;
  readonly transfers: WalletTransfer[];
}

/** A customer's wallet in a currency. */
export interface WalletKey {
  readonly customerId: string;
  readonly currency: string;
}

const keyOf = ({ customerId, currency }: WalletKey): string => `${customerId}:${currency}`;

/** Locks wallets by id, in the order of their ids, and reads the limits. Ids that are not there are absent from the state. */
export async function lock(tx: Tx, ids: readonly string[]): Promise<WalletsState> {
  const tiers = await readTiers(tx);
  lockStep(tx, 'wallets');
  const distinct = [...new Set(ids)];
  const rows = distinct.length > 0 ? await lockWallets(tx, distinct) : [];
  return { byId: new Map(rows.map((row) => [row.id, row])), tiers, fresh: new Set(), dirty: new Set(), transfers: [] };
}

/** The ids of open wallets by customer and currency, unlocked: whoever locks them asks again whether they are open. */
export async function find(db: Queryable, keys: readonly WalletKey[]): Promise<(string | undefined)[]> {
  const found = new Map((await findOpen(db, keys)).map((row) => [keyOf(row), row.id]));
  return keys.map((key) => found.get(keyOf(key)));
}

/** The open wallets by customer and currency, or where one has none the one that was closed last. Unlocked. */
export async function findLast(db: Queryable, keys: readonly WalletKey[]): Promise<string[]> {
  return (await findLastOf(db, keys)).map(({ id }) => id);
}

/** Where an address leads: the customer, and their open wallet in the currency if there is one. `email` is in the compared form. */
export interface Reached {
  readonly customerId: string;
  readonly walletId: string | null;
}

export async function reach(
  db: Queryable,
  people: readonly { readonly email: string | null; readonly handle: string | null; readonly currency: string }[],
): Promise<(Reached | undefined)[]> {
  const found = new Map((await findByPerson(db, people)).map(({ position, ...row }) => [position, row]));
  return people.map((_, index) => found.get(index));
}

/** The limits of a wallet's tier. A tier without limits in the currency may do nothing. */
export function limitsOf(state: Pick<WalletsState, 'tiers'>, wallet: Pick<Wallet, 'tier' | 'currency'>): TierLimits {
  const limits = state.tiers.find((row) => row.tier === wallet.tier && row.currency === wallet.currency);
  if (!limits) throw new DomainError('state_refuses', `The tier ${wallet.tier} has no limits in ${wallet.currency}.`);
  return limits;
}

/** The locked wallet. Throws `not_found`. */
export function walletOf(state: WalletsState, id: string): Wallet {
  const wallet = state.byId.get(id);
  if (!wallet) throw new DomainError('not_found', 'There is no such wallet.');
  return wallet;
}

/** Applies a change to a locked wallet; its version goes up by one. Returns the wallet as it is now. */
export function change(state: WalletsState, id: string, after: Partial<Wallet> | Usage): Wallet {
  const wallet = walletOf(state, id);
  const next: Wallet = { ...wallet, ...after, version: wallet.version + 1n };
  state.byId.set(id, next);
  if (!state.fresh.has(id)) state.dirty.add(id);
  return next;
}

/** Opens a wallet of the first tier on an account of the ledger. The caller holds the customer's lock and found no open one. */
export function open(state: WalletsState, key: WalletKey, accountId: string, ctx: Ctx): Wallet {
  const none = { dayOutMinor: 0n, dayInMinor: 0n, monthOutMinor: 0n, monthInMinor: 0n };
  const wallet: Wallet = {
    ...periodOf(ctx.now),
    ...none,
    id: newId(),
    ...key,
    accountId,
    tier: 'basic',
    status: 'active',
    frozenBy: null,
    frozenReason: null,
    home: ctx.home,
    openedAt: ctx.now,
    closedAt: null,
    version: 1n,
  };
  state.byId.set(wallet.id, wallet);
  state.fresh.add(wallet.id);
  return wallet;
}

/** Remembers what two customers said about the money between them. */
export function recordTransfer(state: WalletsState, transfer: WalletTransfer): void {
  state.transfers.push(transfer);
}

/** Writes what changed: one statement per table. */
export async function write(tx: Tx, state: WalletsState): Promise<void> {
  const rows = (ids: ReadonlySet<string>): Wallet[] => [...ids].map((id) => state.byId.get(id) as Wallet);
  await insertWallets(tx, rows(state.fresh));
  await updateWallets(tx, rows(state.dirty));
  await insertWalletTransfers(tx, state.transfers);
}

/** The handles that a batch is about, held for it alone. */
export interface HandlesState {
  readonly byHandle: Map<string, Handle>;
  readonly changed: Set<string>;
}

export async function lockHandlesOf(
  tx: Tx,
  wanted: readonly { readonly handle: string; readonly customerId: string }[],
): Promise<HandlesState> {
  lockStep(tx, 'wallets');
  await lockHandles(tx);
  const rows = await readHandles(
    tx,
    wanted.map((one) => one.handle),
    wanted.map((one) => one.customerId),
  );
  return { byHandle: new Map(rows.map((row) => [row.handle, row])), changed: new Set() };
}

/** What a customer holds and has held, oldest first. */
export function handlesOf(state: HandlesState, customerId: string): Handle[] {
  return [...state.byHandle.values()].filter((one) => one.customerId === customerId);
}

/** Gives a customer a handle; the one they had is kept for them. */
export function setHandle(state: HandlesState, handle: string, customerId: string): void {
  for (const one of handlesOf(state, customerId)) {
    if (!one.current) continue;
    state.byHandle.set(one.handle, { ...one, current: false });
    state.changed.add(one.handle);
  }
  state.byHandle.set(handle, { handle, customerId, current: true });
  state.changed.add(handle);
}

export async function writeHandlesOf(tx: Tx, state: HandlesState, now: Date): Promise<void> {
  await writeHandles(
    tx,
    [...state.changed].map((handle) => state.byHandle.get(handle) as Handle),
    now,
  );
}
