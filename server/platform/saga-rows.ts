import type { Queryable } from './db.ts';

/** Where a saga stands, unlocked: to know what to lock. */
export interface SagaPosition {
  readonly id: string;
  readonly kind: string;
  readonly orderId: string;
  readonly step: string;
  readonly deadline: Date | null;
  readonly compensating: boolean;
}

export async function findSagas(db: Queryable, ids: readonly string[]): Promise<Map<string, SagaPosition>> {
  const { rows } = await db.query<SagaPosition>({
    name: 'sagas-find',
    text: `SELECT id, kind, order_id AS "orderId", step, deadline, coalesce((state->>'compensating')::boolean, false) AS compensating
           FROM sagas WHERE id = ANY($1::uuid[]) AND status <> 'done'`,
    values: [ids],
  });
  return new Map(rows.map((row) => [row.id, row]));
}

/**
 * Sagas that should have moved and have no job to move them: the sweep adds theirs again. One that was written since is being moved. A
 * job that is only late is added twice, which is harmless.
 */
export async function findStalled(db: Queryable, before: Date, limit: number): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: 'sagas-stalled',
    text: `SELECT id FROM sagas WHERE status NOT IN ('done', 'stuck') AND wake_at < $1 AND updated_at < $1 ORDER BY wake_at LIMIT $2`,
    values: [before, limit],
  });
  return rows.map((row) => row.id);
}

/** Sagas of these orders whose time has come, for whoever drives them without a worker: imports and made-up data. */
export async function findDueOfOrders(db: Queryable, orderIds: readonly string[], now: Date): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: 'sagas-due-of-orders',
    text: `SELECT id FROM sagas WHERE order_id = ANY($1::uuid[]) AND status NOT IN ('done', 'stuck') AND wake_at <= $2 ORDER BY id`,
    values: [orderIds, now],
  });
  return rows.map((row) => row.id);
}

/** Open sagas of these orders that no person has to look at, with the time each waits for. */
export async function findOpenWithTimes(
  db: Queryable,
  orderIds: readonly string[],
): Promise<{ readonly id: string; readonly orderId: string; readonly wakeAt: Date; readonly error: string | null }[]> {
  const { rows } = await db.query<{ id: string; orderId: string; wakeAt: Date; error: string | null }>({
    name: 'sagas-open-with-times',
    text: `SELECT id, order_id AS "orderId", wake_at AS "wakeAt", error->>'message' AS error
           FROM sagas WHERE order_id = ANY($1::uuid[]) AND status NOT IN ('done', 'stuck') ORDER BY id`,
    values: [orderIds],
  });
  return rows;
}
