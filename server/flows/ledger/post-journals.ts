import type pg from 'pg';
import { type AppliedTransfer, planReversal, refusalOf } from '../../domains/ledger/rules.ts';
import type { ReversalSpec, TransferSpec } from '../../domains/ledger/schema.ts';
import * as ledger from '../../domains/ledger/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError, type ErrorCode } from '../../kernel/errors.ts';
import { sqlState, type Tx } from '../../platform/db.ts';
import { createLane, type LaneOptions, RunAgain, type Settled } from '../../platform/lane.ts';
import { forgetLocks } from '../../platform/locks.ts';

/**
 * The ledger's own lane: journals of transfers between accounts that exist, named by their ids. It writes accounts, holds and transfers and
 * nothing else: a transfer's id is its key, its row is the record of who did it on which trace. So a batch is two statements and one more
 * if it touches holds, however hot an account is.
 *
 * A journal succeeds or fails as a whole. Sent again, it answers what it did the first time, as `duplicate`; a refusal leaves no trace, so
 * that the same journal may succeed later.
 */
export type WantedTransfer = TransferSpec | ReversalSpec;

export interface PostedTransfer {
  readonly id: string;
  readonly result: 'created' | 'duplicate';
  readonly debitVersion: bigint;
  readonly creditVersion: bigint;
  readonly debitBalanceMinor: bigint;
  readonly creditBalanceMinor: bigint;
}

export interface RefusedTransfer {
  readonly id: string;
  /** Why this one was refused, or `linked_failed` where another of its journal was. */
  readonly result: ErrorCode;
  readonly detail: string;
}

export type TransferResult = PostedTransfer | RefusedTransfer;

export interface TransferLane {
  /** Posts linked transfers, each under its id. One result per transfer, in order. */
  post(transfers: readonly WantedTransfer[], ctx: Ctx): Promise<readonly TransferResult[]>;
  /** The same of several journals, which are decided in order and written together. */
  postAll(journals: readonly (readonly WantedTransfer[])[], ctx: Ctx): Promise<readonly (readonly TransferResult[])[]>;
  idle(): Promise<void>;
}

/** Journals of one caller. */
interface Posting {
  readonly journals: readonly (readonly WantedTransfer[])[];
  readonly ctx: Ctx;
  /** One of its ids may be there already: look before writing. */
  suspect: boolean;
}

interface Journal {
  readonly transfers: readonly WantedTransfer[];
  readonly ctx: Ctx;
  readonly suspect: boolean;
}

/** Linked transfers of one journal: more would make one caller's batch everybody's. */
export const JOURNAL_SIZE = 100;

/** Transfers of a batch: what a batch costs beside them is small by then. */
const BATCH = 256;
/** Who comes while a batch is at work need not wait for its COMMIT, unless they want the same accounts. */
const PARALLEL = 2;

/** Gives the ledger its lane. Lanes of several processes, and several in one, take turns by their row locks. */
export function createTransferLane(deps: {
  readonly pool: pg.Pool;
  readonly observe?: LaneOptions<unknown, unknown>['observe'];
  readonly maxBatch?: number;
  readonly parallel?: number;
}): TransferLane {
  const { pool, observe, maxBatch = BATCH, parallel = PARALLEL } = deps;
  const lane = createLane<Posting, readonly (readonly TransferResult[])[]>({
    name: 'post-journals',
    pool,
    run: postBatch,
    maxBatch,
    weigh: ({ journals }) => journals.reduce((sum, transfers) => sum + transfers.length, 0),
    parallel,
    ...(observe ? { observe } : {}),
  });
  const postAll: TransferLane['postAll'] = (journals, ctx) => {
    if (journals.length === 0) return Promise.resolve([]);
    for (const transfers of journals) {
      const fault = faultOf(transfers);
      if (fault) return Promise.reject(fault);
    }
    return lane.submit({ journals, ctx, suspect: false });
  };
  return {
    async post(transfers, ctx) {
      const [result] = await postAll([transfers], ctx);
      return result as readonly TransferResult[];
    },
    postAll,
    idle: () => lane.idle(),
  };
}

function faultOf(transfers: readonly WantedTransfer[]): DomainError | null {
  if (transfers.length === 0 || transfers.length > JOURNAL_SIZE)
    return new DomainError('invalid_request', `A journal has 1 to ${JOURNAL_SIZE} transfers.`);
  if (transfers.length > 1 && new Set(transfers.map(({ id }) => id)).size < transfers.length)
    return new DomainError('invalid_request', 'Each transfer of a journal has an id of its own.');
  return null;
}

