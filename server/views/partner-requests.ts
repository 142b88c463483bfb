import type { Queryable } from '../platform/db.ts';
import { Conditions } from './conditions.ts';
import { keysetPage, type PageRequest } from './keyset.ts';
import type { Page } from './pages.ts';
import type { Scope } from './scope.ts';

export type RequestState = 'pending' | 'asked' | 'accepted' | 'rejected' | 'shipped' | 'cancelled';

/** What a partner was asked to send. */
export interface PartnerRequestRow {
  readonly id: string;
  readonly orderNumber: string;
  readonly nodeCode: string;
  readonly nodeName: string;
  readonly kind: string;
  readonly status: RequestState;
  readonly reason: string | null;
  readonly recall: string | null;
  readonly units: bigint;
  readonly createdAt: Date;
  readonly answeredAt: Date | null;
  readonly endedAt: Date | null;
  /** Until when the partner may take for what comes next; null where it has ended. */
  readonly dueAt: Date | null;
  readonly late: boolean;
  /** Whose call fails at the moment, and why. */
  readonly trouble: string | null;
}

export const REQUEST_VIEWS = ['open', 'waiting', 'accepted', 'refused', 'ended'] as const;
export type RequestView = (typeof REQUEST_VIEWS)[number];

const VIEW: Readonly<Record<RequestView, string>> = {
  open: 'r.ended_at IS NULL',
  waiting: "r.ended_at IS NULL AND r.status IN ('pending', 'asked')",
  accepted: "r.ended_at IS NULL AND r.status = 'accepted'",
  refused: "r.ended_at IS NOT NULL AND r.status <> 'shipped'",
  ended: 'r.ended_at IS NOT NULL',
};

const COLUMNS = `r.id, o.number AS "orderNumber", n.code AS "nodeCode", n.name AS "nodeName", r.kind, r.status, r.reason, r.recall,
  (SELECT sum(l.to_unit - l.from_unit + 1)::int8 FROM fulfilment_request_lines l WHERE l.request_id = r.id) AS units,
  r.created_at AS "createdAt", r.answered_at AS "answeredAt", r.ended_at AS "endedAt",
  CASE WHEN r.ended_at IS NULL THEN coalesce(r.ship_by, r.answer_by) END AS "dueAt",
  r.ended_at IS NULL AND coalesce(r.ship_by, r.answer_by) < now() AS late,
  CASE WHEN r.ended_at IS NULL THEN (SELECT s.error->>'message' FROM sagas s WHERE s.order_id = r.order_id AND s.status <> 'done'
     AND s.state->>'requestId' = r.id::text AND s.status IN ('retrying', 'stuck') LIMIT 1) END AS trouble`;
const FROM = 'fulfilment_requests r JOIN orders o ON o.id = r.order_id JOIN nodes n ON n.id = r.node_id';

/** The work list: what partners were asked for, the newest first. */
export function listPartnerRequests(
  db: Queryable,
  scope: Scope,
  request: { readonly view?: RequestView | undefined } & PageRequest,
): Promise<Page<PartnerRequestRow>> {
  const where = new Conditions().plain(VIEW[request.view ?? 'open']).scope(scope, 'o');
  return keysetPage<PartnerRequestRow>(
    db,
    { label: 'partner-requests', columns: COLUMNS, from: FROM, where, by: 'r.created_at', id: 'r.id', descending: true },
    request,
  );
}

/** An order's requests, oldest first. */
export async function readPartnerRequests(db: Queryable, orderId: string): Promise<PartnerRequestRow[]> {
  const { rows } = await db.query<PartnerRequestRow>({
    name: 'partner-requests-of-order',
    text: `SELECT ${COLUMNS} FROM ${FROM} WHERE r.order_id = $1 ORDER BY r.created_at, r.id`,
    values: [orderId],
  });
  return rows;
}
