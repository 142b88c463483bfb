import { z } from 'zod';

/** Inputs of when goods are to be ordered again. */

export const MAX_REORDER_UNITS = 10_000_000;
export const MAX_REORDER_ROWS = 1_000;

const rule = z.object({
  /** Ordered again once no more units than these are left. */
  point: z.int().min(0).max(MAX_REORDER_UNITS),
  /** How many at a time. */
  quantity: z.int().min(1).max(MAX_REORDER_UNITS),
});

export const setReorderPointsInput = z.object({
  merchantId: z.uuid(),
  rows: z
    .array(
      z.object({
        skuId: z.uuid(),
        /** At this node; over all nodes where null. */
        nodeId: z.uuid().nullable(),
        /** Null takes the rule away. */
        rule: rule.nullable(),
      }),
    )
    .min(1)
    .max(MAX_REORDER_ROWS),
});
export type SetReorderPointsInput = z.infer<typeof setReorderPointsInput>;
