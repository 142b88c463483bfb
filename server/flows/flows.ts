import type pg from 'pg';
import type { DecideApprovalInput } from '../domains/approvals/schema.ts';
import * as approvals from '../domains/approvals/service.ts';
import type { CreateSkuInput, EditSkuInput, ImportSkusInput } from '../domains/catalog/schema.ts';
import type { EditCustomerInput } from '../domains/customers/schema.ts';
import type { ShipmentUpdateInput, ShipOrderInput } from '../domains/fulfilment/schema.ts';
import type { AdjustStockInput } from '../domains/inventory/schema.ts';
import type {
  CancelOrderInput,
  EditOrderInput,
  HoldInput,
  NoteInput,
  PlaceOrderInput,
  TagInput,
} from '../domains/orders/schema.ts';
import type { FinishPickingInput, StartPickingInput } from '../domains/picking/schema.ts';
import type { RefundOrderInput } from '../domains/refunds/schema.ts';
import type { Ctx } from '../kernel/context.ts';
import { type Tx, withTx } from '../platform/db.ts';
import type { LaneOptions } from '../platform/lane.ts';
import { forgetLocks } from '../platform/locks.ts';
import { dropSagaJobs, type Outbox } from '../platform/outbox.ts';
import { type Call, createVerb, type Locked, type Verb } from '../platform/verb.ts';
import { type AdjustedStock, adjustStock } from './adjust-stock.ts';
import { createSagaRunner } from './advance-saga.ts';
import { type AnnotatedOrder, holdOrder, type NotedOrder, noteOrder, releaseOrder, tagOrder } from './annotate-order.ts';
import { type CancelledOrder, type CancelPreview, cancelOrder, previewCancel } from './cancel-order.ts';
import { type DecidedApproval, decideApproval } from './decide-approval.ts';
import { type EditedCustomer, editCustomer } from './edit-customer.ts';
import { type EditedOrder, editOrder } from './edit-order.ts';
import { createSku, type EditedSku, editSku } from './edit-sku.ts';
import { expireApprovals } from './expire-approvals.ts';
import { type ImportedSkus, type ImportPreview, importSkus, previewImport, readImport } from './import-skus.ts';
import { type OperatedSaga, type OperateSagaInput, operateSaga } from './operate-saga.ts';
import type { Outside } from './outside.ts';
import { type FinishedRound, finishPicking, type StartedRound, startPicking } from './pick-orders.ts';
import { type PlacedOrder, placeOrder } from './place-order.ts';
import { previewRefund, type RefundPreview, type RequestedRefund, refundOrder } from './refund-order.ts';
import { type RetriedLetters, type RetryDeliveriesInput, type RetryJobsInput, retryDeliveries, retryJobs } from './retry-jobs.ts';
import { planShip, type ShipPreview, type ShippingOrder, shipOrder } from './ship-order.ts';
import { type UpdatedShipment, updateShipment } from './update-shipment.ts';
import { wakeSagas, wakeWaitingFor } from './wake-sagas.ts';
import { lockWorld, type Needs, orderOf, type World } from './world.ts';

/** What the house can do. Every call is idempotent under its key for its caller. */
export interface Flows {
  readonly placeOrder: Call<PlaceOrderInput, PlacedOrder>;
  readonly cancelOrder: Call<CancelOrderInput, CancelledOrder>;
  readonly refundOrder: Call<RefundOrderInput, RequestedRefund>;
  readonly shipOrder: Call<ShipOrderInput, ShippingOrder>;
  /** Sends somebody through the warehouse for several orders' units. */
  readonly startPicking: Call<StartPickingInput, StartedRound>;
  readonly finishPicking: Call<FinishPickingInput, FinishedRound>;
  readonly updateShipment: Call<ShipmentUpdateInput, UpdatedShipment>;
  readonly noteOrder: Call<NoteInput, NotedOrder>;
  readonly tagOrder: Call<TagInput, AnnotatedOrder>;
  readonly editOrder: Call<EditOrderInput, EditedOrder>;
  readonly holdOrder: Call<HoldInput, AnnotatedOrder>;
  readonly releaseOrder: Call<HoldInput, AnnotatedOrder>;
  readonly decideApproval: Call<DecideApprovalInput, DecidedApproval>;
  readonly adjustStock: Call<AdjustStockInput, AdjustedStock>;
  readonly createSku: Call<CreateSkuInput, EditedSku>;
  readonly editSku: Call<EditSkuInput, EditedSku>;
  readonly importSkus: Call<ImportSkusInput, ImportedSkus>;
  readonly editCustomer: Call<EditCustomerInput, EditedCustomer>;
  /** Retry, skip or compensate a saga that needs a person. */
  readonly operateSaga: Call<OperateSagaInput, OperatedSaga>;
  /** Try dead letters again. */
  readonly retryJobs: Call<RetryJobsInput, RetriedLetters>;
  readonly retryDeliveries: Call<RetryDeliveriesInput, RetriedLetters>;
  /** What the verb would do, by the code that does it. Nothing is written. */
  previewCancel(input: CancelOrderInput, ctx: Ctx): Promise<CancelPreview>;
  previewRefund(input: RefundOrderInput, ctx: Ctx): Promise<RefundPreview>;
  previewShip(input: ShipOrderInput, ctx: Ctx): Promise<ShipPreview>;
  previewImport(input: ImportSkusInput): Promise<ImportPreview>;
  /** Takes a saga as far as it goes; what a job does. */
  advanceSaga(sagaId: string, signal?: AbortSignal): Promise<void>;
  /** Has the waiting sagas of these orders look again now. */
  wakeSagas(orderIds: readonly string[], ctx: Ctx): Promise<number>;
  /** Has the orders that wait for units of these SKUs look again now. */
  wakeWaitingFor(skuIds: readonly string[], ctx: Ctx): Promise<number>;
  expireApprovals(ctx: Ctx): Promise<number>;
  /** Resolves when nothing waits or runs in any lane. */
  idle(): Promise<void>;
}

