import { z } from 'zod';
import { text } from '../../kernel/inputs.ts';

export const ADJUSTMENT_REASONS = ['received', 'counted', 'damaged', 'lost', 'found', 'returned', 'correction'] as const;
export type AdjustmentReason = (typeof ADJUSTMENT_REASONS)[number];

const where = {
  merchantId: z.uuid(),
  skuId: z.uuid(),
  nodeId: z.uuid(),
  reason: z.enum(ADJUSTMENT_REASONS),
  note: text(500).optional(),
};

/** Changes what is on hand: by a difference, or to what was counted (then `expected` is what the counter saw before). */
export const adjustStockInput = z.union([
  z.object({ ...where, delta: z.int().min(-10_000_000).max(10_000_000) }),
  z.object({ ...where, counted: z.int().min(0).max(10_000_000), expected: z.int().min(0) }),
]);
export type AdjustStockInput = z.infer<typeof adjustStockInput>;
