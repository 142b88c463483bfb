import { DomainError } from '../../kernel/errors.ts';
import type { HoldSpec, MoveSpec, ReversalSpec, Side, TransferSpec } from './schema.ts';

/** An account's locked row: counters in minor units. */
export interface Account {
  readonly id: string;
  readonly code: string;
  readonly currency: string;
  readonly normalSide: Side;
  readonly limited: boolean;
  creditLimitMinor: bigint;
  /** How far a forced debit drove the account past its limit; it shrinks again with what comes in. */
  overdraftMinor: bigint;
  frozen: boolean;
  closed: boolean;
  debitsPosted: bigint;
  creditsPosted: bigint;
  debitsPending: bigint;
  creditsPending: bigint;
  version: bigint;
}

/** What a pending transfer still holds. */
export interface Hold {
  readonly id: string;
  readonly debitAccount: string;
  readonly creditAccount: string;
  readonly currency: string;
  readonly amountMinor: bigint;
  readonly orderId: string | null;
  readonly expiresAt: Date | null;
  remainingMinor: bigint;
  status: 'open' | 'posted' | 'voided';
}

export interface Ledger {
  /** By the name that transfers use: a code, or an id where whoever asks knows ids. */
  readonly accounts: Map<string, Account>;
  readonly byId: Map<string, Account>;
  readonly holds: Map<string, Hold>;
  /** When the batch decides. */
  readonly now: Date;
  /** The books are closed before this instant; null where no period near now is closed. */
  readonly closedUntil: Date | null;
}

/** A transfer as it was applied, with both accounts' versions and posted balances after it. */
export interface AppliedTransfer {
  readonly id: string;
  readonly kind: string;
  readonly phase: 'single' | 'pending' | 'post' | 'void';
  readonly holdId: string | null;
  readonly reverses: string | null;
  readonly debitAccount: string;
  readonly creditAccount: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly orderId: string | null;
  readonly paymentId: string | null;
  readonly reference: string | null;
  readonly debitVersion: bigint;
  readonly creditVersion: bigint;
  readonly debitBalanceMinor: bigint;
  readonly creditBalanceMinor: bigint;
}

/** The posted balance on the account's normal side, in minor units. */
export function balanceMinor(account: Pick<Account, 'normalSide' | 'debitsPosted' | 'creditsPosted'>): bigint {
  return account.normalSide === 'debit'
    ? account.debitsPosted - account.creditsPosted
    : account.creditsPosted - account.debitsPosted;
}

/** What may still be taken from the account: its balance less what is held against it, plus its limit. */
export function availableMinor(account: Account): bigint {
  return withinLimit(account) + account.overdraftMinor;
}

function withinLimit(account: Account): bigint {
  const held = account.normalSide === 'debit' ? account.creditsPending : account.debitsPending;
  return balanceMinor(account) - held + account.creditLimitMinor;
}

/**
 * Refuses, before anything is changed, what the accounts do not allow at `at`, which is the batch's time where nobody says. A linked list succeeds or fails together, each transfer
 * on the balances that those before it leave.
 */
export function planTransfers(ledger: Ledger, specs: readonly TransferSpec[], at: Date = ledger.now): readonly TransferSpec[] {
  const refusal = refusalOf(ledger, specs, at);
  if (refusal) throw refusal.error;
  return specs;
}

/** The first transfer of a linked list that the accounts do not allow at `at`, and why; null if they allow all of it. */
export function refusalOf(
  ledger: Ledger,
  specs: readonly TransferSpec[],
  at: Date,
): { readonly index: number; readonly error: DomainError } | null {
  if (ledger.closedUntil && at < ledger.closedUntil) return { index: 0, error: new DomainError('period_closed') };
  const books = specs.length === 1 ? directly(ledger) : drafted(ledger);
  for (const [index, spec] of specs.entries()) {
    try {
      check(books, spec, at);
      if (specs.length > 1) apply(books, spec, () => '');
    } catch (error) {
      if (error instanceof DomainError) return { index, error };
      throw error;
    }
  }
  return null;
}

/** Applies one planned transfer to the locked rows. Posting with `final` also writes the void of what the hold kept. */
export function applyTransfer(ledger: Ledger, spec: TransferSpec, newId: () => string): AppliedTransfer[] {
  return apply(directly(ledger), spec, newId);
}

/** Where a plan looks things up: the locked rows, or a draft of them. */
interface Books {
  account(name: string): Account | undefined;
  accountById(id: string): Account | undefined;
  hold(id: string): Hold | undefined;
  addHold(hold: Hold): void;
}

function directly({ accounts, byId, holds }: Ledger): Books {
  return {
    account: (name) => accounts.get(name),
    accountById: (id) => byId.get(id),
    hold: (id) => holds.get(id),
    addHold: (hold) => holds.set(hold.id, hold),
  };
}

