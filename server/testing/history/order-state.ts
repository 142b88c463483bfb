import type { UnitId } from './history.ts';

/** An order as its events, one after another, leave it: every unit is somewhere, every cent is accounted for. */
export interface OrderState {
  readonly confirmed: boolean;
  readonly held: boolean;
  readonly lines: readonly LineState[];
  readonly units: Readonly<Record<UnitId, UnitState>>;
  readonly capturedMinor: number;
  readonly refundedMinor: number;
  readonly goodwillMinor: number;
  readonly cancelledMinor: number;
  /** Gone back for units that were cancelled after their money was taken. */
  readonly returnedMinor: number;
  /** On their way back. */
  readonly refunds: Readonly<Record<string, { readonly why: string; readonly leftMinor: number }>>;
}

export interface LineState {
  readonly id: string;
  readonly sku: string;
  readonly quantity: number;
  readonly netMinor: number;
  readonly discountMinor: number;
}

export interface UnitState {
  readonly at: 'open' | 'allocated' | 'packed' | 'left' | 'cancelled';
  readonly shipment: string | null;
  readonly refund: string | null;
}

export const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
export const unitId = (line: string, unit: number): UnitId => `${line}#${unit}`;
export const lineOf = (unit: UnitId): string => unit.slice(0, unit.indexOf('#'));
export const idsOf = (state: OrderState): UnitId[] =>
  state.lines.flatMap((line) => Array.from({ length: line.quantity }, (_, index) => unitId(line.id, index + 1)));
export const stateOf = (state: OrderState, unit: UnitId): UnitState =>
  state.units[unit] ?? { at: 'cancelled', shipment: null, refund: null };

export const cancellable = (unit: UnitState): boolean => unit.at === 'open' || unit.at === 'allocated';
export const shippable = (unit: UnitState): boolean => unit.at === 'allocated';
export const refundable = (unit: UnitState): boolean => unit.at === 'left' && unit.refund === null;
/** Promised and not gone yet. */
export const waiting = (unit: UnitState): boolean => cancellable(unit) || unit.at === 'packed';

/** The units of an order that pass. */
export const unitsThat = (state: OrderState, pass: (unit: UnitState) => boolean): UnitId[] =>
  idsOf(state).filter((id) => pass(stateOf(state, id)));

/** What units are worth: unit i of n has ⌊iT/n⌋ − ⌊(i−1)T/n⌋ of each total. */
export function worth(state: OrderState, units: readonly UnitId[]): number {
  return sum(
    units.map((id) => {
      const line = state.lines.find((candidate) => candidate.id === lineOf(id));
      if (!line) return Number.NaN;
      const unit = Number(id.slice(id.indexOf('#') + 1));
      const share = (total: number): number =>
        Math.floor((unit * total) / line.quantity) - Math.floor(((unit - 1) * total) / line.quantity);
      return share(line.netMinor) - share(line.discountMinor);
    }),
  );
}

export const totalOf = (state: OrderState): number => sum(state.lines.map((line) => line.netMinor - line.discountMinor));
const pendingOf = (state: OrderState): number => sum(Object.values(state.refunds).map((refund) => refund.leftMinor));
/** Taken, not given back, and not on its way back. */
export const leftOf = (state: OrderState): number => state.capturedMinor - state.refundedMinor - pendingOf(state);
/** What the order still owes; below zero, what it is owed. */
export const owedOf = (state: OrderState): number =>
  state.confirmed ? totalOf(state) - state.cancelledMinor - state.capturedMinor + state.returnedMinor : 0;

/** The order's status, by its units and its money alone. */
export function statusOf(state: OrderState): string {
  const live = unitsThat(state, (unit) => unit.at !== 'cancelled').map((id) => stateOf(state, id));
  if (live.length === 0) return 'CANCELLED';
  if (!state.confirmed) return 'PENDING';
  const waits = live.some(waiting);
  const givenBack = state.refundedMinor - state.goodwillMinor;
  if (!waits && state.capturedMinor > 0 && givenBack >= state.capturedMinor) return 'REFUNDED';
  if (live.every(waiting)) return 'CONFIRMED';
  return waits ? 'PARTIALLY_FULFILLED' : 'FULFILLED';
}
