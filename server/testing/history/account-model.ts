import type { AccountChange, AccountTraits } from './history.ts';
import type { Model } from './timeline.ts';

/** An account as one transfer after another leaves it. */
export interface AccountState {
  readonly debits: number;
  readonly credits: number;
  readonly debitsPending: number;
  readonly creditsPending: number;
}

/** Posted, on the account's normal side. */
export function balanceOf(state: AccountState, traits: AccountTraits): number {
  return traits.normalSide === 'debit' ? state.debits - state.credits : state.credits - state.debits;
}

/** What may still be taken from it. */
export function availableOf(state: AccountState, traits: AccountTraits): number {
  return balanceOf(state, traits) - (traits.normalSide === 'debit' ? state.creditsPending : state.debitsPending);
}

/** Signs of (posted, pending) by phase. */
const PHASES: Readonly<Record<string, readonly [posted: number, pending: number]>> = {
  single: [1, 0],
  pending: [0, 1],
  post: [1, -1],
  void: [0, -1],
};

export function accountModel(traits: AccountTraits): Model<AccountState, AccountChange> {
  return {
    start: { debits: 0, credits: 0, debitsPending: 0, creditsPending: 0 },
    step(state, { side, phase, amountMinor, balanceMinor }) {
      const [posted, pending] = PHASES[phase] ?? [0, 0];
      const debit = side === 'debit' ? amountMinor : 0;
      const credit = side === 'credit' ? amountMinor : 0;
      const after = {
        debits: state.debits + posted * debit,
        credits: state.credits + posted * credit,
        debitsPending: state.debitsPending + pending * debit,
        creditsPending: state.creditsPending + pending * credit,
      };
      const balance = balanceOf(after, traits);
      const wrong = [
        !(phase in PHASES) && `there is no phase ${phase}`,
        amountMinor <= 0 && `${amountMinor} were moved`,
        balance !== balanceMinor && `its transfer says that the balance is ${balanceMinor}, it is ${balance}`,
        (after.debitsPending < 0 || after.creditsPending < 0) && 'more was released than was held',
        traits.limited && availableOf(after, traits) < 0 && `${availableOf(after, traits)} are available`,
      ];
      return { after, wrong: wrong.filter((text) => text !== false) };
    },
    shows: (state) => ({ ...state }),
  };
}
