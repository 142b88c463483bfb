import { expect, test } from 'vitest';
import type { PaymentState } from '../kernel/vocabulary.ts';
import { sharesOf } from './order-tenders.ts';

const share = (status: PaymentState, capturedMinor = 0n) =>
  sharesOf([{ method: 'card', brand: 'visa', last4: '4242', status, amountMinor: 1_000n, capturedMinor }]).map(
    ({ paidMinor }) => paidMinor,
  );

test('a tender pays what it is to pay until all is taken, and then what was taken', () => {
  expect(share('CREATED')).toEqual([1_000n]);
  expect(share('AUTHORIZED')).toEqual([1_000n]);
  expect(share('PARTIALLY_CAPTURED', 400n)).toEqual([1_000n]);
  expect(share('CAPTURED', 700n)).toEqual([700n]);
  expect(share('PARTIALLY_REFUNDED', 700n)).toEqual([700n]);
  expect(share('REFUNDED', 700n)).toEqual([700n]);
});

test('what was let go paid nothing, and what failed is not spoken of', () => {
  expect(share('VOIDED')).toEqual([null]);
  expect(share('FAILED')).toEqual([]);
});
