import type { SagaBirth } from '../../platform/saga.ts';

/** Sagas of payments that begin where nobody knows their steps. */

/** Follows a debit whose goods may leave before it has come: `state.paymentId`. */
export const COLLECT_DEBIT: SagaBirth = { kind: 'collect-debit', version: 1, steps: [{ name: 'collect' }] };
/** Takes the money for a parcel that was delivered: `state.shipmentId`. */
export const COLLECT_CASH: SagaBirth = { kind: 'collect-cash', version: 1, steps: [{ name: 'capture' }] };
/** Nobody took a parcel that was to be paid at the door: `state.shipmentId`. */
export const REFUSED_AT_DOOR: SagaBirth = { kind: 'refuse-at-door', version: 1, steps: [{ name: 'give-up' }] };
/** Somebody says that what had succeeded did not: `state.operationId`. */
export const LOOK_AGAIN: SagaBirth = { kind: 'look-again', version: 1, steps: [{ name: 'look' }] };
