import { Secret, TOTP } from 'otpauth';

const PERIOD_SECONDS = 30;
/** One step either side: phones' clocks differ by some seconds. */
const WINDOW_STEPS = 1;
const ISSUER = 'Waybill';

/** A new authenticator secret in base32 (160 bits, RFC 4226 §4). */
export function newTotpSecret(): string {
  return new Secret({ size: 20 }).base32;
}

/** The otpauth:// address that authenticator apps read from a QR code. */
export function totpAddress(secret: string, account: string): string {
  return totp(secret, account).toString();
}

/**
 * The time step (RFC 6238) that a six-digit code belongs to, or null where it is wrong. The caller keeps the last step it accepted
 * and refuses this one where it is not later: a code counts once.
 */
export function totpStep(secret: string, code: string, now: Date): bigint | null {
  if (!/^\d{6}$/.test(code)) return null;
  const delta = totp(secret, '').validate({ token: code, timestamp: now.getTime(), window: WINDOW_STEPS });
  return delta === null ? null : BigInt(Math.floor(now.getTime() / 1000 / PERIOD_SECONDS) + delta);
}

/** The code of a moment: for tests and for people who script their own sign-in. */
export function totpCode(secret: string, now: Date): string {
  return totp(secret, '').generate({ timestamp: now.getTime() });
}

function totp(secret: string, account: string): TOTP {
  return new TOTP({ issuer: ISSUER, label: account, secret: Secret.fromBase32(secret), digits: 6, period: PERIOD_SECONDS });
}
