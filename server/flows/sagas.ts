import type { SagaDefinition } from '../platform/saga.ts';
import { renewalSaga } from './backorders/renew-payment.ts';
import { cancelSaga } from './cancel-saga.ts';
import { captureOrderSaga } from './capture-order.ts';
import { answerSaga } from './disputes/answer-saga.ts';
import { editSaga } from './edits/edit-saga.ts';
import { keepFeeSaga } from './keep-fee.ts';
import type { Outside } from './outside.ts';
import { claimSaga } from './parcels/claims.ts';
import { relabelSaga } from './parcels/void-label.ts';
import { parcelSaga } from './partners/parcel-saga.ts';
import { partnerSaga } from './partners/partner-saga.ts';
import { collectDebitSaga } from './payments/collect-debit.ts';
import { collectCashSaga, refusedAtDoorSaga } from './payments/door.ts';
import { lookAgainSaga } from './payments/look-again.ts';
import { handOverSaga } from './pickups/hand-over-saga.ts';
import { placementSaga } from './placement-saga.ts';
import { refundSaga } from './refund-saga.ts';
import { reshipSaga } from './reship-saga.ts';
import { advanceReplacementSaga } from './returns/advance-replacement.ts';
import { returnLabelSaga, voidReturnLabelSaga } from './returns/label-saga.ts';
import { rerouteSaga } from './routing/reroute-saga.ts';
import { shipmentSaga } from './shipment-saga.ts';
import { voidSaga } from './void-payment.ts';
import type { World } from './world.ts';

const ALL: readonly SagaDefinition<World, Outside>[] = [
  placementSaga,
  shipmentSaga,
  refundSaga,
  voidSaga,
  cancelSaga,
  editSaga,
  reshipSaga,
  rerouteSaga,
  claimSaga,
  relabelSaga,
  renewalSaga,
  partnerSaga,
  parcelSaga,
  handOverSaga,
  returnLabelSaga,
  voidReturnLabelSaga,
  answerSaga,
  keepFeeSaga,
  captureOrderSaga,
  collectDebitSaga,
  collectCashSaga,
  refusedAtDoorSaga,
  lookAgainSaga,
  advanceReplacementSaga,
];
const BY_KIND = new Map(ALL.map((definition) => [definition.kind, definition]));

/** The saga of a kind. A row that names none is a bug, or a newer version's. */
export function sagaDefinition(kind: string): SagaDefinition<World, Outside> {
  const definition = BY_KIND.get(kind);
  if (!definition) throw new Error(`No saga is called ${kind}`);
  return definition;
}
