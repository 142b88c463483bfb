import type { PermissionRow } from './permissions.ts';

/** Who sees disputes: whoever works with orders' money, and the merchant whose loss it would be. */
const READERS = {
  agent: 'all',
  fraud_analyst: 'all',
  finance: 'all',
  admin: 'all',
  merchant: 'own',
} as const satisfies PermissionRow['allow'];
const ANSWERERS = { agent: 'all', finance: 'all', admin: 'all', merchant: 'own' } as const satisfies PermissionRow['allow'];
/** Letting money go is finance's, and the merchant's whose it is. */
const ACCEPTERS = { finance: 'all', admin: 'all', merchant: 'own' } as const satisfies PermissionRow['allow'];

export const DISPUTE_PERMISSIONS = {
  'disputes.list': { allow: READERS },
  'disputes.ofOrder': { allow: READERS },
  'disputes.get': { allow: READERS },
  'disputes.file': { allow: READERS },
  'disputes.saveEvidence': { allow: ANSWERERS },
  'disputes.addFile': { allow: ANSWERERS },
  'disputes.submit': { allow: ANSWERERS },
  'disputes.accept': { allow: ACCEPTERS },
} as const satisfies Readonly<Record<string, PermissionRow>>;
