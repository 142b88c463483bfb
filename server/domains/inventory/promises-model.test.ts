import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DomainError } from '../../kernel/errors.ts';
import { cutToAvailable, planPromise, planSafety, setChannelRule } from './promising.ts';
import {
  type AppliedMovement,
  applyMovement,
  type Books,
  channelKey,
  type Movement,
  movement,
  planAdjustment,
  stockKey,
} from './rules.ts';

/** Everything that can happen to one SKU, against a model that keeps no counters: a list of carts, a list of orders, and the shelves. */
const DEEP = process.env.WAYBILL_DEEP === '1';
const RUNS = DEEP ? 10_000 : 300;
const DEEP_TAKES_MS = 900_000;
const NODES = ['n1', 'n2'] as const;
const CHANNELS = ['api', 'shop', 'marketplace'] as const;
const SKU = 'mug';

interface Holder {
  readonly channel: (typeof CHANNELS)[number];
  /** Units that are promised and lie nowhere yet, and those allocated at each node. */
  open: number;
  readonly at: Record<(typeof NODES)[number], number>;
}

interface Model {
  readonly shelf: Record<(typeof NODES)[number], { onHand: number; safety: number }>;
  limitOver: number;
  readonly rules: Map<string, { buffer: number; cap: number | null }>;
  readonly orders: Holder[];
  readonly carts: Holder[];
}

const holders = (model: Model): Holder[] => [...model.orders, ...model.carts];
const units = (holder: Holder): number => holder.open + holder.at.n1 + holder.at.n2;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const promisedTo = (model: Model, channel?: string): number =>
  sum(holders(model).flatMap((holder) => (channel === undefined || holder.channel === channel ? [units(holder)] : [])));
const sellable = (model: Model): number => sum(NODES.map((id) => model.shelf[id].onHand - model.shelf[id].safety));

/** What may be promised, worked out from what there is and who waits. */
function available(model: Model, channel: string): number {
  const covered = Math.max(sellable(model), 0) + model.limitOver - promisedTo(model);
  if (covered < 0) return 0;
  const rule = model.rules.get(channel);
  if (!rule) return covered;
  const left = Math.max(covered - rule.buffer, 0);
  return rule.cap === null ? left : Math.min(left, Math.max(rule.cap - promisedTo(model, channel), 0));
}

