import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './project.ts';

export interface Ended {
  readonly code: number;
  readonly output: string;
  readonly tookMs: number;
}

export interface ToolOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Shows the output as it comes instead of keeping it. */
  readonly show?: boolean;
  readonly limitMs?: number;
}

const running = new Set<ChildProcess>();
/** Long enough for a browser's web server to stop its stack. */
const ENDS_WITHIN_MS = 45_000;

/** Runs one of the project's tools (a script below node_modules or the clone) on this Node, to its end or its time limit. */
export function tool(script: string, args: readonly string[], options: ToolOptions = {}): Promise<Ended> {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', join(ROOT, script), ...args], {
      cwd: ROOT,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', options.show ? 'inherit' : 'pipe', options.show ? 'inherit' : 'pipe'],
    });
    running.add(child);
    const chunks: string[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => chunks.push(text));
    const limit = options.limitMs
      ? setTimeout(() => {
          chunks.push(`\nStopped after ${Math.round((options.limitMs ?? 0) / 1000)} s.`);
          child.kill('SIGTERM');
          setTimeout(() => child.kill('SIGKILL'), ENDS_WITHIN_MS).unref();
        }, options.limitMs)
      : undefined;
    const ended = (code: number) => {
      clearTimeout(limit);
      running.delete(child);
      resolve({ code, output: chunks.join(''), tookMs: performance.now() - startedAt });
    };
    child.on('error', (error) => {
      chunks.push(error.message);
      ended(1);
    });
    child.on('close', (code) => ended(code ?? 1));
  });
}

/** Passes Ctrl-C and the like on to whatever runs, waits for it, then ends this process. */
export function endWithChildren(): void {
  const end = () => {
    for (const child of running) child.kill('SIGTERM');
    const waiting = setInterval(() => {
      if (running.size === 0) {
        clearInterval(waiting);
        process.exit(130);
      }
    }, 50);
    setTimeout(() => process.exit(130), ENDS_WITHIN_MS).unref();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end);
  process.once('disconnect', end);
  process.channel?.unref();
}
