import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stackPort } from './ports.ts';
import { ROOT } from './project.ts';
import { Refusal } from './run.ts';

/** A demo that was just made, for commands that look at its pages: on a folder and a port of its own, gone afterwards. */
const READY_WITHIN_MS = 600_000;

/**
 * Does something with a demo's data folder: with the one of a stack that runs from `dataDir`, else with a new one. What a failed start
 * said is in the error.
 */
export async function withDemo<T>(dataDir: string | undefined, work: (dataDir: string) => Promise<T>): Promise<T> {
  if (dataDir !== undefined && existsSync(join(dataDir, 'running.json'))) return work(dataDir);
  const folder = dataDir ?? mkdtempSync(join(tmpdir(), 'waybill-demo-'));
  const port = await stackPort();
  const args = [join(ROOT, 'server/cli/bootstrap.mjs'), 'start', '--port', String(port), '--data', folder];
  const env = { ...process.env, WAYBILL_NEXT_DIR: '.next-test' };
  const child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-4_000);
    });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  try {
    await ready(
      `http://localhost:${port}/health/ready`,
      () => child.exitCode !== null,
      () => said,
    );
    return await work(folder);
  } finally {
    child.kill('SIGTERM');
    await ended;
    if (dataDir === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

async function ready(url: string, isOver: () => boolean, said: () => string): Promise<void> {
  const by = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const answered = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (answered) return;
    if (isOver() || Date.now() > by) throw new Refusal(`The demo did not start:\n${said()}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
