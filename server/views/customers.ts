import type pg from 'pg';
import { DomainError } from '../kernel/errors.ts';
import { isId } from '../kernel/ids.ts';
import type { Queryable, Tx } from '../platform/db.ts';
import { readSnapshot } from '../platform/read-snapshot.ts';
import { type Actor, resolveActors } from './actors.ts';
import { Conditions, prepared } from './conditions.ts';
import { keysetPage, type PageRequest } from './keyset.ts';
import { listOrders, type OrderRow } from './orders.ts';
import type { Page } from './pages.ts';
import type { Scope } from './scope.ts';
import { wordsQuery } from './words.ts';

export interface CustomerRow {
  readonly id: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly country: string | null;
  readonly guest: boolean;
  readonly tags: string[];
  readonly createdAt: Date;
  /** Orders within the reader's scope, counted to 100 at most. */
  readonly orders: number;
  readonly lastOrderAt: Date | null;
}

export interface CustomerFilter {
  readonly q?: string | undefined;
  readonly guest?: boolean | undefined;
}

/** A merchant sees the customers who ordered there; a customer themself. Customers belong to the platform (DESIGN 2). */
function scoped(where: Conditions, scope: Scope): Conditions {
  if (scope.merchantId !== null) {
    where.add((p) => `EXISTS (SELECT 1 FROM orders so WHERE so.customer_id = c.id AND so.merchant_id = ${p})`, scope.merchantId);
  }
  if (scope.customerId !== null) where.add((p) => `c.id = ${p}`, scope.customerId);
  return where;
}

function search(where: Conditions, q: string): void {
  const text = q.trim();
  const p = where.value(text);
  const arms = [
    `SELECT id FROM customers WHERE email_normalized = lower(${p}::text)`,
    `SELECT id FROM customers WHERE phone = ${p}`,
    `SELECT customer_id FROM customer_references WHERE external_id = ${p} AND merchant_id IN (SELECT id FROM merchants)`,
  ];
  const words = wordsQuery(text);
  if (words !== null) {
    arms.push(
      `SELECT id FROM customers WHERE to_tsvector('simple', coalesce(name, '')) @@ to_tsquery('simple', ${where.value(words)})`,
    );
  }
  where.plain(`c.id IN (${arms.join(' UNION ')})`);
}

/** Customers, newest first, each with a capped count of orders. */
export async function listCustomers(
  db: Queryable,
  scope: Scope,
  request: CustomerFilter & PageRequest,
): Promise<Page<CustomerRow>> {
  const where = scoped(new Conditions(), scope);
  const own = scope.merchantId === null ? '' : `AND o.merchant_id = ${where.value(scope.merchantId)}`;
  if (request.q?.trim()) search(where, request.q);
  if (request.guest !== undefined) where.add((p) => `c.guest = ${p}`, request.guest);
  return keysetPage(
    db,
    {
      label: 'customers-list',
      columns: `c.id, c.name, c.email, c.phone, c.country, c.guest, c.tags, c.created_at AS "createdAt",
        (SELECT count(*)::int FROM (SELECT 1 FROM orders o WHERE o.customer_id = c.id ${own} LIMIT 100) n) AS orders,
        (SELECT max(o.placed_at) FROM orders o WHERE o.customer_id = c.id ${own}) AS "lastOrderAt"`,
      from: 'customers c',
      where,
      by: 'c.created_at',
      id: 'c.id',
    },
    request,
  );
}

/** What a customer's orders came to in one currency. Cancelled orders count for nothing. */
export interface CustomerMoney {
  readonly currency: string;
  readonly orders: number;
  readonly totalMinor: bigint;
  readonly capturedMinor: bigint;
  readonly refundedMinor: bigint;
}

