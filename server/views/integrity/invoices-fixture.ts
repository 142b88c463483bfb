import type { Corruption } from './corruptions-fixture.ts';

const invoice = (kind: string, series: number, order: string, minor: number) => `
  INSERT INTO invoices (id, home, merchant_id, order_id, kind, number, series_value, source_kind, source_id, currency, net_minor, discount_minor, tax_minor,
                        total_minor, country, supplied_at, issued_at, seller, buyer)
  VALUES (gen_random_uuid(), 'EU', '00000000-0000-7000-8000-0000000000f1', ${order}, '${kind}', 'X-${kind}-${series}', ${series},
          '${kind === 'invoice' ? 'shipment' : 'refund'}', gen_random_uuid(), 'EUR', ${minor}, 0, 0, ${minor}, 'DE', now(), now(), '{}', '{}');`;
const ORDER = `'00000000-0000-7000-8000-0000000000f2'`;

/** What somebody could do to invoices behind everybody's back, and who has to notice. */
export const INVOICE_CORRUPTIONS: readonly Corruption[] = [
  {
    invariant: 'orders.invoice_numbers',
    what: 'a number that was given and is on nothing',
    plant: `INSERT INTO invoice_series (merchant_id, kind, value) VALUES (gen_random_uuid(), 'invoice', 10001)`,
  },
  {
    invariant: 'orders.invoice_numbers',
    what: 'an invoice whose lines do not add up to it',
    plant: invoice('invoice', 10_001, ORDER, 100),
  },
  {
    invariant: 'orders.invoiced',
    what: 'a shipment that nobody invoiced',
    plant: `UPDATE shipments SET shipped_at = '2026-01-02' WHERE status <> 'PENDING';
            INSERT INTO invoice_profiles (merchant_id, legal_name, address, tax_number, prefix, since)
            SELECT merchant_id, 'X', '{}', 'X', 'XX', '2000-01-01' FROM shipments LIMIT 1`,
  },
  {
    invariant: 'orders.credited',
    also: ['orders.invoice_numbers'],
    what: 'a credit note for more than was invoiced',
    plant: `${invoice('invoice', 10_001, ORDER, 100)} ${invoice('credit_note', 10_001, ORDER, 101)}`,
  },
];
