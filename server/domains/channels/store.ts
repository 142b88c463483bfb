import type { Queryable, Tx } from '../../platform/db.ts';
import { lockStep } from '../../platform/locks.ts';
import { insertRows, type TableSpec, updateRows } from '../../platform/rows.ts';
import type { ChannelMessage, Connection, Listing, MessageItem } from './rules.ts';

const CONNECTIONS: TableSpec = {
  table: 'channel_connections',
  columns: {
    id: 'uuid',
    home: 'text',
    merchant_id: 'uuid',
    channel: 'text',
    kind: 'text',
    name: 'text',
    url: 'text',
    secret_sealed: 'text',
    status: 'text',
    version: 'int8',
    created_at: 'timestamptz',
    updated_at: 'timestamptz',
    leased_until: 'timestamptz',
    failures: 'int4',
    next_at: 'timestamptz',
    last_error: 'text',
    answered_at: 'timestamptz',
    report_due_at: 'timestamptz',
    reported_at: 'timestamptz',
  },
};
const LISTINGS: TableSpec = {
  table: 'channel_listings',
  columns: {
    connection_id: 'uuid',
    sku_id: 'uuid',
    region: 'text',
    ref: 'text',
    active: 'bool',
    taken_off: 'bool',
    sent_quantity: 'int8',
    sent_version: 'int8',
    sent_at: 'timestamptz',
    acked_quantity: 'int8',
    acked_version: 'int8',
    acked_at: 'timestamptz',
    dirty_since: 'timestamptz',
    forced: 'bool',
    problem: 'text',
  },
};
const MESSAGES: TableSpec = {
  table: 'channel_messages',
  columns: {
    id: 'uuid',
    connection_id: 'uuid',
    status: 'text',
    items: 'jsonb',
    size: 'int4',
    attempts: 'int4',
    error: 'text',
    created_at: 'timestamptz',
    ended_at: 'timestamptz',
  },
};

const CONNECTION = `id, home, merchant_id AS "merchantId", channel, kind, name, url, secret_sealed AS "secretSealed", status, list_all AS "listAll",
  version, leased_until AS "leasedUntil", failures, next_at AS "nextAt", last_error AS "lastError", answered_at AS "answeredAt",
  report_due_at AS "reportDueAt", reported_at AS "reportedAt"`;

export async function lockConnections(tx: Tx, ids: readonly string[], skipLocked = false): Promise<Connection[]> {
  lockStep(tx, 'channel_connections');
  const { rows } = await tx.query<Connection>({
    name: `channels-lock${skipLocked ? '-free' : ''}`,
    text: `SELECT ${CONNECTION} FROM channel_connections WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE${skipLocked ? ' SKIP LOCKED' : ''}`,
    values: [ids],
  });
  return rows;
}

export async function readConnection(db: Queryable, id: string): Promise<Connection | undefined> {
  const { rows } = await db.query<Connection>({
    name: 'channels-read',
    text: `SELECT ${CONNECTION} FROM channel_connections WHERE id = $1`,
    values: [id],
  });
  return rows[0];
}

/** Connections with something to send now. */
export async function findDue(db: Queryable, now: Date): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: 'channels-due',
    text: `SELECT id FROM channel_connections c WHERE status = 'on' AND (next_at IS NULL OR next_at <= $1) AND (leased_until IS NULL OR leased_until <= $1)
             AND (EXISTS (SELECT FROM channel_listings l WHERE l.connection_id = c.id AND l.dirty_since IS NOT NULL)
               OR EXISTS (SELECT FROM channel_messages m WHERE m.connection_id = c.id AND m.status = 'sending'))`,
    values: [now],
  });
  return rows.map((row) => row.id);
}

/** Connections that are to be asked what they have. */
export async function findReportsDue(db: Queryable, now: Date): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: 'channels-reports-due',
    text: `SELECT id FROM channel_connections WHERE status = 'on' AND report_due_at <= $1 ORDER BY report_due_at LIMIT 50`,
    values: [now],
  });
  return rows.map((row) => row.id);
}

