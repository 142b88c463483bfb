/** A booking on the account's balance. Amounts are the provider's minor units; `created` is Unix seconds. */
export interface Txn {
  readonly id: string;
  readonly source: string;
  readonly charge: string;
  readonly type: 'charge' | 'refund' | 'adjustment';
  readonly amount: number;
  readonly fee: number;
  readonly currency: string;
  readonly created: number;
}

/** A cardholder's bank takes a charge back, or part of it. */
export interface Dispute {
  readonly id: string;
  readonly intent: string;
  readonly charge: string;
  readonly amount: number;
  readonly currency: string;
  readonly created: number;
  readonly reason: string;
  readonly status: 'needs_response' | 'won' | 'lost';
  /** The booking that took the money, and the one that brought it back. */
  readonly txns: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** What is wrong with the report of balance transactions, beside what really happened. */
export interface ReportFaults {
  readonly missing: readonly string[];
  readonly amounts: Readonly<Record<string, number>>;
  readonly extra: readonly Txn[];
}
