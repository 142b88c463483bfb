/** A booking on the account's balance. Amounts are the provider's minor units; `created` is Unix seconds. */
export interface Txn {
  readonly id: string;
  readonly source: string;
  readonly charge: string;
  readonly type: 'charge' | 'refund' | 'adjustment' | 'payment' | 'payment_refund' | 'payment_failure_refund';
  readonly amount: number;
  readonly fee: number;
  readonly currency: string;
  readonly created: number;
}

export type DisputeState =
  | 'warning_needs_response'
  | 'warning_under_review'
  | 'warning_closed'
  | 'needs_response'
  | 'under_review'
  | 'won'
  | 'lost';

/** A cardholder's bank asks about a charge, or takes it back, or part of it. */
export interface Dispute {
  readonly id: string;
  readonly intent: string;
  readonly charge: string;
  readonly amount: number;
  readonly currency: string;
  readonly created: number;
  readonly reason: string;
  readonly status: DisputeState;
  /** The booking that took the money, and the one that brought it back. */
  readonly txns: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  /** What was sent in answer; absent in a journal of an older version. */
  readonly evidence?: Readonly<Record<string, string>>;
  readonly submissions?: number;
  /** Until when it may be answered, Unix seconds; seven days after it was made where absent. */
  readonly due?: number;
}

/** What is wrong with the report of balance transactions, beside what really happened. */
export interface ReportFaults {
  readonly missing: readonly string[];
  readonly amounts: Readonly<Record<string, number>>;
  readonly extra: readonly Txn[];
}

/** What becomes of a direct debit. Times are milliseconds since 1970; null once they are over. */
export interface Debit {
  readonly type: 'sepa_debit' | 'us_bank_account';
  readonly last4: string;
  readonly fingerprint: string;
  readonly endsAt: number | null;
  /** Why the bank refuses it; null where it comes. */
  readonly fails: string | null;
  readonly returnsAt: number | null;
  readonly returns: string | null;
}
