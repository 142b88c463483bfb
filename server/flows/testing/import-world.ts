import { createCarriers } from '../../domains/fulfilment/provider.ts';
import { createPaymentProviders } from '../../domains/payments/provider.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/test-database.ts';
import { startCarrierSimulator } from '../../simulators/carrier/server.ts';
import { startPspSimulator } from '../../simulators/psp/server.ts';
import { checkIntegrity } from '../../views/integrity.ts';
import { createFlows, type Flows } from '../flows.ts';
import { type ImportReport, importOnlineRetail } from '../import/online-retail.ts';
import type { SourceFile } from '../import/read-files.ts';
import { openShop } from '../import/shop.ts';
import { createOwnClock } from '../own-clock.ts';

/** An empty house that an import can move into: a database, the simulators over HTTP, flows that drive their own sagas. */
export interface ImportWorld {
  readonly db: TestDatabase;
  readonly flows: Flows;
  readonly urls: { readonly psp: string; readonly carrier: string };
  readonly secrets: typeof SECRETS;
  run(files: readonly SourceFile[]): Promise<ImportReport>;
  /** What every line became, without the ids that differ from run to run. */
  lines(): Promise<Record<string, unknown>[]>;
  expectBooksAgree(): Promise<void>;
  close(): Promise<void>;
}

const SECRETS = { webhookSecret: 'whsec_test_0123456789abcdef', secretKey: 'sk_test_0123456789abcdef', apiKey: 'carrier_test' };

export async function importWorld(): Promise<ImportWorld> {
  const db = await createTestDatabase();
  const psp = await startPspSimulator({ port: 0, ...SECRETS });
  const carrier = await startCarrierSimulator({ port: 0, ...SECRETS });
  const outside = {
    payments: createPaymentProviders({ card: { url: psp.url, ...SECRETS, multicapture: true } }),
    carriers: createCarriers({ parcel: { url: carrier.url, ...SECRETS } }),
  };
  const time = createOwnClock();
  const flows = createFlows({ pool: db.pool, home: 'EU', outside, clock: time.clock, drivesSagas: true });
  return {
    db,
    flows,
    urls: { psp: psp.url, carrier: carrier.url },
    secrets: SECRETS,
    async run(files) {
      const now = new Date();
      const shop = await openShop(db.pool, 'EU', undefined, now);
      return importOnlineRetail({ pool: db.pool, home: 'EU', flows, time }, shop, files, now);
    },
    async lines() {
      const { rows } = await db.pool.query(
        `SELECT file, line, bucket, invoice, sku_code, quantity::int, source_amount::float8 AS source, ledger_minor::int AS ledger, price_variance::float8 AS variance,
                rounding::float8, unmatched::float8, reason, (order_id IS NOT NULL) AS ordered
         FROM import_lines ORDER BY file, line`,
      );
      return rows;
    },
    async expectBooksAgree() {
      const { report } = await checkIntegrity(db.pool, { full: true, now: new Date() });
      const broken = report.invariants.filter((finding) => finding.state === 'violated');
      if (broken.length > 0) throw new Error(`The books do not agree: ${JSON.stringify(broken, null, 2)}`);
    },
    async close() {
      await flows.idle();
      for (const provider of [...outside.payments.values(), ...outside.carriers.values()]) provider.close();
      await Promise.all([psp.close(), carrier.close()]);
      await db.drop();
    },
  };
}
