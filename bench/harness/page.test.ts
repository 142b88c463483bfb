import { expect, it } from 'vitest';
import type { Bench, BenchResult } from './bench.ts';
import { benchPage, type Measured } from './page.ts';

function measured(name: string, value: number): Measured {
  const bench: Bench = { name, unit: 'things/s', what: `What ${name} does.`, run: () => Promise.reject(new Error('not here')) };
  const result: BenchResult = {
    value,
    baselines: { plain: 2 },
    ratios: { plain: value / 2 },
    latency_ms: { p50: 1, p95: 2, p99: 3 },
    oracle: 'ok',
    figures: {},
    sql: { plain: ['SELECT 1', '## no heading: a comment of somebody'] },
  };
  return { bench, result };
}

const headings = (page: string): string[] => page.split('\n').filter((line) => /^## [a-z]+$/.test(line));

it('says of each bench at which commit it was measured, and leaves alone what was not measured now', () => {
  const first = benchPage([measured('worker', 10), measured('checkout', 20)]);
  expect(headings(first)).toEqual(['## checkout', '## worker']);
  expect(first.match(/^Commit .* cores/gm)).toHaveLength(2);
  const second = benchPage([measured('worker', 30), measured('soak', 4)], first);
  expect(headings(second)).toEqual(['## checkout', '## soak', '## worker']);
  expect(second).toContain('**30**');
  expect(second).not.toContain('**10**');
  const checkout = (page: string): string =>
    page.slice(page.indexOf('## checkout'), page.indexOf('\n## ', page.indexOf('## checkout') + 4));
  expect(checkout(second).trim()).toBe(checkout(first).trim());
  expect(benchPage([], second)).toBe(second);
});
