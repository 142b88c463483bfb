import { type AccountState, accountModel } from './account-model.ts';
import type {
  AccountChange,
  AccountTraits,
  Entry,
  History,
  NodeChange,
  OrderChange,
  Report,
  Span,
  SupplyChange,
} from './history.ts';
import { spanOf } from './history.ts';
import { orderModel } from './order-model.ts';
import type { OrderState } from './order-state.ts';
import { type NodeState, nodeModel, type SupplyState, supplyModel } from './stock-model.ts';
import { replay, type Timeline } from './timeline.ts';

/** A history's books replayed by the models, and when each operation may have taken effect. */
export interface Replayed {
  readonly supply: ReadonlyMap<string, Timeline<SupplyState, SupplyChange>>;
  readonly nodes: ReadonlyMap<string, Timeline<NodeState, NodeChange>>;
  readonly accounts: ReadonlyMap<string, Timeline<AccountState, AccountChange>>;
  readonly orders: ReadonlyMap<string, Timeline<OrderState, OrderChange>>;
  readonly all: ReadonlyMap<string, Timeline>;
  readonly spans: ReadonlyMap<string, Span>;
}

/** What one operation changed, in the order of versions. */
export interface Effects {
  readonly supply: readonly Entry<SupplyChange>[];
  readonly nodes: readonly Entry<NodeChange>[];
  readonly accounts: readonly Entry<AccountChange>[];
  readonly orders: readonly Entry<OrderChange>[];
}

/** An account that no row tells of is a clearing account: nothing is assumed of it. */
const UNKNOWN_ACCOUNT: AccountTraits = { normalSide: 'debit', limited: false, kind: 'unknown' };

export function replayBooks({ books, operations }: History, report: Report): Replayed {
  const supply = replay(books.supply, () => supplyModel, report);
  const nodes = replay(books.nodes, () => nodeModel, report);
  const accounts = replay(books.accounts, (object) => accountModel(books.traits[object] ?? UNKNOWN_ACCOUNT), report);
  const orders = replay(books.orders, () => orderModel, report);
  const all = new Map<string, Timeline>([...supply, ...nodes, ...accounts, ...orders]);
  return {
    supply,
    nodes,
    accounts,
    orders,
    all,
    spans: new Map(operations.map((operation) => [operation.id, spanOf(operation)])),
  };
}

/** Everything that each operation changed. */
export function effectsByOperation({ books }: History): (id: string) => Effects {
  const group = <C>(entries: readonly Entry<C>[]): Map<string | null, Entry<C>[]> =>
    Map.groupBy(
      [...entries].sort((a, b) => a.version - b.version),
      (entry) => entry.operation,
    );
  const [supply, nodes] = [group(books.supply), group(books.nodes)];
  const [accounts, orders] = [group(books.accounts), group(books.orders)];
  return (id) => ({
    supply: supply.get(id) ?? [],
    nodes: nodes.get(id) ?? [],
    accounts: accounts.get(id) ?? [],
    orders: orders.get(id) ?? [],
  });
}

/** The states before and after an entry. */
export function around<S, C>(
  timelines: ReadonlyMap<string, Timeline<S, C>>,
  entry: Entry<C>,
): { readonly before: S; readonly after: S } {
  const states = timelines.get(entry.object)?.states ?? [];
  const [before, after] = [states[entry.version - 1], states[entry.version]];
  if (before === undefined || after === undefined) throw new Error(`${entry.object} has no version ${entry.version}`);
  return { before, after };
}
