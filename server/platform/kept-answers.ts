import { createHash } from 'node:crypto';
import type pg from 'pg';

/**
 * Answers that took a while to come about, such as how a placement ended: kept beside the idempotency key they answer, as the very text
 * that was sent. Whoever comes first decides; everybody else under that key is told the same. Kept as long as keys are.
 */
export interface AnswerName {
  readonly principal: string;
  readonly operation: string;
  readonly key: string;
}

/** The kept answer, or undefined where there is none yet. */
export async function findAnswer(pool: pg.Pool, { principal, operation, key }: AnswerName): Promise<string | undefined> {
  const { rows } = await pool.query<{ outcome: { ok: string } | null }>({
    name: 'find-answer',
    text: 'SELECT outcome FROM idempotency_keys WHERE principal = $1 AND operation = $2 AND key = $3',
    values: [principal, operation, key],
  });
  return rows[0]?.outcome?.ok;
}

/** Keeps an answer unless there is one; returns the one that is kept. */
export async function keepAnswer(pool: pg.Pool, name: AnswerName, text: string, now: Date): Promise<string> {
  const kept = await pool.query({
    name: 'keep-answer',
    text: `INSERT INTO idempotency_keys (principal, operation, key, request_hash, outcome, created_at)
           VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
    values: [
      name.principal,
      name.operation,
      name.key,
      createHash('sha256').update(text).digest(),
      JSON.stringify({ ok: text }),
      now,
    ],
  });
  return kept.rowCount ? text : ((await findAnswer(pool, name)) ?? text);
}
