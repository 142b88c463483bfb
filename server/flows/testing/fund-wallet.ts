import type pg from 'pg';
import { planTransfers } from '../../domains/ledger/rules.ts';
import { chart } from '../../domains/ledger/schema.ts';
import * as ledger from '../../domains/ledger/service.ts';
import { newId } from '../../kernel/ids.ts';
import { withTx } from '../../platform/db.ts';
import { forgetLocks } from '../../platform/locks.ts';

/** Puts money into a customer's wallet, as if it had come from the bank. */
export async function fundWallet(pool: pg.Pool, customerId: string, amountMinor: bigint, currency = 'EUR'): Promise<void> {
  const ctx = { now: new Date(), actor: 'system:test', traceId: newId(), requestId: newId(), home: 'EU' };
  await withTx(pool, async (tx) => {
    forgetLocks(tx);
    const [bank, wallet] = [chart.bankClearing(currency), chart.wallet(customerId, currency)];
    const state = await ledger.lock(tx, { home: 'EU', accounts: [bank, wallet], holds: [], now: ctx.now });
    const move = { id: newId(), kind: 'top_up', phase: 'single', amountMinor, currency, orderId: null, paymentId: null } as const;
    ledger.post(state, planTransfers(state, [{ ...move, debit: bank.code, credit: wallet.code }], ctx.now), ctx);
    await ledger.write(tx, state);
  });
}
