import { DomainError } from '../../kernel/errors.ts';
import type { ApiScope, Role } from '../../kernel/vocabulary.ts';

export type TokenKind = 'invite' | 'reset' | 'setup';

/** A person who signs in. */
export interface User {
  readonly id: string;
  readonly email: string;
  readonly emailNormalized: string;
  readonly name: string;
  readonly role: Role;
  readonly merchantId: string | null;
  readonly customerId: string | null;
  readonly passwordHash: string | null;
  readonly totpSecret: string | null;
  readonly totpEnabledAt: Date | null;
  readonly totpLastStep: bigint | null;
  readonly locale: string;
  readonly timeZone: string;
  readonly disabledAt: Date | null;
  readonly version: bigint;
}

/** The right to do one thing once, held by whoever has the link. */
export interface UserToken {
  readonly id: string;
  readonly kind: TokenKind;
  readonly userId: string | null;
  readonly email: string | null;
  readonly role: Role | null;
  readonly merchantId: string | null;
  readonly expiresAt: Date;
  readonly usedAt: Date | null;
}

export interface ApiKey {
  readonly id: string;
  readonly merchantId: string;
  readonly name: string;
  readonly mode: 'test' | 'live';
  readonly scopes: readonly ApiScope[];
  readonly revokedAt: Date | null;
}

const HOUR_MS = 3_600_000;

/** How long a link may be used. */
export const TOKEN_HOURS: Readonly<Record<TokenKind, number>> = { invite: 7 * 24, reset: 1, setup: 24 };

/** When a token of a kind that is made now stops working. */
export function tokenExpiry(kind: TokenKind, now: Date): Date {
  return new Date(now.getTime() + TOKEN_HOURS[kind] * HOUR_MS);
}

/** A token that may be used now. Unknown, used, expired and of another kind are told apart for nobody. */
export function usableToken(token: UserToken | undefined, kind: TokenKind, now: Date): UserToken {
  if (!token || token.kind !== kind || token.usedAt !== null || token.expiresAt <= now) {
    throw new DomainError('not_found', 'This link was used already or has expired. Ask for a new one.');
  }
  return token;
}

/** A merchant's user works for one; an administrator for none, since what they do reaches everybody. */
export function checkMerchant(role: Role, merchantId: string | null): void {
  if (role === 'merchant' && merchantId === null) throw new DomainError('invalid_request', 'Name the merchant they work for.');
  if (role === 'admin' && merchantId !== null) {
    throw new DomainError('invalid_request', 'An administrator belongs to no merchant. Leave the merchant empty.');
  }
}

/** Whether one user may change another's role or access, or why not. `admins` are the administrators who can sign in. */
export function mayManage(actorUserId: string, user: User, admins: readonly string[]): string | null {
  if (user.id === actorUserId) return 'Somebody else has to change your own access.';
  if (admins.length === 1 && admins[0] === user.id) return 'This is the last administrator. Make somebody else one first.';
  return null;
}

/** What a new role makes of a user. Customers stay customers: their role comes from their orders, not from a list. */
export function withRole(user: User, role: Role, merchantId: string | null): User {
  if (user.role === 'customer')
    throw new DomainError('state_refuses', 'A customer account cannot become a staff account. Invite them instead.');
  checkMerchant(role, merchantId);
  return { ...user, role, merchantId };
}

/** A code counts once: its time step must be later than the last accepted one. `step` is null for a wrong code. */
export function withTotpStep(user: User, step: bigint | null): User {
  if (step === null || (user.totpLastStep !== null && step <= user.totpLastStep)) {
    throw new DomainError('invalid_request', 'This code is wrong or was used already. Wait for the next one and enter it.');
  }
  return { ...user, totpLastStep: step };
}

/** What the audit log shows of a user. */
export function userFacts(user: User): Record<string, unknown> {
  return {
    email: user.email,
    name: user.name,
    role: user.role,
    merchantId: user.merchantId,
    secondFactor: user.totpEnabledAt !== null,
    disabled: user.disabledAt !== null,
    locale: user.locale,
    timeZone: user.timeZone,
  };
}

/** What the audit log may say of an API key: never its secret. */
export function apiKeyFacts(key: ApiKey): Record<string, unknown> {
  return { name: key.name, mode: key.mode, scopes: key.scopes, revoked: key.revokedAt !== null };
}
