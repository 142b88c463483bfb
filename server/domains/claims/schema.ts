import { z } from 'zod';
import { amountMinor, text } from '../../kernel/inputs.ts';
import { CLAIM_KINDS } from '../../kernel/vocabulary.ts';

/** The parcel that a claim is for: a shipment's box, or the shipment where it is one. */
const parcel = { shipmentId: z.uuid(), boxId: z.uuid().optional() };

export const openClaimInput = z.object({ ...parcel, kind: z.enum(CLAIM_KINDS) });
export type OpenClaimInput = z.infer<typeof openClaimInput>;

export const fileClaimInput = z.object({
  ...parcel,
  kind: z.enum(CLAIM_KINDS),
  /** What its units are worth to the customer, where nobody says. */
  amountMinor: amountMinor.optional(),
  note: text(500).optional(),
});
export type FileClaimInput = z.infer<typeof fileClaimInput>;

/** What the carrier says of a claim. */
export const answerClaimInput = z.object({
  claimId: z.uuid(),
  status: z.enum(['filed', 'accepted', 'rejected', 'paid']),
  claimRef: z.string().max(200),
  amountMinor,
  currency: z.string().regex(/^[A-Z]{3}$/),
  note: text(500).nullable().default(null),
  occurredAt: z.date(),
});
export type AnswerClaimInput = z.infer<typeof answerClaimInput>;
