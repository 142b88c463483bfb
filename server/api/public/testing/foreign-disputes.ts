import type pg from 'pg';
import { newId } from '../../../kernel/ids.ts';

interface Call {
  readonly path: (north: { readonly order: string }) => string;
  readonly body?: () => unknown;
}

const NIL = '00000000-0000-7000-8000-000000000000';
const AT = '/disputes/EU-D99999';

/** Ways to name what is North's where disputes are read and answered. */
export const FOREIGN_DISPUTES = {
  'v1.disputes.list': [{ path: (n) => `/disputes?order=${n.order}` }],
  'v1.disputes.get': [{ path: () => AT }],
  'v1.disputes.evidence': [{ path: () => `${AT}/evidence`, body: () => ({ statement: 'It arrived' }) }],
  'v1.disputes.submit': [{ path: () => `${AT}/submit`, body: () => ({ evidence: { statement: 'It arrived' } }) }],
  'v1.disputes.accept': [{ path: () => `${AT}/accept`, body: () => ({ reason: 'Lost' }) }],
  'v1.refunds.redirect': [
    { path: (n) => `/orders/${n.order}/refunds/${NIL}/legs/${NIL}/redirect`, body: () => ({ to: 'ORIGINAL' }) },
  ],
} as const satisfies Readonly<Record<string, readonly Call[]>>;

/** The dispute that they name. */
export async function addDispute(pool: pg.Pool, merchantId: string, orderId: string): Promise<void> {
  await pool.query(
    `INSERT INTO disputes (id, number, home, merchant_id, order_id, payment_id, provider, provider_ref, status, reason, currency, amount_minor, taken_minor,
       fee_minor, fee_back_minor, set_off_minor, evidence, opened_at, said_at, version)
     VALUES ($1, 'EU-D99999', 'EU', $2, $3, $4, 'card', 'dp_99999', 'inquiry', 'fraudulent', 'EUR', 100, 0, 0, 0, 0, '{}', now(), now(), 1)`,
    [newId(), merchantId, orderId, newId()],
  );
}
