import type { Tx } from '../../platform/db.ts';
import { insertRows, type TableSpec } from '../../platform/rows.ts';
import type { InvoicedLine, InvoiceKind, Issued, Party } from './rules.ts';
import type { Address } from './schema.ts';

/** Who sells, as its invoices say; what left before `since` was invoiced elsewhere. */
export interface Profile {
  readonly merchantId: string;
  readonly legalName: string;
  readonly address: Address;
  readonly taxNumber: string;
  readonly prefix: string;
  readonly since: Date;
  readonly version: bigint;
}

export interface InvoiceRow {
  readonly id: string;
  readonly home: string;
  readonly merchantId: string;
  readonly orderId: string;
  readonly kind: InvoiceKind;
  readonly number: string;
  readonly seriesValue: bigint;
  readonly sourceId: string;
  readonly sourceKind: 'shipment' | 'refund' | 'cancellation';
  readonly corrects: readonly string[];
  readonly currency: string;
  readonly country: string;
  readonly region: string | null;
  readonly suppliedAt: Date;
  readonly issuedAt: Date;
  readonly seller: Party;
  readonly buyer: Party;
  readonly lines: readonly InvoicedLine[];
}

const INVOICES: TableSpec = {
  table: 'invoices',
  columns: {
    id: 'uuid',
    home: 'text',
    merchant_id: 'uuid',
    order_id: 'uuid',
    kind: 'text',
    number: 'text',
    series_value: 'int8',
    source_kind: 'text',
    source_id: 'uuid',
    corrects: 'text[]',
    currency: 'text',
    net_minor: 'int8',
    discount_minor: 'int8',
    tax_minor: 'int8',
    total_minor: 'int8',
    country: 'text',
    region: 'text',
    supplied_at: 'timestamptz',
    issued_at: 'timestamptz',
    seller: 'jsonb',
    buyer: 'jsonb',
  },
};
const LINES: TableSpec = {
  table: 'invoice_lines',
  columns: {
    invoice_id: 'uuid',
    position: 'int4',
    order_id: 'uuid',
    line_id: 'uuid',
    from_unit: 'int4',
    to_unit: 'int4',
    sku_code: 'text',
    name: 'text',
    units: 'int4',
    unit_price: 'numeric',
    net_minor: 'int8',
    discount_minor: 'int8',
    tax_minor: 'int8',
    tax_rate: 'numeric',
  },
};

const PROFILE = `merchant_id AS "merchantId", legal_name AS "legalName", address, tax_number AS "taxNumber", prefix, since, version`;

/** Profiles by merchant. Whoever changes one holds its merchant's lock. */
export async function readProfiles(tx: Tx, merchantIds: readonly string[]): Promise<Profile[]> {
  const { rows } = await tx.query<Profile>({
    name: 'invoice-profiles-read',
    text: `SELECT ${PROFILE} FROM invoice_profiles WHERE merchant_id = ANY($1::uuid[])`,
    values: [merchantIds],
  });
  return rows;
}

/** The prefixes among these that are somebody's, with whose they are. */
export async function readPrefixes(tx: Tx, prefixes: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { rows } = await tx.query<{ prefix: string; merchantId: string }>({
    name: 'invoice-prefixes-read',
    text: 'SELECT prefix, merchant_id AS "merchantId" FROM invoice_profiles WHERE prefix = ANY($1::text[])',
    values: [prefixes],
  });
  return new Map(rows.map((row) => [row.prefix, row.merchantId]));
}

/** Whether a merchant has issued anything yet. */
export async function readBegun(tx: Tx, merchantIds: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await tx.query<{ merchantId: string }>({
    name: 'invoice-series-begun',
    text: 'SELECT DISTINCT merchant_id AS "merchantId" FROM invoice_series WHERE merchant_id = ANY($1::uuid[])',
    values: [merchantIds],
  });
  return new Set(rows.map((row) => row.merchantId));
}

export async function upsertProfiles(tx: Tx, profiles: readonly Profile[]): Promise<void> {
  const columns = {
    merchant_id: 'uuid',
    legal_name: 'text',
    address: 'jsonb',
    tax_number: 'text',
    prefix: 'text',
    since: 'timestamptz',
    version: 'int8',
  } as const;
  await insertRows(
    tx,
    { table: 'invoice_profiles', columns },
    profiles.map((profile) => ({
      merchant_id: profile.merchantId,
      legal_name: profile.legalName,
      address: profile.address,
      tax_number: profile.taxNumber,
      prefix: profile.prefix,
      since: profile.since,
      version: profile.version,
    })),
    `ON CONFLICT (merchant_id) DO UPDATE SET legal_name = excluded.legal_name, address = excluded.address, tax_number = excluded.tax_number,
       prefix = excluded.prefix, version = excluded.version`,
  );
}

