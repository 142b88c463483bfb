import { planTransfers } from '../../domains/ledger/rules.ts';
import type { AccountRef } from '../../domains/ledger/schema.ts';
import * as ledger from '../../domains/ledger/service.ts';
import type { Tx } from '../../platform/db.ts';
import type { Locked, Request, Verb } from '../../platform/verb.ts';

/**
 * Moves money between accounts and does nothing else: the ledger's own domain on the machinery of every verb, before a flow of the
 * house moves money between customers.
 */
export interface TransferInput {
  /** Its key: in the ledger a transfer's id is what makes it one. */
  readonly id: string;
  readonly debit: AccountRef;
  readonly credit: AccountRef;
  readonly amountMinor: number;
}

export interface Transferred {
  readonly debitBalanceMinor: number;
  readonly creditBalanceMinor: number;
}

interface Transferring extends Locked {
  readonly ledger: ledger.LedgerState;
}

export const transferMoney: Verb<TransferInput, Transferring, Transferred> = {
  name: 'transfer-money-of-tests',
  async lock(tx: Tx, requests: readonly Request<TransferInput>[]) {
    const accounts = requests.flatMap(({ input }) => [input.debit, input.credit]);
    const { home, now } = (requests[0] as Request<TransferInput>).ctx;
    return { applied: 0, ledger: await ledger.lock(tx, { home, accounts, holds: [], now }) };
  },
  decide(world, { input: { id, debit, credit, amountMinor }, ctx }) {
    const spec = { id, kind: 'transfer', phase: 'single', orderId: null, paymentId: null, currency: debit.currency } as const;
    const moves = [{ ...spec, debit: debit.code, credit: credit.code, amountMinor: BigInt(amountMinor) }];
    const [posted] = ledger.post(world.ledger, planTransfers(world.ledger, moves, ctx.now), ctx);
    if (!posted) throw new Error('A transfer is one posting');
    world.applied++;
    return { debitBalanceMinor: Number(posted.debitBalanceMinor), creditBalanceMinor: Number(posted.creditBalanceMinor) };
  },
  write: (tx, world) => ledger.write(tx, world.ledger),
};
