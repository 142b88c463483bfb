import { connectPartner } from '../partner-api.ts';
import type { NodeKind } from '../provider.ts';

/** A supplier who sends their own goods straight to the customer, and takes longer to say so. */
export const dropShipper: NodeKind = {
  traits: {
    name: 'drop_shipper',
    picksHere: false,
    shipsHere: false,
    collectHere: false,
    stock: 'partner',
    partner: { answersWithinMs: 24 * 3_600_000, shipsWithinMs: 5 * 86_400_000, pollMs: 15 * 60_000 },
  },
  connect: (config) => connectPartner('drop shipper', config),
};
