import { z } from 'zod';

/** Inputs about disputes: what goes into an answer, and the answer itself. */

const evidenceText = (max: number) => z.string().trim().max(max).optional();

/** What the answer says. What is left out is left as it is; an empty text takes it away. */
export const evidenceInput = z.object({
  /** What happened, in our words. */
  statement: evidenceText(10_000),
  /** What was bought, and for how much: the receipt in words. */
  product: evidenceText(5_000),
  customerName: evidenceText(200),
  customerEmail: evidenceText(320),
  shippingAddress: evidenceText(1_000),
  carrier: evidenceText(100),
  trackingNumber: evidenceText(200),
  /** Days, as people read them. */
  shippedOn: evidenceText(40),
  deliveredOn: evidenceText(200),
  /** What was written to the customer, and what they answered. */
  messages: evidenceText(10_000),
});
export type EvidenceInput = z.infer<typeof evidenceInput>;

export const EVIDENCE_FIELDS = [
  'statement',
  'product',
  'customerName',
  'customerEmail',
  'shippingAddress',
  'carrier',
  'trackingNumber',
  'shippedOn',
  'deliveredOn',
  'messages',
] as const satisfies readonly (keyof EvidenceInput)[];

/** Lists of disputes: `to_answer` by deadline, the nearest first; the others newest first. */
export const DISPUTE_VIEWS = ['to_answer', 'waiting', 'decided', 'all'] as const;
export type DisputeListView = (typeof DISPUTE_VIEWS)[number];

export const FILE_KINDS = ['receipt', 'delivery', 'messages', 'other'] as const;
export type FileKind = (typeof FILE_KINDS)[number];
export const FILE_TYPES = ['image/jpeg', 'image/png', 'application/pdf'] as const;
export type FileType = (typeof FILE_TYPES)[number];
export const MAX_FILE_BYTES = 512 * 1024;
export const MAX_FILES = 8;
const TOO_LARGE = 'A file has 512 KB at most. Make it smaller and try again.';

export const saveEvidenceInput = z.object({ disputeId: z.uuid(), evidence: evidenceInput });
export type SaveEvidenceInput = z.infer<typeof saveEvidenceInput>;

export const addEvidenceFileInput = z.object({
  disputeId: z.uuid(),
  kind: z.enum(FILE_KINDS),
  contentType: z.enum(FILE_TYPES),
  /** Base64. */
  data: z
    .string()
    .min(1)
    .max(Math.ceil((MAX_FILE_BYTES * 4) / 3) + 4, TOO_LARGE)
    .regex(/^[A-Za-z0-9+/]+={0,2}$/, 'Send the file as base64'),
});
export type AddEvidenceFileInput = z.infer<typeof addEvidenceFileInput>;

/** Sends what was gathered, with what is changed at the last moment. */
export const submitDisputeInput = z.object({ disputeId: z.uuid(), evidence: evidenceInput.optional() });
export type SubmitDisputeInput = z.infer<typeof submitDisputeInput>;

export const acceptDisputeInput = z.object({
  disputeId: z.uuid(),
  reason: z.string().trim().min(3, 'Say why, in a few words.').max(500),
});
export type AcceptDisputeInput = z.infer<typeof acceptDisputeInput>;
