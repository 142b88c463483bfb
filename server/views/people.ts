import { DomainError } from '../kernel/errors.ts';
import type { ApiScope, Role } from '../kernel/vocabulary.ts';
import { hashSecret } from '../platform/auth/secrets.ts';
import { listSessions } from '../platform/auth/sessions.ts';
import type { Queryable } from '../platform/db.ts';
import type { Scope } from './scope.ts';

export interface Account {
  readonly userId: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly merchantId: string | null;
  readonly merchantName: string | null;
  readonly customerId: string | null;
  readonly locale: string;
  readonly timeZone: string;
  readonly totpEnabledAt: Date | null;
}

/** A user's own account. */
export async function readAccount(db: Queryable, userId: string): Promise<Account> {
  const found = await db.query<Account>({
    name: 'read-account',
    text: `SELECT u.id AS "userId", u.email, u.name, u.role, u.merchant_id AS "merchantId", m.name AS "merchantName",
                  u.customer_id AS "customerId", u.locale, u.time_zone AS "timeZone", u.totp_enabled_at AS "totpEnabledAt"
           FROM users u LEFT JOIN merchants m ON m.id = u.merchant_id WHERE u.id = $1`,
    values: [userId],
  });
  const account = found.rows[0];
  if (!account) throw new DomainError('not_found');
  return account;
}

/** A user's live sessions; `current` marks the one that asks. */
export async function listOwnSessions(db: Queryable, userId: string, currentId: string | null, now: Date) {
  const sessions = await listSessions(db, userId, now);
  return sessions.map((session) => ({ ...session, current: session.id === currentId }));
}

export interface UserRow {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly merchantId: string | null;
  readonly merchantName: string | null;
  readonly totpEnabled: boolean;
  readonly disabledAt: Date | null;
  readonly lastSeenAt: Date | null;
  readonly createdAt: Date;
}

const PAGE = 50;

/** Users by id, `PAGE` at a time; `q` matches the beginning of a word of the name, or the address. */
export async function listUsers(db: Queryable, scope: Scope, page: { q: string; after: string | null }) {
  const found = await db.query<UserRow>(
    `SELECT u.id, u.email, u.name, u.role, u.merchant_id AS "merchantId", m.name AS "merchantName",
            u.totp_enabled_at IS NOT NULL AS "totpEnabled", u.disabled_at AS "disabledAt", u.created_at AS "createdAt",
            (SELECT max(s.last_seen_at) FROM sessions s WHERE s.user_id = u.id) AS "lastSeenAt"
     FROM users u LEFT JOIN merchants m ON m.id = u.merchant_id
     WHERE ($1::uuid IS NULL OR u.merchant_id = $1)
       AND ($2 = '' OR u.name ILIKE '%' || $2 || '%' OR u.email_normalized LIKE '%' || lower($2) || '%')
       AND ($3::uuid IS NULL OR u.id > $3)
     ORDER BY u.id LIMIT ${PAGE + 1}`,
    [scope.merchantId, page.q.replace(/[\\%_]/g, '\\$&'), page.after],
  );
  const users = found.rows.slice(0, PAGE);
  return { users, next: found.rows.length > PAGE ? (users.at(-1)?.id ?? null) : null };
}

/** Open invitations, newest first. */
export async function listInvitations(db: Queryable, now: Date) {
  const found = await db.query<{
    id: string;
    email: string;
    role: Role;
    merchantId: string | null;
    merchantName: string | null;
    createdAt: Date;
    expiresAt: Date;
  }>(
    `SELECT t.id, t.email, t.role, t.merchant_id AS "merchantId", m.name AS "merchantName", t.created_at AS "createdAt",
            t.expires_at AS "expiresAt"
     FROM user_tokens t LEFT JOIN merchants m ON m.id = t.merchant_id
     WHERE t.kind = 'invite' AND t.used_at IS NULL AND t.expires_at > $1 ORDER BY t.created_at DESC, t.id DESC LIMIT 200`,
    [now],
  );
  return found.rows;
}

/** Whom a link is for. Throws `not_found` where it was used, has expired or never was. */
export async function findLink(db: Queryable, kind: 'invite' | 'setup', token: string, now: Date) {
  const found = await db.query<{ email: string | null; role: Role | null; expiresAt: Date }>(
    `SELECT email, role, expires_at AS "expiresAt" FROM user_tokens
     WHERE token_hash = $1 AND kind = $2 AND used_at IS NULL AND expires_at > $3`,
    [hashSecret(token), kind, now],
  );
  const link = found.rows[0];
  if (!link) throw new DomainError('not_found', 'This link was used already or has expired. Ask for a new one.');
  return link;
}

/** The merchants that are in reach. */
export async function listMerchants(db: Queryable, scope: Scope) {
  const found = await db.query<{ id: string; name: string; slug: string; currency: string; country: string }>(
    'SELECT id, name, slug, currency, country FROM merchants WHERE ($1::uuid IS NULL OR id = $1) ORDER BY name LIMIT 500',
    [scope.merchantId],
  );
  return found.rows;
}

/** API keys of the merchants in reach, newest first; the keys themselves are not known. */
export async function listApiKeys(db: Queryable, scope: Scope) {
  const found = await db.query<{
    id: string;
    merchantId: string;
    merchantName: string;
    name: string;
    mode: 'test' | 'live';
    prefix: string;
    scopes: ApiScope[];
    createdAt: Date;
    lastUsedAt: Date | null;
    revokedAt: Date | null;
  }>(
    `SELECT k.id, k.merchant_id AS "merchantId", m.name AS "merchantName", k.name, k.mode, k.prefix, k.scopes,
            k.created_at AS "createdAt", k.last_used_at AS "lastUsedAt", k.revoked_at AS "revokedAt"
     FROM api_keys k JOIN merchants m ON m.id = k.merchant_id
     WHERE ($1::uuid IS NULL OR k.merchant_id = $1) ORDER BY k.created_at DESC, k.id DESC LIMIT 500`,
    [scope.merchantId],
  );
  return found.rows;
}
