import type { InvoiceKind, Party } from '../domains/invoices/rules.ts';
import { DomainError } from '../kernel/errors.ts';
import type { Queryable } from '../platform/db.ts';
import { Conditions, prepared } from './conditions.ts';
import { keysetPage, type PageRequest } from './keyset.ts';
import type { Page } from './pages.ts';
import type { Scope } from './scope.ts';

/** An invoice or a credit note, as it was issued. Sums in minor units; a credit note's are positive, too. */
export interface InvoiceRow {
  readonly id: string;
  readonly kind: InvoiceKind;
  readonly number: string;
  readonly orderId: string;
  readonly orderNumber: string;
  readonly merchantId: string;
  readonly merchantName: string;
  readonly buyerName: string;
  readonly currency: string;
  readonly netMinor: bigint;
  readonly taxMinor: bigint;
  readonly totalMinor: bigint;
  readonly country: string;
  readonly region: string | null;
  readonly corrects: readonly string[];
  readonly suppliedAt: Date;
  readonly issuedAt: Date;
}

export interface InvoiceLineRow {
  readonly position: number;
  readonly skuCode: string | null;
  /** Empty for a part of the price. */
  readonly name: string;
  readonly units: number | null;
  /** Decimal string in major units. */
  readonly unitPrice: string | null;
  readonly netMinor: bigint;
  readonly discountMinor: bigint;
  readonly taxMinor: bigint;
  /** Decimal string: 0.190000. */
  readonly taxRate: string;
}

export interface InvoiceDetail extends InvoiceRow {
  readonly seller: Party;
  readonly buyer: Party;
  readonly lines: readonly InvoiceLineRow[];
}

export interface InvoiceFilter {
  readonly kind?: InvoiceKind | undefined;
  /** A number, of the document or its order. */
  readonly q?: string | undefined;
}

const COLUMNS = `i.id, i.kind, i.number, i.order_id AS "orderId", o.number AS "orderNumber", i.merchant_id AS "merchantId", m.name AS "merchantName",
  COALESCE(i.buyer->>'name', '') AS "buyerName", i.currency, i.net_minor - i.discount_minor AS "netMinor", i.tax_minor AS "taxMinor",
  i.total_minor AS "totalMinor", i.country, i.region, i.corrects, i.supplied_at AS "suppliedAt", i.issued_at AS "issuedAt"`;
const FROM = 'invoices i JOIN orders o ON o.id = i.order_id JOIN merchants m ON m.id = i.merchant_id';

/** Documents, newest first. */
export function listInvoices(db: Queryable, scope: Scope, request: InvoiceFilter & PageRequest): Promise<Page<InvoiceRow>> {
  const where = new Conditions().scope(scope, 'i', 'o.customer_id');
  if (request.kind) where.add((p) => `i.kind = ${p}`, request.kind);
  if (request.q)
    where.add((p) => `(i.number = upper(${p}) OR i.order_id = (SELECT id FROM orders WHERE number = upper(${p})))`, request.q);
  return keysetPage<InvoiceRow>(
    db,
    { label: 'invoices-list', columns: COLUMNS, from: FROM, where, by: 'i.issued_at', id: 'i.id' },
    request,
  );
}

/** The documents of an order, the first first. */
export async function invoicesOfOrder(db: Queryable, scope: Scope, orderId: string): Promise<InvoiceRow[]> {
  const where = new Conditions().scope(scope, 'i', 'o.customer_id').add((p) => `i.order_id = ${p}`, orderId);
  const text = `SELECT ${COLUMNS} FROM ${FROM} WHERE ${where.where} ORDER BY i.issued_at, i.id`;
  return (await db.query<InvoiceRow>(prepared('invoices-of-order', text, where.values))).rows;
}

/** One document by its number. Throws `not_found` for what is not there or not the reader's. */
export async function readInvoice(db: Queryable, scope: Scope, number: string): Promise<InvoiceDetail> {
  const where = new Conditions().scope(scope, 'i', 'o.customer_id').add((p) => `i.number = ${p}`, number);
  const text = `SELECT ${COLUMNS}, i.seller, i.buyer FROM ${FROM} WHERE ${where.where}`;
  const { rows } = await db.query<Omit<InvoiceDetail, 'lines'>>(prepared('invoice-read', text, where.values));
  const [found] = rows;
  if (!found) throw new DomainError('not_found', 'There is no such invoice.');
  const lines = await db.query<InvoiceLineRow>({
    name: 'invoice-lines-read',
    text: `SELECT position, sku_code AS "skuCode", name, units, unit_price::text AS "unitPrice", net_minor AS "netMinor", discount_minor AS "discountMinor",
                  tax_minor AS "taxMinor", tax_rate::text AS "taxRate" FROM invoice_lines WHERE invoice_id = $1 ORDER BY position`,
    values: [found.id],
  });
  return { ...found, lines: lines.rows };
}

