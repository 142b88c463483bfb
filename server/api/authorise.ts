import { DomainError } from '../kernel/errors.ts';
import type { Role } from '../kernel/vocabulary.ts';
import type { PermissionRow, Reach } from './permissions.ts';
import type { Principal } from './principal.ts';

/**
 * Whose records a call may touch. Null means all; a view adds `WHERE merchant_id = …` for each that is not null. Procedures that
 * are not about records (self, token) get NOBODY, so that a query that forgets its own condition finds nothing.
 */
export interface Scope {
  readonly merchantId: string | null;
  readonly customerId: string | null;
}

const NIL = '00000000-0000-0000-0000-000000000000';
export const NOBODY: Scope = { merchantId: NIL, customerId: NIL };

/** Roles that handle money or people prove a second factor, everywhere but in the demo. */
export const SECOND_FACTOR_ROLES: readonly Role[] = ['finance', 'admin'];

/** Decides one call. Returns what it may touch, or throws `unauthenticated`, `forbidden` or `second_factor_required`. */
export function authorise(principal: Principal, row: PermissionRow | undefined, demo: boolean): Scope {
  if (!row) throw new DomainError('forbidden', 'Nobody may call this: the permission matrix has no row for it.');
  if (principal.kind === 'api_key') return authoriseKey(principal, row);
  const reach = principal.role === null ? undefined : row.allow[principal.role];
  if (reach === undefined || principal.role === null) {
    if (row.allow.anyone !== undefined) return scopeOf(principal, row.allow.anyone);
    throw new DomainError(principal.kind === 'anonymous' ? 'unauthenticated' : 'forbidden');
  }
  if (owesSecondFactor(principal, demo) && !row.beforeSecondFactor) throw new DomainError('second_factor_required');
  return scopeOf(principal, reach);
}

/** Whether this session must still set up or give a second factor before it may do anything else. */
export function owesSecondFactor(principal: Principal, demo: boolean): boolean {
  return !demo && !principal.secondFactor && principal.role !== null && SECOND_FACTOR_ROLES.includes(principal.role);
}

function authoriseKey(principal: Principal, row: PermissionRow): Scope {
  if (!row.scope && !row.anyKey) throw new DomainError('forbidden', 'API keys cannot call this. Sign in to the console instead.');
  if (row.scope && !principal.scopes.includes(row.scope)) {
    throw new DomainError(
      'forbidden',
      `This API key lacks the scope ${row.scope}. Make a key that has it under Settings, API keys.`,
    );
  }
  return { merchantId: principal.merchantId ?? NIL, customerId: null };
}

function scopeOf(principal: Principal, reach: Reach): Scope {
  switch (reach) {
    case 'all':
      return { merchantId: principal.merchantId, customerId: null };
    case 'own':
      return principal.role === 'customer'
        ? { merchantId: null, customerId: principal.customerId ?? NIL }
        : { merchantId: principal.merchantId ?? NIL, customerId: null };
    case 'self':
    case 'token':
      return NOBODY;
  }
}

/** A record with what decides whose it is; both names are optional, as a table has them. */
export interface Owned {
  readonly merchantId?: string | null;
  readonly customerId?: string | null;
}

/** The record, if it exists and is the caller's. Otherwise `not_found`: not yours and not there look the same. */
export function yours<T extends Owned>(scope: Scope, record: T | null | undefined): T {
  if (!record || !isYours(scope, record)) throw new DomainError('not_found');
  return record;
}

/** Whether a scope reaches a record. */
export function isYours(scope: Scope, record: Owned): boolean {
  if (scope.merchantId !== null && record.merchantId !== scope.merchantId) return false;
  return scope.customerId === null || record.customerId === scope.customerId;
}
