import type pg from 'pg';

/** How long the machinery keeps what nobody needs any more, in days. docs/operators/production.md lists them. */
export const RETENTION_DAYS = {
  /** A repeat of a request is recognised for this long. */
  idempotencyKeys: 30,
  /** Invitations and reset links after they were used or ran out. */
  userTokens: 30,
  /** Sessions after they ended: for "where was I signed in". */
  sessions: 90,
  /** Which consumer was told of which event, once told. The events themselves stay. */
  deliveries: 30,
  /** Carts and drafts that nobody paid, with whatever address they hold. */
  unpaidCheckouts: 30,
  /** Reservations after they ended; their movements stay. */
  reservations: 30,
  /** Quotes that nobody can order by any more, counted from their end: unless an order or a checkout that is kept names them. */
  quotes: 7,
  /** What a provider sent; that it was received stays, so that a late repeat is still recognised. */
  webhookPayloads: 90,
  /** To whom a mail went and what it said; that there was one stays. */
  mails: 180,
  /** What the mail server answered, which may name the recipient. */
  mailAttempts: 180,
  /** What channels were told and what they reported; what each listing has is kept. */
  channelMessages: 14,
  channelReports: 14,
  /** What each process saw: the page of health looks back an hour. */
  processSamples: 2,
} as const;

/** One statement never holds locks for long. */
const CHUNK = 5_000;

/** By physical place: the planner has no choice to get wrong, and FOR UPDATE keeps the rows where they are. */
const doomed = (table: string, condition: string): string =>
  `ctid = ANY(ARRAY(SELECT ctid FROM ${table} WHERE ${condition} LIMIT ${CHUNK} FOR UPDATE SKIP LOCKED))`;
const removing = (table: string, condition: string): string => `DELETE FROM ${table} WHERE ${doomed(table, condition)}`;

/**
 * An order names a quote while that lasts, so it is found among its merchant's orders of that half hour (and some minutes for clocks that
 * differ). What was looked at every hour for two months is named: nobody looks at it again.
 */
const UNNAMED_QUOTE = `created_at < $1 AND created_at > $1::timestamptz - interval '60 days' AND expires_at < $1
  AND NOT EXISTS (SELECT FROM orders o WHERE o.quote_id = quotes.id AND o.merchant_id = quotes.merchant_id
    AND o.placed_at BETWEEN quotes.created_at - interval '5 minutes' AND quotes.expires_at + interval '5 minutes')
  AND NOT EXISTS (SELECT FROM checkouts c WHERE c.quote_id = quotes.id AND c.state IN ('open', 'paying'))`;

const PURGES: readonly { readonly name: keyof typeof RETENTION_DAYS; readonly text: string }[] = [
  { name: 'idempotencyKeys', text: removing('idempotency_keys', 'created_at < $1') },
  { name: 'userTokens', text: removing('user_tokens', 'coalesce(used_at, expires_at) < $1') },
  { name: 'sessions', text: removing('sessions', 'least(revoked_at, expires_at) < $1') },
  { name: 'deliveries', text: removing('event_deliveries', "status = 'done' AND next_at < $1") },
  { name: 'unpaidCheckouts', text: removing('checkouts', "state IN ('expired', 'cancelled') AND updated_at < $1") },
  // Its lines go with it: by the key, which nothing else is found by.
  {
    name: 'reservations',
    text: `WITH gone AS (${removing('reservations', "status <> 'open' AND updated_at < $1")} RETURNING id)
      DELETE FROM reservation_lines USING gone WHERE reservation_id = gone.id`,
  },
  // A quote never changes, so there is nothing to lock it for, and the application may not.
  {
    name: 'quotes',
    text: `DELETE FROM quotes WHERE ctid = ANY(ARRAY(SELECT ctid FROM quotes WHERE ${UNNAMED_QUOTE} LIMIT ${CHUNK}))`,
  },
  {
    name: 'webhookPayloads',
    text: `UPDATE inbound_webhooks SET payload = '{}' WHERE ${doomed(
      'inbound_webhooks',
      "received_at < $1 AND status IN ('processed', 'ignored') AND payload <> '{}'",
    )}`,
  },
  {
    name: 'mails',
    text: `UPDATE notifications SET recipient = NULL, subject = NULL, html = NULL, body = NULL, data = '{}' WHERE ${doomed(
      'notifications',
      "created_at < $1 AND status NOT IN ('queued', 'sending') AND data <> '{}'",
    )}`,
  },
  { name: 'mailAttempts', text: removing('notification_attempts', 'started_at < $1') },
  { name: 'channelMessages', text: removing('channel_messages', 'ended_at < $1') },
  { name: 'channelReports', text: removing('channel_reports', 'at < $1') },
  { name: 'processSamples', text: removing('process_samples', 'at < $1') },
];

/** Removes, chunk by chunk, what is past its time. Returns how many rows went, by kind. Stops early when `signal` aborts. */
export async function purgeExpiredRows(
  pool: pg.Pool,
  now: Date,
  signal?: AbortSignal,
): Promise<Readonly<Record<keyof typeof RETENTION_DAYS, number>>> {
  const purged = {
    idempotencyKeys: 0,
    userTokens: 0,
    sessions: 0,
    deliveries: 0,
    unpaidCheckouts: 0,
    reservations: 0,
    quotes: 0,
    webhookPayloads: 0,
    mails: 0,
    mailAttempts: 0,
    channelMessages: 0,
    channelReports: 0,
    processSamples: 0,
  };
  for (const { name, text } of PURGES) {
    const before = new Date(now.getTime() - RETENTION_DAYS[name] * 86_400_000);
    for (;;) {
      const { rowCount } = await pool.query(text, [before]);
      purged[name] += rowCount ?? 0;
      if ((rowCount ?? 0) < CHUNK || signal?.aborted) break;
    }
  }
  return purged;
}
