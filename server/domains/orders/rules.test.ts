import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DomainError } from '../../kernel/errors.ts';
import { changeSpans, type Span, type UnitRange, unitsIn, worthOf } from '../../kernel/units.ts';
import { ORDER_STATUSES, SPAN_STATES } from '../../kernel/vocabulary.ts';
import { planReship } from './replacements.ts';
import {
  deriveFulfilment,
  deriveStatus,
  isCancellable,
  isGone,
  isRefundable,
  isWaiting,
  type Line,
  mayCancel,
  mayChangeAddress,
  mayRefund,
  mayReship,
  mayShip,
  ORDER_EVENTS,
  ORDER_TRANSITIONS,
  type OrderFacts,
  planCancel,
  replaceableUnits,
  selectUnits,
} from './rules.ts';

function line(id: string, quantity: number, over: Partial<Line> = {}): Line {
  return {
    id,
    orderId: 'o',
    position: 1,
    kind: 'item',
    skuId: `sku-${id}`,
    skuCode: id,
    name: id,
    stocked: true,
    quantity,
    unitPrice: '1',
    netMinor: 100n,
    discountMinor: 0n,
    taxMinor: 0n,
    totalMinor: 100n,
    taxRate: '0',
    ...over,
  };
}
const span = (lineId: string, from: number, to: number, state: Span['state'], over: Partial<Span> = {}): Span => ({
  lineId,
  from,
  to,
  state,
  nodeId: null,
  shipmentId: null,
  refundId: null,
  ...over,
});

function facts(lines: readonly Line[], spans: readonly Span[], over: Partial<OrderFacts> = {}): OrderFacts {
  const order = {
    status: 'CONFIRMED' as const,
    confirmed: true,
    holds: [],
    capturedMinor: 0n,
    refundedMinor: 0n,
    goodwillMinor: 0n,
    lines,
    spans,
    ...over,
  };
  return { ...order, status: deriveStatus(order) };
}

const state = fc.constantFrom(...SPAN_STATES);
const anyOrder = fc
  .record({
    stocked: fc.array(fc.boolean(), { minLength: 1, maxLength: 4 }),
    states: fc.array(state, { minLength: 12, maxLength: 12 }),
    confirmed: fc.boolean(),
    capturedMinor: fc.bigInt({ min: 0n, max: 3n }),
    refundedMinor: fc.bigInt({ min: 0n, max: 3n }),
    goodwillMinor: fc.bigInt({ min: 0n, max: 3n }),
  })
  .map(({ stocked, states, ...rest }) => {
    const lines = stocked.map((isStocked, index) => line(`l${index}`, 3, { stocked: isStocked }));
    const spans = lines.flatMap((own, at) =>
      [1, 2, 3].map((unit, index) => span(own.id, unit, unit, states[at * 3 + index] ?? 'open')),
    );
    return facts(lines, spans, rest);
  });

describe('the status of an order', () => {
  it('is one of the six for every combination of units and money, and only of them', () => {
    fc.assert(
      fc.property(anyOrder, (order) => {
        const status = deriveStatus(order);
        expect(ORDER_STATUSES).toContain(status);
        const live = order.spans.filter((s) => s.state !== 'cancelled');
        expect(status === 'CANCELLED').toBe(live.length === 0);
        if (live.length > 0) expect(status === 'PENDING').toBe(!order.confirmed);
        if (status === 'FULFILLED' || status === 'REFUNDED') {
          const stocked = new Set(order.lines.filter((l) => l.stocked).map((l) => l.id));
          expect(live.some((s) => stocked.has(s.lineId) && isWaiting(s))).toBe(false);
        }
        // The list of orders finds what waits by this (views/order-filters.ts).
        if (['UNALLOCATED', 'ALLOCATED'].includes(deriveFulfilment(order.lines, order.spans)))
          expect(['PENDING', 'CONFIRMED', 'PARTIALLY_FULFILLED', 'CANCELLED']).toContain(status);
      }),
    );
  });

  it('follows the services where no goods are left', () => {
    const lines = [line('mug', 1), line('wrap', 1, { stocked: false })];
    const spans = [span('mug', 1, 1, 'cancelled'), span('wrap', 1, 1, 'delivered')];
    expect(deriveStatus(facts(lines, spans))).toBe('FULFILLED');
    expect(deriveStatus(facts(lines, [span('mug', 1, 1, 'cancelled'), span('wrap', 1, 1, 'open')]))).toBe('CONFIRMED');
  });

  it('is not refunded by goodwill, and not while units still wait', () => {
    const lines = [line('mug', 2)];
    const gone = [span('mug', 1, 2, 'shipped')];
    const money = { capturedMinor: 100n, refundedMinor: 100n };
    expect(deriveStatus(facts(lines, gone, money))).toBe('REFUNDED');
    expect(deriveStatus(facts(lines, gone, { ...money, goodwillMinor: 10n }))).toBe('FULFILLED');
    expect(deriveStatus(facts(lines, [span('mug', 1, 1, 'shipped'), span('mug', 2, 2, 'open')], money))).toBe(
      'PARTIALLY_FULFILLED',
    );
  });

  it('has a row for every status and event: allowed outcomes, or a sentence', () => {
    for (const status of ORDER_STATUSES) {
      for (const event of ORDER_EVENTS) {
        const row: readonly string[] | string = ORDER_TRANSITIONS[status][event];
        if (typeof row === 'string') expect(row).toMatch(/^[A-Z].+\.$/);
        else for (const next of row) expect(ORDER_STATUSES).toContain(next);
      }
    }
  });
});

