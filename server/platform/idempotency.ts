import { hash } from 'node:crypto';
import { DomainError, type ErrorCode } from '../kernel/errors.ts';
import { canonicalJson } from './canonical-json.ts';
import type { Queryable, Tx } from './db.ts';
import { lockStep } from './locks.ts';

/**
 * Idempotency keys (DESIGN 3.1): claimed first, in sorted order, by (principal, operation, key). Decided answers are stored in the
 * transaction that decided them, so a replay gets the stored answer or finds that nothing happened. 429 and 5xx are never stored.
 */
export interface Claim {
  readonly principal: string;
  readonly key: string;
  readonly requestHash: Buffer;
}

export type StoredOutcome =
  | { readonly ok: unknown }
  /** Claimed for work in transactions of its own (`answerOnce`), which has not been answered for yet: a repeat does it again. */
  | { readonly under_way: true }
  | { readonly refused: { code: ErrorCode; detail: string; data?: Record<string, unknown> } };

/** What became of one claim: ours to decide, already decided, the same request as claim `of` of this batch, or a key used for another body. */
export type ClaimResult =
  | { readonly kind: 'claimed' }
  | { readonly kind: 'stored'; readonly outcome: StoredOutcome }
  | { readonly kind: 'duplicate'; readonly of: number }
  | { readonly kind: 'reused' };

/** SHA-256 over the canonical JSON (RFC 8785) of a request; bigints count as their decimal text. */
export function requestHash(input: unknown): Buffer {
  return hash('sha256', canonicalJson(input), 'buffer');
}

/**
 * Claims a batch. Waits for a concurrent transaction that holds one of the keys, then sees its answer. A key's age is the database's
 * own time, not the request's: one for something that happened years ago is as young as any.
 */
export async function claimKeys(tx: Tx, operation: string, claims: readonly Claim[]): Promise<ClaimResult[]> {
  lockStep(tx, 'idempotency_keys');
  const distinct = new Map<string, Claim>();
  for (const claim of claims) if (!distinct.has(id(claim))) distinct.set(id(claim), claim);
  const sorted = [...distinct.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, claim]) => claim);
  const inserted = await tx.query<{ principal: string; key: string }>({
    name: 'claim-keys',
    text: `INSERT INTO idempotency_keys (principal, operation, key, request_hash, created_at)
           SELECT p, $2, k, h, now() FROM unnest($1::text[], $3::text[], $4::bytea[]) AS c(p, k, h)
           ON CONFLICT DO NOTHING RETURNING principal, key`,
    values: [sorted.map((c) => c.principal), operation, sorted.map((c) => c.key), sorted.map((c) => c.requestHash)],
  });
  const fresh = new Set(inserted.rows.map(id));
  const known = sorted.filter((claim) => !fresh.has(id(claim)));
  const stored = known.length > 0 ? await readStored(tx, operation, known) : new Map<string, StoredRow>();
  return claims.map((claim) => {
    const first = distinct.get(id(claim)) as Claim;
    if (fresh.has(id(claim))) {
      if (first === claim) return { kind: 'claimed' };
      return first.requestHash.equals(claim.requestHash) ? { kind: 'duplicate', of: claims.indexOf(first) } : { kind: 'reused' };
    }
    const row = stored.get(id(claim));
    if (!row?.outcome) throw new Error(`Idempotency key ${claim.key} has no stored outcome`);
    return row.request_hash.equals(claim.requestHash) ? { kind: 'stored', outcome: row.outcome } : { kind: 'reused' };
  });
}

interface StoredRow {
  readonly principal: string;
  readonly key: string;
  readonly request_hash: Buffer;
  readonly outcome: StoredOutcome | null;
}

async function readStored(tx: Tx, operation: string, claims: readonly Claim[]): Promise<Map<string, StoredRow>> {
  const found = await tx.query<StoredRow>({
    name: 'read-keys',
    text: `SELECT i.principal, i.key, i.request_hash, i.outcome FROM idempotency_keys i
           JOIN unnest($1::text[], $3::text[]) AS c(p, k) ON i.principal = c.p AND i.key = c.k WHERE i.operation = $2`,
    values: [claims.map((c) => c.principal), operation, claims.map((c) => c.key)],
  });
  return new Map(found.rows.map((row) => [id(row), row]));
}

/**
 * Whether a request under this key was decided: asked by whoever looks at something before the transaction that may have changed because
 * this very request was carried out.
 */
export async function isDecided(
  db: Queryable,
  { principal, operation, key }: { readonly principal: string; readonly operation: string; readonly key: string },
): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'is-decided',
    text: 'SELECT FROM idempotency_keys WHERE principal = $1 AND operation = $2 AND key = $3 AND outcome IS NOT NULL',
    values: [principal, operation, key],
  });
  return rowCount === 1;
}

