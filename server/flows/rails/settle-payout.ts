import { planTransfers } from '../../domains/ledger/rules.ts';
import { chart, type TransferSpec } from '../../domains/ledger/schema.ts';
import * as ledger from '../../domains/ledger/service.ts';
import type { BankPayout, BankTrouble, NotKnown } from '../../domains/rails/provider.ts';
import { backOff, lookAgain, type Payout } from '../../domains/rails/rules.ts';
import * as rails from '../../domains/rails/service.ts';
import * as wallet from '../../domains/wallet/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import type { EventType } from '../../kernel/events.ts';
import { newId } from '../../kernel/ids.ts';
import { auditWallet, tellOfWallet } from '../wallets/wallet-world.ts';
import { lockedWalletOf, planCameBack } from './find-owner.ts';
import { goOn, type RailsWorld, uncounted } from './rails-world.ts';
import { tellOfPayout } from './withdraw.ts';

/** A merchant's payout has no wallet. */
type PayoutWorld = Omit<RailsWorld, 'wallets'> & Partial<Pick<RailsWorld, 'wallets'>>;

/** Books what the bank says of a payout. Each end is booked once, whatever order the news came in. */
export function settlePayout(world: PayoutWorld, payout: Payout, outcome: BankPayout | NotKnown | BankTrouble, ctx: Ctx): void {
  const calls = payout.calls + 1;
  const nextAt = backOff(calls, ctx.now);
  if (outcome.kind === 'payout') follow(world, payout, outcome, calls, ctx);
  // Refused at once: nothing left. A question that is refused says nothing about the payout.
  else if (outcome.kind === 'failed' && payout.status === 'sending') giveBack(world, payout, 'rejected', outcome.message, ctx);
  else if (outcome.kind === 'not_found') wait(world, payout, { status: 'sending', calls, nextAt });
  else if (outcome.kind === 'unknown' && payout.status === 'sending') wait(world, payout, { status: 'unknown', calls, nextAt });
  else wait(world, payout, { calls, nextAt });
}

function follow(world: PayoutWorld, payout: Payout, said: BankPayout, calls: number, ctx: Ctx): void {
  const { bankRef, reason } = said;
  const known = { bankRef, calls };
  if (said.state === 'accepted') {
    wait(world, payout, { ...known, status: 'accepted', nextAt: lookAgain(calls, ctx.now) });
    return;
  }
  if (said.state === 'rejected') {
    giveBack(world, { ...payout, ...known }, 'rejected', reason, ctx);
    return;
  }
  // What was returned had arrived before: both are booked, even where only the second was heard of.
  const arrived = payout.status === 'settled' ? payout : arrive(world, { ...payout, ...known }, ctx);
  if (said.state === 'returned') takeBack(world, arrived, reason, ctx);
}

function wait(world: PayoutWorld, payout: Payout, after: Partial<Payout>): void {
  rails.change(world.rails.payouts, payout.id, after);
  world.applied++;
  if (after.nextAt) goOn(world.outbox, 'payout', payout.id, after.nextAt);
}

const kindOf = (payout: Payout): string => (payout.kind === 'withdrawal' ? 'withdrawal' : 'payout');

function post(world: PayoutWorld, spec: TransferSpec, ctx: Ctx): void {
  ledger.post(world.ledger, planTransfers(world.ledger, [spec]), ctx);
  world.applied++;
}

function arrive(world: PayoutWorld, payout: Payout, ctx: Ctx): Payout {
  const { amountMinor, bankRef, holdId } = payout;
  const base = { id: newId(), kind: kindOf(payout), orderId: null, paymentId: null, reference: bankRef };
  post(world, { ...base, phase: 'post', holdId, amountMinor, final: true }, ctx);
  const after = { status: 'settled', bankRef, calls: payout.calls, nextAt: null, settledAt: ctx.now } as const;
  const next = rails.change(world.rails.payouts, payout.id, after);
  tell(world, next, 'wallet.withdrawn', 'payout.settled', {}, ctx);
  return next;
}

