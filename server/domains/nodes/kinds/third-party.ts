import { connectPartner } from '../partner-api.ts';
import type { NodeKind } from '../provider.ts';

/** A logistics company that keeps our goods and sends them when it is asked to. */
export const thirdParty: NodeKind = {
  traits: {
    name: 'third_party',
    picksHere: false,
    shipsHere: false,
    collectHere: false,
    stock: 'own',
    partner: { answersWithinMs: 2 * 3_600_000, shipsWithinMs: 2 * 86_400_000, pollMs: 5 * 60_000 },
  },
  connect: (config) => connectPartner('third-party warehouse', config),
};
