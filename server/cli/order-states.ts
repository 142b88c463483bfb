import { ORDER_EVENTS, ORDER_TRANSITIONS } from '../domains/orders/rules.ts';
import { ORDER_STATUSES, type OrderStatus } from '../kernel/vocabulary.ts';

/** docs/order-states.md, made from the one table that decides: a diagram of what may happen, and every refusal's sentence. */
export function orderStatesPage(): string {
  return `${[
    '# The states of an order',
    '',
    'This page is made from the transition table in `server/domains/orders/rules.ts` by `npm run docs`; a test compares the two. An',
    'order’s status is a function of its units and payments. The table says which events may happen in which status, where each may',
    'lead, and what a person is told where it may not.',
    '',
    '```mermaid',
    'stateDiagram-v2',
    '  [*] --> PENDING: placed',
    ...arrows(),
    '```',
    '',
    'An arrow back to the same status is an event that may happen without changing it.',
    '',
    '## What may happen',
    '',
    `| | ${ORDER_EVENTS.join(' | ')} |`,
    `|---|${ORDER_EVENTS.map(() => '---').join('|')}|`,
    ...ORDER_STATUSES.map((status) => `| ${status} | ${ORDER_EVENTS.map((event) => cell(status, event)).join(' | ')} |`),
    '',
    '## What is refused, and why',
    '',
    '| status | event | sentence |',
    '|---|---|---|',
    ...ORDER_STATUSES.flatMap((status) =>
      ORDER_EVENTS.flatMap((event) => {
        const row: readonly string[] | string = ORDER_TRANSITIONS[status][event];
        return typeof row === 'string' ? [`| ${status} | ${event} | ${row} |`] : [];
      }),
    ),
  ].join('\n')}\n`;
}

/** One arrow for each pair of statuses, with the events that lead from one to the other. */
function arrows(): string[] {
  const events = new Map<string, string[]>();
  for (const from of ORDER_STATUSES) {
    for (const event of ORDER_EVENTS) {
      const row: readonly OrderStatus[] | string = ORDER_TRANSITIONS[from][event];
      if (typeof row === 'string') continue;
      for (const to of row) events.set(`${from} --> ${to}`, [...(events.get(`${from} --> ${to}`) ?? []), event]);
    }
  }
  return [...events].map(([arrow, names]) => `  ${arrow}: ${names.join(', ')}`);
}

function cell(status: OrderStatus, event: (typeof ORDER_EVENTS)[number]): string {
  const row: readonly OrderStatus[] | string = ORDER_TRANSITIONS[status][event];
  if (typeof row === 'string') return '✗';
  const elsewhere = row.filter((to) => to !== status);
  return elsewhere.length === 0 ? '✓' : `→ ${elsewhere.join(', ')}`;
}
