import { afterAll, expect, it } from 'vitest';
import { writeEvidence } from './testing/evidence.ts';
import { checkHistory } from './testing/history/checker.ts';
import { figuresOf } from './testing/history/figures.ts';
import { type History, tally } from './testing/history/history.ts';
import { PLANTS } from './testing/history/plants.ts';
import { runInProcess } from './testing/history/run-in-process.ts';
import { runOverProcesses } from './testing/history/run-over-processes.ts';

/**
 * Many clients want the same few units, orders and wallets at once. All they asked for and were answered is written down, and held
 * against a sequential model with everything that the append-only tables say happened (docs/decisions/071). Then the house is broken on
 * purpose, and the same checker has to say so.
 */
const DEEP = process.env.WAYBILL_DEEP === '1';
const SEEDS = DEEP ? 6 : 1;
const CROWD = DEEP ? { clients: 16, steps: 120 } : { clients: 10, steps: 40 };
/** A broken house is found out by fewer. */
const FEW = { clients: 8, steps: 20 };
const OVER_PROCESSES = { clients: 16, rounds: 3, steps: 60 };

/** What has to have happened for a run to say anything. */
const ENDINGS = [
  'place ok',
  'place out_of_stock',
  'cancel ok',
  'cancel state_refuses',
  'ship ok',
  'ship state_refuses',
  'refund ok',
  'refund state_refuses',
  'adjust ok',
  'count ok',
  'count conflict',
  'transfer ok',
  'transfer insufficient_funds',
];

const clean: History[] = [];
const foundOut: string[] = [];
let figures: [string, number][] = [];

it('what concurrent clients are told is what they would be told one after another', { timeout: 900_000 }, async () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const history = await runInProcess(seed, CROWD);
    expect(checkHistory(history), `seed ${seed}`).toEqual([]);
    expect(Object.keys(tally(history)), `seed ${seed}`).toEqual(expect.arrayContaining(ENDINGS));
    clean.push(history);
  }
});

it.runIf(DEEP)('so is what clients of four processes are told, whoever is killed with -9', { timeout: 900_000 }, async () => {
  const { history, kills } = await runOverProcesses(OVER_PROCESSES);
  expect(checkHistory(history)).toEqual([]);
  expect(Object.keys(tally(history))).toEqual(expect.arrayContaining(ENDINGS));
  expect(kills).toBeGreaterThanOrEqual(4);
  const unanswered = history.operations
    .flatMap((operation) => operation.attempts)
    .filter(({ outcome }) => outcome.is === 'unknown');
  expect(unanswered.length).toBeGreaterThan(0);
  figures = [
    ['runs at two houses of one process', clean.length],
    ['clients in each', CROWD.clients],
    ['runs over two api and two worker processes', 1],
    ['clients in it', OVER_PROCESSES.clients],
    ['processes killed with -9 and started again', kills],
    ...figuresOf([...clean, history]),
    ['anomalies', 0],
  ];
});

it.each(PLANTS)('finds %s', async (name, plant, kind) => {
  const anomalies = checkHistory(await runInProcess(1, FEW, plant));
  expect(anomalies.map((anomaly) => anomaly.kind)).toContain(kind);
  foundOut.push(name);
});

afterAll(() => {
  if (figures.length === 0) return;
  writeEvidence('history', {
    title: 'Histories of concurrent clients',
    what: 'Orders, cancels, shipments, refunds, transfers, adjustments, counts and reads of many clients who want the same few things, recorded and held against a sequential model. `npm run test:deep` does it again (`server/history.test.ts`).',
    figures,
    notes: [
      'Each operation was applied once where it was acknowledged, not at all where it was refused, at most once where no answer came.',
      'Each answer, each refusal and each read is what the model says at a version that real time allows; the order of transactions, reads and real time has no cycle.',
      `Houses broken on purpose that were found out: ${foundOut.join('; ')}.`,
    ],
  });
});
