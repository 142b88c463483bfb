import type pg from 'pg';
import type {
  AddPhotoInput,
  ApproveReturnInput,
  CancelReturnInput,
  CloseReturnInput,
  DeclineReturnInput,
  InspectReturnInput,
  ReceiveGoodsInput,
  RequestReturnInput,
  ReturnReportInput,
  SettleReturnInput,
} from '../../domains/returns/schema.ts';
import * as returns from '../../domains/returns/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { withTx } from '../../platform/db.ts';
import { forgetLocks } from '../../platform/locks.ts';
import type { Call, Locked, Verb } from '../../platform/verb.ts';
import { lockWorld, orderOf } from '../world.ts';
import { type AddedPhoto, addReturnPhoto } from './add-photo.ts';
import { approveReturn, cancelReturn, closeReturn, declineReturn, expireReturn } from './decide-return.ts';
import { type InspectedReturn, inspectReturn } from './inspect-return.ts';
import { type ReceivedGoods, receiveGoods, reportReturn } from './receive-goods.ts';
import { offerReturn, policiesOf, type ReturnOffer, requestReturn } from './request-return.ts';
import { type ChangedReturn, policyOf } from './return-world.ts';
import { lockSettling, previewSettle, type SettledReturn, type SettlePreview, settleReturn } from './settle-return.ts';

/** What customers send back after a delivery. */
export interface ReturnFlows {
  /** What could be sent back of an order now, and on which terms. Nothing is written. */
  offer(orderId: string, ctx: Ctx): Promise<ReturnOffer>;
  readonly request: Call<RequestReturnInput, ChangedReturn>;
  readonly approve: Call<ApproveReturnInput, ChangedReturn>;
  readonly decline: Call<DeclineReturnInput, ChangedReturn>;
  readonly cancel: Call<CancelReturnInput, ChangedReturn>;
  readonly report: Call<ReturnReportInput, ChangedReturn>;
  readonly receive: Call<ReceiveGoodsInput, ReceivedGoods>;
  readonly inspect: Call<InspectReturnInput, InspectedReturn>;
  previewSettle(input: SettleReturnInput, ctx: Ctx): Promise<SettlePreview>;
  readonly settle: Call<SettleReturnInput, SettledReturn>;
  readonly close: Call<CloseReturnInput, ChangedReturn>;
  readonly addPhoto: Call<AddPhotoInput, AddedPhoto>;
  /** Expires what was never sent and closes what nobody looks at any more; what a job does. Returns how many ended. */
  endOverdue(ctx: Ctx): Promise<number>;
}

interface Deps {
  readonly pool: pg.Pool;
  readonly verb: <I, W extends Locked, R>(definition: Verb<I, W, R>) => Call<I, R>;
}

/** How long a settled return stays on the list, should somebody write about it. */
const CLOSES_AFTER_MS = 14 * 86_400_000;
const SWEEP_LIMIT = 200;

export function createReturnFlows({ pool, verb }: Deps): ReturnFlows {
  const expire = verb(expireReturn);
  const close = verb(closeReturn);
  return {
    offer: (orderId, ctx) =>
      withTx(pool, async (tx) => {
        forgetLocks(tx);
        const world = await lockWorld(tx, { orderIds: [orderId] }, ctx);
        const order = orderOf(world, orderId);
        const policies = await policiesOf(tx, world, ctx.now);
        return offerReturn(world, order, policyOf(policies, order.row.merchantId), ctx.now);
      }),
    request: verb(requestReturn),
    approve: verb(approveReturn),
    decline: verb(declineReturn),
    cancel: verb(cancelReturn),
    report: verb(reportReturn),
    receive: verb(receiveGoods),
    inspect: verb(inspectReturn),
    previewSettle: (input, ctx) =>
      withTx(pool, async (tx) => {
        forgetLocks(tx);
        return previewSettle(await lockSettling(tx, [input], ctx, 0), input);
      }),
    settle: verb(settleReturn),
    close,
    addPhoto: verb(addReturnPhoto),
    async endOverdue(ctx) {
      const overdue = await returns.findOverdue(pool, ctx.now, new Date(ctx.now.getTime() - CLOSES_AFTER_MS), SWEEP_LIMIT);
      const ended = await Promise.allSettled(
        overdue.map(({ id, due }) => (due === 'expire' ? expire : close)({ returnId: id }, ctx)),
      );
      return ended.filter((one) => one.status === 'fulfilled').length;
    },
  };
}