const connectionRow = (c: Connection, now: Date): Record<string, unknown> => ({
  id: c.id,
  home: c.home,
  merchant_id: c.merchantId,
  channel: c.channel,
  kind: c.kind,
  name: c.name,
  url: c.url,
  secret_sealed: c.secretSealed,
  status: c.status,
  version: c.version,
  created_at: now,
  updated_at: now,
  leased_until: c.leasedUntil,
  failures: c.failures,
  next_at: c.nextAt,
  last_error: c.lastError,
  answered_at: c.answeredAt,
  report_due_at: c.reportDueAt,
  reported_at: c.reportedAt,
});

/** Returns how many were added: a name is taken once per merchant. */
export function insertConnections(tx: Tx, rows: readonly Connection[], now: Date): Promise<number> {
  return insertRows(
    tx,
    CONNECTIONS,
    rows.map((row) => connectionRow(row, now)),
  );
}

const CHANGING = [
  ...['name', 'url', 'secret_sealed', 'status', 'version', 'updated_at', 'leased_until', 'failures', 'next_at', 'last_error'],
  ...['answered_at', 'report_due_at', 'reported_at'],
];

export async function updateConnections(tx: Tx, rows: readonly Connection[], now: Date): Promise<void> {
  const values = rows.map((row) => connectionRow(row, now));
  await updateRows(tx, CONNECTIONS, ['id'], CHANGING, values);
}

interface ListingRow extends Omit<Listing, 'sent' | 'acked'> {
  readonly sentQuantity: bigint | null;
  readonly sentVersion: bigint | null;
  readonly ackedQuantity: bigint | null;
  readonly ackedVersion: bigint | null;
}

const LISTING = `connection_id AS "connectionId", sku_id AS "skuId", region, ref, active, taken_off AS "takenOff", sent_quantity AS "sentQuantity", sent_version AS "sentVersion",
  acked_quantity AS "ackedQuantity", acked_version AS "ackedVersion", sent_at AS "sentAt", acked_at AS "ackedAt", dirty_since AS "dirtySince", forced, problem`;

const told = (quantity: bigint | null, version: bigint | null) =>
  quantity === null || version === null ? null : { quantity, version };

const listingOf = ({ sentQuantity, sentVersion, ackedQuantity, ackedVersion, ...row }: ListingRow): Listing => ({
  ...row,
  sent: told(sentQuantity, sentVersion),
  acked: told(ackedQuantity, ackedVersion),
});

/** Listings of locked connections: what waits longest to be told. */
export async function lockDirty(tx: Tx, connectionId: string, limit: number): Promise<Listing[]> {
  const { rows } = await tx.query<ListingRow>({
    name: 'channels-lock-dirty',
    text: `SELECT ${LISTING} FROM channel_listings WHERE connection_id = $1 AND sku_id = ANY(ARRAY(
             SELECT sku_id FROM channel_listings WHERE connection_id = $1 AND dirty_since IS NOT NULL ORDER BY dirty_since LIMIT $2))
           ORDER BY sku_id FOR NO KEY UPDATE`,
    values: [connectionId, limit],
  });
  return rows.map(listingOf);
}

/** All listings of a locked connection, or those of some SKUs. */
export async function lockListings(tx: Tx, connectionId: string, skuIds: readonly string[] | null): Promise<Listing[]> {
  const { rows } = await tx.query<ListingRow>({
    name: 'channels-lock-listings',
    text: `SELECT ${LISTING} FROM channel_listings WHERE connection_id = $1 AND ($2::uuid[] IS NULL OR sku_id = ANY($2::uuid[]))
           ORDER BY sku_id FOR NO KEY UPDATE`,
    values: [connectionId, skuIds],
  });
  return rows.map(listingOf);
}

