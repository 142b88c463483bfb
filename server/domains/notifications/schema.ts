import { z } from 'zod';

export const resendInput = z.object({
  noticeId: z.uuid(),
  /** Kept in the audit log; demanded where the first mail may have arrived. */
  reason: z.string().trim().max(500).nullable().default(null),
});
export type ResendInput = z.infer<typeof resendInput>;

/** A sign-in link on its way by mail. The url is sealed: whoever reads the database cannot use it. */
export interface LinkMail {
  /** The link's own id: one mail each. */
  readonly linkId: string;
  readonly kind: 'reset_link' | 'invitation';
  readonly email: string;
  readonly locale: string;
  readonly sealedUrl: string;
  readonly expiresAt: Date;
  /** Who invites, where somebody does. */
  readonly from: string | null;
}
