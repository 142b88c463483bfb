import type { OrderChange, UnitId } from './history.ts';
import {
  cancellable,
  idsOf,
  leftOf,
  lineOf,
  type OrderState,
  refundable,
  shippable,
  stateOf,
  statusOf,
  totalOf,
  type UnitState,
  unitId,
  unitsThat,
  worth,
} from './order-state.ts';
import type { Model } from './timeline.ts';

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
