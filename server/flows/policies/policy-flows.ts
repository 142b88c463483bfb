import type { SaveReturnPolicyInput } from '../../domains/returns/schema.ts';
import type { Call, Locked, Verb } from '../../platform/verb.ts';
import { type PolicyWish, type SavedPolicy, savePolicy } from './save-policy.ts';

/** What merchants say of their own business. */
export interface PolicyFlows {
  readonly save: Call<PolicyWish, SavedPolicy>;
  /** The same for returns, as their forms say it. */
  readonly saveReturns: Call<SaveReturnPolicyInput, SavedPolicy>;
}

export function createPolicyFlows(verb: <I, W extends Locked, R>(definition: Verb<I, W, R>) => Call<I, R>): PolicyFlows {
  const save = verb(savePolicy);
  return {
    save,
    saveReturns: ({ merchantId, effectiveFrom, seenVersion, ...terms }, ...rest) =>
      save({ kind: 'returns', merchantId, effectiveFrom, seenVersion, terms }, ...rest),
  };
}
