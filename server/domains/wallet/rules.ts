import { DomainError } from '../../kernel/errors.ts';
import { type Money, toMajor } from '../../kernel/money.ts';
import type { WalletStatus, WalletTier } from './schema.ts';

/** A wallet's locked row. `day` and `month` (its first day) are ISO dates in UTC: what is counted beside them was counted then. */
export interface Wallet extends Usage {
  readonly id: string;
  readonly customerId: string;
  readonly currency: string;
  readonly accountId: string;
  readonly tier: WalletTier;
  readonly status: WalletStatus;
  readonly frozenBy: 'customer' | 'staff' | null;
  readonly frozenReason: string | null;
  readonly home: string;
  readonly openedAt: Date;
  readonly closedAt: Date | null;
  readonly version: bigint;
}

/** How much went out and came in from outside, today and this month. */
export interface Usage {
  readonly day: string;
  readonly dayOutMinor: bigint;
  readonly dayInMinor: bigint;
  readonly month: string;
  readonly monthOutMinor: bigint;
  readonly monthInMinor: bigint;
}

/** What a tier may do in a currency, in minor units. */
export interface TierLimits {
  readonly tier: string;
  readonly currency: string;
  readonly perTransferMinor: bigint;
  readonly perDayMinor: bigint;
  readonly perMonthMinor: bigint;
  readonly balanceMinor: bigint;
}

/** The wallet's money as the locked account has it: posted, held for what is going out, and expected from what is coming in. */
export interface Funds {
  readonly balanceMinor: bigint;
  readonly heldMinor: bigint;
  readonly expectedMinor: bigint;
}

export type LimitName = 'per_transfer' | 'per_day' | 'per_month' | 'balance';

/** The calendar day in UTC, and the first day of its month. */
export function periodOf(now: Date): { readonly day: string; readonly month: string } {
  const day = now.toISOString().slice(0, 10);
  return { day, month: `${day.slice(0, 7)}-01` };
}

/**
 * The usage as it counts now: a period that is over counts nothing. A clock that is behind the wallet's own day counts into that day:
 * two processes whose clocks differ never open a day twice.
 */
export function usageAt(usage: Usage, now: Date): Usage {
  const { day, month } = periodOf(now);
  const { dayOutMinor, dayInMinor, monthOutMinor, monthInMinor } = usage;
  if (day <= usage.day) return { day: usage.day, dayOutMinor, dayInMinor, month: usage.month, monthOutMinor, monthInMinor };
  const sameMonth = month === usage.month;
  return {
    day,
    dayOutMinor: 0n,
    dayInMinor: 0n,
    month,
    monthOutMinor: sameMonth ? monthOutMinor : 0n,
    monthInMinor: sameMonth ? monthInMinor : 0n,
  };
}

/** When the period that is being counted ends: the next midnight in UTC, or the first of the next month. */
export function resetsAt(usage: Usage, limit: 'per_day' | 'per_month'): Date {
  const at = new Date(`${limit === 'per_day' ? usage.day : usage.month}T00:00:00Z`);
  if (limit === 'per_day') at.setUTCDate(at.getUTCDate() + 1);
  else at.setUTCMonth(at.getUTCMonth() + 1);
  return at;
}

/** What the wallet may spend: its own money that is not held. An overdraft is a debt and never spendable. */
export function spendableMinor({ balanceMinor, heldMinor }: Pick<Funds, 'balanceMinor' | 'heldMinor'>): bigint {
  const left = balanceMinor - heldMinor;
  return left > 0n ? left : 0n;
}

/** Why a wallet may not spend at all, whatever the amount; null where it may. Pages grey their buttons by it. */
export function refusesSpending(wallet: Pick<Wallet, 'status' | 'frozenBy' | 'currency'>, funds: Funds): DomainError | null {
  if (wallet.status === 'closed') return new DomainError('account_closed', 'This wallet is closed.');
  if (wallet.status === 'frozen')
    return new DomainError(
      'account_frozen',
      wallet.frozenBy === 'customer'
        ? 'You froze this wallet. Unfreeze it to spend from it.'
        : 'This wallet is frozen. Write to us to find out why.',
    );
  if (funds.balanceMinor < 0n) {
    const owedMinor = -funds.balanceMinor;
    const owed = { amountMinor: owedMinor, currency: wallet.currency };
    return new DomainError('wallet_negative', `This wallet owes ${said(owed)}. Top up that much before you spend from it.`, {
      owedMinor: Number(owedMinor),
      currency: wallet.currency,
    });
  }
  return null;
}

