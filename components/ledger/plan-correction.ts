import { type Account, applyTransfer, balanceMinor, type Ledger, refusalOf } from '../../server/domains/ledger/rules.ts';
import type { AccountRow } from '../../server/views/accounts.ts';

/** What a transfer by hand would do to both accounts, by the rules that decide it under the lock. */
export interface CorrectionPlan {
  /** The sentence of the rule that refuses it; null where it would go through. */
  readonly refusal: string | null;
  readonly debitAfterMinor: bigint;
  readonly creditAfterMinor: bigint;
}

/** An account as the ledger's rules look at it. */
export function asAccount(row: AccountRow): Account {
  const { id, code, currency, normalSide, limited, creditLimitMinor, overdraftMinor, frozen, closed, version } = row;
  const { debitsPosted, creditsPosted, debitsPending, creditsPending } = row;
  const counters = { debitsPosted, creditsPosted, debitsPending, creditsPending, version };
  return { id, code, currency, normalSide, limited, creditLimitMinor, overdraftMinor, frozen, closed, ...counters };
}

/** Plans a move from the debited to the credited account on copies of what the page shows. */
export function planCorrection(debit: AccountRow, credit: AccountRow, amountMinor: bigint): CorrectionPlan {
  const accounts = new Map([debit, credit].map((row) => [row.id, asAccount(row)]));
  const ledger: Ledger = { accounts, byId: accounts, holds: new Map(), now: new Date(), closedUntil: null };
  const spec = {
    id: '',
    kind: 'adjustment',
    phase: 'single',
    debit: debit.id,
    credit: credit.id,
    amountMinor,
    currency: debit.currency,
    orderId: null,
    paymentId: null,
  } as const;
  const refusal = refusalOf(ledger, [spec], ledger.now)?.error.detail ?? null;
  if (refusal === null) applyTransfer(ledger, spec, () => '');
  const after = (row: AccountRow) => balanceMinor(accounts.get(row.id) as Account);
  return { refusal, debitAfterMinor: after(debit), creditAfterMinor: after(credit) };
}
