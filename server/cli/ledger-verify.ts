import { parseArgs } from 'node:util';
import { createPool } from '../platform/db.ts';
import { readSnapshot } from '../platform/read-snapshot.ts';
import { type SealReport, verifySeals } from '../views/integrity/seals.ts';
import { dataDirOf, openProject } from './project.ts';
import { Refusal, run } from './run.ts';

/** Whoever looks at everything waits for it. */
const PATIENCE_MS = 24 * 3_600_000;

/**
 * `npm run ledger:verify [-- --data DIR] [--from N] [--expect N:HASH]`: compares every sealed row with its seal, and every seal with the
 * one before. Names what was changed, is missing or was added. Exit code 1 if anything was.
 */
run(async () => {
  const { values } = parseArgs({ options: { data: { type: 'string' }, from: { type: 'string' }, expect: { type: 'string' } } });
  const from = firstSeal(values.from);
  const expected = expectation(values.expect);
  const project = await openProject(dataDirOf(values.data));
  const pool = createPool({
    connectionString: project.databaseUrl,
    max: 2,
    name: 'waybill-ledger-verify',
    patienceMs: PATIENCE_MS,
  });
  try {
    const startedAt = performance.now();
    const { report, witness } = await readSnapshot(pool, async (tx) => ({
      report: await verifySeals(tx, { from }),
      witness: expected ? await hashesOf(tx, expected.number) : [],
    }));
    print(report, from, (performance.now() - startedAt) / 1_000);
    const broken = expected !== undefined && !meets(expected, witness);
    if (broken || report.findings.length > 0) process.exitCode = 1;
  } finally {
    await pool.end();
    await project.close();
  }
});

function firstSeal(given: string | undefined): bigint {
  if (given === undefined) return 1n;
  if (!/^[1-9]\d{0,17}$/.test(given)) throw new Refusal('--from is the number of a seal: npm run ledger:verify -- --from 1200');
  return BigInt(given);
}

interface Expectation {
  readonly number: bigint;
  readonly hash: string;
}

/** A seal's hash as it was noted elsewhere: in a log, on paper. Its beginning is enough. */
function expectation(given: string | undefined): Expectation | undefined {
  if (given === undefined) return undefined;
  const [, number, hash] = /^([1-9]\d{0,17}):([0-9a-f]{8,64})$/.exec(given) ?? [];
  if (!number || !hash)
    throw new Refusal('--expect is a seal and its hash as it was noted: npm run ledger:verify -- --expect 1200:5f2c81d09a7e');
  return { number: BigInt(number), hash };
}

async function hashesOf(tx: Parameters<typeof verifySeals>[0], number: bigint): Promise<readonly string[]> {
  const { rows } = await tx.query<{ hash: string }>(`SELECT encode(hash, 'hex') AS hash FROM seals WHERE number = $1`, [number]);
  return rows.map(({ hash }) => hash);
}

function meets({ number, hash }: Expectation, stored: readonly string[]): boolean {
  const same = stored.some((own) => own.startsWith(hash));
  if (same) console.log(`✓ seal ${number} has the hash that was noted`);
  else console.log(`✗ seal ${number} was noted as ${hash}, and is ${stored.join(', ') || 'not there'}`);
  return same;
}

function print({ seals, rows, unsealed, findings, heads }: SealReport, from: bigint, seconds: number): void {
  for (const { subject, detail } of findings) console.log(`✗ ${subject}: ${detail}`);
  for (const { home, number, hash } of heads) console.log(`  chain ${home} ends with seal ${number}, ${hash}`);
  if (heads.length === 0) console.log('  nothing is sealed yet: a worker seals each minute');
  const rate = Math.round(rows / Math.max(seconds, 0.001));
  const start = from > 1n ? ` from seal ${from} on` : '';
  console.log(
    `\n${findings.length === 0 ? '✓' : '✗'} ${findings.length} findings in ${seals} seals${start} with ${rows} rows ` +
      `(${seconds.toFixed(1)} s, ${rate} rows/s); ${unsealed} newer rows are not sealed yet`,
  );
}
