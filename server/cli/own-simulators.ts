import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { anyPort } from './ports.ts';
import { Refusal } from './run.ts';

const READY_WITHIN_MS = 10_000;

export interface OwnSimulators {
  readonly psp: string;
  readonly carrier: string;
  /** Processor time their thread has taken. */
  cpuSeconds(): Promise<number>;
}

/**
 * The simulators in a thread of this process, for a command that runs while the stack does not: they end with it, however it ends, and
 * remember in the same folder. Nobody listens for their webhooks.
 */
export async function startOwnSimulators(dir: string): Promise<OwnSimulators> {
  const [psp, carrier, pspControl, carrierControl] = await Promise.all([anyPort(), anyPort(), anyPort(), anyPort()]);
  const urls = { psp: `http://127.0.0.1:${psp}`, carrier: `http://127.0.0.1:${carrier}` };
  const env = {
    ...process.env,
    PSP_URL: urls.psp,
    CARRIER_URL: urls.carrier,
    PSP_CONTROL_PORT: String(pspControl),
    CARRIER_CONTROL_PORT: String(carrierControl),
    WEBHOOK_BASE: 'none',
  };
  const worker = new Worker(new URL('../simulators/main.ts', import.meta.url), { argv: ['--data', dir], env, stdout: true });
  worker.unref();
  const deadline = Date.now() + READY_WITHIN_MS;
  for (const url of [urls.psp, urls.carrier]) {
    while (!(await answers(url))) {
      if (Date.now() > deadline) throw new Refusal('The simulators do not start: name a PSP_URL and a CARRIER_URL.');
      await sleep(50);
    }
  }
  return {
    ...urls,
    async cpuSeconds() {
      const { user, system } = await worker.cpuUsage();
      return (user + system) / 1e6;
    },
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/_sim/switches`, { signal: AbortSignal.timeout(1_000) })).ok;
  } catch {
    return false;
  }
}
