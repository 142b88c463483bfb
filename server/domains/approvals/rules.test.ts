import { expect, it } from 'vitest';
import { needsApproval, policyFor } from './rules.ts';

const SET = [{ action: 'refund-order', currency: 'EUR', thresholdMinor: 100n, expiresHours: 1 }];

it('asks a second person by the policy that was set, and for refunds by a default where none was', () => {
  expect(needsApproval(policyFor(SET, 'refund-order', 'EUR'), 100n)).toBe(true);
  expect(needsApproval(policyFor(SET, 'refund-order', 'EUR'), 99n)).toBe(false);
  expect(needsApproval(policyFor(SET, 'refund-order', 'USD'), 50_000n)).toBe(true);
  expect(needsApproval(policyFor(SET, 'refund-order', 'USD'), 49_999n)).toBe(false);
  expect(needsApproval(policyFor([], 'adjust-stock', 'EUR'), 10n ** 12n)).toBe(false);
});
