import { BOOK_READERS, ORDER_READERS, type PermissionRow } from './permissions.ts';

/** Who may take what away as a file: addresses of their own as well (server/api/exports.ts). */
export const EXPORT_PERMISSIONS = {
  'general-ledger': { allow: BOOK_READERS },
  'tax-report': { allow: BOOK_READERS },
  'stock-levels': { allow: ORDER_READERS },
  'count-sheet': { allow: ORDER_READERS },
  'purchase-orders': { allow: ORDER_READERS },
  'purchase-receipt': { allow: ORDER_READERS },
} as const satisfies Record<string, PermissionRow>;
export type ExportKind = keyof typeof EXPORT_PERMISSIONS;
