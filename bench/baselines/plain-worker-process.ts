import { run } from 'graphile-worker';
import pg from 'pg';

/**
 * The same jobs by graphile-worker as it comes: each job fetched and completed by itself, and a handler that asks the database one
 * question per job. `node plain-worker-process.ts <database url> <concurrency>`.
 */
const [url, concurrency] = process.argv.slice(2) as [string, string];
const pool = new pg.Pool({ connectionString: url, max: Number(concurrency) + 4 });
const runner = await run({
  pgPool: pool,
  concurrency: Number(concurrency),
  noHandleSignals: true,
  taskList: {
    'advance-saga': async (payload) => {
      const { sagaId } = payload as { sagaId: string };
      await pool.query({ name: 'saga', text: `SELECT id, step FROM sagas WHERE id = $1 AND status <> 'done'`, values: [sagaId] });
    },
  },
});
console.log('plain worker: ready');
process.on('SIGTERM', () => {
  void runner.stop().then(() => process.exit(0));
});