export interface CustomerPage {
  readonly customer: Omit<CustomerRow, 'orders' | 'lastOrderAt'> & { readonly locale: string; readonly version: bigint };
  readonly money: CustomerMoney[];
  readonly references: { readonly merchantName: string; readonly externalId: string }[];
  readonly orders: Page<OrderRow>;
  /** What people wrote about them, newest first; a merchant reads its own notes. */
  readonly notes: CustomerNoteView[];
}

export interface CustomerNoteView {
  readonly id: string;
  readonly body: string;
  readonly actor: Actor;
  readonly at: Date;
  readonly merchantName: string | null;
}

/** Sums stop here: a page adds up what one person ordered, not a wholesaler's decade. */
const MONEY_ORDERS = 1_000;

/** One customer with their newest orders and what those came to, within the reader's scope. Throws `not_found`. */
export async function readCustomer(pool: pg.Pool, scope: Scope, id: string): Promise<CustomerPage> {
  if (!isId(id)) throw new DomainError('not_found', 'There is no such customer.');
  return readSnapshot(pool, async (tx) => {
    const where = scoped(
      new Conditions().add((p) => `c.id = ${p}`, id),
      scope,
    );
    const text = `SELECT c.id, c.name, c.email, c.phone, c.country, c.guest, c.tags, c.created_at AS "createdAt", c.locale, c.version
      FROM customers c WHERE ${where.where}`;
    const found = await tx.query<CustomerPage['customer']>(prepared('customer', text, where.values));
    const [customer] = found.rows;
    if (customer === undefined) throw new DomainError('not_found', 'There is no such customer.');
    const of = new Conditions().add((p) => `o.customer_id = ${p}`, id).scope(scope, 'o');
    const sums = `SELECT currency, count(*)::int AS orders, sum(total_minor - cancelled_minor + cancellation_fee_minor)::bigint AS "totalMinor",
        sum(captured_minor)::bigint AS "capturedMinor", sum(refunded_minor)::bigint AS "refundedMinor"
      FROM (SELECT o.* FROM orders o WHERE ${of.where} AND o.status <> 'CANCELLED' ORDER BY o.placed_at DESC LIMIT ${MONEY_ORDERS}) o
      GROUP BY currency ORDER BY count(*) DESC`;
    const money = await tx.query<CustomerMoney>(prepared('customer-money', sums, of.values));
    const names = new Conditions().add((p) => `r.customer_id = ${p}`, id).scope(scope, 'r', 'r.customer_id');
    const references = await tx.query<{ merchantName: string; externalId: string }>(
      prepared(
        'customer-references',
        `SELECT m.name AS "merchantName", r.external_id AS "externalId" FROM customer_references r JOIN merchants m ON m.id = r.merchant_id
         WHERE ${names.where} ORDER BY m.name LIMIT 50`,
        names.values,
      ),
    );
    const orders = await listOrders(tx, scope, { customerId: id, limit: 25 });
    return { customer, money: money.rows, references: references.rows, orders, notes: await readNotes(tx, scope, id) };
  });
}

/** Older notes are in the audit log. */
const NOTES_SHOWN = 200;

async function readNotes(tx: Tx, scope: Scope, customerId: string): Promise<CustomerNoteView[]> {
  const where = new Conditions().add((p) => `n.customer_id = ${p}`, customerId);
  if (scope.merchantId !== null) where.add((p) => `n.merchant_id = ${p}`, scope.merchantId);
  const { rows } = await tx.query<Omit<CustomerNoteView, 'actor'> & { actor: string }>(
    prepared(
      'customer-notes',
      `SELECT n.id, n.body, n.actor, n.at, m.name AS "merchantName" FROM customer_notes n LEFT JOIN merchants m ON m.id = n.merchant_id
       WHERE ${where.where} ORDER BY n.at DESC, n.id DESC LIMIT ${NOTES_SHOWN}`,
      where.values,
    ),
  );
  const name = await resolveActors(
    tx,
    rows.map((row) => row.actor),
  );
  return rows.map((row) => ({ ...row, actor: name(row.actor) }));
}
