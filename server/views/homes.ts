import type pg from 'pg';
import type { Hold, OrderStatus } from '../kernel/vocabulary.ts';
import type { Queryable } from '../platform/db.ts';
import { readSnapshot } from '../platform/read-snapshot.ts';
import { countPendingApprovals } from './approvals.ts';
import { Conditions, prepared } from './conditions.ts';
import { countOrders, type OrderCounts } from './orders.ts';
import { COUNT_CAP } from './pages.ts';
import { countInDoubt } from './payments.ts';
import type { Scope } from './scope.ts';

/** An order that waits for a person, and why. */
export interface AttentionRow {
  readonly orderId: string;
  readonly number: string;
  readonly customerName: string | null;
  readonly merchantName: string;
  readonly status: OrderStatus;
  readonly why: 'stuck' | 'held' | 'in_doubt';
  readonly holds: Hold[];
  /** The step a stuck saga is at. */
  readonly step: string | null;
  readonly since: Date;
}

const ATTENTION_LIMIT = 10;

/** Orders that wait for a person, oldest first within each reason: stuck sagas, payments in doubt, holds. */
export async function ordersNeedingAttention(db: Queryable, scope: Scope): Promise<AttentionRow[]> {
  const where = new Conditions().scope(scope, 'o');
  const row = (
    why: string,
    step: string,
    since: string,
  ) => `SELECT o.id AS "orderId", o.number, o.customer_name AS "customerName",
    m.name AS "merchantName", o.status, '${why}' AS why, o.holds, ${step} AS step, ${since} AS since`;
  const merchant = 'JOIN merchants m ON m.id = o.merchant_id';
  const text = `
    (${row('stuck', 's.step', 's.updated_at')} FROM sagas s JOIN orders o ON o.id = s.order_id ${merchant}
      WHERE s.status = 'stuck' AND ${where.where} ORDER BY s.updated_at LIMIT ${ATTENTION_LIMIT})
    UNION ALL
    (${row('in_doubt', 'NULL', 'p.created_at')} FROM payments p JOIN orders o ON o.id = p.order_id ${merchant}
      WHERE p.status = 'IN_DOUBT' AND ${where.where} ORDER BY p.created_at LIMIT ${ATTENTION_LIMIT})
    UNION ALL
    (${row('held', 'NULL', 'o.placed_at')} FROM orders o ${merchant}
      WHERE o.holds <> '{}' AND ${where.where} ORDER BY o.placed_at LIMIT ${ATTENTION_LIMIT})`;
  const { rows } = await db.query<AttentionRow>(prepared('home-attention', text, where.values));
  return rows;
}

export interface AgentHome {
  readonly counts: OrderCounts;
  readonly attention: AttentionRow[];
}

/** What an agent starts the day with. */
export async function agentHome(pool: pg.Pool, scope: Scope): Promise<AgentHome> {
  return readSnapshot(pool, async (tx) => ({
    counts: await countOrders(tx, scope),
    attention: await ordersNeedingAttention(tx, scope),
  }));
}

export interface RefundSum {
  readonly status: 'awaiting_approval' | 'pending' | 'failed';
  readonly currency: string;
  readonly count: number;
  readonly amountMinor: bigint;
}

export interface FinanceHome {
  readonly inDoubt: number;
  readonly approvals: number;
  /** Refunds that are not finished. */
  readonly refunds: RefundSum[];
}

/** What finance starts the day with. */
export async function financeHome(pool: pg.Pool, scope: Scope): Promise<FinanceHome> {
  const where = new Conditions().plain("r.status IN ('awaiting_approval', 'pending', 'failed')").scope(scope, 'r', null);
  const text = `SELECT r.status, r.currency, count(*)::int AS count, sum(r.amount_minor)::bigint AS "amountMinor"
    FROM refunds r WHERE ${where.where} GROUP BY r.status, r.currency ORDER BY r.status, r.currency`;
  return readSnapshot(pool, async (tx) => ({
    inDoubt: await countInDoubt(tx, scope),
    approvals: await countPendingApprovals(tx, scope),
    refunds: (await tx.query<RefundSum>(prepared('home-refunds', text, where.values))).rows,
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
