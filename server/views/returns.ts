import { type AdvanceStatus, NO_POLICY, type Policy, termsSentence } from '../domains/returns/rules.ts';
import type { PhotoType, ReturnResolution, ReturnTerms, ReturnWish } from '../domains/returns/schema.ts';
import { DomainError } from '../kernel/errors.ts';
import { isId } from '../kernel/ids.ts';
import type { ReturnStatus } from '../kernel/vocabulary.ts';
import type { Queryable } from '../platform/db.ts';
import { Conditions, prepared } from './conditions.ts';
import { keysetPage, type PageRequest } from './keyset.ts';
import type { Page } from './pages.ts';
import type { Scope } from './scope.ts';

/** What customers send back, as lists and pages show it. */
export interface ReturnRow {
  readonly id: string;
  readonly number: string;
  readonly status: ReturnStatus;
  readonly wants: ReturnWish;
  readonly orderId: string;
  readonly orderNumber: string;
  readonly merchantName: string;
  readonly customerName: string | null;
  readonly units: number;
  readonly requestedAt: Date;
  readonly refundMinor: bigint;
  readonly currency: string;
}

export interface ReturnFilter {
  readonly status?: ReturnStatus | undefined;
  readonly orderId?: string | undefined;
  /** Number of a return or of its order. */
  readonly q?: string | undefined;
}

const COLUMNS = `r.id, r.number, r.status, r.wants, r.order_id AS "orderId", o.number AS "orderNumber", m.name AS "merchantName",
  o.customer_name AS "customerName", r.requested_at AS "requestedAt", r.refund_minor AS "refundMinor", r.currency,
  (SELECT COALESCE(sum(l.to_unit - l.from_unit + 1), 0)::int FROM return_lines l WHERE l.return_id = r.id) AS units`;
const FROM = 'returns r JOIN orders o ON o.id = r.order_id JOIN merchants m ON m.id = r.merchant_id';

/** Returns, newest first. */
export function listReturns(
  db: Queryable,
  scope: Scope,
  { status, orderId, q }: ReturnFilter,
  request: PageRequest,
): Promise<Page<ReturnRow>> {
  const where = new Conditions().scope(scope, 'r');
  if (status) where.add((p) => `r.status = ${p}`, status);
  if (orderId) where.add((p) => `r.order_id = ${p}`, orderId);
  if (q) where.add((p) => `(r.number = ${p} OR o.number = ${p})`, q.toUpperCase());
  return keysetPage(
    db,
    { label: 'returns-list', columns: COLUMNS, from: FROM, where, by: 'r.requested_at', id: 'r.id' },
    request,
  );
}

export interface ReturnLineView {
  readonly lineId: string;
  readonly name: string;
  readonly skuCode: string | null;
  readonly from: number;
  readonly to: number;
  readonly reason: string;
  readonly note: string | null;
  readonly status: 'announced' | 'received' | 'inspected' | 'missing';
  readonly verdict: 'accept' | 'part' | 'reject' | null;
  readonly valueBps: number | null;
  readonly stock: 'sellable' | 'damaged' | 'scrap' | null;
  readonly remark: string | null;
}

export interface ReturnView extends ReturnRow {
  readonly merchantId: string;
  readonly version: bigint;
  readonly despite: string | null;
  readonly note: string | null;
  readonly declineReason: string | null;
  readonly endedReason: string | null;
  readonly sendBy: Date | null;
  readonly nodeId: string | null;
  readonly nodeName: string | null;
  readonly trackingNumber: string | null;
  readonly labelUrl: string | null;
  readonly labelError: string | null;
  readonly receivedAt: Date | null;
  readonly resolution: ReturnResolution | null;
  readonly dueMinor: bigint;
  readonly feeMinor: bigint;
  readonly labelFeeMinor: bigint;
  readonly exchangedMinor: bigint;
  /** How far a replacement is that is sent before the goods come back; null where there is none. */
  readonly advanceStatus: AdvanceStatus | null;
  readonly advanceMinor: bigint;
  readonly advanceWhy: string | null;
  /** What the customer pays of it, because less came back. */
  readonly chargeMinor: bigint;
  readonly refundId: string | null;
  readonly settledAt: Date | null;
  /** The policy that it was asked for on, in one sentence. */
  readonly terms: string;
  readonly lines: readonly ReturnLineView[];
  readonly photos: readonly { readonly id: string; readonly addedAt: Date }[];
  readonly story: readonly {
    readonly id: string;
    readonly type: string;
    readonly at: Date;
    readonly data: Readonly<Record<string, unknown>>;
  }[];
}

type Head = Omit<ReturnView, 'lines' | 'photos' | 'story' | 'terms'> & {
  readonly terms: ReturnTerms & { labelFeeMinor: number };
};

