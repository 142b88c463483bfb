import { DomainError } from '../../kernel/errors.ts';

export type Side = 'debit' | 'credit';

/** Names an account. The code is its identity; the row is made when it is first used. */
export interface AccountRef {
  readonly code: string;
  readonly kind: AccountKind;
  readonly normalSide: Side;
  readonly currency: string;
  readonly merchantId: string | null;
  readonly customerId: string | null;
  /** Limited accounts may not fall below −(credit limit + overdraft); clearing and contra accounts may run either way. */
  readonly limited: boolean;
}

export type AccountKind =
  | 'receivable'
  | 'merchant_payable'
  | 'psp_clearing'
  | 'psp_fees'
  | 'goodwill'
  | 'wallet'
  | 'store_credit'
  | 'gift_card'
  | 'gift_card_funding'
  | 'breakage'
  | 'bank_clearing'
  | 'chargebacks'
  | 'suspense'
  | 'in_transit';

/** An account's locked row: counters in minor units. */
export interface Account {
  readonly id: string;
  readonly code: string;
  readonly currency: string;
  readonly normalSide: Side;
  readonly limited: boolean;
  readonly creditLimitMinor: bigint;
  readonly overdraftMinor: bigint;
  readonly frozen: boolean;
  readonly closed: boolean;
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
  readonly accounts: Map<string, Account>;
  readonly holds: Map<string, Hold>;
}

/**
 * One leg to write. `single` moves money at once; `pending` holds it; `post` moves money out of a hold (`final` releases the rest);
 * `void` releases what the hold still holds.
 */
export type TransferSpec = MoveSpec | HoldSpec;

interface SpecBase {
  readonly id: string;
  readonly kind: string;
  readonly orderId: string | null;
  readonly paymentId: string | null;
  readonly reference?: string | null;
}

interface Move extends SpecBase {
  readonly debit: string;
  readonly credit: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly expiresAt?: Date | null;
}

export type MoveSpec = (Move & { readonly phase: 'single' }) | (Move & { readonly phase: 'pending' });

export type HoldSpec = SpecBase & { readonly holdId: string } & (
    | { readonly phase: 'post'; readonly amountMinor: bigint; readonly final: boolean }
    | { readonly phase: 'void' }
  );

/** A transfer as it was applied, with both accounts' versions and posted balances after it. */
export interface AppliedTransfer {
  readonly id: string;
  readonly kind: string;
  readonly phase: 'single' | 'pending' | 'post' | 'void';
  readonly holdId: string | null;
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
  const held = account.normalSide === 'debit' ? account.creditsPending : account.debitsPending;
  return balanceMinor(account) - held + account.creditLimitMinor + account.overdraftMinor;
}

/** Refuses, before anything is changed, a transfer that the accounts do not allow. A linked list succeeds or fails together. */
export function planTransfers(ledger: Ledger, specs: readonly TransferSpec[]): readonly TransferSpec[] {
  const drawn = new Map<string, bigint>();
  const released = new Map<string, bigint>();
  for (const spec of specs) {
    if (spec.phase === 'single' || spec.phase === 'pending') checkMove(ledger, spec, drawn);
    else checkHold(ledger, spec, released);
  }
  return specs;
}

function checkMove(ledger: Ledger, spec: MoveSpec, drawn: Map<string, bigint>): void {
  if (spec.amountMinor <= 0n) throw new DomainError('amount_out_of_range', 'A transfer moves a positive amount.');
  const debit = accountOf(ledger, spec.debit);
  const credit = accountOf(ledger, spec.credit);
  if (debit === credit) throw new DomainError('invalid_request', 'A transfer needs two accounts.');
  for (const account of [debit, credit]) {
    if (account.currency !== spec.currency)
      throw new DomainError('currency_mismatch', `The account ${account.code} is kept in ${account.currency}.`);
    if (account.closed) throw new DomainError('account_closed');
    if (account.frozen) throw new DomainError('account_frozen');
  }
  // What leaves an account: a debit of a credit-normal one, a credit of a debit-normal one.
  for (const [account, side] of [
    [debit, 'debit'],
    [credit, 'credit'],
  ] as const) {
    if (!account.limited || account.normalSide === side) continue;
    const already = drawn.get(account.code) ?? 0n;
    if (availableMinor(account) - already < spec.amountMinor) throw new DomainError('insufficient_funds');
    drawn.set(account.code, already + spec.amountMinor);
  }
}

function checkHold(ledger: Ledger, spec: HoldSpec, released: Map<string, bigint>): void {
  const hold = ledger.holds.get(spec.holdId);
  if (!hold) throw new Error(`Hold ${spec.holdId} is not locked`);
  if (hold.status !== 'open') throw new DomainError('state_refuses', 'This hold was posted or voided already.');
  const left = hold.remainingMinor - (released.get(spec.holdId) ?? 0n);
  if (left === 0n) throw new DomainError('state_refuses', 'This hold was posted or voided already.');
  if (spec.phase === 'void') {
    released.set(spec.holdId, hold.remainingMinor);
    return;
  }
  if (spec.amountMinor <= 0n || spec.amountMinor > left)
    throw new DomainError('over_limit', 'This is more than the hold still holds.');
  released.set(spec.holdId, spec.final ? hold.remainingMinor : (released.get(spec.holdId) ?? 0n) + spec.amountMinor);
}

