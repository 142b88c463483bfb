import type { Approval } from '../../domains/approvals/rules.ts';
import * as approvals from '../../domains/approvals/service.ts';
import { availableMinor, planTransfers } from '../../domains/ledger/rules.ts';
import { chart } from '../../domains/ledger/schema.ts';
import * as ledger from '../../domains/ledger/service.ts';
import { type BankAccount, checkAccount, type Payout } from '../../domains/rails/rules.ts';
import type { PayMerchantInput, WithdrawInput } from '../../domains/rails/schema.ts';
import * as rails from '../../domains/rails/service.ts';
import { planOut } from '../../domains/wallet/rules.ts';
import * as wallet from '../../domains/wallet/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { toMajor } from '../../kernel/money.ts';
import type { Tx } from '../../platform/db.ts';
import { audit, emit, newOutbox } from '../../platform/outbox.ts';
import type { Request, Verb } from '../../platform/verb.ts';
import { auditWallet, fundsOf, tellOfWallet } from '../wallets/wallet-world.ts';
import { goOn, lockRails, type RailsWorld, writeRails } from './rails-world.ts';

/**
 * Sends money out: a customer's own to his bank account, or what a merchant earned to the merchant's. The amount is held from the request
 * on and leaves the books when the bank says that it arrived; rejected, it is there again.
 */
export interface StartedPayout {
  readonly id: string;
  readonly status: string;
  readonly approvalId: string | null;
}

function lockWithdrawals(tx: Tx, requests: readonly Request<WithdrawInput>[]): Promise<RailsWorld> {
  const walletIds = requests.map(({ input }) => input.walletId);
  const accounts = requests.map(({ input }) => input.bankAccountId);
  return lockRails(tx, { walletIds, accounts }, (requests[0] as Request<WithdrawInput>).ctx);
}

function decideWithdrawal(world: RailsWorld, { input, ctx }: Request<WithdrawInput>): StartedPayout {
  const { amountMinor } = input;
  const owner = wallet.walletOf(world.wallets, input.walletId);
  const { customerId, currency } = owner;
  const account = checkAccount(world.rails.accounts.byId.get(input.bankAccountId), { customerId });
  const usage = planOut(owner, wallet.limitsOf(world.wallets, owner), fundsOf(world, owner), amountMinor, ctx.now);
  const payout: Payout = {
    ...fresh(account, currency, amountMinor, ctx),
    kind: 'withdrawal',
    walletId: owner.id,
    customerId,
    merchantId: null,
    status: 'sending',
    countedOn: usage.day,
    approvalId: null,
    nextAt: ctx.now,
  };
  hold(world, payout, chart.wallet(customerId, currency).code, ctx);
  goOn(world.outbox, 'payout', payout.id);
  const next = wallet.change(world.wallets, owner.id, usage);
  const facts = { payoutId: payout.id, amountMinor: Number(amountMinor) };
  tellOfWallet(world, next, 'wallet.withdrawal_started', facts, ctx);
  auditWallet(world, next, 'wallet.withdrawal_started', { after: { ...facts, bankAccountId: account.id } }, ctx);
  return { id: payout.id, status: payout.status, approvalId: null };
}

const fresh = (account: BankAccount, currency: string, amountMinor: bigint, ctx: Ctx) => ({
  id: newId(),
  home: ctx.home,
  bankAccountId: account.id,
  currency,
  amountMinor,
  holdId: newId(),
  bankRef: null,
  reason: null,
  requestedBy: ctx.actor,
  calls: 0,
  traceId: ctx.traceId,
  version: 1n,
  createdAt: ctx.now,
  settledAt: null,
});

function hold(world: RailsWorld, payout: Payout, debit: string, ctx: Ctx): void {
  const specs = planTransfers(world.ledger, [
    {
      id: payout.holdId,
      kind: payout.kind === 'withdrawal' ? 'withdrawal' : 'payout',
      phase: 'pending',
      debit,
      credit: chart.bankClearing(payout.currency).code,
      amountMinor: payout.amountMinor,
      currency: payout.currency,
      orderId: null,
      paymentId: null,
      reference: payout.id,
    },
  ]);
  ledger.post(world.ledger, specs, ctx);
  rails.add(world.rails.payouts, payout.id, payout);
  world.applied++;
}

export const withdraw: Verb<WithdrawInput, RailsWorld, StartedPayout> = {
  name: 'withdraw',
  lock: lockWithdrawals,
  decide: decideWithdrawal,
  write: writeRails,
};

