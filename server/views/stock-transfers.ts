import type { TransferStatus } from '../domains/transfers/rules.ts';
import { DomainError } from '../kernel/errors.ts';
import { isId } from '../kernel/ids.ts';
import type { Queryable } from '../platform/db.ts';
import { type Actor, resolveActors } from './actors.ts';
import { Conditions, prepared } from './conditions.ts';
import { keysetPage, type PageRequest } from './keyset.ts';
import type { Page } from './pages.ts';
import type { Scope } from './scope.ts';

export interface TransferRow {
  readonly id: string;
  readonly number: string;
  readonly status: TransferStatus;
  readonly merchantName: string;
  readonly fromCode: string;
  readonly toCode: string;
  readonly requested: bigint;
  readonly inTransit: bigint;
  readonly received: bigint;
  readonly createdAt: Date;
}

const FROM = `stock_transfers t JOIN merchants m ON m.id = t.merchant_id JOIN nodes a ON a.id = t.from_node_id JOIN nodes b ON b.id = t.to_node_id`;

/** Transfers, newest first. */
export async function listTransfers(
  db: Queryable,
  scope: Scope,
  request: { readonly status?: readonly TransferStatus[] | undefined; readonly nodeId?: string | undefined } & PageRequest,
): Promise<Page<TransferRow>> {
  const where = new Conditions().scope(scope, 't', null);
  if (request.status?.length) where.add((p) => `t.status = ANY(${p})`, request.status);
  if (request.nodeId) where.add((p) => `${p} IN (t.from_node_id, t.to_node_id)`, request.nodeId);
  return keysetPage(
    db,
    {
      label: 'transfers-list',
      columns: `t.id, t.number, t.status, m.name AS "merchantName", a.code AS "fromCode", b.code AS "toCode", l.requested, l.in_transit AS "inTransit",
        l.received, t.created_at AS "createdAt"`,
      from: `${FROM} JOIN LATERAL (SELECT sum(requested)::bigint AS requested, sum(in_transit)::bigint AS in_transit, sum(received)::bigint AS received
        FROM stock_transfer_lines WHERE transfer_id = t.id) l ON true`,
      where,
      by: 't.id',
      id: 't.id',
      cast: 'uuid',
      check: isId,
    },
    request,
  );
}

export interface TransferPage extends Omit<TransferRow, 'requested' | 'inTransit' | 'received'> {
  readonly merchantId: string;
  readonly fromName: string;
  readonly toName: string;
  readonly note: string | null;
  readonly version: bigint;
  readonly createdBy: Actor;
  readonly sentAt: Date | null;
  readonly endedAt: Date | null;
  readonly lines: readonly {
    readonly id: string;
    readonly skuCode: string;
    readonly skuName: string;
    readonly requested: bigint;
    readonly sent: bigint;
    readonly received: bigint;
    readonly lost: bigint;
    readonly extra: bigint;
    readonly inTransit: bigint;
    readonly reason: string | null;
  }[];
}

const LINES = `SELECT l.id, k.code AS "skuCode", k.name AS "skuName", l.requested, l.sent, l.received, l.lost, l.extra, l.in_transit AS "inTransit", l.reason
  FROM stock_transfer_lines l JOIN skus k ON k.id = l.sku_id WHERE l.transfer_id = $1 ORDER BY l.position`;

/** One transfer by its id or number. Throws `not_found`. */
export async function readTransfer(db: Queryable, scope: Scope, ref: string): Promise<TransferPage> {
  const where = isId(ref)
    ? new Conditions().add((p) => `t.id = ${p}`, ref)
    : new Conditions().add((p) => `t.number = ${p}`, ref.toUpperCase());
  where.scope(scope, 't', null);
  const text = `SELECT t.id, t.number, t.status, t.merchant_id AS "merchantId", m.name AS "merchantName", a.code AS "fromCode", a.name AS "fromName",
      b.code AS "toCode", b.name AS "toName", t.note, t.version, t.created_by AS "createdBy", t.created_at AS "createdAt", t.sent_at AS "sentAt",
      t.ended_at AS "endedAt" FROM ${FROM} WHERE ${where.where}`;
  const found = await db.query<Omit<TransferPage, 'createdBy' | 'lines'> & { createdBy: string }>(
    prepared('transfer', text, where.values),
  );
  const [head] = found.rows;
  if (!head) throw new DomainError('not_found', `There is no transfer ${ref}.`);
  const lines = await db.query<TransferPage['lines'][number]>(prepared('transfer-lines', LINES, [head.id]));
  const name = await resolveActors(db, [head.createdBy]);
  return { ...head, createdBy: name(head.createdBy), lines: lines.rows };
}