export interface FlowDeps {
  readonly pool: pg.Pool;
  readonly home: string;
  readonly outside: Outside;
  readonly clock?: () => Date;
  /**
   * Set where the caller advances the sagas it starts (an import, made-up data): no worker is told of them. Should the caller die, the
   * sweep finds them.
   */
  readonly drivesSagas?: boolean;
  readonly observe?: LaneOptions<unknown, unknown>['observe'];
}

/** Gives every verb its lane. One per process. */
export function createFlows(deps: FlowDeps): Flows {
  const { pool, home, outside, observe, clock = () => new Date() } = deps;
  const waiting: (() => Promise<void>)[] = [];
  const verb = <I, W extends Locked, R>(definition: Verb<I, W, R>): Call<I, R> => {
    const own = deps.drivesSagas ? withoutSagaJobs(definition) : definition;
    const made = createVerb({ pool, ...(observe ? { observe } : {}) }, own);
    waiting.push(made.idle);
    return made.call;
  };
  const runner = createSagaRunner({
    pool,
    home,
    outside,
    clock,
    ...(observe ? { observe } : {}),
    ...(deps.drivesSagas ? { drivesSagas: true } : {}),
  });
  waiting.push(runner.idle);
  const importRead = verb(importSkus);
  return {
    placeOrder: verb(placeOrder),
    cancelOrder: verb(cancelOrder),
    refundOrder: verb(refundOrder),
    shipOrder: verb(shipOrder),
    startPicking: verb(startPicking),
    finishPicking: verb(finishPicking),
    updateShipment: verb(updateShipment),
    noteOrder: verb(noteOrder),
    tagOrder: verb(tagOrder),
    editOrder: verb(editOrder),
    holdOrder: verb(holdOrder),
    releaseOrder: verb(releaseOrder),
    decideApproval: verb(decideApproval),
    adjustStock: verb(adjustStock),
    createSku: verb(createSku),
    editSku: verb(editSku),
    importSkus: async (input, ctx, key) => importRead(await readImport(input), ctx, key),
    editCustomer: verb(editCustomer),
    operateSaga: verb(operateSaga),
    retryJobs: verb(retryJobs),
    retryDeliveries: verb(retryDeliveries),
    previewCancel: (input, ctx) =>
      dryRun(pool, input.orderId, ctx, (world) => previewCancel(world, orderOf(world, input.orderId), input)),
    previewShip: (input, ctx) =>
      dryRun(pool, input.orderId, ctx, (world) => planShip(world, orderOf(world, input.orderId), input), { stock: true }),
    previewRefund: async (input, ctx) => {
      const policies = await approvals.policies(pool);
      return dryRun(pool, input.orderId, ctx, (world) =>
        previewRefund(world, orderOf(world, input.orderId), input, { policies }),
      );
    },
    previewImport: (input) => previewImport(pool, input),
    advanceSaga: (sagaId, signal) => runner.run(sagaId, signal),
    wakeSagas: (orderIds, ctx) => wakeSagas(pool, orderIds, ctx),
    wakeWaitingFor: (skuIds, ctx) => wakeWaitingFor(pool, skuIds, ctx),
    expireApprovals: (ctx) => expireApprovals(pool, ctx),
    async idle() {
      for (const idle of waiting) await idle();
    },
  };
}

function withoutSagaJobs<I, W extends Locked, R>(definition: Verb<I, W, R>): Verb<I, W, R> {
  return {
    ...definition,
    write(tx, world) {
      if ('outbox' in world) dropSagaJobs(world.outbox as Outbox);
      return definition.write(tx, world);
    },
  };
}

/**
 * Plans on the locked order and writes nothing, so that what is shown is what would be done. The lock lasts for one read: a dialog that
 * opens waits for a change under way instead of showing what was true before it.
 */
async function dryRun<R>(
  pool: pg.Pool,
  orderId: string,
  ctx: Ctx,
  plan: (world: World) => R,
  needs: Pick<Needs, 'stock'> = {},
): Promise<R> {
  return withTx(pool, async (tx: Tx) => {
    forgetLocks(tx);
    return plan(await lockWorld(tx, { orderIds: [orderId], ...needs }, ctx));
  });
}
