import type { PermissionRow } from './permissions.ts';

/** Who sees returns: the staff, the merchant whose they are, and the customer who sends something back. */
const READERS = {
  customer: 'own',
  agent: 'all',
  warehouse: 'all',
  fraud_analyst: 'all',
  finance: 'all',
  admin: 'all',
  merchant: 'own',
} as const satisfies PermissionRow['allow'];
const ASKERS = { customer: 'own', agent: 'all', admin: 'all', merchant: 'own' } as const satisfies PermissionRow['allow'];
const DECIDERS = { agent: 'all', admin: 'all', merchant: 'own' } as const satisfies PermissionRow['allow'];
const HANDLERS = { agent: 'all', warehouse: 'all', admin: 'all', merchant: 'own' } as const satisfies PermissionRow['allow'];
const SETTLERS = { agent: 'all', finance: 'all', admin: 'all', merchant: 'own' } as const satisfies PermissionRow['allow'];
const POLICY_READERS = {
  agent: 'all',
  warehouse: 'all',
  finance: 'all',
  admin: 'all',
  merchant: 'own',
} as const satisfies PermissionRow['allow'];

const { customer: _, ...STAFF_AND_MERCHANTS } = READERS;

export const RETURN_PERMISSIONS = {
  // Customers find theirs on their orders.
  'returns.list': { allow: STAFF_AND_MERCHANTS },
  'returns.ofOrder': { allow: READERS },
  'returns.get': { allow: READERS },
  'returns.photo': { allow: READERS },
  'returns.offer': { allow: ASKERS },
  'returns.request': { allow: ASKERS },
  'returns.addPhoto': { allow: ASKERS },
  'returns.approve': { allow: DECIDERS },
  'returns.decline': { allow: DECIDERS },
  'returns.cancel': { allow: ASKERS },
  'returns.receive': { allow: HANDLERS },
  'returns.inspect': { allow: HANDLERS },
  'returns.previewSettle': { allow: SETTLERS },
  'returns.settle': { allow: SETTLERS },
  'returns.close': { allow: SETTLERS },
  'returns.policy': { allow: POLICY_READERS },
  'returns.savePolicy': { allow: { admin: 'all', merchant: 'own' } },
} as const satisfies Readonly<Record<string, PermissionRow>>;
