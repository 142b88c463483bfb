import type pg from 'pg';
import { chart } from '../../domains/ledger/schema.ts';
import type { NotFound, ProviderOutcome } from '../../domains/payments/provider.ts';
import type { BankPayout, BankTrouble } from '../../domains/rails/provider.ts';
import { ACTION_LIMIT_MS, LEASE_MS, nextPayoutCall, nextTopUpCall, type Payout, type TopUp } from '../../domains/rails/rules.ts';
import * as rails from '../../domains/rails/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { withTx } from '../../platform/db.ts';
import { forgetLocks } from '../../platform/locks.ts';
import { newOutbox, writeOutbox } from '../../platform/outbox.ts';
import { type Outside, paymentProvider } from '../outside.ts';
import { walletsToLock } from './find-owner.ts';
import { goOn, lockRails, outsideAccounts, writeRails } from './rails-world.ts';
import { settlePayout } from './settle-payout.ts';
import { settleCardTopUp } from './settle-top-up.ts';

/**
 * Takes a top up or a payout one step further, as a saga's remote step: the attempt was recorded before; the outside is asked outside any
 * transaction, under the attempt's id; what it answers is booked if nobody booked anything meanwhile. Whoever dies in between leaves a row
 * that is due again, and the same call under the same id.
 */
export interface RailRunner {
  advance(kind: 'top_up' | 'payout', id: string, signal?: AbortSignal): Promise<void>;
}

export interface RailDeps {
  readonly pool: pg.Pool;
  readonly outside: Outside;
  readonly ctx: () => Ctx;
}

export function createRailRunner(deps: RailDeps): RailRunner {
  return {
    advance: (kind, id, signal) => (kind === 'top_up' ? advanceTopUp(deps, id, signal) : advancePayout(deps, id, signal)),
  };
}

/** What a row is at, as the call was made from it: another version means that somebody was faster. */
interface Leased<R> {
  readonly row: R;
  readonly call: 'send' | 'query';
}

async function advanceTopUp({ pool, outside, ctx }: RailDeps, id: string, signal?: AbortSignal): Promise<void> {
  const before = await rails.readTopUp(pool, id);
  if (!before) return;
  if (before.method === 'bank') return expireReference({ pool, outside, ctx }, before);
  const leased = await lease(pool, 'top_up', before, nextTopUpCall(before), ctx());
  if (!leased) return;
  const outcome = await askCard(outside, leased, ctx().now, signal);
  await withTx(pool, async (tx) => {
    forgetLocks(tx);
    const { row } = leased;
    const world = await lockRails(tx, { walletIds: [row.walletId], topUps: [id], holds: row.holdId ? [row.holdId] : [] }, ctx());
    const now = world.rails.topUps.byId.get(id);
    if (now?.version !== row.version) return;
    settleCardTopUp(world, now, outcome, ctx());
    await writeRails(tx, world);
  });
}

async function askCard(
  outside: Outside,
  { row, call }: Leased<TopUp>,
  now: Date,
  signal?: AbortSignal,
): Promise<ProviderOutcome | NotFound> {
  const provider = paymentProvider(outside, 'card');
  const { id: operationId, amountMinor, currency, providerRef } = row;
  if (call === 'send') {
    const returnUrl = row.returnUrl === null ? {} : { returnUrl: row.returnUrl };
    return provider.charge(
      { operationId, amountMinor, currency, token: row.token ?? '', description: 'Wallet top up', ...returnUrl },
      signal,
    );
  }
  const asked = await provider.query({ operationId, kind: 'charge', providerRef, amountMinor, currency }, signal);
  const tooLate = asked.kind === 'requires_action' && now.getTime() - row.createdAt.getTime() > ACTION_LIMIT_MS;
  if (!tooLate) return asked;
  // Nobody answered the bank's question: the payment is withdrawn, so that it cannot succeed behind our back.
  const voided = await provider.void({ operationId: `${operationId}:void`, providerRef: asked.providerRef }, signal);
  if (voided.kind !== 'succeeded') return asked;
  return { kind: 'failed', code: 'abandoned', message: 'The bank’s question was not answered in time.', response: {} };
}

