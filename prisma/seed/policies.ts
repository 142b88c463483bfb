import { DEFAULTS } from '../../server/domains/policies/rules.ts';
import type { Shop } from './shops.ts';
import { contextOf, type Stage } from './stories.ts';

const HOUR_MS = 3_600_000;
const ANNOUNCED_DAYS = 30;

/** How a merchant does business: a policy in force with half an hour to think better of it, and a fee that is announced for next month. */
export async function sayPolicies(stage: Stage, shop: Shop): Promise<void> {
  const ctx = contextOf(stage, shop.actor, new Date(stage.base.getTime() - 260 * HOUR_MS));
  const { save } = stage.flows.policies;
  const now = { merchantId: shop.id, seenVersion: 0 } as const;
  const free = { ...DEFAULTS.cancellation, remorseMinutes: 30 };
  await save({ ...now, kind: 'cancellation', terms: free }, ctx, 'seed:policy:cancellation');
  const charged = { ...free, feeMinor: { EUR: 250 } };
  const effectiveFrom = new Date(stage.base.getTime() + ANNOUNCED_DAYS * 24 * HOUR_MS);
  const later = { merchantId: shop.id, seenVersion: 1, kind: 'cancellation', terms: charged, effectiveFrom } as const;
  await save(later, ctx, 'seed:policy:cancellation:fee');
  await save({ ...now, kind: 'refund', terms: { ...DEFAULTS.refund, aloneDays: 90 } }, ctx, 'seed:policy:refund');
}
