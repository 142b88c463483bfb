import { z } from 'zod';
import { PURCHASE_STATUSES } from '../../domains/purchasing/rules.ts';
import type { PurchaseOrderPage, PurchaseOrderRow } from '../../views/purchase-orders.ts';
import { currency, decimal, id, time, timeOrNull, timestamp, upper, uppers, words } from './fields.ts';

/** Purchase orders as they are on the wire. */

export const day = z.iso.date().meta({ example: '2026-12-01' });
const units = z.int().min(1).max(10_000_000);
export const status = z.enum(uppers(PURCHASE_STATUSES));

export const summary = z
  .object({
    id,
    number: z.string().meta({ example: 'EU-B10001' }),
    status,
    supplier: z.string(),
    node: z.string(),
    expected_on: day.nullable(),
    ordered: z.int(),
    received: z.int(),
    open: z.int().meta({ description: 'Units that are still to come.' }),
    created_at: timestamp,
  })
  .meta({ id: 'PurchaseOrderSummary' });

const lineOut = z.object({
  id,
  sku: z.string(),
  ordered: z.int(),
  received: z.int(),
  damaged: z.int().meta({ description: 'Arrived and never on hand.' }),
  cancelled: z.int(),
  open: z.int(),
  over_allowed: z.int().meta({ description: 'Units that may arrive beyond what was ordered.' }),
  unit_cost: z.string().nullable(),
  expected_on: day.nullable().meta({ description: 'The line’s own day; the order’s where null.' }),
});

export const detail = z
  .object({
    id,
    number: z.string(),
    status,
    supplier: z.string(),
    node: z.string(),
    currency,
    expected_on: day.nullable(),
    note: z.string().nullable(),
    version: z.int(),
    created_at: timestamp,
    ordered_at: timestamp.nullable(),
    ended_at: timestamp.nullable(),
    lines: z.array(lineOut),
    receipts: z.array(
      z.object({
        id,
        at: timestamp,
        note: z.string().nullable(),
        lines: z.array(
          z.object({
            sku: z.string(),
            received: z.int(),
            damaged: z.int(),
            lot: z.string().nullable(),
            expires_on: day.nullable(),
          }),
        ),
      }),
    ),
  })
  .meta({ id: 'PurchaseOrder' });

export const written = z.object({ id, number: z.string(), status, version: z.int() }).meta({ id: 'WrittenPurchaseOrder' });

export const lineIn = z.strictObject({
  sku: words(100),
  quantity: units,
  unit_cost: decimal.nullable().optional(),
  expected_on: day.nullable().optional(),
});

export const summaryOf = (row: PurchaseOrderRow): z.infer<typeof summary> => ({
  id: row.id,
  number: row.number,
  status: upper(row.status),
  supplier: row.supplier,
  node: row.nodeCode,
  expected_on: row.expectedOn,
  ordered: Number(row.ordered),
  received: Number(row.received),
  open: Number(row.open),
  created_at: time(row.createdAt),
});

export const detailOf = (found: PurchaseOrderPage): z.infer<typeof detail> => ({
  id: found.id,
  number: found.number,
  status: upper(found.status),
  supplier: found.supplier,
  node: found.nodeCode,
  currency: found.currency,
  expected_on: found.expectedOn,
  note: found.note,
  version: Number(found.version),
  created_at: time(found.createdAt),
  ordered_at: timeOrNull(found.orderedAt),
  ended_at: timeOrNull(found.endedAt),
  lines: found.lines.map((line) => ({
    id: line.id,
    sku: line.skuCode,
    ordered: Number(line.ordered),
    received: Number(line.received),
    damaged: Number(line.damaged),
    cancelled: Number(line.cancelled),
    open: Number(line.open),
    over_allowed: Number(line.overAllowed),
    unit_cost: line.unitCost,
    expected_on: line.expectedOn,
  })),
  receipts: found.receipts.map((receipt) => ({
    id: receipt.id,
    at: time(receipt.at),
    note: receipt.note,
    lines: receipt.lines.map((line) => ({
      sku: line.skuCode,
      received: Number(line.received),
      damaged: Number(line.damaged),
      lot: line.lotCode,
      expires_on: line.expiresOn,
    })),
  })),
});
