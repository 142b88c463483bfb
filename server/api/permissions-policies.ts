import type { PermissionRow } from './permissions.ts';

const READERS = {
  ...{ agent: 'all', warehouse: 'all', finance: 'all', admin: 'all' },
  merchant: 'own',
} as const satisfies PermissionRow['allow'];

/** The rows of policies: who reads them, and whose word they are. */
export const POLICY_PERMISSIONS = {
  'policies.merchants': { allow: READERS },
  'policies.get': { allow: READERS },
  'policies.save': { allow: { admin: 'all', merchant: 'own' } },
} as const satisfies Readonly<Record<string, PermissionRow>>;
