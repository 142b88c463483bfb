import type { ClaimStatus, ShipmentStatus } from '../kernel/vocabulary.ts';
import type { Queryable } from '../platform/db.ts';
import { Conditions } from './conditions.ts';
import { keysetPage, type PageRequest } from './keyset.ts';
import type { Page } from './pages.ts';
import type { Scope } from './scope.ts';

/** A shipment with a parcel in trouble about which something is still to be decided. */
export interface ExceptionRow {
  readonly id: string;
  readonly number: string;
  readonly status: ShipmentStatus;
  readonly orderNumber: string;
  readonly customerName: string | null;
  readonly merchantName: string;
  readonly nodeCode: string | null;
  readonly trackingNumber: string | null;
  readonly createdAt: Date;
  readonly valueMinor: bigint;
  readonly currency: string;
  /** The last word of the carrier. */
  readonly detail: string | null;
  readonly claimNumber: string | null;
  readonly claimStatus: ClaimStatus | null;
}

const TROUBLE = `s.status IN ('EXCEPTION', 'LOST', 'DAMAGED', 'RETURNING', 'RETURNED')`;

/** What people have to look at, newest first: until somebody says that nothing more is to be done. */
export function listExceptions(db: Queryable, scope: Scope, request: PageRequest): Promise<Page<ExceptionRow>> {
  const where = new Conditions().scope(scope, 's', 'o.customer_id').plain(TROUBLE).plain('s.settled_at IS NULL');
  return keysetPage(
    db,
    {
      label: 'exceptions-list',
      columns: `s.id, s.number, s.status, o.number AS "orderNumber", o.customer_name AS "customerName", m.name AS "merchantName", n.code AS "nodeCode",
        s.tracking_number AS "trackingNumber", s.created_at AS "createdAt", s.value_minor AS "valueMinor", s.currency,
        (SELECT u.detail FROM shipment_updates u WHERE u.shipment_id = s.id AND u.detail IS NOT NULL ORDER BY u.occurred_at DESC LIMIT 1) AS detail,
        c.number AS "claimNumber", c.status AS "claimStatus"`,
      from: `shipments s JOIN orders o ON o.id = s.order_id JOIN merchants m ON m.id = s.merchant_id LEFT JOIN nodes n ON n.id = s.node_id
        LEFT JOIN LATERAL (SELECT k.number, k.status FROM carrier_claims k WHERE k.order_id = s.order_id AND k.shipment_id = s.id
                           ORDER BY k.opened_at DESC LIMIT 1) c ON true`,
      where,
      by: 's.created_at',
      id: 's.id',
    },
    request,
  );
}
