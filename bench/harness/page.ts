import { provenance } from '../../server/testing/evidence.ts';
import type { Bench, BenchResult } from './bench.ts';

export interface Measured {
  readonly bench: Bench;
  readonly result: BenchResult;
}

const BEFORE_A_BENCH = /^## (?=[a-z-]+$)/m;

/**
 * docs/evidence/bench.md: the figures of each bench with the commit and the machine they were seen on. `before` is the page as it stands:
 * a bench that was not measured now keeps what it left there.
 */
export function benchPage(measured: readonly Measured[], before = ''): string {
  const [, ...kept] = before.split(BEFORE_A_BENCH);
  const sections = new Map(kept.map((text) => [text.slice(0, text.indexOf('\n')), `## ${text.trim()}`]));
  for (const { bench, result } of measured) sections.set(bench.name, section(bench, result).join('\n'));
  return [
    '# Benches',
    '',
    'Measured and written by `npm run bench`; what each measures, and the SQL of the baselines: [benches](../benches.md).',
    ...[...sections].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, text]) => ['', text]),
    '',
  ].join('\n');
}

function section(bench: Bench, result: BenchResult): string[] {
  const { p50, p95, p99 } = result.latency_ms;
  const rows: [string, string | number][] = [
    [`**${bench.unit}**`, `**${figure(result.value)}**`],
    ...Object.entries(result.baselines).map(([name, value]): [string, string] => [
      `baseline ${name}`,
      `${figure(value)} (ratio ${result.ratios[name] ?? '–'})`,
    ]),
    ['latency p50, p95, p99', `${p50}, ${p95}, ${p99} ms`],
    ...Object.entries(result.figures).map(([name, value]): [string, string] => [name, figure(value)]),
    ['oracle', result.oracle],
  ];
  return [
    `## ${bench.name}`,
    '',
    bench.what,
    '',
    provenance(),
    '',
    '| figure | value |',
    '|---|---|',
    ...rows.map(([name, value]) => `| ${name} | ${value} |`),
    ...statements(result),
  ];
}

/** The SQL of each baseline, as it was sent. */
function statements({ sql = {} }: BenchResult): string[] {
  return Object.entries(sql).flatMap(([baseline, texts]) => [
    '',
    `<details><summary>The SQL of ${baseline}</summary>`,
    '',
    '```sql',
    ...texts.map((text) => `${text.replace(/\s+/g, ' ')};`),
    '```',
    '',
    '</details>',
  ]);
}

const figure = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 2 });
