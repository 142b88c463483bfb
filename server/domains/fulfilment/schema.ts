import { z } from 'zod';
import { text, unitSelection } from '../../kernel/inputs.ts';

export const shipOrderInput = z.object({
  orderId: z.uuid(),
  /** What leaves; everything that is allocated and waiting where absent. */
  units: unitSelection.optional(),
  /** Only from this node. */
  nodeId: z.uuid().optional(),
  fingerprint: z.string().max(100).optional(),
});
export type ShipOrderInput = z.infer<typeof shipOrderInput>;

export const shipmentUpdateInput = z.object({
  shipmentId: z.uuid(),
  status: z.enum(['IN_TRANSIT', 'DELIVERED', 'EXCEPTION']),
  detail: text(500).nullable().default(null),
  /** Now, where nobody says when. */
  occurredAt: z.date().optional(),
});
export type ShipmentUpdateInput = z.infer<typeof shipmentUpdateInput>;
