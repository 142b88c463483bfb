import { createHash } from 'node:crypto';
import type { Ctx } from '../../kernel/context.ts';
import { newId } from '../../kernel/ids.ts';
import type { OperationKind } from '../../kernel/vocabulary.ts';
import type { Queryable, Tx } from '../../platform/db.ts';
import { lockStep } from '../../platform/locks.ts';
import { together } from '../../platform/together.ts';
import { derivePaymentState, isOpen, type Operation, type Payment } from './rules.ts';
import {
  insertOperations,
  insertPayments,
  insertRecords,
  type KnownPayment,
  lockPayments,
  readKnown,
  readOperations,
  readOrdersByRef,
  readOrdersWithTaken,
  readProviderRefs,
  updateOperations,
  updatePayments,
} from './store.ts';

/** The payments of a batch's orders, with every attempt. */
export interface PaymentsState {
  readonly byOrder: Map<string, Payment[]>;
  readonly operations: Map<string, Operation[]>;
  readonly fresh: Set<Payment | Operation>;
  readonly dirty: Set<Payment | Operation>;
}

/** Locks the payments of these orders and reads every attempt. */
export async function lock(tx: Tx, orderIds: readonly string[]): Promise<PaymentsState> {
  const state: PaymentsState = { byOrder: new Map(), operations: new Map(), fresh: new Set(), dirty: new Set() };
  if (orderIds.length === 0) return state;
  lockStep(tx, 'payments');
  for (const payment of await lockPayments(tx, orderIds)) push(state.byOrder, payment.orderId, payment);
  for (const operation of await readOperations(tx, orderIds)) push(state.operations, operation.orderId, operation);
  return state;
}

/** An order’s payments, oldest first. */
export function ofOrder(state: PaymentsState, orderId: string): Payment[] {
  return state.byOrder.get(orderId) ?? [];
}

/** Every attempt on an order’s payments, oldest first. */
export function operationsOf(state: PaymentsState, orderId: string): Operation[] {
  return state.operations.get(orderId) ?? [];
}

/** The operation of a payment that has no final answer yet; there is one at most. */
export function openOperation(state: PaymentsState, payment: Payment): Operation | undefined {
  return operationsOf(state, payment.orderId).find((operation) => operation.paymentId === payment.id && isOpen(operation));
}

/** Adds a tender that nothing was tried with yet. */
export function addPayment(
  state: PaymentsState,
  payment: Omit<Payment, 'id' | 'status' | 'version' | 'createdAt' | keyof typeof NOTHING_YET>,
  ctx: Ctx,
): Payment {
  const row: Payment = { ...payment, ...NOTHING_YET, id: newId(), status: 'CREATED', version: 1n, createdAt: ctx.now };
  push(state.byOrder, row.orderId, row);
  state.fresh.add(row);
  return row;
}

const NOTHING_YET = {
  providerRef: null,
  brand: null,
  last4: null,
  fingerprint: null,
  authorizedMinor: 0n,
  capturedMinor: 0n,
  refundedMinor: 0n,
  disputedMinor: 0n,
  feeMinor: 0n,
  holdId: null,
  authorizationExpiresAt: null,
  nextAction: null,
  failure: null,
};

/** Records an attempt before anything is sent: what was tried is known even if nobody lives to tell how it ended. */
export function startOperation(
  state: PaymentsState,
  payment: Payment,
  kind: OperationKind,
  amountMinor: bigint,
  subjectId: string | null,
  ctx: Ctx,
): Operation {
  const open = openOperation(state, payment);
  if (open) throw new Error(`Payment ${payment.id} has an open ${open.kind} operation`);
  const operation: Operation = {
    id: subjectId === null ? newId() : attemptId(state, payment, kind, subjectId),
    paymentId: payment.id,
    orderId: payment.orderId,
    kind,
    amountMinor,
    subjectId,
    traceId: ctx.traceId,
    createdAt: ctx.now,
    status: 'in_flight',
    providerRef: null,
    error: null,
    response: null,
    calls: 0,
    settledAt: null,
  };
  push(state.operations, payment.orderId, operation);
  state.fresh.add(operation);
  return operation;
}

