import type { Tx } from '../../platform/db.ts';
import { insertRows, type TableSpec } from '../../platform/rows.ts';
import type { Notice } from './rules.ts';

const NOTIFICATIONS: TableSpec = {
  table: 'notifications',
  columns: {
    id: 'uuid',
    kind: 'text',
    event_id: 'uuid',
    order_id: 'uuid',
    customer_id: 'uuid',
    merchant_id: 'uuid',
    recipient: 'text',
    locale: 'text',
    data: 'jsonb',
    status: 'text',
    created_at: 'timestamptz',
  },
};

/** Writes notices; one that its event caused before is left as it is. */
export async function insertNotices(tx: Tx, notices: readonly Notice[]): Promise<number> {
  const rows = notices.map((n) => ({
    id: n.id,
    kind: n.kind,
    event_id: n.eventId,
    order_id: n.orderId,
    customer_id: n.customerId,
    merchant_id: n.merchantId,
    recipient: n.recipient,
    locale: n.locale,
    data: n.data,
    status: n.recipient === null ? 'suppressed' : 'queued',
    created_at: n.createdAt,
  }));
  return insertRows(tx, NOTIFICATIONS, rows, 'ON CONFLICT (event_id, kind) DO NOTHING');
}

/** Whom an order is about, and in which language they are written to. */
export async function readRecipients(
  tx: Tx,
  orderIds: readonly string[],
): Promise<Map<string, { email: string | null; customerId: string | null; locale: string }>> {
  const { rows } = await tx.query<{ id: string; email: string | null; customerId: string | null; locale: string }>({
    name: 'notifications-recipients',
    text: `SELECT o.id, coalesce(o.email, c.email) AS email, o.customer_id AS "customerId", coalesce(c.locale, 'en') AS locale
           FROM orders o LEFT JOIN customers c ON c.id = o.customer_id WHERE o.id = ANY($1::uuid[])`,
    values: [orderIds],
  });
  return new Map(rows.map(({ id, ...rest }) => [id, rest]));
}
