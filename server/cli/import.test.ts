import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ImportWorld, importWorld } from '../flows/testing/import-world.ts';
import { onlineRetailMonth } from './testing/online-retail-month.ts';

const CLI = join(import.meta.dirname, 'import.ts');
const INVOICES = 420;

let folder: string;
let w: ImportWorld;
let undisturbed: ImportWorld;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waybill-import-'));
  writeFileSync(join(folder, 'january.csv'), onlineRetailMonth(INVOICES));
  [w, undisturbed] = await Promise.all([importWorld(), importWorld()]);
});
afterAll(async () => {
  await Promise.all([w.close(), undisturbed.close()]);
  rmSync(folder, { recursive: true, force: true });
});

function start(): { child: ChildProcess; output: () => string; ended: Promise<number | null> } {
  let output = '';
  const child = spawn(
    process.execPath,
    [CLI, '--data', join(folder, 'data'), '--format', 'online-retail', join(folder, 'january.csv')],
    {
      env: {
        ...process.env,
        NODE_ENV: 'test',
        DATABASE_URL: w.db.url,
        DATABASE_OWNER_URL: w.db.ownerUrl,
        PSP_URL: w.urls.psp,
        CARRIER_URL: w.urls.carrier,
        PSP_SECRET_KEY: w.secrets.secretKey,
        PSP_WEBHOOK_SECRET: w.secrets.webhookSecret,
        CARRIER_API_KEY: w.secrets.apiKey,
        CARRIER_WEBHOOK_SECRET: w.secrets.webhookSecret,
      },
    },
  );
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk;
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    output += chunk;
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { child, output: () => output, ended };
}

/** Kills the import as soon as the database says that it came this far. */
async function killWhen(condition: string): Promise<void> {
  const { child, output, ended } = start();
  const over = ended.then(() => true);
  for (;;) {
    const { rows } = await w.db.pool.query<{ reached: boolean }>(`SELECT ${condition} AS reached`);
    if (rows[0]?.reached) break;
    if (await Promise.race([over, new Promise<false>((resolve) => setTimeout(() => resolve(false), 5))]))
      throw new Error(`The import ended before it was killed (${condition}):\n${output()}`);
  }
  child.kill('SIGKILL');
  await ended;
}

describe('npm run import', () => {
  it('goes on after kill -9 wherever it was, and ends with the books of an undisturbed import', {
    timeout: 300_000,
  }, async () => {
    await killWhen('(SELECT count(*) > 5 FROM stock_movements)');
    await killWhen('EXISTS (SELECT FROM orders)');
    await killWhen("EXISTS (SELECT FROM payment_operations WHERE status = 'in_flight')");
    await killWhen("EXISTS (SELECT FROM shipments WHERE status = 'LABELLED')");
    await killWhen("EXISTS (SELECT FROM payment_operations WHERE kind = 'capture' AND status = 'succeeded')");
    await killWhen("EXISTS (SELECT FROM import_lines WHERE bucket = 'sale')");
    await killWhen("EXISTS (SELECT FROM refunds WHERE status = 'pending')");
    const last = start();
    expect(await last.ended, last.output()).toBe(0);
    expect(last.output()).toContain('explained to the last penny');

    await undisturbed.run([{ name: 'january.csv', bytes: Buffer.from(onlineRetailMonth(INVOICES)) }]);
    expect(await w.lines()).toEqual(await undisturbed.lines());
    await w.expectBooksAgree();
    const books = (world: ImportWorld) =>
      world.db.pool
        .query('SELECT kind, count(*)::int AS n, sum(amount_minor)::int AS minor FROM transfers GROUP BY 1 ORDER BY 1')
        .then(({ rows }) => rows);
    expect(await books(w)).toEqual(await books(undisturbed));
    const response = await fetch(`${w.urls.psp}/_sim/log`);
    const { data } = (await response.json()) as { data: { kind: string }[] };
    expect(data.filter(({ kind }) => kind === 'capture')).toHaveLength(INVOICES);
  });

  it('says what to do where it is told too little', async () => {
    const child = spawn(process.execPath, [CLI, '--format', 'other', 'x.csv'], {
      env: { ...process.env, DATABASE_URL: w.db.url },
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk;
    });
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(1);
    expect(said).toContain('npm run import -- --format online-retail');
  });
});
