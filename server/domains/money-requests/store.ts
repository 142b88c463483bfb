import type { Queryable, Tx } from '../../platform/db.ts';
import { insertRows, type TableSpec, updateRows } from '../../platform/rows.ts';
import type { MoneyRequest } from './rules.ts';

const REQUESTS: TableSpec = {
  table: 'money_requests',
  columns: {
    id: 'uuid',
    requester_wallet: 'uuid',
    requester_id: 'uuid',
    payer_id: 'uuid',
    currency: 'text',
    amount_minor: 'int8',
    note: 'text',
    status: 'text',
    transfer_id: 'uuid',
    home: 'text',
    version: 'int8',
    created_at: 'timestamptz',
    expires_at: 'timestamptz',
    decided_at: 'timestamptz',
  },
};

const SELECT = `SELECT id, requester_wallet AS "requesterWallet", requester_id AS "requesterId", payer_id AS "payerId", currency,
  amount_minor AS "amountMinor", note, status, transfer_id AS "transferId", home, version, created_at AS "createdAt",
  expires_at AS "expiresAt", decided_at AS "decidedAt" FROM money_requests`;

export async function lockRequests(tx: Tx, ids: readonly string[]): Promise<MoneyRequest[]> {
  const { rows } = await tx.query<MoneyRequest>({
    name: 'money-requests-lock',
    text: `${SELECT} WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE`,
    values: [ids],
  });
  return rows;
}

/** What nobody answered in time. Those that are being answered right now are left alone: their lock says who was first. */
export async function lockDue(tx: Tx, now: Date, limit: number): Promise<MoneyRequest[]> {
  const text = `${SELECT} WHERE status = 'open' AND expires_at <= $1 ORDER BY id LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED`;
  const { rows } = await tx.query<MoneyRequest>({ name: 'money-requests-lock-due', text, values: [now, limit] });
  return rows;
}

/** Open requests of these customers, by whom they asked: counted after the last lock. */
export async function countOpen(
  db: Queryable,
  requesters: readonly string[],
  now: Date,
): Promise<{ requesterId: string; requesterWallet: string; payerId: string; open: number }[]> {
  const { rows } = await db.query<{ requesterId: string; requesterWallet: string; payerId: string; open: number }>({
    name: 'money-requests-count-open',
    text: `SELECT requester_id AS "requesterId", requester_wallet AS "requesterWallet", payer_id AS "payerId", count(*)::int AS open
           FROM money_requests WHERE requester_id = ANY($1::uuid[]) AND status = 'open' AND expires_at > $2
           GROUP BY requester_id, requester_wallet, payer_id`,
    values: [requesters, now],
  });
  return rows;
}

export async function insertRequests(tx: Tx, requests: readonly MoneyRequest[]): Promise<void> {
  await insertRows(tx, REQUESTS, requests.map(columns));
}

export async function updateRequests(tx: Tx, requests: readonly MoneyRequest[]): Promise<void> {
  await updateRows(tx, REQUESTS, ['id'], ['status', 'transfer_id', 'decided_at', 'version'], requests.map(columns));
}

function columns(r: MoneyRequest): Record<string, unknown> {
  return {
    id: r.id,
    requester_wallet: r.requesterWallet,
    requester_id: r.requesterId,
    payer_id: r.payerId,
    currency: r.currency,
    amount_minor: r.amountMinor,
    note: r.note,
    status: r.status,
    transfer_id: r.transferId,
    home: r.home,
    version: r.version,
    created_at: r.createdAt,
    expires_at: r.expiresAt,
    decided_at: r.decidedAt,
  };
}
