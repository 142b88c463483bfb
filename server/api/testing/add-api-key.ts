import type pg from 'pg';
import { newId } from '../../kernel/ids.ts';
import { API_SCOPES, type ApiScope } from '../../kernel/vocabulary.ts';
import { newApiKey } from '../../platform/auth/api-keys.ts';

/** Gives a merchant a test key and returns it. */
export async function addApiKey(pool: pg.Pool, merchantId: string, scopes: readonly ApiScope[] = API_SCOPES): Promise<string> {
  const { key, prefix, hash } = newApiKey('test');
  await pool.query(
    `INSERT INTO api_keys (id, merchant_id, name, mode, prefix, key_hash, scopes, created_by, created_at)
     VALUES ($1, $2, 'Test', 'test', $3, $4, $5, 'system:test', now())`,
    [newId(), merchantId, prefix, hash, scopes],
  );
  return key;
}