/** Plans money that leaves the wallet: a transfer, a withdrawal, a payment. Returns the usage after it, or throws why not. */
export function planOut(wallet: Wallet, limits: TierLimits, funds: Funds, amountMinor: bigint, now: Date): Usage {
  const refused = refusesSpending(wallet, funds);
  if (refused) throw refused;
  const usage = usageAt(wallet, now);
  checkLimits(limits, usage, { amountMinor, dayMinor: usage.dayOutMinor, monthMinor: usage.monthOutMinor });
  const spendable = spendableMinor(funds);
  if (amountMinor > spendable) {
    const { currency } = wallet;
    throw new DomainError('insufficient_funds', `This wallet holds ${said({ amountMinor: spendable, currency })} to spend.`, {
      spendableMinor: Number(spendable),
      missingMinor: Number(amountMinor - spendable),
      currency,
    });
  }
  return { ...usage, dayOutMinor: usage.dayOutMinor + amountMinor, monthOutMinor: usage.monthOutMinor + amountMinor };
}

/**
 * Plans money that its owner brings in from outside: a top up. A frozen wallet takes it, since what was paid has to arrive somewhere;
 * a closed one does not. Returns the usage after it, or throws why not.
 */
export function planIn(wallet: Wallet, limits: TierLimits, funds: Funds, amountMinor: bigint, now: Date): Usage {
  if (wallet.status === 'closed') throw new DomainError('account_closed', 'This wallet is closed.');
  const usage = usageAt(wallet, now);
  checkLimits(limits, usage, { amountMinor, dayMinor: usage.dayInMinor, monthMinor: usage.monthInMinor });
  const most = limits.balanceMinor;
  const held = funds.balanceMinor + funds.expectedMinor;
  if (held + amountMinor > most) throw beyond(limits, 'balance', most, held, null);
  return { ...usage, dayInMinor: usage.dayInMinor + amountMinor, monthInMinor: usage.monthInMinor + amountMinor };
}

/**
 * Whether a wallet can be sent money by another customer. One who froze his own wallet can; one that staff froze, or that would hold
 * more than its tier allows, cannot. The sender is never told which of these it was.
 */
export function mayReceive(wallet: Wallet, limits: TierLimits, funds: Funds, amountMinor: bigint): boolean {
  if (wallet.status === 'closed' || wallet.frozenBy === 'staff') return false;
  return funds.balanceMinor + funds.expectedMinor + amountMinor <= limits.balanceMinor;
}

/** What the sender is told of a recipient that cannot be reached, whatever the reason: who is a customer stays unknown. */
export function unreachable(currency: string): DomainError {
  return new DomainError(
    'recipient_unavailable',
    `Nobody can be paid ${currency} under this address right now. Check it, or ask them to open a ${currency} wallet.`,
  );
}

interface Counted {
  readonly amountMinor: bigint;
  readonly dayMinor: bigint;
  readonly monthMinor: bigint;
}

function checkLimits(limits: TierLimits, usage: Usage, { amountMinor, dayMinor, monthMinor }: Counted): void {
  if (amountMinor <= 0n) throw new DomainError('amount_out_of_range', 'Use an amount above zero.');
  const { perTransferMinor, perDayMinor, perMonthMinor } = limits;
  if (amountMinor > perTransferMinor) throw beyond(limits, 'per_transfer', perTransferMinor, 0n, null);
  if (dayMinor + amountMinor > perDayMinor) throw beyond(limits, 'per_day', perDayMinor, dayMinor, resetsAt(usage, 'per_day'));
  if (monthMinor + amountMinor > perMonthMinor)
    throw beyond(limits, 'per_month', perMonthMinor, monthMinor, resetsAt(usage, 'per_month'));
}

const SENTENCES: Readonly<Record<LimitName, (most: string, left: string) => string>> = {
  per_transfer: (most) => `At most ${most} at a time.`,
  per_day: (most, left) => `At most ${most} a day; ${left} is left today (UTC).`,
  per_month: (most, left) => `At most ${most} a month; ${left} is left this month (UTC).`,
  balance: (most, left) => `A wallet of this tier holds at most ${most}; there is room for ${left}.`,
};

function beyond(limits: TierLimits, limit: LimitName, most: bigint, used: bigint, resets: Date | null): DomainError {
  const left = most > used ? most - used : 0n;
  const money = (amountMinor: bigint): string => said({ amountMinor, currency: limits.currency });
  return new DomainError('limit_exceeded', SENTENCES[limit](money(most), money(left)), {
    limit,
    tier: limits.tier,
    currency: limits.currency,
    limitMinor: Number(most),
    usedMinor: Number(used),
    leftMinor: Number(left),
    resetsAt: resets?.toISOString() ?? null,
  });
}

