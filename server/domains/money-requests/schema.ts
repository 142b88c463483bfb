import { z } from 'zod';

export const REQUEST_STATUSES = ['open', 'paid', 'declined', 'cancelled', 'expired'] as const;
export type RequestStatus = (typeof REQUEST_STATUSES)[number];

export const payRequestInput = z.object({ requestId: z.uuid(), walletId: z.uuid() });
export type PayRequestInput = z.infer<typeof payRequestInput>;

/** Declined by who was asked, cancelled by who asked. */
export const endRequestInput = z.object({ requestId: z.uuid(), how: z.enum(['declined', 'cancelled']) });
export type EndRequestInput = z.infer<typeof endRequestInput>;
