import { balanceMinor } from '../../domains/ledger/rules.ts';
import { chart } from '../../domains/ledger/schema.ts';
import * as ledger from '../../domains/ledger/service.ts';
import type { Funds, Wallet } from '../../domains/wallet/rules.ts';
import * as wallet from '../../domains/wallet/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import type { EventType } from '../../kernel/events.ts';
import type { Tx } from '../../platform/db.ts';
import { audit, emit, newOutbox, type Outbox, writeOutbox } from '../../platform/outbox.ts';
import type { Locked } from '../../platform/verb.ts';

/** Locked wallets with their accounts in the ledger. Wallets come before accounts, always. */
export interface WalletWorld extends Locked {
  readonly wallets: wallet.WalletsState;
  readonly ledger: ledger.LedgerState;
  readonly outbox: Outbox;
}

/** Locks wallets and then their accounts: two batches that send money both ways wait for each other and never deadlock. */
export async function lockWallets(tx: Tx, ids: readonly string[], ctx: Ctx): Promise<WalletWorld> {
  const wallets = await wallet.lock(tx, ids);
  return { applied: 0, wallets, ledger: await lockAccounts(tx, wallets, ctx), outbox: newOutbox() };
}

/** Locks the accounts of locked wallets. */
export function lockAccounts(tx: Tx, wallets: wallet.WalletsState, ctx: Ctx): Promise<ledger.LedgerState> {
  const accounts = [...wallets.byId.values()].map(({ customerId, currency }) => chart.wallet(customerId, currency));
  return ledger.lock(tx, { home: ctx.home, accounts, holds: [], now: ctx.now });
}

/** The wallet's money as its locked account has it. */
export function fundsOf(world: Pick<WalletWorld, 'ledger'>, { customerId, currency }: Wallet): Funds {
  const account = world.ledger.accounts.get(chart.wallet(customerId, currency).code);
  if (!account) throw new Error('A wallet is locked with its account');
  return { balanceMinor: balanceMinor(account), heldMinor: account.debitsPending, expectedMinor: account.creditsPending };
}

/** Tells what happened to a wallet. Whose it is goes along, so that its owner's page hears of it; what people wrote does not. */
export function tellOfWallet(
  world: Pick<WalletWorld, 'outbox'>,
  { id, customerId, currency, version }: Wallet,
  type: EventType,
  data: Readonly<Record<string, unknown>>,
  ctx: Ctx,
  cause: string | null = null,
): string {
  const whose = { customerId, currency };
  return emit(
    world.outbox,
    { aggregate: 'wallet', aggregateId: id, aggregateVersion: version, merchantId: null, type, data: { ...whose, ...data } },
    ctx,
    cause,
  );
}

/** Adds the audit row of a change to a wallet. */
export function auditWallet(
  world: Pick<WalletWorld, 'outbox'>,
  { id }: Wallet,
  action: string,
  change: {
    readonly before?: Record<string, unknown>;
    readonly after: Record<string, unknown>;
    readonly reason?: string | undefined;
  },
  ctx: Ctx,
): void {
  audit(world.outbox, { action, entity: 'wallet', entityId: id, ...change, reason: change.reason ?? null }, ctx);
}

/** Writes wallets, then what moved, then what is told of it. */
export async function writeWallets(tx: Tx, world: WalletWorld): Promise<void> {
  await wallet.write(tx, world.wallets);
  await ledger.write(tx, world.ledger);
  await writeOutbox(tx, world.outbox);
}