/** A return by its number or its id. Throws `not_found` for what is not there or not the reader's. */
export async function readReturn(db: Queryable, scope: Scope, ref: string): Promise<ReturnView> {
  const where = new Conditions().scope(scope, 'r');
  where.add((p) => (isId(ref) ? `r.id = ${p}` : `r.number = ${p}`), isId(ref) ? ref : ref.toUpperCase());
  const text = `SELECT ${COLUMNS}, r.merchant_id AS "merchantId", r.version, r.despite, r.note, r.decline_reason AS "declineReason",
      r.ended_reason AS "endedReason", r.send_by AS "sendBy", r.node_id AS "nodeId", n.name AS "nodeName", r.tracking_number AS "trackingNumber",
      r.label_url AS "labelUrl", r.label_error AS "labelError", r.received_at AS "receivedAt", r.resolution, r.due_minor AS "dueMinor",
      r.fee_minor AS "feeMinor", r.label_fee_minor AS "labelFeeMinor", r.exchanged_minor AS "exchangedMinor",
      r.advance_status AS "advanceStatus", r.advance_minor AS "advanceMinor", r.advance_why AS "advanceWhy", r.charge_minor AS "chargeMinor", r.refund_id AS "refundId",
      r.settled_at AS "settledAt", r.terms
    FROM ${FROM} LEFT JOIN nodes n ON n.id = r.node_id WHERE ${where.where}`;
  const { rows } = await db.query<Head>(prepared('return-head', text, where.values));
  const [head] = rows;
  if (!head) throw new DomainError('not_found', 'There is no such return.');
  const lines = await db.query<ReturnLineView>(
    prepared(
      'return-lines-view',
      `SELECT l.line_id AS "lineId", o.name, o.sku_code AS "skuCode", l.from_unit AS "from", l.to_unit AS "to", l.reason, l.note, l.status, l.verdict,
              l.value_bps AS "valueBps", l.stock, l.remark
       FROM return_lines l JOIN order_lines o ON o.id = l.line_id WHERE l.return_id = $1 ORDER BY o.position, l.from_unit`,
      [head.id],
    ),
  );
  const photos = await db.query<{ id: string; addedAt: Date }>(
    prepared(
      'return-photos-view',
      `SELECT id, added_at AS "addedAt" FROM return_photos WHERE return_id = $1 ORDER BY added_at, id`,
      [head.id],
    ),
  );
  const story = await db.query<ReturnView['story'][number]>(
    prepared(
      'return-story',
      `SELECT id, type, at, data FROM events
       WHERE aggregate = 'order' AND aggregate_id = $1 AND type LIKE 'return.%' AND data->>'returnId' = $2 ORDER BY aggregate_version`,
      [head.orderId, head.id],
    ),
  );
  const terms = termsSentence({ ...head.terms, labelFeeMinor: BigInt(head.terms.labelFeeMinor) }, head.currency);
  return { ...head, terms, lines: lines.rows, photos: photos.rows, story: story.rows };
}

/** A photo's bytes, for whoever may see its return. */
export async function readReturnPhoto(
  db: Queryable,
  scope: Scope,
  id: string,
): Promise<{ readonly contentType: PhotoType; readonly data: string }> {
  const where = new Conditions().scope(scope, 'r').add((p) => `f.id = ${p}`, id);
  const text = `SELECT f.content_type AS "contentType", encode(f.bytes, 'base64') AS data
                FROM return_photos f JOIN returns r ON r.id = f.return_id WHERE ${where.where}`;
  const { rows } = await db.query<{ contentType: PhotoType; data: string }>(prepared('return-photo', text, where.values));
  const [photo] = rows;
  if (!photo) throw new DomainError('not_found', 'There is no such photo.');
  return { ...photo, data: photo.data.replaceAll('\n', '') };
}

export interface ReturnPolicyView {
  readonly merchantId: string;
  readonly currency: string;
  /** The newest version, which may count from a later day only; 0 where none was set. */
  readonly version: number;
  readonly effectiveFrom: Date | null;
  readonly terms: Policy['terms'];
  readonly sentence: string;
}

/** The newest policy of a merchant. Throws `not_found`. */
export async function readReturnPolicy(db: Queryable, scope: Scope, merchantId: string): Promise<ReturnPolicyView> {
  const where = new Conditions().add((p) => `m.id = ${p}`, merchantId);
  if (scope.merchantId !== null) where.add((p) => `m.id = ${p}`, scope.merchantId);
  const text = `SELECT m.currency, p.version, p.effective_from AS "effectiveFrom", p.window_days AS "windowDays", p.send_within_days AS "sendWithinDays",
      p.restocking_bps AS "restockingBps", p.label_payer AS "labelPayer", p.label_fee_minor AS "labelFeeMinor", p.destination, p.exchanges,
      p.auto_approve AS "autoApprove", p.final_sale AS "finalSale"
    FROM merchants m LEFT JOIN return_policies p ON p.merchant_id = m.id WHERE ${where.where} ORDER BY p.version DESC NULLS LAST LIMIT 1`;
  const { rows } = await db.query<ReturnTerms & { currency: string; version: number | null; effectiveFrom: Date | null }>(
    prepared('return-policy', text, where.values),
  );
  const [row] = rows;
  if (!row) throw new DomainError('not_found', 'There is no such merchant.');
  const { currency, version, effectiveFrom, ...terms } = row;
  const said = version === null ? NO_POLICY.terms : terms;
  return { merchantId, currency, version: version ?? 0, effectiveFrom, terms: said, sentence: termsSentence(said, currency) };
}
