import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anyPort } from '../cli/ports.ts';
import { attachEmbeddedPostgres, removeEmbeddedPostgres, stopEmbeddedPostgres } from '../platform/embedded-postgres.ts';
import { postgresUser } from '../platform/postgres-binaries.ts';

/** A PostgreSQL server of its own, reached by its address only: what an operator's would be. */
export interface OtherPostgres {
  /** The owner's address of an empty database. */
  readonly url: string;
  stop(): Promise<void>;
}

const DEBIAN = '/usr/lib/postgresql';

/** The oldest PostgreSQL that Debian's packages installed here, if any: `apt-get install postgresql-15`. */
export function installedPostgres(): string | undefined {
  if (!existsSync(DEBIAN)) return undefined;
  const versions = readdirSync(DEBIAN).filter(
    (version) => Number(version) >= 15 && existsSync(join(DEBIAN, version, 'bin/initdb')),
  );
  return versions.sort((a, b) => Number(a) - Number(b))[0];
}

/** Starts a server of that version, or a second embedded one. */
export async function otherPostgres(version: string | undefined): Promise<OtherPostgres> {
  const dir = mkdtempSync(join(tmpdir(), 'waybill-other-'));
  if (version === undefined) {
    const { adminUrl } = await attachEmbeddedPostgres({ dir, password: 'throw-away', settings: { shared_buffers: '64MB' } });
    return {
      url: adminUrl,
      stop: async () => {
        await stopEmbeddedPostgres(dir);
        removeEmbeddedPostgres(dir);
      },
    };
  }
  const user = postgresUser();
  const as = user ? { uid: user.uid, gid: user.gid } : {};
  if (user) chownSync(dir, user.uid, user.gid);
  const data = join(dir, 'data');
  const run = (program: string, ...args: string[]): void => {
    const done = spawnSync(join(DEBIAN, version, 'bin', program), args, { ...as, cwd: '/', encoding: 'utf8', stdio: 'ignore' });
    if (done.status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${done.status ?? done.error?.message}`);
  };
  run('initdb', '-D', data, '-U', 'waybill_owner', '--auth=trust', '--encoding=UTF8', '--locale=C.UTF-8');
  const port = await anyPort();
  const settings = `-c listen_addresses=127.0.0.1 -c unix_socket_directories= -c port=${port} -c shared_buffers=64MB`;
  run('pg_ctl', '-D', data, '-l', join(dir, 'log'), '-w', '-o', settings, 'start');
  return {
    url: `postgresql://waybill_owner@127.0.0.1:${port}/postgres`,
    stop: async () => {
      run('pg_ctl', '-D', data, '-m', 'immediate', 'stop');
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
