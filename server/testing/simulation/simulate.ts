import type pg from 'pg';
import { createFlows } from '../../flows/flows.ts';
import type { Ctx } from '../../kernel/context.ts';
import { TASKS } from '../../kernel/tasks.ts';
import { systemContext } from '../../platform/system-context.ts';
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
import { seeded } from './random.ts';
import { Scheduler, Violation } from './scheduler.ts';
import { Script, type Shop, STOCKED } from './script.ts';
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

async function runSeed({
  real,
  shop,
  seed,
  bug,
  often,
}: {
  real: pg.PoolClient;
  shop: Shop;
  seed: number;
  bug: PlantedBug | null;
  often: readonly FaultKind[];
}): Promise<Run> {
  await real.query(`SELECT setval('graphile_worker.jobs_id_seq1', 1, false)`);
  const startedAt = realTime.now();
  const faults = new Faults(seeded(seed, 'faults'), often);
  const scheduler = new Scheduler(seeded(seed, 'schedule'), faults);
  const { time } = scheduler;
  const line = createLine(scheduler, faults, seeded(seed, 'line'));
  const psp = new SimulatedPsp({ scheduler, faults, random: seeded(seed, 'psp'), line });
  const carrier = new SimulatedCarrier({ faults, line });
  const db = new SimulatedDatabase({ real, scheduler, faults, rewrite, jobsAdded: () => workers.wake() });
  const house = new House({ scheduler, db, psp, carrier, random: seeded(seed, 'house') });
  const workers = new Workers({ house, faults, random: seeded(seed, 'workers') });
  const clients = new Clients({ house, faults, random: seeded(seed, 'clients') });
  const script = new Script({ shop, clients, scheduler, random: seeded(seed, 'script') });
  psp.challengeOver = (orderId) => tellChallenge(house, faults, orderId, seed);

  const jitter = seeded(seed, 'jitter');
  const undo = [
    plant(bug),
    countIds(time),
    install({ time, soon: (label, run) => scheduler.soon(label, run), random: () => jitter.next() }),
  ];
  let violation: string | null = null;
  try {
    await scheduler.run(async () => {
      house.open();
      workers.startTicks();
      faults.begin();
      await script.play();
      faults.end();
      scheduler.say('faults are over');
      await script.stockUp();
      await Promise.all((await heldOrders(db.poolOf(null))).map((id) => script.release(id)));
      await comeToRest(scheduler, db.poolOf(null));
      const found = await findViolations({ pool: db.poolOf(null), psp, carrier, clients, now: new Date(time.now) });
      if (found.length > 0) throw new Violation(found.join('\n'));
    });
  } catch (error) {
    violation = error instanceof Violation ? error.message : String((error as Error).stack);
  } finally {
    for (const step of undo.reverse()) step();
  }
  return {
    seed,
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
function tellChallenge(house: House, faults: Faults, orderId: string, seed: number): void {
  if (faults.strikes('webhook_lost')) return;
  const random = seeded(seed, `webhook ${orderId}`);
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

/** What each node has of each SKU: so little that orders meet. */
const SCARCE = 2;

async function openShop({ ownerPool: owner, pool }: TestDatabase): Promise<Shop> {
  const id = (last: number): string => `00000000-0000-7000-8000-${String(last).padStart(12, '0')}`;
  const merchantId = id(1);
  await owner.query(
    `INSERT INTO merchants (id, home, slug, name, currency, country, created_at) VALUES ($1, 'EU', 'acme', 'Acme', 'EUR', 'DE', now())`,
    [merchantId],
  );
  const nodes = [id(11), id(12)];
  await owner.query(
    `INSERT INTO nodes (id, merchant_id, home, code, name, kind, priority, created_at)
     SELECT n, $1, 'EU', 'N' || i, 'N' || i, 'warehouse', i, now() FROM unnest($2::uuid[]) WITH ORDINALITY AS v(n, i)`,
    [merchantId, nodes],
  );
  const skus = { MUG: id(21), TEE: id(22), BAG: id(23), GIFTWRAP: id(24) };
  const prices = { MUG: '12.50', TEE: '19.99', BAG: '0.333', GIFTWRAP: '2.00' };
  for (const [code, sku] of Object.entries(skus))
    await owner.query(
      `INSERT INTO skus (id, merchant_id, code, name, stocked, price, currency, created_at, updated_at) VALUES ($1, $2, $3, $3, $4, $5, 'EUR', now(), now())`,
      [sku, merchantId, code, code !== 'GIFTWRAP', prices[code as keyof typeof prices]],
    );
  const flows = createFlows({ pool, home: HOME, outside: { payments: new Map(), carriers: new Map() } });
  for (const code of STOCKED)
    for (const nodeId of nodes)
      await flows.adjustStock(
        { merchantId, skuId: skus[code], nodeId, delta: SCARCE, reason: 'received' },
        systemContext('simulation', HOME),
      );
  // What was told of it was told before the first seed.
  await owner.query(`UPDATE event_deliveries SET status = 'done'; DELETE FROM graphile_worker._private_jobs`);
  return { merchantId, nodes, skus };
}