describe('what people may do', () => {
  it('gives a reason whenever it refuses, and never allows what the table refuses', () => {
    fc.assert(
      fc.property(anyOrder, (order) => {
        for (const [event, verdict] of [
          ['cancel', mayCancel(order)],
          ['ship', mayShip(order)],
          ['refund', mayRefund(order, 0n)],
        ] as const) {
          if (verdict.allowed) expect(ORDER_TRANSITIONS[order.status][event]).toBeTypeOf('object');
          else expect(verdict.why).toMatch(/\.$/);
        }
      }),
    );
  });

  it('a hold keeps everything from shipping, and says which', () => {
    const order = facts([line('mug', 1)], [span('mug', 1, 1, 'allocated')], { holds: ['fraud'] });
    expect(mayShip(order)).toEqual({ allowed: false, why: 'The order is on hold (fraud). Release the hold first.' });
  });

  it('asks for no more units of a line than are eligible, counting a line that is named twice', () => {
    const order = facts([line('mug', 3)], [span('mug', 1, 1, 'shipped'), span('mug', 2, 3, 'open')]);
    const twice = [
      { lineId: 'mug', quantity: 1 },
      { lineId: 'mug', quantity: 1 },
    ];
    expect(selectUnits(order, twice, isCancellable, 'cancelled')).toEqual([{ lineId: 'mug', from: 2, to: 3 }]);
    expect(() => selectUnits(order, [...twice, ...twice], isCancellable, 'cancelled')).toThrow(
      expect.objectContaining({ code: 'over_limit' }),
    );
    expect(() => selectUnits(order, [{ lineId: 'other', quantity: 1 }], isCancellable, 'cancelled')).toThrow(DomainError);
  });
});

describe('cancelling', () => {
  it('takes waiting services along with the last goods that could have carried them', () => {
    const lines = [line('mug', 2), line('ship', 1, { kind: 'shipping', stocked: false })];
    const waiting = facts(lines, [span('mug', 1, 2, 'allocated'), span('ship', 1, 1, 'open')]);
    expect(planCancel(waiting, [{ lineId: 'mug', quantity: 2 }])).toMatchObject({ whole: true, value: { totalMinor: 200n } });
    expect(planCancel(waiting, [{ lineId: 'mug', quantity: 1 }])).toMatchObject({ whole: false, value: { totalMinor: 50n } });
    const shipped = facts(lines, [span('mug', 1, 1, 'shipped'), span('mug', 2, 2, 'allocated'), span('ship', 1, 1, 'open')]);
    expect(unitsIn(planCancel(shipped, [{ lineId: 'mug', quantity: 1 }]).ranges)).toBe(2);
    const sent = facts(lines, [span('mug', 1, 1, 'shipped'), span('mug', 2, 2, 'allocated'), span('ship', 1, 1, 'shipped')]);
    expect(planCancel(sent, undefined)).toMatchObject({ whole: false, value: { totalMinor: 50n } });
  });

  it('leaves alone what is in a parcel', () => {
    const order = facts([line('mug', 1)], [span('mug', 1, 1, 'allocated', { shipmentId: 's' })]);
    expect(mayCancel(order)).toMatchObject({ allowed: false });
  });
});

