import { planTransfers } from '../../domains/ledger/rules.ts';
import { chart, type TransferSpec } from '../../domains/ledger/schema.ts';
import * as ledger from '../../domains/ledger/service.ts';
import type { BankPayIn } from '../../domains/rails/provider.ts';
import type { PayIn, TopUp } from '../../domains/rails/rules.ts';
import * as rails from '../../domains/rails/service.ts';
import { planIn, usageAt, type Wallet } from '../../domains/wallet/rules.ts';
import * as wallet from '../../domains/wallet/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import { readCreditorReference } from '../../kernel/iban.ts';
import { newId } from '../../kernel/ids.ts';
import { audit } from '../../platform/outbox.ts';
import { auditWallet, fundsOf, tellOfWallet } from '../wallets/wallet-world.ts';
import { lockedWalletOf } from './find-owner.ts';
import { debtMinor, planTakenBack } from './forced.ts';
import type { RailsWorld } from './rails-world.ts';

/**
 * Books what the bank says of a transfer to us. What came is credited as what it is, whatever was announced and whatever the limits say: it
 * is the customer's money. What names nobody waits in suspense for a person. What the bank took back again is debited, by force.
 */
export function settlePayIn(world: RailsWorld, said: BankPayIn, topUp: TopUp | undefined, ctx: Ctx): void {
  const known = world.rails.payIns.byId.get(said.bankRef) ?? note(world, said, topUp, ctx);
  // Each news is booked once: what was booked says how far we are, and the bank's last word how far to go.
  let payIn = rails.change(world.rails.payIns, known.bankRef, { state: said.state, changedAt: ctx.now });
  world.applied++;
  if (said.state === 'pending') {
    announce(world, payIn, topUp, ctx);
    return;
  }
  if (payIn.booked === 'nothing') payIn = arrive(world, payIn, topUp, ctx);
  if (said.state === 'returned' && payIn.booked !== 'returned') takeBack(world, payIn, topUp, ctx);
}

function note(world: RailsWorld, said: BankPayIn, topUp: TopUp | undefined, ctx: Ctx): PayIn {
  const { bankRef, reference: written, currency, amountMinor } = said;
  return rails.add(world.rails.payIns, bankRef, {
    bankRef,
    home: ctx.home,
    reference: readCreditorReference(written),
    written,
    currency,
    amountMinor,
    state: 'pending',
    booked: 'nothing',
    why: null,
    topUpId: topUp?.id ?? null,
    customerId: null,
    assignedBy: null,
    assignedNote: null,
    approvalId: null,
    version: 0n,
    firstAt: ctx.now,
    changedAt: ctx.now,
  });
}

/** On its way, says the bank: the customer sees that it is coming. */
function announce(world: RailsWorld, payIn: PayIn, topUp: TopUp | undefined, ctx: Ctx): void {
  if (topUp?.status !== 'awaiting_transfer' && topUp?.status !== 'expired') return;
  // For a closed wallet nothing arrives: it will wait in suspense.
  if (wallet.walletOf(world.wallets, topUp.walletId).status === 'closed') return;
  rails.change(world.rails.topUps, topUp.id, { status: 'arriving' });
  const owner = wallet.change(world.wallets, topUp.walletId, {});
  const facts = { topUpId: topUp.id, amountMinor: Number(payIn.amountMinor) };
  tellOfWallet(world, owner, 'wallet.top_up_arriving', facts, ctx);
}