async function expireReference({ pool, ctx }: RailDeps, { id, walletId }: TopUp): Promise<void> {
  await withTx(pool, async (tx) => {
    forgetLocks(tx);
    const world = await lockRails(tx, { walletIds: [walletId], topUps: [id] }, ctx());
    const topUp = world.rails.topUps.byId.get(id);
    if (topUp?.status !== 'awaiting_transfer' || !topUp.nextAt || topUp.nextAt > ctx().now) return;
    rails.change(world.rails.topUps, id, { status: 'expired', nextAt: null, settledAt: ctx().now });
    await writeRails(tx, world);
  });
}

async function advancePayout({ pool, outside, ctx }: RailDeps, id: string, signal?: AbortSignal): Promise<void> {
  const before = await rails.readPayout(pool, id);
  if (!before) return;
  const leased = await lease(pool, 'payout', before, nextPayoutCall(before), ctx());
  if (!leased) return;
  const outcome = await askBank({ pool, outside, ctx }, leased, signal);
  await withTx(pool, async (tx) => {
    forgetLocks(tx);
    const { row } = leased;
    const { merchantId, customerId, walletId, currency, holdId } = row;
    const more = merchantId === null ? [] : [chart.merchantPayable(merchantId, currency), ...outsideAccounts(currency)];
    const walletIds = await walletsToLock(tx, customerId === null ? null : { customerId, currency }, walletId);
    const needs = { walletIds, payouts: [id], holds: [holdId], more };
    const world = await lockRails(tx, needs, ctx());
    const now = world.rails.payouts.byId.get(id);
    if (now?.version !== row.version) return;
    settlePayout(world, now, outcome, ctx());
    await writeRails(tx, world);
  });
}

async function askBank(
  { pool, outside }: RailDeps,
  { row, call }: Leased<Payout>,
  signal?: AbortSignal,
): Promise<BankPayout | NotFound | BankTrouble> {
  if (!outside.bank) return { kind: 'unreachable', reason: 'No bank is connected: set BANK_URL.' };
  if (call === 'query') return outside.bank.payout(row.id, signal);
  const account = await rails.readAccount(pool, row.bankAccountId);
  if (!account) throw new Error(`Payout ${row.id} goes to an account that is not there`);
  const { id: attemptId, amountMinor, currency, kind } = row;
  const statementText = kind === 'withdrawal' ? 'Your wallet' : 'Your sales';
  return outside.bank.pay({ attemptId, beneficiary: account.token, amountMinor, currency, statementText }, signal);
}

/** Reserves a row for a call that changes something. A question is asked by whoever likes. */
async function lease<R extends TopUp | Payout>(
  pool: pg.Pool,
  kind: 'top_up' | 'payout',
  row: R,
  call: 'send' | 'query' | null,
  ctx: Ctx,
): Promise<Leased<R> | null> {
  if (call === null) return null;
  if (call === 'query') return { row, call };
  return withTx(pool, async (tx) => {
    forgetLocks(tx);
    const state = await rails.lock(tx, kind === 'top_up' ? { topUps: [row.id] } : { payouts: [row.id] });
    const rows = (kind === 'top_up' ? state.topUps : state.payouts) as rails.RailsState['topUps'];
    const now = rows.byId.get(row.id);
    // Somebody else is at it: whoever looks next does so when that can no longer be.
    if (now?.status !== 'sending' || (now.nextAt !== null && now.nextAt > ctx.now)) return null;
    const nextAt = new Date(ctx.now.getTime() + LEASE_MS);
    const leased = rails.change(rows, row.id, { nextAt });
    const outbox = newOutbox();
    goOn(outbox, kind, row.id, nextAt);
    await rails.write(tx, state);
    await writeOutbox(tx, outbox);
    return { row: leased as unknown as R, call };
  });
}
