import type { OrderChange, UnitId, WantedUnits } from './history.ts';
import type { Model } from './timeline.ts';

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

export type Plan<P> = P | { readonly refused: string; readonly data?: Readonly<Record<string, unknown>> };

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
export const unitId = (line: string, unit: number): UnitId => `${line}#${unit}`;
const lineOf = (unit: UnitId): string => unit.slice(0, unit.indexOf('#'));
const idsOf = (state: OrderState): UnitId[] =>
  state.lines.flatMap((line) => Array.from({ length: line.quantity }, (_, index) => unitId(line.id, index + 1)));
const stateOf = (state: OrderState, unit: UnitId): UnitState =>
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
const leftOf = (state: OrderState): number => state.capturedMinor - state.refundedMinor - pendingOf(state);
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

/** The units that a wish means: all that pass, or of each line the first so many. */
function choose(
  state: OrderState,
  wanted: readonly WantedUnits[] | null | undefined,
  pass: (unit: UnitState) => boolean,
): Plan<{ readonly units: readonly UnitId[] }> {
  const eligible = unitsThat(state, pass);
  if (!wanted) return eligible.length > 0 ? { units: eligible } : { refused: 'state_refuses' };
  const units: UnitId[] = [];
  for (const { line, quantity } of wanted) {
    const own = eligible.filter((id) => lineOf(id) === line);
    if (own.length < quantity) return { refused: 'over_limit', data: { left: own.length } };
    units.push(...own.slice(0, quantity));
  }
  return { units };
}

export function planCancel(
  state: OrderState,
  wanted: readonly WantedUnits[] | undefined,
): Plan<{ readonly units: readonly UnitId[]; readonly valueMinor: number; readonly refundMinor: number }> {
  if (['FULFILLED', 'CANCELLED', 'REFUNDED'].includes(statusOf(state)) || unitsThat(state, cancellable).length === 0)
    return { refused: 'state_refuses' };
  const chosen = choose(state, wanted, cancellable);
  if ('refused' in chosen) return chosen;
  const valueMinor = worth(state, chosen.units);
  const returning = sum(
    Object.values(state.refunds)
      .filter((refund) => refund.why === 'cancelled')
      .map((refund) => refund.leftMinor),
  );
  const tooMuch = state.confirmed ? Math.max(0, valueMinor - owedOf(state) - returning) : 0;
  const left = Math.max(0, leftOf(state));
  // More would be owed than is left of what was taken.
  if (tooMuch > left) return { refused: 'state_refuses' };
  return { units: chosen.units, valueMinor, refundMinor: tooMuch };
}

export function planShip(
  state: OrderState,
  wanted: readonly WantedUnits[] | undefined,
): Plan<{ readonly units: readonly UnitId[] }> {
  if (['PENDING', 'FULFILLED', 'CANCELLED', 'REFUNDED'].includes(statusOf(state))) return { refused: 'state_refuses' };
  if (state.held || unitsThat(state, shippable).length === 0) return { refused: 'state_refuses' };
  return choose(state, wanted, shippable);
}

export function planRefund(
  state: OrderState,
  wanted: { readonly units: readonly WantedUnits[] | null } | { readonly amountMinor: number },
): Plan<{ readonly units: readonly UnitId[]; readonly amountMinor: number }> {
  if (['PENDING', 'CANCELLED', 'REFUNDED'].includes(statusOf(state)) || state.capturedMinor === 0 || leftOf(state) <= 0)
    return { refused: 'state_refuses' };
  const chosen = 'units' in wanted ? choose(state, wanted.units, refundable) : { units: [] };
  if ('refused' in chosen) return chosen;
  const amountMinor = 'units' in wanted ? worth(state, chosen.units) : wanted.amountMinor;
  if (amountMinor > leftOf(state)) return { refused: 'over_limit', data: { leftMinor: leftOf(state) } };
  return { units: chosen.units, amountMinor };
}

const START: OrderState = {
  confirmed: false,
  held: false,
  lines: [],
  units: {},
  capturedMinor: 0,
  refundedMinor: 0,
  goodwillMinor: 0,
  cancelledMinor: 0,
  returnedMinor: 0,
  refunds: {},
};

/** As a reader sees a line's units; one that is packed is an allocated one in a parcel. */
const LETTERS = { open: 'o', allocated: 'a', packed: 'a', left: 'l', cancelled: 'c' } as const;

export const orderModel: Model<OrderState, OrderChange> = {
  start: START,
  step(state, change) {
    const wrong = [...mistakes(state, change)];
    return { after: apply(state, change), wrong };
  },
  shows: (state) => ({
    status: statusOf(state),
    totalMinor: totalOf(state),
    cancelledMinor: state.cancelledMinor,
    capturedMinor: state.capturedMinor,
    refundedMinor: state.refundedMinor,
    units: Object.fromEntries(
      state.lines.map((line) => [
        line.id,
        Array.from({ length: line.quantity }, (_, index) => LETTERS[stateOf(state, unitId(line.id, index + 1)).at]).join(''),
      ]),
    ),
  }),
};

