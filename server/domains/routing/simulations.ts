import type { Queryable, Tx } from '../../platform/db.ts';
import type { ReplayResult } from './replay.ts';
import type { RulesContent } from './schema.ts';

/** The rows of replays: asked for by a person, carried out by a job, read by the page. */

export interface Simulation {
  readonly id: string;
  readonly merchantId: string;
  readonly rules: RulesContent;
  readonly lastOrders: number;
  readonly lastDays: number | null;
  readonly status: 'queued' | 'running' | 'done' | 'failed';
}

export async function addSimulations(
  tx: Tx,
  rows: readonly (Omit<Simulation, 'status'> & { ruleSetId: string; startedBy: string; at: Date })[],
): Promise<void> {
  for (const row of rows)
    await tx.query({
      name: 'routing-add-simulation',
      text: `INSERT INTO routing_simulations (id, merchant_id, rule_set_id, rules, last_orders, last_days, status, started_by, created_at)
             VALUES ($1, $2, $3, $4, $5, $8, 'queued', $6, $7)`,
      values: [
        row.id,
        row.merchantId,
        row.ruleSetId,
        JSON.stringify(row.rules),
        row.lastOrders,
        row.startedBy,
        row.at,
        row.lastDays,
      ],
    });
}

/** Takes a replay up; null where it is finished. One whose process died is begun anew. */
export async function takeSimulation(db: Queryable, id: string): Promise<Simulation | null> {
  const { rows } = await db.query<Simulation>({
    name: 'routing-take-simulation',
    text: `UPDATE routing_simulations SET status = 'running', progress = 0 WHERE id = $1 AND status IN ('queued', 'running')
           RETURNING id, merchant_id AS "merchantId", rules, last_orders AS "lastOrders", last_days AS "lastDays", status`,
    values: [id],
  });
  return rows[0] ?? null;
}

export async function tellProgress(db: Queryable, id: string, progress: number, total: number): Promise<void> {
  await db.query({
    name: 'routing-simulation-progress',
    text: `UPDATE routing_simulations SET progress = $2, total = $3 WHERE id = $1 AND status = 'running'`,
    values: [id, progress, total],
  });
}

export async function endSimulation(
  db: Queryable,
  id: string,
  end: { readonly result: ReplayResult } | { readonly error: string },
  at: Date,
): Promise<void> {
  await db.query({
    name: 'routing-end-simulation',
    text: `UPDATE routing_simulations SET status = $2, result = $3, error = $4, finished_at = $5 WHERE id = $1 AND status = 'running'`,
    values: [
      id,
      'result' in end ? 'done' : 'failed',
      'result' in end ? JSON.stringify(end.result) : null,
      'error' in end ? end.error : null,
      at,
    ],
  });
}
