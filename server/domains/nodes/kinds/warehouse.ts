import type { NodeKind } from '../provider.ts';

/** A warehouse of the merchant's own: picked, packed and shipped by its people. */
export const warehouse: NodeKind = {
  traits: { name: 'warehouse', picksHere: true, shipsHere: true, collectHere: false, stock: 'own', partner: null },
};
