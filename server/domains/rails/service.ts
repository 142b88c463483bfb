import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Queryable, Tx } from '../../platform/db.ts';
import { lockStep } from '../../platform/locks.ts';
import type { BankAccount, Dispute, PayIn, Payout, TopUp } from './rules.ts';
import * as store from './store.ts';

/** Locked rows by id, and which of them are new or changed. */
interface Rows<R> {
  readonly byId: Map<string, R>;
  readonly fresh: Set<string>;
  readonly dirty: Set<string>;
}

export interface RailsState {
  readonly topUps: Rows<TopUp>;
  readonly payIns: Rows<PayIn>;
  readonly payouts: Rows<Payout>;
  readonly accounts: Rows<BankAccount>;
  readonly disputes: Rows<Dispute>;
  /** How far a wallet may be driven below zero, by currency; a currency that is not there: as far as it takes. */
  readonly debt: ReadonlyMap<string, bigint>;
}

export interface RailsKeys {
  readonly topUps?: readonly string[];
  readonly payIns?: readonly string[];
  readonly payouts?: readonly string[];
  readonly accounts?: readonly string[];
  readonly disputes?: readonly string[];
}

const rowsOf = <R>(rows: readonly R[], key: (row: R) => string): Rows<R> => ({
  byId: new Map(rows.map((row) => [key(row), row])),
  fresh: new Set(),
  dirty: new Set(),
});

/** Locks what a batch is about, table by table. What is not there is absent from the state. */
export async function lock(tx: Tx, keys: RailsKeys): Promise<RailsState> {
  lockStep(tx, 'rails');
  const some = <R>(ids: readonly string[] | undefined, read: (wanted: readonly string[]) => Promise<R[]>): Promise<R[]> =>
    ids?.length ? read([...new Set(ids)]) : Promise.resolve([]);
  const accounts = await some(keys.accounts, (ids) => store.bankAccounts.lock(tx, ids));
  const topUps = await some(keys.topUps, (ids) => store.topUps.lock(tx, ids));
  for (const bankRef of [...(keys.payIns ?? [])].sort()) await store.holdPayIn(tx, bankRef);
  const payIns = await some(keys.payIns, (ids) => store.payIns.lock(tx, ids));
  const payouts = await some(keys.payouts, (ids) => store.payouts.lock(tx, ids));
  const disputes = await some(keys.disputes, (ids) => store.disputes.lock(tx, ids));
  return {
    topUps: rowsOf(topUps, (row) => row.id),
    payIns: rowsOf(payIns, (row) => row.bankRef),
    payouts: rowsOf(payouts, (row) => row.id),
    accounts: rowsOf(accounts, (row) => row.id),
    disputes: rowsOf(disputes, (row) => row.providerRef),
    debt: keys.disputes?.length || keys.payIns?.length ? await store.readDebtPolicies(tx) : new Map(),
  };
}

/** The locked row, or `not_found`. */
export function found<R>(rows: Rows<R>, id: string, what: string): R {
  const row = rows.byId.get(id);
  if (row === undefined) throw new DomainError('not_found', `There is no such ${what}.`);
  return row;
}

/** Adds a row. */
export function add<R>(rows: Rows<R>, id: string, row: R): R {
  rows.byId.set(id, row);
  rows.fresh.add(id);
  return row;
}

/** Applies a change to a locked row; its version goes up by one. */
export function change<R extends { readonly version: bigint }>(rows: Rows<R>, id: string, after: Partial<R>): R {
  const before = found(rows, id, 'row');
  const next: R = { ...before, ...after, version: before.version + 1n };
  rows.byId.set(id, next);
  if (!rows.fresh.has(id)) rows.dirty.add(id);
  return next;
}

/** Takes an account out of use; what was paid to it stays told. */
export function removeAccount(rows: Rows<BankAccount>, id: string, ctx: Ctx): void {
  const account = found(rows, id, 'bank account');
  rows.byId.set(id, { ...account, removedAt: ctx.now });
  rows.dirty.add(id);
}

export async function write(tx: Tx, state: RailsState): Promise<void> {
  const picked = <R>({ byId }: Rows<R>, ids: ReadonlySet<string>): R[] => [...ids].map((id) => byId.get(id) as R);
  await store.bankAccounts.insert(tx, picked(state.accounts, state.accounts.fresh));
  await store.bankAccounts.update(tx, picked(state.accounts, state.accounts.dirty));
  await store.topUps.insert(tx, picked(state.topUps, state.topUps.fresh));
  await store.topUps.update(tx, picked(state.topUps, state.topUps.dirty));
  await store.payIns.insert(tx, picked(state.payIns, state.payIns.fresh));
  await store.payIns.update(tx, picked(state.payIns, state.payIns.dirty));
  await store.payouts.insert(tx, picked(state.payouts, state.payouts.fresh));
  await store.payouts.update(tx, picked(state.payouts, state.payouts.dirty));
  await store.disputes.insert(tx, picked(state.disputes, state.disputes.fresh));
  await store.disputes.update(tx, picked(state.disputes, state.disputes.dirty));
}

export const readTopUp = async (db: Queryable, id: string): Promise<TopUp | undefined> => (await store.topUps.read(db, [id]))[0];
export const readPayout = async (db: Queryable, id: string): Promise<Payout | undefined> =>
  (await store.payouts.read(db, [id]))[0];
export const readPayIn = async (db: Queryable, bankRef: string): Promise<PayIn | undefined> =>
  (await store.payIns.read(db, [bankRef]))[0];
export const readAccount = async (db: Queryable, id: string): Promise<BankAccount | undefined> =>
  (await store.bankAccounts.read(db, [id]))[0];

/** The top ups that the card provider, or a bank transfer, names. */
export const findTopUps = store.findTopUps;
export const findAwaited = store.findAwaited;
export const findDue = store.findDue;
export const newestPayIn = store.newestPayIn;