interface Books {
  readonly state: ledger.LedgerState;
  /** What was written before under an id of this batch, or just now. */
  readonly written: Map<string, AppliedTransfer>;
  readonly originals: ReadonlyMap<string, AppliedTransfer>;
  readonly reversed: Map<string, bigint>;
}

/** One batch in its transaction. */
async function postBatch(tx: Tx, postings: readonly Posting[]): Promise<Settled<readonly (readonly TransferResult[])[]>[]> {
  forgetLocks(tx);
  const journals = postings.flatMap(({ journals, ctx, suspect }) => journals.map((transfers) => ({ transfers, ctx, suspect })));
  const books = await lock(tx, journals);
  const results = journals.map((journal) => decide(books, journal));
  await recallRefused(tx, journals, results);
  try {
    await ledger.write(tx, books.state);
  } catch (error) {
    if (!isTakenId(error)) throw error;
    // Somebody sent these before, or sends them at this moment elsewhere: the next try waits for them and answers what they did.
    for (const posting of postings) posting.suspect = true;
    throw new RunAgain();
  }
  let at = 0;
  return postings.map(({ journals: { length } }) => {
    const value = results.slice(at, at + length);
    at += length;
    return { ok: true, value };
  });
}

/**
 * A repeat may be refused for what the first time left: the money is gone, the hold posted. So before anybody is refused it is asked whether
 * they were served already. The locks on the accounts have let the first time finish.
 */
async function recallRefused(tx: Tx, journals: readonly Journal[], results: (readonly TransferResult[])[]): Promise<void> {
  const refused = results.flatMap((result, at) => (result.some(isRefusal) && !journals[at]?.suspect ? [at] : []));
  const transfersOf = (at: number): readonly WantedTransfer[] => journals[at]?.transfers ?? [];
  const written = await ledger.findTransfers(
    tx,
    refused.flatMap((at) => transfersOf(at).map(({ id }) => id)),
  );
  for (const at of refused) {
    const known = transfersOf(at).flatMap(({ id }) => written.get(id) ?? []);
    if (known.length > 0) results[at] = repeat(known, transfersOf(at));
  }
}

function isRefusal({ result }: TransferResult): boolean {
  return result !== 'created' && result !== 'duplicate';
}

/** Repeats are rare, so nobody looks for them until the primary key finds one, or they would be refused. */
function isTakenId(error: unknown): boolean {
  if (sqlState(error) !== '23505') return false;
  const { constraint } = error as { constraint?: string };
  return constraint === 'transfers_pkey' || constraint === 'holds_pkey';
}

async function lock(tx: Tx, journals: readonly Journal[]): Promise<Books> {
  const accounts = new Set<string>();
  const holds = new Set<string>();
  const reversals = new Set<string>();
  let now = (journals[0] as Journal).ctx.now;
  for (const { transfers, ctx } of journals) {
    if (ctx.now < now) now = ctx.now;
    for (const wanted of transfers) {
      if (wanted.phase === 'reverse') reversals.add(wanted.transferId);
      else if (wanted.phase === 'post' || wanted.phase === 'void') holds.add(wanted.holdId);
      else accounts.add(wanted.debit).add(wanted.credit);
    }
  }
  // Neither a hold nor a transfer changes its accounts: they are read before anything is locked.
  for (const id of await ledger.accountsOfHolds(tx, [...holds])) accounts.add(id);
  const originals = await ledger.findTransfers(tx, [...reversals]);
  for (const { debitAccount, creditAccount } of originals.values()) accounts.add(debitAccount).add(creditAccount);
  const state = await ledger.lockExisting(tx, { accounts: [...accounts], holds: [...holds], now });
  const suspects = journals.flatMap(({ suspect, transfers }) => (suspect ? transfers.map(({ id }) => id) : []));
  const written = await ledger.findTransfers(tx, suspects);
  const reversed = await ledger.reversedMinor(tx, [...originals.keys()]);
  return { state, written, originals, reversed };
}

