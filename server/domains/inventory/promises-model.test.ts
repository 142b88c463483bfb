import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DomainError } from '../../kernel/errors.ts';
import { byExpiry, type Lot, planTake } from '../lots/rules.ts';
import { cutToAvailable, planPromise, planSafety, setChannelRule } from './promising.ts';
import {
  type AppliedMovement,
  applyMovement,
  availableAtNode,
  type Books,
  channelKey,
  type Movement,
  movement,
  planAdjustment,
  stockKey,
} from './rules.ts';

/**
 * Everything that can happen to one SKU, against a model that keeps no counters: a list of carts, a list of orders, the shelves, unit by
 * unit with the day each expires on, and what is on its way between them.
 */
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
  readonly shelf: Record<(typeof NODES)[number], { onHand: number; safety: number; days: number[] }>;
  readonly transfers: { readonly to: (typeof NODES)[number]; readonly days: number[] }[];
  today: number;
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
  fc.record({ do: fc.constant('receive' as const), node, units: small, keeps: fc.nat(5) }),
  fc.record({ do: fc.constant('send' as const), node, units: small }),
  fc.record({ do: fc.constant('arrive' as const), which, lost: fc.nat(2) }),
  fc.record({ do: fc.constant('night' as const) }),
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
    shelf: { n1: { onHand: 0, safety: 0, days: [] }, n2: { onHand: 0, safety: 0, days: [] } },
    transfers: [],
    today: 0,
    limitOver: 0,
    rules: new Map(),
    orders: [],
    carts: [],
  };
  readonly applied: AppliedMovement[] = [];
  readonly lots: Record<(typeof NODES)[number], Lot[]> = { n1: [], n2: [] };
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

  happen(next: Step): void {
    const { model, books } = this;
    switch (next.do) {
      case 'receive':
        this.apply([planAdjustment(books, 'receive', SKU, next.node, BigInt(next.units))]);
        this.put(
          next.node,
          Array.from({ length: next.units }, () => model.today + next.keeps),
        );
        return;
      case 'send':
        this.send(next.node, next.units);
        return;
      case 'arrive': {
        const transfer = model.transfers[next.which % Math.max(model.transfers.length, 1)];
        if (!transfer) return;
        model.transfers.splice(model.transfers.indexOf(transfer), 1);
        const came = transfer.days.slice(next.lost);
        if (came.length > 0) this.apply([movement('transfer_in', SKU, transfer.to, { onHand: BigInt(came.length) })]);
        this.put(transfer.to, came);
        return;
      }
      case 'night':
        this.night();
        return;
      case 'count': {
        const delta = next.units - model.shelf[next.node].onHand;
        if (delta === 0) return;
        this.apply([planAdjustment(books, 'count', SKU, next.node, BigInt(delta))]);
        if (delta < 0) this.take(next.node, -delta);
        else
          this.put(
            next.node,
            Array.from({ length: delta }, () => FOREVER),
          );
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
    this.take(next.node, count);
  }

  /** Goods on a shelf, each with its day: in the model unit by unit, in the books by lot. */
  private put(at: (typeof NODES)[number], days: readonly number[]): void {
    const shelf = this.model.shelf[at];
    shelf.onHand += days.length;
    shelf.days.push(...days);
    for (const day of days) {
      const expiresOn = dateOf(day);
      const known = this.lots[at].find((lot) => lot.expiresOn === expiresOn);
      if (known) known.onHand += 1n;
      else this.lots[at].push(lotOf(at, expiresOn));
    }
  }

  /** The sooner it expires the sooner it goes; what has expired already, on its way here, goes last. */
  private byDay(at: (typeof NODES)[number]): number[] {
    const last = (day: number): number => (day < this.model.today ? FOREVER + 1 + day : day);
    return this.model.shelf[at].days.toSorted((a, b) => last(a) - last(b));
  }

  /** What leaves goes by the lots' own plan, and in the model one unit after the other; they took the same ones. */
  private take(at: (typeof NODES)[number], units: number): number[] {
    const { model } = this;
    const shelf = model.shelf[at];
    for (const { lot, units: taken } of planTake(this.lots[at], BigInt(units), dateOf(model.today) ?? '')) lot.onHand -= taken;
    const taken = this.byDay(at).slice(0, units);
    for (const day of taken) shelf.days.splice(shelf.days.indexOf(day), 1);
    shelf.onHand -= units;
    return taken;
  }

  /** Units leave for the other node where nobody waits for them. */
  private send(from: (typeof NODES)[number], units: number): void {
    const { model, books } = this;
    const stock = books.stock.get(stockKey(SKU, from));
    const spare = Math.max(sellable(model), 0) - promisedTo(model);
    const count = Math.min(units, stock ? Number(availableAtNode(stock, true)) : 0, Math.max(spare, 0));
    if (count === 0) return;
    this.apply([movement('transfer_out', SKU, from, { onHand: -BigInt(count) })]);
    model.transfers.push({ to: from === 'n1' ? 'n2' : 'n1', days: this.take(from, count) });
  }

  /** A day is over: what expired with it is off the shelf. */
  private night(): void {
    const { model } = this;
    model.today += 1;
    for (const id of NODES) {
      const over = model.shelf[id].days.filter((day) => day < model.today);
      if (over.length === 0) continue;
      this.apply([movement('expire', SKU, id, { onHand: -BigInt(over.length) })]);
      for (const lot of this.lots[id]) if (lot.expiresOn !== null && lot.expiresOn < (dateOf(model.today) ?? '')) lot.onHand = 0n;
      model.shelf[id].days = model.shelf[id].days.filter((day) => day >= model.today);
      model.shelf[id].onHand -= over.length;
    }
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
      const byDay = byExpiry(this.lots[id], dateOf(model.today) ?? '').flatMap(({ expiresOn, onHand }) =>
        Array.from({ length: Number(onHand) }, () => expiresOn),
      );
      expect(byDay).toEqual(this.byDay(id).map(dateOf));
      expect((stock?.allocated ?? 0n) <= (stock?.onHand ?? 0n) + (stock?.short ?? 0n), 'allocated_stock_is_there').toBe(true);
    }
  }
}

/** The day of units of which nobody knows one. */
const FOREVER = 1_000;
const dateOf = (day: number): string | null =>
  day === FOREVER ? null : new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10);
const lotOf = (nodeId: string, expiresOn: string | null): Lot => ({
  id: `${nodeId}:${expiresOn}`,
  skuId: SKU,
  nodeId,
  merchantId: 'm',
  code: expiresOn ?? '',
  expiresOn,
  createdAt: new Date(0),
  onHand: 1n,
  expired: 0n,
});

describe('promises, carts, channels, shelves, lots and what is between nodes', () => {
  it('are what the model says after every step, and are refused exactly where it says so', {
    timeout: DEEP ? DEEP_TAKES_MS : 30_000,
  }, () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        const run = new Run();
        for (const next of steps) {
          run.happen(next);
          run.expectTrue();
        }
      }),
      { numRuns: RUNS },
    );
  });
});
