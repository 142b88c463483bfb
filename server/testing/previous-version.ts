import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { introspect } from '../../prisma/introspect.ts';
import { type Migration, readMigrations } from '../../prisma/migrate.ts';

/** The sources of the version before the last change of the schema, from the clone's own history. */
export interface PreviousVersion {
  readonly commit: string;
  /** Its folder `server`. */
  readonly sources: string;
  readonly migrations: readonly Migration[];
  /** Its Prisma client, for the schema that its migrations made. */
  generateClient(ownerUrl: string): Promise<void>;
  remove(): void;
}

const ROOT = join(import.meta.dirname, '../..');
const git = (...args: string[]): string =>
  execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();

/** Its commit: the one before the newest that brought a migration. Undefined outside a clone that remembers it. */
export function previousCommit(): string | undefined {
  try {
    const brought = git('log', '-1', '--first-parent', '-m', '--diff-filter=A', '--format=%H', '--', 'prisma/migrations');
    return brought === '' ? undefined : git('rev-parse', '--verify', '--short', `${brought}^1`);
  } catch {
    return undefined;
  }
}

/** Unpacks it beside a link to the packages of this version. */
export function previousVersion(commit: string): PreviousVersion {
  const dir = mkdtempSync(join(tmpdir(), 'waybill-previous-'));
  execFileSync('/bin/sh', ['-c', 'git archive "$1" server jobs prisma package.json | tar -x -C "$2"', 'sh', commit, dir], {
    cwd: ROOT,
  });
  symlinkSync(join(ROOT, 'node_modules'), join(dir, 'node_modules'));
  const had = (name: string): boolean => existsSync(join(dir, 'prisma/migrations', name));
  return {
    commit,
    sources: join(dir, 'server'),
    migrations: readMigrations().filter(({ name }) => had(name)),
    generateClient: async (ownerUrl) => {
      const schema = join(dir, 'prisma/schema.prisma');
      writeFileSync(schema, await introspect(ownerUrl));
      const prisma = join(ROOT, 'node_modules/prisma/build/index.js');
      const env = { PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, PRISMA_HIDE_UPDATE_MESSAGE: '1', CHECKPOINT_DISABLE: '1' };
      execFileSync(process.execPath, [prisma, 'generate', '--schema', schema], {
        cwd: dir,
        stdio: 'pipe',
        env: { ...process.env, ...env },
      });
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}
