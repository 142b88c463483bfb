import { z } from 'zod';
import { text } from '../../kernel/inputs.ts';
import { SALES_CHANNELS } from '../../kernel/vocabulary.ts';

export const ADJUSTMENT_REASONS = ['received', 'counted', 'damaged', 'lost', 'found', 'returned', 'correction'] as const;
export type AdjustmentReason = (typeof ADJUSTMENT_REASONS)[number];

const where = {
  merchantId: z.uuid(),
  skuId: z.uuid(),
  nodeId: z.uuid(),
  reason: z.enum(ADJUSTMENT_REASONS),
  note: text(500).optional(),
  /** Which lot, of goods that are tracked by lot; where absent, what expires first leaves and what comes has no name. */
  lot: z.object({ code: text(60), expiresOn: z.iso.date().nullish() }).optional(),
};

/** Changes what is on hand: by a difference, or to what was counted (then `expected` is what the counter saw before). */
export const adjustStockInput = z.union([
  z.object({ ...where, delta: z.int().min(-10_000_000).max(10_000_000) }),
  z.object({ ...where, counted: z.int().min(0).max(10_000_000), expected: z.int().min(0) }),
]);
export type AdjustStockInput = z.infer<typeof adjustStockInput>;

const MOST_UNITS = 10_000_000;

/** The units that a node keeps back: they are sold to nobody, and allocated only where nothing else is left. */
export const setSafetyInput = z.object({
  merchantId: z.uuid(),
  skuId: z.uuid(),
  nodeId: z.uuid(),
  safety: z.int().min(0).max(MOST_UNITS),
});
export type SetSafetyInput = z.infer<typeof setSafetyInput>;

/** What a channel may be promised of a SKU. */
export const setChannelInput = z.object({
  merchantId: z.uuid(),
  skuId: z.uuid(),
  channel: z.enum(SALES_CHANNELS),
  /** Units that are kept away from it. */
  buffer: z.int().min(0).max(MOST_UNITS),
  /** Units that it may be promised at once; null is no limit. */
  cap: z.int().min(0).max(MOST_UNITS).nullable(),
});
export type SetChannelInput = z.infer<typeof setChannelInput>;

export const MAX_ADJUSTED_ROWS = 1_000;

const row = { skuId: z.uuid(), nodeId: z.uuid(), reason: z.enum(ADJUSTMENT_REASONS), note: text(500).optional() };

/** Many adjustments as one: all of them, or those that can be applied. */
export const adjustRowsInput = z.object({
  merchantId: z.uuid(),
  mode: z.enum(['all', 'accepted']),
  note: text(200).optional(),
  rows: z
    .array(
      z.union([
        z.object({ ...row, delta: z.int().min(-10_000_000).max(10_000_000) }),
        z.object({ ...row, counted: z.int().min(0).max(10_000_000), expected: z.int().min(0) }),
      ]),
    )
    .min(1)
    .max(MAX_ADJUSTED_ROWS),
});
export type AdjustRowsInput = z.infer<typeof adjustRowsInput>;
