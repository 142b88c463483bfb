import { z } from 'zod';

export const closeManifestInput = z.object({
  nodeId: z.uuid(),
  carrier: z.string().min(1).max(50).default('parcel'),
  /** Only these parcels: boxes, or shipments that are one; every labelled one that waits where absent. */
  parcels: z.array(z.uuid()).min(1).max(500).optional(),
});
export type CloseManifestInput = z.infer<typeof closeManifestInput>;

export const handOverInput = z.object({
  manifestId: z.uuid(),
  /** What was scanned: tracking numbers. Every parcel of the manifest where absent. */
  trackingNumbers: z.array(z.string().trim().min(1).max(100)).min(1).max(500).optional(),
  /** Nobody calls for the rest: what was not handed over is left behind, and waits for another manifest. */
  finish: z.boolean().default(false),
});
export type HandOverInput = z.infer<typeof handOverInput>;
