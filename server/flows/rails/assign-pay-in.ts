import type { Approval } from '../../domains/approvals/rules.ts';
import * as approvals from '../../domains/approvals/service.ts';
import { planTransfers } from '../../domains/ledger/rules.ts';
import { type AccountRef, chart } from '../../domains/ledger/schema.ts';
import * as ledger from '../../domains/ledger/service.ts';
import type { PayIn } from '../../domains/rails/rules.ts';
import { type AssignPayInInput, assignPayInInput } from '../../domains/rails/schema.ts';
import * as rails from '../../domains/rails/service.ts';
import type { Wallet } from '../../domains/wallet/rules.ts';
import * as wallet from '../../domains/wallet/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { toMajor } from '../../kernel/money.ts';
import type { Tx } from '../../platform/db.ts';
import { audit, emit } from '../../platform/outbox.ts';
import type { Request, Verb } from '../../platform/verb.ts';
import { lockRails, type RailsWorld, writeRails } from './rails-world.ts';
import { creditCounted } from './settle-pay-in.ts';

/**
 * Money in suspense is given to the wallet that it was meant for. Nobody gives a large amount away alone: it stays in suspense until a
 * second person agrees, and then every rule is asked again.
 */
export interface AssignedPayIn {
  readonly bankRef: string;
  readonly walletId: string;
  /** The second person who is asked; null where it is in the wallet. */
  readonly approvalId: string | null;
}

interface Assigning extends RailsWorld {
  readonly approvals: approvals.ApprovalsState;
}

async function lock(tx: Tx, requests: readonly Request<AssignPayInInput>[]): Promise<Assigning> {
  const inputs = requests.map(({ input }) => input);
  const policies = await approvals.lock(tx, []);
  const needs = { walletIds: inputs.map(({ walletId }) => walletId), payIns: inputs.map(({ bankRef }) => bankRef) };
  return { ...(await lockRails(tx, needs, (requests[0] as Request<AssignPayInInput>).ctx)), approvals: policies };
}

function decide(world: Assigning, { input, ctx }: Request<AssignPayInInput>): AssignedPayIn {
  const { bankRef, walletId } = input;
  const owner = wallet.walletOf(world.wallets, walletId);
  const payIn = checkAssignment(world, bankRef, owner, null);
  const asks = approvals.isNeeded(world.approvals, 'assign-pay-in', payIn.currency, payIn.amountMinor);
  if (asks) return { bankRef, walletId, approvalId: askSecond(world, payIn, input, ctx).id };
  give(world, payIn, owner, { by: ctx.actor, note: input.note }, ctx);
  return { bankRef, walletId, approvalId: null };
}

/** The money, if it may be given to this wallet now. `approvalId` is the approval that is being decided. Throws why not. */
function checkAssignment(world: Pick<RailsWorld, 'rails'>, bankRef: string, owner: Wallet, approvalId: string | null): PayIn {
  const payIn = rails.found(world.rails.payIns, bankRef, 'transfer');
  if (payIn.booked !== 'suspense')
    throw new DomainError(
      'state_refuses',
      `This transfer is not in suspense: it is ${payIn.booked === 'wallet' ? 'in a wallet' : payIn.booked}.`,
    );
  if (payIn.approvalId !== approvalId)
    throw new DomainError('state_refuses', 'A second person is asked about this transfer already. Wait for their word.');
  if (owner.currency !== payIn.currency)
    throw new DomainError('currency_mismatch', `This wallet is kept in ${owner.currency}. Nothing is exchanged.`);
  if (owner.status === 'closed') throw new DomainError('account_closed', 'This wallet is closed.');
  return payIn;
}

