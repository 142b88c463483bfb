import { spawn, spawnSync } from 'node:child_process';
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { type KeeperOrder, liveAttachments, processIsAlive } from './embedded-postgres-keeper.ts';
import { type PostgresBinaries, postgresBinaries, postgresUser, type RunAs, reachableFolder } from './postgres-binaries.ts';

/**
 * A real PostgreSQL inside a folder, shared by every process that attaches to that folder: the first one starts the server,
 * the last one that detaches (or dies) ends it. Durability settings stay at PostgreSQL's defaults.
 */
export const OWNER = 'waybill_owner';
const READY_WITHIN_MS = 60_000;
const STOPPED_WITHIN_MS = 30_000;
const LOG_KEPT_BYTES = 10_000_000;
const WRONG_PASSWORD = '28P01';

export interface EmbeddedPostgres {
  /** Connects as the owner to the maintenance database `postgres`. */
  readonly adminUrl: string;
  /** Where the cluster really lies. */
  readonly clusterDir: string;
  /** The same server, another database, as the owner. */
  urlOf(database: string): string;
  /** Lets go of the server and ends it unless somebody else is attached. */
  detach(): Promise<void>;
}

export interface AttachOptions {
  readonly dir: string;
  /** The owner's password: chosen when the cluster is made, needed ever after. */
  readonly password: string;
  readonly settings?: Readonly<Record<string, string>>;
}

interface Layout {
  readonly user: RunAs | undefined;
  readonly base: string;
  readonly clusterDir: string;
  readonly attachedDir: string;
  readonly logFile: string;
}

function layoutOf(dir: string): Layout {
  const user = postgresUser();
  const base = reachableFolder(dir, user);
  return {
    user,
    base,
    clusterDir: join(base, 'postgres'),
    attachedDir: join(base, 'attached'),
    logFile: join(base, 'postgres.log'),
  };
}

/** Keeps the server of `dir` alive for as long as the process `pid` lives, even before there is a server. */
export function attachProcess(dir: string, pid: number = process.pid): void {
  const { attachedDir } = layoutOf(dir);
  mkdirSync(attachedDir, { recursive: true });
  writeFileSync(join(attachedDir, String(pid)), '');
}

/** Uses the running server of `dir`, or makes and starts it. Throws a sentence with the end of the server's log if it does not start. */
export async function attachEmbeddedPostgres(options: AttachOptions): Promise<EmbeddedPostgres> {
  const layout = layoutOf(options.dir);
  attachProcess(options.dir);
  const deadline = Date.now() + READY_WITHIN_MS;
  let keeper: ReturnType<typeof spawn> | undefined;
  let lastError: unknown;
  while (Date.now() < deadline) {
    const running = runningPostmaster(layout.clusterDir);
    if (running) {
      const found = await tryConnect(running.port, options.password);
      if (found === 'ready') {
        attachProcess(options.dir);
        return handleOf(layout, running.port, options.password);
      }
      lastError = found;
      if (found instanceof pg.DatabaseError && found.code === WRONG_PASSWORD) break;
    } else if (!keeper || keeper.exitCode !== null) {
      if (keeper?.exitCode) break;
      const binaries = postgresBinaries(layout.user);
      ensureCluster(layout, binaries, options.password);
      keeper = startKeeper(layout, binaries, await freePort(layout), options.settings ?? {});
    }
    await sleep(40);
  }
  const log = existsSync(layout.logFile) ? readFileSync(layout.logFile, 'utf8').trim().split('\n').slice(-5).join(' | ') : '';
  const reason = lastError instanceof Error ? lastError.message : 'it ended at once';
  throw new Error(`The embedded PostgreSQL in ${layout.clusterDir} did not start: ${reason}. Its log ends: ${log}`);
}

