import { encode } from 'next-auth/jwt';
import { newId } from '../../kernel/ids.ts';
import type { Role } from '../../kernel/vocabulary.ts';
import { sessionCookieName } from '../../platform/auth/session-cookie.ts';
import { createSession } from '../../platform/auth/sessions.ts';
import type { Queryable } from '../../platform/db.ts';

export interface Belonging {
  readonly merchantId?: string;
  readonly customerId?: string;
}

/** A Cookie header of a new user with this role, at an installation of that origin and secret. */
export async function signIn(
  db: Queryable,
  { origin, secret }: { readonly origin: string; readonly secret: string },
  role: Role,
  { merchantId, customerId }: Belonging = {},
): Promise<string> {
  const now = new Date();
  const userId = newId();
  const sessionId = newId();
  const email = `${userId}@example.com`;
  await db.query(
    `INSERT INTO users (id, email, email_normalized, name, role, merchant_id, customer_id, created_at)
     VALUES ($1, $2, $2, 'Test', $3, $4, $5, $6)`,
    [userId, email, role, merchantId ?? null, customerId ?? null, now],
  );
  await createSession(db, { id: sessionId, userId, ip: null, userAgent: null, secondFactor: true }, now);
  return `${sessionCookieName(origin)}=${await encode({ token: { sessionId }, secret })}`;
}
