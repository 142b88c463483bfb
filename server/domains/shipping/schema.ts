import { z } from 'zod';
import { seenVersion, text } from '../../kernel/inputs.ts';

/** Inputs of the shipping verbs. */

export const SHIPPING_BASES = ['flat', 'weight', 'subtotal'] as const;

const MAX_TIERS = 20;
const MAX_DAYS = 60;
const limit = z.int().min(0).max(Number.MAX_SAFE_INTEGER);

export const shippingTier = z.object({ upTo: limit.nullable(), priceMinor: limit });

const country = z.string().regex(/^[A-Z]{2}$/, 'Use two-letter country codes, such as DE');

/** A method as a person describes it: a new one, or one that exists as it was read at `version`. */
export const saveShippingMethodInput = z.object({
  merchantId: z.uuid(),
  /** The code stays: quotes and orders name it. */
  code: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'Use lower-case letters, digits and hyphens, such as next-day'),
  /** Absent for a new one. */
  version: seenVersion.optional(),
  name: text(100),
  /** Empty: everywhere. */
  countries: z.array(country).max(250),
  /** Empty: the whole of each country. */
  postalPrefixes: z.array(text(20)).max(500),
  basis: z.enum(SHIPPING_BASES),
  tiers: z.array(shippingTier).min(1).max(MAX_TIERS),
  minDays: z.int().min(0).max(MAX_DAYS),
  maxDays: z.int().min(0).max(MAX_DAYS),
  cutoffHour: z.int().min(0).max(24),
  active: z.boolean(),
  position: z.int().min(0).max(10_000),
});
export type SaveShippingMethodInput = z.infer<typeof saveShippingMethodInput>;
