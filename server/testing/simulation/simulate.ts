import type pg from 'pg';
import type { Ctx } from '../../kernel/context.ts';
import { TASKS } from '../../kernel/tasks.ts';
import type { TestDatabase } from '../../platform/testing/test-database.ts';
import { SimulatedCarrier } from './carrier.ts';
import { findViolations, moving } from './checks.ts';
import { Clients } from './clients.ts';
import { SimulatedDatabase } from './database.ts';
import { type FaultKind, Faults } from './faults.ts';
import { HOME, House } from './house.ts';
import { countIds, simulatedId } from './ids.ts';
import { createLine } from './outside-call.ts';
import { type PlantedBug, plant, rewrite } from './planted-bugs.ts';
import { SimulatedPsp } from './psp.ts';
import { type Random, seeded } from './random.ts';
import { Scheduler, Violation } from './scheduler.ts';
import { Script } from './script.ts';
import { openShop, type Shop } from './shop.ts';
import { install, real as realTime } from './virtual-time.ts';
import { Workers } from './worker.ts';

/** What every seed starts from. */
export interface Simulation {
  /** Runs one seed from beginning to end. The same seed is the same run, to the last step. */
  run(
    seed: number,
    options?: { readonly bug?: PlantedBug | undefined; readonly often?: readonly FaultKind[] | undefined },
  ): Promise<Run>;
  close(): Promise<void>;
}

/** What one seed was. */
export interface Run {
  readonly seed: number;
  readonly violation: string | null;
  readonly steps: number;
  readonly transactions: number;
  readonly orders: number;
  readonly requests: number;
  /** Seconds of virtual time, and milliseconds of ours. */
  readonly seconds: number;
  readonly tookMs: number;
  readonly faults: ReadonlyMap<FaultKind, number>;
  readonly trace: readonly string[];
}

/** How often the seed is looked at while it comes to rest, and how long that may take. */
const LOOK_EVERY_MS = 15_000;
const MAX_REST_MS = 75 * 60_000;
/** Rows of seeds that were rolled back are cleared away this often. */
const SEEDS_PER_VACUUM = 100;

/** Prepares a database of its own: the shop, the tasks, and a clock that the simulation sets. */
export async function prepareSimulation(db: TestDatabase): Promise<Simulation> {
  const shop = await openShop(db);
  await db.ownerPool.query(`
    CREATE SCHEMA simulation;
    GRANT USAGE ON SCHEMA simulation TO PUBLIC;
    CREATE FUNCTION simulation.now() RETURNS timestamptz LANGUAGE sql STABLE AS $$ SELECT current_setting('simulation.now')::timestamptz $$;
    GRANT UPDATE ON ALL SEQUENCES IN SCHEMA graphile_worker TO PUBLIC`);
  await db.ownerPool.query(
    'INSERT INTO graphile_worker._private_tasks (identifier) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING',
    [Object.keys(TASKS)],
  );
  const real = await db.pool.connect();
  // The application's now() is the simulation's, also inside the queue's own functions. Plans are made once.
  await real.query(`
    SET search_path = simulation, public, pg_catalog;
    SET plan_cache_mode = force_generic_plan;
    SET idle_in_transaction_session_timeout = 0`);
  let runs = 0;
  return {
    async run(seed, { bug = null, often = [] } = {}) {
      if (++runs % SEEDS_PER_VACUUM === 0) await db.ownerPool.query('VACUUM');
      await real.query('BEGIN; SAVEPOINT tx');
      try {
        return await runSeed({ real, shop, seed, bug, often });
      } finally {
        await real.query('ROLLBACK');
      }
    },
    async close() {
      real.release(true);
    },
  };
}

interface Seed {
  readonly real: pg.PoolClient;
  readonly shop: Shop;
  readonly seed: number;
  readonly bug: PlantedBug | null;
  readonly often: readonly FaultKind[];
}

