import { type History, tally } from './history.ts';

/** What runs consisted of, for the page of evidence. */
export function figuresOf(histories: readonly History[]): [string, number][] {
  const operations = histories.flatMap((history) => history.operations);
  const attempts = operations.flatMap((operation) => operation.attempts);
  const entries = histories.flatMap(({ books }) => [books.supply, books.nodes, books.accounts, books.orders]);
  const changes = entries.flat();
  const count = (name: string, objects: (history: History) => readonly { readonly object: string }[]): [string, number] => [
    name,
    histories.reduce((sum, history) => sum + new Set(objects(history).map((entry) => entry.object)).size, 0),
  ];
  return [
    ['operations', operations.length],
    ['requests sent, with repeats under their key', attempts.length],
    ['requests without an answer', attempts.filter((attempt) => attempt.outcome.is === 'unknown').length],
    ['reads', histories.reduce((sum, history) => sum + history.reads.length, 0)],
    count('orders', (history) => history.books.orders),
    count('rows of supply and stock', (history) => [...history.books.supply, ...history.books.nodes]),
    count('accounts', (history) => history.books.accounts),
    ['changes of them (versions)', changes.length],
    ...Object.entries(tally({ operations })).sort(([a], [b]) => (a < b ? -1 : 1)),
  ];
}
