import type {
  AccountTraits,
  Answers,
  Attempt,
  Entry,
  History,
  Observation,
  Operation,
  OrderChange,
  Outcome,
  Read,
  Request,
} from './history.ts';
import { replayBooks } from './replayed.ts';

/** A history written down by hand, for tests of the checker: entries get their versions and transactions, rows follow at the end. */
export class Sample {
  readonly operations: Operation[] = [];
  readonly reads: Read[] = [];
  readonly supply: History['books']['supply'][number][] = [];
  readonly nodes: History['books']['nodes'][number][] = [];
  readonly accounts: History['books']['accounts'][number][] = [];
  readonly orders: History['books']['orders'][number][] = [];
  readonly traits: Record<string, AccountTraits> = {
    'account:a': { normalSide: 'credit', limited: true, kind: 'wallet' },
    'account:b': { normalSide: 'credit', limited: true, kind: 'wallet' },
    'account:bank': { normalSide: 'debit', limited: false, kind: 'goodwill' },
  };
  /** The operation and the transaction that the next entries belong to. */
  operation: string | null = null;
  tx = 0;

  /** An operation with one attempt; what it changes is written in `effects`. */
  does<K extends Request['kind']>(
    request: Extract<Request, { readonly kind: K }>,
    [invoked, completed]: readonly [number, number],
    answer: Answers[K] | Outcome,
    effects: () => void = () => {},
  ): string {
    const outcome: Outcome = 'is' in answer ? answer : { is: 'ok', answer };
    const id = `op${this.operations.length + 1}`;
    const attempt: Attempt = { client: 1, door: 'one', invoked, completed, outcome };
    this.operations.push({ id, key: id, request, attempts: [attempt] });
    this.within(id, effects);
    return id;
  }

  /** What a saga changes in one transaction, or a further transaction of an operation. */
  within(operation: string | null, effects: () => void): void {
    this.operation = operation;
    this.tx += 1;
    effects();
    this.operation = null;
  }

  move(kind: string, deltas: { sellable?: number; promised?: number; onHand?: number; allocated?: number }): void {
    const { sellable = 0, promised = 0, onHand = 0, allocated = 0 } = deltas;
    if (sellable !== 0 || promised !== 0) this.add(this.supply, 'supply:MUG', { kind, sellable, promised, shortfall: 0 });
    if (onHand !== 0 || allocated !== 0) this.add(this.nodes, 'node:MUG@N1', { kind, onHand, allocated, short: 0 });
  }

  transfer(debit: string, credit: string, amountMinor: number, balances: readonly [debit: number, credit: number]): void {
    const [first, second] = balances;
    this.add(this.accounts, `account:${debit}`, { side: 'debit', phase: 'single', amountMinor, balanceMinor: first });
    this.add(this.accounts, `account:${credit}`, { side: 'credit', phase: 'single', amountMinor, balanceMinor: second });
  }

  order(id: string, change: OrderChange): void {
    this.add(this.orders, `order:${id}`, change);
  }

  see([invoked, completed]: readonly [number, number], ...sees: Observation[]): void {
    this.reads.push({ client: 2, invoked, completed, sees });
  }

  /** The history with rows as its changes leave them. */
  history(change: (rows: Observation[]) => Observation[] = (rows) => rows): History {
    const { operations, reads, supply, nodes, accounts, orders, traits } = this;
    const books = { supply, nodes, accounts, orders, traits, rows: [] };
    const history = { operations, reads, books, prices: { MUG: 12_500_000 } };
    const { all } = replayBooks(history, () => {});
    const rows = [...all.values()].map(({ object, entries, shows }) => ({
      object,
      version: entries.length,
      shows: shows(entries.length) ?? {},
    }));
    return { ...history, books: { ...books, rows: change(rows) } };
  }

  private add<C>(list: Entry<C>[], object: string, change: C): void {
    const version = list.filter((entry) => entry.object === object).length + 1;
    list.push({ object, version, tx: String(this.tx), operation: this.operation, change });
  }
}

const placing = (quantity: number): Extract<Request, { kind: 'place' }> => ({
  kind: 'place',
  lines: [{ sku: 'MUG', quantity, discountMinor: 0 }],
});

/** Places `quantity` mugs as one order, with what its answer has to be. */
export function place(sample: Sample, order: string, quantity: number, span: readonly [number, number]): string {
  const totalMinor = quantity * 1_250;
  const line = `${order}-1`;
  return sample.does(
    placing(quantity),
    span,
    { order, status: 'PENDING', totalMinor, lines: [{ id: line, sku: 'MUG', quantity, totalMinor }] },
    () => placedOnce(sample, order, quantity),
  );
}

