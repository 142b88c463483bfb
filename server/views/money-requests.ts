import { statusAt } from '../domains/money-requests/rules.ts';
import type { RequestStatus } from '../domains/money-requests/schema.ts';
import { DomainError } from '../kernel/errors.ts';
import { isId } from '../kernel/ids.ts';
import type { Queryable } from '../platform/db.ts';
import { Conditions } from './conditions.ts';
import { keysetPage, type PageRequest } from './keyset.ts';
import type { Page } from './pages.ts';

/** A request for money as one of its two sides reads it. */
export interface MoneyRequestRow {
  readonly id: string;
  /** Whether the reader is asked, or asked. */
  readonly side: 'payer' | 'requester';
  readonly person: { readonly name: string | null; readonly handle: string | null };
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly note: string | null;
  /** As of now: what is over by the clock is expired, swept or not. */
  readonly status: RequestStatus;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly decidedAt: Date | null;
  readonly transferId: string | null;
}

interface Raw extends Omit<MoneyRequestRow, 'person' | 'side'> {
  readonly asked: boolean;
  readonly name: string | null;
  readonly handle: string | null;
}

export interface RequestFilter {
  readonly side?: 'payer' | 'requester' | undefined;
  readonly open?: boolean | undefined;
}

/** A customer's requests for money, both what they ask and what they are asked, newest first. */
export async function listMoneyRequests(
  db: Queryable,
  customerId: string,
  now: Date,
  request: RequestFilter & PageRequest,
): Promise<Page<MoneyRequestRow>> {
  const where = new Conditions();
  const me = where.value(customerId);
  if (request.open) where.add((p) => `r.status = 'open' AND r.expires_at > ${p}`, now);
  return read(db, where, me, now, request);
}

/** One of a customer's requests. Throws `not_found`. */
export async function readMoneyRequest(db: Queryable, customerId: string, id: string, now: Date): Promise<MoneyRequestRow> {
  const missing = new DomainError('not_found', 'There is no such request.');
  if (!isId(id)) throw missing;
  const where = new Conditions();
  const me = where.value(customerId);
  where.add((p) => `r.id = ${p}`, id);
  const [found] = (await read(db, where, me, now, {})).items;
  if (!found) throw missing;
  return found;
}

async function read(
  db: Queryable,
  where: Conditions,
  me: string,
  now: Date,
  request: RequestFilter & PageRequest,
): Promise<Page<MoneyRequestRow>> {
  const arms = [
    ...(request.side === 'requester'
      ? []
      : [`SELECT *, true AS asked, requester_id AS other FROM money_requests WHERE payer_id = ${me}`]),
    ...(request.side === 'payer'
      ? []
      : [`SELECT *, false AS asked, payer_id AS other FROM money_requests WHERE requester_id = ${me}`]),
  ];
  const page = await keysetPage<Raw>(
    db,
    {
      label: 'money-requests',
      columns: `r.id, r.asked, coalesce(c.name, c.email) AS name, n.handle, r.amount_minor AS "amountMinor", r.currency, r.note, r.status,
        r.created_at AS "createdAt", r.expires_at AS "expiresAt", r.decided_at AS "decidedAt", r.transfer_id AS "transferId"`,
      from: `(${arms.join(' UNION ALL ')}) r LEFT JOIN customers c ON c.id = r.other
        LEFT JOIN wallet_handles n ON n.customer_id = r.other AND n.current`,
      where,
      by: 'r.id',
      id: 'r.id',
      cast: 'uuid',
      check: isId,
    },
    request,
  );
  return {
    ...page,
    items: page.items.map(({ asked, name, handle, ...row }) => ({
      ...row,
      status: statusAt(row, now),
      side: asked ? 'payer' : 'requester',
      person: { name, handle },
    })),
  };
}
