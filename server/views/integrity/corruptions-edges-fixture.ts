import type { Corruption } from './corruptions-fixture.ts';

/** An item of a report, as a writer without rules would leave it. */
const item = (columns: string, values: string) => `
  INSERT INTO reconciliation_items (id, provider, key, run_id, booking, reference, currency, occurred_at, seen_at, ${columns})
  VALUES (gen_random_uuid(), 'card', 'txn_1', gen_random_uuid(), 'charge', 'pi_1', 'EUR', now(), now(), ${values})`;

/** Mistakes where money enters and leaves the house. */
export const EDGES: readonly Corruption[] = [
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
];
