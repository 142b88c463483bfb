import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '../../prisma/migrate.ts';
import { attachEmbeddedPostgres, removeEmbeddedPostgres, stopEmbeddedPostgres } from '../platform/embedded-postgres.ts';

/** Runs `work` on a migrated database that exists for it alone. */
export async function withScratchDatabase<T>(work: (database: { ownerUrl: string }) => Promise<T>): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'waybill-scratch-'));
  try {
    const { adminUrl } = await attachEmbeddedPostgres({ dir, password: 'scratch', settings: { shared_buffers: '32MB' } });
    await migrate({ ownerUrl: adminUrl, appPassword: 'scratch' });
    return await work({ ownerUrl: adminUrl });
  } finally {
    await stopEmbeddedPostgres(dir);
    removeEmbeddedPostgres(dir);
  }
}
