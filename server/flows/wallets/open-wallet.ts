import * as customers from '../../domains/customers/service.ts';
import { chart } from '../../domains/ledger/schema.ts';
import * as ledger from '../../domains/ledger/service.ts';
import type { OpenWalletInput } from '../../domains/wallet/schema.ts';
import * as wallet from '../../domains/wallet/service.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Tx } from '../../platform/db.ts';
import { newOutbox } from '../../platform/outbox.ts';
import type { Request, Verb } from '../../platform/verb.ts';
import { auditWallet, tellOfWallet, type WalletWorld, writeWallets } from './wallet-world.ts';

/**
 * Opens a customer's wallet in one more currency. Who has one in it is answered that one: opening twice opens once. The customer's lock
 * decides between two that are asked at the same moment.
 */
export interface OpenedWallet {
  readonly id: string;
  readonly currency: string;
  readonly accountId: string;
  readonly tier: string;
  readonly version: number;
  /** False where it was open before. */
  readonly opened: boolean;
}

interface Opening extends WalletWorld {
  readonly known: ReadonlySet<string>;
  /** Open wallets by "<customer>:<currency>". */
  readonly open: Map<string, string>;
}

async function lock(tx: Tx, requests: readonly Request<OpenWalletInput>[]): Promise<Opening> {
  const keys = requests.map(({ input }) => input);
  const known = await customers.lock(
    tx,
    keys.map((key) => key.customerId),
  );
  const ids = await wallet.find(tx, keys);
  const wallets = await wallet.lock(
    tx,
    ids.flatMap((id) => id ?? []),
  );
  const [first] = requests as [Request<OpenWalletInput>];
  const { home, now } = first.ctx;
  // The account is made before the wallet that names it, in its own place of the order of locks.
  const accounts = keys.filter((key) => known.byId.has(key.customerId)).map((key) => chart.wallet(key.customerId, key.currency));
  const books = await ledger.lock(tx, { home, accounts: offered(wallets, accounts), holds: [], now });
  const open = new Map([...wallets.byId.values()].map((one) => [`${one.customerId}:${one.currency}`, one.id]));
  return { applied: 0, known: new Set(known.byId.keys()), open, wallets, ledger: books, outbox: newOutbox() };
}

/** Accounts in currencies that wallets are kept in: no account is made for a currency that is refused. */
function offered<A extends { readonly currency: string }>({ tiers }: wallet.WalletsState, accounts: readonly A[]): A[] {
  return accounts.filter(({ currency }) => tiers.some((row) => row.currency === currency));
}

function decide(world: Opening, { input, ctx }: Request<OpenWalletInput>): OpenedWallet {
  const { customerId, currency } = input;
  if (!world.known.has(customerId)) throw new DomainError('not_found', 'There is no such customer.');
  const currencies = [...new Set(world.wallets.tiers.map((row) => row.currency))].sort();
  if (!currencies.includes(currency))
    throw new DomainError('currency_mismatch', `Wallets are kept in ${currencies.join(', ')}.`, { currencies });
  const key = `${customerId}:${currency}`;
  const existing = world.open.get(key);
  if (existing !== undefined) return answer(wallet.walletOf(world.wallets, existing), false);
  const opened = wallet.open(
    world.wallets,
    { customerId, currency },
    ledger.accountId(chart.wallet(customerId, currency).code),
    ctx,
  );
  world.open.set(key, opened.id);
  world.applied++;
  tellOfWallet(world, opened, 'wallet.opened', { tier: opened.tier }, ctx);
  auditWallet(world, opened, 'wallet.opened', { after: { currency, tier: opened.tier } }, ctx);
  return answer(opened, true);
}

function answer({ id, currency, accountId, tier, version }: ReturnType<typeof wallet.walletOf>, opened: boolean): OpenedWallet {
  return { id, currency, accountId, tier, version: Number(version), opened };
}

export const openWallet: Verb<OpenWalletInput, Opening, OpenedWallet> = {
  name: 'open-wallet',
  lock,
  decide,
  write: writeWallets,
};
