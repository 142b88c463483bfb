import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inTurn } from '../platform/turn.ts';
import { ROOT } from './project.ts';
import { Refusal } from './run.ts';
import type { Supervisor } from './supervisor.ts';

const SOURCES = ['app', 'components', 'public', 'server'];
const SETTINGS = ['next.config.js', 'next.config.ts', 'postcss.config.cjs', 'package-lock.json', 'tsconfig.json'];

/** Changes with anything a build of the console can contain. */
function sourcesHash(): string {
  const hash = createHash('sha256');
  const add = (path: string) =>
    hash
      .update(path)
      .update('\0')
      .update(readFileSync(join(ROOT, path)))
      .update('\0');
  for (const folder of SOURCES.filter((name) => existsSync(join(ROOT, name)))) {
    const paths = readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1));
    for (const path of paths.filter((path) => !/^server\/(cli|simulators)\//.test(path)).sort()) add(path);
  }
  for (const path of SETTINGS.filter((name) => existsSync(join(ROOT, name)))) add(path);
  return hash.digest('hex');
}

/** Builds the console unless the last build is of the same sources. Two starters do not build at once. */
export async function buildConsole(supervisor: Supervisor, env: NodeJS.ProcessEnv, logsDir: string): Promise<'built' | 'kept'> {
  const folder = join(ROOT, env.WAYBILL_NEXT_DIR ?? '.next');
  const stamp = join(folder, 'waybill-sources');
  const upToDate = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === sourcesHash();
  if (upToDate()) return 'kept';
  mkdirSync(folder, { recursive: true });
  return inTurn(`${folder}-turn`, async () => {
    const wanted = sourcesHash();
    if (upToDate()) return 'kept';
    const part = {
      name: 'build',
      args: [join(ROOT, 'node_modules', 'next', 'dist', 'bin', 'next'), 'build'],
      env: { ...env, NEXT_TELEMETRY_DISABLED: '1' },
    };
    if ((await supervisor.once(part, 'log')) !== 0) {
      throw new Refusal(`The console could not be built. What Next.js said is in ${join(logsDir, 'build.log')}`);
    }
    writeFileSync(stamp, wanted);
    return 'built';
  });
}
