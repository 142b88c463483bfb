import type { CheckoutHold, CheckoutLine, CheckoutState, CheckoutStore, CheckoutTender } from '../domains/checkouts/rules.ts';
import { isOverdue, outcomeOf } from '../domains/checkouts/rules.ts';
import type { CheckoutAddress, CheckoutCustomer } from '../domains/checkouts/schema.ts';
import type { QuoteLine, QuoteOption } from '../domains/quotes/rules.ts';
import { DomainError } from '../kernel/errors.ts';
import type { Queryable } from '../platform/db.ts';
import { prepared } from './conditions.ts';
import { readShares, type TenderShare } from './order-tenders.ts';

/** How far an attempt to pay came. */
export interface CheckoutAttempt {
  readonly orderId: string;
  readonly number: string;
  readonly outcome: 'pending' | 'paid' | 'failed';
  readonly totalMinor: bigint;
  /** The bank's page that the customer has to answer. */
  readonly challengeUrl: string | null;
  /** Why the card was refused. */
  readonly failure: string | null;
  readonly promisedBy: string | null;
  /** What paid for it, once it is paid. */
  readonly tenders: readonly TenderShare[];
}

/** What it costs, as it was worked out last. */
export interface CheckoutQuote {
  readonly id: string;
  readonly lines: readonly QuoteLine[];
  readonly options: readonly QuoteOption[];
  readonly goodsTotalMinor: bigint;
  readonly expiresAt: Date;
}

/** A checkout as whoever holds its link sees it. */
export interface CheckoutPage {
  readonly id: string;
  readonly merchantId: string;
  readonly merchantName: string;
  readonly pricesIncludeTax: boolean;
  readonly merchantCountry: string;
  readonly source: 'shop' | 'console';
  /** As it is now, by what became of its order: the row itself may be some seconds behind. */
  readonly state: CheckoutState;
  readonly currency: string;
  readonly lines: readonly CheckoutLine[];
  readonly customer: CheckoutCustomer;
  readonly shipTo: CheckoutAddress | null;
  readonly quote: CheckoutQuote | null;
  readonly option: string | null;
  /** Until when its units are kept; past: they are for sale again. Null where nothing is kept. */
  readonly heldUntil: Date | null;
  /** The store where it is fetched; null where it is sent. */
  readonly pickup: CheckoutStore | null;
  readonly accept: 'all' | 'available';
  /** What somebody chose to pay with beside the card, whoever it belongs to. */
  readonly tenders: readonly CheckoutTender[];
  readonly attempt: CheckoutAttempt | null;
  /** Where the shop delivers; empty: everywhere. */
  readonly countries: readonly string[];
  readonly returnUrl: string | null;
  readonly locale: string;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly linkSentAt: Date | null;
  readonly version: bigint;
}

interface Row extends Omit<CheckoutPage, 'quote' | 'attempt' | 'countries' | 'state' | 'heldUntil'> {
  readonly hold: CheckoutHold | null;
  readonly state: CheckoutState;
  readonly orderId: string | null;
  readonly quoteId: string | null;
}

const TEXT = `SELECT c.id, c.merchant_id AS "merchantId", m.name AS "merchantName", m.country AS "merchantCountry",
    m.prices_include_tax AS "pricesIncludeTax", c.source, c.state, c.currency, c.lines, c.customer, c.ship_to AS "shipTo", c.quote_id AS "quoteId",
    c.shipping_option AS option, c.tenders, c.hold, c.pickup, c.accept, c.order_id AS "orderId", c.return_url AS "returnUrl", c.locale, c.created_by AS "createdBy",
    c.created_at AS "createdAt", c.expires_at AS "expiresAt", c.link_sent_at AS "linkSentAt", c.version
  FROM checkouts c JOIN merchants m ON m.id = c.merchant_id WHERE c.id = $1`;

const ATTEMPT = `SELECT o.id AS "orderId", o.number, o.status, o.confirmed_at AS "confirmedAt", o.total_minor AS "totalMinor",
    o.promised_by::text AS "promisedBy", p.failure->>'code' AS failure, o.cancellation->>'reason' AS reason,
    CASE WHEN p.status = 'REQUIRES_ACTION' THEN p.next_action->>'url' END AS "challengeUrl"
  FROM orders o LEFT JOIN LATERAL (SELECT status, next_action, failure FROM payments WHERE order_id = o.id
    ORDER BY created_at DESC, id DESC LIMIT 1) p ON true
  WHERE o.id = $1`;

interface AttemptRow extends Omit<CheckoutAttempt, 'outcome' | 'tenders'> {
  readonly status: string;
  readonly confirmedAt: Date | null;
  readonly reason: string | null;
}

async function readAttempt(db: Queryable, orderId: string): Promise<CheckoutAttempt | null> {
  const { rows } = await db.query<AttemptRow>(prepared('checkout-attempt', ATTEMPT, [orderId]));
  const [row] = rows;
  if (!row) return null;
  const { status, confirmedAt, reason, failure, ...attempt } = row;
  const outcome = outcomeOf({ status, confirmedAt });
  const tenders = outcome === 'paid' ? await readShares(db, orderId) : [];
  return { ...attempt, outcome, tenders, failure: outcome === 'failed' ? (failure ?? reason) : null };
}

async function readQuoteOf(db: Queryable, id: string): Promise<CheckoutQuote | null> {
  const { rows } = await db.query<CheckoutQuote>(
    prepared(
      'checkout-quote',
      `SELECT id, lines, options, goods_total_minor AS "goodsTotalMinor", expires_at AS "expiresAt" FROM quotes WHERE id = $1`,
      [id],
    ),
  );
  return rows[0] ?? null;
}

const COUNTRIES = `SELECT coalesce(array_agg(DISTINCT country) FILTER (WHERE country IS NOT NULL), '{}') AS countries,
    coalesce(bool_or(s.countries = '{}'), true) AS everywhere
  FROM shipping_methods s LEFT JOIN LATERAL unnest(s.countries) AS country ON true WHERE s.merchant_id = $1 AND s.active`;

async function readCountries(db: Queryable, merchantId: string): Promise<readonly string[]> {
  const { rows } = await db.query<{ countries: string[]; everywhere: boolean }>(
    prepared('checkout-countries', COUNTRIES, [merchantId]),
  );
  const [row] = rows;
  return row && !row.everywhere ? row.countries : [];
}

/** The state that the order's fate makes of the stored one. */
function stateNow(row: Row, attempt: CheckoutAttempt | null, now: Date): CheckoutState {
  const followed =
    row.state === 'paying' && attempt
      ? ({ pending: 'paying', paid: 'paid', failed: 'open' } as const)[attempt.outcome]
      : row.state;
  return isOverdue({ state: followed, expiresAt: row.expiresAt }, now) ? 'expired' : followed;
}

/** One checkout. Throws `not_found`. */
export async function readCheckout(db: Queryable, id: string, now: Date): Promise<CheckoutPage> {
  const { rows } = await db.query<Row>(prepared('checkout', TEXT, [id]));
  const [row] = rows;
  if (!row) throw new DomainError('not_found', 'There is no such checkout.');
  const attempt = row.orderId === null ? null : await readAttempt(db, row.orderId);
  const { orderId: _orderId, quoteId, hold, ...page } = row;
  return {
    ...page,
    state: stateNow(row, attempt, now),
    quote: quoteId === null ? null : await readQuoteOf(db, quoteId),
    attempt,
    heldUntil: hold ? new Date(hold.until) : null,
    countries: await readCountries(db, row.merchantId),
  };
}
