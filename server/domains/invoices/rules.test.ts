import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { valueOfUnits } from '../../kernel/units.ts';
import type { SpanState } from '../../kernel/vocabulary.ts';
import { type Documented, type Draft, type GivenBack, type Issued, planDocuments, sumOf } from './rules.ts';

/** One line of some units, shipped one by one, and refunds of units and of amounts in any order with looks at what is to be documented. */
interface Step {
  readonly do: 'ship' | 'cancel' | 'refund-unit' | 'refund-amount' | 'look';
  readonly line: number;
  readonly amount: bigint;
}

const RATES = ['0.190000', '0.070000', '0.000000'] as const;
const DAY = 86_400_000;
const step = fc.record({
  do: fc.constantFrom('ship', 'ship', 'cancel', 'refund-unit', 'refund-amount', 'look'),
  line: fc.nat(2),
  amount: fc.bigInt(1n, 4_000n),
});
const line = fc.record({
  quantity: fc.integer({ min: 1, max: 5 }),
  net: fc.bigInt(0n, 5_000n),
  tax: fc.bigInt(0n, 900n),
  discount: fc.bigInt(0n, 900n),
});

class Shop {
  readonly lines;
  private readonly states: SpanState[][];
  private readonly shipmentOf: (string | null)[][];
  private readonly refunded: Set<string> = new Set();
  private readonly shipments = new Map<string, Date>();
  readonly refunds: GivenBack[] = [];
  readonly issued: Issued[] = [];
  private days = 0;
  paidBack = 0n;

  constructor(made: readonly { quantity: number; net: bigint; tax: bigint; discount: bigint }[]) {
    this.lines = made.map(({ quantity, net, tax, discount }, index) => ({
      ...{
        id: `line-${index}`,
        position: index + 1,
        skuCode: `SKU-${index}`,
        name: `Thing ${index}`,
        unitPrice: '1.00',
        quantity,
      },
      ...{ netMinor: net, discountMinor: discount < net ? discount : net, taxMinor: tax, taxRate: RATES[index] ?? '0.000000' },
    }));
    this.states = this.lines.map(({ quantity }) => Array<SpanState>(quantity).fill('allocated'));
    this.shipmentOf = this.lines.map(({ quantity }) => Array<string | null>(quantity).fill(null));
  }

  worth = (at: number, unit: number): bigint => valueOfUnits(this.lines[at] as (typeof this.lines)[0], unit, unit).totalMinor;
  shippedWorth = (): bigint => this.sum((state) => state === 'shipped');
  private sum(of: (state: SpanState) => boolean): bigint {
    return this.states.reduce(
      (all, units, at) => all + units.reduce((sum, state, unit) => sum + (of(state) ? this.worth(at, unit + 1) : 0n), 0n),
      0n,
    );
  }

  play({ do: what, line: at, amount }: Step): void {
    const units = this.states[at % this.lines.length] as SpanState[];
    const line = at % this.lines.length;
    this.days++;
    if (what === 'look') this.look();
    const waiting = units.indexOf('allocated');
    if (what === 'ship' && waiting >= 0) {
      units[waiting] = 'shipped';
      const id = `shipment-${this.days}`;
      (this.shipmentOf[line] as (string | null)[])[waiting] = id;
      this.shipments.set(id, new Date(this.days * DAY));
    }
    if (what === 'cancel' && waiting >= 0) units[waiting] = 'cancelled';
    const left = this.shippedWorth() - this.paidBack;
    const back = (amountMinor: bigint, ranges: GivenBack['units']) => {
      this.paidBack += amountMinor;
      this.refunds.push({ id: `refund-${this.days}`, amountMinor, units: ranges, at: new Date(this.days * DAY) });
    };
    if (what === 'refund-amount' && left > 0n) back(amount < left ? amount : left, []);
    const own = units.findIndex((state, unit) => state === 'shipped' && !this.refunded.has(`${line}/${unit}`));
    if (what === 'refund-unit' && own >= 0) {
      const value = this.worth(line, own + 1);
      this.refunded.add(`${line}/${own}`);
      back(value < left ? value : left, [{ lineId: `line-${line}`, from: own + 1, to: own + 1 }]);
    }
  }

