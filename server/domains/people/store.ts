import type { Tx } from '../../platform/db.ts';
import { insertRows, type TableSpec, updateRows } from '../../platform/rows.ts';
import type { ApiKey, TokenKind, User, UserToken } from './rules.ts';

const USERS: TableSpec = {
  table: 'users',
  columns: {
    id: 'uuid',
    email: 'text',
    email_normalized: 'text',
    name: 'text',
    role: 'text',
    merchant_id: 'uuid',
    customer_id: 'uuid',
    password_hash: 'text',
    totp_secret: 'text',
    totp_enabled_at: 'timestamptz',
    totp_last_step: 'int8',
    email_verified_at: 'timestamptz',
    locale: 'text',
    time_zone: 'text',
    disabled_at: 'timestamptz',
    version: 'int8',
    created_at: 'timestamptz',
  },
};
const MERCHANTS: TableSpec = {
  table: 'merchants',
  columns: { id: 'uuid', home: 'text', slug: 'text', name: 'text', currency: 'text', country: 'text', created_at: 'timestamptz' },
};

const USER_COLUMNS = `id, email, email_normalized AS "emailNormalized", name, role, merchant_id AS "merchantId", customer_id AS "customerId",
  password_hash AS "passwordHash", totp_secret AS "totpSecret", totp_enabled_at AS "totpEnabledAt", totp_last_step AS "totpLastStep",
  locale, time_zone AS "timeZone", disabled_at AS "disabledAt", version`;
const TOKEN_COLUMNS = `id, encode(token_hash, 'hex') AS "hash", kind, user_id AS "userId", email, role, merchant_id AS "merchantId",
  expires_at AS "expiresAt", used_at AS "usedAt"`;

/** Makes those who would create the same e-mail address or slug wait for one another: a row that is not there cannot be locked. */
export async function lockNames(tx: Tx, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  await tx.query(
    `SELECT pg_advisory_xact_lock(hashtextextended(n, 1)) FROM (SELECT n FROM unnest($1::text[]) AS u(n) ORDER BY n) AS sorted`,
    [[...new Set(names)]],
  );
}

export interface UserWants {
  readonly ids: readonly string[];
  readonly emails: readonly string[];
  readonly admins: boolean;
}

/** Locks users in the order of their ids. */
export async function lockUsers(tx: Tx, wants: UserWants): Promise<User[]> {
  const found = await tx.query<User>(
    `SELECT ${USER_COLUMNS} FROM users
     WHERE id = ANY($1::uuid[]) OR email_normalized = ANY($2::text[]) OR ($3 AND role = 'admin' AND disabled_at IS NULL)
     ORDER BY id FOR NO KEY UPDATE`,
    [wants.ids, wants.emails, wants.admins],
  );
  return found.rows;
}

/** Whom links are for; not locked. */
export async function readTokenSubjects(
  tx: Tx,
  hashes: readonly string[],
): Promise<{ userId: string | null; email: string | null }[]> {
  if (hashes.length === 0) return [];
  const found = await tx.query<{ userId: string | null; email: string | null }>(
    `SELECT user_id AS "userId", email FROM user_tokens WHERE token_hash IN (SELECT decode(h, 'hex') FROM unnest($1::text[]) AS u(h))`,
    [hashes],
  );
  return found.rows;
}

/** Locks tokens by the hex of their hash, or by id. */
export async function lockTokens(
  tx: Tx,
  hashes: readonly string[],
  ids: readonly string[],
): Promise<(UserToken & { hash: string })[]> {
  if (hashes.length + ids.length === 0) return [];
  const found = await tx.query<UserToken & { hash: string }>(
    `SELECT ${TOKEN_COLUMNS} FROM user_tokens
     WHERE token_hash IN (SELECT decode(h, 'hex') FROM unnest($1::text[]) AS u(h)) OR id = ANY($2::uuid[])
     ORDER BY id FOR NO KEY UPDATE`,
    [hashes, ids],
  );
  return found.rows;
}

/** Locks API keys in the order of their ids. */
export async function lockApiKeys(tx: Tx, ids: readonly string[]): Promise<ApiKey[]> {
  if (ids.length === 0) return [];
  const found = await tx.query<ApiKey>(
    `SELECT id, merchant_id AS "merchantId", name, mode, scopes, revoked_at AS "revokedAt"
     FROM api_keys WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE`,
    [ids],
  );
  return found.rows;
}

/** Which of these merchants exist. */
export async function knownMerchants(
  tx: Tx,
  ids: readonly string[],
  slugs: readonly string[],
): Promise<{ id: string; slug: string }[]> {
  if (ids.length + slugs.length === 0) return [];
  const found = await tx.query<{ id: string; slug: string }>(
    'SELECT id, slug FROM merchants WHERE id = ANY($1::uuid[]) OR slug = ANY($2::text[])',
    [ids, slugs],
  );
  return found.rows;
}

