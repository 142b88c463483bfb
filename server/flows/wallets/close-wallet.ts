import * as requests from '../../domains/money-requests/service.ts';
import * as rails from '../../domains/rails/service.ts';
import { refusesClosing } from '../../domains/wallet/rules.ts';
import type { FreezeWalletInput } from '../../domains/wallet/schema.ts';
import * as wallet from '../../domains/wallet/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import type { Tx } from '../../platform/db.ts';
import { newOutbox } from '../../platform/outbox.ts';
import type { Request, Verb } from '../../platform/verb.ts';
import { type ChangedWallet, changed, checkReason } from './freeze-wallet.ts';
import { auditWallet, fundsOf, lockAccounts, tellOfWallet, type WalletWorld, writeWallets } from './wallet-world.ts';

/**
 * Closes an empty wallet to which and from which nothing is on its way. Its account stays in the ledger with its history; who opens a wallet
 * in the currency again goes on with the same account. A reference that was given out and not used yet is waited for no more: what comes
 * under it later waits in suspense for a person.
 */
interface Closing extends WalletWorld {
  /** Read after the last lock: whoever asks for money holds the wallet's lock, too. */
  readonly asked: requests.OpenCounts;
  /** The bank transfers that the wallets wait for. */
  readonly rails: rails.RailsState;
}

async function lock(tx: Tx, batch: readonly Request<FreezeWalletInput>[]): Promise<Closing> {
  const { ctx } = batch[0] as Request<unknown>;
  const wallets = await wallet.lock(
    tx,
    batch.map(({ input }) => input.walletId),
  );
  const awaited = await rails.lock(tx, { topUps: await rails.findAwaited(tx, [...wallets.byId.keys()]) });
  const books = await lockAccounts(tx, wallets, ctx);
  const owners = [...wallets.byId.values()].map((one) => one.customerId);
  const asked = await requests.openOf(tx, owners, ctx.now);
  return { applied: 0, wallets, rails: awaited, ledger: books, outbox: newOutbox(), asked };
}

export const closeWallet: Verb<FreezeWalletInput, Closing, ChangedWallet> = {
  name: 'close-wallet',
  lock,
  decide(world, { input, ctx }) {
    const { by, reason } = input;
    const before = wallet.walletOf(world.wallets, input.walletId);
    checkReason(input);
    const openRequests = world.asked.ofWallet(before.id);
    const arrivingMinor = arriving(world, before.id);
    const refused = refusesClosing(before, by, fundsOf(world, before), { openRequests, arrivingMinor });
    if (refused) throw refused;
    const done = { status: 'closed', frozenBy: null, frozenReason: null, closedAt: ctx.now } as const;
    const after = wallet.change(world.wallets, before.id, done);
    forgetReferences(world, before.id, ctx);
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
  async write(tx, world) {
    await rails.write(tx, world.rails);
    await writeWallets(tx, world);
  },
};

const awaitedOf = ({ rails: { topUps } }: Closing, walletId: string) =>
  [...topUps.byId.values()].filter((topUp) => topUp.walletId === walletId);

/** What the bank says is coming. A reference that nobody has transferred under yet is a wish, and holds nothing up. */
function arriving(world: Closing, walletId: string): bigint {
  const coming = awaitedOf(world, walletId).filter(({ status }) => status === 'arriving');
  return coming.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
}

function forgetReferences(world: Closing, walletId: string, ctx: Ctx): void {
  for (const { id } of awaitedOf(world, walletId))
    rails.change(world.rails.topUps, id, { status: 'expired', nextAt: null, settledAt: ctx.now });
}
