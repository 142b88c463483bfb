import type pg from 'pg';
import { newId } from '../../../kernel/ids.ts';

interface Named {
  readonly order: string;
  readonly line: string;
}
interface Call {
  readonly path: (north: Named) => string;
  readonly body?: (north: Named) => unknown;
}

const PHOTO = '00000000-0000-7000-8000-0000000000f0';

/** Ways to name what is North's where returns are asked for, answered and settled. */
export const FOREIGN_RETURNS = {
  'v1.returns.list': [],
  'v1.returns.get': [{ path: () => '/returns/EU-A99999' }],
  'v1.returns.offer': [{ path: (n) => `/orders/${n.order}/returnable` }],
  'v1.returns.request': [
    {
      path: (n) => `/orders/${n.order}/returns`,
      body: (n) => ({ lines: [{ line_id: n.line, quantity: 1, reason: 'damaged' }] }),
    },
  ],
  'v1.returns.approve': [{ path: () => '/returns/EU-A99999/approve', body: () => ({}) }],
  'v1.returns.decline': [{ path: () => '/returns/EU-A99999/decline', body: () => ({ reason: 'Worn' }) }],
  'v1.returns.receive': [{ path: () => '/returns/EU-A99999/receive', body: () => ({ node: 'MAIN' }) }],
  'v1.returns.inspect': [
    {
      path: () => '/returns/EU-A99999/inspect',
      body: (n) => ({ lines: [{ line_id: n.line, quantity: 1, verdict: 'accept' }] }),
    },
  ],
  'v1.returns.addPhoto': [
    { path: () => '/returns/EU-A99999/photos', body: () => ({ content_type: 'image/jpeg', data: '/9j/4AABAgM=' }) },
  ],
  'v1.returns.photos': [{ path: () => '/returns/EU-A99999/photos' }],
  'v1.returns.photo': [{ path: () => `/return-photos/${PHOTO}` }],
  'v1.returns.cancel': [{ path: () => '/returns/EU-A99999/cancel', body: () => ({}) }],
  'v1.returns.close': [{ path: () => '/returns/EU-A99999/close', body: () => ({}) }],
  'v1.returns.previewSettle': [{ path: () => '/returns/EU-A99999/settle/preview', body: () => ({}) }],
  'v1.returns.settle': [{ path: () => '/returns/EU-A99999/settle', body: () => ({}) }],
} as const satisfies Readonly<Record<string, readonly Call[]>>;

/** The return that they name, with its photo. */
export async function addReturn(pool: pg.Pool, merchantId: string, orderId: string): Promise<void> {
  const returnId = newId();
  await pool.query(
    `INSERT INTO returns (id, number, home, merchant_id, order_id, status, wants, policy_version, terms, requested_by, requested_at, currency, version, trace_id)
     VALUES ($1, 'EU-A99999', 'EU', $2, $3, 'requested', 'refund', 0, '{"labelFeeMinor": 0, "finalSale": []}', 'system:test', now(), 'EUR', 1, 't')`,
    [returnId, merchantId, orderId],
  );
  await pool.query(
    `INSERT INTO return_photos (id, return_id, order_id, content_type, bytes, added_by, added_at)
     VALUES ($1, $2, $3, 'image/jpeg', '\\xffd8ff', 'system:test', now())`,
    [PHOTO, returnId, orderId],
  );
}
