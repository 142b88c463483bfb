import type { NodeChange, SupplyChange } from './history.ts';
import type { Model } from './timeline.ts';

/** What may be promised of a SKU. A model: it says what one change after another does, by the words of docs/inventory.md. */
export interface SupplyState {
  readonly sellable: number;
  readonly promised: number;
  readonly shortfall: number;
}

/** What is at a node of a SKU. */
export interface NodeState {
  readonly onHand: number;
  readonly allocated: number;
  readonly short: number;
}

const missing = (wanted: number, there: number): number => (wanted > there ? wanted - there : 0);

/** Units that may still be promised; none while promised units are missing. */
export function free(state: SupplyState): number {
  return state.shortfall > 0 ? 0 : missing(Math.max(0, state.sellable), state.promised);
}

/** Units at a node that may still be allocated. */
export function freeAtNode(state: NodeState): number {
  return state.short > 0 ? 0 : missing(state.onHand, state.allocated);
}

/** Signs of (sellable, promised) that each kind may have; a count may change nothing. */
const SUPPLY_SIGNS: Readonly<Record<string, (sellable: number, promised: number) => boolean>> = {
  promise: (sellable, promised) => sellable === 0 && promised > 0,
  release: (sellable, promised) => sellable === 0 && promised < 0,
  ship: (sellable, promised) => sellable === promised && promised < 0,
  receive: (sellable, promised) => sellable > 0 && promised === 0,
  adjust: (_sellable, promised) => promised === 0,
  count: (_sellable, promised) => promised === 0,
};

export const supplyModel: Model<SupplyState, SupplyChange> = {
  start: { sellable: 0, promised: 0, shortfall: 0 },
  step(state, change) {
    const sellable = state.sellable + change.sellable;
    const promised = state.promised + change.promised;
    const after = { sellable, promised, shortfall: missing(promised, Math.max(0, sellable)) };
    const { kind } = change;
    const shaped = SUPPLY_SIGNS[kind]?.(change.sellable, change.promised) ?? false;
    const wrong = [
      !shaped && `a ${kind} cannot change sellable by ${change.sellable} and promised by ${change.promised}`,
      kind === 'promise' && change.promised > free(state) && `${change.promised} promised where ${free(state)} were free`,
      promised < 0 && `${promised} are promised`,
      change.shortfall !== after.shortfall - state.shortfall &&
        `shortfall changed by ${change.shortfall} instead of ${after.shortfall - state.shortfall}`,
    ];
    return { after, wrong: wrong.filter((text) => text !== false) };
  },
  shows: (state) => ({ ...state }),
};

const NODE_SIGNS: Readonly<Record<string, (onHand: number, allocated: number) => boolean>> = {
  allocate: (onHand, allocated) => onHand === 0 && allocated > 0,
  deallocate: (onHand, allocated) => onHand === 0 && allocated < 0,
  ship: (onHand, allocated) => onHand === allocated && onHand < 0,
  receive: (onHand, allocated) => onHand > 0 && allocated === 0,
  adjust: (_onHand, allocated) => allocated === 0,
  count: (_onHand, allocated) => allocated === 0,
};

export const nodeModel: Model<NodeState, NodeChange> = {
  start: { onHand: 0, allocated: 0, short: 0 },
  step(state, change) {
    const onHand = state.onHand + change.onHand;
    const allocated = state.allocated + change.allocated;
    const after = { onHand, allocated, short: missing(allocated, onHand) };
    const { kind } = change;
    const shaped = NODE_SIGNS[kind]?.(change.onHand, change.allocated) ?? false;
    const wrong = [
      !shaped && `a ${kind} cannot change on hand by ${change.onHand} and allocated by ${change.allocated}`,
      kind === 'allocate' &&
        change.allocated > freeAtNode(state) &&
        `${change.allocated} allocated where ${freeAtNode(state)} were free`,
      (onHand < 0 || allocated < 0) && `${onHand} are on hand, ${allocated} allocated`,
      change.short !== after.short - state.short && `short changed by ${change.short} instead of ${after.short - state.short}`,
    ];
    return { after, wrong: wrong.filter((text) => text !== false) };
  },
  shows: (state) => ({ ...state }),
};
