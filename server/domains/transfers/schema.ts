import { z } from 'zod';
import { text } from '../../kernel/inputs.ts';

/** Inputs of what goes from one node to another. */

export const MAX_TRANSFER_LINES = 500;
const units = z.int().min(0).max(10_000_000);

export const createTransferInput = z.object({
  merchantId: z.uuid(),
  fromNodeId: z.uuid(),
  toNodeId: z.uuid(),
  note: text(500).optional(),
  lines: z
    .array(z.object({ skuId: z.uuid(), quantity: units.min(1) }))
    .min(1)
    .max(MAX_TRANSFER_LINES),
});
export type CreateTransferInput = z.infer<typeof createTransferInput>;

export const sendTransferInput = z.object({
  transferId: z.uuid(),
  /** What leaves, by line; everything that was asked for where absent. */
  lines: z
    .array(z.object({ lineId: z.uuid(), sent: units }))
    .max(MAX_TRANSFER_LINES)
    .optional(),
});
export type SendTransferInput = z.infer<typeof sendTransferInput>;

export const receiveTransferInput = z.object({
  transferId: z.uuid(),
  /** What arrived now, by line. */
  lines: z
    .array(z.object({ lineId: z.uuid(), received: units }))
    .min(1)
    .max(MAX_TRANSFER_LINES),
  /** Nothing more is coming: what is still in transit is lost. */
  finish: z.boolean().optional(),
  /** Why more or less arrived than was sent. */
  reason: text(500).optional(),
});
export type ReceiveTransferInput = z.infer<typeof receiveTransferInput>;

export const cancelTransferInput = z.object({ transferId: z.uuid(), reason: text(500).optional() });
export type CancelTransferInput = z.infer<typeof cancelTransferInput>;
