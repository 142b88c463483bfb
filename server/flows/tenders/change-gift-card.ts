import { type GiftCard, statusAfter } from '../../domains/gift-cards/rules.ts';
import type { ChangeGiftCardInput } from '../../domains/gift-cards/schema.ts';
import * as giftCards from '../../domains/gift-cards/service.ts';
import { availableMinor, planTransfers } from '../../domains/ledger/rules.ts';
import { type AccountRef, chart, type TransferSpec } from '../../domains/ledger/schema.ts';
import * as ledger from '../../domains/ledger/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { newId } from '../../kernel/ids.ts';
import type { Tx } from '../../platform/db.ts';
import { audit } from '../../platform/outbox.ts';
import type { Request, Verb } from '../../platform/verb.ts';
import { lockWorld, type World, writeWorld } from '../world.ts';
import { tellCard } from './issue-gift-card.ts';

/**
 * Freezes a gift card, lets it be used again, or makes it void: then the merchant owes what is left on it no more. What orders hold of it
 * stays theirs.
 */
export interface ChangedGiftCard {
  readonly id: string;
  readonly status: string;
  readonly version: number;
  /** What was taken off a card that was made void. */
  readonly takenMinor: number;
}

/** A card's account, and the one that what is left on it goes to when it ends. */
export function accountsOfCard(card: GiftCard, end?: 'void' | 'expiry'): AccountRef[] {
  const { merchantId, currency, id } = card;
  const own = chart.giftCard(merchantId, id, currency);
  if (end === undefined) return [own];
  return [own, end === 'void' ? chart.giftCardFunding(merchantId, currency) : chart.breakage(merchantId, currency)];
}

async function lock(tx: Tx, requests: readonly Request<ChangeGiftCardInput>[]): Promise<World> {
  const ids = requests.map(({ input }) => input.giftCardId);
  // What names its accounts never changes; its status is read again once they are locked.
  const known = await giftCards.read(tx, ids);
  const accounts = requests.flatMap(({ input }) => {
    const card = known.get(input.giftCardId);
    return card ? accountsOfCard(card, input.action === 'void' ? 'void' : undefined) : [];
  });
  return lockWorld(tx, { orderIds: [], accounts, giftCards: ids }, (requests[0] as Request<ChangeGiftCardInput>).ctx);
}

const SAID = { freeze: 'frozen', unfreeze: 'unfrozen', void: 'voided' } as const;

function decide(world: World, { input, ctx }: Request<ChangeGiftCardInput>): ChangedGiftCard {
  const card = giftCards.cardOf(world.giftCards, input.giftCardId);
  const before = card.status;
  const status = statusAfter(card, input.action);
  const taken = input.action === 'void' ? leftOn(world, card) : 0n;
  const specs = taken > 0n ? planTransfers(world.ledger, [emptying(card, taken, 'gift_card_void')]) : [];
  world.applied++;
  if (specs.length > 0) ledger.post(world.ledger, specs, ctx);
  giftCards.change(world.giftCards, card, { status }, ctx);
  tellCard(world, card, `gift_card.${SAID[input.action]}`, taken > 0n ? { takenMinor: taken } : {}, ctx);
  audit(
    world.outbox,
    {
      action: `gift_card.${SAID[input.action]}`,
      entity: 'gift_card',
      entityId: card.id,
      merchantId: card.merchantId,
      before: { status: before },
      after: { status, takenMinor: taken },
      reason: input.reason,
    },
    ctx,
  );
  return { id: card.id, status, version: Number(card.version), takenMinor: Number(taken) };
}

/** What is on a locked card and not held by an order. */
export function leftOn(world: World, card: GiftCard): bigint {
  const account = world.ledger.accounts.get(chart.giftCard(card.merchantId, card.id, card.currency).code);
  if (!account) throw new Error(`The account of gift card ${card.id} is not locked`);
  return availableMinor(account);
}

/** Takes what is left off a card: back to what it was issued from, or, where its time is over, to the merchant's breakage. */
export function emptying(card: GiftCard, amountMinor: bigint, kind: 'gift_card_void' | 'gift_card_expiry'): TransferSpec {
  const { merchantId, currency, id, last4 } = card;
  const to = kind === 'gift_card_void' ? chart.giftCardFunding(merchantId, currency) : chart.breakage(merchantId, currency);
  const debit = chart.giftCard(merchantId, id, currency).code;
  const names = { orderId: null, paymentId: null, reference: last4 };
  return { ...names, id: newId(), kind, phase: 'single', debit, credit: to.code, amountMinor, currency };
}

/** A second person's word on a card that waits: it is funded, or never was. */
export function settleIssue(world: World, giftCardId: string, approved: boolean, ctx: Ctx, fund: (card: GiftCard) => void): void {
  const card = giftCards.cardOf(world.giftCards, giftCardId);
  giftCards.change(world.giftCards, card, { status: approved ? 'active' : 'void' }, ctx);
  if (approved) fund(card);
  else tellCard(world, card, 'gift_card.rejected', {}, ctx);
}

export const changeGiftCard: Verb<ChangeGiftCardInput, World, ChangedGiftCard> = {
  name: 'change-gift-card',
  lock,
  decide,
  write: writeWorld,
};
