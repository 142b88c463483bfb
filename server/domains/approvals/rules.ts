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

export const APPROVAL_ACTIONS = [
  'refund-order',
  'cancel-order',
  'adjust-stock',
  'adjust-stock-rows',
  'write-off-difference',
  'issue-gift-card',
  'issue-store-credit',
  'pay-merchant',
  'assign-pay-in',
  'adjust-ledger',
  'reverse-transfer',
] as const;
export type ApprovalAction = (typeof APPROVAL_ACTIONS)[number];

export interface Policy {
  readonly action: string;
  readonly currency: string;
  readonly thresholdMinor: bigint;
  readonly expiresHours: number;
}

/**
 * What holds where nobody has set a policy for the currency: a refund, a gift card or a store credit from 50 000 minor units on (500.00 where
 * a unit has two decimals) needs a second person, a payout to a merchant and money given out of suspense from twice that. Stock adjustments
 * need one only by a policy.
 */
const DEFAULT_POLICIES: Readonly<Record<string, Pick<Policy, 'thresholdMinor' | 'expiresHours'>>> = {
  'refund-order': { thresholdMinor: 50_000n, expiresHours: 72 },
  'issue-gift-card': { thresholdMinor: 50_000n, expiresHours: 72 },
  'issue-store-credit': { thresholdMinor: 50_000n, expiresHours: 72 },
  'pay-merchant': { thresholdMinor: 100_000n, expiresHours: 72 },
  'assign-pay-in': { thresholdMinor: 100_000n, expiresHours: 72 },
};

/** The policy for an action in a currency: the one that was set, else the default of the action, else none. */
export function policyFor(policies: readonly Policy[], action: string, currency: string): Policy | undefined {
  const set = policies.find((policy) => policy.action === action && policy.currency === currency);
  const fallback = DEFAULT_POLICIES[action];
  return set ?? (fallback ? { action, currency, ...fallback } : undefined);
}

/** Whether an amount needs a second person. Without a policy it does not. */
export function needsApproval(policy: Policy | undefined, amountMinor: bigint): boolean {
  return policy !== undefined && amountMinor >= policy.thresholdMinor;
}

/** Refuses a decision that is late, repeated, or one's own. */
export function checkDecision(approval: Approval, actor: string, now: Date): void {
  if (approval.status !== 'pending') throw new DomainError('state_refuses', `This was ${approval.status} already.`);
  if (now >= approval.expiresAt) throw new DomainError('state_refuses', 'This request has expired. It has to be made again.');
  if (approval.requestedBy === actor) throw new DomainError('own_request');
}
