import { createHash, createHmac, randomBytes } from 'node:crypto';
import { accessSync, constants, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { appUrl } from '../../prisma/migrate.ts';
import { attachEmbeddedPostgres, stopEmbeddedPostgres } from '../platform/embedded-postgres.ts';
import { Refusal } from './run.ts';

/** The folder of the clone. */
export const ROOT = resolve(import.meta.dirname, '..', '..');
const DATABASE = 'waybill';

/** What `npm start` makes up for a demo, once, and keeps in the data folder (mode 600). */
interface Secrets {
  readonly databasePassword: string;
  readonly appPassword: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** A database to work on, embedded or the operator's, with the environment its processes need. */
export interface Project {
  readonly dataDir: string;
  readonly embedded: boolean;
  /** May change the schema. */
  readonly ownerUrl: string;
  /** May not: what the application runs as. */
  readonly databaseUrl: string;
  readonly appPassword: string;
  /** Secrets for server/platform/env.ts that the environment does not give. */
  readonly environment: Readonly<Record<string, string>>;
  /** Lets go of the embedded server and ends it unless another process uses it. */
  close(): Promise<void>;
}

/** `--data DIR`, or .waybill in the clone. */
export function dataDirOf(given: string | undefined): string {
  return given ? resolve(given) : join(ROOT, '.waybill');
}

/** Opens the data folder and its database, starting the embedded server if nobody has. Refuses with a sentence. */
export async function openProject(dataDir: string): Promise<Project> {
  const production = process.env.NODE_ENV === 'production';
  if (production) demandRealSecrets();
  const given = process.env.DATABASE_URL;
  if (given) return external(dataDir, given, production);

  const secrets = openSecrets(dataDir);
  let server: Awaited<ReturnType<typeof attachEmbeddedPostgres>>;
  try {
    server = await attachEmbeddedPostgres({ dir: dataDir, password: secrets.databasePassword });
  } catch (error) {
    throw new Refusal(error instanceof Error ? error.message : String(error));
  }
  await createDatabase(server.adminUrl);
  const ownerUrl = server.urlOf(DATABASE);
  return {
    dataDir,
    embedded: true,
    ownerUrl,
    databaseUrl: appUrl(ownerUrl, secrets.appPassword),
    appPassword: secrets.appPassword,
    environment: secrets.environment,
    close: () => server.detach(),
  };
}

/** Ends the embedded server of a data folder, whoever uses it. */
export function stopDatabase(dataDir: string): Promise<void> {
  return stopEmbeddedPostgres(dataDir);
}

const PRODUCTION_NEEDS = [
  'DATABASE_URL',
  'WAYBILL_SECRET',
  'WAYBILL_DATA_KEY',
  'WAYBILL_ORIGIN',
  'PSP_URL',
  'PSP_SECRET_KEY',
  'PSP_WEBHOOK_SECRET',
  'CARRIER_URL',
  'CARRIER_API_KEY',
  'CARRIER_WEBHOOK_SECRET',
];

function demandRealSecrets(): void {
  const missing = PRODUCTION_NEEDS.filter((name) => !process.env[name]);
  if (missing.length > 0) {
    throw new Refusal(
      `NODE_ENV=production makes nothing up: set ${missing.join(', ')} (docs/environment.md), or leave NODE_ENV out for a demo.`,
    );
  }
}

/**
 * DATABASE_URL alone is the owner's address, and the application's role gets a password derived from WAYBILL_SECRET. With
 * DATABASE_OWNER_URL beside it, DATABASE_URL is the application's own.
 */
async function external(dataDir: string, given: string, production: boolean): Promise<Project> {
  const ownerUrl = process.env.DATABASE_OWNER_URL ?? given;
  await checkAddress(ownerUrl);
  const environment: Readonly<Record<string, string>> = production ? {} : openSecrets(dataDir).environment;
  const secret = process.env.WAYBILL_SECRET ?? environment.WAYBILL_SECRET ?? '';
  const separate = process.env.DATABASE_OWNER_URL !== undefined;
  const appPassword = separate
    ? decodeURIComponent(new URL(given).password)
    : createHmac('sha256', secret).update('waybill_app').digest('base64url');
  return {
    dataDir,
    embedded: false,
    ownerUrl,
    databaseUrl: separate ? given : appUrl(ownerUrl, appPassword),
    appPassword,
    environment,
    close: async () => {},
  };
}

/** The owner's address of the operator's database, if there is one: what is to be known of it before anything is written beside it. */
export async function externalOwnerUrl(): Promise<string | undefined> {
  const ownerUrl = process.env.DATABASE_URL && (process.env.DATABASE_OWNER_URL ?? process.env.DATABASE_URL);
  if (ownerUrl) await checkAddress(ownerUrl);
  return ownerUrl || undefined;
}

/** Refuses an address that cannot be used, in words that never show its password. */
async function checkAddress(address: string): Promise<void> {
  let url: URL;
  try {
    url = new URL(address);
    if (!/^postgres(ql)?:$/.test(url.protocol)) throw new Error();
  } catch {
    throw new Refusal(
      'DATABASE_URL is not an address like postgres://user:password@host:5432/database. Correct it, or unset it.',
    );
  }
  const client = new pg.Client({ connectionString: address, connectionTimeoutMillis: 10_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ number: string; version: string }>(
      `SELECT current_setting('server_version_num') AS number, current_setting('server_version') AS version`,
    );
    if (Number(rows[0]?.number) < 150_000) {
      throw new Refusal(`PostgreSQL ${rows[0]?.version} at ${url.host} is too old: Waybill needs version 15 or newer.`);
    }
  } catch (error) {
    if (error instanceof Refusal) throw error;
    const reason = error instanceof Error ? error.message || ('code' in error ? String(error.code) : error.name) : String(error);
    throw new Refusal(`The database at ${url.host}${url.pathname} does not answer (${reason}). Check DATABASE_URL, or unset it.`);
  } finally {
    await client.end().catch(() => {});
  }
}

function openSecrets(dataDir: string): Secrets {
  const file = join(dataDir, 'secrets.json');
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o711 });
    accessSync(dataDir, constants.W_OK);
    writeFileSync(file, JSON.stringify(makeSecrets(), null, 2), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'EEXIST') {
      throw new Refusal(`The data folder ${dataDir} cannot be written (${code}). Choose another with --data DIR.`);
    }
  }
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Secrets;
  } catch {
    throw new Refusal(`${file} cannot be read. It belongs to the database beside it: restore it, or choose another --data DIR.`);
  }
}

