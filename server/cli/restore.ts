import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Manifest, readManifest, verifyFiles } from './backup/manifest.ts';
import { checkMigrations, demandEmptyDatabase, restoreBackup } from './backup/restore-backup.ts';
import { dataKeyMark } from './backup/take-backup.ts';
import { recordDemo } from './demo.ts';
import { dataDirOf, externalOwnerUrl, openProject } from './project.ts';
import { Refusal, run } from './run.ts';

/** `npm run restore -- --from FOLDER [--data DIR]`: a backup into an empty database. It looks at everything before it touches anything. */
run(async () => {
  const { values } = parseArgs({ options: { data: { type: 'string' }, from: { type: 'string' } } });
  if (!values.from) throw new Refusal('Name the backup: npm run restore -- --from FOLDER [--data DIR]');
  const folder = resolve(values.from);
  const dataDir = dataDirOf(values.data);
  const startedAt = performance.now();
  const manifest = readManifest(folder);
  checkMigrations(manifest);
  await verifyFiles(folder, manifest);
  // The embedded database is opened with the backup's own secrets; another one must be empty before any are put beside it.
  const external = await externalOwnerUrl();
  if (external) await demandEmptyDatabase(external, manifest);
  copyBack(folder, manifest, dataDir);
  const project = await openProject(dataDir);
  try {
    const dataKey = process.env.WAYBILL_DATA_KEY ?? project.environment.WAYBILL_DATA_KEY;
    await restoreBackup(project, folder, manifest);
    if (manifest.demo) await recordDemo(project);
    const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
    console.log(`${rows} rows restored, as they were at ${manifest.takenAt} (${seconds} s). Now look at them: npm run oracle`);
    if (manifest.dataKey && dataKey && dataKeyMark(dataKey) !== manifest.dataKey)
      console.log('! WAYBILL_DATA_KEY is not the one of the backup: second factors cannot be read with it.');
  } finally {
    await project.close();
  }
});

/** Secrets and simulators go back to where they were, unless they are there. Refuses secrets that would not open what is restored. */
function copyBack(folder: string, { others }: Manifest, dataDir: string): void {
  for (const { file, path } of others) {
    const to = join(dataDir, path);
    if (!existsSync(to)) {
      mkdirSync(dirname(to), { recursive: true, mode: 0o711 });
      copyFileSync(join(folder, file), to);
    } else if (path === 'secrets.json' && !readFileSync(to).equals(readFileSync(join(folder, file))))
      throw new Refusal(`${dataDir} belongs to another database: name a new folder with --data DIR, or move that one away.`);
  }
}