/**
 * An attempt's id follows from what it is for. A house that was restored from a backup makes the attempts again that it made after the
 * backup was taken; under the id they had then the provider answers with what happened. Sorted by the time of the subject's own UUIDv7.
 */
function attemptId(state: PaymentsState, payment: Payment, kind: OperationKind, subjectId: string): string {
  const earlier = operationsOf(state, payment.orderId).filter((other) => other.kind === kind && other.subjectId === subjectId);
  const name = `waybill:operation:${payment.id}:${kind}:${subjectId}:${earlier.length}`;
  const hash = createHash('sha256').update(name).digest();
  hash[0] = ((hash[0] as number) & 0x0f) | 0x70;
  hash[2] = ((hash[2] as number) & 0x3f) | 0x80;
  const hex = hash.toString('hex');
  return `${subjectId.slice(0, 14)}${hex.slice(0, 4)}-${hex.slice(4, 8)}-${hex.slice(8, 20)}`;
}

/** Marks a payment and an operation as changed, and derives the payment's state from both. */
export function settle(state: PaymentsState, payment: Payment, operation: Operation | null): void {
  if (operation && !state.fresh.has(operation)) state.dirty.add(operation);
  payment.status = derivePaymentState(payment, operationsOf(state, payment.orderId));
  if (state.fresh.has(payment)) return;
  payment.version += 1n;
  state.dirty.add(payment);
}

/** Writes payments and attempts. */
export async function write(tx: Tx, state: PaymentsState, now: Date): Promise<void> {
  const isOperation = (row: Payment | Operation): row is Operation => 'kind' in row;
  const isPayment = (row: Payment | Operation): row is Payment => !('kind' in row);
  await together(
    insertPayments(tx, [...state.fresh].filter(isPayment), now),
    updatePayments(tx, [...state.dirty].filter(isPayment), now),
    // An attempt that is settled makes room for the next one under the one-open-operation index, so updates come first.
    updateOperations(tx, [...state.dirty].filter(isOperation)),
    insertOperations(tx, [...state.fresh].filter(isOperation)),
  );
}

function push<T>(map: Map<string, T[]>, key: string, item: T): void {
  const list = map.get(key);
  if (list) list.push(item);
  else map.set(key, [item]);
}

/** Writes what people said of money that no provider tells of. */
export const writeRecords = insertRecords;
export type { PaymentRecord } from './store.ts';

/** What the provider calls these payments, by their id; one that it never heard of is left out. */
export async function providerRefs(db: Queryable, ids: readonly string[]): Promise<Map<string, string>> {
  const found = await readProviderRefs(db, ids);
  return new Map(found.flatMap(({ id, providerRef }) => (providerRef ? [[id, providerRef] as const] : [])));
}

export type { KnownPayment } from './store.ts';

/** Payments that a provider knows, by what it calls them, */
export const paymentsByRef = (db: Queryable, refs: readonly string[]): Promise<KnownPayment[]> => readKnown(db, 'refs', refs);
/** of those only the ones of which nothing is disputed, */
export const undisputedByRef = (db: Queryable, refs: readonly string[]): Promise<KnownPayment[]> =>
  readKnown(db, 'undisputed refs', refs);
/** and by our own ids. */
export const paymentsById = (db: Queryable, ids: readonly string[]): Promise<KnownPayment[]> => readKnown(db, 'ids', ids);

/** Those of these orders of which money was taken, or is being taken. */
export const ordersWithTaken = readOrdersWithTaken;

/** The orders of payments, by what the provider calls them. */
export const ordersByRef = (db: Queryable, refs: readonly string[]): Promise<string[]> => readOrdersByRef(db, refs);
