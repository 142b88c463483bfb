import { z } from 'zod';
import { amountMinor, text } from '../../kernel/inputs.ts';

export const STORE_CREDIT_REASONS = ['goodwill', 'return', 'promotion', 'correction', 'other'] as const;

export const issueStoreCreditInput = z.object({
  merchantId: z.uuid(),
  customerId: z.uuid(),
  currency: z.string().regex(/^[A-Z]{3}$/, 'Use the three-letter currency code, such as EUR'),
  amountMinor,
  reason: z.enum(STORE_CREDIT_REASONS),
  note: text(500).optional(),
});
export type IssueStoreCreditInput = z.infer<typeof issueStoreCreditInput>;

/** Takes some of it back, or keeps it from being spent. */
export const changeStoreCreditInput = z.discriminatedUnion('action', [
  z.object({ action: z.literal('deduct'), storeCreditId: z.uuid(), amountMinor, reason: text(500) }),
  z.object({ action: z.enum(['freeze', 'unfreeze']), storeCreditId: z.uuid(), reason: text(500) }),
]);
export type ChangeStoreCreditInput = z.infer<typeof changeStoreCreditInput>;