/** Stores what was decided under the claimed keys. */
export async function storeOutcomes(
  tx: Tx,
  operation: string,
  decided: readonly { claim: Claim; outcome: StoredOutcome }[],
): Promise<void> {
  if (decided.length === 0) return;
  await tx.query({
    name: 'store-outcomes',
    text: `UPDATE idempotency_keys i SET outcome = c.o FROM unnest($1::text[], $3::text[], $4::jsonb[]) AS c(p, k, o)
           WHERE i.principal = c.p AND i.operation = $2 AND i.key = c.k`,
    values: [
      decided.map((d) => d.claim.principal),
      operation,
      decided.map((d) => d.claim.key),
      decided.map((d) => JSON.stringify(d.outcome)),
    ],
  });
}

/** What became of a claim for `answerOnce`: to be worked on, answered before, or a key used for another body. */
export type OpenClaim =
  | { readonly kind: 'open' }
  | { readonly kind: 'answered'; readonly answer: unknown }
  | { readonly kind: 'reused' };

/** Claims keys for work in other transactions. One that somebody else works on, or died over, is open too. */
export async function claimOpenly(tx: Tx, operation: string, claims: readonly Claim[]): Promise<OpenClaim[]> {
  const underWay = { under_way: true } as const;
  const results = await claimKeys(tx, operation, claims);
  const fresh = results.flatMap(({ kind }, at) =>
    kind === 'claimed' ? [{ claim: claims[at] as Claim, outcome: underWay }] : [],
  );
  await storeOutcomes(tx, operation, fresh);
  return results.map((result) => {
    if (result.kind === 'reused') return { kind: 'reused' };
    if (result.kind === 'stored' && 'ok' in result.outcome) return { kind: 'answered', answer: result.outcome.ok };
    return { kind: 'open' };
  });
}

/** Keeps the answers of claims that have none yet, and says what is kept under each: its own, or what came first. */
export async function settleClaims(
  tx: Tx,
  operation: string,
  made: readonly { readonly claim: Claim; readonly answer: unknown }[],
): Promise<{ readonly own: boolean; readonly answer: unknown }[]> {
  lockStep(tx, 'idempotency_keys');
  const first = new Map<string, (typeof made)[number]>();
  for (const one of made) if (!first.has(id(one.claim))) first.set(id(one.claim), one);
  const sorted = [...first.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
  const keys = [sorted.map(({ claim }) => claim.principal), operation, sorted.map(({ claim }) => claim.key)];
  // In the order in which keys are claimed; whoever is answering one at this moment is waited for.
  await tx.query({
    name: 'lock-claims',
    text: `SELECT FROM idempotency_keys i JOIN unnest($1::text[], $3::text[]) AS c(p, k) ON i.principal = c.p AND i.key = c.k
           WHERE i.operation = $2 ORDER BY i.principal, i.key FOR NO KEY UPDATE OF i`,
    values: keys,
  });
  const { rows } = await tx.query<{ principal: string; key: string }>({
    name: 'settle-claims',
    text: `UPDATE idempotency_keys i SET outcome = c.o FROM unnest($1::text[], $3::text[], $4::jsonb[]) AS c(p, k, o)
           WHERE i.principal = c.p AND i.operation = $2 AND i.key = c.k AND i.outcome ? 'under_way' RETURNING i.principal, i.key`,
    values: [...keys, sorted.map(({ answer }) => JSON.stringify({ ok: answer }))],
  });
  const settled = new Set(rows.map(id));
  const stored = await readStored(
    tx,
    operation,
    sorted.map(({ claim }) => claim),
  );
  return made.map((one) => {
    const outcome = stored.get(id(one.claim))?.outcome;
    // Forgotten meanwhile, which takes 30 days: its own answer is as good as any.
    if (!outcome || !('ok' in outcome)) return { own: true, answer: one.answer };
    return { own: first.get(id(one.claim)) === one && settled.has(id(one.claim)), answer: outcome.ok };
  });
}

/** Gives a key back: its item met a fault that a later try may not meet. */
export async function dropClaims(tx: Tx, operation: string, claims: readonly Claim[]): Promise<void> {
  if (claims.length === 0) return;
  await tx.query({
    name: 'drop-claims',
    text: `DELETE FROM idempotency_keys i USING unnest($1::text[], $3::text[]) AS c(p, k)
           WHERE i.principal = c.p AND i.operation = $2 AND i.key = c.k`,
    values: [claims.map((c) => c.principal), operation, claims.map((c) => c.key)],
  });
}

/** The stored answer as the caller first saw it. */
export function replay<R>(outcome: StoredOutcome): R {
  if ('ok' in outcome) return outcome.ok as R;
  if ('under_way' in outcome) throw new Error('A verb decides within its transaction');
  throw new DomainError(outcome.refused.code, outcome.refused.detail, outcome.refused.data);
}

function id(claim: { principal: string; key: string }): string {
  return `${claim.principal}\u0000${claim.key}`;
}
