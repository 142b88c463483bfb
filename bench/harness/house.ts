import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { NODE_FLAGS } from '../../server/cli/node-flags.ts';
import { anyPort } from '../../server/cli/ports.ts';
import { ROOT } from '../../server/cli/project.ts';
import type { Database } from './cluster.ts';

/** The processes of a production, as an operator runs them: each `server/main.ts --role …`, and the simulators of the outside world. */
export interface House {
  readonly port: number;
  readonly pspUrl: string;
  readonly origin: string;
  /** What its sessions are signed with. */
  readonly secret: string;
  start(role: 'api' | 'worker'): Promise<Process>;
  /** Starts an api process at a port of its own, and resolves with that. */
  startApi(): Promise<number>;
  /** What runs, in the order it was started. */
  running(): readonly Process[];
  /** Ends everything that is still running, in order. */
  close(): Promise<void>;
}

export interface Process {
  readonly name: string;
  readonly pid: number;
  /** The end of what it has written. */
  said(): string;
  stop(): Promise<void>;
}

const READY = { main: '"message":"ready"', simulators: 'Simulators:' } as const;
const STOPS_WITHIN_MS = 20_000;

/** Opens a house on a database. `own` is what its environment says otherwise. The simulators start at once; api and worker when they are asked for. */
export async function openHouse(database: Database, dir: string, own: Readonly<Record<string, string>> = {}): Promise<House> {
  const [port, psp, carrier, pspControl, carrierControl] = await Promise.all([
    anyPort(),
    anyPort(),
    anyPort(),
    anyPort(),
    anyPort(),
  ]);
  const secret = (): string => randomBytes(24).toString('hex');
  const origin = `http://localhost:${port}`;
  const sessions = secret();
  const env: NodeJS.ProcessEnv = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    NODE_ENV: 'production',
    LOG_LEVEL: 'warn',
    DATABASE_URL: database.url,
    PORT: String(port),
    WAYBILL_ORIGIN: origin,
    WAYBILL_SECRET: sessions,
    WAYBILL_DATA_KEY: randomBytes(32).toString('base64'),
    PSP_URL: `http://127.0.0.1:${psp}`,
    PSP_SECRET_KEY: `sk_test_${secret()}`,
    PSP_WEBHOOK_SECRET: `whsec_${secret()}`,
    CARRIER_URL: `http://127.0.0.1:${carrier}`,
    CARRIER_API_KEY: secret(),
    CARRIER_WEBHOOK_SECRET: `whsec_${secret()}`,
    PSP_CONTROL_PORT: String(pspControl),
    CARRIER_CONTROL_PORT: String(carrierControl),
    WEBHOOK_BASE: `http://127.0.0.1:${port}`,
    ...own,
    ...Object.fromEntries(
      ['WORKER_CONCURRENCY', 'DATABASE_POOL'].flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
    ),
  };
  const running: Process[] = [];
  const keep = async (
    script: string,
    args: readonly string[],
    ready: string,
    more: Readonly<Record<string, string>> = {},
  ): Promise<Process> => {
    const started = await startProcess(script, args, { ...env, ...more }, ready);
    running.push(started);
    return started;
  };
  await keep('server/simulators/main.ts', ['--data', join(dir, `simulators-${database.name}`)], READY.simulators);
  return {
    port,
    pspUrl: `http://127.0.0.1:${psp}`,
    origin,
    secret: sessions,
    // The log says that it is ready at level info.
    start: (role) => keep('server/main.ts', ['--role', role], READY.main, { LOG_LEVEL: 'info' }),
    async startApi() {
      const own = await anyPort();
      await keep('server/main.ts', ['--role', 'api'], READY.main, { LOG_LEVEL: 'info', PORT: String(own) });
      return own;
    },
    running: () => running,
    async close() {
      for (const process of running.toReversed()) await process.stop();
    },
  };
}

/** Starts a script of the clone on this Node and resolves when it has said `ready`. */
export async function startProcess(
  script: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  ready: string,
): Promise<Process> {
  const profile = process.env.BENCH_PROFILE ? ['--cpu-prof', `--cpu-prof-dir=${process.env.BENCH_PROFILE}`] : [];
  const child = spawn(process.execPath, [...NODE_FLAGS, ...profile, join(ROOT, script), ...args], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const heard = await listen(child, script, ready);
  return {
    name: args[0] === '--role' ? String(args[1]) : (script.split('/').at(-2) ?? script),
    pid: child.pid ?? 0,
    said: heard,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), STOPS_WITHIN_MS);
      await ended;
      clearTimeout(late);
    },
  };
}

/** Resolves when the process has said `ready`, with a way to read the end of what it has said since. */
function listen(child: ChildProcess, script: string, ready: string): Promise<() => string> {
  return new Promise((resolve, reject) => {
    let output = '';
    const read = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-4_000);
      if (output.includes(ready)) resolve(() => output);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', (code, signal) => reject(new Error(`${script} ended with ${code ?? signal}: ${output}`)));
  });
}
