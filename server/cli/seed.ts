import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import type pg from 'pg';
import { createPool } from '../platform/db.ts';
import { recordDemo } from './demo.ts';
import { dataDirOf, openProject, ROOT } from './project.ts';
import { Refusal, run } from './run.ts';

/** What prisma/seed.ts exports. It can be repeated: whatever it finds made it leaves alone. */
type SeedDemo = (demo: { pool: pg.Pool; say: (line: string) => void }) => Promise<unknown>;

/** Fills a database with the demo and records it once that is complete. `npm start` runs this before the first start. */
run(async () => {
  const { values } = parseArgs({ options: { data: { type: 'string' } } });
  const file = join(ROOT, 'prisma', 'seed.ts');
  if (!existsSync(file)) throw new Refusal('There is no demo data in this version: start with --no-demo.');
  const project = await openProject(dataDirOf(values.data));
  try {
    Object.assign(process.env, { ...project.environment, ...process.env, DATABASE_URL: project.databaseUrl });
    const { seedDemo } = (await import(pathToFileURL(file).href)) as { seedDemo: SeedDemo };
    const pool = createPool({ connectionString: project.databaseUrl, max: 8, name: 'waybill-seed' });
    try {
      await seedDemo({ pool, say: (line) => console.log(`  ${line}`) });
      await recordDemo(project);
    } finally {
      await pool.end();
    }
  } finally {
    await project.close();
  }
});
