import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ImportWorld, importWorld } from '../testing/import-world.ts';

// The month of a real shop: UCI Online Retail (Daqing Chen, CC BY 4.0). It is not part of the repository.
const DATA = '../shared/data/uci-online-retail/dev';
const files = globSync(`${DATA}/2010-12-*.csv`).sort();
if (!existsSync(DATA)) console.warn(`Skipped: the Online Retail files are not at ${DATA}.`);

describe.skipIf(files.length === 0)('December 2010 of the Online Retail shop', () => {
  let w: ImportWorld;
  beforeAll(async () => {
    w = await importWorld();
  });
  afterAll(() => w.close());

  it('travels the road of every order, and the books agree to the penny', { timeout: 600_000 }, async () => {
    const report = await w.run(files.map((path) => ({ name: basename(path), bytes: readFileSync(path) })));
    const of = (...buckets: string[]) => report.buckets.filter(({ bucket }) => buckets.includes(bucket));
    const count = (...buckets: string[]) => of(...buckets).reduce((sum, { lines }) => sum + lines, 0);
    expect(report.linesRead).toBe(42_481);
    expect(of('sale')).toMatchObject([{ lines: 41_480, orders: 1_559, ledgerMinor: 82_374_614n }]);
    expect(count('refund', 'refund_partial', 'refund_unmatched')).toBe(728);
    expect(count('refund')).toBeGreaterThanOrEqual(295);
    expect(count('adjustment')).toBe(70);
    expect(count('reject')).toBe(203);
    expect(report.buckets.reduce((sum, { source }) => sum + Math.round(Number(source) * 1e6), 0)).toBe(748_957_020_000);
    expect(report.ledger.salesMinor).toBe(82_374_614n);
    expect(-report.ledger.refundsMinor).toBe(
      of('refund', 'refund_partial').reduce((sum, { ledgerMinor }) => sum + ledgerMinor, 0n),
    );
    const orders = await w.db.pool.query('SELECT status, count(*)::int AS n FROM orders GROUP BY 1 ORDER BY 1');
    expect(orders.rows.reduce((sum, { n }) => sum + n, 0)).toBe(1_559);
    expect(orders.rows.map(({ status }) => status)).toEqual(['FULFILLED', 'REFUNDED']);
    await w.expectBooksAgree();
  });
});
