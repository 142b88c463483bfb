import { z } from 'zod';

export const decideApprovalInput = z.object({
  approvalId: z.uuid(),
  decision: z.enum(['approve', 'reject']),
  reason: z.string().trim().max(1000).optional(),
});
export type DecideApprovalInput = z.infer<typeof decideApprovalInput>;
