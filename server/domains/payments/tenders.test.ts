import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { writeEvidence } from '../../testing/evidence.ts';
import { isInternal, type Payment, planCapture, planLegs, refundableMinor } from './rules.ts';

/** Whatever the tenders, the parcels and the cancellations: each cent is somebody's. */
const DEEP = process.env.WAYBILL_DEEP === '1';
const RUNS = { numRuns: DEEP ? 20_000 : 500 };
const seen = { captured: 0, refunded: 0, tenders: 0, parcels: 0, refunds: 0, legs: 0, tooMuch: 0, properties: 0 };
afterAll(() => {
  if (seen.properties < 2) return;
  writeEvidence('tenders', {
    title: 'Amounts over several tenders',
    what: 'Random orders paid by gift cards, store credit, a wallet and a card, shipped in parts, partly cancelled, and refunded in parts that succeed, fail or are under way; each cent is followed; `npm run test:deep`.',
    figures: [
      ['orders captured', seen.captured],
      ['orders refunded', seen.refunded],
      ['tenders', seen.tenders],
      ['parcels', seen.parcels],
      ['refunds', seen.refunds],
      ['legs of refunds', seen.legs],
      ['refunds of more than is left, refused', seen.tooMuch],
      ['cents that a tender took or gave back too much, or that nobody gave', 0],
    ],
  });
});

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
  disputedMinor: 0n,
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
    refunds: fc.array(fc.record({ part: fc.nat(1_100), ends: fc.constantFrom('succeeded', 'failed', 'under way') }), {
      maxLength: 8,
    }),
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
  seen.tenders += tenders.length;
  for (let parcel = 1; parcel < cuts.length; parcel++) {
    seen.parcels++;
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
        seen.captured++;
        expect(sum(tenders.map((payment) => payment.capturedMinor))).toBe(due);
        for (const payment of tenders) expect(payment.capturedMinor <= payment.authorizedMinor).toBe(true);
        const card = tenders.find((payment) => !isInternal(payment));
        const own = tenders.filter((payment) => isInternal(payment));
        if (card && card.capturedMinor > 0n)
          for (const payment of own) expect(payment.capturedMinor).toBe(payment.authorizedMinor);
      }),
      RUNS,
    );
    seen.properties++;
  });

  it('goes back to the cent, to no tender more than it gave, to the last that was taken first, whatever is under way or fails', () => {
    fc.assert(
      fc.property(orders, (order) => {
        const tenders = tendersOf(order);
        const due = shipAll(order, tenders);
        seen.refunded++;
        const pending = new Map<string, bigint>();
        const promised = (id: string): bigint => pending.get(id) ?? 0n;
        const room = (payment: Payment): bigint => refundableMinor(payment) - promised(payment.id);
        for (const { part, ends } of order.refunds) {
          const left = sum(tenders.map(room));
          const wanted = share(left, part);
          const rooms = new Map(tenders.map((payment) => [payment.id, room(payment)]));
          const legs = planLegs(tenders, pending, wanted);
          seen.refunds++;
          if (wanted > left) {
            expect(legs).toBeNull();
            seen.tooMuch++;
            continue;
          }
          const given = new Map((legs ?? []).map((leg) => [leg.paymentId, leg.amountMinor]));
          expect(sum([...given.values()])).toBe(wanted);
          expect(given.size).toBe(legs?.length);
          // From the last tender to the first, each gives all that it can before the one before it gives anything.
          let still = wanted;
          for (const { id } of [...tenders].reverse()) {
            const most = rooms.get(id) as bigint;
            const expected = still < most ? still : most;
            expect(given.get(id) ?? 0n).toBe(expected);
            still -= expected;
          }
          seen.legs += given.size;
          for (const payment of tenders) {
            const amountMinor = given.get(payment.id) ?? 0n;
            if (ends === 'succeeded') payment.refundedMinor += amountMinor;
            if (ends === 'under way') pending.set(payment.id, promised(payment.id) + amountMinor);
            expect(payment.refundedMinor + promised(payment.id) <= payment.capturedMinor).toBe(true);
          }
        }
        const open = sum(tenders.map(room));
        expect(sum(tenders.map((payment) => payment.refundedMinor + promised(payment.id))) + open).toBe(due);
        expect(planLegs(tenders, pending, open + 1n)).toBeNull();
        expect(sum((planLegs(tenders, pending, open) ?? []).map((leg) => leg.amountMinor))).toBe(open);
      }),
      RUNS,
    );
    seen.properties++;
  });
});
