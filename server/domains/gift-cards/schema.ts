import { z } from 'zod';
import { amountMinor, text } from '../../kernel/inputs.ts';

/** Why a card is issued: what was paid for it, or that nothing was. */
export const GIFT_CARD_REASONS = ['sold', 'goodwill', 'promotion', 'replacement', 'other'] as const;

/** A typed code has dashes and blanks; whatever is longer is none. */
export const MAX_CODE_TYPED = 60;

export const issueGiftCardInput = z.object({
  merchantId: z.uuid(),
  amountMinor,
  currency: z.string().regex(/^[A-Z]{3}$/, 'Use the three-letter currency code, such as EUR'),
  reason: z.enum(GIFT_CARD_REASONS),
  note: text(500).optional(),
  /** Whom it is for, if that is known; whoever has the code can use it. */
  customerId: z.uuid().optional(),
  expiresAt: z.coerce.date().optional(),
});
export type IssueGiftCardInput = z.infer<typeof issueGiftCardInput>;

export const changeGiftCardInput = z.object({
  giftCardId: z.uuid(),
  action: z.enum(['freeze', 'unfreeze', 'void']),
  reason: text(500),
});
export type ChangeGiftCardInput = z.infer<typeof changeGiftCardInput>;
