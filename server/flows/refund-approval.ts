import type { Approval } from '../domains/approvals/rules.ts';
import * as approvals from '../domains/approvals/service.ts';
import type { Order } from '../domains/orders/service.ts';
import type { Ctx } from '../kernel/context.ts';
import { toMajor } from '../kernel/money.ts';
import { emit } from '../platform/outbox.ts';
import type { World } from './world.ts';

/** A large refund waits for a second person, whatever it is for; and so may the cancellation that would make it. */
export function askSecondPerson(
  world: { readonly approvals: approvals.ApprovalsState },
  { row }: Order,
  amountMinor: bigint,
  reason: string,
  ctx: Ctx,
  action: 'refund-order' | 'cancel-order' = 'refund-order',
): Approval {
  const { merchantId, currency, id: subjectId, number } = row;
  return approvals.request(
    world.approvals,
    {
      merchantId,
      action,
      subject: 'order',
      subjectId,
      amountMinor,
      currency,
      payload: { reason },
      summary: `${number}: ${toMajor({ amountMinor, currency })} ${currency}`,
    },
    ctx,
  );
}

export function tellAsked(
  world: Pick<World, 'outbox'>,
  { id, merchantId, action }: Approval,
  data: { readonly orderId: string; readonly refundId?: string; readonly amountMinor: bigint; readonly currency: string },
  ctx: Ctx,
): void {
  const about = { aggregate: 'approval', aggregateId: id, aggregateVersion: 1n, merchantId } as const;
  emit(world.outbox, { ...about, type: 'approval.requested', data: { action, ...data } }, ctx);
}
