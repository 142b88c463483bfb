import { hash } from 'node:crypto';
import type pg from 'pg';
import type { Tx } from './db.ts';
import { createLane, type Settled } from './lane.ts';
import { perPool } from './per-pool.ts';

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
export function keepAnswer(pool: pg.Pool, name: AnswerName, text: string, now: Date): Promise<string> {
  return lanes(pool).submit({ name, text, now });
}

interface Kept {
  readonly name: AnswerName;
  readonly text: string;
  readonly now: Date;
}

/** Checkouts that waited for the same batch of orders are answered together. */
const lanes = perPool((pool: pg.Pool) => createLane<Kept, string>({ name: 'keep-answer', pool, run: keepAll }));

async function keepAll(tx: Tx, answers: readonly Kept[]): Promise<Settled<string>[]> {
  // In the order in which keys are claimed.
  const sorted = [...answers].sort((a, b) => (idOf(a.name) < idOf(b.name) ? -1 : 1));
  await tx.query({
    name: 'keep-answers',
    text: `INSERT INTO idempotency_keys (principal, operation, key, request_hash, outcome, created_at)
           SELECT p, o, k, h, a, t FROM unnest($1::text[], $2::text[], $3::text[], $4::bytea[], $5::jsonb[], $6::timestamptz[]) AS v(p, o, k, h, a, t)
           ON CONFLICT DO NOTHING`,
    values: [
      sorted.map(({ name }) => name.principal),
      sorted.map(({ name }) => name.operation),
      sorted.map(({ name }) => name.key),
      sorted.map(({ text }) => hash('sha256', text, 'buffer')),
      sorted.map(({ text }) => JSON.stringify({ ok: text })),
      sorted.map(({ now }) => now),
    ],
  });
  const { rows } = await tx.query<AnswerName & { outcome: { ok: string } }>({
    name: 'kept-answers',
    text: `SELECT i.principal, i.operation, i.key, i.outcome FROM idempotency_keys i
           JOIN unnest($1::text[], $2::text[], $3::text[]) AS v(p, o, k) ON i.principal = v.p AND i.operation = v.o AND i.key = v.k`,
    values: [
      sorted.map(({ name }) => name.principal),
      sorted.map(({ name }) => name.operation),
      sorted.map(({ name }) => name.key),
    ],
  });
  const kept = new Map(rows.map((row) => [idOf(row), row.outcome.ok]));
  return answers.map(({ name, text }) => ({ ok: true, value: kept.get(idOf(name)) ?? text }));
}

const idOf = ({ principal, operation, key }: AnswerName): string => `${principal}\u0000${operation}\u0000${key}`;
