import { provenance } from '../../server/testing/evidence.ts';
import type { Bench, BenchResult } from './bench.ts';

export interface Measured {
  readonly bench: Bench;
  readonly result: BenchResult;
}

/** docs/evidence/bench.md: every figure of one run of all benches, with the commit and the machine it was seen on. */
export function benchPage(measured: readonly Measured[]): string {
  return [
    '# Benches',
    '',
    'Measured and written by `npm run bench`; what each measures, and the SQL of the baselines: [benches](../benches.md).',
    '',
    provenance(),
    ...measured.flatMap(({ bench, result }) => ['', ...section(bench, result)]),
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
