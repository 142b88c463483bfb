import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DomainError } from '../../kernel/errors.ts';
import { changeUnits, type Span, unitsIn } from '../../kernel/units.ts';
import {
  type Arrival,
  type Backorder,
  beyondStock,
  coverQueue,
  cutToFree,
  dayAfter,
  freeFor,
  isBefore,
  type Policy,
  planPolicy,
  promisedDay,
  rowsOf,
  saleOf,
  stopsNow,
  targetLimit,
  type Waiter,
} from './rules.ts';
import { setBackorderPolicyInput } from './schema.ts';

const units = (max = 50) => fc.integer({ min: 0, max }).map(BigInt);
const TODAY = '2026-12-01';
const day = fc.integer({ min: -5, max: 60 }).map((days) => dayAfter(TODAY, days));

const policy: fc.Arbitrary<Policy> = fc.record({
  skuId: fc.constant('s'),
  region: fc.constant('EU'),
  merchantId: fc.constant('m'),
  version: fc.integer({ min: 1, max: 9 }),
  kind: fc.constantFrom('none', 'backorder', 'preorder'),
  limitUnits: units(),
  leadDays: fc.option(fc.integer({ min: 0, max: 30 })),
  releaseOn: fc.option(day),
  stopOn: fc.option(day),
  stopWithoutInbound: fc.boolean(),
  stopAtWaiting: fc.option(units(20).map((n) => n + 1n)),
  stopped: fc.constantFrom(null, 'waiting'),
  payDays: fc.constant(7),
  note: fc.constant(null),
});

const supply = fc
  .record({ sellable: fc.integer({ min: -10, max: 50 }).map(BigInt), promised: units(80), limitOver: units(40) })
  .map((row) => {
    const over = row.promised - (row.sellable > 0n ? row.sellable : 0n) - row.limitOver;
    return { ...row, shortfall: over > 0n ? over : 0n };
  });

const queue = fc.uniqueArray(
  fc.record({ orderId: fc.uuid(), since: fc.integer({ min: 0, max: 5 }).map((n) => new Date(n)), units: units(9) }),
  { selector: (waiter) => waiter.orderId, maxLength: 12 },
);

describe('the limit', () => {
  it('takes no promise back, is never above the policy but for promises, and does not rise while units are missing', () => {
    fc.assert(
      fc.property(policy, supply, units(30), (rule, counters, inbound) => {
        const sale = saleOf(rule, { today: TODAY, inbound });
        const limit = targetLimit(sale, counters);
        const stock = counters.sellable > 0n ? counters.sellable : 0n;
        expect(counters.promised).toBeLessThanOrEqual(stock + limit + counters.shortfall);
        if (limit > beyondStock(counters)) expect(sale).toMatchObject({ open: true });
        if (sale.open && limit > beyondStock(counters)) expect(limit).toBeLessThanOrEqual(rule.limitUnits);
        if (counters.shortfall > 0n) expect(limit).toBeLessThanOrEqual(counters.limitOver);
      }),
    );
  });

  it('sells what the rules say, and for each stop says which', () => {
    fc.assert(
      fc.property(policy, units(30), (rule, inbound) => {
        const stops = {
          off: rule.kind === 'none',
          waiting: rule.stopped === 'waiting',
          date: rule.stopOn !== null && rule.stopOn <= TODAY,
          no_inbound: rule.stopWithoutInbound && inbound === 0n,
        };
        const sale = saleOf(rule, { today: TODAY, inbound });
        expect(sale.open).toBe(!Object.values(stops).some(Boolean));
        if (!sale.open) expect(stops[sale.reason]).toBe(true);
      }),
    );
    expect(saleOf(undefined, { today: TODAY, inbound: 9n })).toEqual({ open: false, reason: 'off' });
  });

  it('stops once enough wait', () => {
    fc.assert(
      fc.property(policy, units(30), (rule, waiting) => {
        const stops = stopsNow(rule, waiting);
        if (stops) expect(waiting).toBeGreaterThanOrEqual(rule.stopAtWaiting as bigint);
        else
          expect(
            rule.kind === 'none' || rule.stopped !== null || rule.stopAtWaiting === null || waiting < rule.stopAtWaiting,
          ).toBe(true);
      }),
    );
  });
});

describe('a policy that is asked for', () => {
  const ask = (input: object) =>
    setBackorderPolicyInput.parse({ merchantId: crypto.randomUUID(), skuId: crypto.randomUUID(), ...input });
  const where = { region: 'EU', today: TODAY };

  it('is the next version, and says nothing that its kind has no use for', () => {
    const first = planPolicy(ask({ kind: 'backorder', limitUnits: 5, leadDays: 10, releaseOn: '2027-01-01' }), undefined, where);
    expect(first).toMatchObject({ version: 1, limitUnits: 5n, leadDays: 10, releaseOn: null, stopped: null });
    const off = planPolicy(ask({ kind: 'none', limitUnits: 5, stopAtWaiting: 3 }), { ...first, stopped: 'waiting' }, where);
    expect(off).toMatchObject({ version: 2, limitUnits: 0n, stopAtWaiting: null, stopped: null });
  });

  it.each([
    [{ kind: 'backorder', limitUnits: 5 }, 'leadDays'],
    [{ kind: 'preorder', limitUnits: 5 }, 'releaseOn'],
    [{ kind: 'backorder', leadDays: 3 }, 'limitUnits'],
    [{ kind: 'backorder', limitUnits: 5, leadDays: 3, stopOn: TODAY }, 'stopOn'],
  ])('is refused where %j leaves %s open', (input, field) => {
    try {
      planPolicy(ask(input), undefined, where);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(DomainError);
      expect((error as DomainError).data).toMatchObject({ field });
    }
  });
});

