import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';

/**
 * The parent of an embedded PostgreSQL: a process of its own, so that the server outlives whoever started it while others
 * are attached, and does not outlive the last of them, even if that one was killed.
 */
export interface KeeperOrder {
  readonly postgres: string;
  readonly args: readonly string[];
  /** One file per attached process, named by its number. */
  readonly attachedDir: string;
  readonly uid?: number;
  readonly gid?: number;
}

const LOOK_EVERY_MS = 500;

/** Whether a process of this number is there, whoever’s it is. */
export function processIsAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** The processes attached to a cluster that still live. */
export function liveAttachments(attachedDir: string): number[] {
  try {
    return readdirSync(attachedDir).map(Number).filter(processIsAlive);
  } catch {
    return [];
  }
}

function keep(order: KeeperOrder): void {
  const { postgres, args, attachedDir, ...user } = order;
  const server = spawn(postgres, args, { ...user, cwd: '/', stdio: ['ignore', 'inherit', 'inherit'], detached: true });
  const stop = () => server.kill('SIGINT');
  process.on('SIGINT', () => {}); // Ctrl-C is for the ones attached
  process.on('SIGHUP', () => {});
  process.on('SIGTERM', stop);
  let lonely = 0;
  const looking = setInterval(() => {
    lonely = liveAttachments(attachedDir).length > 0 ? 0 : lonely + 1;
    if (lonely >= 2) stop();
  }, LOOK_EVERY_MS);
  server.on('error', (error) => {
    console.error(error.message);
    process.exitCode = 1;
    clearInterval(looking);
  });
  server.on('exit', (code) => {
    process.exitCode = code ?? 1;
    clearInterval(looking);
  });
}

if (process.env.WAYBILL_KEEPER === '1' && process.argv[2]) keep(JSON.parse(process.argv[2]) as KeeperOrder);
