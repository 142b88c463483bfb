import { type AccountRef, chart } from '../../domains/ledger/schema.ts';
import * as ledger from '../../domains/ledger/service.ts';
import type { Payout, TopUp } from '../../domains/rails/rules.ts';
import * as rails from '../../domains/rails/service.ts';
import type { Wallet } from '../../domains/wallet/rules.ts';
import * as wallet from '../../domains/wallet/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import type { Tx } from '../../platform/db.ts';
import { job, newOutbox, type Outbox, writeOutbox } from '../../platform/outbox.ts';
import type { Locked } from '../../platform/verb.ts';

/** Locked wallets, what is on its way into and out of them, and the accounts between which it moves. */
export interface RailsWorld extends Locked {
  readonly wallets: wallet.WalletsState;
  readonly rails: rails.RailsState;
  readonly ledger: ledger.LedgerState;
  readonly outbox: Outbox;
}

export interface RailsNeeds extends rails.RailsKeys {
  readonly walletIds: readonly string[];
  readonly holds?: readonly string[];
  /** Accounts beside those of the wallets and what they move money from and to. */
  readonly more?: readonly AccountRef[];
}

/** Locks in the one order: wallets, what is on its way, accounts, holds. */
export async function lockRails(tx: Tx, needs: RailsNeeds, ctx: Ctx): Promise<RailsWorld> {
  const { walletIds, holds = [], more = [], ...keys } = needs;
  const wallets = await wallet.lock(tx, walletIds);
  const found = await rails.lock(tx, keys);
  const accounts = [...wallets.byId.values()].flatMap(({ customerId, currency }) => edgesOf(customerId, currency));
  const books = await ledger.lock(tx, { home: ctx.home, accounts: [...accounts, ...more], holds, now: ctx.now });
  return { applied: 0, wallets, rails: found, ledger: books, outbox: newOutbox() };
}

/** A wallet's account and those at the edges of the house, in its currency. */
export function edgesOf(customerId: string, currency: string): AccountRef[] {
  return [chart.wallet(customerId, currency), ...outsideAccounts(currency)];
}

export const outsideAccounts = (currency: string): AccountRef[] => [
  chart.pspClearing('card', currency),
  chart.platformFees(currency),
  chart.bankClearing(currency),
  chart.chargebacks(currency),
  chart.suspense(currency),
];

export async function writeRails(tx: Tx, world: RailsWorld): Promise<void> {
  await wallet.write(tx, world.wallets);
  await rails.write(tx, world.rails);
  await ledger.write(tx, world.ledger);
  await writeOutbox(tx, world.outbox);
}

/** Has a top up or a payout taken as far as it goes. */
export function goOn(outbox: Outbox, kind: 'top_up' | 'payout', id: string, runAt?: Date): void {
  const at = runAt ? { runAt, jobKey: `rail:${id}` } : {};
  job(outbox, { task: 'advance-rail', payload: { kind, id }, ...at });
}

/** What was counted against a limit and did not happen, as far as its day and its month are those still counted. */
export function uncounted(
  counted: Pick<TopUp | Payout, 'countedOn' | 'amountMinor'>,
  way: 'in' | 'out',
  now: Wallet,
): Partial<Wallet> {
  const { countedOn, amountMinor } = counted;
  if (countedOn === null) return {};
  const less = (amount: bigint): bigint => (amount > amountMinor ? amount - amountMinor : 0n);
  const sameDay = countedOn === now.day;
  const sameMonth = countedOn.slice(0, 7) === now.month.slice(0, 7);
  return way === 'in'
    ? {
        ...(sameDay ? { dayInMinor: less(now.dayInMinor) } : {}),
        ...(sameMonth ? { monthInMinor: less(now.monthInMinor) } : {}),
      }
    : {
        ...(sameDay ? { dayOutMinor: less(now.dayOutMinor) } : {}),
        ...(sameMonth ? { monthOutMinor: less(now.monthOutMinor) } : {}),
      };
}
