import { z } from 'zod';
import { text } from '../../kernel/inputs.ts';

/** Inputs of what is counted. */

export const MAX_COUNT_LINES = 1_000;
const limit = z.int().min(1).max(MAX_COUNT_LINES);

/** Which goods of the node: those of some bins, some SKUs, those nobody counted for longest, those worth most, some at random, or all. */
export const COUNT_CHOICES = ['bins', 'skus', 'oldest', 'worth', 'random', 'all'] as const;
export const countChoice = z.discriminatedUnion('by', [
  z.object({ by: z.literal('bins'), bins: z.array(text(60)).min(1).max(200) }),
  z.object({ by: z.literal('skus'), skuIds: z.array(z.uuid()).min(1).max(MAX_COUNT_LINES) }),
  z.object({ by: z.literal('oldest'), limit }),
  z.object({ by: z.literal('worth'), limit }),
  z.object({ by: z.literal('random'), limit }),
  z.object({ by: z.literal('all') }),
]);
export type CountChoice = z.infer<typeof countChoice>;

export const createCountInput = z.object({
  merchantId: z.uuid(),
  nodeId: z.uuid(),
  /** Whoever counts is not told what the record says. */
  blind: z.boolean(),
  choice: countChoice,
  note: text(500).optional(),
});
export type CreateCountInput = z.infer<typeof createCountInput>;

export const recordCountInput = z.object({
  countId: z.uuid(),
  lines: z
    .array(
      z.object({
        lineId: z.uuid(),
        counted: z.int().min(0).max(10_000_000),
        /** The version of the record when somebody began to count this line; units that moved since make the count void. */
        seenVersion: z.int().min(0).optional(),
      }),
    )
    .min(1)
    .max(MAX_COUNT_LINES),
});
export type RecordCountInput = z.infer<typeof recordCountInput>;

export const endCountInput = z.object({
  countId: z.uuid(),
  outcome: z.enum(['finish', 'cancel']),
  /** Finish although some lines were not counted: they stay as they are. */
  leaveUncounted: z.boolean().optional(),
  reason: text(500).optional(),
});
export type EndCountInput = z.infer<typeof endCountInput>;