/** Everything that takes part in one seed, each with lots of its own. */
function assemble({ real, shop, seed, often }: Seed) {
  const lots = (name: string): Random => seeded(seed, name);
  const faults = new Faults(lots('faults'), often);
  const scheduler = new Scheduler(lots('schedule'), faults);
  faults.struck = (kind) => scheduler.say(`fault: ${kind}`);
  const line = createLine(scheduler, faults, lots('line'));
  const psp = new SimulatedPsp({ scheduler, faults, random: lots('psp'), line });
  const carrier = new SimulatedCarrier({ faults, line });
  const db = new SimulatedDatabase({ real, scheduler, faults, rewrite, jobsAdded: () => workers.wake() });
  const house = new House({ scheduler, db, psp, carrier, random: lots('house') });
  const workers = new Workers({ house, faults, random: lots('workers') });
  const clients = new Clients({ house, faults, random: lots('clients') });
  const script = new Script({ shop, clients, scheduler, random: lots('script') });
  const webhooks = lots('webhooks');
  psp.challengeOver = (orderId) => tellChallenge(house, faults, orderId, webhooks);
  return { faults, scheduler, psp, carrier, db, house, workers, clients, script, jitter: lots('jitter') };
}

type Parts = ReturnType<typeof assemble>;

async function runSeed(given: Seed): Promise<Run> {
  const startedAt = realTime.now();
  // The queue counts its jobs from one again: numbers that a sequence gave are not rolled back.
  await given.real.query(`SELECT setval(pg_get_serial_sequence('graphile_worker._private_jobs', 'id'), 1, false)`);
  const parts = assemble(given);
  const { scheduler, db, clients, script, faults, jitter } = parts;
  const { time } = scheduler;
  const soon = (label: string, run: () => void): void => scheduler.soon(label, run);
  const undo = [plant(given.bug), countIds(time), install({ time, soon, random: () => jitter.next() })];
  let violation: string | null = null;
  try {
    await scheduler.run(() => live(parts));
  } catch (error) {
    violation = error instanceof Violation ? error.message : String(error instanceof Error ? error.stack : error);
  } finally {
    for (const step of undo.reverse()) step();
  }
  return {
    seed: given.seed,
    violation,
    steps: scheduler.steps,
    transactions: db.committed,
    orders: script.orders.length,
    requests: clients.asked.length,
    seconds: (time.now - time.began) / 1_000,
    tookMs: realTime.now() - startedAt,
    faults: faults.counts,
    trace: scheduler.trace,
  };
}

/** One life of the house: people come while things break, then nothing breaks any more, everything comes to rest and is looked at. */
async function live({ faults, scheduler, psp, carrier, db, house, workers, clients, script }: Parts): Promise<void> {
  house.open();
  workers.startTicks();
  faults.begin();
  await script.play();
  faults.end();
  scheduler.say('faults are over');
  const pool = db.poolOf(null);
  await script.stockUp();
  await Promise.all((await heldOrders(pool)).map((id) => script.release(id)));
  await comeToRest(scheduler, pool);
  const found = await findViolations({ pool, psp, carrier, clients, now: new Date(scheduler.time.now) });
  if (found.length > 0) throw new Violation(found.join('\n'));
}

async function heldOrders(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(`SELECT id FROM orders WHERE holds <> '{}' ORDER BY id`);
  return rows.map((row) => row.id);
}

/** Lets time pass until nothing moves any more. */
async function comeToRest(scheduler: Scheduler, pool: pg.Pool): Promise<void> {
  let left: string[] = [];
  for (let waited = 0; waited < MAX_REST_MS; waited += LOOK_EVERY_MS) {
    left = await moving(pool);
    if (left.length === 0) return;
    await scheduler.sleep(LOOK_EVERY_MS);
  }
  throw new Violation(`It never came to rest: ${left.join('; ')}`);
}

/** The provider's webhook: it may be lost, it may come twice, and all it does is to wake the order's sagas. */
function tellChallenge(house: House, faults: Faults, orderId: string, random: Random): void {
  if (faults.strikes('webhook_lost')) return;
  for (let times = faults.strikes('webhook_twice') ? 2 : 1; times > 0; times--) {
    house.scheduler.time.after(random.between(10, 2_000), 'webhook', () => {
      const now = new Date(house.scheduler.time.now);
      const ctx: Ctx = {
        now,
        actor: 'system:webhook',
        traceId: simulatedId() as string,
        requestId: simulatedId() as string,
        home: HOME,
      };
      house
        .pickApi(random)
        ?.flows.wakeSagas([orderId], ctx)
        .catch(() => {});
    });
  }
}
