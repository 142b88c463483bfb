import { monitorEventLoopDelay } from 'node:perf_hooks';
import type pg from 'pg';
import { expect, it } from 'vitest';
import type { Question } from '../../domains/routing/model.ts';
import { DEFAULT_FACTS } from '../../domains/routing/rules.ts';
import { writeEvidence } from '../../testing/evidence.ts';
import { createRouter, type Solved } from './router.ts';

/** The same numbers on every machine. */
function dice(seed: number): (least: number, most: number) => number {
  let state = seed;
  return (least, most) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return least + Math.floor((state / 0x80000000) * (most - least + 1));
  };
}

/** Ten lines, twenty nodes that each have three of five SKUs, four bands of weight. */
function question(seed: number): Question {
  const roll = dice(seed);
  const skus = Array.from({ length: 10 }, (_, at) => `sku-${at}`);
  const nodes = Array.from({ length: 20 }, (_, at) => {
    const price = roll(350, 700);
    const band = (upToGrams: number, more: number) => ({ upToGrams, priceMinor: price + more });
    const zones = [
      { name: 'All', area: [], transitDays: 2, bands: [band(2_000, 0), band(5_000, 120), band(10_000, 300), band(31_500, 900)] },
    ];
    const facts = { ...DEFAULT_FACTS, zones, handlingOrderMinor: roll(30, 150), handlingUnitMinor: roll(10, 50) };
    return { id: `node-${at}`, code: `N${at}`, name: `N${at}`, kind: 'warehouse', priority: at, facts, used: 0 };
  });
  const stock: Record<string, { free: number; safety: number }> = {};
  for (const sku of skus)
    for (const { id } of nodes) if (roll(1, 5) <= 3) stock[`${sku}:${id}`] = { free: roll(0, 12), safety: 1 };
  return {
    now: '2026-11-27T12:00:00Z',
    channel: 'shop',
    to: { country: 'DE', postalCode: '10115' },
    promisedBy: '2026-12-01',
    pieces: skus.map((skuId) => ({ lineId: skuId, skuId, from: 1, to: roll(1, 3), barred: [] })),
    skus: Object.fromEntries(skus.map((sku) => [sku, { grams: roll(80, 900), tags: [] }])),
    nodes,
    stock,
    rules: null,
    inUse: [],
  };
}

const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

it('answers ten lines over twenty nodes in milliseconds, while whoever asked goes on with other things', {
  timeout: 120_000,
}, async () => {
  const router = createRouter(null as unknown as pg.Pool);
  // The thread starts, and its code is compiled: once per process.
  for (let seed = 1; seed <= 40; seed++) await router.ask(question(seed));
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const answers: Solved[] = [];
  const count = process.env.WAYBILL_DEEP === '1' ? 2_000 : 150;
  for (let seed = 100; seed < 100 + count; seed++) {
    const solved = await router.ask(question(seed));
    expect(solved?.answer.explanation.missing).toBe(0);
    if (solved) answers.push(solved);
  }
  delay.disable();
  const took = answers.map((answer) => answer.tookMs).sort((a, b) => a - b);
  const blocked = { p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 };
  const proven = answers.filter((answer) => answer.proven).length / answers.length;
  const show = (ms: number): string => `${ms.toFixed(1)} ms`;
  const figures: [string, string][] = [
    ['a plan, p50', show(at(took, 0.5))],
    ['a plan, p99', show(at(took, 0.99))],
    ['event loop of who asks, delay p99', show(blocked.p99)],
    ['plans proven to be the cheapest', `${Math.round(proven * 100)} %`],
  ];
  writeEvidence('routing', {
    title: 'Routing',
    what: `Ten lines over twenty nodes, planned ${count} times in the router's thread: \`WAYBILL_DEEP=1 vitest run server/flows/routing/router.test.ts\`.`,
    figures,
    notes: [
      'A plan that is not proven is the best that was found within the limit of steps, and never worse than the greedy one.',
    ],
  });
  if (process.env.ROUTING_FIGURES) console.log(figures);
  // Quick runs share their machine with everything else: these limits only catch a search that runs where the lanes are.
  expect(at(took, 0.5)).toBeLessThan(100);
  expect(blocked.p99).toBeLessThan(100);
});
