import { createHash } from 'node:crypto';
import type { Ctx } from '../../kernel/context.ts';
import { newId } from '../../kernel/ids.ts';
import type { Queryable, Tx } from '../../platform/db.ts';
import { lockStep } from '../../platform/locks.ts';
import {
  type Account,
  type AccountRef,
  type AppliedTransfer,
  applyTransfer,
  type Hold,
  type Ledger,
  type TransferSpec,
} from './rules.ts';
import {
  createAccounts,
  insertHolds,
  insertTransfers,
  lockAccounts,
  lockHolds,
  type Movement,
  readMovements,
  type TransferRow,
  writeAccounts,
  writeHolds,
} from './store.ts';

/** The locked part of the ledger and what the batch wrote into it. */
export interface LedgerState extends Ledger {
  readonly transfers: TransferRow[];
  readonly newHolds: Set<string>;
}

export interface LedgerKeys {
  readonly home: string;
  readonly accounts: readonly AccountRef[];
  readonly holds: readonly string[];
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

/** Locks accounts, making those that were never used, and then holds. */
export async function lock(tx: Tx, keys: LedgerKeys): Promise<LedgerState> {
  const state: LedgerState = { accounts: new Map(), holds: new Map(), transfers: [], newHolds: new Set() };
  const refs = new Map(keys.accounts.map((ref) => [ref.code, { ...ref, id: accountId(ref.code) }]));
  if (refs.size > 0) {
    lockStep(tx, 'accounts');
    const wanted = [...refs.values()];
    let rows = await lockAccounts(
      tx,
      wanted.map((ref) => ref.id),
    );
    if (rows.length < refs.size) {
      await createAccounts(tx, keys.home, wanted, keys.now);
      rows = await lockAccounts(
        tx,
        wanted.map((ref) => ref.id),
      );
    }
    for (const row of rows) state.accounts.set(row.code, row);
  }
  if (keys.holds.length > 0) {
    lockStep(tx, 'holds');
    for (const hold of await lockHolds(tx, keys.holds)) state.holds.set(hold.id, hold);
  }
  return state;
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
  if (state.transfers.length === 0) return;
  const touched = new Set(state.transfers.flatMap((t) => [t.debitAccount, t.creditAccount]));
  const usedHolds = new Set(state.transfers.flatMap((t) => (t.holdId ? [t.holdId] : [])));
  const accounts: Account[] = [...state.accounts.values()].filter((account) => touched.has(account.id));
  const holds: Hold[] = [...state.holds.values()];
  await writeAccounts(tx, accounts);
  await insertHolds(
    tx,
    holds.filter((hold) => state.newHolds.has(hold.id)),
    (state.transfers[0] as TransferRow).at,
  );
  await writeHolds(
    tx,
    holds.filter((hold) => usedHolds.has(hold.id) && !state.newHolds.has(hold.id)),
  );
  await insertTransfers(tx, state.transfers);
}

/** What was posted on the accounts whose codes begin so, in a period (from inclusive, to exclusive): one row per journal. */
export function movements(db: Queryable, codes: string, period: { readonly from: Date; readonly to: Date }): Promise<Movement[]> {
  return readMovements(db, codes, period);
}
