import * as approvals from '../../domains/approvals/service.ts';
import * as catalog from '../../domains/catalog/service.ts';
import { planTransfers } from '../../domains/ledger/rules.ts';
import { chart, type TransferSpec } from '../../domains/ledger/schema.ts';
import * as ledger from '../../domains/ledger/service.ts';
import { type IssueStoreCreditInput, issueStoreCreditInput } from '../../domains/store-credit/schema.ts';
import * as storeCredit from '../../domains/store-credit/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { newId } from '../../kernel/ids.ts';
import { toMajor } from '../../kernel/money.ts';
import type { Tx } from '../../platform/db.ts';
import { audit, emit } from '../../platform/outbox.ts';
import type { Request, Verb } from '../../platform/verb.ts';
import { lockWorld, type World, writeWorld } from '../world.ts';
import { type Issuing, tellApproval } from './issue-gift-card.ts';
import { checkIssue } from './issue-limits.ts';

/** Gives a customer credit with one merchant, at the merchant's expense. Above the policy's amount a second person agrees first. */
export interface IssuedStoreCredit {
  readonly id: string;
  readonly status: 'issued' | 'awaiting_approval';
  /** What the customer has with the merchant now, holds included. */
  readonly balanceMinor: number;
  readonly approvalId: string | null;
}

type Owner = Pick<IssueStoreCreditInput, 'merchantId' | 'customerId' | 'currency'>;

/** The account of a customer's credit. */
export const creditAccount = ({ merchantId, customerId, currency }: Owner) => chart.storeCredit(merchantId, customerId, currency);
/** The row's id, which is the account's. */
export const storeCreditId = (owner: Owner): string => ledger.accountId(creditAccount(owner).code);

async function lock(tx: Tx, requests: readonly Request<IssueStoreCreditInput>[]): Promise<Issuing> {
  const inputs = requests.map(({ input }) => input);
  const { merchants } = await catalog.load(
    tx,
    inputs.map((input) => input.merchantId),
    [],
  );
  const policies = await approvals.lock(tx, []);
  const known = inputs.filter((input) => merchants.get(input.merchantId)?.currency === input.currency);
  const world = await lockWorld(tx, { orderIds: [], ...needsOf(known) }, (requests[0] as Request<IssueStoreCreditInput>).ctx);
  return { ...world, approvals: policies, merchants };
}

/** What issuing locks. */
export const needsOf = (owners: readonly Owner[]) => ({
  accounts: owners.flatMap((owner) => [creditAccount(owner), chart.goodwill(owner.merchantId, owner.currency)]),
  storeCredits: owners.map(storeCreditId),
});

function decide(world: Issuing, { input, ctx }: Request<IssueStoreCreditInput>): IssuedStoreCredit {
  const merchant = checkIssue(world.merchants.get(input.merchantId), input);
  const { merchantId, currency, amountMinor, customerId } = input;
  const id = storeCreditId(input);
  if (approvals.isNeeded(world.approvals, 'issue-store-credit', currency, amountMinor)) {
    const approval = approvals.request(
      world.approvals,
      {
        merchantId,
        action: 'issue-store-credit',
        subject: 'customer',
        subjectId: customerId,
        amountMinor,
        currency,
        payload: { ...input, amountMinor: Number(amountMinor) },
        summary: `Store credit: ${toMajor({ amountMinor, currency })} ${currency} (${input.reason})`,
      },
      ctx,
    );
    world.applied++;
    tellApproval(world, approval, { customerId, amountMinor, currency }, ctx);
    return { id, status: 'awaiting_approval', balanceMinor: Number(balanceOf(world, input)), approvalId: approval.id };
  }
  planTransfers(world.ledger, [givingOf(input)]);
  world.applied++;
  giveCredit(world, { ...input, home: merchant.home }, null, ctx);
  return { id, status: 'issued', balanceMinor: Number(balanceOf(world, input)), approvalId: null };
}

function balanceOf(world: World, owner: Owner): bigint {
  const account = world.ledger.accounts.get(creditAccount(owner).code);
  return account ? account.creditsPosted - account.debitsPosted : 0n;
}

function givingOf(input: IssueStoreCreditInput): TransferSpec {
  const { merchantId, currency, amountMinor, reason: reference } = input;
  const debit = chart.goodwill(merchantId, currency).code;
  const names = { orderId: null, paymentId: null, reference };
  const credit = creditAccount(input).code;
  return { ...names, id: newId(), kind: 'store_credit_issue', phase: 'single', debit, credit, amountMinor, currency };
}

/** Posts the credit on a locked account and says so. `approvalId` names who else agreed. */
export function giveCredit(
  world: World,
  input: IssueStoreCreditInput & { readonly home: string },
  approvalId: string | null,
  ctx: Ctx,
): void {
  const { merchantId, customerId, currency, amountMinor, home, reason, note } = input;
  ledger.post(world.ledger, planTransfers(world.ledger, [givingOf(input)]), ctx);
  const credit = storeCredit.ensure(world.storeCredit, { id: storeCreditId(input), home, merchantId, customerId, currency }, ctx);
  storeCredit.change(world.storeCredit, credit, {}, ctx);
  const about = { aggregate: 'store_credit', aggregateId: credit.id, aggregateVersion: credit.version, merchantId } as const;
  emit(world.outbox, { ...about, type: 'store_credit.issued', data: { customerId, amountMinor, currency, reason } }, ctx);
  audit(
    world.outbox,
    {
      action: 'store_credit.issued',
      entity: 'store_credit',
      entityId: credit.id,
      merchantId,
      after: { customerId, amountMinor, currency, approvalId },
      reason: note ? `${reason}: ${note}` : reason,
    },
    ctx,
  );
}

/** A refund became credit, which its saga has posted on the locked account: the customer's first is made, and it is said. */
export function receiveCredit(
  world: World,
  order: { readonly id: string; readonly merchantId: string; readonly customerId: string | null; readonly currency: string },
  amountMinor: bigint,
  ctx: Ctx,
): void {
  const { merchantId, customerId, currency, id: orderId } = order;
  if (customerId === null) throw new Error('Nobody has credit without being a customer');
  const owner = { merchantId, customerId, currency };
  const credit = storeCredit.ensure(world.storeCredit, { ...owner, id: storeCreditId(owner), home: world.home }, ctx);
  storeCredit.change(world.storeCredit, credit, {}, ctx);
  const about = { aggregate: 'store_credit', aggregateId: credit.id, aggregateVersion: credit.version, merchantId } as const;
  emit(
    world.outbox,
    { ...about, type: 'store_credit.issued', data: { customerId, amountMinor, currency, reason: 'refund', orderId } },
    ctx,
  );
}

/** What was asked for when a credit was requested. */
export const requestedCredit = (payload: unknown): IssueStoreCreditInput => issueStoreCreditInput.parse(payload);

export const issueStoreCredit: Verb<IssueStoreCreditInput, Issuing, IssuedStoreCredit> = {
  name: 'issue-store-credit',
  lock,
  decide,
  async write(tx, world) {
    await approvals.write(tx, world.approvals);
    await writeWorld(tx, world);
  },
};
