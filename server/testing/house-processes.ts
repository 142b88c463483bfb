import { type ChildProcess, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addApiKey } from '../api/testing/add-api-key.ts';
import { anyPort } from '../cli/ports.ts';
import type { OrderWorld } from '../flows/testing/order-world.ts';

/** The processes of a house as an operator starts them, on the database and the simulators of an order world, to be killed with -9. */
export type Role = 'api' | 'worker';

/** As much of a world as processes need: its database, its simulators, and whose orders they are. */
export type HouseWorld = Pick<OrderWorld, 'merchantId' | 'db' | 'psp' | 'carrier' | 'secrets'> & {
  /** Where its customers' transfers come from; without it no bank is connected. */
  readonly bank?: { readonly url: string };
  /** The address that people type; the port's own unless the house has one already. */
  readonly origin?: string;
};

export interface HouseProcess {
  /** Resolves when it has ended, however; with the signal that ended it. */
  readonly ended: Promise<NodeJS.Signals | null>;
  kill(): Promise<void>;
  /** Stops it in order, as an operator does. */
  stop(): Promise<void>;
}

export interface HouseOptions {
  /** The folder `server` of another version; this one's unless said. */
  readonly sources?: string;
  /** Of a house beside this one, so that both know the caller as the same. */
  readonly apiKey?: string;
  /** Beside, or instead of, the variables of a test. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Is told everything that a process writes. */
  readonly heard?: (text: string) => void;
}

export interface HouseProcesses {
  readonly port: number;
  /** Of the world's merchant, with every scope. */
  readonly apiKey: string;
  /** Starts a process; resolves when it says that it is ready. `dieAt`: see die-at.ts. */
  start(role: Role, dieAt?: { readonly at: string; readonly counts: string }): Promise<HouseProcess>;
  /** One request over REST. Rejects where no answer comes. */
  post(path: string, body: unknown, key: string): Promise<{ status: number; body: Record<string, unknown> }>;
  close(): Promise<void>;
}

const SERVER = join(import.meta.dirname, '..');
const ANSWER_MS = 10_000;

export async function houseProcesses(w: HouseWorld, options: HouseOptions = {}): Promise<HouseProcesses> {
  await w.db.pool.query(`INSERT INTO home_owner VALUES ('EU', 'EU') ON CONFLICT DO NOTHING`);
  const [port, apiKey] = await Promise.all([anyPort(), options.apiKey ?? addApiKey(w.db.pool, w.merchantId)]);
  const running = new Set<HouseProcess>();

  async function start(role: Role, dieAt?: { readonly at: string; readonly counts: string }): Promise<HouseProcess> {
    const preload = dieAt ? ['--import', join(SERVER, 'testing/die-at.ts')] : [];
    const child = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', ...preload, join(options.sources ?? SERVER, 'main.ts'), '--role', role],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...variables(w, port), ...options.variables, ...(dieAt ? { DIE_AT: dieAt.at, DIE_COUNTS: dieAt.counts } : {}) },
      },
    );
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => options.heard?.(chunk.toString()));
    const made = handle(child);
    running.add(made);
    void made.ended.then(() => running.delete(made));
    await ready(child, role);
    return made;
  }

  return {
    port,
    apiKey,
    start,
    async post(path, body, key) {
      const response = await fetch(`http://127.0.0.1:${port}/api/v1${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    },
    async close() {
      await Promise.all([...running].map((process) => process.kill()));
    },
  };
}

function handle(child: ChildProcess): HouseProcess {
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once('exit', (_code, signal) => resolve(signal)));
  return {
    ended,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function ready(child: ChildProcess, role: Role): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    const read = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-4_000);
      if (output.includes('"message":"ready"')) resolve();
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', (code, signal) => reject(new Error(`${role} ended with ${code ?? signal}: ${output}`)));
  });
}

function variables(w: HouseWorld, port: number): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    NODE_ENV: 'test',
    // Many processes start here, all from the same sources.
    NODE_COMPILE_CACHE: join(tmpdir(), 'waybill-test-compile-cache'),
    DATABASE_POOL: '6',
    DATABASE_URL: w.db.url,
    PORT: String(port),
    WAYBILL_ORIGIN: w.origin ?? `http://localhost:${port}`,
    WAYBILL_SECRET: 'a secret of the tests, long enough',
    WAYBILL_DATA_KEY: Buffer.alloc(32, 7).toString('base64'),
    PSP_URL: w.psp.url,
    PSP_SECRET_KEY: w.secrets.secretKey,
    PSP_WEBHOOK_SECRET: w.secrets.webhookSecret,
    CARRIER_URL: w.carrier.url,
    CARRIER_API_KEY: 'carrier_test',
    CARRIER_WEBHOOK_SECRET: w.secrets.webhookSecret,
    ...(w.bank && { BANK_URL: w.bank.url, BANK_API_KEY: 'bank_test', BANK_WEBHOOK_SECRET: w.secrets.webhookSecret }),
  };
}
