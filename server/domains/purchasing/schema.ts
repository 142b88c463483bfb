import { z } from 'zod';
import { seenVersion, text } from '../../kernel/inputs.ts';

/** Inputs of what is done with purchase orders. */

export const MAX_PURCHASE_LINES = 500;
export const MAX_PURCHASE_UNITS = 10_000_000;

const units = z.int().min(1).max(MAX_PURCHASE_UNITS);
const day = z.iso.date();
const cost = z.string().regex(/^\d{1,8}(\.\d{1,6})?$/, 'Use a plain number such as 12.50');
const currency = z.string().regex(/^[A-Z]{3}$/, 'Use a currency code such as EUR');

const line = z.object({
  skuId: z.uuid(),
  quantity: units,
  /** What one unit costs, in major units. */
  unitCost: cost.nullish(),
  /** Its own day; the order's where absent. */
  expectedOn: day.nullish(),
});

export const createPurchaseOrderInput = z.object({
  merchantId: z.uuid(),
  /** Where the goods go. */
  nodeId: z.uuid(),
  supplier: text(200),
  expectedOn: day.nullish(),
  /** The merchant's own unless said. */
  currency: currency.optional(),
  note: text(1000).nullish(),
  lines: z.array(line).min(1).max(MAX_PURCHASE_LINES),
  /** Sent to the supplier at once; a draft otherwise. */
  order: z.boolean().optional(),
});
export type CreatePurchaseOrderInput = z.infer<typeof createPurchaseOrderInput>;

export const editPurchaseOrderInput = z.object({
  purchaseOrderId: z.uuid(),
  /** The version that was looked at. */
  version: seenVersion,
  supplier: text(200).optional(),
  expectedOn: day.nullable().optional(),
  note: text(1000).nullable().optional(),
  /** All lines as they shall be: those with an id stay, those without are new, those left out are taken off. */
  lines: z
    .array(line.extend({ id: z.uuid().optional() }))
    .min(1)
    .max(MAX_PURCHASE_LINES)
    .optional(),
});
export type EditPurchaseOrderInput = z.infer<typeof editPurchaseOrderInput>;

export const PURCHASE_STEPS = ['order', 'cancel', 'close'] as const;
export const movePurchaseOrderInput = z.object({
  purchaseOrderId: z.uuid(),
  step: z.enum(PURCHASE_STEPS),
  reason: text(500).optional(),
});
export type MovePurchaseOrderInput = z.infer<typeof movePurchaseOrderInput>;

const arrived = z.int().min(0).max(MAX_PURCHASE_UNITS);
export const receivePurchaseOrderInput = z.object({
  purchaseOrderId: z.uuid(),
  note: text(500).optional(),
  /** What was unloaded. A line may be named once per lot. */
  lines: z
    .array(
      z.object({
        lineId: z.uuid(),
        /** Good units, which go on the shelf. */
        received: arrived,
        /** Units that arrived and cannot be sold. */
        damaged: arrived.optional(),
        lot: z.object({ code: text(60), expiresOn: day.nullish() }).optional(),
      }),
    )
    .min(1)
    .max(MAX_PURCHASE_LINES),
});
export type ReceivePurchaseOrderInput = z.infer<typeof receivePurchaseOrderInput>;

export const saveStockPolicyInput = z.object({
  merchantId: z.uuid(),
  version: seenVersion,
  /** What may arrive beyond what was ordered, in percent of it. */
  overReceiptPercent: z.int().min(0).max(100),
  /** From this difference on a count waits for a second person, whatever it is worth; null: by worth alone. */
  countLimitUnits: z.int().min(0).max(MAX_PURCHASE_UNITS).nullable(),
  /** How long before a lot expires somebody is told. */
  expiryWarningDays: z.int().min(0).max(3650),
  /** Whether what purchase orders bring counts as there, where goods that run low are looked for; as it was where absent. */
  lowCountsInbound: z.boolean().optional(),
  /** How long a cart of the shop keeps its units while its customer pays; as it was where absent. */
  cartMinutes: z.int().min(1).max(60).optional(),
});
export type SaveStockPolicyInput = z.infer<typeof saveStockPolicyInput>;
