import type pg from 'pg';
import { chart, FUNDING, type HoldSpec, type MoveSpec } from '../../domains/ledger/schema.ts';
import * as ledger from '../../domains/ledger/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError, type ErrorCode } from '../../kernel/errors.ts';
import { isId } from '../../kernel/ids.ts';
import { answerOnce } from '../../platform/answer-once.ts';
import { requestHash } from '../../platform/idempotency.ts';
import type { Call } from '../../platform/verb.ts';
import type { PostedTransfer, TransferLane, TransferResult, WantedTransfer } from './post-journals.ts';

/**
 * Journals of a merchant's own programs, from outside: each is written whole or not at all, between accounts of these programs and no
 * others, and every one gets a result of its own. They go through the ledger's lane, where a transfer's id is its key; so doing them again
 * is harmless, and the answer under an idempotency key is that of whoever came first.
 */
export interface PostProgramsInput {
  readonly merchantId: string;
  /** Each a list of linked transfers, accounts named by their ids or by what the merchant calls them. */
  readonly journals: readonly (readonly WantedTransfer[])[];
}

/** As JSON, which is kept under the key. */
export interface ProgramTransfer {
  readonly id: string;
  readonly result: 'posted' | 'duplicate' | ErrorCode;
  readonly detail: string | null;
  readonly after: {
    readonly debitVersion: number;
    readonly creditVersion: number;
    readonly debitBalanceMinor: number;
    readonly creditBalanceMinor: number;
  } | null;
}

export interface PostedPrograms {
  readonly journals: readonly (readonly ProgramTransfer[])[];
}

type Journal = PostProgramsInput['journals'][number];

export function createProgramPosting(deps: {
  readonly pool: pg.Pool;
  readonly post: TransferLane['postAll'];
}): Call<PostProgramsInput, PostedPrograms> {
  return (input, ctx, key, onReplay) => {
    const work = async (): Promise<PostedPrograms> => ({ journals: await postAll(deps, input, ctx) });
    if (key === undefined) return work();
    const keyed = { principal: ctx.actor, operation: 'post-programs', key, requestHash: requestHash(input) };
    return answerOnce(deps.pool, keyed, work, onReplay);
  };
}

/**
 * In order. A journal that names a hold or a transfer of one before it comes after that is committed: whose it is can then be read, and
 * never changes.
 */
async function postAll(
  deps: { readonly pool: pg.Pool; readonly post: TransferLane['postAll'] },
  { merchantId, journals }: PostProgramsInput,
  ctx: Ctx,
): Promise<ProgramTransfer[][]> {
  const results: ProgramTransfer[][] = [];
  const named = journals.map((journal) => journal.map((wanted) => withIds(wanted, merchantId)));
  for (const wave of wavesOf(named)) {
    const parties = await readParties(deps.pool, wave, ctx.now);
    const refused = wave.map((journal) => refusalOf(journal, { parties, merchantId, now: ctx.now }));
    // What the lane cannot decide is nobody's answer: the same request decides it.
    const posted = [
      ...(await deps.post(
        wave.filter((_, at) => !refused[at]),
        ctx,
      )),
    ];
    for (const refusal of refused) results.push((refusal ?? (posted.shift() as readonly TransferResult[])).map(resultOf));
  }
  return results;
}

function withIds(wanted: WantedTransfer, merchantId: string): WantedTransfer {
  if (!isMove(wanted)) return wanted;
  const idOf = (name: string): string => accountNamed(name, merchantId, wanted.currency);
  return { ...wanted, debit: idOf(wanted.debit), credit: idOf(wanted.credit) };
}

/** An id, which follows from the code where that was sent. */
function accountNamed(name: string, merchantId: string, currency: string): string {
  if (isId(name)) return name;
  if (name === FUNDING) return ledger.accountId(chart.programFunding(merchantId, currency).code);
  return ledger.accountId(chart.program({ merchantId, ownCode: name, currency, normalSide: 'credit', limited: true }).code);
}

/** Cuts before each journal that names what an earlier one of its wave makes. */
function wavesOf(journals: readonly Journal[]): Journal[][] {
  const waves: Journal[][] = [];
  let made = new Set<string>();
  for (const journal of journals) {
    const wave = waves.at(-1);
    if (wave && !journal.some((wanted) => made.has(namedBy(wanted) ?? ''))) wave.push(journal);
    else {
      waves.push([journal]);
      made = new Set();
    }
    for (const { id } of journal) made.add(id);
  }
  return waves;
}

