import type { Invariant } from './invariant.ts';

/** Money that was written off moved once, by as much as the item says, because two people said so. */
const WRITE_OFFS: Invariant = {
  id: 'reconciliation.write_offs',
  group: 4,
  title:
    'Each difference that was written off has its one transfer, of its amount, and a second person’s word; one that no longer stands was taken back',
  fullOnly: true,
  sql: `
    WITH posted AS (SELECT id, reference, amount_minor FROM transfers WHERE kind = 'write_off')
    SELECT 'item ' || i.id, format('difference %s, written off %s', i.theirs_minor - i.ours_minor, COALESCE(p.amount_minor::text, 'nothing'))
    FROM reconciliation_items i LEFT JOIN posted p ON p.id = i.write_off_id AND p.reference = i.key
    LEFT JOIN approvals a ON a.id = i.approval_id AND a.status = 'approved' AND a.decided_by <> a.requested_by
    WHERE i.status = 'written_off' AND (p.amount_minor IS DISTINCT FROM abs(i.theirs_minor - i.ours_minor) OR a.id IS NULL)
    UNION ALL
    SELECT 'transfer ' || p.id, 'writes off what no item says'
    FROM posted p WHERE NOT EXISTS (SELECT FROM reconciliation_items i WHERE i.write_off_id = p.id)
      AND NOT EXISTS (SELECT FROM transfers r WHERE r.reverses = p.id HAVING sum(r.amount_minor) = p.amount_minor)`,
};

/** A match is between a booking of theirs and money that really moved here. */
const JOURNALS: Invariant = {
  id: 'reconciliation.journals',
  group: 4,
  title: 'Each journal that a report was compared with is in the ledger',
  fullOnly: true,
  sql: `
    SELECT 'item ' || i.id, format('%s names journal %s, which is not there', i.kind, i.journal_id)
    FROM reconciliation_items i
    WHERE i.journal_id IS NOT NULL AND i.status <> 'gone' AND NOT EXISTS (SELECT FROM transfers t WHERE t.journal_id = i.journal_id)`,
};

/** Group 4, at the edge of the house: what providers report. */
export const RECONCILIATION_INVARIANTS: readonly Invariant[] = [WRITE_OFFS, JOURNALS];
