import { DomainError } from '../../kernel/errors.ts';
import { creditorReference, REFERENCE_LENGTH } from '../../kernel/iban.ts';
import type { PayoutStatus, TopUpMethod, TopUpStatus } from './schema.ts';

/** A top up's locked row. */
export interface TopUp {
  readonly id: string;
  readonly walletId: string;
  readonly customerId: string;
  readonly home: string;
  readonly method: TopUpMethod;
  readonly currency: string;
  readonly amountMinor: bigint;
  readonly creditedMinor: bigint;
  readonly feeMinor: bigint;
  readonly status: TopUpStatus;
  readonly token: string | null;
  readonly returnUrl: string | null;
  readonly providerRef: string | null;
  readonly nextAction: { readonly type: 'redirect'; readonly url: string } | null;
  readonly card: { readonly brand: string; readonly last4: string } | null;
  readonly reference: string | null;
  readonly holdId: string | null;
  readonly countedOn: string | null;
  readonly overLimit: boolean;
  readonly failure: { readonly code: string; readonly message: string } | null;
  readonly calls: number;
  readonly nextAt: Date | null;
  readonly traceId: string;
  readonly version: bigint;
  readonly createdAt: Date;
  readonly settledAt: Date | null;
}

/** A transfer to us, as the bank told it last and as we booked it. */
export interface PayIn {
  readonly bankRef: string;
  readonly home: string;
  readonly reference: string | null;
  readonly written: string;
  readonly currency: string;
  readonly amountMinor: bigint;
  readonly state: 'pending' | 'settled' | 'returned';
  readonly booked: 'nothing' | 'wallet' | 'suspense' | 'returned';
  readonly why: 'unknown_reference' | 'wallet_closed' | 'other_currency' | 'withdrawal_returned' | 'chargeback_won' | null;
  readonly topUpId: string | null;
  readonly customerId: string | null;
  readonly assignedBy: string | null;
  readonly assignedNote: string | null;
  /** The second person's word that it waits for. */
  readonly approvalId: string | null;
  readonly version: bigint;
  readonly firstAt: Date;
  readonly changedAt: Date;
}

/** Money on its way out: a customer's withdrawal, or what a merchant earned. */
export interface Payout {
  readonly id: string;
  readonly kind: 'withdrawal' | 'merchant';
  readonly walletId: string | null;
  readonly customerId: string | null;
  readonly merchantId: string | null;
  readonly home: string;
  readonly bankAccountId: string;
  readonly currency: string;
  readonly amountMinor: bigint;
  readonly status: PayoutStatus;
  readonly holdId: string;
  readonly countedOn: string | null;
  readonly bankRef: string | null;
  readonly reason: string | null;
  readonly approvalId: string | null;
  readonly requestedBy: string;
  readonly calls: number;
  readonly nextAt: Date | null;
  readonly traceId: string;
  readonly version: bigint;
  readonly createdAt: Date;
  readonly settledAt: Date | null;
}

export interface BankAccount {
  readonly id: string;
  readonly customerId: string | null;
  readonly merchantId: string | null;
  readonly holder: string;
  readonly country: string;
  readonly last4: string;
  readonly token: string;
  readonly addedBy: string;
  readonly addedAt: Date;
  readonly removedAt: Date | null;
}

/** What a cardholder's bank took back of a top up. */
export interface Dispute {
  readonly providerRef: string;
  readonly topUpId: string;
  readonly customerId: string;
  readonly currency: string;
  readonly amountMinor: bigint;
  readonly debitedMinor: bigint;
  readonly feeMinor: bigint;
  readonly status: 'open' | 'won' | 'lost';
  readonly version: bigint;
  readonly openedAt: Date;
  readonly closedAt: Date | null;
}

/** While somebody outside is being asked, nobody else asks the same: as long as a call may take, and a little more. */
export const LEASE_MS = 12_000;
const BACKOFF_MS = 500;
const BACKOFF_CAP_MS = 30_000;
/** An accepted payout settles within hours or days; a message says when, and this is for messages that are lost. */
const SETTLEMENT_CAP_MS = 15 * 60_000;
/** How long a customer who was sent to the bank's page may take. */
export const ACTION_LIMIT_MS = 60 * 60_000;
/** How long a reference is waited for. What comes later is credited all the same. */
export const REFERENCE_LIFE_MS = 30 * 86_400_000;

/** When to ask again after so many calls. */
export const backOff = (calls: number, now: Date): Date =>
  new Date(now.getTime() + Math.min(BACKOFF_CAP_MS, BACKOFF_MS * 2 ** Math.min(calls, 10)));

/** When to ask whether a payout has arrived. */
export const lookAgain = (calls: number, now: Date): Date =>
  new Date(now.getTime() + Math.min(SETTLEMENT_CAP_MS, 2_000 * 2 ** Math.min(calls, 12)));

/** What is to be asked of the card provider for a top up, or nothing. */
export function nextTopUpCall(topUp: TopUp): 'send' | 'query' | null {
  if (topUp.method !== 'card') return null;
  if (topUp.status === 'sending') return 'send';
  return topUp.status === 'unknown' || topUp.status === 'requires_action' ? 'query' : null;
}

/** What is to be asked of the bank for a payout, or nothing. */
export function nextPayoutCall(payout: Payout): 'send' | 'query' | null {
  if (payout.status === 'sending') return 'send';
  return payout.status === 'unknown' || payout.status === 'accepted' || payout.status === 'settled' ? 'query' : null;
}

const ALPHABET = '0123456789ABCDEFGHJKLMNPQRSTUVWXYZ';

/** The reference of a top up, from the random end of its id: ten characters that nobody confuses, and two check digits. */
export function referenceOf(topUpId: string): string {
  let rest = BigInt(`0x${topUpId.replaceAll('-', '').slice(-15)}`);
  let body = '';
  for (let n = 0; n < REFERENCE_LENGTH; n++) {
    body += ALPHABET[Number(rest % BigInt(ALPHABET.length))];
    rest /= BigInt(ALPHABET.length);
  }
  return creditorReference(body);
}

/** What of an amount a wallet may bear: its own money, and debt as far as the policy goes (null: as far as it takes). */
export function bearableMinor(amountMinor: bigint, balanceMinor: bigint, heldMinor: bigint, maxDebtMinor: bigint | null): bigint {
  if (maxDebtMinor === null) return amountMinor;
  const most = balanceMinor - heldMinor + maxDebtMinor;
  return most <= 0n ? 0n : most < amountMinor ? most : amountMinor;
}

/** Refuses an account that is not the owner's, or no longer there. */
export function checkAccount(
  account: BankAccount | undefined,
  owner: { readonly customerId: string } | { readonly merchantId: string },
): BankAccount {
  const own =
    account !== undefined &&
    ('customerId' in owner ? account.customerId === owner.customerId : account.merchantId === owner.merchantId);
  if (!own) throw new DomainError('not_found', 'There is no such bank account.');
  if (account.removedAt)
    throw new DomainError('state_refuses', 'This bank account was removed. Add it again, or choose another one.');
  return account;
}
