import { expect, it } from 'vitest';
import { newId } from '../../kernel/ids.ts';
import { type Approval, checkDecision, needsApproval, policyFor } from './rules.ts';

const SET = [{ action: 'refund-order', currency: 'EUR', thresholdMinor: 100n, expiresHours: 1 }];

it('asks a second person by the policy that was set, and for refunds by a default where none was', () => {
  expect(needsApproval(policyFor(SET, 'refund-order', 'EUR'), 100n)).toBe(true);
  expect(needsApproval(policyFor(SET, 'refund-order', 'EUR'), 99n)).toBe(false);
  expect(needsApproval(policyFor(SET, 'refund-order', 'USD'), 50_000n)).toBe(true);
  expect(needsApproval(policyFor(SET, 'refund-order', 'USD'), 49_999n)).toBe(false);
  expect(needsApproval(policyFor([], 'adjust-stock', 'EUR'), 10n ** 12n)).toBe(false);
});

it('that is over cannot be decided, whether the clock has looked yet or not', () => {
  const expiresAt = new Date('2026-11-22T12:00:00Z');
  const approval = { id: newId(), status: 'pending', requestedBy: 'user:one', expiresAt } as Approval;
  const at = (ms: number) => new Date(expiresAt.getTime() + ms);
  expect(() => checkDecision(approval, 'user:two', at(-1))).not.toThrow();
  expect(() => checkDecision(approval, 'user:two', at(0))).toThrow(/expired/);
  expect(() => checkDecision({ ...approval, status: 'expired' }, 'user:two', at(-1))).toThrow(/expired already/);
});
