import { planTransfers } from '../../domains/ledger/rules.ts';
import { chart } from '../../domains/ledger/schema.ts';
import * as ledger from '../../domains/ledger/service.ts';
import { REFERENCE_LIFE_MS, referenceOf, type TopUp } from '../../domains/rails/rules.ts';
import type { TopUpByBankInput, TopUpByCardInput } from '../../domains/rails/schema.ts';
import * as rails from '../../domains/rails/service.ts';
import { planIn, type Usage } from '../../domains/wallet/rules.ts';
import * as wallet from '../../domains/wallet/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { newId } from '../../kernel/ids.ts';
import type { Tx } from '../../platform/db.ts';
import type { Request, Verb } from '../../platform/verb.ts';
import { auditWallet, fundsOf, tellOfWallet } from '../wallets/wallet-world.ts';
import { goOn, lockRails, type RailsWorld, writeRails } from './rails-world.ts';

/**
 * Begins a top up. By card the amount is expected in the wallet from now on (a hold from the provider's clearing account), counts against
 * its limits, and can be spent when the provider said that it took the money, never earlier. By bank the customer gets a reference to
 * transfer under; what comes is credited as what it is.
 */
export interface StartedTopUp {
  readonly id: string;
  readonly status: string;
  readonly reference: string | null;
}

const lock = (tx: Tx, requests: readonly Request<{ readonly walletId: string }>[]): Promise<RailsWorld> =>
  lockRails(tx, { walletIds: requests.map(({ input }) => input.walletId) }, (requests[0] as Request<unknown>).ctx);

function decideCard(world: RailsWorld, { input, ctx }: Request<TopUpByCardInput>): StartedTopUp {
  const { amountMinor } = input;
  const owner = wallet.walletOf(world.wallets, input.walletId);
  const { customerId, currency } = owner;
  const usage = planIn(owner, wallet.limitsOf(world.wallets, owner), fundsOf(world, owner), amountMinor, ctx.now);
  const topUp: TopUp = {
    ...fresh(owner, ctx),
    method: 'card',
    amountMinor,
    status: 'sending',
    token: input.token,
    returnUrl: input.returnUrl ?? null,
    reference: null,
    holdId: newId(),
    countedOn: usage.day,
    nextAt: ctx.now,
  };
  const specs = planTransfers(world.ledger, [
    {
      id: topUp.holdId as string,
      kind: 'top_up',
      phase: 'pending',
      debit: chart.pspClearing('card', currency).code,
      credit: chart.wallet(customerId, currency).code,
      amountMinor,
      currency,
      orderId: null,
      paymentId: null,
      reference: topUp.id,
    },
  ]);
  ledger.post(world.ledger, specs, ctx);
  return begin(world, topUp, usage, ctx);
}

function decideBank(world: RailsWorld, { input, ctx }: Request<TopUpByBankInput>): StartedTopUp {
  const owner = wallet.walletOf(world.wallets, input.walletId);
  // Asked for the refusal only: nothing is counted before it comes, and then it is credited whatever the limits say.
  planIn(owner, wallet.limitsOf(world.wallets, owner), fundsOf(world, owner), input.amountMinor, ctx.now);
  const base = fresh(owner, ctx);
  const topUp: TopUp = {
    ...base,
    method: 'bank',
    amountMinor: input.amountMinor,
    status: 'awaiting_transfer',
    token: null,
    returnUrl: null,
    reference: referenceOf(base.id),
    holdId: null,
    countedOn: null,
    nextAt: new Date(ctx.now.getTime() + REFERENCE_LIFE_MS),
  };
  return begin(world, topUp, {}, ctx);
}

const fresh = ({ id: walletId, customerId, currency }: ReturnType<typeof wallet.walletOf>, ctx: Ctx) => ({
  id: newId(),
  walletId,
  customerId,
  home: ctx.home,
  currency,
  creditedMinor: 0n,
  feeMinor: 0n,
  providerRef: null,
  nextAction: null,
  card: null,
  overLimit: false,
  failure: null,
  calls: 0,
  traceId: ctx.traceId,
  version: 1n,
  createdAt: ctx.now,
  settledAt: null,
});

function begin(world: RailsWorld, topUp: TopUp, counted: Partial<Usage>, ctx: Ctx): StartedTopUp {
  rails.add(world.rails.topUps, topUp.id, topUp);
  world.applied++;
  if (topUp.method === 'card') goOn(world.outbox, 'top_up', topUp.id);
  const { id: topUpId, method, amountMinor } = topUp;
  const facts = { topUpId, method, amountMinor: Number(amountMinor) };
  const owner = wallet.change(world.wallets, topUp.walletId, counted);
  tellOfWallet(world, owner, 'wallet.top_up_started', facts, ctx);
  auditWallet(world, owner, 'wallet.top_up_started', { after: facts }, ctx);
  return { id: topUpId, status: topUp.status, reference: topUp.reference };
}

export const topUpByCard: Verb<TopUpByCardInput, RailsWorld, StartedTopUp> = {
  name: 'top-up-by-card',
  lock,
  decide: decideCard,
  write: writeRails,
};

export const topUpByBank: Verb<TopUpByBankInput, RailsWorld, StartedTopUp> = {
  name: 'top-up-by-bank',
  lock,
  decide: decideBank,
  write: writeRails,
};
