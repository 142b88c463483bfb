import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { NODE_FLAGS } from './node-flags.ts';
import { ROOT } from './project.ts';
import { Refusal } from './run.ts';

const PRELOAD = pathToFileURL(join(import.meta.dirname, 'die-with-parent.mjs')).href;
/** A part that ran this long had started well: its next crash is the first again. */
const STEADY_AFTER_MS = 60_000;
const LONGEST_PAUSE_MS = 15_000;
const DRAINED_WITHIN_MS = 20_000;
const LOG_KEPT_BYTES = 20_000_000;
const CRASHES_AT_START = 3;

/** One process of the stack. */
export interface Part {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

export interface Supervisor {
  /** Starts a part and keeps it running: when it ends by itself it is started again, after a growing pause. */
  keep(part: Part): void;
  /** Runs a process to its end and returns its exit code. It shares the terminal unless it has a log. */
  once(part: Part, terminal: 'terminal' | 'log'): Promise<number>;
  /** From now on a crash is repaired; before, several in a row reject `failed`. */
  settled(): void;
  /** Never resolves; rejects with a sentence when a part does not come up. */
  readonly failed: Promise<never>;
  /** Ends everything, most dependent first, and resolves when nothing is left. */
  stop(): Promise<void>;
}

/** Starts and watches the processes of a stack. Their output goes to `logsDir`/<name>.log, or to the terminal. */
export function createSupervisor(logsDir: string, toTerminal: boolean, say: (line: string) => void): Supervisor {
  mkdirSync(logsDir, { recursive: true, mode: 0o700 });
  const running = new Map<string, ChildProcess>();
  const order: string[] = [];
  let stopping = false;
  let isSettled = false;
  let fail: (error: Refusal) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failed.catch(() => {}); // whoever waits for it hears of it; nobody waits after the start

  const logOf = (name: string) => join(logsDir, `${name}.log`);
  const start = (part: Part, stdio: 'terminal' | 'log'): ChildProcess => {
    const log = logOf(part.name);
    if (existsSync(log) && statSync(log).size > LOG_KEPT_BYTES) rmSync(log);
    const output = stdio === 'terminal' ? 'inherit' : openSync(log, 'a', 0o600);
    const child = spawn(process.execPath, [...NODE_FLAGS, '--import', PRELOAD, ...part.args], {
      cwd: ROOT,
      env: { ...part.env, WAYBILL_STARTER: String(process.pid) },
      detached: process.platform !== 'win32', // a terminal's Ctrl-C is for the starter, which stops the parts in order
      stdio: ['ignore', output, output, 'ipc'],
    });
    running.set(part.name, child);
    return child;
  };

  const keep = (part: Part, crashes = 0): void => {
    if (stopping) return;
    if (!order.includes(part.name)) order.push(part.name);
    const startedAt = Date.now();
    const child = start(part, toTerminal ? 'terminal' : 'log');
    child.once('exit', async (code, signal) => {
      running.delete(part.name);
      if (stopping) return;
      const count = Date.now() - startedAt > STEADY_AFTER_MS ? 1 : crashes + 1;
      const reason = signal ?? `code ${code}`;
      if (!isSettled && count >= CRASHES_AT_START) {
        fail(new Refusal(`${part.name} does not start (${reason}): ${lastLine(logOf(part.name))} Its log: ${logOf(part.name)}`));
        return;
      }
      const pauseMs = Math.min(LONGEST_PAUSE_MS, 250 * 2 ** count);
      say(`${part.name} ended (${reason}) and starts again in ${pauseMs / 1000} s. Its log: ${logOf(part.name)}`);
      await sleep(pauseMs);
      keep(part, count);
    });
  };

  return {
    keep,
    failed,
    settled: () => {
      isSettled = true;
    },
    once: (part, terminal) =>
      new Promise((resolve) => {
        const child = start(part, terminal);
        child.once('exit', (code) => {
          running.delete(part.name);
          resolve(code ?? 1);
        });
      }),
    stop: async () => {
      stopping = true;
      const last = order[0]; // what was started first is what the others talk to
      await Promise.all([...running].filter(([name]) => name !== last).map(([, child]) => end(child)));
      await Promise.all([...running.values()].map(end));
    },
  };
}

/** Asks a process to end and, should it not, ends it. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const patience = new AbortController();
  const killed = sleep(DRAINED_WITHIN_MS, undefined, { signal: patience.signal }).then(
    () => child.kill('SIGKILL'),
    () => {},
  );
  await ended;
  patience.abort();
  await killed;
}

function lastLine(log: string): string {
  if (!existsSync(log)) return '';
  const lines = readFileSync(log, 'utf8').trim().split('\n');
  return lines.findLast((line) => /error|refus|cannot|not /i.test(line) && !/^\s+at /.test(line))?.trim() ?? lines.at(-1) ?? '';
}