function arrive(world: RailsWorld, payIn: PayIn, topUp: TopUp | undefined, ctx: Ctx): PayIn {
  // Who closed the wallet and opened one again meanwhile gets it there.
  const owner = topUp && lockedWalletOf(world, topUp);
  const why = !owner
    ? 'unknown_reference'
    : owner.status === 'closed'
      ? 'wallet_closed'
      : owner.currency !== payIn.currency
        ? 'other_currency'
        : null;
  const to = owner && why === null ? chart.wallet(owner.customerId, owner.currency).code : chart.suspense(payIn.currency).code;
  const kind = why === null ? 'top_up' : 'pay_in_unknown';
  post(world, payIn, kind, chart.bankClearing(payIn.currency).code, to, ctx);
  if (!owner || !topUp || why !== null) {
    const entry = { action: 'pay_in.in_suspense', entity: 'pay_in', entityId: payIn.bankRef, after: { why } };
    audit(world.outbox, entry, ctx);
    return rails.change(world.rails.payIns, payIn.bankRef, { booked: 'suspense', why });
  }
  const overLimit = creditCounted(world, owner, payIn, topUp.id, ctx);
  rails.change(world.rails.topUps, topUp.id, {
    status: 'succeeded',
    creditedMinor: topUp.creditedMinor + payIn.amountMinor,
    overLimit: topUp.overLimit || overLimit,
    nextAt: null,
    settledAt: ctx.now,
  });
  return rails.change(world.rails.payIns, payIn.bankRef, { booked: 'wallet', customerId: owner.customerId });
}

/** Counts money that has come against the limits, and tells whether it was more than they allow. */
export function creditCounted(world: RailsWorld, owner: Wallet, payIn: PayIn, topUpId: string | null, ctx: Ctx): boolean {
  const usage = usageAt(owner, ctx.now);
  const { amountMinor } = payIn;
  let overLimit = false;
  try {
    const funds = fundsOf(world, owner);
    // Asked as it was before: the money is in the account already.
    planIn(
      owner,
      wallet.limitsOf(world.wallets, owner),
      { ...funds, balanceMinor: funds.balanceMinor - amountMinor },
      amountMinor,
      ctx.now,
    );
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    overLimit = true;
  }
  const counted = { ...usage, dayInMinor: usage.dayInMinor + amountMinor, monthInMinor: usage.monthInMinor + amountMinor };
  const next = wallet.change(world.wallets, owner.id, counted);
  const facts = { topUpId, method: 'bank', creditedMinor: Number(amountMinor), ...(overLimit ? { overLimit } : {}) };
  tellOfWallet(world, next, 'wallet.topped_up', facts, ctx);
  auditWallet(world, next, 'wallet.topped_up', { after: { ...facts, bankRef: payIn.bankRef } }, ctx);
  return overLimit;
}

function takeBack(world: RailsWorld, payIn: PayIn, topUp: TopUp | undefined, ctx: Ctx): void {
  const { currency, amountMinor, bankRef, customerId } = payIn;
  const clearing = chart.bankClearing(currency).code;
  rails.change(world.rails.payIns, bankRef, { booked: 'returned' });
  if (payIn.booked === 'suspense' || customerId === null) {
    post(world, payIn, 'pay_in_returned', chart.suspense(currency).code, clearing, ctx);
    audit(world.outbox, { action: 'pay_in.returned', entity: 'pay_in', entityId: bankRef, after: { booked: 'returned' } }, ctx);
    return;
  }
  const taken = { kind: 'top_up_returned', customerId, currency, amountMinor, clearing, reference: bankRef };
  const { specs, debitedMinor } = planTakenBack(world, taken);
  ledger.post(world.ledger, planTransfers(world.ledger, specs), ctx);
  const owner = lockedWalletOf(world, { customerId, currency });
  if (!owner) return;
  const next = wallet.change(world.wallets, owner.id, {});
  const facts = { topUpId: topUp?.id ?? null, amountMinor: Number(amountMinor), debitedMinor: Number(debitedMinor) };
  tellOfWallet(world, next, 'wallet.top_up_returned', facts, ctx);
  const after = { ...facts, bankRef, owedMinor: Number(debtMinor(world, customerId, currency)) };
  auditWallet(world, next, 'wallet.top_up_returned', { after }, ctx);
}

function post(world: RailsWorld, payIn: PayIn, kind: string, debit: string, credit: string, ctx: Ctx): void {
  const { bankRef: reference, amountMinor, currency } = payIn;
  const spec: TransferSpec = {
    id: newId(),
    kind,
    phase: 'single',
    debit,
    credit,
    amountMinor,
    currency,
    orderId: null,
    paymentId: null,
    reference,
  };
  ledger.post(world.ledger, planTransfers(world.ledger, [spec]), ctx);
}
