import { z } from 'zod';
import { amountMinor, text } from '../../kernel/inputs.ts';

/** Inputs of the return verbs: what forms, the console and the public API hand over. */

/** Why somebody sends goods back, as data: whose fault each is decides about fees. */
export const RETURN_REASONS = [
  'changed_mind',
  'does_not_fit',
  'not_as_described',
  'damaged',
  'wrong_item',
  'late',
  'other',
] as const;
export type ReturnReason = (typeof RETURN_REASONS)[number];

/** What the customer would like to have. */
export const RETURN_WISHES = ['refund', 'store_credit', 'exchange'] as const;
export type ReturnWish = (typeof RETURN_WISHES)[number];
export const RETURN_RESOLUTIONS = ['refund', 'store_credit', 'exchange', 'nothing'] as const;
export type ReturnResolution = (typeof RETURN_RESOLUTIONS)[number];

export const RETURN_VERDICTS = ['accept', 'part', 'reject'] as const;
export type ReturnVerdict = (typeof RETURN_VERDICTS)[number];
/** Where units go that are kept. Only sellable ones are on the shelf again. */
export const RESTOCKS = ['sellable', 'damaged', 'scrap'] as const;
export type Restock = (typeof RESTOCKS)[number];

export const LABEL_PAYERS = ['merchant', 'customer'] as const;
export const RETURN_DESTINATIONS = ['original', 'store_credit', 'choice'] as const;

const quantity = z.int().min(1).max(1_000_000);

export const requestReturnInput = z.object({
  orderId: z.uuid(),
  lines: z
    .array(z.object({ lineId: z.uuid(), quantity, reason: z.enum(RETURN_REASONS), note: text(500).optional() }))
    .min(1)
    .max(200),
  wants: z.enum(RETURN_WISHES).default('refund'),
  note: text(1000).optional(),
  /** Whoever works for the shop approves it in one go, */
  approve: z.boolean().optional(),
  /** and takes back what the policy would not, saying why. */
  despite: text(500).optional(),
  /** Where it is sent; the node that it came from where absent. */
  nodeId: z.uuid().optional(),
  /** Without one the customer brings it, or sends it their own way. */
  label: z.boolean().default(true),
});
export type RequestReturnInput = z.infer<typeof requestReturnInput>;

/** Units of a line of the return, and the SKU that is sent in their place. */
export const exchangeInput = z.array(z.object({ lineId: z.uuid(), sku: text(100), quantity })).max(200);
export type ExchangeInput = z.infer<typeof exchangeInput>;

export const approveReturnInput = z.object({
  returnId: z.uuid(),
  nodeId: z.uuid().optional(),
  label: z.boolean().default(true),
  /** What is sent before the goods come back. The customer's card holds what it costs, */
  advance: exchangeInput.min(1).optional(),
  /** or somebody says why it goes without. */
  unsecured: text(500).optional(),
});
export type ApproveReturnInput = z.infer<typeof approveReturnInput>;

export const declineReturnInput = z.object({ returnId: z.uuid(), reason: text(500) });
export type DeclineReturnInput = z.infer<typeof declineReturnInput>;

export const cancelReturnInput = z.object({ returnId: z.uuid(), reason: text(500).optional() });
export type CancelReturnInput = z.infer<typeof cancelReturnInput>;

export const closeReturnInput = z.object({ returnId: z.uuid() });
export type CloseReturnInput = z.infer<typeof closeReturnInput>;

/** What was in the parcel, or on the counter: short of what was announced, or more. */
export const receiveGoodsInput = z.object({
  returnId: z.uuid(),
  nodeId: z.uuid(),
  /** All that was announced and has not come yet, where absent. */
  lines: z
    .array(z.object({ lineId: z.uuid(), quantity }))
    .min(1)
    .max(200)
    .optional(),
  note: text(500).optional(),
});
export type ReceiveGoodsInput = z.infer<typeof receiveGoodsInput>;

