import { z } from 'zod';
import { text } from '../../kernel/inputs.ts';

export const POLICY_KINDS = ['none', 'backorder', 'preorder'] as const;
export type PolicyKind = (typeof POLICY_KINDS)[number];
export type BackorderKind = Exclude<PolicyKind, 'none'>;

/** More than any announced delivery. */
export const MAX_LIMIT_UNITS = 1_000_000;
export const DEFAULT_PAY_DAYS = 7;

const day = z.iso.date('Use a day such as 2026-12-24');

/** What may be sold beyond stock of a SKU in this region, when it will be there, and when it stops. */
export const setBackorderPolicyInput = z.object({
  merchantId: z.uuid(),
  skuId: z.uuid(),
  kind: z.enum(POLICY_KINDS),
  limitUnits: z.int().min(0).max(MAX_LIMIT_UNITS).default(0),
  /** Backorders: days until units come that no announced delivery covers. */
  leadDays: z.int().min(0).max(730).optional(),
  /** Preorders: the day before which nothing is promised. */
  releaseOn: day.optional(),
  /** The first day on which nothing more is sold beyond stock. */
  stopOn: day.optional(),
  /** Sells beyond stock only what announced deliveries cover. */
  stopWithoutInbound: z.boolean().default(false),
  /** Once this many units wait nothing more is sold beyond stock until the policy is set again. */
  stopAtWaiting: z.int().min(1).max(MAX_LIMIT_UNITS).optional(),
  /** How long a customer whose bank refused to hold the money again has to pay. */
  payDays: z.int().min(1).max(60).default(DEFAULT_PAY_DAYS),
  note: text(500).optional(),
  /** The version the person saw; refused where another one counts by now. */
  version: z.int().min(0).optional(),
});
export type SetBackorderPolicyInput = z.infer<typeof setBackorderPolicyInput>;
