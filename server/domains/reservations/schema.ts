import { z } from 'zod';
import { text } from '../../kernel/inputs.ts';
import { SALES_CHANNELS } from '../../kernel/vocabulary.ts';

/**
 * How long a cart may hold units. Long enough to pay, short enough that what is abandoned is sold to somebody else; whoever extends again
 * and again has a day.
 */
export const RESERVATION_SECONDS = { least: 5, usual: 10 * 60, most: 60 * 60 } as const;
export const LONGEST_RESERVATION_MS = 24 * 3_600_000;

/** More than a cart has; every line is a row that is locked. */
export const MAX_RESERVATION_LINES = 200;

const ttlSeconds = z.int().min(RESERVATION_SECONDS.least).max(RESERVATION_SECONDS.most);

export const reserveStockInput = z.object({
  merchantId: z.uuid(),
  channel: z.enum(SALES_CHANNELS),
  lines: z
    .array(z.object({ sku: text(100), quantity: z.int().min(1).max(1_000_000) }))
    .min(1)
    .max(MAX_RESERVATION_LINES),
  ttlSeconds: ttlSeconds.optional(),
  /** The merchant's own name for the cart. */
  reference: text(100).optional(),
  /** Refuses unless there is everything, or takes what there is. */
  accept: z.enum(['all', 'available']).optional(),
});
export type ReserveStockInput = z.infer<typeof reserveStockInput>;

export const extendReservationInput = z.object({ reservationId: z.uuid(), ttlSeconds: ttlSeconds.optional() });
export type ExtendReservationInput = z.infer<typeof extendReservationInput>;

export const releaseReservationInput = z.object({ reservationId: z.uuid() });
export type ReleaseReservationInput = z.infer<typeof releaseReservationInput>;
