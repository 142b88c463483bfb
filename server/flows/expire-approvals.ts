import type pg from 'pg';
import * as approvals from '../domains/approvals/service.ts';
import type { Ctx } from '../kernel/context.ts';
import { withTx } from '../platform/db.ts';
import { forgetLocks } from '../platform/locks.ts';
import { audit, emit } from '../platform/outbox.ts';
import { settleCancel } from './cancel-saga.ts';
import { lockSubjects, NO_WALLETS, settleIssued, settleRefund, writeDecided } from './decide-approval.ts';
import { forgetAssignment } from './rails/assign-pay-in.ts';
import { decidePayout } from './rails/settle-payout.ts';
import { settleWriteOff } from './reconciliation/write-off.ts';

/** One sweep expires this many at most; the next one takes the rest. */
const BATCH = 100;

/** Gives up what nobody decided in time: its units are free again. Returns how many expired. */
export async function expireApprovals(pool: pg.Pool, ctx: Ctx): Promise<number> {
  return withTx(pool, async (tx) => {
    forgetLocks(tx);
    const locked = await approvals.lockOverdue(tx, ctx.now, BATCH);
    const overdue = [...locked.byId.values()];
    if (overdue.length === 0) return 0;
    const world = await lockSubjects(tx, locked, NO_WALLETS, ctx);
    for (const approval of overdue) {
      approvals.expire(locked, approval, ctx);
      if (approval.action === 'refund-order') settleRefund(world, approval, false, ctx);
      if (approval.action === 'cancel-order') settleCancel(world, approval, false, ctx);
      if (approval.action === 'write-off-difference') settleWriteOff(world, approval, null, ctx);
      settleIssued(world, approval, false, ctx);
      forgetAssignment(world, approval);
      if (approval.action === 'pay-merchant') decidePayout(world, approval.subjectId, false, null, ctx);
      const { id, merchantId, version } = approval;
      emit(
        world.outbox,
        {
          aggregate: 'approval',
          aggregateId: id,
          aggregateVersion: version,
          merchantId,
          type: 'approval.decided',
          data: { decision: 'expired', subjectId: approval.subjectId },
        },
        ctx,
      );
      audit(
        world.outbox,
        {
          action: 'approval.expired',
          entity: 'approval',
          entityId: id,
          merchantId,
          before: { status: 'pending' },
          after: { status: 'expired' },
        },
        ctx,
      );
    }
    await writeDecided(tx, world);
    return overdue.length;
  });
}
