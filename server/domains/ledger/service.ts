import { createHash } from 'node:crypto';
import type { Ctx } from '../../kernel/context.ts';
import { newId } from '../../kernel/ids.ts';
import type { Queryable, Tx } from '../../platform/db.ts';
import { lockStep } from '../../platform/locks.ts';
import { together } from '../../platform/together.ts';
import { type Account, type AppliedTransfer, applyTransfer, type Hold, type Ledger } from './rules.ts';
import type { AccountRef, TransferSpec } from './schema.ts';
import {
  createAccounts,
  findExpiredHolds,
  insertHolds,
  insertOpened,
  insertPeriod,
  insertTransfers,
  type LockedAccount,
  lockAccounts,
  lockHolds,
  type Movement,
  type OpenedAccount,
  type Party,
  readClosedUntil,
  readHoldAccounts,
  readMovements,
  readMovementsOfOrders,
  readParties,
  readReversed,
  readTransfers,
  stopAccounts,
  type TransferRow,
  writeAccounts,
  writeFlags,
  writeHolds,
} from './store.ts';

/** The locked part of the ledger and what the batch wrote into it. */
export interface LedgerState extends Ledger {
  closedUntil: Date | null;
  readonly transfers: TransferRow[];
  readonly newHolds: Set<string>;
}

export interface LedgerKeys {
  readonly home: string;
  readonly accounts: readonly AccountRef[];
  readonly holds: readonly string[];
  /** Accounts that exist, for whoever knows them by id; what does not is left out. */
  readonly ids?: readonly string[];
  readonly now: Date;
}

const ids = new Map<string, string>();

/** An account's id follows from its code (RFC 9562 version 5 layout over SHA-1), so that nobody has to look it up. */
export function accountId(code: string): string {
  let id = ids.get(code);
  if (!id) {
    const hash = createHash('sha1').update(`waybill:account:${code}`).digest();
    hash[6] = ((hash[6] as number) & 0x0f) | 0x50;
    hash[8] = ((hash[8] as number) & 0x3f) | 0x80;
    const hex = hash.subarray(0, 16).toString('hex');
    id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
    ids.set(code, id);
  }
  return id;
}

function emptyState(now: Date): LedgerState {
  return { now, accounts: new Map(), byId: new Map(), holds: new Map(), closedUntil: null, transfers: [], newHolds: new Set() };
}

function enter(state: LedgerState, { closedUntil, ...account }: LockedAccount, name: string): void {
  state.accounts.set(name, account);
  state.byId.set(account.id, account);
  state.closedUntil = closedUntil;
}

/** Locks accounts, making those that were never used, and then holds. */
export async function lock(tx: Tx, keys: LedgerKeys): Promise<LedgerState> {
  const state = emptyState(keys.now);
  const refs = new Map(keys.accounts.map((ref) => [ref.code, { ...ref, id: accountId(ref.code) }]));
  const { ids: others = [] } = keys;
  if (refs.size + others.length > 0) {
    lockStep(tx, 'accounts');
    const wanted = [...refs.values()];
    const all = [...new Set([...wanted.map((ref) => ref.id), ...others])];
    let rows = await lockAccounts(tx, all, keys.now);
    const found = new Set(rows.map((row) => row.id));
    if (wanted.some((ref) => !found.has(ref.id))) {
      await createAccounts(tx, keys.home, wanted, keys.now);
      rows = await lockAccounts(tx, all, keys.now);
    }
    for (const row of rows) {
      enter(state, row, row.code);
      // Its transfers may call an account by either name.
      if (others.includes(row.id)) state.accounts.set(row.id, state.byId.get(row.id) as Account);
    }
  }
  if (keys.holds.length > 0) {
    lockStep(tx, 'holds');
    for (const hold of await lockHolds(tx, keys.holds)) state.holds.set(hold.id, hold);
  }
  return state;
}

/** Locks accounts and holds that exist, for whoever knows them by id. What does not exist is left out. */
export async function lockExisting(
  tx: Tx,
  keys: { readonly accounts: readonly string[]; readonly holds: readonly string[]; readonly now: Date },
): Promise<LedgerState> {
  const state = emptyState(keys.now);
  if (keys.accounts.length > 0) {
    lockStep(tx, 'accounts');
    for (const row of await lockAccounts(tx, keys.accounts, keys.now)) enter(state, row, row.id);
  }
  if (keys.holds.length > 0) {
    lockStep(tx, 'holds');
    for (const hold of await lockHolds(tx, keys.holds)) state.holds.set(hold.id, hold);
  }
  return state;
}