function askSecond(world: Assigning, payIn: PayIn, input: AssignPayInInput, ctx: Ctx): Approval {
  const { bankRef, amountMinor, currency, written } = payIn;
  const approval = approvals.request(
    world.approvals,
    {
      merchantId: null,
      action: 'assign-pay-in',
      subject: 'wallet',
      subjectId: input.walletId,
      amountMinor,
      currency,
      payload: input,
      summary: `Give ${toMajor({ amountMinor, currency })} ${currency} out of suspense to a wallet: ${written || bankRef}`,
    },
    ctx,
  );
  rails.change(world.rails.payIns, bankRef, { approvalId: approval.id });
  world.applied++;
  const about = { aggregate: 'approval', aggregateId: approval.id, aggregateVersion: 1n, merchantId: null } as const;
  const data = { action: approval.action, bankRef, amountMinor, currency };
  emit(world.outbox, { ...about, type: 'approval.requested', data }, ctx);
  const after = { approvalId: approval.id, walletId: input.walletId };
  audit(world.outbox, { action: 'pay_in.assignment_asked', entity: 'pay_in', entityId: bankRef, after, reason: input.note }, ctx);
  return approval;
}

function give(
  world: RailsWorld,
  payIn: PayIn,
  owner: Wallet,
  { by, note }: { readonly by: string; readonly note: string },
  ctx: Ctx,
): void {
  const { bankRef, amountMinor, currency } = payIn;
  const { customerId } = owner;
  const sides = { debit: chart.suspense(currency).code, credit: chart.wallet(customerId, currency).code };
  const base = { id: newId(), kind: 'top_up', phase: 'single', orderId: null, paymentId: null, reference: bankRef } as const;
  ledger.post(world.ledger, planTransfers(world.ledger, [{ ...base, ...sides, amountMinor, currency }]), ctx);
  creditCounted(world, owner, payIn, null, ctx);
  world.applied++;
  const change = { before: { booked: 'suspense' }, after: { booked: 'wallet', walletId: owner.id, assignedBy: by } };
  audit(world.outbox, { action: 'pay_in.assigned', entity: 'pay_in', entityId: bankRef, ...change, reason: note }, ctx);
  const after = {
    booked: 'wallet',
    customerId,
    assignedBy: by,
    assignedNote: note,
    approvalId: null,
    changedAt: ctx.now,
  } as const;
  rails.change(world.rails.payIns, bankRef, after);
}

export const assignPayIn: Verb<AssignPayInInput, Assigning, AssignedPayIn> = {
  name: 'assign-pay-in',
  lock,
  decide,
  async write(tx, world) {
    await approvals.write(tx, world.approvals);
    await writeRails(tx, world);
  },
};

type Asked = Pick<Approval, 'action' | 'payload'>;

/** What approvals of this kind would give to whom; others give nothing. */
export function requestedAssignments(asked: Iterable<Asked>): AssignPayInInput[] {
  return [...asked].flatMap(({ action, payload }) => (action === 'assign-pay-in' ? [assignPayInInput.parse(payload)] : []));
}

/** The accounts that the locked wallets would be given money on, and where that comes from. */
export function assignmentAccounts({ byId }: wallet.WalletsState): AccountRef[] {
  return [...byId.values()].flatMap(({ customerId, currency }) => [chart.wallet(customerId, currency), chart.suspense(currency)]);
}

/** What the second person's yes would do, asked before anything is changed; null for approvals of other kinds. */
export function planAssignment(world: RailsWorld, approval: Approval): ((ctx: Ctx) => void) | null {
  const [wish] = requestedAssignments([approval]);
  if (!wish) return null;
  const owner = wallet.walletOf(world.wallets, wish.walletId);
  const payIn = checkAssignment(world, wish.bankRef, owner, approval.id);
  return (ctx) => give(world, payIn, owner, { by: approval.requestedBy, note: wish.note }, ctx);
}

/** The second person said no, or nothing: somebody may ask again. */
export function forgetAssignment(world: Pick<RailsWorld, 'rails'>, approval: Approval): void {
  for (const { bankRef } of requestedAssignments([approval]))
    if (world.rails.payIns.byId.get(bankRef)?.approvalId === approval.id)
      rails.change(world.rails.payIns, bankRef, { approvalId: null });
}
