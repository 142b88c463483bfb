import { type BankConfig, createBankApi } from './bank.ts';

/**
 * The seam to the bank. Money comes in by a reference and goes out to a beneficiary whose account number only the bank keeps. A message
 * of the bank wakes us; what it then answers is the truth.
 */
export type PayoutState = 'accepted' | 'settled' | 'rejected' | 'returned';
export type PayInState = 'pending' | 'settled' | 'returned';

export interface BankPayout {
  readonly kind: 'payout';
  readonly bankRef: string;
  readonly state: PayoutState;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly reason: string | null;
}

export interface BankPayIn {
  readonly kind: 'pay_in';
  readonly bankRef: string;
  readonly state: PayInState;
  readonly amountMinor: bigint;
  readonly currency: string;
  /** What the sender wrote. */
  readonly reference: string;
  readonly reason: string | null;
}

export interface Beneficiary {
  readonly kind: 'beneficiary';
  /** The bank's token of the account. */
  readonly token: string;
  readonly country: string;
  readonly last4: string;
}

/** Where customers transfer to. */
export interface CollectionAccount {
  readonly kind: 'account';
  readonly iban: string;
  readonly bic: string;
  readonly bankName: string;
  readonly holder: string;
}

/** A line of the account's statement; what came is positive. */
export interface BankMovement {
  readonly id: string;
  readonly type: 'pay_in' | 'pay_in_return' | 'payout' | 'payout_return';
  readonly source: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly at: Date;
}

/** How a call ends that did not end well. `unknown`: it may have happened, and only asking tells. */
export type BankTrouble =
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  | { readonly kind: 'unknown'; readonly reason: string }
  | { readonly kind: 'unreachable'; readonly reason: string };

export interface NotKnown {
  readonly kind: 'not_found';
}

export interface PayoutInput {
  /** The attempt's id: idempotency key and reference. */
  readonly attemptId: string;
  readonly beneficiary: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly statementText: string;
}

export interface BankWebhook {
  /** The bank's message id, from the signed headers: the same for every delivery of one message. */
  readonly id: string;
  readonly topic: string;
  readonly occurredAt: Date;
  readonly subject: 'payout' | 'pay_in';
  readonly bankRef: string;
  /** Of a payout: the attempt that asked for it. */
  readonly attemptId: string | null;
}

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface Bank {
  addBeneficiary(
    input: { readonly attemptId: string; readonly iban: string; readonly name: string },
    signal?: AbortSignal,
  ): Promise<Beneficiary | BankTrouble>;
  collectionAccount(currency: string, signal?: AbortSignal): Promise<CollectionAccount | BankTrouble>;
  pay(input: PayoutInput, signal?: AbortSignal): Promise<BankPayout | BankTrouble>;
  /** Asks what became of a payout, by the attempt that asked for it. */
  payout(attemptId: string, signal?: AbortSignal): Promise<BankPayout | NotKnown | BankTrouble>;
  payIn(bankRef: string, signal?: AbortSignal): Promise<BankPayIn | NotKnown | BankTrouble>;
  /** Pay-ins that changed since an instant, at most a hundred, oldest first. */
  payInsSince(
    since: Date,
    signal?: AbortSignal,
  ): Promise<{ readonly kind: 'pay_ins'; readonly payIns: readonly BankPayIn[] } | BankTrouble>;
  /** The statement of a period, from inclusive, to exclusive. */
  movements(
    from: Date,
    to: Date,
    signal?: AbortSignal,
  ): Promise<{ readonly kind: 'movements'; readonly movements: readonly BankMovement[] } | BankTrouble>;
  /** Throws `unauthenticated` where the signature is wrong or the time is more than five minutes away from `now`. */
  verifyWebhook(rawBody: string | Buffer, headers: Headers, now?: Date): BankWebhook;
  close(): void;
}

/** The bank that serves this house. Another one is a file beside this and a line here. */
export function createBank(config: BankConfig): Bank {
  return createBankApi(config);
}
