// Preloaded into every process that `npm start` runs: if the starter is gone, killed even, its parts end as well.
import { isMainThread } from 'node:worker_threads';

const ENDS_WITHIN_MS = 15_000;

// Next.js starts processes of its own, with these same flags; those are its children to mind.
if (isMainThread && process.channel && process.env.WAYBILL_STARTER === String(process.ppid)) {
  process.on('disconnect', () => {
    setTimeout(() => process.exit(1), ENDS_WITHIN_MS).unref();
    process.kill(process.pid, 'SIGTERM');
  });
  process.channel.unref(); // the channel alone keeps nothing running
}
