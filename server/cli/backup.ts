import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { filesOf } from './backup/manifest.ts';
import { takeBackup } from './backup/take-backup.ts';
import { isDemo } from './demo.ts';
import { dataDirOf, openProject } from './project.ts';
import { Refusal, run } from './run.ts';

/** `npm run backup [-- --data DIR] [--to FOLDER]`: a consistent copy of everything, while Waybill runs. */
run(async () => {
  const { values } = parseArgs({ options: { data: { type: 'string' }, to: { type: 'string' } } });
  const dataDir = dataDirOf(values.data);
  if (!process.env.DATABASE_URL && !existsSync(join(dataDir, 'secrets.json')))
    throw new Refusal(`There is no database in ${dataDir}: name its folder with --data DIR, or set DATABASE_URL.`);
  const folder = values.to ? resolve(values.to) : join(dataDir, 'backups', new Date().toISOString().replaceAll(/[:.]/g, '-'));
  const startedAt = performance.now();
  const project = await openProject(dataDir);
  try {
    const dataKey = process.env.WAYBILL_DATA_KEY ?? project.environment.WAYBILL_DATA_KEY;
    const { ownerUrl } = project;
    const manifest = await takeBackup({ ownerUrl, dataDir, dataKey, demo: await isDemo(project) }, folder);
    const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
    const megabytes = filesOf(manifest).reduce((sum, { bytes }) => sum + bytes, 0) / 1e6;
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
    console.log(`${rows} rows as of ${manifest.takenAt} in ${folder} (${megabytes.toFixed(1)} MB, ${seconds} s)`);
    if (!manifest.others.some(({ path }) => path === 'secrets.json'))
      console.log('The secrets of your environment are not in it: keep WAYBILL_SECRET and WAYBILL_DATA_KEY elsewhere.');
  } finally {
    await project.close();
  }
});
