import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changeSpans, type Span, unitsIn } from '../../kernel/units.ts';
import { planSaid, type RequestStatus, refusedUnits, type Said, waitingUnits } from './rules.ts';

const LINE = 'line';
const NODE = 'node';
const allocated = (quantity: number): Span[] => [
  { lineId: LINE, from: 1, to: quantity, state: 'allocated', nodeId: NODE, shipmentId: null, refundId: null },
];

/** A partner who says yes to some units and sends them in parcels, told step by step; what they say may come twice and out of order. */
const story = fc
  .record({
    quantity: fc.integer({ min: 1, max: 12 }),
    accepted: fc.integer({ min: 0, max: 12 }),
    sizes: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 }),
    ends: fc.boolean(),
    told: fc.array(fc.nat({ max: 20 }), { maxLength: 12 }),
  })
  .map(({ quantity, accepted, sizes, ends, told }) => {
    const yes = Math.min(accepted, quantity);
    const lines = [{ lineId: LINE, accepted: yes }];
    const parcels: Said['parcels'][number][] = [];
    const said: Said[] = [{ status: 'received', lines: [{ lineId: LINE, accepted: null }], parcels: [] }];
    said.push({ status: yes === 0 ? 'rejected' : 'accepted', lines, parcels: [] });
    let left = yes;
    for (const [at, size] of sizes.entries()) {
      const units = Math.min(size, left);
      if (units === 0) break;
      left -= units;
      parcels.push({ ref: `parcel ${at}`, lines: [{ lineId: LINE, quantity: units }] });
      said.push({ status: left === 0 ? 'shipped' : 'accepted', lines, parcels: [...parcels] });
    }
    if (ends && left > 0 && yes > 0) said.push({ status: 'cancelled', lines, parcels: [...parcels] });
    return { quantity, yes, said, told, sent: yes - left, over: yes === 0 || left === 0 || ends };
  });

/** Lives through what a partner says, as the flows do, and returns what became of every unit. */
function live(quantity: number, said: readonly Said[]) {
  let spans = allocated(quantity);
  let status: RequestStatus = 'asked';
  const known = new Set<string>();
  const request = { nodeId: NODE, lines: [{ lineId: LINE, from: 1, to: quantity }] };
  for (const word of said) {
    if (['rejected', 'shipped', 'cancelled'].includes(status)) break;
    const plan = planSaid({ ...request, status }, spans, word, known);
    for (const { ref, units } of plan.parcels) {
      known.add(ref);
      spans = changeSpans(spans, units, () => ({ shipmentId: ref }));
    }
    spans = changeSpans(spans, plan.released, () => ({ state: 'open', nodeId: null }));
    status = plan.status;
  }
  const count = (is: (span: Span) => boolean): number => unitsIn(spans.filter(is));
  return {
    status,
    sent: count((span) => span.shipmentId !== null),
    released: count((span) => span.state === 'open'),
    waiting: unitsIn(waitingUnits(request, spans)),
  };
}

describe('what a partner says of a request', () => {
  it('leaves every unit in one place: sent, waiting there, or free for another node', () => {
    fc.assert(
      fc.property(story, ({ quantity, said }) => {
        const end = live(quantity, said);
        expect(end.sent + end.released + end.waiting).toBe(quantity);
      }),
    );
  });

  it('ends with what was sent gone and the rest free, and with nothing waiting once it is over', () => {
    fc.assert(
      fc.property(story, ({ quantity, yes, said, sent, over }) => {
        const end = live(quantity, said);
        expect(end.sent).toBe(sent);
        expect(end.waiting).toBe(over ? 0 : yes - sent);
      }),
    );
  });

  it('means the same said twice, late or out of order, once the last word has come', () => {
    fc.assert(
      fc.property(story, ({ quantity, said, told }) => {
        // Nobody says no before yes: what comes out of order is between the first word and the last.
        const shuffled = told
          .map((at) => said[at % said.length] as Said)
          .filter((word) => word.status !== 'cancelled' && word.status !== 'shipped');
        const orderly = live(quantity, said);
        expect(live(quantity, [...shuffled, ...said])).toEqual(orderly);
      }),
    );
  });
});

it('units are not looked for where a partner did not send them, unless the order was being cancelled', () => {
  const request = (nodeId: string, recall: 'silent' | 'order_cancelled' | null, from: number, to: number) => ({
    id: nodeId,
    orderId: 'order',
    merchantId: 'merchant',
    nodeId,
    kind: 'third_party',
    answerBy: new Date(0),
    createdAt: new Date(0),
    lines: [{ lineId: LINE, from, to }],
    status: 'cancelled' as const,
    partnerRef: null,
    reason: null,
    recall,
    shipBy: null,
    answeredAt: null,
    endedAt: new Date(0),
    version: 1n,
  });
  const open = [{ lineId: LINE, from: 3, to: 6 }];
  expect(
    refusedUnits([request('a', 'silent', 1, 4), request('b', 'order_cancelled', 1, 9), request('c', null, 6, 9)], open),
  ).toEqual([
    { lineId: LINE, from: 3, to: 4, nodeId: 'a' },
    { lineId: LINE, from: 6, to: 6, nodeId: 'c' },
  ]);
});