function* mistakes(state: OrderState, change: OrderChange): Generator<string> {
  if ((change.type === 'placed') !== (state.lines.length === 0))
    yield `${change.type} on an order of ${state.lines.length} lines`;
  const not = (units: readonly UnitId[], pass: (unit: UnitState) => boolean): UnitId[] =>
    units.filter((id) => !pass(stateOf(state, id)));
  switch (change.type) {
    case 'confirmed':
      if (state.confirmed) yield 'confirmed twice';
      return;
    case 'allocated':
      for (const [line, count] of Object.entries(change.units)) {
        const open = unitsThat(state, (unit) => unit.at === 'open').filter((id) => lineOf(id) === line).length;
        if (count > open) yield `${count} units allocated of ${open} that were open`;
      }
      return;
    case 'cancelled':
      for (const id of not(change.units, cancellable)) yield `cancelled ${id}, which was ${stateOf(state, id).at}`;
      if (change.valueMinor !== worth(state, change.units))
        yield `cancelled ${change.valueMinor}, worth ${worth(state, change.units)}`;
      return;
    case 'packed':
      for (const id of not(change.units, shippable)) yield `packed ${id}, which was ${stateOf(state, id).at}`;
      if (state.held) yield 'packed on hold';
      if (change.valueMinor !== worth(state, change.units))
        yield `packed ${change.valueMinor}, worth ${worth(state, change.units)}`;
      return;
    case 'left':
      if (unitsThat(state, (unit) => unit.at === 'packed' && unit.shipment === change.shipment).length === 0)
        yield 'an empty parcel left';
      return;
    case 'captured':
      if (state.capturedMinor + change.amountMinor > totalOf(state)) yield 'more was captured than the order costs';
      return;
    case 'refund asked':
      for (const id of not(change.units, refundable)) yield `refunds ${id}, which was ${stateOf(state, id).at} or refunded`;
      if (change.amountMinor > leftOf(state)) yield `refunds ${change.amountMinor} of ${leftOf(state)} that are left`;
      return;
    case 'refund paid': {
      const left = state.refunds[change.refund]?.leftMinor ?? 0;
      if (change.amountMinor > left) yield `gave back ${change.amountMinor} of a refund that had ${left} to give`;
    }
  }
}

function apply(state: OrderState, change: OrderChange): OrderState {
  switch (change.type) {
    case 'placed': {
      const lines = change.lines.map(({ id, sku, quantity, netMinor, discountMinor }) => ({
        id,
        sku,
        quantity,
        netMinor,
        discountMinor,
      }));
      const units = idsOf({ ...state, lines }).map((id) => [id, { at: 'open', shipment: null, refund: null }] as const);
      return { ...state, lines, units: Object.fromEntries(units) };
    }
    case 'confirmed':
      return { ...state, confirmed: true };
    case 'held':
    case 'released':
      return { ...state, held: change.type === 'held' };
    case 'allocated': {
      const taken = Object.entries(change.units).flatMap(([line, count]) =>
        unitsThat(state, (unit) => unit.at === 'open')
          .filter((id) => lineOf(id) === line)
          .slice(0, count),
      );
      return move(state, taken, { at: 'allocated' });
    }
    case 'cancelled':
      return { ...move(state, change.units, { at: 'cancelled' }), cancelledMinor: state.cancelledMinor + change.valueMinor };
    case 'packed':
      return move(state, change.units, { at: 'packed', shipment: change.shipment });
    case 'unpacked':
    case 'left': {
      const own = unitsThat(state, (unit) => unit.at === 'packed' && unit.shipment === change.shipment);
      return move(state, own, change.type === 'left' ? { at: 'left' } : { at: 'allocated', shipment: null });
    }
    case 'captured':
      return { ...state, capturedMinor: state.capturedMinor + change.amountMinor };
    case 'refund asked': {
      const refunds = { ...state.refunds, [change.refund]: { why: change.why, leftMinor: change.amountMinor } };
      return { ...move(state, change.units, { refund: change.refund }), refunds };
    }
    case 'refund paid':
      return paid(state, change.refund, change.amountMinor);
    case 'refund over': {
      const { [change.refund]: _over, ...refunds } = state.refunds;
      return { ...state, refunds };
    }
    case 'told':
      return state;
  }
}

function move(state: OrderState, units: readonly UnitId[], to: Partial<UnitState>): OrderState {
  return {
    ...state,
    units: { ...state.units, ...Object.fromEntries(units.map((id) => [id, { ...stateOf(state, id), ...to }])) },
  };
}

function paid(state: OrderState, refund: string, amountMinor: number): OrderState {
  const known = state.refunds[refund];
  const why = known?.why ?? 'other';
  return {
    ...state,
    refundedMinor: state.refundedMinor + amountMinor,
    goodwillMinor: state.goodwillMinor + (why === 'goodwill' ? amountMinor : 0),
    returnedMinor: state.returnedMinor + (why === 'cancelled' ? amountMinor : 0),
    refunds: { ...state.refunds, [refund]: { why, leftMinor: (known?.leftMinor ?? 0) - amountMinor } },
  };
}