const inspected = z
  .object({
    lineId: z.uuid(),
    quantity,
    verdict: z.enum(RETURN_VERDICTS),
    /** How much of its worth a part-accepted unit gives back. */
    valuePercent: z.int().min(1).max(99).optional(),
    /** Where it goes; not said of what is rejected, which is sent back to the customer. */
    stock: z.enum(RESTOCKS).optional(),
    remark: text(500).optional(),
  })
  .refine((one) => (one.verdict === 'part') === (one.valuePercent !== undefined), {
    message: 'Say how much of its worth a unit gives back exactly where it is accepted in part.',
    path: ['valuePercent'],
  })
  .refine((one) => one.verdict !== 'reject' || one.stock === undefined, {
    message: 'What is rejected goes back to the customer: it is not put anywhere.',
    path: ['stock'],
  });

export const inspectReturnInput = z.object({ returnId: z.uuid(), lines: z.array(inspected).min(1).max(500) });
export type InspectReturnInput = z.infer<typeof inspectReturnInput>;

export const settleReturnInput = z.object({
  returnId: z.uuid(),
  /** What the customer wished, or the policy says, where absent. */
  resolution: z.enum(RETURN_WISHES).optional(),
  exchange: exchangeInput.optional(),
  note: text(1000).optional(),
  fingerprint: z.string().max(100).optional(),
  /** Waits some seconds before any money is sent, in which it can be undone. */
  undoable: z.boolean().optional(),
});
export type SettleReturnInput = z.infer<typeof settleReturnInput>;

/** What the carrier says of a parcel on its way back. */
export const returnReportInput = z.object({
  returnId: z.uuid(),
  status: z.enum(['sent', 'arrived']),
  carrierRef: z.string().max(200).optional(),
  occurredAt: z.date(),
});
export type ReturnReportInput = z.infer<typeof returnReportInput>;

export const PHOTO_TYPES = ['image/jpeg', 'image/png', 'image/webp'] as const;
export type PhotoType = (typeof PHOTO_TYPES)[number];
export const MAX_PHOTO_BYTES = 512 * 1024;
export const MAX_PHOTOS = 6;

export const addPhotoInput = z.object({
  returnId: z.uuid(),
  contentType: z.enum(PHOTO_TYPES),
  /** Base64. */
  data: z
    .string()
    .min(1)
    .max(Math.ceil((MAX_PHOTO_BYTES * 4) / 3) + 4, 'A photo has 512 KB at most. Make it smaller and try again.')
    .regex(/^[A-Za-z0-9+/]+={0,2}$/, 'Send the photo as base64'),
});
export type AddPhotoInput = z.infer<typeof addPhotoInput>;

export const returnTerms = z.object({
  /** Days after the delivery in which goods may be sent back; 0 takes nothing back. */
  windowDays: z.int().min(0).max(3650),
  /** Days in which an approved return has to be on its way. */
  sendWithinDays: z.int().min(1).max(365),
  /** What is kept of the worth of units that come back by the customer's own wish, in hundredths of a percent. */
  restockingBps: z.int().min(0).max(10_000),
  /** Who pays for the label; the customer only for what comes back by their own wish. */
  labelPayer: z.enum(LABEL_PAYERS),
  labelFeeMinor: amountMinor.refine((minor) => minor >= 0n && minor < 10_000_000n, 'Use an amount of zero or more'),
  /** Where the money goes. */
  destination: z.enum(RETURN_DESTINATIONS),
  exchanges: z.boolean(),
  /** What the policy allows is approved without a person. */
  autoApprove: z.boolean(),
  /** Codes of SKUs that are never taken back. */
  finalSale: z.array(text(100)).max(1_000),
});
export type ReturnTerms = z.infer<typeof returnTerms>;

export const saveReturnPolicyInput = returnTerms.extend({
  merchantId: z.uuid(),
  /** From when it counts; at once where absent. */
  effectiveFrom: z.coerce.date().optional(),
  /** The version that was changed; 0 where there was none. */
  seenVersion: z.int().min(0),
});
export type SaveReturnPolicyInput = z.infer<typeof saveReturnPolicyInput>;
