import { CHANNEL_CORRUPTIONS } from './channels-fixture.ts';
import type { Corruption } from './corruptions-fixture.ts';
import { DISPUTE_CORRUPTIONS } from './disputes-fixture.ts';
import { EDIT_CORRUPTIONS } from './edits-fixture.ts';
import { INVOICE_CORRUPTIONS } from './invoices-fixture.ts';
import { PARCEL_CORRUPTIONS } from './parcels-fixture.ts';
import { PARTNER_CORRUPTIONS } from './partners-fixture.ts';
import { PROGRAM_CORRUPTIONS } from './programs-fixture.ts';
import { RETURN_CORRUPTIONS } from './returns-fixture.ts';
import { ROUTING_CORRUPTIONS } from './routing-fixture.ts';
import { STOCK_WORK_CORRUPTIONS } from './stock-work-fixture.ts';
import { TENDERS } from './tenders-fixture.ts';

/** An item of a report, as a writer without rules would leave it. */
const item = (columns: string, values: string) => `
  INSERT INTO reconciliation_items (id, provider, key, run_id, booking, reference, currency, occurred_at, seen_at, ${columns})
  VALUES (gen_random_uuid(), 'card', 'txn_1', gen_random_uuid(), 'charge', 'pi_1', 'EUR', now(), now(), ${values})`;

/** Mistakes where money enters and leaves the house, and where units are sold before they are here. */
export const EDGES: readonly Corruption[] = [
  {
    invariant: 'stock.limit',
    what: 'a limit that no policy allowed',
    plant: `UPDATE sku_supply SET limit_over = limit_over + 1; UPDATE stock_movements SET limit_delta = limit_delta + 1 WHERE supply_version = 1`,
  },
  { invariant: 'orders.backorders', what: 'a waiting unit that left the queue', plant: 'DELETE FROM backorders' },
  {
    invariant: 'orders.backorders',
    what: 'a unit on the shelf that is queued as well',
    plant: 'UPDATE backorders SET from_unit = 1',
  },
  {
    invariant: 'reconciliation.write_offs',
    what: 'a difference that was written off, and no transfer',
    plant: item(
      'kind, status, external_id, theirs_minor, ours_minor, resolved_by, write_off_id',
      `'missing_here', 'written_off', 'txn_1', 100, 0, 'user:x', gen_random_uuid()`,
    ),
  },
  {
    invariant: 'reconciliation.journals',
    what: 'a match with a journal that never was',
    plant: item(
      'kind, status, external_id, journal_id, theirs_minor, ours_minor',
      `'matched', 'agreed', 'txn_1', gen_random_uuid(), 100, 100`,
    ),
  },
  {
    invariant: 'rails.top_ups',
    what: 'a top up that succeeded, and nothing came',
    plant: `INSERT INTO top_ups (id, wallet_id, customer_id, home, method, currency, amount_minor, credited_minor, status, hold_id, trace_id, created_at)
            VALUES (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'EU', 'card', 'EUR', 100, 100, 'succeeded', gen_random_uuid(), 't', now())`,
  },
  {
    invariant: 'rails.payouts',
    what: 'a payout that is on its way and holds nothing',
    plant: `INSERT INTO payouts (id, kind, merchant_id, home, bank_account_id, currency, amount_minor, status, hold_id, requested_by, trace_id, created_at)
            VALUES (gen_random_uuid(), 'merchant', gen_random_uuid(), 'EU', gen_random_uuid(), 'EUR', 100, 'accepted', gen_random_uuid(), 'user:x', 't', now())`,
  },
  {
    invariant: 'rails.pay_ins',
    what: 'a transfer in suspense that never came',
    plant: `INSERT INTO bank_pay_ins (bank_ref, home, written, currency, amount_minor, state, booked, why, first_at, changed_at)
            VALUES ('pi_x', 'EU', 'x', 'EUR', 100, 'settled', 'suspense', 'unknown_reference', now(), now())`,
  },
  {
    invariant: 'rails.disputes',
    what: 'a charge-back that nobody was debited',
    plant: `INSERT INTO top_ups (id, wallet_id, customer_id, home, method, currency, amount_minor, status, reference, provider_ref, trace_id, created_at)
              VALUES ('00000000-0000-7000-8000-0000000000d1', gen_random_uuid(), gen_random_uuid(), 'EU', 'bank', 'EUR', 100, 'expired', 'RF00X', 'pi_d', 't', now());
            INSERT INTO top_up_disputes (provider_ref, top_up_id, customer_id, currency, amount_minor, debited_minor, fee_minor, status, opened_at)
              VALUES ('dp_x', '00000000-0000-7000-8000-0000000000d1', gen_random_uuid(), 'EUR', 100, 100, 0, 'open', now())`,
  },
  {
    invariant: 'rails.came_back',
    what: 'a withdrawal that is said to have come back for a closed wallet, and did not',
    plant: `INSERT INTO bank_pay_ins (bank_ref, home, written, currency, amount_minor, state, booked, why, first_at, changed_at)
            VALUES ('po_x', 'EU', 'x', 'EUR', 100, 'settled', 'suspense', 'withdrawal_returned', now(), now())`,
  },
  ...PARTNER_CORRUPTIONS,
  ...ROUTING_CORRUPTIONS,
  ...CHANNEL_CORRUPTIONS,
  ...INVOICE_CORRUPTIONS,
  ...STOCK_WORK_CORRUPTIONS,
  ...TENDERS,
  ...PROGRAM_CORRUPTIONS,
  ...PARCEL_CORRUPTIONS,
  ...RETURN_CORRUPTIONS,
  ...DISPUTE_CORRUPTIONS,
  ...EDIT_CORRUPTIONS,
];
