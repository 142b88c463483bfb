import { DEFAULTS } from '../../server/domains/policies/rules.ts';
import type { Shop } from './shops.ts';
import { contextOf, type Stage } from './stories.ts';

const HOUR_MS = 3_600_000;
const ANNOUNCED_DAYS = 30;

/** How a merchant does business: half an hour to think better of an order, and a second person who is announced for next month. */
export async function sayPolicies(stage: Stage, shop: Shop): Promise<void> {
  const ctx = contextOf(stage, shop.actor, new Date(stage.base.getTime() - 260 * HOUR_MS));
  const { save } = stage.flows.policies;
  const now = { merchantId: shop.id, seenVersion: 0 } as const;
  const free = { ...DEFAULTS.cancellation, remorseMinutes: 30 };
  await save({ ...now, kind: 'cancellation', terms: free }, ctx, 'seed:policy:cancellation');
  const effectiveFrom = new Date(stage.base.getTime() + ANNOUNCED_DAYS * 24 * HOUR_MS);
  const stricter = { ...DEFAULTS.approval, refundsMinor: { EUR: 25_000 } };
  await save({ ...now, kind: 'approval', terms: stricter, effectiveFrom }, ctx, 'seed:policy:approval');
  await save({ ...now, kind: 'refund', terms: { ...DEFAULTS.refund, aloneDays: 90 } }, ctx, 'seed:policy:refund');
}