describe('every order of cancels, shipments and refunds', () => {
  const money = fc.bigInt({ min: 0n, max: 10_000n });
  const shape = fc.array(fc.record({ quantity: fc.integer({ min: 1, max: 7 }), base: money, discount: money, tax: money }), {
    minLength: 1,
    maxLength: 3,
  });
  const act = fc.record({
    do: fc.constantFrom('cancel', 'ship', 'refund'),
    line: fc.nat(2),
    quantity: fc.integer({ min: 1, max: 4 }),
  });

  it('ends at the same cent: cancelled, kept and refunded add up to what was placed', () => {
    fc.assert(
      fc.property(shape, fc.array(act, { maxLength: 25 }), (shapes, acts) => {
        const lines = shapes.map(({ quantity, base, discount, tax }, index) => {
          const netMinor = base + discount;
          return line(`l${index}`, quantity, { netMinor, discountMinor: discount, taxMinor: tax, totalMinor: base + tax });
        });
        let spans: readonly Span[] = lines.map((own) => span(own.id, 1, own.quantity, 'open'));
        const sums = { cancel: 0n, ship: 0n, refund: 0n };
        for (const { do: what, line: at, quantity } of acts) {
          const wanted = [{ lineId: lines[at % lines.length]?.id as string, quantity }];
          const eligible = what === 'refund' ? isRefundable : isCancellable;
          const taken = attempt(() => selectUnits({ lines, spans }, wanted, eligible, what));
          if (!taken) continue;
          sums[what as keyof typeof sums] += worthOf(lines, taken).totalMinor;
          const to = { cancel: { state: 'cancelled' }, ship: { state: 'shipped' }, refund: { refundId: 'r' } }[
            what
          ] as Partial<Span>;
          spans = changeSpans(spans, taken, () => to);
        }
        const rest = (of: (s: Span) => boolean): bigint => worthOf(lines, spans.filter(of)).totalMinor;
        const total = lines.reduce((sum, own) => sum + own.totalMinor, 0n);
        expect(sums.cancel).toBe(rest((s) => s.state === 'cancelled'));
        expect(sums.ship).toBe(rest(isGone));
        expect(sums.refund).toBe(rest((s) => s.refundId !== null));
        expect(sums.cancel + sums.ship + rest((s) => s.state === 'open')).toBe(total);
        expect(sums.refund).toBeLessThanOrEqual(sums.ship);
      }),
      { numRuns: 300 },
    );
  });
});

function attempt(plan: () => UnitRange[]): UnitRange[] | null {
  try {
    return plan();
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}

describe('another address', () => {
  it('is possible before the first unit is set aside, and never once one has been', () => {
    fc.assert(
      fc.property(anyOrder, (order) => {
        const verdict = mayChangeAddress(order);
        const beyond = order.spans.some((s) => s.state === 'allocated' || s.shipmentId !== null || isGone(s));
        if (verdict.allowed) {
          expect(['PENDING', 'CONFIRMED']).toContain(order.status);
          expect(order.spans.some((s) => s.state === 'allocated' || s.shipmentId !== null)).toBe(false);
        } else expect(verdict.why).toMatch(/^[A-Z].*\.$/);
        if (!beyond && order.spans.every((s) => s.state === 'open')) expect(verdict.allowed).toBe(true);
      }),
    );
  });
});

describe('units that are sent again', () => {
  const parcel = { id: 'p', status: 'DELIVERED' as const };
  const sent = (states: readonly Span['state'][], refunded: readonly boolean[]) =>
    states.map((one, index) =>
      span('mug', index + 1, index + 1, one, { shipmentId: 'p', refundId: refunded[index] ? 'r' : null }),
    );

  it('are never more than left, less those whose money went back and those that are replaced already', () => {
    const gone = fc.constantFrom('shipped' as const, 'delivered' as const, 'returned' as const);
    fc.assert(
      fc.property(
        fc.array(gone, { minLength: 4, maxLength: 4 }),
        fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
        fc.integer({ min: 0, max: 4 }),
        fc.boolean(),
        (states, refunded, before, givenUp) => {
          const lines = [line('mug', 4)];
          const spans = sent(states, refunded);
          if (before > 0) {
            lines.push(line('again', before, { totalMinor: 0n, netMinor: 0n, replacesLineId: 'mug', replacesShipmentId: 'p' }));
            spans.push(span('again', 1, before, givenUp ? 'cancelled' : 'open'));
          }
          const eligible = states.filter((_one, index) => !refunded[index]).length;
          const left = eligible - (givenUp ? 0 : before);
          expect(replaceableUnits({ lines, spans }, 'p').get('mug') ?? 0).toBe(Math.max(0, left));
          const order = { status: 'FULFILLED' as const, lines, spans };
          expect(mayReship(order, parcel).allowed).toBe(left > 0);
          if (left > 0) {
            expect(planReship(order, parcel, undefined)).toEqual([{ lineId: 'mug', quantity: left }]);
            expect(() => planReship(order, parcel, [{ lineId: 'mug', quantity: left + 1 }])).toThrow(/can be replaced/);
          }
        },
      ),
    );
  });

  it('have left: nothing of a parcel that is still here is replaced', () => {
    const order = { status: 'PARTIALLY_FULFILLED' as const, lines: [line('mug', 1)], spans: sent(['shipped'], [false]) };
    expect(mayReship(order, { id: 'p', status: 'LABELLED' })).toMatchObject({ allowed: false });
    expect(mayReship(order, { id: 'p', status: 'EXCEPTION' })).toEqual({ allowed: true });
  });
});

describe('a cancellation that waits', () => {
  it('keeps the order from being shipped or cancelled again, in the same words', () => {
    const order = facts([line('mug', 1)], [span('mug', 1, 1, 'allocated')]);
    expect(mayShip(order)).toEqual({ allowed: true });
    const waiting = { ...order, cancelling: true };
    expect(mayShip(waiting)).toEqual(mayCancel(waiting));
    expect(mayShip(waiting)).toMatchObject({ allowed: false, why: expect.stringContaining('Undo it first') });
  });
});