const small = fc.integer({ min: 1, max: 9 });
const channel = fc.constantFrom(...CHANNELS);
const node = fc.constantFrom(...NODES);
const which = fc.nat(20);
const step = fc.oneof(
  fc.record({ do: fc.constant('receive' as const), node, units: small }),
  fc.record({ do: fc.constant('count' as const), node, units: fc.nat(12) }),
  fc.record({ do: fc.constant('safety' as const), node, units: fc.nat(8) }),
  fc.record({ do: fc.constant('limit' as const), units: fc.nat(6) }),
  fc.record({ do: fc.constant('rule' as const), channel, buffer: fc.nat(6), cap: fc.option(fc.nat(12)) }),
  fc.record({ do: fc.constant('order' as const), channel, units: small, accept: fc.boolean() }),
  fc.record({ do: fc.constant('reserve' as const), channel, units: small }),
  fc.record({ do: fc.constant('use' as const), which, units: small }),
  fc.record({ do: fc.constant('expire' as const), which }),
  fc.record({ do: fc.constant('cancel' as const), which, units: small }),
  fc.record({ do: fc.constant('allocate' as const), which, node }),
  fc.record({ do: fc.constant('ship' as const), which, node }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

class Run {
  readonly books: Books = {
    supply: new Map(),
    stock: new Map(),
    channels: new Map(),
    work: [],
  };
  readonly model: Model = {
    shelf: { n1: { onHand: 0, safety: 0 }, n2: { onHand: 0, safety: 0 } },
    limitOver: 0,
    rules: new Map(),
    orders: [],
    carts: [],
  };
  readonly applied: AppliedMovement[] = [];
  private made = 0;

  constructor() {
    const row = { skuId: SKU, region: 'EU', merchantId: 'm', version: 0n };
    this.books.supply.set(SKU, { ...row, sellable: 0n, promised: 0n, limitOver: 0n, shortfall: 0n, byChannel: false });
    for (const nodeId of NODES)
      this.books.stock.set(stockKey(SKU, nodeId), { ...row, nodeId, onHand: 0n, allocated: 0n, safety: 0n, short: 0n });
  }

  private apply(changes: readonly Movement[], by: string | null = null): void {
    for (const change of changes) this.applied.push(applyMovement(this.books, change, () => `w${++this.made}`, by));
  }

  /** Promises `quantity` to a channel, or refuses exactly where the model says that there is not enough. */
  private promise(by: Holder['channel'], quantity: number, held = 0): Holder | null {
    const terms = { channel: by, held: new Map([[SKU, BigInt(held)]]) };
    const enough = quantity <= available(this.model, by) + held;
    try {
      const plan = planPromise(this.books, [{ skuId: SKU, skuCode: SKU, quantity }], terms);
      expect(enough).toBe(true);
      if (held > 0) this.apply([movement('release', SKU, null, { promised: -BigInt(held) })], by);
      this.apply(plan.movements, by);
      return { channel: by, open: quantity, at: { n1: 0, n2: 0 } };
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      expect(enough).toBe(false);
      return null;
    }
  }

  take(next: Step): void {
    const { model, books } = this;
    switch (next.do) {
      case 'receive':
        this.apply([planAdjustment(books, 'receive', SKU, next.node, BigInt(next.units))]);
        model.shelf[next.node].onHand += next.units;
        return;
      case 'count': {
        const delta = next.units - model.shelf[next.node].onHand;
        if (delta === 0) return;
        this.apply([planAdjustment(books, 'count', SKU, next.node, BigInt(delta))]);
        model.shelf[next.node].onHand = next.units;
        return;
      }
      case 'safety':
        this.setSafety(next.node, next.units);
        return;
      case 'limit':
        // A limit below what is promised beyond the stock is the policy's to refuse; here it only ever opens.
        this.apply([movement('limit', SKU, null, { limit: BigInt(next.units) })]);
        model.limitOver += next.units;
        return;
      case 'rule': {
        const waiting = BigInt(promisedTo(model, next.channel));
        const rule = { buffer: BigInt(next.buffer), cap: next.cap === null ? null : BigInt(next.cap) };
        this.applied.push(setChannelRule(books, { skuId: SKU, channel: next.channel }, rule, waiting).applied);
        model.rules.set(next.channel, { buffer: next.buffer, cap: next.cap });
        return;
      }
      case 'order': {
        const [kept = 0] = cutToAvailable(books, [{ skuId: SKU, skuCode: SKU, quantity: next.units }], next);
        expect(kept).toBe(Math.min(next.units, available(model, next.channel)));
        const quantity = next.accept ? kept : next.units;
        const order = quantity > 0 ? this.promise(next.channel, quantity) : null;
        if (order) model.orders.push(order);
        return;
      }
      case 'reserve': {
        const cart = this.promise(next.channel, next.units);
        if (cart) model.carts.push(cart);
        return;
      }
      case 'use': {
        const cart = model.carts[next.which % Math.max(model.carts.length, 1)];
        const order = cart ? this.promise(cart.channel, next.units, cart.open) : null;
        if (!cart || !order) return;
        model.carts.splice(model.carts.indexOf(cart), 1);
        model.orders.push(order);
        return;
      }
      case 'expire': {
        const cart = model.carts[next.which % Math.max(model.carts.length, 1)];
        if (!cart) return;
        this.apply([movement('release', SKU, null, { promised: -BigInt(cart.open) })], cart.channel);
        model.carts.splice(model.carts.indexOf(cart), 1);
        return;
      }
      default:
        this.moveOrder(next);
    }
  }

  private moveOrder(next: Extract<Step, { do: 'cancel' | 'allocate' | 'ship' }>): void {
    const { model, books } = this;
    const order = model.orders[next.which % Math.max(model.orders.length, 1)];
    if (!order) return;
    if (next.do === 'cancel') {
      const count = Math.min(order.open, next.units);
      if (count === 0) return;
      this.apply([movement('release', SKU, null, { promised: -BigInt(count) })], order.channel);
      order.open -= count;
      return;
    }
    const stock = books.stock.get(stockKey(SKU, next.node));
    const there = Number(stock?.onHand ?? 0n);
    if (next.do === 'allocate') {
      const free = Number(stock?.short ?? 0n) > 0 ? 0 : there - Number(stock?.allocated ?? 0n);
      const count = Math.min(order.open, Math.max(free, 0));
      if (count === 0) return;
      this.apply([movement('allocate', SKU, next.node, { allocated: BigInt(count) })], order.channel);
      order.open -= count;
      order.at[next.node] += count;
      return;
    }
    const count = order.at[next.node];
    if (count === 0 || count > there) return;
    const gone = -BigInt(count);
    this.apply([movement('ship', SKU, next.node, { onHand: gone, allocated: gone, promised: gone })], order.channel);
    order.at[next.node] = 0;
    model.shelf[next.node].onHand -= count;
  }

  private setSafety(at: (typeof NODES)[number], wanted: number): void {
    const { model } = this;
    const delta = wanted - model.shelf[at].safety;
    const free = Math.max(0, Math.max(sellable(model), 0) - promisedTo(model));
    const allowed = delta <= free || promisedTo(model) === 0;
    try {
      const planned = planSafety(this.books, SKU, at, BigInt(wanted));
      expect(allowed).toBe(true);
      this.apply([planned]);
      model.shelf[at].safety = wanted;
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      expect(allowed).toBe(false);
    }
  }

  /** The counters are what the model's lists add up to, and what the movements add up to; nothing breaks a rule of the database. */
  expectTrue(): void {
    const { books, model, applied } = this;
    const supply = books.supply.get(SKU);
    if (!supply) throw new Error('The SKU is gone');
    const total = (pick: (one: AppliedMovement) => bigint, of = applied): bigint => of.reduce((all, one) => all + pick(one), 0n);
    expect([supply.sellable, supply.promised]).toEqual([BigInt(sellable(model)), BigInt(promisedTo(model))]);
    expect([total((m) => m.sellable), total((m) => m.promised), total((m) => m.shortfall)]).toEqual([
      supply.sellable,
      supply.promised,
      supply.shortfall,
    ]);
    const uncovered = promisedTo(model) - Math.max(sellable(model), 0) - model.limitOver;
    expect(supply.shortfall).toBe(BigInt(Math.max(uncovered, 0)));
    for (const row of books.channels.values()) {
      const own = applied.filter((one) => one.channel === row.channel);
      expect(row.promised).toBe(BigInt(promisedTo(model, row.channel)));
      expect([total((m) => m.channelDelta, own), BigInt(own.length)]).toEqual([row.promised, row.version]);
      expect(row.cap === null || row.promised <= row.cap + row.excess, 'channel_is_not_oversold').toBe(true);
      expect(books.channels.get(channelKey(SKU, row.channel))).toBe(row);
    }
    for (const id of NODES) {
      const stock = books.stock.get(stockKey(SKU, id));
      expect([stock?.onHand, stock?.safety]).toEqual([BigInt(model.shelf[id].onHand), BigInt(model.shelf[id].safety)]);
      expect(stock?.allocated).toBe(BigInt(sum(model.orders.map((order) => order.at[id]))));
      expect((stock?.allocated ?? 0n) <= (stock?.onHand ?? 0n) + (stock?.short ?? 0n), 'allocated_stock_is_there').toBe(true);
    }
  }
}

describe('promises, carts, channels and shelves', () => {
  it('are what the model says after every step, and are refused exactly where it says so', {
    timeout: DEEP ? DEEP_TAKES_MS : 30_000,
  }, () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        const run = new Run();
        for (const next of steps) {
          run.take(next);
          run.expectTrue();
        }
      }),
      { numRuns: RUNS },
    );
  });
});
