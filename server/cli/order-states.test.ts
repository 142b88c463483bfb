import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cancellationPage } from './cancellation-page.ts';
import { orderStatesPage } from './order-states.ts';

it('docs/order-states.md is what the transition table says', () => {
  const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'order-states.md'), 'utf8');
  expect(page, 'Run npm run docs.').toBe(orderStatesPage());
});

it('docs/cancellation.md is what the rules say', () => {
  const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'cancellation.md'), 'utf8');
  expect(page, 'Run npm run docs.').toBe(cancellationPage());
});
