import { z } from 'zod';
import { amountMinor, text } from '../../kernel/inputs.ts';

export const TOP_UP_METHODS = ['card', 'bank'] as const;
export type TopUpMethod = (typeof TOP_UP_METHODS)[number];

export const TOP_UP_STATUSES = [
  'sending',
  'requires_action',
  'unknown',
  'awaiting_transfer',
  'arriving',
  'succeeded',
  'failed',
  'expired',
] as const;
export type TopUpStatus = (typeof TOP_UP_STATUSES)[number];

export const PAYOUT_STATUSES = [
  'awaiting_approval',
  'sending',
  'unknown',
  'accepted',
  'settled',
  'rejected',
  'returned',
  'cancelled',
] as const;
export type PayoutStatus = (typeof PAYOUT_STATUSES)[number];

const amount = amountMinor
  .refine((value) => value > 0n, 'Use an amount above zero.')
  .refine((value) => value < 2n ** 53n, 'This amount is too large.');

export const topUpByCardInput = z.object({
  walletId: z.uuid(),
  amountMinor: amount,
  /** The card provider's token; never a card number. */
  token: z.string().min(1).max(200),
  /** Where the cardholder lands after the bank asked something. */
  returnUrl: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .optional(),
});
export type TopUpByCardInput = z.infer<typeof topUpByCardInput>;

export const topUpByBankInput = z.object({ walletId: z.uuid(), amountMinor: amount });
export type TopUpByBankInput = z.infer<typeof topUpByBankInput>;

/** An account as the bank keeps it. The number itself never comes this far. */
export const addBankAccountInput = z.object({
  owner: z.union([z.object({ customerId: z.uuid() }), z.object({ merchantId: z.uuid() })]),
  holder: text(140),
  token: z.string().min(1).max(200),
  country: z.string().length(2),
  last4: z.string().min(1).max(4),
});
export type AddBankAccountInput = z.infer<typeof addBankAccountInput>;

export const removeBankAccountInput = z.object({ bankAccountId: z.uuid() });
export type RemoveBankAccountInput = z.infer<typeof removeBankAccountInput>;

export const withdrawInput = z.object({ walletId: z.uuid(), bankAccountId: z.uuid(), amountMinor: amount });
export type WithdrawInput = z.infer<typeof withdrawInput>;

export const payMerchantInput = z.object({
  merchantId: z.uuid(),
  bankAccountId: z.uuid(),
  currency: z.string().regex(/^[A-Z]{3}$/, 'Use a currency code such as EUR.'),
  amountMinor: amount,
});
export type PayMerchantInput = z.infer<typeof payMerchantInput>;

/** Money that named no top up is given to whom it was meant for. */
export const assignPayInInput = z.object({ bankRef: z.string().min(1).max(100), walletId: z.uuid(), note: text(500) });
export type AssignPayInInput = z.infer<typeof assignPayInInput>;
