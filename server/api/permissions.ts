import type { ApiScope, Role } from '../kernel/vocabulary.ts';

/**
 * How far an allowed caller sees.
 * all: everything, or only their merchant's where the user belongs to one. own: a merchant's user sees that merchant's records, a
 * customer their own. self: the caller's own account. token: nothing but what the secret in the input names.
 */
export type Reach = 'all' | 'own' | 'self' | 'token';

export interface PermissionRow {
  /** Who may call it. A role that is not named may not. `anyone` means signed in or not. */
  readonly allow: Readonly<Partial<Record<Role | 'anyone', Reach>>>;
  /** The scope an API key needs. Without it no API key may call, whatever its scopes. Keys reach their own merchant only. */
  readonly scope?: ApiScope;
  /** Callable by those who still owe a second factor: what they need in order to set one up, or to leave. */
  readonly beforeSecondFactor?: true;
}

const STAFF = {
  agent: 'all',
  warehouse: 'all',
  fraud_analyst: 'all',
  finance: 'all',
  admin: 'all',
} as const satisfies PermissionRow['allow'];
const EVERY_USER = {
  customer: 'self',
  merchant: 'self',
  agent: 'self',
  warehouse: 'self',
  fraud_analyst: 'self',
  finance: 'self',
  admin: 'self',
} as const satisfies PermissionRow['allow'];
const BY_TOKEN = { anyone: 'token' } as const satisfies PermissionRow['allow'];
const ADMIN = { admin: 'all' } as const satisfies PermissionRow['allow'];
const KEY_HOLDERS = { merchant: 'own', admin: 'all' } as const satisfies PermissionRow['allow'];

export const GROUPS = { STAFF, EVERY_USER, BY_TOKEN, ADMIN, KEY_HOLDERS } as const;

/**
 * The permission matrix: every procedure, and who may call it. A procedure without a row is refused to everybody and fails the
 * tests, and so does a row without a procedure. What is not yours is answered 404 by the procedure itself, through `ctx.scope`.
 */
export const PERMISSIONS = {
  // auth: the caller's own account
  'auth.me': { allow: { anyone: 'self' }, beforeSecondFactor: true },
  'auth.sessions': { allow: EVERY_USER, beforeSecondFactor: true },
  'auth.revokeSession': { allow: EVERY_USER, beforeSecondFactor: true },
  'auth.revokeOtherSessions': { allow: EVERY_USER, beforeSecondFactor: true },
  'auth.beginTotp': { allow: EVERY_USER, beforeSecondFactor: true },
  'auth.confirmTotp': { allow: EVERY_USER, beforeSecondFactor: true },
  'auth.verifyTotp': { allow: EVERY_USER, beforeSecondFactor: true },
  'auth.disableTotp': { allow: EVERY_USER },
  'auth.changeProfile': { allow: EVERY_USER },
  'auth.changePassword': { allow: EVERY_USER },
  'auth.requestReset': { allow: BY_TOKEN },
  'auth.resetPassword': { allow: BY_TOKEN },
  'auth.invitation': { allow: BY_TOKEN },
  'auth.acceptInvite': { allow: BY_TOKEN },
  'auth.setupState': { allow: BY_TOKEN },
  'auth.setUp': { allow: BY_TOKEN },

  // people: who works here
  'people.list': { allow: ADMIN },
  'people.merchants': { allow: KEY_HOLDERS },
  'people.invitations': { allow: ADMIN },
  'people.invite': { allow: ADMIN },
  'people.revokeInvitation': { allow: ADMIN },
  'people.changeRole': { allow: ADMIN },
  'people.disable': { allow: ADMIN },
  'people.enable': { allow: ADMIN },
  'people.makeResetLink': { allow: ADMIN },
  'people.apiKeys': { allow: KEY_HOLDERS },
  'people.createApiKey': { allow: KEY_HOLDERS },
  'people.revokeApiKey': { allow: KEY_HOLDERS },
} as const satisfies Record<string, PermissionRow>;

/** The row of a procedure, or undefined: then nobody may call it. */
export function permissionFor(path: string): PermissionRow | undefined {
  return Object.hasOwn(PERMISSIONS, path) ? (PERMISSIONS as Readonly<Record<string, PermissionRow>>)[path] : undefined;
}
