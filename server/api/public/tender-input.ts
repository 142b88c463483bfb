import { z } from 'zod';
import { MAX_CODE_TYPED } from '../../domains/gift-cards/schema.ts';
import type { TenderInput } from '../../domains/orders/schema.ts';
import { hashOfCode } from '../../flows/tenders/gift-card-code.ts';
import { amount } from './fields.ts';

/** What an order is paid with beside the card. Wallets are the customer's own to spend, at the hosted checkout. */
const payable = amount.min(1).optional().meta({ description: 'As much as it holds of what is left to pay, unless said.' });
export const tender = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('gift_card'),
    code: z.string().min(1).max(MAX_CODE_TYPED).meta({ description: 'As it was typed.', example: '7K2M-9QXD-4T1B-ZR5C-W8HP' }),
    amount_minor: payable,
  }),
  z.strictObject({
    type: z.literal('store_credit').meta({ description: 'Of the customer that the order names.' }),
    amount_minor: payable,
  }),
]);

/** The tender as flows take it: a code goes no further than here. */
export function tenderOf(from: z.infer<typeof tender>, dataKey: string): TenderInput {
  const amountMinor = from.amount_minor === undefined ? undefined : BigInt(from.amount_minor);
  if (from.type === 'store_credit') return { type: 'store_credit', amountMinor };
  // What cannot be a code is looked up all the same, and is as unknown as any other.
  return { type: 'gift_card', codeHash: hashOfCode(from.code, dataKey) ?? '0'.repeat(64), amountMinor };
}
