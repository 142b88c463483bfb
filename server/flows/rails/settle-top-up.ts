import { planTransfers } from '../../domains/ledger/rules.ts';
import { chart, type TransferSpec } from '../../domains/ledger/schema.ts';
import * as ledger from '../../domains/ledger/service.ts';
import type { NotFound, ProviderOutcome } from '../../domains/payments/provider.ts';
import { ACTION_LIMIT_MS, backOff, lookAgain, type TopUp } from '../../domains/rails/rules.ts';
import * as rails from '../../domains/rails/service.ts';
import * as wallet from '../../domains/wallet/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import type { EventType } from '../../kernel/events.ts';
import { newId } from '../../kernel/ids.ts';
import { auditWallet, tellOfWallet } from '../wallets/wallet-world.ts';
import { goOn, type RailsWorld, uncounted } from './rails-world.ts';

/** Books what the card provider answered for a top up. Money is in the wallet when it says *succeeded*; anything else is waited for. */
export function settleCardTopUp(world: RailsWorld, topUp: TopUp, outcome: ProviderOutcome | NotFound, ctx: Ctx): void {
  const calls = topUp.calls + 1;
  if (outcome.kind === 'succeeded') credit(world, { ...topUp, calls }, outcome, ctx);
  else if (outcome.kind === 'failed') {
    const { code, message, providerRef = topUp.providerRef } = outcome;
    fail(world, topUp, { code, message }, providerRef, ctx);
  } else wait(world, topUp, { calls, ...waitingFor(topUp, outcome, calls, ctx) });
}

/** Where a top up stands that has not ended, and when to ask again. */
function waitingFor(
  topUp: TopUp,
  outcome: Exclude<ProviderOutcome | NotFound, { kind: 'succeeded' | 'failed' }>,
  calls: number,
  ctx: Ctx,
): Partial<TopUp> {
  const nextAt = backOff(calls, ctx.now);
  switch (outcome.kind) {
    case 'requires_action': {
      const { providerRef, nextAction, card } = outcome;
      const late = ctx.now.getTime() - topUp.createdAt.getTime() > ACTION_LIMIT_MS;
      const next = late ? nextAt : lookAgain(Math.min(calls, 5), ctx.now);
      return { status: 'requires_action', providerRef, nextAction, nextAt: next, ...shown(card) };
    }
    case 'unknown':
    case 'pending':
      return { status: 'unknown', nextAt };
    case 'unreachable':
      return { nextAt };
    case 'not_found':
      // It may still be on its way there: the same attempt is sent again, under the same id.
      return { status: 'sending', nextAt };
  }
}

const shown = (card: { readonly brand: string; readonly last4: string } | undefined): Partial<TopUp> =>
  card ? { card: { brand: card.brand, last4: card.last4 } } : {};

function wait(world: RailsWorld, topUp: TopUp, after: Partial<TopUp>): void {
  rails.change(world.rails.topUps, topUp.id, after);
  world.applied++;
  if (after.nextAt) goOn(world.outbox, 'top_up', topUp.id, after.nextAt);
}

function credit(world: RailsWorld, topUp: TopUp, outcome: Extract<ProviderOutcome, { kind: 'succeeded' }>, ctx: Ctx): void {
  const { amountMinor, feeMinor, providerRef } = outcome;
  const { currency } = topUp;
  const base = { orderId: null, paymentId: null, reference: providerRef };
  const specs: TransferSpec[] = [
    { ...base, id: newId(), kind: 'top_up', phase: 'post', holdId: topUp.holdId as string, amountMinor, final: true },
  ];
  if (feeMinor > 0n) {
    const [debit, credit] = [chart.platformFees(currency).code, chart.pspClearing('card', currency).code];
    specs.push({ ...base, id: newId(), kind: 'psp_fee', phase: 'single', debit, credit, amountMinor: feeMinor, currency });
  }
  ledger.post(world.ledger, planTransfers(world.ledger, specs), ctx);
  end(world, topUp, { status: 'succeeded', creditedMinor: amountMinor, feeMinor, providerRef, ...shown(outcome.card) }, ctx);
  tell(world, topUp, 'wallet.topped_up', { creditedMinor: Number(amountMinor) }, {}, ctx);
}

function fail(
  world: RailsWorld,
  topUp: TopUp,
  failure: { readonly code: string; readonly message: string },
  providerRef: string | null,
  ctx: Ctx,
): void {
  const base = { id: newId(), kind: 'top_up', orderId: null, paymentId: null, reference: topUp.id } as const;
  const specs = planTransfers(world.ledger, [{ ...base, phase: 'void', holdId: topUp.holdId as string }]);
  ledger.post(world.ledger, specs, ctx);
  end(world, topUp, { status: 'failed', failure, providerRef }, ctx);
  const owner = wallet.walletOf(world.wallets, topUp.walletId);
  tell(world, topUp, 'wallet.top_up_failed', { code: failure.code }, uncounted(topUp, 'in', owner), ctx);
}

/** It is over: the token has served, and there is nothing to look for. */
function end(world: RailsWorld, topUp: TopUp, after: Partial<TopUp>, ctx: Ctx): void {
  const over = { token: null, nextAction: null, nextAt: null, settledAt: ctx.now };
  rails.change(world.rails.topUps, topUp.id, { calls: topUp.calls, ...over, ...after });
  world.applied++;
}

function tell(
  world: RailsWorld,
  topUp: TopUp,
  type: EventType,
  more: Record<string, unknown>,
  after: Parameters<typeof wallet.change>[2],
  ctx: Ctx,
): void {
  const owner = wallet.change(world.wallets, topUp.walletId, after);
  const facts = { topUpId: topUp.id, method: topUp.method, amountMinor: Number(topUp.amountMinor), ...more };
  tellOfWallet(world, owner, type, facts, ctx);
  auditWallet(world, owner, type, { after: facts }, ctx);
}
