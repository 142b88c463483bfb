import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../server/cli/project.ts';

/**
 * Runs a load in a process of its own, so that what it costs is not added to what it measures on one event loop. The script is given
 * two files: it reads its plan from the first and writes its record to the second.
 */
export async function runInChild<Plan, Outcome>(script: string, plan: Plan): Promise<Outcome> {
  const dir = mkdtempSync(join(tmpdir(), 'waybill-load-'));
  try {
    const planFile = join(dir, 'plan.json');
    const recordFile = join(dir, 'record.json');
    writeFileSync(planFile, JSON.stringify(plan));
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', join(ROOT, script), planFile, recordFile], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
    if (code !== 0) throw new Error(`${script} ended with exit code ${code}`);
    return JSON.parse(readFileSync(recordFile, 'utf8')) as Outcome;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
