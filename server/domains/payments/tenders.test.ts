import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isInternal, type Payment, planCapture, planLegs, refundableMinor } from './rules.ts';

/** Whatever the tenders, the parcels and the cancellations: each cent is somebody's. */
const DEEP = process.env.WAYBILL_DEEP === '1';

const tender = (provider: string, id: string, amountMinor: bigint): Payment => ({
  id,
  orderId: 'o',
  merchantId: 'm',
  provider,
  method: provider,
  token: id,
  currency: 'EUR',
  amountMinor,
  createdAt: new Date(0),
  status: 'AUTHORIZED',
  providerRef: null,
  brand: null,
  last4: null,
  fingerprint: null,
  authorizedMinor: amountMinor,
  capturedMinor: 0n,
  refundedMinor: 0n,
  feeMinor: 0n,
  holdId: 'h',
  authorizationExpiresAt: null,
  nextAction: null,
  failure: null,
  version: 1n,
});

const amount = fc.bigInt({ min: 0n, max: 10_000n });
/** An order: what each tender holds, the card last, and what its parcels are worth, which together is all of it. */
const orders = fc
  .record({
    own: fc.array(fc.tuple(fc.constantFrom('gift_card', 'store_credit', 'wallet'), fc.bigInt({ min: 1n, max: 10_000n })), {
      maxLength: 4,
    }),
    card: amount,
    cuts: fc.array(fc.nat(1_000), { maxLength: 5 }),
    cancelled: fc.nat(1_000),
    multicapture: fc.boolean(),
    refunds: fc.array(fc.nat(1_000), { maxLength: 6 }),
  })
  .filter(({ own, card }) => own.length > 0 || card > 0n);

type Order = Parameters<Parameters<typeof orders.map>[0]>[0];

const tendersOf = ({ own, card }: Order): Payment[] => [
  ...own.map(([provider, held], index) => tender(provider, `t${index}`, held)),
  ...(card > 0n ? [tender('card', 'card', card)] : []),
];
const sum = (values: readonly bigint[]): bigint => values.reduce((total, value) => total + value, 0n);
const share = (total: bigint, ofThousand: number): bigint => (total * BigInt(ofThousand)) / 1_000n;

/** Ships the order parcel by parcel, after some of it was cancelled; returns what is owed in the end. */
function shipAll(order: Order, tenders: readonly Payment[]): bigint {
  const total = sum(tenders.map((payment) => payment.authorizedMinor));
  const due = total - share(total, order.cancelled);
  const cuts = [...order.cuts.map((cut) => share(due, cut)), 0n, due].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  for (let parcel = 1; parcel < cuts.length; parcel++) {
    const valueMinor = (cuts[parcel] as bigint) - (cuts[parcel - 1] as bigint);
    const owedMinor = due - sum(tenders.map((payment) => payment.capturedMinor));
    const last = parcel === cuts.length - 1;
    for (const part of planCapture(tenders, { valueMinor, owedMinor, last }, () => order.multicapture)) {
      const payment = tenders.find((one) => one.id === part.paymentId) as Payment;
      payment.capturedMinor += part.amountMinor;
      if (part.final || payment.capturedMinor === payment.authorizedMinor) payment.holdId = null;
    }
  }
  return due;
}

describe('an amount over several tenders', () => {
  it('is captured to the cent, of no tender more than it holds, of the house’s own before the card', () => {
    fc.assert(
      fc.property(orders, (order) => {
        const tenders = tendersOf(order);
        const due = shipAll(order, tenders);
        expect(sum(tenders.map((payment) => payment.capturedMinor))).toBe(due);
        for (const payment of tenders) expect(payment.capturedMinor <= payment.authorizedMinor).toBe(true);
        const card = tenders.find((payment) => !isInternal(payment));
        const own = tenders.filter((payment) => isInternal(payment));
        if (card && card.capturedMinor > 0n)
          for (const payment of own) expect(payment.capturedMinor).toBe(payment.authorizedMinor);
      }),
      { numRuns: DEEP ? 20_000 : 500 },
    );
  });

  it('goes back to the cent, to no tender more than it gave, to the card before the house’s own', () => {
    fc.assert(
      fc.property(orders, (order) => {
        const tenders = tendersOf(order);
        shipAll(order, tenders);
        for (const part of order.refunds) {
          const left = sum(tenders.map(refundableMinor));
          const wanted = share(left, part);
          const card = tenders.find((payment) => !isInternal(payment));
          const inCard = card ? refundableMinor(card) : 0n;
          const legs = planLegs(tenders, new Map(), wanted) ?? [];
          expect(sum(legs.map((leg) => leg.amountMinor))).toBe(wanted);
          const toCard = sum(legs.filter((leg) => leg.paymentId === card?.id).map((leg) => leg.amountMinor));
          expect(toCard).toBe(wanted < inCard ? wanted : inCard);
          for (const leg of legs) {
            const payment = tenders.find((one) => one.id === leg.paymentId) as Payment;
            payment.refundedMinor += leg.amountMinor;
            expect(payment.refundedMinor <= payment.capturedMinor).toBe(true);
          }
        }
        expect(planLegs(tenders, new Map(), sum(tenders.map(refundableMinor)) + 1n)).toBeNull();
      }),
      { numRuns: DEEP ? 20_000 : 500 },
    );
  });
});