function makeSecrets(): Secrets {
  const token = (bytes: number) => randomBytes(bytes).toString('base64url');
  return {
    databasePassword: token(24),
    appPassword: token(24),
    environment: {
      WAYBILL_SECRET: token(48),
      WAYBILL_DATA_KEY: randomBytes(32).toString('base64'),
      PSP_SECRET_KEY: `sk_test_${token(18).replace(/[-_]/g, '0')}`,
      PSP_WEBHOOK_SECRET: `whsec_${token(24)}`,
      CARRIER_API_KEY: `carrier_test_${token(18)}`,
      CARRIER_WEBHOOK_SECRET: `whsec_${token(24)}`,
      BANK_API_KEY: `bank_test_${token(18)}`,
      BANK_WEBHOOK_SECRET: `whsec_${token(24)}`,
      THIRD_PARTY_API_KEY: `third_party_test_${token(18)}`,
      THIRD_PARTY_WEBHOOK_SECRET: `whsec_${token(24)}`,
      DROP_SHIPPER_API_KEY: `drop_shipper_test_${token(18)}`,
      DROP_SHIPPER_WEBHOOK_SECRET: `whsec_${token(24)}`,
      MARKETPLACE_SECRET: `whsec_${token(24)}`,
      ADYEN_API_KEY: `adyen_test_${token(18)}`,
      ADYEN_HMAC_KEY: randomBytes(32).toString('hex').toUpperCase(),
      ADYEN_WEBHOOK_PASSWORD: token(18),
    },
  };
}

async function createDatabase(adminUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
    if (!rowCount) await client.query(`CREATE DATABASE ${DATABASE}`);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || !['42P04', '23505'].includes(error.code ?? '')) throw error; // made meanwhile
  } finally {
    await client.end();
  }
}

/** SHA-256 of a text, hex. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
