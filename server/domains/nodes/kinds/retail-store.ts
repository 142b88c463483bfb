import type { NodeKind } from '../provider.ts';

/** A shop with a counter: orders ship from its shelves, and customers fetch theirs there. */
export const retailStore: NodeKind = {
  traits: { name: 'store', picksHere: true, shipsHere: true, collectHere: true, stock: 'own', partner: null },
};
