import type pg from 'pg';
import type { StockSender } from './flows/channels/send-stock.ts';
import { keepListening } from './platform/live.ts';
import type { Log } from './platform/log.ts';

/**
 * Has channels told of stock soon after it changed: looks when something happened, at most ten times a second, and each second anyway.
 * Changes of that tenth become one message. Where nobody is connected to a channel it looks for a connection now and then, and at nothing else.
 */
const TOGETHER_MS = 100;
const IDLE_MS = 1_000;
const UNCONNECTED_MS = 3_000;
const BELIEVED_MS = 60_000;

interface PumpDeps {
  readonly sender: StockSender;
  readonly pool: pg.Pool;
  readonly connectionString: string;
  readonly log: Log;
}

export function startStockPump({ sender, pool, connectionString, log }: PumpDeps): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const isConnected = connectionWatch(pool);
  let wakeUp: () => void = () => {};
  let woken = false;
  const listener = keepListening(connectionString, log, () => {
    woken = true;
    wakeUp();
  });

  /** Waits so long, or until something happens; the rest of the tenth of a second in any case. */
  const pause = async (ms: number): Promise<void> => {
    await sleep(TOGETHER_MS);
    if (woken || ms <= TOGETHER_MS) return;
    await sleep(ms - TOGETHER_MS, (wake) => {
      wakeUp = wake;
    });
  };
  const sleep = (ms: number, early: (wake: () => void) => void = () => {}): Promise<void> =>
    new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        stopping.signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      stopping.signal.addEventListener('abort', done);
      early(done);
    });

  const work = async (): Promise<void> => {
    let failures = 0;
    while (!stopping.signal.aborted) {
      try {
        if (!(await isConnected())) {
          await sleep(UNCONNECTED_MS);
          continue;
        }
        woken = false;
        const found = await sender.pass(stopping.signal);
        failures = 0;
        await pause(found > 0 ? TOGETHER_MS : IDLE_MS);
      } catch (error) {
        if (failures++ === 0) log.warn({ err: error }, 'channels could not be told; trying again');
        await sleep(IDLE_MS);
      }
    }
    await sender.settled().catch((error: unknown) => log.warn({ err: error }, 'a channel was not told; the next look will'));
  };
  const working = work();
  return {
    async stop() {
      stopping.abort();
      await listener.stop();
      await working;
    },
  };
}

/** Whether anybody is connected to a channel; what was true is believed for a while. */
function connectionWatch(pool: pg.Pool): () => Promise<boolean> {
  let connectedUntil = 0;
  return async () => {
    if (Date.now() < connectedUntil) return true;
    const { rows } = await pool.query<{ any: boolean }>({
      name: 'channels-any',
      text: 'SELECT EXISTS (SELECT FROM channel_connections) AS any',
    });
    if (rows[0]?.any) connectedUntil = Date.now() + BELIEVED_MS;
    return rows[0]?.any ?? false;
  };
}
