import { planTransfers } from '../../domains/ledger/rules.ts';
import { chart, type TransferSpec } from '../../domains/ledger/schema.ts';
import * as ledger from '../../domains/ledger/service.ts';
import type { PaymentDispute } from '../../domains/payments/provider.ts';
import type { Dispute, TopUp } from '../../domains/rails/rules.ts';
import * as rails from '../../domains/rails/service.ts';
import * as wallet from '../../domains/wallet/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { newId } from '../../kernel/ids.ts';
import { auditWallet, tellOfWallet } from '../wallets/wallet-world.ts';
import { lockedWalletOf, planCameBack } from './find-owner.ts';
import { debtMinor, planTakenBack } from './forced.ts';
import type { RailsWorld } from './rails-world.ts';

/** Books what a cardholder's bank took back of a top up, and what it gave back when the provider won. Each once. */
export function settleDispute(world: RailsWorld, topUp: TopUp, said: PaymentDispute, ctx: Ctx): void {
  const known = world.rails.disputes.byId.get(said.ref);
  // The bank only asks, or asked: nothing was taken.
  if (!known && said.takenMinor === 0n && said.status !== 'won') return;
  const dispute = known ?? open(world, topUp, said, ctx);
  if (dispute.status !== 'open' || (said.status !== 'won' && said.status !== 'lost')) return;
  const closed = rails.change(world.rails.disputes, dispute.providerRef, { status: said.status, closedAt: ctx.now });
  world.applied++;
  if (said.status === 'won') giveBack(world, closed, ctx);
}

function open(world: RailsWorld, topUp: TopUp, said: PaymentDispute, ctx: Ctx): Dispute {
  const { customerId, currency, walletId } = topUp;
  const clearing = chart.pspClearing('card', currency).code;
  // The report names the payment, so the postings do: both sides of the clearing account are found by it.
  const reference = said.paymentRef;
  const taken = { kind: 'chargeback', customerId, currency, amountMinor: said.amountMinor, clearing, reference };
  const { specs, debitedMinor } = planTakenBack(world, taken);
  const fee = feeSpec(said.feeMinor, currency, reference, 'charged');
  ledger.post(world.ledger, planTransfers(world.ledger, [...specs, ...fee]), ctx);
  world.applied++;
  const { ref: providerRef, amountMinor, feeMinor } = said;
  const dispute = rails.add(world.rails.disputes, providerRef, {
    providerRef,
    topUpId: topUp.id,
    customerId,
    currency,
    amountMinor,
    debitedMinor,
    feeMinor,
    status: 'open',
    version: 1n,
    openedAt: ctx.now,
    closedAt: null,
  });
  const next = wallet.change(world.wallets, walletId, {});
  const facts = { topUpId: topUp.id, amountMinor: Number(amountMinor), debitedMinor: Number(debitedMinor) };
  tellOfWallet(world, next, 'wallet.charged_back', facts, ctx);
  const after = { ...facts, dispute: providerRef, owedMinor: Number(debtMinor(world, customerId, currency)) };
  auditWallet(world, next, 'wallet.charged_back', { after }, ctx);
  return dispute;
}

function giveBack(world: RailsWorld, dispute: Dispute, ctx: Ctx): void {
  const { customerId, currency, amountMinor, debitedMinor, feeMinor, topUpId } = dispute;
  const topUp = rails.found(world.rails.topUps, topUpId, 'top up');
  const owner = lockedWalletOf(world, topUp) ?? wallet.walletOf(world.wallets, topUp.walletId);
  const reference = topUp.providerRef;
  const debit = chart.pspClearing('card', currency).code;
  const back = { customerId, currency, amountMinor: debitedMinor, ref: dispute.providerRef, written: '' } as const;
  const parts = debitedMinor > 0n ? planCameBack(world, { ...back, why: 'chargeback_won' }, ctx) : [];
  const move = (credit: string, amount: bigint): TransferSpec[] =>
    amount === 0n
      ? []
      : [
          {
            id: newId(),
            kind: 'chargeback_won',
            phase: 'single',
            debit,
            credit,
            amountMinor: amount,
            currency,
            orderId: null,
            paymentId: null,
            reference,
          },
        ];
  const specs = [
    ...parts.flatMap(({ code, amountMinor: part }) => move(code, part)),
    ...move(chart.chargebacks(currency).code, amountMinor - debitedMinor),
    ...feeSpec(feeMinor, currency, reference, 'refunded'),
  ];
  ledger.post(world.ledger, planTransfers(world.ledger, specs), ctx);
  const next = wallet.change(world.wallets, owner.id, {});
  const facts = { topUpId, amountMinor: Number(amountMinor) };
  tellOfWallet(world, next, 'wallet.charge_back_won', facts, ctx);
  auditWallet(world, next, 'wallet.charge_back_won', { after: facts }, ctx);
}

/** What the provider charges for a dispute is the platform's to bear. */
function feeSpec(feeMinor: bigint, currency: string, reference: string | null, way: 'charged' | 'refunded'): TransferSpec[] {
  if (feeMinor === 0n) return [];
  const [fees, clearing] = [chart.platformFees(currency).code, chart.pspClearing('card', currency).code];
  const [debit, credit] = way === 'charged' ? [fees, clearing] : [clearing, fees];
  const base = { id: newId(), kind: 'chargeback_fee', orderId: null, paymentId: null, reference };
  return [{ ...base, phase: 'single', debit, credit, amountMinor: feeMinor, currency }];
}
