import type { SagaBirth } from '../../platform/saga.ts';

/** The saga that takes an answer to the provider. */
export const ANSWER_SAGA = { kind: 'answer-dispute', version: 1, steps: [{ name: 'answer' }] } as const satisfies SagaBirth;
