import type pg from 'pg';
import type { CreateCountInput, EndCountInput, RecordCountInput } from '../../domains/counts/schema.ts';
import type { AdjustRowsInput } from '../../domains/inventory/schema.ts';
import type { TrackLotsInput } from '../../domains/lots/schema.ts';
import type {
  CreatePurchaseOrderInput,
  EditPurchaseOrderInput,
  MovePurchaseOrderInput,
  ReceivePurchaseOrderInput,
  SaveStockPolicyInput,
} from '../../domains/purchasing/schema.ts';
import type { SetReorderPointsInput } from '../../domains/replenishment/schema.ts';
import type {
  CancelTransferInput,
  CreateTransferInput,
  ReceiveTransferInput,
  SendTransferInput,
} from '../../domains/transfers/schema.ts';
import type { Ctx } from '../../kernel/context.ts';
import type { Call, Locked, Verb } from '../../platform/verb.ts';
import { createStockFileFlows, type StockFileFlows } from '../stock-files/stock-file-flows.ts';
import { type AdjustedRows, adjustRows } from './adjust-rows.ts';
import { type ChangedCount, createCount, type EndedCount, endCount, type RecordedCount, recordCount } from './count-stock.ts';
import { type ChangedPurchaseOrder, createPurchaseOrder, editPurchaseOrder, movePurchaseOrder } from './edit-purchase-order.ts';
import { expireLots, type TrackedLots, trackLots } from './keep-lots.ts';
import { type ReceivedPurchaseOrder, receivePurchaseOrder } from './receive-purchase-order.ts';
import { type SavedStockPolicy, saveStockPolicy } from './save-stock-policy.ts';
import { sendStockDigests } from './send-digests.ts';
import { type ReorderPointsSet, setReorderPoints } from './set-reorder-points.ts';
import { type ChangedTransfer, cancelTransfer, createTransfer, receiveTransfer, sendTransfer } from './transfer-stock.ts';
import { sweepLowStock, type WatchedStock } from './watch-stock.ts';

/** What is done with goods before anybody orders them. */
export interface StockFlows {
  readonly createPurchaseOrder: Call<CreatePurchaseOrderInput, ChangedPurchaseOrder>;
  readonly editPurchaseOrder: Call<EditPurchaseOrderInput, ChangedPurchaseOrder>;
  /** Sends it to the supplier, cancels or closes it. */
  readonly movePurchaseOrder: Call<MovePurchaseOrderInput, ChangedPurchaseOrder>;
  readonly receivePurchaseOrder: Call<ReceivePurchaseOrderInput, ReceivedPurchaseOrder>;
  readonly savePolicy: Call<SaveStockPolicyInput, SavedStockPolicy>;
  readonly createTransfer: Call<CreateTransferInput, ChangedTransfer>;
  readonly sendTransfer: Call<SendTransferInput, ChangedTransfer>;
  readonly receiveTransfer: Call<ReceiveTransferInput, ChangedTransfer>;
  readonly cancelTransfer: Call<CancelTransferInput, ChangedTransfer>;
  readonly createCount: Call<CreateCountInput, ChangedCount>;
  readonly recordCount: Call<RecordCountInput, RecordedCount>;
  /** Finishes it, which applies what it found, or cancels it. */
  readonly endCount: Call<EndCountInput, EndedCount>;
  /** Many adjustments as one. */
  readonly adjustRows: Call<AdjustRowsInput, AdjustedRows>;
  /** Keeps a SKU's units by lot from now on. */
  readonly trackLots: Call<TrackLotsInput, TrackedLots>;
  /** When goods are ordered again. */
  readonly setReorderPoints: Call<SetReorderPointsInput, ReorderPointsSet>;
  /** Opens alerts of what runs low, and closes those of what is there again. */
  sweepLowStock(ctx: Ctx): Promise<WatchedStock>;
  /** Tells merchants' people what runs low and what expires soon, once a day; returns how many are told now. */
  sendDigests(ctx: Ctx): Promise<number>;
  readonly files: StockFileFlows;
  /** Takes lots whose day is over off the shelf; returns how many. */
  expireLots(ctx: Ctx): Promise<number>;
}

interface StockFlowDeps {
  readonly sendsMail: boolean;
  readonly pool: pg.Pool;
  readonly verb: <I, W extends Locked, R>(definition: Verb<I, W, R>) => Call<I, R>;
}

/** Gives each verb its lane. */
export function createStockFlows({ pool, verb, sendsMail }: StockFlowDeps): StockFlows {
  return {
    createPurchaseOrder: verb(createPurchaseOrder),
    editPurchaseOrder: verb(editPurchaseOrder),
    movePurchaseOrder: verb(movePurchaseOrder),
    receivePurchaseOrder: verb(receivePurchaseOrder),
    savePolicy: verb(saveStockPolicy),
    createTransfer: verb(createTransfer),
    sendTransfer: verb(sendTransfer),
    receiveTransfer: verb(receiveTransfer),
    cancelTransfer: verb(cancelTransfer),
    createCount: verb(createCount),
    recordCount: verb(recordCount),
    endCount: verb(endCount),
    adjustRows: verb(adjustRows),
    trackLots: verb(trackLots),
    setReorderPoints: verb(setReorderPoints),
    sweepLowStock: (ctx) => sweepLowStock(pool, ctx),
    sendDigests: (ctx) => sendStockDigests(pool, ctx, sendsMail),
    files: createStockFileFlows({ pool, verb }),
    expireLots: (ctx) => expireLots(pool, ctx),
  };
}
