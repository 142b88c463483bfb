import { z } from 'zod';
import * as refunds from '../domains/refunds/service.ts';
import { DomainError } from '../kernel/errors.ts';
import { undoUntil } from '../kernel/undo.ts';
import type { Tx } from '../platform/db.ts';
import { audit } from '../platform/outbox.ts';
import { endSaga } from '../platform/saga.ts';
import { sagasOf } from '../platform/saga-rows.ts';
import type { Request, Verb } from '../platform/verb.ts';
import { cancelIntent } from './cancel-intent.ts';
import { wakeAllocation } from './cancel-saga.ts';
import { freeUnits, refundSaga } from './refund-saga.ts';
import { reopenReturn } from './returns/returned-money.ts';
import { lockWorld, orderOf, settleOrder, tell, type World, writeWorld } from './world.ts';

/**
 * Takes a refund or a cancel back before anything left the house. The saga's position decides under the order's lock: as long as it has
 * not moved nothing was sent, and once it has, undoing is refused and nothing changes.
 */
export const undoCancelInput = z.object({ orderId: z.uuid() });
export type UndoCancelInput = z.infer<typeof undoCancelInput>;
export const undoRefundInput = z.object({ orderId: z.uuid(), refundId: z.uuid() });
export type UndoRefundInput = z.infer<typeof undoRefundInput>;

export interface Undone {
  readonly orderId: string;
  readonly number: string;
}

async function lock(tx: Tx, requests: readonly Request<{ orderId: string }>[]): Promise<World> {
  const orderIds = requests.map((request) => request.input.orderId);
  return lockWorld(tx, { orderIds }, (requests[0] as Request<{ orderId: string }>).ctx);
}

function takeBackCancel(world: World, { input, ctx }: Request<UndoCancelInput>): Undone {
  const order = orderOf(world, input.orderId);
  const saga = cancelIntent(world, order.row.id);
  if (saga?.step !== 'wait')
    throw new DomainError('state_refuses', 'The cancellation is carried out already, or somebody else has undone it.');
  endSaga(saga);
  tell(world, order, 'order.cancel_undone', {}, ctx);
  audit(
    world.outbox,
    {
      action: 'order.cancel_undone',
      entity: 'order',
      entityId: order.row.id,
      merchantId: order.row.merchantId,
      before: { units: saga.state.ranges, requestedBy: saga.actor },
      after: { status: order.row.status },
    },
    ctx,
  );
  wakeAllocation(world, order.row.id, ctx);
  return { orderId: order.row.id, number: order.row.number };
}

function takeBackRefund(world: World, { input, ctx }: Request<UndoRefundInput>): Undone {
  const order = orderOf(world, input.orderId);
  const refund = refunds.ofOrder(world.refunds, order.row.id).find((candidate) => candidate.id === input.refundId);
  if (!refund) throw new DomainError('not_found', 'The order has no such refund.');
  const saga = sagasOf(world.sagas, order.row.id).find(
    (candidate) => candidate.kind === refundSaga.kind && candidate.state.refundId === refund.id,
  );
  const waits = saga?.step === 'reserve' && saga.state.compensating !== true && undoUntil(saga) !== null;
  if (!saga || !waits || refund.status !== 'pending')
    throw new DomainError('state_refuses', 'The money is on its way already, or somebody else has undone it.');
  endSaga(saga);
  refund.status = 'undone';
  refund.settledAt = ctx.now;
  refunds.changed(world.refunds, refund);
  freeUnits(order, refund.id);
  reopenReturn(world, order, refund.id, ctx);
  settleOrder(world, order, null, ctx);
  tell(world, order, 'refund.undone', { refundId: refund.id, refundNumber: refund.number, amountMinor: refund.amountMinor }, ctx);
  audit(
    world.outbox,
    {
      action: 'refund.undone',
      entity: 'order',
      entityId: order.row.id,
      merchantId: order.row.merchantId,
      before: { refundId: refund.id, status: 'pending', requestedBy: refund.requestedBy },
      after: { refundId: refund.id, status: 'undone' },
    },
    ctx,
  );
  return { orderId: order.row.id, number: order.row.number };
}

export const undoCancel: Verb<UndoCancelInput, World, Undone> = {
  name: 'undo-cancel',
  lock,
  decide: takeBackCancel,
  write: writeWorld,
};
export const undoRefund: Verb<UndoRefundInput, World, Undone> = {
  name: 'undo-refund',
  lock,
  decide: takeBackRefund,
  write: writeWorld,
};
