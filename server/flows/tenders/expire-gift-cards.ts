import type pg from 'pg';
import { isOver } from '../../domains/gift-cards/rules.ts';
import * as giftCards from '../../domains/gift-cards/service.ts';
import { planTransfers } from '../../domains/ledger/rules.ts';
import * as ledger from '../../domains/ledger/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { withTx } from '../../platform/db.ts';
import { forgetLocks } from '../../platform/locks.ts';
import { audit } from '../../platform/outbox.ts';
import { lockWorld, writeWorld } from '../world.ts';
import { accountsOfCard, emptying, leftOn } from './change-gift-card.ts';
import { tellCard } from './issue-gift-card.ts';

/** One sweep ends this many at most; the next one takes the rest. */
const BATCH = 200;

/**
 * Ends gift cards whose time is over: what nobody redeemed is the merchant's breakage. What an order holds of a card stays with the order;
 * should it come back, the card is opened again for it. Returns how many ended.
 */
export async function expireGiftCards(pool: pg.Pool, ctx: Ctx): Promise<number> {
  const found = await giftCards.over(pool, ctx.now, BATCH);
  if (found.length === 0) return 0;
  return withTx(pool, async (tx) => {
    forgetLocks(tx);
    const ids = found.map((card) => card.id);
    const world = await lockWorld(
      tx,
      { orderIds: [], accounts: found.flatMap((card) => accountsOfCard(card, 'expiry')), giftCards: ids },
      ctx,
    );
    // Looked at again under the lock: a card may have been spent, made void or given more time meanwhile.
    const over = [...world.giftCards.byId.values()].filter(
      (card) => (card.status === 'active' || card.status === 'frozen') && isOver(card, ctx.now),
    );
    for (const card of over) {
      const left = leftOn(world, card);
      if (left > 0n) ledger.post(world.ledger, planTransfers(world.ledger, [emptying(card, left, 'gift_card_expiry')]), ctx);
      const before = card.status;
      giftCards.change(world.giftCards, card, { status: 'expired' }, ctx);
      tellCard(world, card, 'gift_card.expired', { leftMinor: left }, ctx);
      const { id: entityId, merchantId } = card;
      const after = { status: 'expired', breakageMinor: left };
      audit(
        world.outbox,
        { action: 'gift_card.expired', entity: 'gift_card', entityId, merchantId, before: { status: before }, after },
        ctx,
      );
    }
    await writeWorld(tx, world);
    return over.length;
  });
}
