import { type Approval, checkDecision } from '../domains/approvals/rules.ts';
import type { DecideApprovalInput } from '../domains/approvals/schema.ts';
import * as approvals from '../domains/approvals/service.ts';
import { type AccountRef, chart } from '../domains/ledger/schema.ts';
import type { Payout } from '../domains/rails/rules.ts';
import * as rails from '../domains/rails/service.ts';
import * as reconciliation from '../domains/reconciliation/service.ts';
import * as refunds from '../domains/refunds/service.ts';
import * as wallet from '../domains/wallet/service.ts';
import type { Ctx } from '../kernel/context.ts';
import { DomainError } from '../kernel/errors.ts';
import type { Tx } from '../platform/db.ts';
import { audit, emit } from '../platform/outbox.ts';
import type { Request, Verb } from '../platform/verb.ts';
import { applyAdjustment, placesThatExist, planOf } from './adjust-stock.ts';
import { demandWaiting, settleCancel } from './cancel-saga.ts';
import { applyApproved, correctedAccounts, planApproved, type Reversals, readReversals } from './ledger/correct-books.ts';
import { assignmentAccounts, forgetAssignment, planAssignment, requestedAssignments } from './rails/assign-pay-in.ts';
import { decidePayout } from './rails/settle-payout.ts';
import { planWriteOff, settleWriteOff, writeOffAccounts } from './reconciliation/write-off.ts';
import { freeUnits, refundSaga } from './refund-saga.ts';
import { reopenReturn } from './returns/returned-money.ts';
import { askedAdjustments } from './stock-work/adjust-rows.ts';
import { settleIssue } from './tenders/change-gift-card.ts';
import { fund } from './tenders/issue-gift-card.ts';
import { giveCredit, needsOf, requestedCredit } from './tenders/issue-store-credit.ts';
import { begin, lockWorld, type Needs, orderOf, settleOrder, tell, type World, writeWorld } from './world.ts';

/** The second person's word: what was asked for is done, or given up, in the transaction that records who said so. */
export interface DecidedApproval {
  readonly id: string;
  readonly status: string;
}

export interface Deciding extends World, Reversals {
  readonly approvals: approvals.ApprovalsState;
  readonly reconciliation: reconciliation.ReconciliationState;
  readonly rails: rails.RailsState;
  /** Those that money in suspense would be given to. */
  readonly wallets: wallet.WalletsState;
}

async function lock(tx: Tx, requests: readonly Request<DecideApprovalInput>[]): Promise<Deciding> {
  const ids = requests.map((request) => request.input.approvalId);
  // Wallets come before approvals; what an approval is about never changes.
  const given = requestedAssignments(await approvals.read(tx, ids));
  const wallets =
    given.length > 0
      ? await wallet.lock(
          tx,
          given.map(({ walletId }) => walletId),
        )
      : NO_WALLETS;
  const locked = await approvals.lock(tx, ids);
  return lockSubjects(tx, locked, wallets, (requests[0] as Request<DecideApprovalInput>).ctx);
}

/** Where nobody is given anything: who only forgets an approval touches no wallet. */
export const NO_WALLETS: wallet.WalletsState = { byId: new Map(), tiers: [], fresh: new Set(), dirty: new Set(), transfers: [] };

/** Locks the orders, the stock and the ledger accounts that the approvals are about. */
export async function lockSubjects(
  tx: Tx,
  locked: approvals.ApprovalsState,
  wallets: wallet.WalletsState,
  ctx: Ctx,
): Promise<Deciding> {
  const adjustments = [...locked.byId.values()].flatMap(askedAdjustments);
  const differences = await reconciliation.lock(
    tx,
    [...locked.byId.values()].flatMap(({ action, subjectId }) => (action === 'write-off-difference' ? [subjectId] : [])),
  );
  const payouts = await lockOnTheWay(tx, locked);
  const waiting = [...payouts.payouts.byId.values()];
  const accounts = [...[...differences.items.values()].flatMap(writeOffAccounts), ...waiting.flatMap(payoutAccounts)];
  const holds = waiting.map(({ holdId }) => holdId);
  const orderIds = [...locked.byId.values()]
    .filter((approval) => approval.subject === 'order')
    .map((approval) => approval.subjectId);
  const { places } = adjustments.length > 0 ? await placesThatExist(tx, adjustments) : { places: [] };
  const stock = places.length > 0 ? { supply: true, stock: true, skus: places, createStock: places } : {};
  const issues = issuesOf(locked);
  const accountIds = correctedAccounts(locked.byId.values());
  const needs = {
    orderIds,
    ledger: true,
    accountIds,
    ...stock,
    ...issues,
    accounts: [...accounts, ...issues.accounts, ...assignmentAccounts(wallets)],
    holds,
  };
  const world = await lockWorld(tx, needs, ctx);
  const reversals = await readReversals(tx, locked.byId.values());
  return { ...world, ...reversals, approvals: locked, reconciliation: differences, rails: payouts, wallets };
}

/** The gift cards and store credits that wait for somebody's word. */
function issuesOf(
  locked: approvals.ApprovalsState,
): Pick<Needs, 'giftCards' | 'storeCredits'> & { readonly accounts: AccountRef[] } {
  const waiting = [...locked.byId.values()];
  const cards = waiting.filter((approval) => approval.action === 'issue-gift-card');
  const credits = waiting.filter((approval) => approval.action === 'issue-store-credit');
  const credited = needsOf(credits.map((approval) => requestedCredit(approval.payload)));
  const accounts = cards.flatMap(({ merchantId, subjectId, currency }) => [
    chart.giftCard(merchantId as string, subjectId, currency as string),
    chart.giftCardFunding(merchantId as string, currency as string),
  ]);
  return {
    accounts: [...accounts, ...credited.accounts],
    giftCards: cards.map((approval) => approval.subjectId),
    storeCredits: credited.storeCredits,
  };
}

