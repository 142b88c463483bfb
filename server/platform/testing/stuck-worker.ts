import { createLog } from '../log.ts';
import { startWorker } from '../worker.ts';

/**
 * A worker process whose jobs never end: `node stuck-worker.ts <address of the database>`. Prints "took <job id>" for each. Tests
 * kill it.
 */
const [connectionString = ''] = process.argv.slice(2);
await startWorker({
  connectionString,
  concurrency: 2,
  log: createLog({ level: 'silent', role: 'worker', region: 'EU' }),
  tasks: {
    'advance-saga': (_payload, job) => {
      process.stdout.write(`took ${job.id}\n`);
      return new Promise(() => {});
    },
  },
});
process.stdout.write('alive\n');
