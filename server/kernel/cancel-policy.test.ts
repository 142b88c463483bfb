import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerCancel, type CancelBy, type CancelTerms, feeOf } from './cancel-policy.ts';
import { moneyStep } from './money.ts';
import type { Span } from './units.ts';
import { CANCEL_ACTORS, CANCEL_REASONS, CUSTOMER_CANCELS_UNTIL, ORDER_STATUSES } from './vocabulary.ts';

const HOUSE: CancelTerms = {
  ...{ customerUntil: 'packed', remorseMinutes: 0, holdGoods: false, feeMinor: {}, feeBps: 0, agentCharges: false },
  reasons: CANCEL_REASONS,
};
const currency = fc.constantFrom('EUR', 'JPY', 'KWD');
const terms: fc.Arbitrary<CancelTerms> = fc.record({
  customerUntil: fc.constantFrom(...CUSTOMER_CANCELS_UNTIL),
  remorseMinutes: fc.integer({ min: 0, max: 100 }),
  holdGoods: fc.boolean(),
  feeMinor: fc.dictionary(currency, fc.integer({ min: 0, max: 10_000 })),
  feeBps: fc.integer({ min: 0, max: 10_000 }),
  agentCharges: fc.boolean(),
  reasons: fc.constant(CANCEL_REASONS),
});
const minor = fc.bigInt({ min: 0n, max: 100_000n }).map((amount) => amount * 10n);
const span: fc.Arbitrary<Span> = fc.record({
  ...{
    lineId: fc.constant('l'),
    from: fc.constant(1),
    to: fc.constant(1),
    nodeId: fc.constant(null),
    refundId: fc.constant(null),
  },
  state: fc.constantFrom('open', 'backordered', 'allocated', 'shipped', 'delivered', 'cancelled'),
  shipmentId: fc.constantFrom(null, 's'),
});
const order = fc.record({
  ...{
    status: fc.constantFrom(...ORDER_STATUSES),
    confirmed: fc.boolean(),
    currency,
    spans: fc.array(span, { minLength: 1, maxLength: 4 }),
  },
  placedAt: fc.constant(new Date('2026-11-28T10:00:00Z')),
});
const by = (of: fc.Arbitrary<CancelTerms>): fc.Arbitrary<CancelBy> =>
  fc.record({
    actor: fc.constantFrom(...CANCEL_ACTORS),
    terms: of,
    now: fc.integer({ min: 0, max: 200 }).map((minutes) => new Date(Date.UTC(2026, 10, 28, 10, minutes))),
  });
const possible = fc.constantFrom({ allowed: true } as const, { allowed: false, why: 'Nothing is left.' } as const);

describe('what a cancellation costs', () => {
  it('is within what is cancelled and what there is to take it from, in steps that cards carry, and nothing for who never pays', () => {
    fc.assert(
      fc.property(
        order,
        by(terms),
        fc.constantFrom(...CANCEL_REASONS),
        minor,
        minor,
        minor,
        (facts, who, reason, value, available, before) => {
          const fee = feeOf({ ...facts, feeSoFarMinor: before }, who, reason, { valueMinor: value, availableMinor: available });
          expect(fee >= 0n && fee <= value && fee <= available).toBe(true);
          expect(fee % moneyStep(facts.currency)).toBe(0n);
          const inTime = who.now.getTime() < facts.placedAt.getTime() + who.terms.remorseMinutes * 60_000;
          const never = who.actor === 'system' || who.actor === 'channel' || (who.actor === 'agent' && !who.terms.agentCharges);
          if (never || inTime || !facts.confirmed || reason === 'out_of_stock') expect(fee).toBe(0n);
        },
      ),
    );
  });
});

describe('the answer', () => {
  it('never allows what is not there to cancel, and is a sentence', () => {
    fc.assert(
      fc.property(order, by(terms), possible, (facts, who, left) => {
        const answer = answerCancel(facts, who, left);
        if (!left.allowed) expect(answer.allowed).toBe(false);
        expect(answer.allowed ? answer.sentence : answer.why).toMatch(/^[A-Z].*\.$/);
      }),
    );
  });

  it('is under the house’s own terms what it was before there were any: customers while nothing has left, everybody else as long as anything is left', () => {
    fc.assert(
      fc.property(order, by(fc.constant(HOUSE)), possible, (facts, who, left) => {
        const { allowed } = answerCancel(facts, who, left);
        const early = facts.status === 'PENDING' || facts.status === 'CONFIRMED';
        if (who.actor === 'customer') expect(allowed).toBe(left.allowed && early);
        if (who.actor === 'agent' || who.actor === 'system') expect(allowed).toBe(left.allowed);
      }),
    );
  });
});
