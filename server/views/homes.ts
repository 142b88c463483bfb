import type pg from 'pg';
import type { Hold, OrderStatus, PaymentState } from '../kernel/vocabulary.ts';
import type { Queryable } from '../platform/db.ts';
import { readSnapshot } from '../platform/read-snapshot.ts';
import { countPendingApprovals } from './approvals.ts';
import { Conditions, prepared } from './conditions.ts';
import { countOrders, type OrderCounts } from './orders.ts';
import { COUNT_CAP } from './pages.ts';
import { countInDoubt } from './payments.ts';
import { countDifferences } from './reconciliation.ts';
import type { Scope } from './scope.ts';

/** An order that waits for a person, why, and where they go on. */
export interface AttentionRow {
  readonly orderId: string;
  readonly number: string;
  readonly customerName: string | null;
  readonly merchantName: string;
  readonly status: OrderStatus;
  readonly why: 'stuck' | 'in_doubt' | 'exception' | 'refund_failed';
  /** The step a stuck saga is at. */
  readonly step: string | null;
  /** What it is about: the payment's id, the shipment's or the refund's number. */
  readonly subject: string | null;
  readonly since: Date;
}

/** An order that somebody, or a rule, stopped. */
export interface HeldRow {
  readonly id: string;
  readonly number: string;
  readonly customerName: string | null;
  readonly merchantName: string;
  readonly status: OrderStatus;
  readonly holds: Hold[];
  readonly totalMinor: bigint;
  readonly currency: string;
  /** Why and when it was held last; null where that was not written down. */
  readonly reason: string | null;
  readonly heldAt: Date | null;
  readonly placedAt: Date;
}

const ATTENTION_LIMIT = 10;

/**
 * Orders that wait for a person, oldest first within each reason: stuck sagas, payments in doubt, parcels in trouble, refunds that
 * failed. Held orders are a list of their own.
 */
export async function ordersNeedingAttention(db: Queryable, scope: Scope): Promise<AttentionRow[]> {
  const where = new Conditions().scope(scope, 'o');
  const part = (why: AttentionRow['why'], from: string, columns: { step?: string; subject: string; since: string }): string =>
    `(SELECT o.id AS "orderId", o.number, o.customer_name AS "customerName", m.name AS "merchantName", o.status, '${why}' AS why,
        ${columns.step ?? 'NULL'} AS step, ${columns.subject} AS subject, ${columns.since} AS since
      FROM ${from} x JOIN orders o ON o.id = x.order_id JOIN merchants m ON m.id = o.merchant_id
      WHERE ${CONDITIONS[why]} AND ${where.where} ORDER BY ${columns.since} LIMIT ${ATTENTION_LIMIT})`;
  const text = [
    part('stuck', 'sagas', { step: 'x.step', subject: 'NULL', since: 'x.updated_at' }),
    part('in_doubt', 'payments', { subject: 'x.id::text', since: 'x.created_at' }),
    part('exception', 'shipments', { subject: 'x.number', since: 'x.created_at' }),
    part('refund_failed', 'refunds', { subject: 'x.number', since: 'x.created_at' }),
  ].join(' UNION ALL ');
  const { rows } = await db.query<AttentionRow>(prepared('home-attention', text, where.values));
  return rows;
}

const CONDITIONS: Readonly<Record<AttentionRow['why'], string>> = {
  stuck: "x.status = 'stuck'",
  in_doubt: "x.status = 'IN_DOUBT'",
  exception: "x.status = 'EXCEPTION'",
  // One that was asked for again and worked needs nobody.
  refund_failed: `x.status = 'failed' AND o.status <> 'REFUNDED'
    AND NOT EXISTS (SELECT 1 FROM refunds later WHERE later.order_id = x.order_id AND later.created_at > x.created_at AND later.status IN ('pending', 'succeeded'))`,
};

/** Orders on hold, those that have waited longest first; with `hold` only those with that one. */
export async function heldOrders(db: Queryable, scope: Scope, hold?: Hold): Promise<HeldRow[]> {
  const where = new Conditions().plain("o.holds <> '{}'").scope(scope, 'o');
  if (hold !== undefined) where.add((p) => `${p} = ANY(o.holds)`, hold);
  const text = `WITH held AS MATERIALIZED (
      SELECT o.* FROM orders o WHERE ${where.where} ORDER BY o.placed_at, o.id LIMIT ${ATTENTION_LIMIT})
    SELECT h.id, h.number, h.customer_name AS "customerName", m.name AS "merchantName", h.status, h.holds, h.total_minor AS "totalMinor",
      h.currency, e.reason, e.at AS "heldAt", h.placed_at AS "placedAt"
    FROM held h JOIN merchants m ON m.id = h.merchant_id LEFT JOIN LATERAL (
      SELECT e.data->>'reason' AS reason, e.at FROM events e WHERE e.aggregate_id = h.id AND e.type = 'order.held'
      ORDER BY e.aggregate_version DESC LIMIT 1) e ON true ORDER BY h.placed_at, h.id`;
  const { rows } = await db.query<HeldRow>(prepared('home-held', text, where.values));
  return rows;
}

export interface AgentHome {
  readonly counts: OrderCounts;
  readonly attention: AttentionRow[];
  readonly held: HeldRow[];
}

/** What an agent starts the day with; whoever judges fraud sees the holds for fraud. */
export async function agentHome(pool: pg.Pool, scope: Scope, hold?: Hold): Promise<AgentHome> {
  return readSnapshot(pool, async (tx) => ({
    counts: await countOrders(tx, scope),
    attention: await ordersNeedingAttention(tx, scope),
    held: await heldOrders(tx, scope, hold),
  }));
}

