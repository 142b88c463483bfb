import { MAX_CODE_TYPED } from '../domains/gift-cards/schema.ts';
import { hashOfCode } from '../flows/tenders/gift-card-code.ts';
import { DomainError } from '../kernel/errors.ts';
import { LIMITS } from '../platform/auth/limits.ts';
import { findSpendableCard, type GiftCardBalance } from '../views/gift-cards.ts';
import type { ApiContext } from './context.ts';

const UNKNOWN = 'This gift card code is not known here, or nothing can be paid with it any more. Check the code.';

/**
 * Counts a code that is tried at a merchant by way of an order: programs that spend cards all day are let through, guesses are not. Throws
 * `too_many_requests`.
 */
export function countGuess(ctx: ApiContext, merchantId: string): void {
  ctx.app.limits.take(LIMITS.giftCardByMerchant, merchantId);
}

/**
 * The card of a code that somebody typed. Guesses are counted by address and by merchant before anything is looked up; whatever cannot be
 * spent is answered alike. Throws `not_found`, `too_many_requests`.
 */
export async function lookUpCard(ctx: ApiContext, merchantId: string, typed: string): Promise<GiftCardBalance> {
  const { limits, settings } = ctx.app;
  const from = ctx.ip ?? 'unknown';
  limits.take(LIMITS.giftCardByIp, `${merchantId}:${from}`);
  limits.take(LIMITS.giftCardByMerchant, merchantId);
  const hash = typed.length <= MAX_CODE_TYPED ? hashOfCode(typed, settings.dataKey) : null;
  const found = await findSpendableCard(ctx.pool, merchantId, hash, ctx.ctx().now);
  if (!found) throw new DomainError('not_found', UNKNOWN, { field: 'code' });
  // Whoever has a card is not guessing.
  limits.clear(LIMITS.giftCardByIp, `${merchantId}:${from}`);
  return found;
}