  look(): void {
    for (const draft of planDocuments(this.facts())) this.issue(draft);
  }
  private facts(): Documented {
    const spans = this.states.flatMap((units, at) =>
      units.map((state, unit) => ({
        ...{ lineId: `line-${at}`, from: unit + 1, to: unit + 1, state, nodeId: null, refundId: null },
        shipmentId: this.shipmentOf[at]?.[unit] ?? null,
      })),
    );
    return { lines: this.lines, spans, shipments: this.shipments, refunds: this.refunds, issued: [...this.issued] };
  }
  private issue({ kind, sourceId, lines }: Draft): void {
    const number = `${kind}-${this.issued.length}`;
    this.issued.push({ id: number, number, kind, sourceId, lines });
  }
  finish(): void {
    this.states.forEach((units) => {
      units.forEach((state, unit) => {
        if (state === 'allocated') units[unit] = 'cancelled';
      });
    });
    this.look();
  }
}

const ofKind = (shop: Shop, kind: Issued['kind']) => shop.issued.filter((document) => document.kind === kind);
const taxOf = (documents: readonly Issued[], rate: string) =>
  documents.flatMap(({ lines }) => lines.filter((each) => each.taxRate === rate)).reduce((sum, each) => sum + each.taxMinor, 0n);

describe('the documents of an order', () => {
  it('add up to what left less what was given back, whatever happens in which order and whenever somebody looks', () => {
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 3 }), fc.array(step, { maxLength: 24 }), (lines, steps) => {
        const shop = new Shop(lines);
        for (const each of steps) shop.play(each as Step);
        shop.finish();
        const [invoices, notes] = [ofKind(shop, 'invoice'), ofKind(shop, 'credit_note')];
        expect(invoices.reduce((sum, { lines: own }) => sum + sumOf(own), 0n)).toBe(shop.shippedWorth());
        expect(notes.reduce((sum, { lines: own }) => sum + sumOf(own), 0n)).toBe(shop.paidBack);
        expect(new Set(shop.issued.map((document) => document.sourceId)).size).toBe(shop.issued.length);
        for (const rate of RATES) expect(taxOf(notes, rate)).toBeLessThanOrEqual(taxOf(invoices, rate));
        for (const { lines: own } of notes)
          for (const { netMinor, discountMinor, taxMinor } of own) {
            expect(taxMinor).toBeGreaterThanOrEqual(0n);
            expect(netMinor - discountMinor).toBeGreaterThanOrEqual(0n);
          }
        // All of it went back: no tax of it stays.
        if (shop.paidBack === shop.shippedWorth())
          for (const rate of RATES) expect(taxOf(notes, rate)).toBe(taxOf(invoices, rate));
        const before = shop.issued.length;
        shop.look();
        expect(shop.issued).toHaveLength(before);
      }),
      { numRuns: process.env.WAYBILL_DEEP === '1' ? 20_000 : 300 },
    );
  });

  it('take a part of the price back with its tax, the highest rate first', () => {
    const shop = new Shop([
      { quantity: 1, net: 10_000n, tax: 1_900n, discount: 0n },
      { quantity: 1, net: 10_000n, tax: 700n, discount: 0n },
    ]);
    shop.play({ do: 'ship', line: 0, amount: 0n });
    shop.play({ do: 'ship', line: 1, amount: 0n });
    shop.play({ do: 'refund-amount', line: 0, amount: 2_260n });
    shop.look();
    expect(ofKind(shop, 'credit_note')[0]?.lines).toMatchObject([
      { taxRate: '0.190000', netMinor: 1_000n, taxMinor: 190n, units: null },
      { taxRate: '0.070000', netMinor: 1_000n, taxMinor: 70n, units: null },
    ]);
  });

  it('are none where nothing left, and for what is sent in place of something else', () => {
    const shop = new Shop([{ quantity: 2, net: 0n, tax: 0n, discount: 0n }]);
    shop.play({ do: 'ship', line: 0, amount: 0n });
    shop.look();
    expect(shop.issued).toEqual([]);
  });
});
