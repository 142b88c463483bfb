import { createPool } from '../../server/platform/db.ts';
import { createPspLog } from '../../server/views/integrity/psp-log.ts';
import { checkIntegrity } from '../../server/views/integrity.ts';
import type { Database } from './cluster.ts';

/** What is checked after a load: the oracle on the whole history, and that no acknowledged order is missing. */
export interface Aftermath {
  readonly oracle: 'ok' | 'violated';
  /** Acknowledged orders that the database does not hold. */
  readonly lost: number;
}

export async function checkAfter(
  database: Database,
  acknowledged: readonly string[],
  say: (line: string) => void,
  pspUrl?: string,
): Promise<Aftermath> {
  const pool = createPool({ connectionString: database.url, max: 2, name: 'bench-oracle' });
  try {
    const { rows } = await pool.query<{ found: bigint }>(
      'SELECT count(DISTINCT o.id) AS found FROM unnest($1::text[]) AS a(id) JOIN orders o ON o.id = a.id::uuid',
      [acknowledged.filter((id) => id.length === 36)],
    );
    const lost = acknowledged.length - Number(rows[0]?.found ?? 0);
    if (lost > 0) say(`${lost} acknowledged orders are missing`);
    const { report } = await checkIntegrity(pool, {
      full: true,
      now: new Date(),
      ...(pspUrl ? { provider: createPspLog(pspUrl) } : {}),
    });
    for (const { state, title, violations, samples } of report.invariants)
      if (state === 'violated') say(`✗ ${title}: ${violations} ${samples.join('; ')}`);
    return { oracle: report.violations === 0 && lost === 0 ? 'ok' : 'violated', lost };
  } finally {
    await pool.end();
  }
}
