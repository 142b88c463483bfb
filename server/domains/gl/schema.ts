import { z } from 'zod';
import { seenVersion, text } from '../../kernel/inputs.ts';

/** Inputs about the accountant's books. */

/** Every kind of ledger account there is, in the order of a chart of accounts. */
export const GL_KINDS = [
  'psp_clearing',
  'bank_clearing',
  'in_transit',
  'receivable',
  'gift_card_funding',
  'suspense',
  'carrier_clearing',
  'merchant_payable',
  'wallet',
  'store_credit',
  'gift_card',
  'program',
  'program_funding',
  'breakage',
  'psp_fees',
  'goodwill',
  'chargebacks',
  'dispute_fees',
] as const;
export type GlKind = (typeof GL_KINDS)[number];

const glNumber = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9][A-Za-z0-9. -]{0,19}$/, 'Use up to 20 letters, digits, dots, hyphens and blanks, such as 1100 or 4.10-2');

/** One line of the mapping: for everybody, or for one merchant. `account` null takes the number away, so that the general one holds. */
export const saveGlAccountInput = z.object({
  kind: z.enum(GL_KINDS),
  merchantId: z.uuid().nullable(),
  account: z.object({ number: glNumber, name: text(100) }).nullable(),
  /** As it was read; 0 where nothing was set yet. */
  version: seenVersion,
});
export type SaveGlAccountInput = z.infer<typeof saveGlAccountInput>;
