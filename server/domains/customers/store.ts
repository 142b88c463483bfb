import type { Tx } from '../../platform/db.ts';
import { insertRows, type TableSpec, updateRows } from '../../platform/rows.ts';
import type { CustomerRecord } from './rules.ts';

export interface NewCustomer {
  readonly id: string;
  readonly email: string | null;
  readonly emailNormalized: string | null;
  readonly name: string | null;
  readonly phone: string | null;
  readonly country: string | null;
}

/** Makes the customers that are not known by e-mail yet, in the order of their addresses. */
export async function createByEmail(tx: Tx, customers: readonly NewCustomer[], now: Date): Promise<void> {
  if (customers.length === 0) return;
  const sorted = [...customers].sort((a, b) => ((a.emailNormalized ?? '') < (b.emailNormalized ?? '') ? -1 : 1));
  await tx.query({
    name: 'customers-create',
    text: `INSERT INTO customers (id, email, email_normalized, name, phone, country, created_at)
           SELECT i, e, n, nm, p, c, $7 FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[]) AS v(i, e, n, nm, p, c)
           ON CONFLICT DO NOTHING`,
    values: [
      sorted.map((c) => c.id),
      sorted.map((c) => c.email),
      sorted.map((c) => c.emailNormalized),
      sorted.map((c) => c.name),
      sorted.map((c) => c.phone),
      sorted.map((c) => c.country),
      now,
    ],
  });
}

export async function findByEmail(tx: Tx, emails: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await tx.query<{ id: string; email: string }>({
    name: 'customers-by-email',
    text: 'SELECT id, email_normalized AS email FROM customers WHERE email_normalized = ANY($1::text[])',
    values: [emails],
  });
  return new Map(rows.map((row) => [row.email, row.id]));
}

export async function findByReference(
  tx: Tx,
  pairs: readonly { merchantId: string; externalId: string }[],
): Promise<Map<string, string>> {
  const { rows } = await tx.query<{ key: string; id: string }>({
    name: 'customers-by-reference',
    text: `SELECT r.merchant_id || ':' || r.external_id AS key, r.customer_id AS id FROM customer_references r
           JOIN unnest($1::uuid[], $2::text[]) AS p(m, e) ON r.merchant_id = p.m AND r.external_id = p.e`,
    values: [pairs.map((p) => p.merchantId), pairs.map((p) => p.externalId)],
  });
  return new Map(rows.map((row) => [row.key, row.id]));
}

export async function createReferences(
  tx: Tx,
  references: readonly { merchantId: string; externalId: string; customerId: string }[],
): Promise<void> {
  if (references.length === 0) return;
  const sorted = [...references].sort((a, b) => (a.externalId < b.externalId ? -1 : 1));
  await tx.query({
    name: 'customers-create-references',
    text: `INSERT INTO customer_references (merchant_id, external_id, customer_id) SELECT * FROM unnest($1::uuid[], $2::text[], $3::uuid[]) ON CONFLICT DO NOTHING`,
    values: [sorted.map((r) => r.merchantId), sorted.map((r) => r.externalId), sorted.map((r) => r.customerId)],
  });
}

const CUSTOMERS: TableSpec = {
  table: 'customers',
  columns: { id: 'uuid', name: 'text', phone: 'text', locale: 'text', tags: 'text[]', version: 'int8' },
};

export async function lockCustomers(tx: Tx, ids: readonly string[]): Promise<CustomerRecord[]> {
  const { rows } = await tx.query<CustomerRecord>({
    name: 'customers-lock',
    text: `SELECT id, name, phone, locale, tags, version FROM customers WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE`,
    values: [ids],
  });
  return rows;
}

export async function updateCustomers(tx: Tx, customers: readonly CustomerRecord[]): Promise<void> {
  const rows = customers.map((customer) => ({ ...customer }));
  await updateRows(tx, CUSTOMERS, ['id'], ['name', 'phone', 'locale', 'tags', 'version'], rows);
}

const NOTES: TableSpec = {
  table: 'customer_notes',
  columns: { id: 'uuid', customer_id: 'uuid', merchant_id: 'uuid', body: 'text', actor: 'text', at: 'timestamptz' },
};

export async function insertNotes(
  tx: Tx,
  notes: readonly { id: string; customerId: string; merchantId: string | null; body: string; actor: string; at: Date }[],
): Promise<void> {
  const rows = notes.map(({ customerId, merchantId, ...note }) => ({
    ...note,
    customer_id: customerId,
    merchant_id: merchantId,
  }));
  await insertRows(tx, NOTES, rows);
}
