import { describe, expect, it } from 'vitest';
import { LockGraph, tablesLocked } from './lock-graph.ts';

describe('tablesLocked', () => {
  it.each([
    ['SELECT id FROM orders WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE', ['orders']],
    ['SELECT id FROM orders', []],
    ['UPDATE sagas t SET step = v.step FROM unnest($1::uuid[]) AS v(id)', ['sagas']],
    ['INSERT INTO events (id) SELECT v.id FROM unnest($1::uuid[]) AS v(id) ', []],
    ['INSERT INTO accounts (id) SELECT v.id FROM unnest($1::uuid[]) AS v(id) ON CONFLICT DO NOTHING', ['accounts']],
    ['DELETE FROM line_spans WHERE line_id = ANY($1::uuid[])', ['line_spans']],
    ['SELECT count(*) FROM graphile_worker.add_jobs($1)', ['jobs']],
  ])('%s', (text, tables) => {
    expect(tablesLocked(text)).toEqual(tables);
  });
});

describe('LockGraph', () => {
  /** A transaction that locks these tables one after another; what the graph says to it. */
  const transaction = (graph: LockGraph, who: string, tables: readonly string[]): (string | null)[] => {
    const held = new Set<string>();
    return tables.map((table) => {
      const circle = graph.acquire(held, table, who);
      held.add(table);
      return circle;
    });
  };

  it('says nothing to transactions that agree about the order, whatever they leave out', () => {
    const graph = new LockGraph();
    expect(transaction(graph, 'a', ['orders', 'sagas', 'payments'])).toEqual([null, null, null]);
    expect(transaction(graph, 'b', ['orders', 'payments', 'orders'])).toEqual([null, null, null]);
    expect(transaction(graph, 'c', ['sagas', 'payments', 'accounts'])).toEqual([null, null, null]);
  });

  it('finds a circle of three transactions of which no two contradict one another', () => {
    const graph = new LockGraph();
    transaction(graph, 'a', ['orders', 'sagas']);
    transaction(graph, 'b', ['sagas', 'accounts']);
    expect(transaction(graph, 'c', ['accounts', 'orders'])).toEqual([
      null,
      'accounts → orders (c), orders → sagas (a), sagas → accounts (b)',
    ]);
  });
});
