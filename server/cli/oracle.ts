import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gatewayLogs } from '../payment-gateways.ts';
import { createPool } from '../platform/db.ts';
import { createPspLogs } from '../views/integrity/psp-log.ts';
import { checkIntegrity } from '../views/integrity.ts';
import { dataDirOf, openProject } from './project.ts';
import { run } from './run.ts';

const MARKS = { holds: '✓', violated: '✗', not_checked: '–' } as const;

/** The gateways' addresses: the operator's, or those of the simulators of a running `npm start`. */
function gatewaysOf(dataDir: string): ReturnType<typeof gatewayLogs> {
  const file = join(dataDir, 'running.json');
  const { PSP_URL, ADYEN_URL } = process.env;
  if (PSP_URL || !existsSync(file)) return gatewayLogs({ PSP_URL, ADYEN_URL });
  const { pspUrl, adyenUrl } = JSON.parse(readFileSync(file, 'utf8')) as { pspUrl?: string; adyenUrl?: string };
  return gatewayLogs({ PSP_URL: pspUrl, ADYEN_URL: adyenUrl });
}

/** `npm run oracle [-- --data DIR]`: checks everything that must always be true on the whole history. Exit code 1 if anything is not. */
run(async () => {
  const { values } = parseArgs({ options: { data: { type: 'string' } } });
  const project = await openProject(dataDirOf(values.data));
  const pool = createPool({ connectionString: project.databaseUrl, max: 2, name: 'waybill-oracle' });
  try {
    const gateways = gatewaysOf(project.dataDir);
    const provider = gateways.length > 0 ? { provider: createPspLogs(gateways) } : {};
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
