import type { Order } from '../../domains/orders/service.ts';
import { after, isAdvanced, type Return } from '../../domains/returns/rules.ts';
import type {
  ApproveReturnInput,
  CancelReturnInput,
  CloseReturnInput,
  DeclineReturnInput,
} from '../../domains/returns/schema.ts';
import * as returns from '../../domains/returns/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Tx } from '../../platform/db.ts';
import type { Request, Verb } from '../../platform/verb.ts';
import { begin, settleOrder, type World, writeWorld } from '../world.ts';
import { wakeAdvance } from './advance-intent.ts';
import { returnLabelSaga, voidReturnLabelSaga } from './label-saga.ts';
import {
  answer,
  type ChangedReturn,
  freeReturned,
  homeOf,
  lockReturns,
  moveReturn,
  receivingNode,
  returnIn,
} from './return-world.ts';
import { type Approving, lockApproving, sendAhead } from './send-ahead.ts';

/**
 * What people say to a return before it comes: yes, with a label that a saga buys; no, and why; or that it will not be sent after all.
 * Where it will not come its units are free again, in the same transaction.
 */
const DAY_MS = 86_400_000;

/** Says yes: where it is sent to, until when, and with which label. */
export function approve(
  world: World,
  order: Order,
  one: Return,
  { nodeId, label }: { readonly nodeId?: string | undefined; readonly label: boolean },
  ctx: Ctx,
): void {
  after(one, 'approve');
  const to = nodeId === undefined ? homeOf(world, order, one.id) : receivingNode(world, one.merchantId, nodeId);
  if (to === null)
    throw new DomainError('state_refuses', 'No node of this merchant receives goods: there is nowhere to send it.');
  one.nodeId = to;
  one.decidedBy = ctx.actor;
  one.decidedAt = ctx.now;
  // Whoever waits for a replacement sends theirs when it is there: the saga says until when.
  one.sendBy = isAdvanced(one) ? null : new Date(ctx.now.getTime() + one.terms.sendWithinDays * DAY_MS);
  moveReturn(world, order, one, 'approve', { type: 'return.approved', data: { nodeId: to, label, sendBy: one.sendBy } }, ctx);
  if (label) begin(world, returnLabelSaga, order, { state: { returnId: one.id } }, ctx);
}

const lock = (tx: Tx, requests: readonly Request<{ readonly returnId: string }>[]): Promise<World> => lockReturns(tx, requests);

export const approveReturn: Verb<ApproveReturnInput, Approving, ChangedReturn> = {
  name: 'approve-return',
  lock: lockApproving,
  decide(world, { input, ctx }) {
    const { one, order } = returnIn(world, input.returnId);
    after(one, 'approve');
    if (input.advance) sendAhead(world, order, one, input.advance, input.unsecured ?? null, ctx);
    approve(world, order, one, input, ctx);
    return answer(one);
  },
  write: writeWorld,
};

/** Ends a return whose goods never came. */
function end(
  world: World,
  order: Order,
  one: Return,
  event: 'decline' | 'cancel' | 'expire',
  reason: string | undefined,
  ctx: Ctx,
): void {
  after(one, event);
  if (event === 'cancel' && isAdvanced(one))
    throw new DomainError(
      'state_refuses',
      `The replacement for return ${one.number} has been sent. It is charged if nothing comes back, and costs nothing if it does.`,
    );
  // Nothing came back: whoever has both pays for one of them.
  if (event === 'expire' && isAdvanced(one)) one.chargeMinor = one.advanceMinor;
  freeReturned(order, (span) => span.returnId === one.id);
  const type = ({ decline: 'return.declined', cancel: 'return.cancelled', expire: 'return.expired' } as const)[event];
  moveReturn(world, order, one, event, { type, reason, ...(reason === undefined ? {} : { data: { reason } }) }, ctx);
  if (one.carrierRef !== null) begin(world, voidReturnLabelSaga, order, { state: { returnId: one.id } }, ctx);
  settleOrder(world, order, null, ctx);
  wakeAdvance(world, one, ctx);
}

export const declineReturn: Verb<DeclineReturnInput, World, ChangedReturn> = {
  name: 'decline-return',
  lock,
  decide(world, { input, ctx }) {
    const { one, order } = returnIn(world, input.returnId);
    after(one, 'decline');
    Object.assign(one, { declineReason: input.reason, decidedBy: ctx.actor, decidedAt: ctx.now });
    end(world, order, one, 'decline', input.reason, ctx);
    return answer(one);
  },
  write: writeWorld,
};

export const cancelReturn: Verb<CancelReturnInput, World, ChangedReturn> = {
  name: 'cancel-return',
  lock,
  decide(world, { input, ctx }) {
    const { one, order } = returnIn(world, input.returnId);
    after(one, 'cancel');
    one.endedReason = input.reason ?? null;
    end(world, order, one, 'cancel', input.reason, ctx);
    return answer(one);
  },
  write: writeWorld,
};

/** What the clock does: an approved return that was never sent expires. One that was sent meanwhile is left alone. */
export const expireReturn: Verb<{ readonly returnId: string }, World, ChangedReturn> = {
  name: 'expire-return',
  lock,
  decide(world, { input, ctx }) {
    const { one, order } = returnIn(world, input.returnId);
    const due = (one.status === 'approved' || one.status === 'labelled') && one.sendBy !== null && one.sendBy < ctx.now;
    if (due) end(world, order, one, 'expire', undefined, ctx);
    return answer(one);
  },
  write: writeWorld,
};

export const closeReturn: Verb<CloseReturnInput, World, ChangedReturn> = {
  name: 'close-return',
  lock,
  decide(world, { input, ctx }) {
    const { one, order } = returnIn(world, input.returnId);
    after(one, 'close');
    one.closedAt = ctx.now;
    moveReturn(world, order, one, 'close', { type: 'return.closed' }, ctx);
    returns.changed(world.returns, one);
    return answer(one);
  },
  write: writeWorld,
};
