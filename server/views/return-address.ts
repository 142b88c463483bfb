import type { Queryable } from '../platform/db.ts';

/** Where a browser goes on to when it comes back from its bank, and whose attempt it is; undefined where there is none. */
export async function returnAddress(
  db: Queryable,
  operationId: string,
): Promise<{ readonly gateway: string; readonly url: string | null } | undefined> {
  const { rows } = await db.query<{ gateway: string; url: string | null }>({
    name: 'payment-return-address',
    text: `SELECT p.provider AS gateway,
             (SELECT s.state->>'returnUrl' FROM sagas s WHERE s.order_id = o.order_id AND s.state ? 'returnUrl'
              ORDER BY s.id DESC LIMIT 1) AS url
           FROM payment_operations o JOIN payments p ON p.id = o.payment_id
           WHERE o.id = $1 AND o.kind = 'authorize'`,
    values: [operationId],
  });
  return rows[0];
}
