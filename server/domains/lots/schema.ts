import { z } from 'zod';

/** Keeps a SKU's units by lot from now on. */
export const trackLotsInput = z.object({ skuId: z.uuid() });
export type TrackLotsInput = z.infer<typeof trackLotsInput>;
