import type pg from 'pg';
import { expect, it } from 'vitest';
import { createPool } from '../platform/db.ts';
import { checkHistory } from '../testing/history/checker.ts';
import { letClientsIn } from '../testing/history/clients.ts';
import { flowsDoor } from '../testing/history/flows-door.ts';
import { type Anomaly, type AnomalyKind, type History, outcomeOf } from '../testing/history/history.ts';
import { readBooks } from '../testing/history/read-books.ts';
import { createRecorder, type Door } from '../testing/history/recorder.ts';
import { createFlows, type Flows } from './flows.ts';
import { type OrderWorld, orderWorld } from './testing/order-world.ts';

/**
 * Many clients at two houses' doors want the same few units, orders and wallets at once. All they asked for and were answered is written
 * down, and held against a sequential model with everything that the append-only tables say happened. Then the house is broken on
 * purpose, and the same checker has to say so.
 */
const DEEP = process.env.WAYBILL_DEEP === '1';
const SEEDS = DEEP ? 6 : 1;
const CLIENTS = DEEP ? 16 : 10;
const STEPS = DEEP ? 120 : 45;

/** What a house is built on: its pool may be one that forgets something. */
interface Plant {
  readonly pool?: (pool: pg.Pool) => pg.Pool;
  readonly door?: (door: Door) => Door;
  /** Done now and then while the clients are in. */
  readonly meanwhile?: (w: OrderWorld) => Promise<unknown>;
}

interface Run {
  readonly history: History;
  readonly anomalies: readonly Anomaly[];
}

const PRICES = { MUG: 12_500_000, TEE: 19_990_000, BAG: 333_000 };
/** At each of two nodes: less than is asked for, so that some is refused. */
const STOCK = 6;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function run(seed: number, size: { clients: number; steps: number }, plant: Plant = {}): Promise<Run> {
  const w = await orderWorld({ stock: STOCK });
  const { pool: spoil = (pool: pg.Pool) => pool, door: veil = (door: Door) => door } = plant;
  const pools = [1, 2].map(() => createPool({ connectionString: w.db.url, max: 8, name: 'history' }));
  const houses = pools.map((real, index) => {
    const pool = spoil(real);
    return { name: `house ${index + 1}`, pool, flows: createFlows({ pool, home: 'EU', outside: w.outside, clock: w.clock }) };
  });
  try {
    const recorder = createRecorder();
    const doors = houses.map((house) => veil(flowsDoor(w, house)));
    const working = drive(w, houses, plant);
    await letClientsIn({ merchantId: w.merchantId, doors, seed, recorder, ...size });
    await working.stop();
    const { operations, reads } = recorder;
    const history = { operations, reads, books: await readBooks(w.db.pool), prices: PRICES };
    const anomalies = checkHistory(history);
    if (Object.keys(plant).length === 0) await w.expectBooksAgree();
    return { history, anomalies };
  } finally {
    await Promise.all(pools.map((pool) => pool.end()));
    await w.close();
  }
}

/** Both houses' workers; where the house is broken on purpose, so may be its sagas. */
function drive(w: OrderWorld, houses: readonly { readonly flows: Flows }[], plant: Plant): { stop(): Promise<void> } {
  let over = false;
  const planted = Object.keys(plant).length > 0;
  const settle = (flows: Flows): Promise<void> =>
    w.settle(flows).catch((error: unknown) => {
      if (!planted) throw error;
    });
  const workers = houses.map(async ({ flows }) => {
    while (!over) {
      await settle(flows);
      await plant.meanwhile?.(w);
      await pause(10);
    }
  });
  return {
    async stop() {
      over = true;
      await Promise.all(workers);
      for (const { flows } of houses) await settle(flows);
    },
  };
}

/** How many operations of each kind ended how, such as "place ok". */
function tally({ operations }: History): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const operation of operations) {
    const outcome = outcomeOf(operation);
    const ending = `${operation.request.kind} ${outcome.is === 'refused' ? outcome.code : outcome.is}`;
    counts[ending] = (counts[ending] ?? 0) + 1;
  }
  return counts;
}

it('what concurrent clients are told is what one client after another would be told', async () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { history, anomalies } = await run(seed, { clients: CLIENTS, steps: STEPS });
    expect(anomalies, `seed ${seed}`).toEqual([]);
    console.log(tally(history), history.reads.length);
  }
});
