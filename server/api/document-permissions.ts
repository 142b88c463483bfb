import { BOOK_READERS, ORDER_READERS, type PermissionRow } from './permissions.ts';

/** Who may print what: documents are addresses of their own, not procedures (server/api/documents.ts). API keys read JSON. */
export const DOCUMENT_PERMISSIONS = {
  orders: { allow: { ...ORDER_READERS, customer: 'own' } },
  invoices: { allow: { ...ORDER_READERS, customer: 'own' } },
  'packing-slips': { allow: ORDER_READERS },
  'pick-lists': { allow: ORDER_READERS },
  'count-sheets': { allow: ORDER_READERS },
  manifests: { allow: ORDER_READERS },
  proofs: { allow: ORDER_READERS },
  /** Of ledger accounts: a customer's own wallet, a merchant's own accounts. */
  statements: { allow: { ...BOOK_READERS, customer: 'own' } },
} as const satisfies Record<string, PermissionRow>;
export type DocumentKind = keyof typeof DOCUMENT_PERMISSIONS;
