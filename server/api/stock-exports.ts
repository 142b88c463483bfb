import { z } from 'zod';
import { PURCHASE_STATUSES } from '../domains/purchasing/rules.ts';
import { DomainError } from '../kernel/errors.ts';
import { countCsv, levelsCsv, purchasesCsv, receiptCsv } from '../views/stock-files.ts';
import { yours } from './authorise.ts';
import type { ExportKind } from './export-permissions.ts';
import type { Export } from './exports.ts';

const q = z.string().max(200).optional();
const number = z.string().min(1).max(60);
const levels = z.object({ merchant: z.uuid(), q, node: z.uuid().optional() });
const purchases = z.object({ q, status: z.array(z.enum(PURCHASE_STATUSES)).optional(), node: z.uuid().optional() });

/** What an address asks for, or a sentence about what is wrong with it. */
function read<T>(shape: z.ZodType<T>, query: URLSearchParams, lists: readonly string[] = []): T {
  const said = Object.fromEntries(
    [...new Set(query.keys())].map((name) => [name, lists.includes(name) ? query.getAll(name) : query.get(name)]),
  );
  const found = shape.safeParse(said);
  if (found.success) return found.data;
  const [issue] = found.error.issues;
  const field = issue?.path.join('.') ?? '';
  throw new DomainError('invalid_request', `${field}: ${issue?.message ?? 'cannot be read'}`, { field });
}

/** Files of stock work, each for whom its list is. */
export const STOCK_EXPORTS = {
  'stock-levels': {
    prepare(query, scope) {
      const { merchant, node, ...filter } = read(levels, query);
      yours(scope, { merchantId: merchant });
      const wanted = { ...filter, merchantId: merchant, nodeId: node };
      return { name: 'stock-levels.csv', pieces: (tx) => levelsCsv(tx, scope, wanted) };
    },
  },
  'count-sheet': {
    prepare(query, scope) {
      const wanted = read(z.object({ number }), query).number;
      return { name: `count-${safe(wanted)}.csv`, pieces: (tx) => countCsv(tx, scope, wanted) };
    },
  },
  'purchase-orders': {
    prepare(query, scope) {
      const { node, ...filter } = read(purchases, query, ['status']);
      return { name: 'purchase-orders.csv', pieces: (tx) => purchasesCsv(tx, scope, { ...filter, nodeId: node }) };
    },
  },
  'purchase-receipt': {
    prepare(query, scope) {
      const wanted = read(z.object({ number }), query).number;
      return { name: `receipt-${safe(wanted)}.csv`, pieces: (tx) => receiptCsv(tx, scope, wanted) };
    },
  },
} as const satisfies Readonly<Partial<Record<ExportKind, Export>>>;

/** A number goes into a header: nothing else may. */
const safe = (text: string): string => text.replaceAll(/[^A-Za-z0-9-]/g, '');