function giveBack(world: PayoutWorld, payout: Payout, status: 'rejected' | 'cancelled', reason: string | null, ctx: Ctx): void {
  const base = { id: newId(), kind: kindOf(payout), orderId: null, paymentId: null, reference: payout.bankRef ?? payout.id };
  post(world, { ...base, phase: 'void', holdId: payout.holdId }, ctx);
  const after = { status, reason, bankRef: payout.bankRef, calls: payout.calls, nextAt: null, settledAt: ctx.now };
  const next = rails.change(world.rails.payouts, payout.id, after);
  tell(world, next, 'wallet.withdrawal_failed', 'payout.failed', 'out', ctx);
}

/** The other bank sent it back after it had arrived: it is the owner's again. */
function takeBack(world: PayoutWorld, payout: Payout, reason: string | null, ctx: Ctx): void {
  const { currency, bankRef } = payout;
  const kind = `${kindOf(payout)}_returned`;
  const base = { kind, orderId: null, paymentId: null, reference: bankRef } as const;
  const debit = chart.bankClearing(currency).code;
  for (const { code: credit, amountMinor } of ownerAccounts(world, payout, reason, ctx))
    post(world, { ...base, id: newId(), phase: 'single', debit, credit, amountMinor, currency }, ctx);
  const next = rails.change(world.rails.payouts, payout.id, { status: 'returned', reason, nextAt: null });
  tell(world, next, 'wallet.withdrawal_returned', 'payout.returned', {}, ctx);
}

/** Whose it is again: the merchant's, or the customer's, who may have closed the wallet meanwhile. */
function ownerAccounts(
  world: PayoutWorld,
  payout: Payout,
  reason: string | null,
  ctx: Ctx,
): { code: string; amountMinor: bigint }[] {
  const { customerId, merchantId, currency, amountMinor, bankRef } = payout;
  if (merchantId !== null) return [{ code: chart.merchantPayable(merchantId, currency).code, amountMinor }];
  const { wallets } = world;
  if (!wallets || customerId === null) throw new Error('A withdrawal is settled with its wallet locked');
  const back = { customerId, currency, amountMinor, ref: bankRef ?? payout.id, written: reason ?? '' };
  return planCameBack({ ...world, wallets }, { ...back, why: 'withdrawal_returned' }, ctx);
}

function tell(
  world: PayoutWorld,
  payout: Payout,
  ofWallet: EventType,
  ofPayout: Parameters<typeof tellOfPayout>[2],
  counted: 'out' | Record<string, never>,
  ctx: Ctx,
): void {
  if (payout.kind === 'merchant' || payout.walletId === null) {
    tellOfPayout(world, payout, ofPayout, ctx);
    return;
  }
  const { wallets } = world;
  if (!wallets) throw new Error('A withdrawal is settled with its wallet locked');
  const { customerId, currency } = payout;
  const owner =
    (customerId && lockedWalletOf({ wallets }, { customerId, currency })) || wallet.walletOf(wallets, payout.walletId);
  const next = wallet.change(wallets, owner.id, counted === 'out' ? uncounted(payout, 'out', owner) : counted);
  const { id: payoutId, amountMinor, reason } = payout;
  const facts = { payoutId, amountMinor: Number(amountMinor) };
  tellOfWallet(world, next, ofWallet, facts, ctx);
  auditWallet(world, next, ofWallet, { after: facts, ...(reason ? { reason } : {}) }, ctx);
}

/** A second person agreed: it goes out. Or did not: it is the merchant's again. */
export function decidePayout(world: PayoutWorld, payoutId: string, approved: boolean, reason: string | null, ctx: Ctx): void {
  const payout = rails.found(world.rails.payouts, payoutId, 'payout');
  if (payout.status !== 'awaiting_approval') return;
  if (!approved) {
    giveBack(world, payout, 'cancelled', reason, ctx);
    return;
  }
  rails.change(world.rails.payouts, payoutId, { status: 'sending', nextAt: ctx.now });
  world.applied++;
  goOn(world.outbox, 'payout', payoutId);
}
