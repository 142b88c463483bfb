import type { PermissionRow } from './permissions.ts';

/** Who changes orders for their customers: whoever looks after them. */
const CARERS = { agent: 'all', admin: 'all', merchant: 'own' } as const satisfies PermissionRow['allow'];

export const EDIT_PERMISSIONS = {
  'edits.preview': { allow: CARERS },
  'edits.edit': { allow: CARERS },
  'edits.withdraw': { allow: CARERS },
  'edits.ofOrder': { allow: CARERS },
  'edits.deliveries': { allow: CARERS },
} as const satisfies Readonly<Record<string, PermissionRow>>;
