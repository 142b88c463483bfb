import type { SagaBirth } from '../../platform/saga.ts';
import { ADVANCE_SAGA } from './advance-intent.ts';

/** The saga of a replacement that leaves before the goods come back. */
export const advanceBirth = {
  kind: ADVANCE_SAGA,
  version: 1,
  steps: [{ name: 'secure' }, { name: 'send' }, { name: 'await' }, { name: 'conclude' }, { name: 'release' }],
} as const satisfies SagaBirth;
