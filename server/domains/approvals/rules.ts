import { DomainError } from '../../kernel/errors.ts';

/** A wish that needs a second person. */
export interface Approval {
  readonly id: string;
  readonly merchantId: string | null;
  readonly action: ApprovalAction;
  readonly subject: string;
  readonly subjectId: string;
  readonly summary: string;
  readonly amountMinor: bigint | null;
  readonly currency: string | null;
  readonly payload: unknown;
  readonly fingerprint: string | null;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly expiresAt: Date;
  status: 'pending' | 'approved' | 'rejected' | 'expired';
  decidedBy: string | null;
  decidedAt: Date | null;
  reason: string | null;
  version: bigint;
}

export const APPROVAL_ACTIONS = ['refund-order', 'adjust-stock'] as const;
export type ApprovalAction = (typeof APPROVAL_ACTIONS)[number];

export interface Policy {
  readonly action: string;
  readonly currency: string;
  readonly thresholdMinor: bigint;
  readonly expiresHours: number;
}

/** Whether an amount needs a second person. Without a policy for the currency, it does not. */
export function needsApproval(policy: Policy | undefined, amountMinor: bigint): boolean {
  return policy !== undefined && amountMinor >= policy.thresholdMinor;
}

/** Refuses a decision that is late, repeated, or one's own. */
export function checkDecision(approval: Approval, actor: string, now: Date): void {
  if (approval.status !== 'pending') throw new DomainError('state_refuses', `This was ${approval.status} already.`);
  if (now >= approval.expiresAt) throw new DomainError('state_refuses', 'This request has expired. It has to be made again.');
  if (approval.requestedBy === actor) throw new DomainError('own_request');
}
