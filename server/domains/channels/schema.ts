import { z } from 'zod';
import { text } from '../../kernel/inputs.ts';

const name = text(80);
/** Longer than anybody guesses. */
const secret = z.string().trim().min(24, 'A secret has at least 24 characters.').max(200);
const url = z.url({ protocol: /^https?$/, error: 'Give an address that begins with https://.' }).max(500);

export const connectChannelInput = z.object({
  merchantId: z.uuid(),
  kind: z.string().regex(/^[a-z][a-z_]{0,39}$/),
  name,
  url,
  secret,
});
export type ConnectChannelInput = z.infer<typeof connectChannelInput>;

export const changeChannelInput = z.object({
  connectionId: z.uuid(),
  name: name.optional(),
  url: url.optional(),
  secret: secret.optional(),
  status: z.enum(['on', 'paused']).optional(),
});
export type ChangeChannelInput = z.infer<typeof changeChannelInput>;

/** Tells the channel everything again. */
export const resendChannelInput = z.object({ connectionId: z.uuid() });
export type ResendChannelInput = z.infer<typeof resendChannelInput>;

/** Asks the channel what it has. */
export const askReportInput = z.object({ connectionId: z.uuid() });
export type AskReportInput = z.infer<typeof askReportInput>;

/** What the channel calls a SKU. */
export const relistInput = z.object({ connectionId: z.uuid(), skuId: z.uuid(), ref: text(200) });
export type RelistInput = z.infer<typeof relistInput>;

/** Whether a SKU is for sale there. */
export const setListingInput = z.object({ connectionId: z.uuid(), skuId: z.uuid(), listed: z.boolean() });
export type SetListingInput = z.infer<typeof setListingInput>;

export const DRIFT_ANSWERS = ['send_again', 'count', 'ignore'] as const;
export const resolveDriftInput = z
  .object({ connectionId: z.uuid(), driftId: z.uuid(), answer: z.enum(DRIFT_ANSWERS), reason: text(500).optional() })
  .refine(({ answer, reason }) => answer !== 'ignore' || reason !== undefined, {
    path: ['reason'],
    error: 'Say why the difference may stay.',
  });
export type ResolveDriftInput = z.infer<typeof resolveDriftInput>;