/** Refusals go to programs and people of any language alike: the code first, then a plain decimal. Pages write their own figures. */
function said(money: Money): string {
  return `${money.currency} ${toMajor(money)}`;
}

/** Handles that would read as if the house itself were speaking. */
const RESERVED = new Set([
  'admin',
  'administrator',
  'bank',
  'billing',
  'finance',
  'help',
  'payment',
  'payments',
  'refund',
  'refunds',
  'root',
  'security',
  'service',
  'staff',
  'support',
  'system',
  'team',
  'wallet',
  'waybill',
]);

/** Who changes their handle ever again collects names that nobody else may have. */
export const MAX_HANDLES = 5;

export interface Handle {
  readonly handle: string;
  readonly customerId: string;
  readonly current: boolean;
}

/** Plans a customer's new handle against who holds it and what they have held. Null where it is theirs already. */
export function planHandle(
  handle: string,
  customerId: string,
  holder: Handle | undefined,
  held: readonly Handle[],
): 'new' | 'again' | null {
  if (RESERVED.has(handle.replaceAll('_', '')) || /^waybill/.test(handle))
    throw new DomainError('already_exists', `@${handle} is reserved. Choose another one.`);
  if (holder && holder.customerId !== customerId)
    throw new DomainError('already_exists', `@${handle} is taken. Choose another one.`);
  if (holder) return holder.current ? null : 'again';
  if (held.length >= MAX_HANDLES)
    throw new DomainError(
      'state_refuses',
      `You have had ${MAX_HANDLES} handles. Go back to one of them: ${held.map((one) => `@${one.handle}`).join(', ')}.`,
    );
  return 'new';
}

/** Refuses a freeze of what is not active. A customer may freeze at once; staff may take over what the customer froze. */
export function planFreeze(wallet: Wallet, by: 'customer' | 'staff'): void {
  if (wallet.status === 'closed') throw new DomainError('account_closed', 'This wallet is closed.');
  if (wallet.frozenBy === by || wallet.frozenBy === 'staff')
    throw new DomainError('state_refuses', 'This wallet is frozen already.');
}

/** Refuses to unfreeze what is not frozen, and a customer what staff froze. */
export function planUnfreeze(wallet: Wallet, by: 'customer' | 'staff'): void {
  if (wallet.status !== 'frozen') throw new DomainError('state_refuses', 'This wallet is not frozen.');
  if (by === 'customer' && wallet.frozenBy === 'staff')
    throw new DomainError('state_refuses', 'We froze this wallet, so only we can unfreeze it. Write to us.');
}

/** What a wallet waits for that is not in its account: requests that nobody answered, and bank transfers that the bank says are coming. */
export interface Pending {
  readonly openRequests: number;
  readonly arrivingMinor: bigint;
}

/** Why a wallet cannot be closed yet; null where it can. `openRequests` are those its owner made and nobody has answered. */
export function refusesClosing(
  wallet: Wallet,
  by: 'customer' | 'staff',
  funds: Funds,
  { openRequests, arrivingMinor }: Pending,
): DomainError | null {
  if (wallet.status === 'closed') return new DomainError('account_closed', 'This wallet is closed already.');
  if (by === 'customer' && wallet.frozenBy === 'staff')
    return new DomainError('state_refuses', 'We froze this wallet, so only we can close it. Write to us.');
  if (funds.heldMinor !== 0n || funds.expectedMinor !== 0n)
    return new DomainError('state_refuses', 'Something is still on its way. Wait until it has arrived.', {
      heldMinor: Number(funds.heldMinor),
      expectedMinor: Number(funds.expectedMinor),
    });
  if (funds.balanceMinor !== 0n) {
    const money = { amountMinor: funds.balanceMinor < 0n ? -funds.balanceMinor : funds.balanceMinor, currency: wallet.currency };
    const what = funds.balanceMinor < 0n ? 'owes' : 'still holds';
    const first = funds.balanceMinor < 0n ? 'Top it up' : 'Withdraw or send it';
    return new DomainError('state_refuses', `This wallet ${what} ${said(money)}. ${first} first.`, {
      balanceMinor: Number(funds.balanceMinor),
      currency: wallet.currency,
    });
  }
  if (arrivingMinor > 0n) {
    const money = said({ amountMinor: arrivingMinor, currency: wallet.currency });
    return new DomainError('state_refuses', `A bank transfer of ${money} is arriving. Wait until it is here, then withdraw it.`, {
      arrivingMinor: Number(arrivingMinor),
      currency: wallet.currency,
    });
  }
  if (openRequests > 0)
    return new DomainError(
      'state_refuses',
      `You have asked for money ${openRequests} times and nobody has answered. Cancel that first.`,
      { openRequests },
    );
  return null;
}
