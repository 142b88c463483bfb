import type pg from 'pg';
import { CONSUMER_LIST } from '../../jobs/consumers.ts';
import { seedDemo } from '../../prisma/seed.ts';
import { createApp } from '../../server/app.ts';
import { startOwnSimulators } from '../../server/cli/own-simulators.ts';
import { deliverEvents } from '../../server/platform/consumers.ts';
import { createPool } from '../../server/platform/db.ts';
import { readEnv } from '../../server/platform/env.ts';
import type { Database } from '../harness/cluster.ts';

const DELIVERIES_AT_ONCE = 500;
const SEED_KEY = Buffer.alloc(32, 7).toString('base64');

/**
 * The history that is multiplied: the demo's 2,000 orders in every state, made by the real flows and the simulated providers, with
 * their customers told of it. What still waits is put to sleep, because nobody works on it while lists are measured.
 */
export async function makeBaseHistory(database: Database, dir: string, say: (line: string) => void): Promise<void> {
  const { psp, carrier } = await startOwnSimulators(dir);
  // The seed reads its environment as `npm start` gives it.
  Object.assign(process.env, {
    DATABASE_URL: database.url,
    PSP_URL: psp,
    CARRIER_URL: carrier,
    WAYBILL_SECRET: 'of the base history, never used for anything',
    WAYBILL_DATA_KEY: SEED_KEY,
    LOG_LEVEL: 'error',
  });
  const pool = createPool({ connectionString: database.url, max: 8, name: 'bench-base' });
  try {
    await seedDemo({ pool, say });
    await tellCustomers(pool);
  } finally {
    await pool.end();
  }
  await fallAsleep(database);
}

/** Runs the consumers of events as a worker would. */
async function tellCustomers(pool: pg.Pool): Promise<void> {
  const app = createApp({ env: readEnv(process.env), role: 'tool', pool });
  try {
    const { rows } = await pool.query<{ id: string }>(
      `SELECT DISTINCT event_id AS id FROM event_deliveries WHERE status = 'pending'`,
    );
    const ids = rows.map((row) => row.id);
    for (let from = 0; from < ids.length; from += DELIVERIES_AT_ONCE)
      await deliverEvents({ pool, log: app.log, consumers: CONSUMER_LIST }, app, ids.slice(from, from + DELIVERIES_AT_ONCE));
  } finally {
    await app.close();
  }
}

/** Mails have left and sagas wake up next year; what is stuck or in doubt stays so. */
async function fallAsleep(database: Database): Promise<void> {
  const pool = createPool({ connectionString: database.ownerUrl, max: 1, name: 'bench-base' });
  try {
    await pool.query(`UPDATE sagas SET wake_at = now() + interval '1 year', deadline = now() + interval '1 year', updated_at = now()
      WHERE status <> 'done'`);
    await pool.query(`UPDATE notifications n SET status = 'sent', next_at = NULL, sent_at = e.at, created_at = e.at
      FROM events e WHERE e.id = n.event_id`);
    await pool.query('DELETE FROM graphile_worker._private_jobs');
  } finally {
    await pool.end();
  }
}
