import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createPool } from '../platform/db.ts';
import { createPspLog } from '../views/integrity/psp-log.ts';
import { checkIntegrity } from '../views/integrity.ts';
import { dataDirOf, openProject } from './project.ts';
import { run } from './run.ts';

const MARKS = { holds: '✓', violated: '✗', not_checked: '–' } as const;

/** The provider's address: the operator's, or that of the simulator of a running `npm start`. */
function pspUrl(dataDir: string): string | undefined {
  const file = join(dataDir, 'running.json');
  if (process.env.PSP_URL || !existsSync(file)) return process.env.PSP_URL;
  return (JSON.parse(readFileSync(file, 'utf8')) as { pspUrl?: string }).pspUrl;
}

/** `npm run oracle [-- --data DIR]`: checks everything that must always be true on the whole history. Exit code 1 if anything is not. */
run(async () => {
  const { values } = parseArgs({ options: { data: { type: 'string' } } });
  const project = await openProject(dataDirOf(values.data));
  const pool = createPool({ connectionString: project.databaseUrl, max: 2, name: 'waybill-oracle' });
  try {
    const psp = pspUrl(project.dataDir);
    const provider = psp ? { provider: createPspLog(psp) } : {};
    const { report } = await checkIntegrity(pool, { full: true, now: new Date(), ...provider });
    for (const { state, title, violations, samples, note } of report.invariants) {
      console.log(`${MARKS[state]} ${title}: ${note ?? violations}`);
      for (const sample of samples) console.log(`    ${sample}`);
    }
    console.log(`\n${report.violations} violations in ${report.invariants.length} invariants (${report.tookMs} ms)`);
    if (report.violations > 0) process.exitCode = 1;
  } finally {
    await pool.end();
    await project.close();
  }
});