/** Transfers by id, as they were written. */
export async function findTransfers(tx: Tx, ids: readonly string[]): Promise<Map<string, AppliedTransfer>> {
  return ids.length === 0 ? new Map() : new Map((await readTransfers(tx, ids)).map((transfer) => [transfer.id, transfer]));
}

/** The accounts of holds, which never change. */
export async function accountsOfHolds(tx: Tx, ids: readonly string[]): Promise<string[]> {
  return ids.length === 0 ? [] : readHoldAccounts(tx, ids);
}

/** How much of each transfer was taken back so far, in minor units. Ask under the locks of their accounts. */
export async function reversedMinor(tx: Tx, ids: readonly string[]): Promise<Map<string, bigint>> {
  return ids.length === 0 ? new Map() : readReversed(tx, ids);
}

/** Applies planned transfers as one journal and remembers them for `write`. */
export function post(state: LedgerState, specs: readonly TransferSpec[], ctx: Ctx): AppliedTransfer[] {
  const journalId = newId();
  const applied = specs.flatMap((spec) => {
    if (spec.phase === 'pending') state.newHolds.add(spec.id);
    return applyTransfer(state, spec, newId);
  });
  for (const transfer of applied)
    state.transfers.push({ ...transfer, journalId, actor: ctx.actor, traceId: ctx.traceId, at: ctx.now });
  return applied;
}

/** Accounts first, then the rows that name them: the other way round a foreign key or trigger would lock the hot row early. */
export async function write(tx: Tx, state: LedgerState): Promise<void> {
  const { transfers, newHolds } = state;
  const [first] = transfers;
  if (!first) return;
  const accounts = new Set<Account>();
  const usedHolds = new Set<Hold>();
  for (const { debitAccount, creditAccount, holdId } of transfers) {
    accounts.add(state.byId.get(debitAccount) as Account).add(state.byId.get(creditAccount) as Account);
    if (holdId && !newHolds.has(holdId)) usedHolds.add(state.holds.get(holdId) as Hold);
  }
  const made = [...newHolds].map((id) => state.holds.get(id) as Hold);
  await together(
    writeAccounts(tx, [...accounts]),
    insertHolds(tx, made, first.at),
    writeHolds(tx, [...usedHolds]),
    insertTransfers(tx, transfers),
  );
}

/** What was posted on the accounts whose codes begin so, in a period (from inclusive, to exclusive): one row per journal. */
export function movements(db: Queryable, codes: string, period: { readonly from: Date; readonly to: Date }): Promise<Movement[]> {
  return readMovements(db, codes, period);
}

/** Writes what persons changed of accounts: frozen, closed, credit limit. */
export const writeOperated = writeFlags;

/** Open holds of no order whose time is over at `now`, `limit` at most. */
export const expiredHolds = findExpiredHolds;

/** Stops the ledger for as long as the transaction lasts and says until when the books are closed. */
export async function lockPeriods(tx: Tx): Promise<Date | null> {
  lockStep(tx, 'accounts');
  await stopAccounts(tx);
  return readClosedUntil(tx);
}

/** Closes the books before `until`. */
export async function closeUntil(tx: Tx, until: Date, ctx: Ctx): Promise<void> {
  await insertPeriod(tx, { until, home: ctx.home, actor: ctx.actor, at: ctx.now, traceId: ctx.traceId });
}

/** The same of orders, whenever it was posted. */
export function movementsOfOrders(db: Queryable, codes: string, orderIds: readonly string[]): Promise<Movement[]> {
  return readMovementsOfOrders(db, codes, orderIds);
}

/** Opens accounts that have names. Returns the ids of those that were not there before. */
export async function open(
  tx: Tx,
  home: string,
  accounts: readonly Omit<OpenedAccount, 'id'>[],
  now: Date,
): Promise<ReadonlySet<string>> {
  lockStep(tx, 'accounts');
  return insertOpened(
    tx,
    home,
    accounts.map((account) => ({ ...account, id: accountId(account.code) })),
    now,
  );
}

/** Whose accounts, holds and transfers these are; what does not exist is left out. None of it ever changes, so no lock is needed. */
export const partiesOf = readParties;
export type { Party };
