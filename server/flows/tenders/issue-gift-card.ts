import * as approvals from '../../domains/approvals/service.ts';
import * as catalog from '../../domains/catalog/service.ts';
import type { GiftCard } from '../../domains/gift-cards/rules.ts';
import type { IssueGiftCardInput } from '../../domains/gift-cards/schema.ts';
import * as giftCards from '../../domains/gift-cards/service.ts';
import { planTransfers } from '../../domains/ledger/rules.ts';
import { chart, type TransferSpec } from '../../domains/ledger/schema.ts';
import * as ledger from '../../domains/ledger/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { toMajor } from '../../kernel/money.ts';
import type { Tx } from '../../platform/db.ts';
import { audit, emit } from '../../platform/outbox.ts';
import type { Call, Request, Verb } from '../../platform/verb.ts';
import { lockWorld, type World, writeWorld } from '../world.ts';
import { type NewCode, newCode, openCode } from './gift-card-code.ts';
import { checkIssue } from './issue-limits.ts';

/**
 * Issues a gift card: the merchant owes its amount to whoever has the code, from now on or, above the policy's amount, from when a second
 * person has agreed. The code is in this answer and nowhere else.
 */
export interface IssuedGiftCard {
  readonly id: string;
  readonly status: 'active' | 'awaiting_approval';
  readonly last4: string;
  readonly approvalId: string | null;
  readonly sealed: string;
}

export interface IssuedWithCode extends Omit<IssuedGiftCard, 'sealed'> {
  readonly code: string;
}

type Issue = IssueGiftCardInput & { readonly made: NewCode };

export interface Issuing extends World {
  readonly approvals: approvals.ApprovalsState;
  readonly merchants: ReadonlyMap<string, catalog.Merchant>;
}

interface IssuingCards extends Issuing {
  readonly ids: ReadonlyMap<Request<Issue>, string>;
}

async function lock(tx: Tx, requests: readonly Request<Issue>[]): Promise<IssuingCards> {
  const ids = new Map(requests.map((request) => [request, newId()]));
  const inputs = requests.map((request) => request.input);
  const { merchants } = await catalog.load(
    tx,
    inputs.map((input) => input.merchantId),
    [],
  );
  const policies = await approvals.lock(tx, []);
  // What the decision will refuse gets no account.
  const accounts = [...ids].flatMap(([{ input }, id]) =>
    merchants.get(input.merchantId)?.currency === input.currency
      ? [chart.giftCard(input.merchantId, id, input.currency), chart.giftCardFunding(input.merchantId, input.currency)]
      : [],
  );
  const world = await lockWorld(tx, { orderIds: [], accounts }, (requests[0] as Request<Issue>).ctx);
  return { ...world, approvals: policies, merchants, ids };
}

function decide(world: IssuingCards, request: Request<Issue>): IssuedGiftCard {
  const { input, ctx } = request;
  const { merchantId, currency, amountMinor } = input;
  const merchant = checkIssue(world.merchants.get(merchantId), input);
  if (input.expiresAt && input.expiresAt <= ctx.now)
    throw new DomainError('invalid_request', 'This date has passed. Choose a later one, or none.', { field: 'expires_at' });
  const id = world.ids.get(request) as string;
  const waits = approvals.isNeeded(world.approvals, 'issue-gift-card', currency, amountMinor);
  const card: GiftCard = {
    id,
    home: merchant.home,
    merchantId,
    accountId: ledger.accountId(chart.giftCard(merchantId, id, currency).code),
    currency,
    codeHash: input.made.hash,
    last4: input.made.last4,
    initialMinor: amountMinor,
    reason: input.reason,
    note: input.note ?? null,
    customerId: input.customerId ?? null,
    issuedBy: ctx.actor,
    createdAt: ctx.now,
    approvalId: null,
    status: waits ? 'awaiting_approval' : 'active',
    expiresAt: input.expiresAt ?? null,
    updatedAt: ctx.now,
    version: 1n,
  };
  if (waits) card.approvalId = askFor(world, card, ctx);
  else planTransfers(world.ledger, fundingOf(card));
  giftCards.add(world.giftCards, card);
  world.applied++;
  if (waits) tellCard(world, card, 'gift_card.requested', {}, ctx);
  else fund(world, card, ctx);
  return {
    id,
    status: waits ? 'awaiting_approval' : 'active',
    last4: card.last4,
    approvalId: card.approvalId,
    sealed: input.made.sealed,
  };
}

