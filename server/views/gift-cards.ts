import { DomainError } from '../kernel/errors.ts';
import { isId } from '../kernel/ids.ts';
import type { GiftCardStatus } from '../kernel/vocabulary.ts';
import type { Queryable } from '../platform/db.ts';
import { type Actor, resolveActors } from './actors.ts';
import { Conditions, prepared } from './conditions.ts';
import { keysetPage, type PageRequest } from './keyset.ts';
import type { Page } from './pages.ts';
import type { Scope } from './scope.ts';

export interface GiftCardRow {
  readonly id: string;
  readonly accountId: string;
  readonly last4: string;
  readonly status: GiftCardStatus;
  readonly merchantId: string;
  readonly merchantName: string;
  readonly customerId: string | null;
  readonly customerName: string | null;
  readonly currency: string;
  readonly initialMinor: bigint;
  /** What is on it, holds included. */
  readonly balanceMinor: bigint;
  /** What orders hold of it. */
  readonly heldMinor: bigint;
  readonly reason: string;
  readonly note: string | null;
  readonly approvalId: string | null;
  readonly expiresAt: Date | null;
  readonly createdAt: Date;
  readonly version: bigint;
}

const COLUMNS = `g.id, g.account_id AS "accountId", g.last4, g.status, g.merchant_id AS "merchantId", m.name AS "merchantName",
  g.customer_id AS "customerId", c.name AS "customerName", g.currency, g.initial_minor AS "initialMinor",
  COALESCE(a.credits_posted - a.debits_posted, 0) AS "balanceMinor", COALESCE(a.debits_pending, 0) AS "heldMinor", g.reason, g.note,
  g.approval_id AS "approvalId", g.expires_at AS "expiresAt", g.created_at AS "createdAt", g.version`;
const FROM = `gift_cards g JOIN merchants m ON m.id = g.merchant_id LEFT JOIN accounts a ON a.id = g.account_id
  LEFT JOIN customers c ON c.id = g.customer_id`;

export interface GiftCardFilter {
  readonly status?: GiftCardStatus | undefined;
  /** The last four characters of a code. */
  readonly last4?: string | undefined;
  readonly customerId?: string | undefined;
}

/** Gift cards, newest first. A card is its merchant's: whom it was given to sees it nowhere but by its code. */
export async function listGiftCards(
  db: Queryable,
  scope: Scope,
  request: GiftCardFilter & PageRequest,
): Promise<Page<GiftCardRow>> {
  const where = new Conditions().scope(scope, 'g');
  if (request.status) where.add((p) => `g.status = ${p}`, request.status);
  if (request.last4) where.add((p) => `g.last4 = ${p}`, request.last4.toUpperCase());
  if (request.customerId) where.add((p) => `g.customer_id = ${p}`, request.customerId);
  return keysetPage(db, { label: 'gift-cards', columns: COLUMNS, from: FROM, where, by: 'g.created_at', id: 'g.id' }, request);
}

export interface GiftCardEntry {
  readonly id: string;
  readonly kind: string;
  readonly phase: 'single' | 'pending' | 'post' | 'void';
  /** Towards the card: positive puts money on it. */
  readonly amountMinor: bigint;
  readonly balanceMinor: bigint;
  readonly orderNumber: string | null;
  readonly actor: Actor;
  readonly at: Date;
}

export interface GiftCardPage {
  readonly card: GiftCardRow;
  readonly issuedBy: Actor;
  readonly entries: readonly GiftCardEntry[];
}

/** One gift card with what happened on it, newest first. Throws `not_found`. */
export async function readGiftCard(db: Queryable, scope: Scope, id: string): Promise<GiftCardPage> {
  const card = await readGiftCardRow(db, scope, id);
  const issued = await db.query<{ actor: string }>(
    prepared('gift-card-issuer', 'SELECT issued_by AS actor FROM gift_cards WHERE id = $1', [id]),
  );
  const entries = await readTenderEntries(db, card.accountId);
  const issuedBy = issued.rows[0]?.actor ?? '';
  const name = await resolveActors(db, [issuedBy, ...entries.map((entry) => entry.actor)]);
  return { card, issuedBy: name(issuedBy), entries: entries.map((entry) => ({ ...entry, actor: name(entry.actor) })) };
}

/** One gift card. Throws `not_found`. */
export async function readGiftCardRow(db: Queryable, scope: Scope, id: string): Promise<GiftCardRow> {
  if (!isId(id)) throw new DomainError('not_found', 'There is no such gift card.');
  const where = new Conditions().add((p) => `g.id = ${p}`, id).scope(scope, 'g');
  const { rows } = await db.query<GiftCardRow>(
    prepared('gift-card', `SELECT ${COLUMNS} FROM ${FROM} WHERE ${where.where}`, where.values),
  );
  const [card] = rows;
  if (!card) throw new DomainError('not_found', 'There is no such gift card.');
  return card;
}

/** What people look at; the rest is in the ledger. */
const ENTRIES_SHOWN = 200;

/** Entries of a credit-normal account, newest first. */
export async function readTenderEntries(
  db: Queryable,
  accountId: string,
): Promise<(Omit<GiftCardEntry, 'actor'> & { readonly actor: string })[]> {
  const text = `SELECT t.id, t.kind, t.phase, t.amount AS "amountMinor", t.balance AS "balanceMinor", o.number AS "orderNumber", t.actor, t.at
    FROM (SELECT id, kind, phase, -amount_minor AS amount, debit_balance_minor AS balance, order_id, actor, at, debit_version AS version
          FROM transfers WHERE debit_account = $1
          UNION ALL
          SELECT id, kind, phase, amount_minor, credit_balance_minor, order_id, actor, at, credit_version
          FROM transfers WHERE credit_account = $1) t
    LEFT JOIN orders o ON o.id = t.order_id ORDER BY t.version DESC LIMIT ${ENTRIES_SHOWN}`;
  const { rows } = await db.query<Omit<GiftCardEntry, 'actor'> & { actor: string }>(
    prepared('tender-entries', text, [accountId]),
  );
  return rows;
}

/** What whoever holds a code is told: what it is worth now. */
export interface GiftCardBalance {
  readonly id: string;
  readonly last4: string;
  readonly currency: string;
  /** What can be spent: less what orders hold of it. */
  readonly availableMinor: bigint;
  readonly expiresAt: Date | null;
}

/**
 * The card of a code's hash, if something can be paid with it at this merchant; null for whatever is unknown, another merchant's, frozen, void or
 * over, which all look the same from outside.
 */
export async function findSpendableCard(
  db: Queryable,
  merchantId: string,
  codeHash: string | null,
  now: Date,
): Promise<GiftCardBalance | null> {
  // A hash that nobody has is looked up too: that a code cannot be one is no faster to learn.
  const { rows } = await db.query<GiftCardBalance>(
    prepared(
      'gift-card-by-code',
      `SELECT g.id, g.last4, g.currency, GREATEST(a.credits_posted - a.debits_posted - a.debits_pending, 0) AS "availableMinor",
         g.expires_at AS "expiresAt"
       FROM gift_cards g JOIN accounts a ON a.id = g.account_id
       WHERE g.code_hash = $1 AND g.merchant_id = $2 AND g.status = 'active' AND (g.expires_at IS NULL OR g.expires_at > $3)`,
      [codeHash ?? '', merchantId, now],
    ),
  );
  return rows[0] ?? null;
}
