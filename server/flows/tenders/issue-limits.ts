import type { Merchant } from '../../domains/catalog/service.ts';
import { DomainError } from '../../kernel/errors.ts';
import { toMajor } from '../../kernel/money.ts';

/** No card and no single credit is worth more, in minor units: a slip of the finger is not a liability. */
export const MOST_ISSUED_MINOR = 100_000_000n;

/** Refuses to issue what no merchant owes, in a currency it does not sell in, or an amount that is a slip of the finger. */
export function checkIssue(
  merchant: Merchant | undefined,
  input: { readonly amountMinor: bigint; readonly currency: string },
): Merchant {
  if (!merchant?.active) throw new DomainError('not_found', 'There is no such merchant.');
  if (merchant.currency !== input.currency)
    throw new DomainError('currency_mismatch', `This merchant sells in ${merchant.currency}.`, { field: 'currency' });
  const { amountMinor, currency } = input;
  if (amountMinor <= 0n || amountMinor > MOST_ISSUED_MINOR)
    throw new DomainError(
      'amount_out_of_range',
      `Issue an amount above 0 and up to ${toMajor({ amountMinor: MOST_ISSUED_MINOR, currency })} ${currency}.`,
      { field: 'amount_minor' },
    );
  return merchant;
}