export interface RefundSum {
  readonly status: 'awaiting_approval' | 'pending' | 'failed';
  readonly currency: string;
  readonly count: number;
  readonly amountMinor: bigint;
}

/** Payments of the last 30 days in one state. */
export interface PaymentSum {
  readonly status: PaymentState;
  readonly currency: string;
  readonly count: number;
  readonly amountMinor: bigint;
}

/** One currency of the whole ledger, and whether both sides agree. */
export interface LedgerSum {
  readonly currency: string;
  readonly accounts: number;
  readonly debitsMinor: bigint;
  readonly creditsMinor: bigint;
  readonly pendingMinor: bigint;
}

export interface FinanceHome {
  readonly inDoubt: number;
  readonly approvals: number;
  /** What providers report otherwise than the books. */
  readonly differences: number;
  readonly payments: PaymentSum[];
  /** Refunds that are not finished. */
  readonly refunds: RefundSum[];
  readonly ledger: LedgerSum[];
}

const PAYMENTS_WITHIN = "interval '30 days'";

/** What finance starts the day with. */
export async function financeHome(pool: pg.Pool, scope: Scope): Promise<FinanceHome> {
  const open = new Conditions().plain("r.status IN ('awaiting_approval', 'pending', 'failed')").scope(scope, 'r', null);
  const refunds = `SELECT r.status, r.currency, count(*)::int AS count, sum(r.amount_minor)::bigint AS "amountMinor"
    FROM refunds r WHERE ${open.where} GROUP BY r.status, r.currency ORDER BY r.status, r.currency`;
  const recent = new Conditions().plain(`p.created_at >= now() - ${PAYMENTS_WITHIN}`).scope(scope, 'p', null);
  const payments = `SELECT p.status, p.currency, count(*)::int AS count, sum(p.amount_minor)::bigint AS "amountMinor"
    FROM payments p WHERE ${recent.where} GROUP BY p.status, p.currency ORDER BY p.currency, count(*) DESC, p.status`;
  const own = new Conditions().scope(scope, 'a', null);
  const ledger = `SELECT a.currency, count(*)::int AS accounts, sum(a.debits_posted)::bigint AS "debitsMinor",
      sum(a.credits_posted)::bigint AS "creditsMinor", sum(a.debits_pending)::bigint AS "pendingMinor"
    FROM accounts a WHERE ${own.where} GROUP BY a.currency ORDER BY a.currency`;
  return readSnapshot(pool, async (tx) => ({
    inDoubt: await countInDoubt(tx, scope),
    approvals: await countPendingApprovals(tx, scope),
    differences: scope.merchantId === null ? await countDifferences(tx) : 0,
    payments: (await tx.query<PaymentSum>(prepared('home-payments', payments, recent.values))).rows,
    refunds: (await tx.query<RefundSum>(prepared('home-refunds', refunds, open.values))).rows,
    ledger: (await tx.query<LedgerSum>(prepared('home-ledger', ledger, own.values))).rows,
  }));
}

export interface HealthFigures {
  readonly openSagas: number;
  readonly stuckSagas: number;
  /** Past their deadline and not done. */
  readonly lateSagas: number;
  readonly pendingDeliveries: number;
  readonly deadDeliveries: number;
  readonly failedWebhooks: number;
  /** Mails of the last week that failed or are in doubt, and that nobody has sent again. */
  readonly unsentMails: number;
  /** Seconds the oldest runnable saga has waited beyond its time; null where none waits. */
  readonly oldestWaitSeconds: number | null;
  readonly databaseBytes: bigint;
  readonly at: Date;
}

const UNSENT_MAILS = `notifications n WHERE n.status IN ('in_doubt', 'failed') AND n.created_at > now() - interval '7 days'
  AND NOT EXISTS (SELECT 1 FROM notifications again WHERE again.resends = n.id)`;

/** How the machinery is doing. Each count stops at `COUNT_CAP`. */
export async function healthFigures(db: Queryable): Promise<HealthFigures> {
  const capped = (from: string) => `(SELECT count(*)::int FROM (SELECT 1 FROM ${from} LIMIT ${COUNT_CAP}) c)`;
  const text = `SELECT
    ${capped("sagas WHERE status <> 'done'")} AS "openSagas",
    ${capped("sagas WHERE status = 'stuck'")} AS "stuckSagas",
    ${capped("sagas WHERE status <> 'done' AND deadline < now()")} AS "lateSagas",
    ${capped("event_deliveries WHERE status = 'pending'")} AS "pendingDeliveries",
    ${capped("event_deliveries WHERE status = 'dead'")} AS "deadDeliveries",
    ${capped("inbound_webhooks WHERE status = 'failed'")} AS "failedWebhooks",
    ${capped(UNSENT_MAILS)} AS "unsentMails",
    (SELECT extract(epoch FROM now() - min(wake_at))::int FROM sagas WHERE status IN ('running', 'waiting', 'retrying', 'compensating') AND wake_at < now()) AS "oldestWaitSeconds",
    pg_database_size(current_database()) AS "databaseBytes", now() AS at`;
  const { rows } = await db.query<HealthFigures>(prepared('home-health', text, []));
  const [figures] = rows;
  if (figures === undefined) throw new Error('A query of scalars returned no row.');
  return figures;
}