function decide(world: Deciding, { input, ctx }: Request<DecideApprovalInput>): DecidedApproval {
  const approval = world.approvals.byId.get(input.approvalId);
  if (!approval) throw new DomainError('not_found', 'There is no such request.');
  checkDecision(approval, ctx.actor, ctx.now);
  const approved = input.decision === 'approve';
  // Planned first: stock that has gone meanwhile refuses the decision, and the request stays for somebody to reject.
  const adjustments = approved ? askedAdjustments(approval).map((asked) => ({ asked, move: planOf(world, asked) })) : [];
  if (approval.action === 'cancel-order' && approved) demandWaiting(world, approval);
  const correction = approved ? planApproved(world, approval, ctx.now) : null;
  const writeOff = approval.action === 'write-off-difference' && approved ? planWriteOff(world, approval, ctx.now) : null;
  const given = approved ? planAssignment(world, approval) : null;
  approvals.decide(world.approvals, approval, input.decision, input.reason ?? null, ctx);
  world.applied++;
  if (approval.action === 'refund-order') settleRefund(world, approval, approved, ctx);
  if (approval.action === 'cancel-order') settleCancel(world, approval, approved, ctx);
  if (approval.action === 'write-off-difference') settleWriteOff(world, approval, writeOff, ctx);
  if (approval.action === 'pay-merchant') decidePayout(world, approval.subjectId, approved, input.reason ?? null, ctx);
  if (!approved) forgetAssignment(world, approval);
  given?.(ctx);
  for (const { asked, move } of adjustments) applyAdjustment(world, asked, move, ctx, approval.id);
  if (correction) applyApproved(world, approval, correction, ctx);
  settleIssued(world, approval, approved, ctx);
  const { id, merchantId, version } = approval;
  emit(
    world.outbox,
    {
      aggregate: 'approval',
      aggregateId: id,
      aggregateVersion: version,
      merchantId,
      type: 'approval.decided',
      data: { decision: input.decision, subjectId: approval.subjectId },
    },
    ctx,
  );
  audit(
    world.outbox,
    {
      action: `approval.${approval.status}`,
      entity: 'approval',
      entityId: id,
      merchantId,
      before: { status: 'pending' },
      after: { status: approval.status, subject: approval.subjectId },
      reason: input.reason ?? null,
    },
    ctx,
  );
  return { id, status: approval.status };
}

/** Puts what was asked for on the card or the credit; a card that nobody wants was never worth anything. */
export function settleIssued(world: World, approval: Approval, approved: boolean, ctx: Ctx): void {
  if (approval.action === 'issue-gift-card')
    settleIssue(world, approval.subjectId, approved, ctx, (card) => fund(world, card, ctx));
  if (approval.action === 'issue-store-credit' && approved)
    giveCredit(world, { ...requestedCredit(approval.payload), home: world.home }, approval.id, ctx);
}

/** Sends the refund on its way, or frees its units. */
export function settleRefund(world: World, approval: Approval, approved: boolean, ctx: Ctx): void {
  const order = orderOf(world, approval.subjectId);
  const refund = refunds.ofOrder(world.refunds, order.row.id).find((candidate) => candidate.approvalId === approval.id);
  if (!refund) throw new Error(`Approval ${approval.id} has no refund`);
  refund.status = approved ? 'pending' : 'rejected';
  if (!approved) refund.settledAt = ctx.now;
  refunds.changed(world.refunds, refund);
  if (approved) begin(world, refundSaga, order, { state: { refundId: refund.id } }, ctx);
  else {
    freeUnits(order, refund.id);
    reopenReturn(world, order, refund.id, ctx);
  }
  settleOrder(world, order, null, ctx);
  tell(
    world,
    order,
    approved ? 'refund.approved' : 'refund.rejected',
    { refundId: refund.id, approvalId: approval.id, amountMinor: refund.amountMinor },
    ctx,
  );
}

/** The merchants' payouts and the money in suspense that wait for somebody's word. */
function lockOnTheWay(tx: Tx, { byId }: approvals.ApprovalsState): Promise<rails.RailsState> {
  const payouts = [...byId.values()].flatMap(({ action, subjectId }) => (action === 'pay-merchant' ? [subjectId] : []));
  return rails.lock(tx, { payouts, payIns: requestedAssignments(byId.values()).map(({ bankRef }) => bankRef) });
}

const payoutAccounts = ({ merchantId, currency }: Payout) => [
  chart.merchantPayable(merchantId as string, currency),
  chart.bankClearing(currency),
];

/** Writes who said what, and what came of it. */
export async function writeDecided(tx: Tx, world: Deciding): Promise<void> {
  await approvals.write(tx, world.approvals);
  await reconciliation.write(tx, world.reconciliation);
  await wallet.write(tx, world.wallets);
  await rails.write(tx, world.rails);
  await writeWorld(tx, world);
}

export const decideApproval: Verb<DecideApprovalInput, Deciding, DecidedApproval> = {
  name: 'decide-approval',
  lock,
  decide,
  async write(tx, world) {
    await writeDecided(tx, world);
  },
};