function handleOf(layout: Layout, port: number, password: string): EmbeddedPostgres {
  const urlOf = (database: string) => `postgresql://${OWNER}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
  return { adminUrl: urlOf('postgres'), clusterDir: layout.clusterDir, urlOf, detach: () => detach(layout) };
}

async function detach(layout: Layout): Promise<void> {
  rmSync(join(layout.attachedDir, String(process.pid)), { force: true });
  if (liveAttachments(layout.attachedDir).length > 0) return;
  const running = runningPostmaster(layout.clusterDir);
  if (running) await endProcess(running.pid);
}

/** Ends the server of `dir` whoever is attached. */
export async function stopEmbeddedPostgres(dir: string): Promise<void> {
  const running = runningPostmaster(layoutOf(dir).clusterDir);
  if (running) await endProcess(running.pid);
}

/** Removes the cluster of `dir`, which must be stopped, wherever it lies. */
export function removeEmbeddedPostgres(dir: string): void {
  const { base } = layoutOf(dir);
  rmSync(base, { recursive: true, force: true });
  rmSync(dir, { recursive: true, force: true });
}

async function endProcess(pid: number): Promise<void> {
  const deadline = Date.now() + STOPPED_WITHIN_MS;
  try {
    process.kill(pid, 'SIGINT'); // a fast shutdown: ends sessions, loses nothing
    while (processIsAlive(pid) && Date.now() < deadline) await sleep(20);
    if (processIsAlive(pid)) process.kill(pid, 'SIGQUIT');
  } catch {
    // it ended by itself meanwhile
  }
}

/** The live postmaster of a cluster by its lock file. A lock file left by a killed server counts as none and is removed. */
function runningPostmaster(clusterDir: string): { pid: number; port: number } | undefined {
  const file = join(clusterDir, 'postmaster.pid');
  let lines: string[];
  try {
    lines = readFileSync(file, 'utf8').split('\n');
  } catch {
    return undefined;
  }
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!pid) return undefined;
  if (processIsAlive(pid) && looksLikePostgres(pid)) return port ? { pid, port } : undefined;
  rmSync(file, { force: true });
  return undefined;
}

/** After a reboot another program may have the number of the dead postmaster. Where /proc is absent the answer is yes. */
function looksLikePostgres(pid: number): boolean {
  if (!existsSync('/proc/self/comm')) return true;
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'postgres';
  } catch {
    return false;
  }
}

async function tryConnect(port: number, password: string): Promise<'ready' | Error> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: OWNER,
    password,
    database: 'postgres',
    connectionTimeoutMillis: 3_000,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    return 'ready';
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    await client.end().catch(() => {});
  }
}

/** Makes the cluster beside its place and moves it there, so that a half-made one is never used and two makers do not meet. */
function ensureCluster(layout: Layout, binaries: PostgresBinaries, password: string): void {
  if (existsSync(join(layout.clusterDir, 'PG_VERSION'))) return;
  const { user } = layout;
  const as = user ? { uid: user.uid, gid: user.gid } : {};
  const making = mkdtempSync(join(layout.base, 'postgres-new-'));
  const secretDir = mkdtempSync(join(tmpdir(), 'waybill-'));
  const passwordFile = join(secretDir, 'password');
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (user) for (const path of [making, secretDir, passwordFile]) chownSync(path, user.uid, user.gid);
  const made = spawnSync(
    binaries.initdb,
    [
      ...['-D', making, '-U', OWNER, '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--encoding=UTF8'],
      ...['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-instructions'],
    ],
    { ...as, cwd: '/', encoding: 'utf8', env: { ...process.env, TZ: 'UTC' } },
  );
  rmSync(secretDir, { recursive: true, force: true });
  if (made.status !== 0) {
    rmSync(making, { recursive: true, force: true });
    const reason = made.error?.message ?? (made.stderr.trim().split('\n').slice(-3).join(' ') || `exit code ${made.status}`);
    throw new Error(`The database folder ${layout.clusterDir} could not be made: ${reason}`);
  }
  try {
    renameSync(making, layout.clusterDir);
  } catch {
    rmSync(making, { recursive: true, force: true }); // another process was first
  }
}

/** The port this cluster had last time if it is free, else any free one: addresses stay the same over restarts. */
async function freePort(layout: Layout): Promise<number> {
  const file = join(layout.base, 'postgres.port');
  const previous = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  const port = (previous && (await probe(previous))) || (await probe(0));
  writeFileSync(file, String(port));
  return port;
}

function probe(port: number): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(0));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

function startKeeper(layout: Layout, binaries: PostgresBinaries, port: number, settings: Readonly<Record<string, string>>) {
  for (const name of readdirSync(layout.attachedDir)) {
    if (!liveAttachments(layout.attachedDir).includes(Number(name))) rmSync(join(layout.attachedDir, name), { force: true });
  }
  if (existsSync(layout.logFile) && statSync(layout.logFile).size > LOG_KEPT_BYTES) rmSync(layout.logFile);
  const log = openSync(layout.logFile, 'a', 0o600);
  const all: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    port: String(port),
    max_connections: '200',
    shared_buffers: '256MB',
    max_wal_size: '2GB',
    timezone: 'UTC',
    log_min_messages: 'warning',
    ...settings,
  };
  const order: KeeperOrder = {
    postgres: binaries.postgres,
    args: ['-D', layout.clusterDir, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    attachedDir: layout.attachedDir,
    ...(layout.user ? { uid: layout.user.uid, gid: layout.user.gid } : {}),
  };
  const keeper = spawn(process.execPath, [KEEPER, JSON.stringify(order)], {
    cwd: '/',
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, TZ: 'UTC', WAYBILL_KEEPER: '1' },
  });
  keeper.unref();
  return keeper;
}

const KEEPER = fileURLToPath(new URL('./embedded-postgres-keeper.ts', import.meta.url));
