import type { Queryable, Tx } from '../../platform/db.ts';
import { insertRows, type TableSpec, updateRows } from '../../platform/rows.ts';
import type { GiftCard } from './rules.ts';

const GIFT_CARDS: TableSpec = {
  table: 'gift_cards',
  columns: {
    id: 'uuid',
    home: 'text',
    merchant_id: 'uuid',
    account_id: 'uuid',
    currency: 'text',
    code_hash: 'text',
    last4: 'text',
    initial_minor: 'int8',
    status: 'text',
    reason: 'text',
    note: 'text',
    customer_id: 'uuid',
    approval_id: 'uuid',
    issued_by: 'text',
    expires_at: 'timestamptz',
    created_at: 'timestamptz',
    updated_at: 'timestamptz',
    version: 'int8',
  },
};

const SELECT = `SELECT id, home, merchant_id AS "merchantId", account_id AS "accountId", currency, code_hash AS "codeHash", last4,
  initial_minor AS "initialMinor", status, reason, note, customer_id AS "customerId", approval_id AS "approvalId", issued_by AS "issuedBy",
  expires_at AS "expiresAt", created_at AS "createdAt", updated_at AS "updatedAt", version FROM gift_cards`;

/** Cards whose accounts are locked: no lock of their own is taken. */
export async function readGiftCards(db: Queryable, ids: readonly string[]): Promise<GiftCard[]> {
  const { rows } = await db.query<GiftCard>({
    name: 'gift-cards-read',
    text: `${SELECT} WHERE id = ANY($1::uuid[])`,
    values: [ids],
  });
  return rows;
}

export async function findByHash(db: Queryable, hashes: readonly string[]): Promise<GiftCard[]> {
  const { rows } = await db.query<GiftCard>({
    name: 'gift-cards-by-code',
    text: `${SELECT} WHERE code_hash = ANY($1::text[])`,
    values: [hashes],
  });
  return rows;
}

/** Cards whose time is over. Found unlocked: whoever ends them looks again under the lock. */
export async function findOver(db: Queryable, now: Date, limit: number): Promise<GiftCard[]> {
  const { rows } = await db.query<GiftCard>({
    name: 'gift-cards-over',
    text: `${SELECT} WHERE status IN ('active', 'frozen') AND expires_at IS NOT NULL AND expires_at <= $1 ORDER BY expires_at LIMIT $2`,
    values: [now, limit],
  });
  return rows;
}

export async function insertGiftCards(tx: Tx, cards: readonly GiftCard[]): Promise<void> {
  await insertRows(tx, GIFT_CARDS, cards.map(columns));
}

export async function updateGiftCards(tx: Tx, cards: readonly GiftCard[]): Promise<void> {
  await updateRows(tx, GIFT_CARDS, ['id'], ['status', 'approval_id', 'expires_at', 'updated_at', 'version'], cards.map(columns));
}

function columns(card: GiftCard): Record<string, unknown> {
  return {
    id: card.id,
    home: card.home,
    merchant_id: card.merchantId,
    account_id: card.accountId,
    currency: card.currency,
    code_hash: card.codeHash,
    last4: card.last4,
    initial_minor: card.initialMinor,
    status: card.status,
    reason: card.reason,
    note: card.note,
    customer_id: card.customerId,
    approval_id: card.approvalId,
    issued_by: card.issuedBy,
    expires_at: card.expiresAt,
    created_at: card.createdAt,
    updated_at: card.updatedAt,
    version: card.version,
  };
}