const listingRow = (l: Listing): Record<string, unknown> => ({
  connection_id: l.connectionId,
  sku_id: l.skuId,
  region: l.region,
  ref: l.ref,
  active: l.active,
  taken_off: l.takenOff,
  sent_quantity: l.sent?.quantity ?? null,
  sent_version: l.sent?.version ?? null,
  sent_at: l.sentAt,
  acked_quantity: l.acked?.quantity ?? null,
  acked_version: l.acked?.version ?? null,
  acked_at: l.ackedAt,
  dirty_since: l.dirtySince,
  forced: l.forced,
  problem: l.problem,
});

export async function insertListings(tx: Tx, rows: readonly Listing[]): Promise<void> {
  await insertRows(tx, LISTINGS, rows.map(listingRow), 'ON CONFLICT DO NOTHING');
}

const LISTING_KEY = ['connection_id', 'sku_id'];

/** What was put into a message, or is known to the channel already. */
export async function writeSent(tx: Tx, rows: readonly Listing[]): Promise<void> {
  const changing = ['sent_quantity', 'sent_version', 'sent_at', 'dirty_since', 'forced'];
  await updateRows(tx, LISTINGS, LISTING_KEY, changing, rows.map(listingRow));
}

/** What the channel said of a message's items, and what has to be told again. */
export async function writeAnswered(tx: Tx, rows: readonly Listing[]): Promise<void> {
  const changing = ['ref', 'acked_quantity', 'acked_version', 'acked_at', 'dirty_since', 'forced', 'problem', 'taken_off'];
  await updateRows(tx, LISTINGS, LISTING_KEY, changing, rows.map(listingRow));
}

/** Marks the listings of changed SKUs, at every connection. One that is marked already keeps its first moment. */
export async function markDirty(
  tx: Tx,
  changes: readonly { readonly skuId: string; readonly region: string; readonly since: Date }[],
): Promise<void> {
  await tx.query({
    name: 'channels-mark-dirty',
    text: `WITH changed AS (SELECT * FROM unnest($1::uuid[], $2::text[], $3::timestamptz[]) AS c(sku_id, region, since)),
             found AS (SELECT l.connection_id, l.sku_id, c.since FROM channel_listings l JOIN changed c ON c.sku_id = l.sku_id AND c.region = l.region
               WHERE l.dirty_since IS NULL ORDER BY l.connection_id, l.sku_id FOR NO KEY UPDATE OF l)
           UPDATE channel_listings l SET dirty_since = f.since FROM found f
           WHERE l.connection_id = f.connection_id AND l.sku_id = f.sku_id AND l.dirty_since IS NULL`,
    values: [changes.map((c) => c.skuId), changes.map((c) => c.region), changes.map((c) => c.since)],
  });
}

export async function readOpenMessage(tx: Tx, connectionId: string): Promise<ChannelMessage | undefined> {
  const { rows } = await tx.query<ChannelMessage>({
    name: 'channels-open-message',
    text: `SELECT id, connection_id AS "connectionId", items, attempts FROM channel_messages WHERE connection_id = $1 AND status = 'sending'`,
    values: [connectionId],
  });
  return rows[0];
}

export async function insertMessage(
  tx: Tx,
  message: { readonly id: string; readonly connectionId: string; readonly items: readonly MessageItem[] },
  now: Date,
): Promise<void> {
  const { id, connectionId, items } = message;
  const row = { id, connection_id: connectionId, status: 'sending', items, size: items.length, attempts: 1, error: null };
  await insertRows(tx, MESSAGES, [{ ...row, created_at: now, ended_at: null }]);
}

export async function updateMessage(
  tx: Tx,
  message: { readonly id: string; readonly attempts: number },
  to: { readonly status: 'sending' | 'acknowledged' | 'refused'; readonly error: string | null },
  now: Date,
): Promise<void> {
  await tx.query({
    name: 'channels-update-message',
    text: `UPDATE channel_messages SET status = $2, attempts = $3, error = left($4, 500), ended_at = CASE WHEN $2 = 'sending' THEN NULL ELSE $5::timestamptz END
           WHERE id = $1 AND status = 'sending'`,
    values: [message.id, to.status, message.attempts, to.error, now],
  });
}
