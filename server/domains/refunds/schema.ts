import { z } from 'zod';
import { amountMinor, unitSelection } from '../../kernel/inputs.ts';

export const REFUND_REASONS = [
  'customer_request',
  'damaged',
  'not_received',
  'wrong_item',
  'late',
  'price_adjustment',
  'goodwill',
  'other',
] as const;
export type RefundReason = (typeof REFUND_REASONS)[number];

/** Where the money goes: to the tenders it came from, or to the customer's credit with the shop. */
export const REFUND_TARGETS = ['original', 'store_credit'] as const;

/**
 * What to give back: units at their frozen price, an amount of captured money, or goodwill (money back without touching what the
 * order was worth). Exactly one of the three. An `undoable` one waits some seconds before anything is sent.
 */
export const refundOrderInput = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('units'),
    orderId: z.uuid(),
    units: unitSelection.optional(),
    reason: z.enum(REFUND_REASONS),
    note: z.string().trim().max(1000).optional(),
    fingerprint: z.string().max(100).optional(),
    undoable: z.boolean().optional(),
    to: z.enum(REFUND_TARGETS).optional(),
  }),
  z.object({
    kind: z.enum(['amount', 'goodwill']),
    orderId: z.uuid(),
    amountMinor,
    reason: z.enum(REFUND_REASONS),
    note: z.string().trim().max(1000).optional(),
    fingerprint: z.string().max(100).optional(),
    undoable: z.boolean().optional(),
    to: z.enum(REFUND_TARGETS).optional(),
  }),
]);
export type RefundOrderInput = z.infer<typeof refundOrderInput>;

/** Where a leg goes whose tender does not take it: there once more, elsewhere, or nowhere, which gives the refund up. */
export const REDIRECTS = ['original', 'store_credit', 'wallet', 'by_hand', 'nobody'] as const;
export type Redirect = (typeof REDIRECTS)[number];
export const redirectLegInput = z
  .object({
    orderId: z.uuid(),
    refundId: z.uuid(),
    legId: z.uuid(),
    to: z.enum(REDIRECTS),
    /** What the money that was paid by hand is found by. */
    reference: z.string().trim().min(3).max(100).optional(),
  })
  .refine((input) => (input.to === 'by_hand') === (input.reference !== undefined), {
    message: 'A reference is said exactly of what was paid by hand: the transfer’s number, or the receipt’s.',
    path: ['reference'],
  });
export type RedirectLegInput = z.infer<typeof redirectLegInput>;