/** The hold or transfer that a transfer acts on. */
function namedBy(wanted: WantedTransfer): string | null {
  if (wanted.phase === 'reverse') return wanted.transferId;
  return wanted.phase === 'post' || wanted.phase === 'void' ? wanted.holdId : null;
}

const isMove = (wanted: WantedTransfer): wanted is MoveSpec => wanted.phase === 'single' || wanted.phase === 'pending';

const isOfHold = (wanted: WantedTransfer): wanted is HoldSpec => wanted.phase === 'post' || wanted.phase === 'void';

/** A hold whose time is over before it begins. */
const isLate = (wanted: WantedTransfer, now: Date): boolean =>
  wanted.phase === 'pending' && wanted.expiresAt instanceof Date && wanted.expiresAt <= now;

type Parties = ReadonlyMap<string, ledger.Party>;
const partyKey = (what: ledger.Party['what'], id: string): string => `${what} ${id}`;

async function readParties(pool: pg.Pool, wave: readonly Journal[], now: Date): Promise<Parties> {
  const all = wave.flat();
  const unique = (ids: readonly string[]): string[] => [...new Set(ids)];
  const found = await ledger.partiesOf(pool, {
    accounts: unique(all.flatMap((wanted) => (isMove(wanted) ? [wanted.debit, wanted.credit] : []))),
    holds: unique(all.flatMap((wanted) => (isLate(wanted, now) ? [wanted.id] : isOfHold(wanted) ? [wanted.holdId] : []))),
    transfers: unique(all.flatMap((wanted) => (wanted.phase === 'reverse' ? [wanted.transferId] : []))),
  });
  return new Map(found.map((party) => [partyKey(party.what, party.id), party]));
}

interface Asked {
  readonly parties: Parties;
  readonly merchantId: string;
  readonly now: Date;
}

/** Why a journal is none of this merchant's business, as the lane would say it; null where it may be posted. */
function refusalOf(journal: Journal, asked: Asked): readonly TransferResult[] | null {
  for (const [at, wanted] of journal.entries()) {
    const error = barred(wanted, journal.slice(0, at), asked);
    if (!error) continue;
    const linked = new DomainError('linked_failed');
    return journal.map(({ id }, index) => {
      const { code, detail } = index === at ? error : linked;
      return { id, result: code, detail };
    });
  }
  return null;
}

function barred(wanted: WantedTransfer, before: Journal, { parties, merchantId, now }: Asked): DomainError | null {
  // One that was made in time and is repeated late is answered like any repeat.
  if (isLate(wanted, now) && !parties.has(partyKey('hold', wanted.id)))
    return new DomainError('hold_expired', 'expires_at is over already: nothing could be posted of this hold.');
  const may = (what: ledger.Party['what'], id: string, name: string): DomainError | null => {
    const party = parties.get(partyKey(what, id));
    if (!party?.merchants.includes(merchantId)) return new DomainError('not_found', `There is no such ${name}.`);
    if (party.kinds.every((kind) => PROGRAM_KINDS.has(kind))) return null;
    return new DomainError('state_refuses', 'Waybill keeps this account. Journals move money between accounts of your programs.');
  };
  if (isMove(wanted))
    return may('account', wanted.debit, 'account to debit') ?? may('account', wanted.credit, 'account to credit');
  if (wanted.phase === 'reverse') return may('transfer', wanted.transferId, 'transfer');
  // Its own journal makes it, on accounts that were looked at there: the lane refuses the journal if the id is somebody else's.
  const own = before.some(({ id, phase }) => id === wanted.holdId && phase === 'pending');
  return own && !parties.has(partyKey('hold', wanted.holdId)) ? null : may('hold', wanted.holdId, 'hold');
}

/** Accounts of programs trade with one another alone, and only within a merchant: so one look at both kinds says whose both sides are. */
const PROGRAM_KINDS: ReadonlySet<string> = new Set(['program', 'program_funding']);

const isPosted = (transfer: TransferResult): transfer is PostedTransfer =>
  transfer.result === 'created' || transfer.result === 'duplicate';

function resultOf(transfer: TransferResult): ProgramTransfer {
  const { id } = transfer;
  if (!isPosted(transfer)) return { id, result: transfer.result, detail: transfer.detail, after: null };
  return {
    id,
    result: transfer.result === 'created' ? 'posted' : 'duplicate',
    detail: null,
    after: {
      debitVersion: Number(transfer.debitVersion),
      creditVersion: Number(transfer.creditVersion),
      debitBalanceMinor: Number(transfer.debitBalanceMinor),
      creditBalanceMinor: Number(transfer.creditBalanceMinor),
    },
  };
}
