import type {
  CreatePurchaseOrderInput,
  EditPurchaseOrderInput,
  MovePurchaseOrderInput,
  ReceivePurchaseOrderInput,
  SaveStockPolicyInput,
} from '../../domains/purchasing/schema.ts';
import type { Call, Locked, Verb } from '../../platform/verb.ts';
import { type ChangedPurchaseOrder, createPurchaseOrder, editPurchaseOrder, movePurchaseOrder } from './edit-purchase-order.ts';
import { type ReceivedPurchaseOrder, receivePurchaseOrder } from './receive-purchase-order.ts';
import { type SavedStockPolicy, saveStockPolicy } from './save-stock-policy.ts';

/** What is done with goods before anybody orders them. */
export interface StockFlows {
  readonly createPurchaseOrder: Call<CreatePurchaseOrderInput, ChangedPurchaseOrder>;
  readonly editPurchaseOrder: Call<EditPurchaseOrderInput, ChangedPurchaseOrder>;
  /** Sends it to the supplier, cancels or closes it. */
  readonly movePurchaseOrder: Call<MovePurchaseOrderInput, ChangedPurchaseOrder>;
  readonly receivePurchaseOrder: Call<ReceivePurchaseOrderInput, ReceivedPurchaseOrder>;
  readonly savePolicy: Call<SaveStockPolicyInput, SavedStockPolicy>;
}

interface StockFlowDeps {
  readonly verb: <I, W extends Locked, R>(definition: Verb<I, W, R>) => Call<I, R>;
}

/** Gives each verb its lane. */
export function createStockFlows({ verb }: StockFlowDeps): StockFlows {
  return {
    createPurchaseOrder: verb(createPurchaseOrder),
    editPurchaseOrder: verb(editPurchaseOrder),
    movePurchaseOrder: verb(movePurchaseOrder),
    receivePurchaseOrder: verb(receivePurchaseOrder),
    savePolicy: verb(saveStockPolicy),
  };
}