interface StoredLine {
  readonly invoiceId: string;
  readonly lineId: string | null;
  readonly fromUnit: number;
  readonly toUnit: number;
  readonly skuCode: string | null;
  readonly name: string;
  readonly unitPrice: string | null;
  readonly netMinor: bigint;
  readonly discountMinor: bigint;
  readonly taxMinor: bigint;
  readonly taxRate: string;
}

/** What was issued of orders whose locks the caller holds. */
export async function readIssued(tx: Tx, orderIds: readonly string[]): Promise<Map<string, Issued[]>> {
  const { rows } = await tx.query<Omit<Issued, 'lines'> & { orderId: string }>({
    name: 'invoices-of-orders',
    text: `SELECT id, order_id AS "orderId", kind, number, source_id AS "sourceId" FROM invoices WHERE order_id = ANY($1::uuid[]) ORDER BY id`,
    values: [orderIds],
  });
  if (rows.length === 0) return new Map();
  const { rows: lines } = await tx.query<StoredLine>({
    name: 'invoice-lines-of-orders',
    text: `SELECT invoice_id AS "invoiceId", line_id AS "lineId", from_unit AS "fromUnit", to_unit AS "toUnit", sku_code AS "skuCode", name,
                  unit_price::text AS "unitPrice", net_minor AS "netMinor", discount_minor AS "discountMinor", tax_minor AS "taxMinor",
                  tax_rate::text AS "taxRate"
           FROM invoice_lines WHERE order_id = ANY($1::uuid[]) ORDER BY invoice_id, position`,
    values: [orderIds],
  });
  const byInvoice = Map.groupBy(lines, (line) => line.invoiceId);
  const issued = rows.map(({ orderId, ...row }) => ({
    orderId,
    document: { ...row, lines: (byInvoice.get(row.id) ?? []).map(lineOf) },
  }));
  return new Map(
    [...Map.groupBy(issued, (each) => each.orderId)].map(([orderId, each]) => [orderId, each.map(({ document }) => document)]),
  );
}

function lineOf({ lineId, fromUnit, toUnit, invoiceId: _, ...line }: StoredLine): InvoicedLine {
  return { ...line, units: lineId === null ? null : { lineId, from: fromUnit, to: toUnit } };
}

/** Takes the next `count` numbers of a series and returns the first. Its row is locked until COMMIT: a rollback leaves no gap. */
export async function takeSeries(tx: Tx, merchantId: string, kind: InvoiceKind, count: number, first: bigint): Promise<bigint> {
  const { rows } = await tx.query<{ value: bigint }>({
    name: 'invoice-series-take',
    text: `INSERT INTO invoice_series AS s (merchant_id, kind, value) VALUES ($1, $2, $4::bigint + $3::bigint - 1)
           ON CONFLICT (merchant_id, kind) DO UPDATE SET value = s.value + $3::bigint RETURNING value`,
    values: [merchantId, kind, count, first],
  });
  return (rows[0] as { value: bigint }).value - BigInt(count) + 1n;
}

export async function insertInvoices(tx: Tx, invoices: readonly InvoiceRow[]): Promise<void> {
  await insertRows(tx, INVOICES, invoices.map(columns));
  await insertRows(
    tx,
    LINES,
    invoices.flatMap((invoice) =>
      invoice.lines.map((line, index) => ({
        invoice_id: invoice.id,
        position: index + 1,
        order_id: invoice.orderId,
        line_id: line.units?.lineId ?? null,
        from_unit: line.units?.from ?? null,
        to_unit: line.units?.to ?? null,
        sku_code: line.skuCode,
        name: line.name,
        units: line.units ? line.units.to - line.units.from + 1 : null,
        unit_price: line.unitPrice,
        net_minor: line.netMinor,
        discount_minor: line.discountMinor,
        tax_minor: line.taxMinor,
        tax_rate: line.taxRate,
      })),
    ),
  );
}

function columns(invoice: InvoiceRow): Record<string, unknown> {
  const sum = (pick: (line: InvoicedLine) => bigint) => invoice.lines.reduce((total, line) => total + pick(line), 0n);
  const [net, discount, tax] = [sum((line) => line.netMinor), sum((line) => line.discountMinor), sum((line) => line.taxMinor)];
  return {
    id: invoice.id,
    home: invoice.home,
    merchant_id: invoice.merchantId,
    order_id: invoice.orderId,
    kind: invoice.kind,
    number: invoice.number,
    series_value: invoice.seriesValue,
    source_kind: invoice.sourceKind,
    source_id: invoice.sourceId,
    corrects: invoice.corrects,
    currency: invoice.currency,
    net_minor: net,
    discount_minor: discount,
    tax_minor: tax,
    total_minor: net - discount + tax,
    country: invoice.country,
    region: invoice.region,
    supplied_at: invoice.suppliedAt,
    issued_at: invoice.issuedAt,
    seller: invoice.seller,
    buyer: invoice.buyer,
  };
}
