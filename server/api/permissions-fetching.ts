import type { PermissionRow } from './permissions.ts';

const READERS = {
  agent: 'all',
  warehouse: 'all',
  fraud_analyst: 'all',
  finance: 'all',
  admin: 'all',
  merchant: 'own',
} as const satisfies PermissionRow['allow'];
const DESK = { warehouse: 'all', admin: 'all', merchant: 'own' } as const satisfies PermissionRow['allow'];

/** Orders that customers fetch, and what partners are asked to send. */
export const FETCHING_PERMISSIONS = {
  'pickups.list': { allow: READERS },
  'pickups.counters': { allow: READERS },
  'pickups.find': { allow: READERS },
  'pickups.makeReady': { allow: DESK },
  'pickups.handOver': { allow: DESK },
  'partners.list': { allow: READERS },
} as const satisfies Record<string, PermissionRow>;
