import type { ApiScope } from '../../kernel/vocabulary.ts';
import type { Queryable } from '../db.ts';
import { createGather } from '../gather.ts';
import { perPool } from '../per-pool.ts';
import { hashSecret, newSecret } from './secrets.ts';

export type KeyMode = 'test' | 'live';

export interface ApiKeyUser {
  readonly id: string;
  readonly merchantId: string;
  readonly mode: KeyMode;
  readonly scopes: readonly ApiScope[];
}

const KEY = /^wb_(test|live)_[A-Za-z0-9_-]{43}$/;

/** A new key, shown once. What is kept is its hash, and a prefix that people can tell it by. */
export function newApiKey(mode: KeyMode): { readonly key: string; readonly prefix: string; readonly hash: Buffer } {
  const key = `wb_${mode}_${newSecret()}`;
  return { key, prefix: key.slice(0, 14), hash: hashSecret(key) };
}

const USED_EVERY = '1 minute';

interface FoundKey extends ApiKeyUser {
  readonly hash: string;
  readonly stale: boolean;
}

/** One gather per pool: thousands of requests a second are looked up in a few statements. */
const lookups = perPool((db: Queryable) => createGather((keys) => readKeys(db, keys)));

/**
 * Whose key this is; null where it has the wrong form, is unknown or revoked, or its merchant is not active. Looked up each time by
 * the hash, in a read that begins after the request came, so revoked means now. `last_used_at` is kept to the minute.
 */
export async function findApiKey(db: Queryable, key: string): Promise<ApiKeyUser | null> {
  if (!KEY.test(key)) return null;
  return (await lookups(db).get(hashSecret(key).toString('hex'))) ?? null;
}

async function readKeys(db: Queryable, hashes: readonly string[]): Promise<ReadonlyMap<string, ApiKeyUser>> {
  const { rows } = await db.query<FoundKey>({
    name: 'find-api-keys',
    text: `SELECT encode(k.key_hash, 'hex') AS hash, k.id, k.merchant_id AS "merchantId", k.mode, k.scopes,
                  k.last_used_at IS NULL OR k.last_used_at < now() - interval '${USED_EVERY}' AS stale
           FROM api_keys k JOIN merchants m ON m.id = k.merchant_id
           WHERE k.key_hash = ANY($1::bytea[]) AND k.revoked_at IS NULL AND m.active`,
    values: [hashes.map((hash) => `\\x${hash}`)],
  });
  const stale = rows.filter((row) => row.stale).map((row) => row.id);
  if (stale.length > 0)
    await db.query({
      name: 'touch-api-keys',
      text: 'UPDATE api_keys SET last_used_at = now() WHERE id = ANY($1::uuid[])',
      values: [stale],
    });
  return new Map(rows.map(({ hash, id, merchantId, mode, scopes }) => [hash, { id, merchantId, mode, scopes }]));
}
