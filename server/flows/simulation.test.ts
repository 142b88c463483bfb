import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../platform/testing/test-database.ts';
import { PLANTED_BUGS, type PlantedBug, SHOWN_BY } from '../testing/simulation/planted-bugs.ts';
import { prepareSimulation, type Run, type Simulation } from '../testing/simulation/simulate.ts';

vi.mock('../kernel/ids.ts', async (original) =>
  (await import('../testing/simulation/planted-bugs.ts')).withSimulatedIds(await original()),
);
vi.mock('../platform/saga.ts', async (original) =>
  (await import('../testing/simulation/planted-bugs.ts')).withSagaBugs(await original()),
);
vi.mock('../platform/locks.ts', async (original) =>
  (await import('../testing/simulation/planted-bugs.ts')).withLockBugs(await original()),
);
vi.mock('../domains/ledger/service.ts', async (original) =>
  (await import('../testing/simulation/planted-bugs.ts')).withLedgerBugs(await original()),
);

const ONE = process.env.SIMULATION_SEED;
const SEEDS = Number(process.env.SIMULATION_SEEDS ?? 20);

let db: TestDatabase;
let simulation: Simulation;
beforeAll(async () => {
  db = await createTestDatabase();
  simulation = await prepareSimulation(db);
});
afterAll(async () => {
  await simulation?.close();
  await db?.drop();
});

it('runs', { timeout: 3_600_000 }, async () => {
  const startedAt = performance.now();
  let steps = 0;
  for (let seed = ONE ? Number(ONE) : 1; seed <= (ONE ? Number(ONE) : SEEDS); seed++) {
    const run = await simulation.run(seed);
    steps += run.steps;
    console.log(seed, run.steps, run.transactions, run.orders, run.seconds, Math.round(performance.now() - startedAt), JSON.stringify(Object.fromEntries(run.faults)));
    if (ONE) console.log(run.trace.join('\n'));
    if (run.violation) console.log('VIOLATION', run.violation);
  }
});

it.each(Object.keys(PLANTED_BUGS) as PlantedBug[])('finds %s', { timeout: 600_000 }, async (bug) => {
  
  let found: Run | undefined;
  for (let seed = 1; !found && seed <= 300; seed++) {
    const run = await simulation.run(seed, { bug, often: SHOWN_BY[bug] ?? [] });
    if (run.violation) found = run;
  }
  console.log('PLANTED', bug, found?.seed, found?.violation?.slice(0, 700));
});
