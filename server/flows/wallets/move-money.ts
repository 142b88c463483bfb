import { type AppliedTransfer, planTransfers } from '../../domains/ledger/rules.ts';
import { chart } from '../../domains/ledger/schema.ts';
import * as ledger from '../../domains/ledger/service.ts';
import { mayReceive, planOut, unreachable, type Wallet } from '../../domains/wallet/rules.ts';
import * as wallet from '../../domains/wallet/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { fundsOf, tellOfWallet, type WalletWorld } from './wallet-world.ts';

/** What one customer gives another. */
export interface Gift {
  readonly from: Wallet;
  /** Undefined where the address leads to no wallet: refused, as late and in the same words as one that cannot take it. */
  readonly to: Wallet | undefined;
  readonly amountMinor: bigint;
  readonly note: string | null;
  readonly requestId: string | null;
}

/** What the sender is told. `accountVersion` is the read token of the balance after it. */
export interface MovedMoney {
  readonly transferId: string;
  readonly walletId: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly balanceMinor: number;
  readonly accountVersion: number;
}

/**
 * Moves money from one customer's wallet to another's: one transfer of the ledger, the sender's limits, and what both are told. The
 * sender's own refusals come first, so that somebody who may not send learns nothing of who could receive. Plans everything before it
 * changes anything.
 */
export function moveMoney(world: WalletWorld, { from, to, amountMinor, note, requestId }: Gift, ctx: Ctx): MovedMoney {
  const { currency } = from;
  if (to && to.customerId === from.customerId)
    throw new DomainError('invalid_request', 'This is your own wallet. Send to somebody else.');
  const usage = planOut(from, wallet.limitsOf(world.wallets, from), fundsOf(world, from), amountMinor, ctx.now);
  if (to?.currency !== currency || !mayReceive(to, wallet.limitsOf(world.wallets, to), fundsOf(world, to), amountMinor))
    throw unreachable(currency);
  const transferId = newId();
  const specs = planTransfers(
    world.ledger,
    [
      {
        id: transferId,
        kind: 'p2p',
        phase: 'single',
        debit: chart.wallet(from.customerId, currency).code,
        credit: chart.wallet(to.customerId, currency).code,
        amountMinor,
        currency,
        orderId: null,
        paymentId: null,
      },
    ],
    ctx.now,
  );
  const [applied] = ledger.post(world.ledger, specs, ctx) as [AppliedTransfer];
  world.applied++;
  wallet.recordTransfer(world.wallets, {
    id: transferId,
    fromWallet: from.id,
    toWallet: to.id,
    fromCustomer: from.customerId,
    toCustomer: to.customerId,
    currency,
    amountMinor,
    note,
    requestId,
    countedOn: usage.day,
    at: ctx.now,
  });
  const data = { transferId, amountMinor: Number(amountMinor), ...(requestId ? { requestId } : {}) };
  const sent = tellOfWallet(world, wallet.change(world.wallets, from.id, usage), 'wallet.sent', data, ctx);
  tellOfWallet(world, wallet.change(world.wallets, to.id, {}), 'wallet.received', data, ctx, sent);
  return {
    transferId,
    walletId: from.id,
    amountMinor: Number(amountMinor),
    currency,
    balanceMinor: Number(applied.debitBalanceMinor),
    accountVersion: Number(applied.debitVersion),
  };
}
