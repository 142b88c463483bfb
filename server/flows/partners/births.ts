import type { SagaBirth } from '../../platform/saga.ts';

/** How a request begins, apart from what it does: allocating begins one, and one may end in allocating again. */
export const PARTNER_SAGA: SagaBirth = { kind: 'ask-partner', version: 1, steps: [{ name: 'ask' }] };
