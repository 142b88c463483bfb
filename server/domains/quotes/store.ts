import type { Queryable, Tx } from '../../platform/db.ts';
import { insertRows, type TableSpec } from '../../platform/rows.ts';
import type { Quote } from './rules.ts';

const QUOTES: TableSpec = {
  table: 'quotes',
  columns: {
    id: 'uuid',
    home: 'text',
    merchant_id: 'uuid',
    currency: 'text',
    prices_include_tax: 'bool',
    destination: 'jsonb',
    lines: 'jsonb',
    discount_minor: 'int8',
    options: 'jsonb',
    rates: 'jsonb',
    tax_provider: 'text',
    goods_total_minor: 'int8',
    actor: 'text',
    trace_id: 'text',
    created_at: 'timestamptz',
    expires_at: 'timestamptz',
  },
};

export async function insertQuotes(
  tx: Tx,
  quotes: readonly (Quote & { readonly actor: string; readonly traceId: string })[],
): Promise<void> {
  await insertRows(
    tx,
    QUOTES,
    quotes.map((quote) => ({
      id: quote.id,
      home: quote.home,
      merchant_id: quote.merchantId,
      currency: quote.currency,
      prices_include_tax: quote.pricesIncludeTax,
      destination: quote.destination,
      lines: quote.lines,
      discount_minor: quote.discountMinor,
      options: quote.options,
      rates: quote.rates,
      tax_provider: quote.taxProvider,
      goods_total_minor: quote.goodsTotalMinor,
      actor: quote.actor,
      trace_id: quote.traceId,
      created_at: quote.createdAt,
      expires_at: quote.expiresAt,
    })),
  );
}

export async function readQuotes(db: Queryable, ids: readonly string[]): Promise<Quote[]> {
  const { rows } = await db.query<Quote>({
    name: 'quotes-read',
    text: `SELECT id, home, merchant_id AS "merchantId", currency, prices_include_tax AS "pricesIncludeTax", destination, lines,
                  discount_minor AS "discountMinor", options, rates, tax_provider AS "taxProvider", goods_total_minor AS "goodsTotalMinor",
                  created_at AS "createdAt", expires_at AS "expiresAt"
           FROM quotes WHERE id = ANY($1::uuid[])`,
    values: [ids],
  });
  return rows;
}
