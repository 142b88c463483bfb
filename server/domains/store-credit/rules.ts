import { DomainError } from '../../kernel/errors.ts';

/** What one merchant owes a customer in one currency, spendable there. The row's id is its account's; it changes under that account's lock. */
export interface StoreCredit {
  readonly id: string;
  readonly home: string;
  readonly merchantId: string;
  readonly customerId: string;
  readonly currency: string;
  readonly createdAt: Date;
  status: StoreCreditStatus;
  updatedAt: Date;
  version: bigint;
}

export const STORE_CREDIT_STATUSES = ['active', 'frozen'] as const;
export type StoreCreditStatus = (typeof STORE_CREDIT_STATUSES)[number];

/** The status that freezing or unfreezing leads to. Throws `state_refuses`. */
export function statusAfter(credit: Pick<StoreCredit, 'status'>, action: 'freeze' | 'unfreeze'): StoreCreditStatus {
  const wanted = action === 'freeze' ? 'frozen' : 'active';
  if (credit.status === wanted)
    throw new DomainError('state_refuses', action === 'freeze' ? 'This credit is frozen already.' : 'This credit is not frozen.');
  return wanted;
}
