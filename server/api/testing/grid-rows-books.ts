import { chart } from '../../domains/ledger/schema.ts';
import { accountId } from '../../domains/ledger/service.ts';
import { newId } from '../../kernel/ids.ts';
import type { ProcedurePath } from '../root.ts';
import { holder } from './grid-rows-wallets.ts';
import type { GridWorld, Row } from './grid-world.ts';

/** Two wallets, of which the first has money. */
async function wallets(w: GridWorld): Promise<{ debitAccountId: string; creditAccountId: string }> {
  const [debit, credit] = [await holder(w, 10_000n), await holder(w)];
  const idOf = (customerId: string) => accountId(chart.wallet(customerId, 'EUR').code);
  return { debitAccountId: idOf(debit.customerId), creditAccountId: idOf(credit.customerId) };
}

/** Each closing is further on than those before it, and before anything was posted. */
const LONG_AGO_MS = Date.UTC(2020, 0, 1);
let closings = 0;

/** Corrections of the books by two persons, and what is done to accounts and periods. */
export const BOOK_ROWS: Readonly<Partial<Record<ProcedurePath, Row>>> = {
  'ledger.proposeAdjustment': async (w, tenant) => {
    const wish = { ...(await wallets(w)), currency: 'EUR', reason: 'Paid to the wrong wallet' };
    return {
      caller: await w.callerOf(tenant, 'ledger.proposeAdjustment'),
      input: { ...wish, amountMinor: 100 },
      other: { ...wish, amountMinor: 200 },
    };
  },
  'ledger.proposeReversal': async (w, tenant) => {
    const { debitAccountId: debit, creditAccountId: credit } = await wallets(w);
    const transferId = newId();
    const move = {
      id: transferId,
      kind: 'promotion',
      phase: 'single',
      debit,
      credit,
      amountMinor: 100n,
      currency: 'EUR',
    } as const;
    await w.rest.api.app.flows.ledger.post([{ ...move, orderId: null, paymentId: null }], w.ctx());
    return {
      caller: await w.callerOf(tenant, 'ledger.proposeReversal'),
      input: { transferId, reason: 'Posted by mistake' },
      other: { transferId, reason: 'Posted to somebody else' },
    };
  },
  'ledger.operate': async (w, tenant) => {
    const { debitAccountId: accountId } = await wallets(w);
    return {
      caller: await w.callerOf(tenant, 'ledger.operate'),
      input: { accountId, operation: { action: 'freeze' }, reason: 'Suspected fraud' },
      other: { accountId, operation: { action: 'freeze' }, reason: 'Asked for' },
    };
  },
  'ledger.closePeriod': async (w, tenant) => {
    closings += 1;
    const until = new Date(LONG_AGO_MS + closings * 60_000);
    return {
      caller: await w.callerOf(tenant, 'ledger.closePeriod'),
      input: { until, reason: 'Month end' },
      other: { until, reason: 'Year end' },
    };
  },
};
