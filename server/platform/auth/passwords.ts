import { hash, verify } from '@node-rs/argon2';

/**
 * argon2id with OWASP's first recommendation (Password Storage Cheat Sheet): 19 MiB, two passes, one lane. About 50 ms of one core
 * here. The parameters are part of each hash, so raising them leaves old hashes readable.
 */
/** argon2id; the package's own enum cannot be named under type stripping. */
const ARGON2ID = 2;
const PARAMETERS = { algorithm: ARGON2ID, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Hashes a password; the result carries its own salt and parameters. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, PARAMETERS);
}

let decoy: Promise<string> | undefined;

/**
 * Whether the password is right. Where there is no hash it compares with a decoy and says no, so that an unknown e-mail takes as
 * long as a wrong password.
 */
export async function verifyPassword(passwordHash: string | null, password: string): Promise<boolean> {
  decoy ??= hashPassword('no account has this password');
  const matches = await verify(passwordHash ?? (await decoy), password);
  return matches && passwordHash !== null;
}
