import { newId } from '../../../kernel/ids.ts';
import type { Role } from '../../../kernel/vocabulary.ts';
import { hashPassword } from '../../../platform/auth/passwords.ts';
import type { ConsoleWorld } from './console-world.ts';

export const PASSWORD = 'correct horse battery';

export interface Member {
  readonly userId: string;
  readonly email: string;
  readonly password: string;
}

/** An account with this address and a password. */
export async function join(
  world: ConsoleWorld,
  email = `${newId()}@example.com`,
  role: Role = 'agent',
  password = PASSWORD,
): Promise<Member> {
  const userId = newId();
  await world.db.pool.query(
    `INSERT INTO users (id, email, email_normalized, name, role, password_hash, created_at) VALUES ($1, $2, lower($2), 'Member', $3, $4, now())`,
    [userId, email, role, await hashPassword(password)],
  );
  return { userId, email, password };
}
