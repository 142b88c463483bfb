import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OPERATION_KINDS, OPERATION_STATUSES, PAYMENT_STATES, PAYMENT_STATUSES } from '../../kernel/vocabulary.ts';
import {
  capturableMinor,
  deriveOrderPayment,
  derivePaymentState,
  type Operation,
  type Payment,
  planLegs,
  refundableMinor,
} from './rules.ts';

function payment(over: Partial<Payment> = {}): Payment {
  return {
    id: 'p',
    orderId: 'o',
    merchantId: 'm',
    provider: 'card',
    method: 'card',
    token: null,
    currency: 'EUR',
    amountMinor: 100n,
    createdAt: new Date(0),
    status: 'CREATED',
    providerRef: null,
    brand: null,
    last4: null,
    fingerprint: null,
    authorizedMinor: 0n,
    capturedMinor: 0n,
    refundedMinor: 0n,
    disputedMinor: 0n,
    feeMinor: 0n,
    holdId: null,
    authorizationExpiresAt: null,
    nextAction: null,
    failure: null,
    version: 1n,
    ...over,
  };
}
function operation(over: Partial<Operation>): Operation {
  return {
    id: 'x',
    paymentId: 'p',
    orderId: 'o',
    kind: 'authorize',
    amountMinor: 100n,
    subjectId: null,
    traceId: 't',
    createdAt: new Date(0),
    status: 'succeeded',
    providerRef: null,
    error: null,
    response: null,
    calls: 1,
    settledAt: null,
    ...over,
  };
}

const sums = fc
  .tuple(fc.bigInt({ min: 0n, max: 100n }), fc.bigInt({ min: 0n, max: 100n }), fc.bigInt({ min: 0n, max: 100n }))
  .map((all) => {
    const [refundedMinor, capturedMinor, authorizedMinor] = [...all].sort((a, b) => Number(a - b)) as [bigint, bigint, bigint];
    return { refundedMinor, capturedMinor, authorizedMinor };
  });
const anyPayment = fc
  .record({ money: sums, held: fc.boolean(), failed: fc.boolean() })
  .map(({ money, held, failed }) =>
    payment({ ...money, holdId: held ? 'h' : null, failure: failed ? { code: 'x', message: 'x' } : null }),
  );
const anyOperations = fc.array(
  fc.record({ kind: fc.constantFrom(...OPERATION_KINDS), status: fc.constantFrom(...OPERATION_STATUSES) }).map(operation),
  { maxLength: 4 },
);

describe('the state of a payment', () => {
  it('is one word for every combination of sums and attempts; doubt outweighs everything', () => {
    fc.assert(
      fc.property(anyPayment, anyOperations, (row, operations) => {
        const state = derivePaymentState(row, operations);
        expect(PAYMENT_STATES).toContain(state);
        expect(state === 'IN_DOUBT').toBe(operations.some((one) => one.status === 'unknown'));
        if (state === 'REFUNDED') expect(row.refundedMinor).toBe(row.capturedMinor);
        // An operation of another payment says nothing about this one.
        const others = operations.map((one) => ({ ...one, paymentId: 'other' }));
        expect(derivePaymentState(row, others)).toBe(derivePaymentState(row, []));
      }),
    );
  });

  it.each([
    ['CREATED', {}, []],
    ['REQUIRES_ACTION', {}, [operation({ status: 'requires_action' })]],
    ['FAILED', { failure: { code: 'declined', message: 'no' } }, []],
    ['AUTHORIZED', { authorizedMinor: 100n, holdId: 'h' }, []],
    ['VOIDED', { authorizedMinor: 100n }, [operation({ kind: 'void' })]],
    ['PARTIALLY_CAPTURED', { authorizedMinor: 100n, capturedMinor: 40n, holdId: 'h' }, []],
    ['CAPTURED', { authorizedMinor: 100n, capturedMinor: 40n }, [operation({ kind: 'void' })]],
    ['PARTIALLY_REFUNDED', { authorizedMinor: 100n, capturedMinor: 40n, refundedMinor: 10n }, []],
    ['REFUNDED', { authorizedMinor: 100n, capturedMinor: 40n, refundedMinor: 40n }, []],
  ] as const)('%s', (state, over, operations) => expect(derivePaymentState(payment(over), operations)).toBe(state));
});

describe('an order’s payments together', () => {
  it('are one word for every combination', () => {
    fc.assert(
      fc.property(fc.array(anyPayment, { maxLength: 3 }), fc.bigInt({ min: 0n, max: 300n }), (rows, due) => {
        for (const row of rows) row.status = derivePaymentState(row, []);
        expect(PAYMENT_STATUSES).toContain(deriveOrderPayment(rows, due));
      }),
    );
  });

  it('are captured when what the live units are worth was taken', () => {
    const part = payment({ status: 'PARTIALLY_CAPTURED', authorizedMinor: 100n, capturedMinor: 40n, holdId: 'h' });
    expect(deriveOrderPayment([part], 100n)).toBe('PARTIALLY_CAPTURED');
    expect(deriveOrderPayment([part], 40n)).toBe('CAPTURED');
    expect(deriveOrderPayment([], 0n)).toBe('UNPAID');
  });
});

describe('the legs of a refund', () => {
  it('add up, take from each payment what it can give back, the newest first, or are refused together', () => {
    const row = fc.record({ money: sums, pending: fc.bigInt({ min: 0n, max: 100n }) });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 4 }), fc.bigInt({ min: 1n, max: 300n }), (rows, amount) => {
        const payments = rows.map(({ money }, index) => payment({ ...money, id: `p${index}` }));
        const pending = new Map(rows.map((one, index) => [`p${index}`, one.pending]));
        const room = (one: Payment): bigint => {
          const left = refundableMinor(one) - (pending.get(one.id) ?? 0n);
          return left > 0n ? left : 0n;
        };
        const legs = planLegs(payments, pending, amount);
        const all = payments.reduce((total, one) => total + room(one), 0n);
        expect(legs === null).toBe(amount > all);
        if (!legs) return;
        expect(legs.reduce((total, leg) => total + leg.amountMinor, 0n)).toBe(amount);
        for (const leg of legs) {
          const of = payments.find((one) => one.id === leg.paymentId) as Payment;
          expect(leg.amountMinor > 0n && leg.amountMinor <= room(of)).toBe(true);
        }
        // Only the last leg may leave something behind.
        for (const leg of legs.slice(0, -1))
          expect(leg.amountMinor).toBe(room(payments.find((one) => one.id === leg.paymentId) as Payment));
      }),
    );
  });

  it('capture nothing once the hold is gone', () => {
    expect(capturableMinor(payment({ authorizedMinor: 100n, capturedMinor: 30n }))).toBe(0n);
    expect(capturableMinor(payment({ authorizedMinor: 100n, capturedMinor: 30n, holdId: 'h' }))).toBe(70n);
  });
});