/** Who sells, as its invoices say; null where a merchant issues none. */
export interface InvoiceProfileRow {
  readonly merchantId: string;
  readonly merchantName: string;
  readonly legalName: string | null;
  readonly address: Party['address'];
  readonly taxNumber: string | null;
  readonly prefix: string | null;
  readonly since: Date | null;
  readonly version: bigint | null;
  /** Its prefix is on a number already. */
  readonly begun: boolean;
}

/** The merchants of the scope with what their invoices say. */
export async function listInvoiceProfiles(db: Queryable, scope: Scope): Promise<InvoiceProfileRow[]> {
  const where = new Conditions();
  if (scope.merchantId !== null) where.add((p) => `m.id = ${p}`, scope.merchantId);
  const text = `SELECT m.id AS "merchantId", m.name AS "merchantName", f.legal_name AS "legalName", f.address, f.tax_number AS "taxNumber", f.prefix,
      f.since, f.version, EXISTS (SELECT FROM invoice_series s WHERE s.merchant_id = m.id) AS begun
    FROM merchants m LEFT JOIN invoice_profiles f ON f.merchant_id = m.id WHERE ${where.where} ORDER BY m.name`;
  return (await db.query<InvoiceProfileRow>(prepared('invoice-profiles-list', text, where.values))).rows;
}

/** Days in UTC, both inclusive. */
export interface TaxPeriod {
  readonly from: string;
  readonly to: string;
  readonly merchantId?: string | undefined;
}

/** What a merchant owes to a place at a rate: invoiced less credited, in minor units. */
export interface TaxRow {
  readonly merchantId: string;
  readonly merchantName: string;
  readonly currency: string;
  readonly country: string;
  readonly region: string | null;
  /** Decimal string: 0.190000. */
  readonly taxRate: string;
  readonly invoices: number;
  readonly creditNotes: number;
  readonly invoicedNetMinor: bigint;
  readonly creditedNetMinor: bigint;
  readonly netMinor: bigint;
  readonly taxMinor: bigint;
}

/** Tax by jurisdiction, of documents that were issued in the period. */
export async function readTaxReport(db: Queryable, scope: Scope, period: TaxPeriod): Promise<TaxRow[]> {
  const where = new Conditions().scope({ merchantId: scope.merchantId, customerId: null }, 'i');
  // Compensation for cancellations is outside of the tax.
  where.plain("i.source_kind <> 'cancellation'");
  if (period.merchantId) where.add((p) => `i.merchant_id = ${p}`, period.merchantId);
  where.add((p) => `i.issued_at >= ${p}::date::timestamp AT TIME ZONE 'UTC'`, period.from);
  where.add((p) => `i.issued_at < (${p}::date + 1)::timestamp AT TIME ZONE 'UTC'`, period.to);
  const text = `SELECT i.merchant_id AS "merchantId", m.name AS "merchantName", i.currency, i.country, i.region, l.tax_rate::text AS "taxRate",
      count(DISTINCT i.id) FILTER (WHERE i.kind = 'invoice')::int AS invoices,
      count(DISTINCT i.id) FILTER (WHERE i.kind = 'credit_note')::int AS "creditNotes",
      COALESCE(sum(l.net_minor - l.discount_minor) FILTER (WHERE i.kind = 'invoice'), 0)::bigint AS "invoicedNetMinor",
      COALESCE(sum(l.net_minor - l.discount_minor) FILTER (WHERE i.kind = 'credit_note'), 0)::bigint AS "creditedNetMinor",
      sum(CASE i.kind WHEN 'invoice' THEN 1 ELSE -1 END * (l.net_minor - l.discount_minor))::bigint AS "netMinor",
      sum(CASE i.kind WHEN 'invoice' THEN 1 ELSE -1 END * l.tax_minor)::bigint AS "taxMinor"
    FROM invoices i JOIN invoice_lines l ON l.invoice_id = i.id JOIN merchants m ON m.id = i.merchant_id
    WHERE ${where.where}
    GROUP BY i.merchant_id, m.name, i.currency, i.country, i.region, l.tax_rate
    ORDER BY m.name, i.currency, i.country, i.region NULLS FIRST, l.tax_rate DESC`;
  return (await db.query<TaxRow>(prepared('tax-report', text, where.values))).rows;
}