export function placedOnce(sample: Sample, order: string, quantity: number): void {
  const line = { id: `${order}-1`, sku: 'MUG', quantity, discountMinor: 0, netMinor: quantity * 1_250 };
  sample.move('promise', { promised: quantity });
  sample.order(order, { type: 'placed', lines: [line] });
}

export function transfer(
  sample: Sample,
  [debit, credit, amountMinor]: readonly [string, string, number],
  span: readonly [number, number],
  balances: readonly [debit: number, credit: number],
): string {
  const [debitBalanceMinor, creditBalanceMinor] = balances;
  return sample.does({ kind: 'transfer', debit, credit, amountMinor }, span, { debitBalanceMinor, creditBalanceMinor }, () =>
    sample.transfer(debit, credit, amountMinor, balances),
  );
}

/**
 * A morning in the shop, without a mistake: five mugs arrive, two are ordered, one of them cancelled, the other shipped and refunded; an
 * order for nine is refused; money moves between wallets, and once it does not; somebody looks at all of it.
 */
export function morning(): Sample {
  const sample = new Sample();
  sample.does(
    { kind: 'adjust', sku: 'MUG', node: 'N1', delta: 5 },
    [0, 10],
    { onHand: 5, delta: 5, short: 0, shortfall: 0 },
    () => sample.move('receive', { sellable: 5, onHand: 5 }),
  );
  place(sample, 'o1', 2, [11, 20]);
  const skus = [{ sku: 'MUG', requested: 9, available: 3 }];
  sample.does(placing(9), [21, 30], { is: 'refused', code: 'out_of_stock', data: { skus } });
  sample.within(null, () => {
    sample.order('o1', { type: 'confirmed' });
    sample.order('o1', { type: 'allocated', units: { 'o1-1': 2 } });
    sample.move('allocate', { allocated: 2 });
  });
  sample.does(
    { kind: 'cancel', order: 'o1', units: [{ line: 'o1-1', quantity: 1 }] },
    [31, 40],
    { status: 'CONFIRMED', cancelledMinor: 1_250, refund: null },
    () => {
      sample.move('deallocate', { allocated: -1 });
      sample.move('release', { promised: -1 });
      sample.order('o1', { type: 'cancelled', units: ['o1-1#1'], valueMinor: 1_250 });
    },
  );
  sample.does({ kind: 'ship', order: 'o1' }, [41, 50], { shipments: [{ id: 's1', valueMinor: 1_250 }] }, () =>
    sample.order('o1', { type: 'packed', shipment: 's1', units: ['o1-1#2'], valueMinor: 1_250 }),
  );
  sample.within(null, () => sample.order('o1', { type: 'captured', amountMinor: 1_250 }));
  sample.within(null, () => {
    sample.order('o1', { type: 'left', shipment: 's1' });
    sample.move('ship', { onHand: -1, allocated: -1, sellable: -1, promised: -1 });
  });
  const over = { is: 'refused', code: 'over_limit', data: { leftMinor: 1_250 } } as const;
  sample.does({ kind: 'refund', order: 'o1', of: { amountMinor: 2_000, goodwill: false } }, [51, 60], over);
  sample.does(
    { kind: 'refund', order: 'o1', of: { units: null } },
    [61, 70],
    { refund: 'r1', status: 'pending', amountMinor: 1_250 },
    () => sample.order('o1', { type: 'refund asked', refund: 'r1', why: 'other', amountMinor: 1_250, units: ['o1-1#2'] }),
  );
  sample.within(null, () => {
    sample.order('o1', { type: 'refund paid', refund: 'r1', amountMinor: 1_250 });
    sample.order('o1', { type: 'refund over', refund: 'r1' });
  });
  transfer(sample, ['bank', 'a', 100], [71, 80], [100, 100]);
  transfer(sample, ['a', 'b', 60], [81, 90], [40, 60]);
  sample.does({ kind: 'transfer', debit: 'a', credit: 'b', amountMinor: 41 }, [91, 100], {
    is: 'refused',
    code: 'insufficient_funds',
    data: {},
  });
  sample.see([101, 105], wallet('a', 2, { debits: 60, credits: 100 }), wallet('b', 1, { debits: 0, credits: 60 }));
  return sample;
}

export const wallet = (code: string, version: number, posted: { debits: number; credits: number }): Observation => ({
  object: `account:${code}`,
  version,
  shows: { ...posted, debitsPending: 0, creditsPending: 0 },
});
