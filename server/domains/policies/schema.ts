import { z } from 'zod';
import { CANCEL_REASONS, CUSTOMER_CANCELS_UNTIL } from '../../kernel/vocabulary.ts';

/** What a merchant says of its own business, by kind. Terms travel and are kept as JSON: amounts are whole minor units. */

const MOST_MINOR = 100_000_000_000;
const MOST_CURRENCIES = 50;

/** Minor units by currency; a currency that is not named has none. */
export const amountsByCurrency = z
  .record(z.string().regex(/^[A-Z]{3}$/, 'Use ISO 4217 codes, such as EUR'), z.int().min(0).max(MOST_MINOR))
  .refine((amounts) => Object.keys(amounts).length <= MOST_CURRENCIES, 'At most 50 currencies');

export const cancellationTerms = z.object({
  customerUntil: z.enum(CUSTOMER_CANCELS_UNTIL),
  /** Two weeks at most. */
  remorseMinutes: z.int().min(0).max(20_160),
  holdGoods: z.boolean(),
  feeMinor: amountsByCurrency,
  feeBps: z.int().min(0).max(10_000),
  agentCharges: z.boolean(),
  /** Why the shop's people may cancel. Customers need no reason of their own. */
  reasons: z.array(z.enum(CANCEL_REASONS)).min(1, 'Leave at least one reason').max(CANCEL_REASONS.length),
});
export type CancellationTerms = z.infer<typeof cancellationTerms>;

export const REFUND_DESTINATIONS = ['original', 'store_credit', 'choice'] as const;

export const refundTerms = z.object({
  /** Where money goes that nobody has said a destination for. `choice`: to the tenders it came from, unless the customer wishes credit. */
  destination: z.enum(REFUND_DESTINATIONS),
  /** Days after the delivery in which one person alone refunds; null for ever. */
  aloneDays: z.int().min(0).max(3650).nullable(),
  /** The largest goodwill that one person gives alone; of a currency without one, what holds for refunds. */
  goodwillMinor: amountsByCurrency,
});
export type RefundTerms = z.infer<typeof refundTerms>;

/** When the money of an order is taken: as each shipment leaves, when it is confirmed, or by a person's word. */
export const CAPTURES = ['shipment', 'confirmation', 'manual'] as const;
export const captureTerms = z.object({ when: z.enum(CAPTURES) });
export type CaptureTerms = z.infer<typeof captureTerms>;

export const approvalTerms = z.object({
  /** From this amount on a refund needs a second person; of a currency without one, what the house says. */
  refundsMinor: amountsByCurrency,
  /** From this amount on that goes back, a cancellation by the shop's people does. */
  cancellationsMinor: amountsByCurrency,
});
export type ApprovalTerms = z.infer<typeof approvalTerms>;

const about = {
  merchantId: z.uuid(),
  /** From when it counts; at once where absent. */
  effectiveFrom: z.coerce.date().optional(),
  /** The version that was changed; 0 where there was none. */
  seenVersion: z.int().min(0),
};
export const savePolicyInput = z.discriminatedUnion('kind', [
  z.object({ ...about, kind: z.literal('cancellation'), terms: cancellationTerms }),
  z.object({ ...about, kind: z.literal('refund'), terms: refundTerms }),
  z.object({ ...about, kind: z.literal('capture'), terms: captureTerms }),
  z.object({ ...about, kind: z.literal('approval'), terms: approvalTerms }),
]);
export type SavePolicyInput = z.infer<typeof savePolicyInput>;

export interface TermsOf {
  readonly cancellation: CancellationTerms;
  readonly refund: RefundTerms;
  readonly capture: CaptureTerms;
  readonly approval: ApprovalTerms;
}
export type TermsKind = keyof TermsOf;