/** Copies of what is touched: a list is tried out on them. */
function drafted(ledger: Ledger): Books {
  const accounts = new Map<Account, Account>();
  const holds = new Map<string, Hold>();
  const copy = (account: Account | undefined): Account | undefined => {
    if (!account) return undefined;
    const known = accounts.get(account) ?? { ...account };
    accounts.set(account, known);
    return known;
  };
  return {
    account: (name) => copy(ledger.accounts.get(name)),
    accountById: (id) => copy(ledger.byId.get(id)),
    hold(id) {
      const known = holds.get(id) ?? ledger.holds.get(id);
      if (!known || holds.has(id)) return known;
      const made = { ...known };
      holds.set(id, made);
      return made;
    },
    addHold: (hold) => holds.set(hold.id, hold),
  };
}

function check(books: Books, spec: TransferSpec, at: Date): void {
  if (spec.phase === 'single' || spec.phase === 'pending') checkMove(books, spec);
  else checkHold(books, spec, at);
}

function checkMove(books: Books, spec: MoveSpec): void {
  if (spec.amountMinor <= 0n) throw new DomainError('amount_out_of_range', 'A transfer moves a positive amount.');
  const debit = named(books, spec.debit);
  const credit = named(books, spec.credit);
  if (debit === credit) throw new DomainError('invalid_request', 'A transfer needs two accounts.');
  for (const account of [debit, credit]) {
    if (account.currency !== spec.currency)
      throw new DomainError('currency_mismatch', `The account ${account.code} is kept in ${account.currency}.`);
    if (account.closed) throw new DomainError('account_closed');
    if (account.frozen && !spec.forced) throw new DomainError('account_frozen');
  }
  const giver = giving(debit, credit);
  for (const account of giver)
    if (account.limited && !spec.forced && availableMinor(account) < spec.amountMinor)
      throw new DomainError('insufficient_funds');
}

/** Whose balance goes down: a debited credit-normal account, a credited debit-normal one. */
function giving(debit: Account, credit: Account): Account[] {
  if (debit.normalSide === 'credit') return credit.normalSide === 'debit' ? [debit, credit] : [debit];
  return credit.normalSide === 'debit' ? [credit] : [];
}

function checkHold(books: Books, spec: HoldSpec, at: Date): void {
  const hold = books.hold(spec.holdId);
  if (!hold) throw new Error(`Hold ${spec.holdId} is not locked`);
  if (hold.status !== 'open' || hold.remainingMinor === 0n)
    throw new DomainError('state_refuses', 'This hold was posted or voided already.');
  if (spec.phase === 'void') return;
  if (hold.expiresAt && hold.expiresAt <= at) throw new DomainError('hold_expired');
  if (spec.amountMinor <= 0n || spec.amountMinor > hold.remainingMinor)
    throw new DomainError('over_limit', 'This is more than the hold still holds.');
}

function apply(books: Books, spec: TransferSpec, newId: () => string): AppliedTransfer[] {
  if (spec.phase === 'single' || spec.phase === 'pending') {
    const debit = named(books, spec.debit);
    const credit = named(books, spec.credit);
    if (spec.forced) for (const account of giving(debit, credit)) overdraw(account, spec.amountMinor);
    if (spec.phase === 'single') {
      debit.debitsPosted += spec.amountMinor;
      credit.creditsPosted += spec.amountMinor;
    } else {
      debit.debitsPending += spec.amountMinor;
      credit.creditsPending += spec.amountMinor;
      books.addHold(holdOf(spec, debit, credit));
    }
    return [record(spec, spec.phase, null, debit, credit, spec.amountMinor)];
  }
  const hold = books.hold(spec.holdId) as Hold;
  const debit = identified(books, hold.debitAccount);
  const credit = identified(books, hold.creditAccount);
  if (spec.phase === 'void') return voidRest(hold, debit, credit, spec, 'voided');
  release(hold, debit, credit, spec.amountMinor);
  debit.debitsPosted += spec.amountMinor;
  credit.creditsPosted += spec.amountMinor;
  const posted = record(spec, 'post', hold.id, debit, credit, spec.amountMinor);
  if (hold.remainingMinor === 0n) hold.status = 'posted';
  else if (spec.final) return [posted, ...voidRest(hold, debit, credit, { ...spec, id: newId() }, 'posted')];
  return [posted];
}

function overdraw(account: Account, amountMinor: bigint): void {
  const missing = amountMinor - availableMinor(account);
  if (account.limited && missing > 0n) account.overdraftMinor += missing;
}

/** An overdraft is no credit: what comes in pays it back before it can be spent. */
function payBack(account: Account): void {
  if (account.overdraftMinor === 0n) return;
  const missing = -withinLimit(account);
  if (missing < account.overdraftMinor) account.overdraftMinor = missing > 0n ? missing : 0n;
}

function holdOf(spec: MoveSpec, debit: Account, credit: Account): Hold {
  return {
    id: spec.id,
    debitAccount: debit.id,
    creditAccount: credit.id,
    currency: spec.currency,
    amountMinor: spec.amountMinor,
    remainingMinor: spec.amountMinor,
    orderId: spec.orderId,
    expiresAt: spec.expiresAt ?? null,
    status: 'open',
  };
}

