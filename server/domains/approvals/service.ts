import type { Ctx } from '../../kernel/context.ts';
import { newId } from '../../kernel/ids.ts';
import type { Queryable, Tx } from '../../platform/db.ts';
import { lockStep } from '../../platform/locks.ts';
import { type Approval, checkDecision, needsApproval, type Policy, policyFor } from './rules.ts';
import { insertApprovals, lockApprovals, lockExpired, readApprovals, readPolicies, updateApprovals } from './store.ts';

export interface ApprovalsState {
  readonly byId: Map<string, Approval>;
  readonly policies: readonly Policy[];
  readonly fresh: Set<Approval>;
  readonly dirty: Set<Approval>;
}

/** Locks approvals and reads the policies, which are configuration. */
export async function lock(tx: Tx, ids: readonly string[]): Promise<ApprovalsState> {
  const state: ApprovalsState = { byId: new Map(), policies: await readPolicies(tx), fresh: new Set(), dirty: new Set() };
  if (ids.length === 0) return state;
  lockStep(tx, 'approvals');
  for (const approval of await lockApprovals(tx, ids)) state.byId.set(approval.id, approval);
  return state;
}

/** Where nobody is asked for a word yet: what is requested is written by `write`. */
export const none = (): ApprovalsState => ({ byId: new Map(), policies: [], fresh: new Set(), dirty: new Set() });

/** What was asked for, unlocked: it never changes. For whoever has to lock what comes before approvals. */
export const read = readApprovals;

/** Locks what nobody decided in time. */
export async function lockOverdue(tx: Tx, now: Date, limit: number): Promise<ApprovalsState> {
  lockStep(tx, 'approvals');
  const rows = await lockExpired(tx, now, limit);
  return { byId: new Map(rows.map((row) => [row.id, row])), policies: [], fresh: new Set(), dirty: new Set() };
}

/** The policies as they stand, for previews. */
export function policies(db: Queryable): Promise<Policy[]> {
  return readPolicies(db);
}

export function isNeeded(
  state: Pick<ApprovalsState, 'policies'>,
  action: string,
  currency: string,
  amountMinor: bigint,
): boolean {
  return needsApproval(policyFor(state.policies, action, currency), amountMinor);
}

const DEFAULT_HOURS = 72;

export function request(
  state: ApprovalsState,
  wish: Pick<Approval, 'merchantId' | 'action' | 'subject' | 'subjectId' | 'summary' | 'amountMinor' | 'currency' | 'payload'>,
  ctx: Ctx,
): Approval {
  const hours =
    (wish.currency ? policyFor(state.policies, wish.action, wish.currency)?.expiresHours : undefined) ?? DEFAULT_HOURS;
  const approval: Approval = {
    ...wish,
    id: newId(),
    fingerprint: null,
    requestedBy: ctx.actor,
    requestedAt: ctx.now,
    expiresAt: new Date(ctx.now.getTime() + hours * 3_600_000),
    status: 'pending',
    decidedBy: null,
    decidedAt: null,
    reason: null,
    version: 1n,
  };
  state.byId.set(approval.id, approval);
  state.fresh.add(approval);
  return approval;
}

export function decide(
  state: ApprovalsState,
  approval: Approval,
  decision: 'approve' | 'reject',
  reason: string | null,
  ctx: Ctx,
): void {
  checkDecision(approval, ctx.actor, ctx.now);
  Object.assign(approval, {
    status: decision === 'approve' ? 'approved' : 'rejected',
    decidedBy: ctx.actor,
    decidedAt: ctx.now,
    reason,
    version: approval.version + 1n,
  });
  state.dirty.add(approval);
}

export function expire(state: ApprovalsState, approval: Approval, ctx: Ctx): void {
  Object.assign(approval, { status: 'expired', decidedAt: ctx.now, version: approval.version + 1n });
  state.dirty.add(approval);
}

export async function write(tx: Tx, state: ApprovalsState): Promise<void> {
  await insertApprovals(tx, [...state.fresh]);
  await updateApprovals(tx, [...state.dirty]);
}
