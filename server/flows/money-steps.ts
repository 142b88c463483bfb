import { DomainError } from '../kernel/errors.ts';
import { moneyStep, toMajor } from '../kernel/money.ts';

/** Refuses amounts of an order that no card could carry, so that nothing of it is left over in the end. */
export function demandSteps(what: string, currency: string, amounts: readonly bigint[]): void {
  const amountMinor = moneyStep(currency);
  if (amounts.every((amount) => amount % amountMinor === 0n)) return;
  const step = toMajor({ amountMinor, currency });
  throw new DomainError('invalid_request', `${what} in ${currency} are in steps of ${step}: cards carry no smaller part.`);
}