describe('announced deliveries', () => {
  const arrivals = fc.uniqueArray(fc.record({ id: fc.uuid(), on: day, units: units(12) }), {
    selector: (arrival) => arrival.id,
    maxLength: 6,
  });

  it('cover the queue as if each unit in turn took the first unit that comes', () => {
    fc.assert(
      fc.property(fc.array(units(10), { maxLength: 8 }), arrivals, (demands, announced) => {
        const inOrder = [...announced].sort((a, b) => (a.on < b.on || (a.on === b.on && a.id < b.id) ? -1 : 1));
        const each: (Arrival | null)[] = inOrder.flatMap((arrival) =>
          Array.from({ length: Number(arrival.units) }, () => arrival),
        );
        const model = demands.map((demand) => Array.from({ length: Number(demand) }, () => each.shift() ?? null));
        const covered = coverQueue(demands, announced).map((parts) =>
          parts.flatMap((part) => Array.from({ length: Number(part.units) }, () => part.arrival)),
        );
        expect(covered).toEqual(model);
      }),
    );
  });

  it('are promised for no day that has passed, and not before the release', () => {
    fc.assert(
      fc.property(policy, fc.record({ id: fc.uuid(), on: day, units: units() }), (rule, arrival) => {
        const on = promisedDay(rule, { units: 1n, arrival }, TODAY);
        expect(on >= TODAY).toBe(true);
        if (rule.releaseOn !== null) expect(on >= rule.releaseOn).toBe(true);
      }),
    );
  });
});

describe('the queue', () => {
  it('gives what is at hand to whoever waited longest, whoever asks in whatever order', () => {
    fc.assert(
      fc.property(queue, units(60), fc.infiniteStream(fc.nat()), (waiters, atHand, dice) => {
        const sorted = [...waiters].sort((a, b) => (isBefore(a, b) ? -1 : 1));
        let left = atHand;
        const model = new Map(
          sorted.map((waiter) => {
            const got = waiter.units < left ? waiter.units : left;
            left -= got;
            return [waiter.orderId, got];
          }),
        );
        const open = new Map(waiters.map((waiter) => [waiter.orderId, waiter]));
        let here = atHand;
        const got = new Map<string, bigint>();
        const asked = [...waiters].sort(() => ((dice.next().value as number) % 2 === 0 ? 1 : -1));
        for (const waiter of asked) {
          const free = freeFor(waiter, here, [...open.values()]);
          const taken = free < waiter.units ? free : waiter.units;
          got.set(waiter.orderId, taken);
          here -= taken;
          open.set(waiter.orderId, { ...waiter, units: waiter.units - taken } as Waiter);
        }
        expect(got).toEqual(model);
      }),
    );
  });

  it('cuts requests to what is free of each SKU, the first units first', () => {
    const request = fc.record({
      skuId: fc.constantFrom('a', 'b'),
      from: fc.integer({ min: 1, max: 9 }),
      size: fc.integer({ min: 1, max: 9 }),
    });
    fc.assert(
      fc.property(fc.array(request, { maxLength: 6 }), units(20), units(20), (wanted, a, b) => {
        const requests = wanted.map(({ skuId, from, size }) => ({ skuId, from, to: from + size - 1 }));
        const cut = cutToFree(requests, (skuId) => (skuId === 'a' ? a : b));
        for (const [skuId, free] of [
          ['a', a],
          ['b', b],
        ] as const) {
          const asked = BigInt(unitsIn(requests.filter((one) => one.skuId === skuId)));
          expect(BigInt(unitsIn(cut.filter((one) => one.skuId === skuId)))).toBe(asked < free ? asked : free);
        }
        for (const one of cut) expect(requests.some((asked) => asked.from === one.from && asked.to >= one.to)).toBe(true);
      }),
    );
  });

  it('keeps of each row the units that still wait, and nothing else', () => {
    const change = fc.record({
      from: fc.integer({ min: 1, max: 20 }),
      size: fc.integer({ min: 0, max: 8 }),
      to: fc.constantFrom('allocated', 'cancelled'),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 6 }), fc.integer({ min: 1, max: 19 }), (changes, border) => {
        const span = (from: number, to: number): Span => ({
          lineId: 'l',
          from,
          to,
          state: 'backordered',
          nodeId: null,
          shipmentId: null,
          refundId: null,
        });
        const row = (from: number, to: number, promisedOn: string) => ({ lineId: 'l', from, to, promisedOn }) as Backorder;
        const before = [row(1, border, '2026-12-10'), row(border + 1, 20, '2026-12-20')];
        let spans = [span(1, 20)];
        for (const { from, size, to } of changes)
          spans = changeUnits(spans, { from, to: Math.min(20, from + size) }, () => ({ state: to as Span['state'] }));
        const after = rowsOf(spans, before);
        for (let unit = 1; unit <= 20; unit++) {
          const waits = spans.some((one) => one.state === 'backordered' && one.from <= unit && one.to >= unit);
          const rows = after.filter((one) => one.from <= unit && one.to >= unit);
          expect(rows.map((one) => one.promisedOn)).toEqual(waits ? [unit <= border ? '2026-12-10' : '2026-12-20'] : []);
        }
      }),
    );
  });
});
