import type pg from 'pg';
import { planTransfers } from '../../domains/ledger/rules.ts';
import { type AccountRef, chart } from '../../domains/ledger/schema.ts';
import * as ledger from '../../domains/ledger/service.ts';
import { newId } from '../../kernel/ids.ts';
import { withTx } from '../../platform/db.ts';
import { forgetLocks } from '../../platform/locks.ts';

/** Moves money between two accounts. Returns the version of the second one after it. */
export async function moveBetween(
  pool: pg.Pool,
  from: AccountRef,
  to: AccountRef,
  amountMinor: bigint,
  kind: string,
  reference: string | null = null,
): Promise<bigint> {
  const ctx = { now: new Date(), actor: 'system:test', traceId: newId(), requestId: newId(), home: 'EU' };
  return withTx(pool, async (tx) => {
    forgetLocks(tx);
    const state = await ledger.lock(tx, { home: 'EU', accounts: [from, to], holds: [], now: ctx.now });
    const { currency } = to;
    const move = {
      id: newId(),
      kind,
      phase: 'single',
      amountMinor,
      currency,
      orderId: null,
      paymentId: null,
      reference,
    } as const;
    const [moved] = ledger.post(state, planTransfers(state, [{ ...move, debit: from.code, credit: to.code }]), ctx);
    await ledger.write(tx, state);
    return moved?.creditVersion ?? 0n;
  });
}

/** Puts money into a customer's wallet, as if it had come from the bank. */
export async function fundWallet(pool: pg.Pool, customerId: string, amountMinor: bigint, currency = 'EUR'): Promise<void> {
  await moveBetween(pool, chart.bankClearing(currency), chart.wallet(customerId, currency), amountMinor, 'top_up');
}
