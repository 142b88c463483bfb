import { orderWorld } from '../../flows/testing/order-world.ts';
import { type HouseProcess, type HouseProcesses, houseProcesses, type Role } from '../house-processes.ts';
import { letClientsIn, type Placed, PRICES } from './clients.ts';
import { flowsDoor } from './flows-door.ts';
import type { History } from './history.ts';
import { readBooks } from './read-books.ts';
import { createRecorder } from './recorder.ts';
import { restDoor } from './rest-door.ts';

const STOCK = 10;
/** A killed worker's saga is free when the lease of its call is over, and is tried again with a back-off. */
const REST_WITHIN_MS = 120_000;
/** Tries, of about a sixth of a second: longer than a process takes to start again. */
const PATIENCE = 60;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export interface ProcessRun {
  readonly clients: number;
  readonly rounds: number;
  /** Of each client in each round. */
  readonly steps: number;
}

/**
 * Clients at the REST addresses of two processes, with two workers behind them, on one database. One process after another is killed
 * with -9 and started again. Transfers go to the ledger from this process. Resolves when every saga rests and the books agree.
 */
export async function runOverProcesses({ clients, rounds, steps }: ProcessRun): Promise<{ history: History; kills: number }> {
  const w = await orderWorld({ stock: STOCK });
  const first = await houseProcesses(w);
  const houses = [first, await houseProcesses(w, { apiKey: first.apiKey })];
  try {
    const wanted = houses.flatMap((house) => (['api', 'worker'] as const).map((role) => ({ role, house })));
    const running = await Promise.all(wanted.map(async (each) => ({ ...each, process: await each.house.start(each.role) })));
    const recorder = createRecorder();
    const beside = flowsDoor(w, { name: 'ledger', flows: w.flows, pool: w.db.pool });
    const doors = houses.map(({ port, apiKey }, index) => restDoor({ name: `api ${index + 1}`, port, apiKey, beside }));
    const orders: Placed[] = [];
    const deaths = killOneAfterAnother(running);
    for (let round = 0; round < rounds; round++) {
      const crowd = { merchantId: w.merchantId, doors, recorder, orders, patience: PATIENCE, clients, steps };
      await letClientsIn({ ...crowd, seed: 1_000 + round });
    }
    const kills = await deaths.stop();
    await untilAtRest(w.db.pool, Date.now() + REST_WITHIN_MS);
    await w.expectBooksAgree();
    const { operations, reads } = recorder;
    return { history: { operations, reads, books: await readBooks(w.db.pool), prices: PRICES }, kills };
  } finally {
    await Promise.all(houses.map((house) => house.close()));
    await w.close();
  }
}

interface Running {
  readonly role: Role;
  readonly house: HouseProcesses;
  process: HouseProcess;
}

function killOneAfterAnother(running: readonly Running[]): { stop(): Promise<number> } {
  let over = false;
  let kills = 0;
  const work = (async () => {
    while (!over) {
      await pause(500 + Math.random() * 1_500);
      const victim = running[kills % running.length];
      if (over || !victim) return;
      await victim.process.kill();
      kills += 1;
      await pause(300);
      victim.process = await victim.house.start(victim.role);
    }
  })();
  // Told when it is stopped; until then nobody has to hear of it.
  work.catch(() => {});
  return {
    async stop() {
      over = true;
      await work;
      return kills;
    },
  };
}

/** Sagas that wait for units that are not there, on the shelf or to be promised, rest as well. */
const MOVING = `
  SELECT kind, step, status, error FROM sagas
  WHERE status NOT IN ('done', 'stuck') AND NOT (kind = 'place-order' AND step = 'allocate')
    AND error->>'code' IS DISTINCT FROM 'not_on_hand'`;

async function untilAtRest(db: { query(text: string): Promise<{ rows: unknown[] }> }, by: number): Promise<void> {
  for (;;) {
    const { rows } = await db.query(MOVING);
    if (rows.length === 0) return;
    if (Date.now() > by) throw new Error(`Still moving: ${JSON.stringify(rows)}`);
    await pause(200);
  }
}
