import { balanceMinor } from '../../domains/ledger/rules.ts';
import { chart } from '../../domains/ledger/schema.ts';
import type { PayIn } from '../../domains/rails/rules.ts';
import * as rails from '../../domains/rails/service.ts';
import type { Wallet } from '../../domains/wallet/rules.ts';
import * as wallet from '../../domains/wallet/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import type { Queryable } from '../../platform/db.ts';
import { audit } from '../../platform/outbox.ts';
import type { RailsWorld } from './rails-world.ts';

/**
 * Money may come when its wallet was closed, and the customer may have opened one in the currency again meanwhile: the same account of the
 * ledger, another row. These find the row that counts, and keep what has none from getting lost.
 */
export interface WalletOwner {
  readonly customerId: string;
  readonly currency: string;
}

/** The wallets to lock: the one that was meant, and the customer's open one, or their last. Unlocked: whoever locks them asks again. */
export async function walletsToLock(db: Queryable, owner: WalletOwner | null, walletId: string | null): Promise<string[]> {
  const current = owner === null ? [] : await wallet.findLast(db, [owner]);
  return [...new Set([walletId, ...current].filter((id) => id !== null && id !== undefined))];
}

/** The customer's open wallet among the locked ones, else a closed one; undefined where none is locked. */
export function lockedWalletOf({ wallets }: Pick<RailsWorld, 'wallets'>, owner: WalletOwner): Wallet | undefined {
  const theirs = [...wallets.byId.values()].filter(
    ({ customerId, currency }) => customerId === owner.customerId && currency === owner.currency,
  );
  return theirs.find(({ status }) => status !== 'closed') ?? theirs[0];
}

/** What is a customer's again after it had left the house. */
export interface CameBack extends WalletOwner {
  readonly amountMinor: bigint;
  /** The bank's or the provider's id, which the work list names it by. */
  readonly ref: string;
  readonly why: 'withdrawal_returned' | 'chargeback_won';
  readonly written: string;
}

/**
 * The accounts that it goes to: the wallet's, or where the customer has none that is open, what the closed one owes is paid first and the
 * rest waits in suspense, on the work list. The parts add up to the amount.
 */
export function planCameBack(
  world: Omit<RailsWorld, 'applied'>,
  back: CameBack,
  ctx: Ctx,
): { code: string; amountMinor: bigint }[] {
  const { customerId, currency, amountMinor } = back;
  const own = chart.wallet(customerId, currency).code;
  const owner = lockedWalletOf(world, back);
  if (owner && owner.status !== 'closed') return [{ code: own, amountMinor }];
  const account = world.ledger.accounts.get(own);
  const owed = account && balanceMinor(account) < 0n ? -balanceMinor(account) : 0n;
  const paid = owed < amountMinor ? owed : amountMinor;
  const rest = amountMinor - paid;
  if (rest > 0n) keepForOwner(world, { ...back, amountMinor: rest }, ctx);
  return [
    { code: own, amountMinor: paid },
    { code: chart.suspense(currency).code, amountMinor: rest },
  ].filter((part) => part.amountMinor > 0n);
}

function keepForOwner(world: Pick<RailsWorld, 'rails' | 'outbox'>, back: CameBack, ctx: Ctx): PayIn {
  const { customerId, currency, amountMinor, ref: bankRef, why, written } = back;
  const entry = { action: 'pay_in.in_suspense', entity: 'pay_in', entityId: bankRef, after: { why } };
  audit(world.outbox, entry, ctx);
  return rails.add(world.rails.payIns, bankRef, {
    bankRef,
    home: ctx.home,
    reference: null,
    written,
    currency,
    amountMinor,
    state: 'settled',
    booked: 'suspense',
    why,
    topUpId: null,
    customerId,
    assignedBy: null,
    assignedNote: null,
    approvalId: null,
    version: 1n,
    firstAt: ctx.now,
    changedAt: ctx.now,
  });
}
