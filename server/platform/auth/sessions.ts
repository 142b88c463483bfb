import type { Role } from '../../kernel/vocabulary.ts';
import type { Queryable } from '../db.ts';
import { SESSION_SECONDS } from './session-cookie.ts';

/** Who a live session belongs to. */
export interface SessionUser {
  readonly sessionId: string;
  readonly userId: string;
  readonly role: Role;
  readonly merchantId: string | null;
  readonly customerId: string | null;
  readonly secondFactor: boolean;
  readonly lastSeenAt: Date;
}

export interface SessionRow {
  readonly id: string;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  readonly ip: string | null;
  readonly userAgent: string | null;
}

export interface NewSession {
  readonly id: string;
  readonly userId: string;
  readonly secondFactor: boolean;
  readonly ip: string | null;
  readonly userAgent: string | null;
}

/** Opens a session that ends after SESSION_SECONDS at the latest. */
export async function createSession(db: Queryable, session: NewSession, now: Date): Promise<void> {
  await db.query(
    `INSERT INTO sessions (id, user_id, created_at, last_seen_at, expires_at, second_factor_at, ip, user_agent)
     VALUES ($1, $2, $3, $3, $4, CASE WHEN $5 THEN $3::timestamptz END, $6, $7)`,
    [
      session.id,
      session.userId,
      now,
      new Date(now.getTime() + SESSION_SECONDS * 1000),
      session.secondFactor,
      session.ip,
      session.userAgent?.slice(0, 300) ?? null,
    ],
  );
}

/** The owner of a live session; null where it is unknown, expired, revoked, or its user disabled. Never cached: revoked means now. */
export async function findSession(db: Queryable, sessionId: string, now: Date): Promise<SessionUser | null> {
  const found = await db.query<SessionUser>({
    name: 'find-session',
    text: `SELECT s.id AS "sessionId", u.id AS "userId", u.role, u.merchant_id AS "merchantId", u.customer_id AS "customerId",
                  s.second_factor_at IS NOT NULL AS "secondFactor", s.last_seen_at AS "lastSeenAt"
           FROM sessions s JOIN users u ON u.id = s.user_id
           WHERE s.id = $1 AND s.revoked_at IS NULL AND s.expires_at > $2 AND u.disabled_at IS NULL`,
    values: [sessionId, now],
  });
  return found.rows[0] ?? null;
}

/** When the owner of a session signed in; null where it is unknown. */
export async function signedInAt(db: Queryable, sessionId: string): Promise<Date | null> {
  const found = await db.query<{ at: Date }>({
    name: 'signed-in-at',
    text: 'SELECT created_at AS at FROM sessions WHERE id = $1',
    values: [sessionId],
  });
  return found.rows[0]?.at ?? null;
}

/** Once a minute is often enough for a list that people read, and keeps reads from becoming writes. */
const SEEN_EVERY_MS = 60_000;

/** Notes that a session is in use. */
export async function touchSession(db: Queryable, session: SessionUser, now: Date): Promise<void> {
  if (now.getTime() - session.lastSeenAt.getTime() < SEEN_EVERY_MS) return;
  await db.query({
    name: 'touch-session',
    text: 'UPDATE sessions SET last_seen_at = $2 WHERE id = $1 AND last_seen_at < $2',
    values: [session.sessionId, now],
  });
}

/** The live sessions of a user, newest first. */
export async function listSessions(db: Queryable, userId: string, now: Date): Promise<SessionRow[]> {
  const found = await db.query<SessionRow>(
    `SELECT id, created_at AS "createdAt", last_seen_at AS "lastSeenAt", ip, user_agent AS "userAgent"
     FROM sessions WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > $2 ORDER BY last_seen_at DESC, id DESC LIMIT 100`,
    [userId, now],
  );
  return found.rows;
}

/** Every session of these users, ended ones too, with whether it is live. */
export async function sessionsOf(
  db: Queryable,
  userIds: readonly string[],
  now: Date,
): Promise<{ readonly id: string; readonly userId: string; readonly live: boolean }[]> {
  const found = await db.query<{ id: string; userId: string; live: boolean }>({
    name: 'sessions-of',
    text: `SELECT id, user_id AS "userId", revoked_at IS NULL AND expires_at > $2 AS live FROM sessions
           WHERE user_id = ANY($1::uuid[]) ORDER BY id`,
    values: [userIds, now],
  });
  return found.rows;
}

/** Ends sessions of a user at once: one, or all but `keep`. Returns the ids that were live. */
export async function revokeSessions(
  db: Queryable,
  which: { readonly userId: string; readonly only?: string; readonly keep?: string | null },
  now: Date,
): Promise<string[]> {
  const ended = await db.query<{ id: string }>(
    `UPDATE sessions SET revoked_at = $2
     WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > $2
       AND ($3::uuid IS NULL OR id = $3) AND ($4::uuid IS NULL OR id <> $4)
     RETURNING id`,
    [which.userId, now, which.only ?? null, which.keep ?? null],
  );
  return ended.rows.map((row) => row.id);
}

/** Marks that the session's user gave a second factor. */
export async function markSecondFactor(db: Queryable, sessionId: string, now: Date): Promise<void> {
  await db.query('UPDATE sessions SET second_factor_at = $2 WHERE id = $1', [sessionId, now]);
}