/** Applies one planned transfer to the locked rows. Posting with `final` also writes the void of what the hold kept. */
export function applyTransfer(ledger: Ledger, spec: TransferSpec, newId: () => string): AppliedTransfer[] {
  if (spec.phase === 'single' || spec.phase === 'pending') {
    const debit = accountOf(ledger, spec.debit);
    const credit = accountOf(ledger, spec.credit);
    if (spec.phase === 'single') {
      debit.debitsPosted += spec.amountMinor;
      credit.creditsPosted += spec.amountMinor;
    } else {
      debit.debitsPending += spec.amountMinor;
      credit.creditsPending += spec.amountMinor;
      ledger.holds.set(spec.id, {
        id: spec.id,
        debitAccount: debit.id,
        creditAccount: credit.id,
        currency: spec.currency,
        amountMinor: spec.amountMinor,
        remainingMinor: spec.amountMinor,
        orderId: spec.orderId,
        expiresAt: spec.expiresAt ?? null,
        status: 'open',
      });
    }
    return [record(spec, spec.phase, null, debit, credit, spec.amountMinor)];
  }
  const hold = ledger.holds.get(spec.holdId) as Hold;
  const debit = accountById(ledger, hold.debitAccount);
  const credit = accountById(ledger, hold.creditAccount);
  const applied: AppliedTransfer[] = [];
  if (spec.phase === 'post') {
    release(hold, debit, credit, spec.amountMinor);
    debit.debitsPosted += spec.amountMinor;
    credit.creditsPosted += spec.amountMinor;
    applied.push(record(spec, 'post', hold.id, debit, credit, spec.amountMinor));
    if (hold.remainingMinor === 0n) hold.status = 'posted';
    else if (spec.final) applied.push(...voidRest(hold, debit, credit, { ...spec, id: newId() }, 'posted'));
  } else applied.push(...voidRest(hold, debit, credit, spec, 'voided'));
  return applied;
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
  return {
    id: spec.id,
    kind: spec.kind,
    phase,
    holdId,
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

function accountOf(ledger: Ledger, code: string): Account {
  const account = ledger.accounts.get(code);
  if (!account) throw new Error(`Account ${code} is not locked`);
  return account;
}

function accountById(ledger: Ledger, id: string): Account {
  for (const account of ledger.accounts.values()) if (account.id === id) return account;
  throw new Error(`Account ${id} is not locked`);
}

/** The chart of accounts, each per currency (docs/ledger.md shows the postings). */
export const chart = {
  receivable: (merchantId: string, currency: string): AccountRef => ref('receivable', 'debit', currency, merchantId),
  merchantPayable: (merchantId: string, currency: string): AccountRef => ref('merchant_payable', 'credit', currency, merchantId),
  pspClearing: (provider: string, currency: string): AccountRef => ({
    ...ref('psp_clearing', 'debit', currency, null),
    code: `psp_clearing:${provider}:${currency}`,
  }),
  pspFees: (merchantId: string, currency: string): AccountRef => ref('psp_fees', 'debit', currency, merchantId),
  goodwill: (merchantId: string, currency: string): AccountRef => ref('goodwill', 'debit', currency, merchantId),
  /** What the platform owes a customer, spendable anywhere. */
  wallet: (customerId: string, currency: string): AccountRef => ({
    ...ref('wallet', 'credit', currency, null),
    code: `wallet:${customerId}:${currency}`,
    customerId,
    limited: true,
  }),
  /** What one merchant owes a customer, spendable there. */
  storeCredit: (merchantId: string, customerId: string, currency: string): AccountRef => ({
    ...ref('store_credit', 'credit', currency, merchantId),
    code: `store_credit:${merchantId}:${customerId}:${currency}`,
    customerId,
    limited: true,
  }),
  /** What one merchant owes whoever knows a gift card's code. */
  giftCard: (merchantId: string, giftCardId: string, currency: string): AccountRef => ({
    ...ref('gift_card', 'credit', currency, merchantId),
    code: `gift_card:${giftCardId}:${currency}`,
    limited: true,
  }),
  /** What merchants were paid, or gave away, for the gift cards they issued. */
  giftCardFunding: (merchantId: string, currency: string): AccountRef => ref('gift_card_funding', 'debit', currency, merchantId),
  /** What nobody redeemed in time. */
  breakage: (merchantId: string, currency: string): AccountRef => ref('breakage', 'credit', currency, merchantId),
  /** Money at, or on its way to and from, the platform's bank. */
  bankClearing: (currency: string): AccountRef => ref('bank_clearing', 'debit', currency, null),
  /** What customers' banks took back. */
  chargebacks: (currency: string): AccountRef => ref('chargebacks', 'debit', currency, null),
  /** Differences that a person has still to explain. */
  suspense: (currency: string): AccountRef => ref('suspense', 'debit', currency, null),
};

function ref(kind: AccountKind, normalSide: Side, currency: string, merchantId: string | null): AccountRef {
  return {
    code: merchantId ? `${kind}:${merchantId}:${currency}` : `${kind}:${currency}`,
    kind,
    normalSide,
    currency,
    merchantId,
    customerId: null,
    limited: false,
  };
}