function askFor(world: IssuingCards, card: GiftCard, ctx: Ctx): string {
  const { merchantId, currency, initialMinor: amountMinor, id: giftCardId } = card;
  const approval = approvals.request(
    world.approvals,
    {
      merchantId,
      action: 'issue-gift-card',
      subject: 'gift_card',
      subjectId: giftCardId,
      amountMinor,
      currency,
      payload: { reason: card.reason },
      summary: `Gift card …${card.last4}: ${toMajor({ amountMinor, currency })} ${currency}`,
    },
    ctx,
  );
  tellApproval(world, approval, { giftCardId }, ctx);
  return approval.id;
}

/** Says that a second person is asked. */
export function tellApproval(
  world: World,
  approval: { readonly id: string; readonly merchantId: string | null; readonly action: string },
  about: Readonly<Record<string, unknown>>,
  ctx: Ctx,
): void {
  const { id, merchantId, action } = approval;
  const subject = { aggregate: 'approval', aggregateId: id, aggregateVersion: 1n, merchantId } as const;
  emit(world.outbox, { ...subject, type: 'approval.requested', data: { action, ...about } }, ctx);
}

/** What issuing posts: the merchant owes the card's amount, and has what was paid or given away for it. */
function fundingOf(card: GiftCard): TransferSpec[] {
  const { merchantId, currency, id } = card;
  const debit = chart.giftCardFunding(merchantId, currency).code;
  const credit = chart.giftCard(merchantId, id, currency).code;
  const amountMinor = card.initialMinor;
  const names = { orderId: null, paymentId: null, reference: card.last4 };
  return [{ ...names, id: newId(), kind: 'gift_card_issue', phase: 'single', debit, credit, amountMinor, currency }];
}

/** Puts the amount on a card whose account is locked, and says so. */
export function fund(world: World, card: GiftCard, ctx: Ctx): void {
  ledger.post(world.ledger, planTransfers(world.ledger, fundingOf(card)), ctx);
  tellCard(world, card, 'gift_card.issued', {}, ctx);
  audit(
    world.outbox,
    {
      action: 'gift_card.issued',
      entity: 'gift_card',
      entityId: card.id,
      merchantId: card.merchantId,
      after: {
        last4: card.last4,
        amountMinor: card.initialMinor,
        currency: card.currency,
        expiresAt: card.expiresAt,
        approvalId: card.approvalId,
      },
      reason: card.note ? `${card.reason}: ${card.note}` : card.reason,
    },
    ctx,
  );
}

/** An event of a card: ids, amounts and its last characters, never its code. */
export function tellCard(
  world: World,
  card: GiftCard,
  type: `gift_card.${'requested' | 'issued' | 'rejected' | 'frozen' | 'unfrozen' | 'voided' | 'expired'}`,
  data: Readonly<Record<string, unknown>>,
  ctx: Ctx,
): void {
  const { id, merchantId, version, last4, currency, initialMinor: amountMinor } = card;
  const about = { aggregate: 'gift_card', aggregateId: id, aggregateVersion: version, merchantId } as const;
  emit(world.outbox, { ...about, type, data: { last4, amountMinor, currency, ...data } }, ctx);
}

export const issueGiftCard: Verb<Issue, IssuingCards, IssuedGiftCard> = {
  name: 'issue-gift-card',
  // A repeat draws another code, which is thrown away: it is the same request all the same.
  identity: ({ made: _made, ...asked }) => asked,
  lock,
  decide,
  async write(tx, world) {
    await approvals.write(tx, world.approvals);
    await writeWorld(tx, world);
  },
};

/** The verb with the code in its answer. */
export function issuing(call: Call<Issue, IssuedGiftCard>, dataKey: string): Call<IssueGiftCardInput, IssuedWithCode> {
  return async (input, ctx, key, onReplay) => {
    const { sealed, ...issued } = await call({ ...input, made: newCode(dataKey) }, ctx, key, onReplay);
    return { ...issued, code: openCode(sealed, dataKey) };
  };
}
