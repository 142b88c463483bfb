import type pg from 'pg';
import { createFlows, type Flows } from '../../flows/flows.ts';
import { type OrderWorld, orderWorld } from '../../flows/testing/order-world.ts';
import { createPool } from '../../platform/db.ts';
import { letClientsIn, type Placed, PRICES } from './clients.ts';
import { flowsDoor } from './flows-door.ts';
import type { History } from './history.ts';
import { readBooks } from './read-books.ts';
import { createRecorder, type Door } from './recorder.ts';

/** What a house is built on, or seen through, where it is broken on purpose. */
export interface Plant {
  readonly pool?: (pool: pg.Pool) => pg.Pool;
  readonly door?: (door: Door) => Door;
}

/** At each of two nodes: less than is asked for, so that some is refused. */
const STOCK = 10;
const PAUSE_MS = 10;

/**
 * Clients at the doors of two houses with lanes and connections of their own, as two processes have them, on one database. A house that
 * is not broken has to leave books that agree.
 */
export async function runInProcess(
  seed: number,
  { clients, steps }: { readonly clients: number; readonly steps: number },
  plant?: Plant,
): Promise<History> {
  const w = await orderWorld({ stock: STOCK });
  const pools = [1, 2].map(() => createPool({ connectionString: w.db.url, max: 8, name: 'history' }));
  const houses = pools.map((real, index) => {
    const pool = plant?.pool?.(real) ?? real;
    return { name: `house ${index + 1}`, pool, flows: createFlows({ pool, home: 'EU', outside: w.outside, clock: w.clock }) };
  });
  const doors = houses.map((house) => flowsDoor(w, house)).map((door) => plant?.door?.(door) ?? door);
  const recorder = createRecorder();
  const orders: Placed[] = [];
  try {
    // Between the halves the sagas come to rest, so that the second half finds parcels that left and money that was taken.
    for (const half of [0, 1]) {
      const working = work(w, houses, plant !== undefined);
      const crowd = { merchantId: w.merchantId, doors, recorder, orders, patience: 2, clients };
      await letClientsIn({ ...crowd, seed: 2 * seed + half, steps: steps / 2 });
      await working.stop();
    }
    if (!plant) await w.expectBooksAgree();
    return { operations: recorder.operations, reads: recorder.reads, books: await readBooks(w.db.pool), prices: PRICES };
  } finally {
    await Promise.all(pools.map((pool) => pool.end()));
    await w.close();
  }
}

/** A worker in each house. Where the house is broken, so may be what they do. */
function work(w: OrderWorld, houses: readonly { readonly flows: Flows }[], broken: boolean): { stop(): Promise<void> } {
  let over = false;
  const settle = (flows: Flows): Promise<void> =>
    w.settle(flows).catch((error: unknown) => {
      if (!broken) throw error;
    });
  const workers = houses.map(async ({ flows }) => {
    while (!over) {
      await settle(flows);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
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
