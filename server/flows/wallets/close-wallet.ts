import * as requests from '../../domains/money-requests/service.ts';
import { refusesClosing } from '../../domains/wallet/rules.ts';
import type { FreezeWalletInput } from '../../domains/wallet/schema.ts';
import * as wallet from '../../domains/wallet/service.ts';
import type { Tx } from '../../platform/db.ts';
import type { Request, Verb } from '../../platform/verb.ts';
import { type ChangedWallet, changed, checkReason, lockNamed } from './freeze-wallet.ts';
import { auditWallet, fundsOf, tellOfWallet, type WalletWorld, writeWallets } from './wallet-world.ts';

/**
 * Closes an empty wallet of which nothing is on its way. Its account stays in the ledger with its history; who opens a wallet in the
 * currency again goes on with the same account.
 */
interface Closing extends WalletWorld {
  /** Read after the last lock: whoever asks for money holds the wallet's lock, too. */
  readonly asked: requests.OpenCounts;
}

async function lock(tx: Tx, batch: readonly Request<FreezeWalletInput>[]): Promise<Closing> {
  const world = await lockNamed(tx, batch);
  const owners = [...world.wallets.byId.values()].map((one) => one.customerId);
  return { ...world, asked: await requests.openOf(tx, owners, (batch[0] as Request<unknown>).ctx.now) };
}

export const closeWallet: Verb<FreezeWalletInput, Closing, ChangedWallet> = {
  name: 'close-wallet',
  lock,
  decide(world, { input, ctx }) {
    const { by, reason } = input;
    const before = wallet.walletOf(world.wallets, input.walletId);
    checkReason(input);
    const refused = refusesClosing(before, by, fundsOf(world, before), world.asked.ofWallet(before.id));
    if (refused) throw refused;
    const done = { status: 'closed', frozenBy: null, frozenReason: null, closedAt: ctx.now } as const;
    const after = wallet.change(world.wallets, before.id, done);
    world.applied++;
    tellOfWallet(world, after, 'wallet.closed', { by }, ctx);
    auditWallet(
      world,
      after,
      'wallet.closed',
      { before: { status: before.status }, after: { status: 'closed', by }, reason },
      ctx,
    );
    return changed(after);
  },
  write: writeWallets,
};
