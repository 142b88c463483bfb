import type { ApiScope } from '../../kernel/vocabulary.ts';
import type { Queryable } from '../db.ts';
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

/**
 * Whose key this is; null where it has the wrong form, is unknown or revoked, or its merchant is not active. Looked up each time by
 * the hash, so revoked means now. `last_used_at` is kept to the minute.
 */
export async function findApiKey(db: Queryable, key: string, now: Date): Promise<ApiKeyUser | null> {
  if (!KEY.test(key)) return null;
  const found = await db.query<ApiKeyUser & { stale: boolean }>({
    name: 'find-api-key',
    text: `SELECT k.id, k.merchant_id AS "merchantId", k.mode, k.scopes,
                  k.last_used_at IS NULL OR k.last_used_at < $2::timestamptz - interval '${USED_EVERY}' AS stale
           FROM api_keys k JOIN merchants m ON m.id = k.merchant_id
           WHERE k.key_hash = $1 AND k.revoked_at IS NULL AND m.active`,
    values: [hashSecret(key), now],
  });
  const row = found.rows[0];
  if (!row) return null;
  if (row.stale) {
    await db.query({ name: 'touch-api-key', text: 'UPDATE api_keys SET last_used_at = $2 WHERE id = $1', values: [row.id, now] });
  }
  return { id: row.id, merchantId: row.merchantId, mode: row.mode, scopes: row.scopes };
}
