import { DomainError } from '../kernel/errors.ts';
import { isId } from '../kernel/ids.ts';
import type { Queryable } from '../platform/db.ts';
import { type Actor, resolveActors } from './actors.ts';
import { Conditions, prepared } from './conditions.ts';
import { keysetPage, type PageRequest } from './keyset.ts';
import type { Page } from './pages.ts';
import type { Scope } from './scope.ts';

/** How a connection goes: nothing waits, something does, it does not answer, or somebody paused it. */
export type ChannelState = 'current' | 'sending' | 'failing' | 'paused';

export interface ChannelRow {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly channel: string;
  readonly merchantId: string;
  readonly merchantName: string;
  readonly status: 'on' | 'paused';
  readonly state: ChannelState;
  readonly listings: number;
  /** Listings whose newest quantity the channel has not acknowledged. */
  readonly unsent: number;
  /** Since when the first of them waits. */
  readonly waitingSince: Date | null;
  /** Listings that the channel does not know, or has from somebody else. */
  readonly problems: number;
  /** Differences that somebody has to answer. */
  readonly differences: number;
  readonly failures: number;
  readonly lastError: string | null;
  readonly nextAt: Date | null;
  readonly answeredAt: Date | null;
  readonly reportedAt: Date | null;
  readonly createdAt: Date;
}

const UNSENT = `(l.dirty_since IS NOT NULL OR l.sent_version IS DISTINCT FROM l.acked_version)`;
const COLUMNS = `c.id, c.name, c.kind, c.channel, c.merchant_id AS "merchantId", m.name AS "merchantName", c.status,
  CASE WHEN c.status = 'paused' THEN 'paused' WHEN c.failures > 0 THEN 'failing' WHEN t.unsent > 0 THEN 'sending' ELSE 'current' END AS state,
  t.listings, t.unsent, t.problems, t.since AS "waitingSince",
  (SELECT count(*)::int FROM channel_drift d WHERE d.connection_id = c.id AND d.status = 'open') AS differences,
  c.failures, c.last_error AS "lastError", c.next_at AS "nextAt", c.answered_at AS "answeredAt", c.reported_at AS "reportedAt",
  c.created_at AS "createdAt"`;
const FROM = `channel_connections c JOIN merchants m ON m.id = c.merchant_id CROSS JOIN LATERAL (
  SELECT count(*)::int AS listings, count(*) FILTER (WHERE ${UNSENT})::int AS unsent, count(l.problem)::int AS problems,
    min(coalesce(l.dirty_since, l.sent_at)) FILTER (WHERE ${UNSENT}) AS since
  FROM channel_listings l WHERE l.connection_id = c.id) t`;

/** Connections, by name. */
export async function listChannels(db: Queryable, scope: Scope): Promise<ChannelRow[]> {
  const where = new Conditions().plain('true').scope(scope, 'c', null);
  const text = `SELECT ${COLUMNS} FROM ${FROM} WHERE ${where.where} ORDER BY m.name, c.name LIMIT 500`;
  return (await db.query<ChannelRow>(prepared('channels', text, where.values))).rows;
}

export interface DriftRow {
  readonly id: string;
  readonly skuId: string;
  readonly skuCode: string;
  readonly kind: 'quantity' | 'missing' | 'behind' | 'ahead';
  readonly ours: bigint;
  readonly theirs: bigint | null;
  readonly status: 'open' | 'counting' | 'ignored' | 'closed';
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
  readonly timesSeen: number;
  readonly resolution: 'agreed' | 'send_again' | 'count' | 'ignore' | null;
  readonly reason: string | null;
  readonly resolvedBy: Actor | null;
  /** The sheets on which it was looked for last. */
  readonly counts: readonly DriftCount[];
}

/** Waiting: its difference waits for a second person. */
export interface DriftCount {
  readonly number: string;
  readonly nodeCode: string;
  readonly status: 'counting' | 'waiting' | 'finished' | 'cancelled';
}

export interface SentMessage {
  readonly id: string;
  readonly status: 'sending' | 'acknowledged' | 'refused';
  readonly size: number;
  readonly attempts: number;
  readonly error: string | null;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
}

export interface ReportRow {
  readonly id: string;
  readonly source: 'fetched' | 'received';
  readonly listings: number;
  readonly agreed: number;
  readonly onTheWay: number;
  readonly different: number;
  readonly unknown: number;
  readonly at: Date;
}

export interface ChannelPage extends ChannelRow {
  readonly url: string;
  readonly version: bigint;
  readonly drift: readonly DriftRow[];
  readonly messages: readonly SentMessage[];
  readonly reports: readonly ReportRow[];
}