function voidRest(
  hold: Hold,
  debit: Account,
  credit: Account,
  spec: TransferSpec,
  status: 'posted' | 'voided',
): AppliedTransfer[] {
  const rest = hold.remainingMinor;
  release(hold, debit, credit, rest);
  hold.status = status;
  return rest === 0n ? [] : [record(spec, 'void', hold.id, debit, credit, rest)];
}

function release(hold: Hold, debit: Account, credit: Account, amount: bigint): void {
  hold.remainingMinor -= amount;
  debit.debitsPending -= amount;
  credit.creditsPending -= amount;
}

function record(
  spec: TransferSpec,
  phase: AppliedTransfer['phase'],
  holdId: string | null,
  debit: Account,
  credit: Account,
  amount: bigint,
): AppliedTransfer {
  debit.version += 1n;
  credit.version += 1n;
  payBack(debit);
  payBack(credit);
  return {
    id: spec.id,
    kind: spec.kind,
    phase,
    holdId,
    reverses: ('reverses' in spec && spec.reverses) || null,
    debitAccount: debit.id,
    creditAccount: credit.id,
    amountMinor: amount,
    currency: debit.currency,
    orderId: spec.orderId,
    paymentId: spec.paymentId,
    reference: spec.reference ?? null,
    debitVersion: debit.version,
    creditVersion: credit.version,
    debitBalanceMinor: balanceMinor(debit),
    creditBalanceMinor: balanceMinor(credit),
  };
}

function named(books: Books, name: string): Account {
  const account = books.account(name);
  if (!account) throw new Error(`Account ${name} is not locked`);
  return account;
}

function identified(books: Books, id: string): Account {
  const account = books.accountById(id);
  if (!account) throw new Error(`Account ${id} is not locked`);
  return account;
}

/** A transfer of which something may be taken back: `reversedMinor` says how much was. */
export interface Reversible {
  readonly id: string;
  readonly phase: AppliedTransfer['phase'];
  readonly debitAccount: string;
  readonly creditAccount: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly orderId: string | null;
  readonly paymentId: string | null;
}

/**
 * The transfer that takes `amountMinor` of another back, or all that is left of it: both accounts change sides. Account names are ids.
 * Only posted money can be taken back; an open hold is voided instead.
 */
export function planReversal(original: Reversible, reversedMinor: bigint, wanted: ReversalSpec): MoveSpec {
  if (original.phase !== 'single' && original.phase !== 'post')
    throw new DomainError('state_refuses', 'This transfer moved no money. Void the hold instead.');
  const left = original.amountMinor - reversedMinor;
  if (left <= 0n) throw new DomainError('already_reversed');
  const amountMinor = wanted.amountMinor ?? left;
  if (amountMinor > left) throw new DomainError('over_limit', 'This is more than is left of the transfer to take back.');
  const { orderId, paymentId, currency } = original;
  const { id, kind, reference = null } = wanted;
  const sides = { debit: original.creditAccount, credit: original.debitAccount };
  return { id, kind, phase: 'single', ...sides, amountMinor, currency, orderId, paymentId, reference, reverses: original.id };
}

/** What a person may do to an account as a whole. */
export type AccountOperation =
  | { readonly action: 'freeze' | 'unfreeze' | 'close' }
  | { readonly action: 'set_limit'; readonly creditLimitMinor: bigint };

/** Why an account does not allow an operation, as a refusal; null where it may be done. Nothing is changed. */
export function refuseOperation(account: Account, operation: AccountOperation): DomainError | null {
  const refused = (detail: string): DomainError => new DomainError('state_refuses', detail);
  if (account.closed) return new DomainError('account_closed');
  switch (operation.action) {
    case 'freeze':
      return account.frozen ? refused('This account is frozen already.') : null;
    case 'unfreeze':
      return account.frozen ? null : refused('This account is not frozen.');
    case 'close':
      if (balanceMinor(account) !== 0n)
        return refused('Only an account with a balance of zero can be closed. Move its money first.');
      if (account.debitsPending + account.creditsPending !== 0n)
        return refused('Holds are open on this account. Post or void them first.');
      return null;
    case 'set_limit':
      if (!account.limited) return refused('This account has no limit: it may run either way.');
      if (operation.creditLimitMinor < 0n) return new DomainError('amount_out_of_range', 'A credit limit is zero or more.');
      if (availableMinor(account) - account.creditLimitMinor + operation.creditLimitMinor < 0n)
        return refused('The account uses more of its credit, holds included, than the new limit allows.');
      return null;
  }
}

/** Applies an operation that `refuseOperation` has let pass. */
export function applyOperation(account: Account, operation: AccountOperation): void {
  if (operation.action === 'set_limit') account.creditLimitMinor = operation.creditLimitMinor;
  else if (operation.action === 'close') account.closed = true;
  else account.frozen = operation.action === 'freeze';
}
