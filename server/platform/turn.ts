import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processIsAlive } from './embedded-postgres-keeper.ts';

const LOOK_EVERY_MS = 50;

/**
 * Runs `work` while no other process of this machine does so under the same folder name. The turn of a dead process is
 * taken over. The folder's parent must exist.
 */
export async function inTurn<T>(folder: string, work: () => Promise<T>): Promise<T> {
  while (!taken(folder)) await sleep(LOOK_EVERY_MS);
  try {
    return await work();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function taken(folder: string): boolean {
  try {
    mkdirSync(folder);
    writeFileSync(join(folder, 'pid'), String(process.pid));
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    try {
      if (!processIsAlive(Number(readFileSync(join(folder, 'pid'), 'utf8')))) rmSync(folder, { recursive: true, force: true });
    } catch {
      // its owner has not written its number yet, or has just ended its turn
    }
    return false;
  }
}
