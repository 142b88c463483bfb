import type { Tx } from '../../platform/db.ts';

/** A counter row's version that a run saw and checked. */
export interface VerifiedVersion {
  readonly kind: 'account' | 'supply' | 'node';
  readonly key: string;
  readonly version: bigint;
}

/** What one run looks at. Null means everything. */
export interface Inspection {
  readonly full: boolean;
  readonly mark: string;
  readonly now: Date;
  readonly since: Date | null;
  readonly orders: readonly string[] | null;
  readonly skus: readonly string[] | null;
  readonly accounts: readonly string[] | null;
  /** The verified version of each of `accounts`; 0 where there is none. */
  readonly accountVersions: readonly bigint[] | null;
  /** Counter rows that moved on since they were last verified. */
  readonly moved: readonly VerifiedVersion[];
}

/**
 * Claims and sagas carry the application's clock and are written a moment later; this much is looked at again each time. No
 * transaction lives nearly as long (DESIGN 3).
 */
const OVERLAP_MS = 10 * 60_000;

const MOVED = `
  SELECT 'account' AS kind, a.id::text AS key, a.version, m.version AS since
  FROM accounts a LEFT JOIN integrity_marks m ON m.kind = 'account' AND m.key = a.id::text
  WHERE m.version IS DISTINCT FROM a.version
  UNION ALL
  SELECT 'supply', s.sku_id || ':' || s.region, s.version, m.version
  FROM sku_supply s LEFT JOIN integrity_marks m ON m.kind = 'supply' AND m.key = s.sku_id || ':' || s.region
  WHERE m.version IS DISTINCT FROM s.version
  UNION ALL
  SELECT 'node', n.sku_id || ':' || n.node_id, n.version, m.version
  FROM node_stock n LEFT JOIN integrity_marks m ON m.kind = 'node' AND m.key = n.sku_id || ':' || n.node_id
  WHERE m.version IS DISTINCT FROM n.version`;

/** Finds what a run has to look at: everything, or what changed since the last run that found nothing wrong. */
export async function inspectionScope(
  tx: Tx,
  { full, now }: { readonly full: boolean; readonly now: Date },
): Promise<Inspection> {
  const { rows: marks } = await tx.query<{ mark: string; last: string | null; at: Date | null }>(
    `SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS mark, r.mark AS last, r.checked_at AS at
     FROM (SELECT) one LEFT JOIN (
       SELECT mark, checked_at FROM integrity_runs WHERE verified ORDER BY checked_at DESC, id DESC LIMIT 1) r ON true`,
  );
  const mark = marks[0]?.mark ?? '0';
  const { rows: moved } = await tx.query<VerifiedVersion & { since: bigint | null }>(MOVED);
  const { last = null, at = null } = marks[0] ?? {};
  if (full || last === null || at === null) {
    return { full: true, mark, now, since: null, orders: null, skus: null, accounts: null, accountVersions: null, moved };
  }
  const orders = await changedOrders(tx, last);
  const skus = new Set(moved.filter((row) => row.kind !== 'account').map((row) => row.key.slice(0, row.key.indexOf(':'))));
  for (const sku of await skusOf(tx, orders)) skus.add(sku);
  const accounts = moved.filter((row) => row.kind === 'account');
  return {
    full: false,
    mark,
    now,
    since: new Date(at.getTime() - OVERLAP_MS),
    orders,
    skus: [...skus],
    accounts: accounts.map((row) => row.key),
    accountVersions: accounts.map((row) => row.since ?? 0n),
    moved,
  };
}

/** Every change of an order writes an event; the mark is a transaction id, so nothing that committed late is missed. */
async function changedOrders(tx: Tx, mark: string): Promise<string[]> {
  const { rows } = await tx.query<{ id: string }>(
    `SELECT DISTINCT aggregate_id AS id FROM events WHERE xid >= $1::text::xid8 AND aggregate = 'order'`,
    [mark],
  );
  return rows.map((row) => row.id);
}

async function skusOf(tx: Tx, orders: readonly string[]): Promise<string[]> {
  const { rows } = await tx.query<{ id: string }>(
    'SELECT DISTINCT sku_id AS id FROM order_lines WHERE order_id = ANY($1::uuid[]) AND stocked AND sku_id IS NOT NULL',
    [orders],
  );
  return rows.map((row) => row.id);
}