function userRow(user: User): Record<string, unknown> {
  return {
    id: user.id,
    email: user.email,
    email_normalized: user.emailNormalized,
    name: user.name,
    role: user.role,
    merchant_id: user.merchantId,
    customer_id: user.customerId,
    password_hash: user.passwordHash,
    totp_secret: user.totpSecret,
    totp_enabled_at: user.totpEnabledAt,
    totp_last_step: user.totpLastStep,
    locale: user.locale,
    time_zone: user.timeZone,
    disabled_at: user.disabledAt,
    version: user.version,
  };
}

export async function insertUsers(tx: Tx, users: readonly User[], now: Date): Promise<void> {
  await insertRows(
    tx,
    USERS,
    users.map((user) => ({ ...userRow(user), email_verified_at: now, created_at: now })),
  );
}

const USER_CHANGES = [
  'name',
  'role',
  'merchant_id',
  'password_hash',
  'totp_secret',
  'totp_enabled_at',
  'totp_last_step',
  'locale',
  'time_zone',
  'disabled_at',
  'version',
];

export async function updateUsers(tx: Tx, users: readonly User[]): Promise<void> {
  await updateRows(tx, USERS, ['id'], USER_CHANGES, users.map(userRow));
}

export interface NewToken {
  readonly id: string;
  readonly kind: TokenKind;
  readonly hash: string;
  readonly userId: string | null;
  readonly email: string | null;
  readonly role: string | null;
  readonly merchantId: string | null;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export async function insertTokens(tx: Tx, tokens: readonly NewToken[]): Promise<void> {
  for (const token of tokens) {
    await tx.query(
      `INSERT INTO user_tokens (id, kind, token_hash, user_id, email, role, merchant_id, created_by, created_at, expires_at)
       VALUES ($1, $2, decode($3, 'hex'), $4, $5, $6, $7, $8, $9, $10)`,
      [
        token.id,
        token.kind,
        token.hash,
        token.userId,
        token.email,
        token.role,
        token.merchantId,
        token.createdBy,
        token.createdAt,
        token.expiresAt,
      ],
    );
  }
}

/** Uses tokens up. */
export async function useTokens(tx: Tx, ids: readonly string[], now: Date): Promise<void> {
  if (ids.length === 0) return;
  await tx.query('UPDATE user_tokens SET used_at = $2 WHERE id = ANY($1::uuid[]) AND used_at IS NULL', [ids, now]);
}

/** Uses up every open token of a kind of these users: a new link replaces the old ones. */
export async function useTokensOfUsers(tx: Tx, kind: TokenKind, userIds: readonly string[], now: Date): Promise<void> {
  if (userIds.length === 0) return;
  await tx.query('UPDATE user_tokens SET used_at = $3 WHERE kind = $1 AND user_id = ANY($2::uuid[]) AND used_at IS NULL', [
    kind,
    userIds,
    now,
  ]);
}

export interface NewApiKey extends ApiKey {
  readonly prefix: string;
  readonly hash: Buffer;
  readonly createdBy: string;
  readonly createdAt: Date;
}

export async function insertApiKeys(tx: Tx, keys: readonly NewApiKey[]): Promise<void> {
  for (const key of keys) {
    await tx.query(
      `INSERT INTO api_keys (id, merchant_id, name, mode, prefix, key_hash, scopes, created_by, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [key.id, key.merchantId, key.name, key.mode, key.prefix, key.hash, key.scopes, key.createdBy, key.createdAt],
    );
  }
}

export async function revokeApiKeys(tx: Tx, ids: readonly string[], now: Date): Promise<void> {
  if (ids.length === 0) return;
  await tx.query('UPDATE api_keys SET revoked_at = $2 WHERE id = ANY($1::uuid[]) AND revoked_at IS NULL', [ids, now]);
}

export interface NewMerchant {
  readonly id: string;
  readonly home: string;
  readonly slug: string;
  readonly name: string;
  readonly currency: string;
  readonly country: string;
  readonly createdAt: Date;
}

export async function insertMerchants(tx: Tx, merchants: readonly NewMerchant[]): Promise<void> {
  await insertRows(
    tx,
    MERCHANTS,
    merchants.map(({ createdAt, ...merchant }) => ({ ...merchant, created_at: createdAt })),
  );
  if (merchants.length === 0) return;
  const homes = [...new Set(merchants.map((merchant) => merchant.home))];
  await tx.query('INSERT INTO home_owner (home, region) SELECT h, h FROM unnest($1::text[]) AS u(h) ON CONFLICT DO NOTHING', [
    homes,
  ]);
}
