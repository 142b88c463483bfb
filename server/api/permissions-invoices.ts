import type { PermissionRow } from './permissions.ts';

const READERS = {
  ...{ agent: 'all', warehouse: 'all', fraud_analyst: 'all', finance: 'all', admin: 'all' },
  merchant: 'own',
} as const satisfies PermissionRow['allow'];
/** Those who follow money. */
const LISTERS = {
  ...{ agent: 'all', fraud_analyst: 'all', finance: 'all', admin: 'all' },
  merchant: 'own',
} as const satisfies PermissionRow['allow'];
const SELLERS = { admin: 'all', merchant: 'own' } as const satisfies PermissionRow['allow'];

/** The rows of invoices: who reads them, who says who sells. */
export const INVOICE_PERMISSIONS = {
  'invoices.list': { allow: LISTERS },
  'invoices.ofOrder': { allow: { ...READERS, customer: 'own' } },
  'invoices.profiles': { allow: SELLERS },
  'invoices.saveProfile': { allow: SELLERS },
  'invoices.taxReport': { allow: { merchant: 'own', finance: 'all', admin: 'all' } },
} as const satisfies Readonly<Record<string, PermissionRow>>;
