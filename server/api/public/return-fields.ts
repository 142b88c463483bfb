import { z } from 'zod';
import { id, words } from './fields.ts';

/** What operations on returns share. */
export const TAG = 'Returns';
export const one = words(60).meta({ description: 'The id or the number of a return.', example: 'EU-A10001' });
export const exchange = z
  .array(z.strictObject({ line_id: id, sku: words(100), quantity: z.int().min(1).max(1_000_000) }))
  .max(200);

export const changed = z.object({ id, number: z.string(), order_id: id, status: z.string() });
export const changedOf = (done: { id: string; number: string; orderId: string; status: string }) => ({
  id: done.id,
  number: done.number,
  order_id: done.orderId,
  status: done.status,
});