function decide(books: Books, { transfers, ctx }: Journal): readonly TransferResult[] {
  const known = transfers.flatMap(({ id }) => books.written.get(id) ?? []);
  if (known.length > 0) return repeat(known, transfers);
  const specs: TransferSpec[] = [];
  for (const wanted of transfers) {
    const spec = specOf(books, wanted, specs);
    // Whoever comes before it in the journal is asked first.
    if (spec instanceof DomainError) return refuseFirst(books, transfers, specs, ctx) ?? refusedAt(transfers, specs.length, spec);
    specs.push(spec);
  }
  const refused = refuseFirst(books, transfers, specs, ctx);
  if (refused) return refused;
  const applied = ledger.post(books.state, specs, ctx);
  for (const transfer of applied) {
    books.written.set(transfer.id, transfer);
    if (transfer.reverses)
      books.reversed.set(transfer.reverses, (books.reversed.get(transfer.reverses) ?? 0n) + transfer.amountMinor);
  }
  return transfers.map(({ id }) => posted(books.written.get(id) as AppliedTransfer, 'created'));
}

function refuseFirst(
  { state }: Books,
  transfers: readonly WantedTransfer[],
  specs: readonly TransferSpec[],
  { now }: Ctx,
): readonly RefusedTransfer[] | null {
  const refusal = refusalOf(state, specs, now);
  return refusal && refusedAt(transfers, refusal.index, refusal.error);
}

/** What a transfer asks for on the locked rows, after those of its journal that come `before` it, or why it cannot be asked for. */
function specOf(books: Books, wanted: WantedTransfer, before: readonly TransferSpec[]): TransferSpec | DomainError {
  const { state } = books;
  if (wanted.phase === 'reverse') {
    const original = books.originals.get(wanted.transferId);
    if (!original) return new DomainError('not_found', 'There is no such transfer.');
    let reversedMinor = books.reversed.get(original.id) ?? 0n;
    for (const spec of before) if ('reverses' in spec && spec.reverses === original.id) reversedMinor += spec.amountMinor;
    try {
      return planReversal(original, reversedMinor, wanted);
    } catch (error) {
      if (error instanceof DomainError) return error;
      throw error;
    }
  }
  if (wanted.phase === 'post' || wanted.phase === 'void') {
    if (before.some(({ id, phase }) => id === wanted.holdId && phase === 'pending')) return wanted;
    const hold = state.holds.get(wanted.holdId);
    // One that appeared after its accounts were looked up has them unlocked: for this batch it is not there yet.
    if (!hold || !state.byId.has(hold.debitAccount) || !state.byId.has(hold.creditAccount))
      return new DomainError('not_found', 'There is no such hold.');
    return wanted;
  }
  if (!state.byId.has(wanted.debit)) return new DomainError('not_found', 'There is no such account to debit.');
  if (!state.byId.has(wanted.credit)) return new DomainError('not_found', 'There is no such account to credit.');
  return wanted;
}

/** A journal that was written before answers the same; one whose ids mean something else by now is refused. */
function repeat(known: readonly AppliedTransfer[], transfers: readonly WantedTransfer[]): readonly TransferResult[] {
  const byId = new Map(known.map((transfer) => [transfer.id, transfer]));
  const other = transfers.findIndex((wanted) => !says(byId.get(wanted.id), wanted));
  if (other >= 0) return refusedAt(transfers, other, new DomainError('transfer_id_reused'));
  return known.map((transfer) => posted(transfer, 'duplicate'));
}

function says(written: AppliedTransfer | undefined, wanted: WantedTransfer): boolean {
  if (!written || written.kind !== wanted.kind || written.reference !== (wanted.reference ?? null)) return false;
  if (wanted.phase === 'reverse')
    return written.reverses === wanted.transferId && (wanted.amountMinor ?? written.amountMinor) === written.amountMinor;
  if (written.phase !== wanted.phase) return false;
  if (wanted.phase === 'void') return written.holdId === wanted.holdId;
  if (written.amountMinor !== wanted.amountMinor) return false;
  if (wanted.phase === 'post') return written.holdId === wanted.holdId;
  const { debitAccount, creditAccount, currency, reverses } = written;
  const same = debitAccount === wanted.debit && creditAccount === wanted.credit && currency === wanted.currency;
  return same && reverses === (wanted.reverses ?? null);
}

function posted(transfer: AppliedTransfer, result: PostedTransfer['result']): PostedTransfer {
  const { id, debitVersion, creditVersion, debitBalanceMinor, creditBalanceMinor } = transfer;
  return { id, result, debitVersion, creditVersion, debitBalanceMinor, creditBalanceMinor };
}

function refusedAt(transfers: readonly WantedTransfer[], at: number, error: DomainError): readonly RefusedTransfer[] {
  const linked = new DomainError('linked_failed');
  return transfers.map(({ id }, index) => {
    const { code, detail } = index === at ? error : linked;
    return { id, result: code, detail };
  });
}
