import { planFreeze, planUnfreeze, type Wallet } from '../../domains/wallet/rules.ts';
import type { ChangeTierInput, FreezeWalletInput } from '../../domains/wallet/schema.ts';
import * as wallet from '../../domains/wallet/service.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Tx } from '../../platform/db.ts';
import type { Request, Verb } from '../../platform/verb.ts';
import { auditWallet, lockWallets, tellOfWallet, type WalletWorld, writeWallets } from './wallet-world.ts';

/**
 * Freezes a wallet: nothing leaves it until it is unfrozen. Its owner may freeze it at once and, freshly signed in, unfreeze what he
 * froze; what staff froze only staff unfreeze, with a reason, and nobody can send to it meanwhile.
 */
export interface ChangedWallet {
  readonly id: string;
  readonly status: string;
  readonly tier: string;
  readonly version: number;
}

/** What a change of a wallet's standing answers. */
export function changed({ id, status, tier, version }: Wallet): ChangedWallet {
  return { id, status, tier, version: Number(version) };
}

/** Locks the wallets that a batch names, with their accounts. */
export function lockNamed(tx: Tx, requests: readonly Request<{ readonly walletId: string }>[]): Promise<WalletWorld> {
  const ids = requests.map(({ input }) => input.walletId);
  return lockWallets(tx, ids, (requests[0] as Request<unknown>).ctx);
}

/** Staff say why; a customer need not explain himself to himself. */
export function checkReason({ by, reason }: Pick<FreezeWalletInput, 'by' | 'reason'>): void {
  if (by === 'staff' && !reason) throw new DomainError('invalid_request', 'Say why: the customer may ask.');
}

export const freezeWallet: Verb<FreezeWalletInput, WalletWorld, ChangedWallet> = {
  name: 'freeze-wallet',
  lock: lockNamed,
  decide(world, { input, ctx }) {
    const { by, reason } = input;
    const before = wallet.walletOf(world.wallets, input.walletId);
    checkReason(input);
    planFreeze(before, by);
    const after = wallet.change(world.wallets, before.id, { status: 'frozen', frozenBy: by, frozenReason: reason ?? null });
    world.applied++;
    tellOfWallet(world, after, 'wallet.frozen', { by }, ctx);
    const was = { status: before.status, by: before.frozenBy };
    auditWallet(world, after, 'wallet.frozen', { before: was, after: { status: 'frozen', by }, reason }, ctx);
    return changed(after);
  },
  write: writeWallets,
};

export const unfreezeWallet: Verb<FreezeWalletInput, WalletWorld, ChangedWallet> = {
  name: 'unfreeze-wallet',
  lock: lockNamed,
  decide(world, { input, ctx }) {
    const { by, reason } = input;
    const before = wallet.walletOf(world.wallets, input.walletId);
    checkReason(input);
    planUnfreeze(before, by);
    const after = wallet.change(world.wallets, before.id, { status: 'active', frozenBy: null, frozenReason: null });
    world.applied++;
    tellOfWallet(world, after, 'wallet.unfrozen', { by }, ctx);
    const was = { status: 'frozen', by: before.frozenBy };
    auditWallet(world, after, 'wallet.unfrozen', { before: was, after: { status: 'active', by }, reason }, ctx);
    return changed(after);
  },
  write: writeWallets,
};

/** What was spent today and this month counts against the new tier's limits as well. */
export const changeTier: Verb<ChangeTierInput, WalletWorld, ChangedWallet> = {
  name: 'change-wallet-tier',
  lock: lockNamed,
  decide(world, { input, ctx }) {
    const { tier, reason } = input;
    const before = wallet.walletOf(world.wallets, input.walletId);
    if (before.status === 'closed') throw new DomainError('account_closed', 'This wallet is closed.');
    if (before.tier === tier) return changed(before);
    wallet.limitsOf(world.wallets, { tier, currency: before.currency });
    const after = wallet.change(world.wallets, before.id, { tier });
    world.applied++;
    tellOfWallet(world, after, 'wallet.tier_changed', { tier }, ctx);
    auditWallet(world, after, 'wallet.tier_changed', { before: { tier: before.tier }, after: { tier }, reason }, ctx);
    return changed(after);
  },
  write: writeWallets,
};