interface PayingMerchants extends RailsWorld {
  readonly approvals: approvals.ApprovalsState;
}

async function lockMerchants(tx: Tx, requests: readonly Request<PayMerchantInput>[]): Promise<PayingMerchants> {
  const inputs = requests.map(({ input }) => input);
  const { ctx } = requests[0] as Request<PayMerchantInput>;
  const policies = await approvals.lock(tx, []);
  const found = await rails.lock(tx, { accounts: inputs.map((input) => input.bankAccountId) });
  const accounts = inputs.flatMap(({ merchantId, currency }) => [
    chart.merchantPayable(merchantId, currency),
    chart.bankClearing(currency),
  ]);
  const books = await ledger.lock(tx, { home: ctx.home, accounts, holds: [], now: ctx.now });
  const none = { byId: new Map(), tiers: [], fresh: new Set<string>(), dirty: new Set<string>(), transfers: [] };
  return { applied: 0, approvals: policies, wallets: none, rails: found, ledger: books, outbox: newOutbox() };
}

function decideMerchant(world: PayingMerchants, { input, ctx }: Request<PayMerchantInput>): StartedPayout {
  const { merchantId, currency, amountMinor } = input;
  const account = checkAccount(world.rails.accounts.byId.get(input.bankAccountId), { merchantId });
  const code = chart.merchantPayable(merchantId, currency).code;
  const payable = world.ledger.accounts.get(code);
  const available = payable ? availableMinor(payable) : 0n;
  if (available < amountMinor) {
    const there = { amountMinor: available > 0n ? available : 0n, currency };
    throw new DomainError(
      'insufficient_funds',
      `This merchant is owed ${toMajor(there)} ${currency} that is not on its way already.`,
    );
  }
  const asks = approvals.isNeeded(world.approvals, 'pay-merchant', currency, amountMinor);
  const base = fresh(account, currency, amountMinor, ctx);
  const approval = asks ? askSecond(world, base.id, input, account, ctx) : null;
  const payout: Payout = {
    ...base,
    kind: 'merchant',
    walletId: null,
    customerId: null,
    merchantId,
    status: approval ? 'awaiting_approval' : 'sending',
    countedOn: null,
    approvalId: approval?.id ?? null,
    nextAt: approval ? null : ctx.now,
  };
  hold(world, payout, code, ctx);
  if (!approval) goOn(world.outbox, 'payout', payout.id);
  tellOfPayout(world, payout, 'payout.requested', ctx);
  return { id: payout.id, status: payout.status, approvalId: payout.approvalId };
}

function askSecond(world: PayingMerchants, payoutId: string, input: PayMerchantInput, account: BankAccount, ctx: Ctx): Approval {
  const { merchantId, currency, amountMinor } = input;
  const approval = approvals.request(
    world.approvals,
    {
      merchantId,
      action: 'pay-merchant',
      subject: 'payout',
      subjectId: payoutId,
      amountMinor,
      currency,
      payload: { payoutId },
      summary: `Pay ${toMajor({ amountMinor, currency })} ${currency} to ${account.holder}, ${account.country} …${account.last4}`,
    },
    ctx,
  );
  const about = { aggregate: 'approval', aggregateId: approval.id, aggregateVersion: 1n, merchantId } as const;
  emit(
    world.outbox,
    { ...about, type: 'approval.requested', data: { action: approval.action, payoutId, amountMinor, currency } },
    ctx,
  );
  return approval;
}

/** Tells what became of a merchant's payout, in events and in the log of changes. */
export function tellOfPayout(
  world: Pick<RailsWorld, 'outbox'>,
  payout: Payout,
  type: 'payout.requested' | 'payout.settled' | 'payout.failed' | 'payout.returned',
  ctx: Ctx,
): void {
  const { id, merchantId, version, status, amountMinor, currency } = payout;
  const data = { status, amountMinor: Number(amountMinor), currency };
  emit(world.outbox, { aggregate: 'payout', aggregateId: id, aggregateVersion: version, merchantId, type, data }, ctx);
  const entry = { action: type, entity: 'payout', entityId: id, merchantId, after: data, reason: payout.reason };
  audit(world.outbox, entry, ctx);
}

export const payMerchant: Verb<PayMerchantInput, PayingMerchants, StartedPayout> = {
  name: 'pay-merchant',
  lock: lockMerchants,
  decide: decideMerchant,
  async write(tx, world) {
    await approvals.write(tx, world.approvals);
    await writeRails(tx, world);
  },
};
