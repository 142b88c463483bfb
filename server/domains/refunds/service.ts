import type { Tx } from '../../platform/db.ts';
import { together } from '../../platform/together.ts';
import type { Refund, RefundLeg, RefundLine } from './rules.ts';
import { insertLegs, insertRefundLines, insertRefunds, readLegs, readRefunds, updateLegs, updateRefunds } from './store.ts';

export { readRefundedUnits } from './store.ts';

export interface RefundsState {
  readonly refunds: Refund[];
  readonly legs: RefundLeg[];
  readonly newLines: RefundLine[];
  readonly fresh: Set<Refund | RefundLeg>;
  readonly dirty: Set<Refund | RefundLeg>;
}

/** Reads the refunds of orders that are locked. */
export async function load(tx: Tx, orderIds: readonly string[]): Promise<RefundsState> {
  const empty = { newLines: [], fresh: new Set<Refund | RefundLeg>(), dirty: new Set<Refund | RefundLeg>() };
  if (orderIds.length === 0) return { ...empty, refunds: [], legs: [] };
  return { ...empty, refunds: await readRefunds(tx, orderIds), legs: await readLegs(tx, orderIds) };
}

/** The refunds of an order. */
export function ofOrder(state: RefundsState, orderId: string): Refund[] {
  return state.refunds.filter((refund) => refund.orderId === orderId);
}

/** A refund’s legs, one for each tender that gives money back. */
export function legsOf(state: RefundsState, refundId: string): RefundLeg[] {
  return state.legs.filter((leg) => leg.refundId === refundId);
}

/** Adds a refund with its units and legs. */
export function add(state: RefundsState, refund: Refund, lines: readonly RefundLine[], legs: readonly RefundLeg[]): void {
  state.refunds.push(refund);
  state.legs.push(...legs);
  state.newLines.push(...lines);
  state.fresh.add(refund);
  for (const leg of legs) state.fresh.add(leg);
}

/** Marks a refund or a leg as changed. */
export function changed(state: RefundsState, row: Refund | RefundLeg): void {
  if (!state.fresh.has(row)) state.dirty.add(row);
}

const isRefund = (row: Refund | RefundLeg): row is Refund => 'number' in row;
const isLeg = (row: Refund | RefundLeg): row is RefundLeg => !('number' in row);

/** Writes refunds, their units and their legs. */
export async function write(tx: Tx, state: RefundsState): Promise<void> {
  await together(
    insertRefunds(tx, [...state.fresh].filter(isRefund)),
    insertLegs(tx, [...state.fresh].filter(isLeg)),
    insertRefundLines(tx, state.newLines),
    updateRefunds(tx, [...state.dirty].filter(isRefund)),
    updateLegs(tx, [...state.dirty].filter(isLeg)),
  );
}