const DRIFT = `SELECT d.id, d.sku_id AS "skuId", k.code AS "skuCode", d.kind, d.ours, d.theirs, d.status, d.first_seen_at AS "firstSeenAt",
    d.last_seen_at AS "lastSeenAt", d.times_seen AS "timesSeen", d.resolution, d.reason, d.resolved_by AS "resolvedBy",
    coalesce((SELECT json_agg(json_build_object('number', c.number, 'nodeCode', n.code,
        'status', CASE WHEN c.status = 'finished' AND p.status = 'pending' THEN 'waiting' ELSE c.status END) ORDER BY c.number)
      FROM channel_drift_counts s JOIN stock_counts c ON c.id = s.count_id JOIN nodes n ON n.id = c.node_id LEFT JOIN approvals p ON p.id = c.approval_id
      WHERE s.drift_id = d.id AND s.round = d.count_round), '[]') AS counts
  FROM channel_drift d JOIN skus k ON k.id = d.sku_id WHERE d.connection_id = $1
  ORDER BY d.status = 'open' DESC, d.status = 'counting' DESC, d.id DESC LIMIT 50`;
const MESSAGES = `SELECT id, status, size, attempts, error, created_at AS "createdAt", ended_at AS "endedAt" FROM channel_messages
  WHERE connection_id = $1 ORDER BY id DESC LIMIT 20`;
const REPORTS = `SELECT id, source, listings, agreed, on_the_way AS "onTheWay", different, unknown, at FROM channel_reports
  WHERE connection_id = $1 ORDER BY id DESC LIMIT 10`;

/** One connection. Throws `not_found`. */
export async function readChannel(db: Queryable, scope: Scope, id: string): Promise<ChannelPage> {
  const where = new Conditions().add((p) => `c.id = ${p}`, isId(id) ? id : null).scope(scope, 'c', null);
  const text = `SELECT ${COLUMNS}, c.url, c.version FROM ${FROM} WHERE ${where.where}`;
  const { rows } = await db.query<Omit<ChannelPage, 'drift' | 'messages' | 'reports'>>(prepared('channel', text, where.values));
  const [head] = rows;
  if (!head) throw new DomainError('not_found', 'There is no such connection.');
  const drift = await db.query<Omit<DriftRow, 'resolvedBy'> & { resolvedBy: string | null }>(
    prepared('channel-drift', DRIFT, [head.id]),
  );
  const messages = await db.query<SentMessage>(prepared('channel-messages', MESSAGES, [head.id]));
  const reports = await db.query<ReportRow>(prepared('channel-reports', REPORTS, [head.id]));
  const name = await resolveActors(
    db,
    drift.rows.flatMap((row) => (row.resolvedBy ? [row.resolvedBy] : [])),
  );
  return {
    ...head,
    drift: drift.rows.map((row) => ({ ...row, resolvedBy: row.resolvedBy ? name(row.resolvedBy) : null })),
    messages: messages.rows,
    reports: reports.rows,
  };
}

export interface ListingRow {
  readonly skuId: string;
  readonly skuCode: string;
  readonly skuName: string;
  readonly ref: string;
  readonly active: boolean;
  /** Somebody took it off: it is listed with nothing. */
  readonly takenOff: boolean;
  readonly sentQuantity: bigint | null;
  readonly sentVersion: bigint | null;
  readonly sentAt: Date | null;
  readonly ackedQuantity: bigint | null;
  readonly ackedVersion: bigint | null;
  readonly ackedAt: Date | null;
  readonly waits: boolean;
  readonly problem: 'unknown' | 'ahead' | null;
}

export const LISTING_VIEWS = ['all', 'unsent', 'problem', 'off'] as const;
export type ListingView = (typeof LISTING_VIEWS)[number];
const VIEW: Readonly<Record<ListingView, string>> = {
  all: 'true',
  unsent: UNSENT,
  problem: 'l.problem IS NOT NULL',
  off: 'l.taken_off',
};

/** A connection's listings, by the SKU's code. */
export function listListings(
  db: Queryable,
  scope: Scope,
  request: {
    readonly connectionId: string;
    readonly view?: ListingView | undefined;
    readonly q?: string | undefined;
  } & PageRequest,
): Promise<Page<ListingRow>> {
  const where = new Conditions()
    .add((p) => `l.connection_id = ${p}`, request.connectionId)
    .plain(VIEW[request.view ?? 'all'])
    .scope(scope, 'c', null);
  if (request.q?.trim()) {
    const typed = request.q.trim().replaceAll(/[\\%_]/g, '\\$&');
    where.add((p) => `(k.code ILIKE ${p} || '%' OR l.ref ILIKE ${p} || '%')`, typed);
  }
  return keysetPage<ListingRow>(
    db,
    {
      label: 'channel-listings',
      columns: `l.sku_id AS "skuId", k.code AS "skuCode", k.name AS "skuName", l.ref, l.active, l.taken_off AS "takenOff", l.sent_quantity AS "sentQuantity", l.sent_version AS "sentVersion",
        l.sent_at AS "sentAt", l.acked_quantity AS "ackedQuantity", l.acked_version AS "ackedVersion", l.acked_at AS "ackedAt", ${UNSENT} AS waits, l.problem`,
      from: 'channel_listings l JOIN channel_connections c ON c.id = l.connection_id JOIN skus k ON k.id = l.sku_id',
      where,
      by: 'k.code',
      id: 'l.sku_id',
      descending: false,
      cast: 'text',
      check: () => true,
    },
    request,
  );
}
