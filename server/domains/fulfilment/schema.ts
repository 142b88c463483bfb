import { z } from 'zod';
import { text, unitSelection } from '../../kernel/inputs.ts';
import { HAND_OVERS, PARCEL_REPORTS } from '../../kernel/vocabulary.ts';

/** What one parcel may weigh, and how long a side may be: beyond it somebody mistyped. */
export const MAX_WEIGHT_GRAMS = 1_000_000;
export const MAX_SIDE_MM = 10_000;

const side = z.int().min(1).max(MAX_SIDE_MM).optional();

export const packedBox = z.object({
  units: unitSelection,
  /** What the catalogue says its units weigh, where nobody weighed it. */
  weightGrams: z.int().min(1).max(MAX_WEIGHT_GRAMS).optional(),
  lengthMm: side,
  widthMm: side,
  heightMm: side,
});

export const shipOrderInput = z.object({
  orderId: z.uuid(),
  /** What leaves; everything that is allocated and waiting where absent. */
  units: unitSelection.optional(),
  /** Only from this node. */
  nodeId: z.uuid().optional(),
  /** How it was packed; one box where absent. What the boxes hold is what leaves, so no units are named beside them. */
  boxes: z.array(packedBox).min(1).max(20).optional(),
  fingerprint: z.string().max(100).optional(),
});
export type ShipOrderInput = z.infer<typeof shipOrderInput>;

/** What proves a delivery, as the carrier says it. Pictures and signatures are references into the carrier's own files. */
export const deliveryProof = z.object({
  name: text(200).optional(),
  place: text(200).optional(),
  signature: text(500).optional(),
  picture: text(500).optional(),
});

export const shipmentUpdateInput = z.object({
  shipmentId: z.uuid(),
  /** Which of its boxes; every one where absent. */
  boxId: z.uuid().optional(),
  status: z.enum(PARCEL_REPORTS),
  detail: text(500).nullable().default(null),
  /** Now, where nobody says when. */
  occurredAt: z.date().optional(),
  proof: deliveryProof.optional(),
  /** The carrier's own id of the label that it speaks of: a label that was replaced says nothing of its box. */
  carrierRef: z.string().max(200).optional(),
});
export type ShipmentUpdateInput = z.infer<typeof shipmentUpdateInput>;

const reason = text(500);

export const voidLabelInput = z.object({
  shipmentId: z.uuid(),
  /** Only this box's; relabelling only. */
  boxId: z.uuid().optional(),
  /** Unpack: its units wait at their node again. Relabel: the same parcel gets a label anew. */
  mode: z.enum(['unpack', 'relabel']),
  reason,
  fingerprint: z.string().max(100).optional(),
});
export type VoidLabelInput = z.infer<typeof voidLabelInput>;

export const receiveReturnInput = z.object({
  shipmentId: z.uuid(),
  boxId: z.uuid().optional(),
  nodeId: z.uuid(),
  /** The condition of the units; whatever is not named is sellable. */
  damaged: unitSelection.default([]),
  note: text(500).optional(),
});
export type ReceiveReturnInput = z.infer<typeof receiveReturnInput>;

export const settleParcelInput = z.object({ shipmentId: z.uuid(), boxId: z.uuid().optional(), reason });
export type SettleParcelInput = z.infer<typeof settleParcelInput>;

export const setHandOverInput = z.object({ nodeId: z.uuid(), handOver: z.enum(HAND_OVERS) });
export type SetHandOverInput = z.infer<typeof setHandOverInput>;
