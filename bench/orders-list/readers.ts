import type pg from 'pg';
import { signIn } from '../../server/api/testing/sign-in.ts';
import { newId } from '../../server/kernel/ids.ts';
import { API_SCOPES } from '../../server/kernel/vocabulary.ts';
import { newApiKey } from '../../server/platform/auth/api-keys.ts';
import type { House } from '../harness/house.ts';
import type { Readers } from './requests.ts';
import type { Sample } from './sample.ts';

/** Signs everybody in who is going to read: staff, the largest merchant, one that opened today, the sampled customers. */
export async function openReaders(pool: pg.Pool, house: House, sample: Sample): Promise<Readers> {
  const largest = sample.merchants[0]?.id ?? '';
  const opened = newId();
  await pool.query(
    `INSERT INTO merchants (id, home, slug, name, currency, country, created_at) VALUES ($1, 'EU', $2, 'Opened today', 'EUR', 'DE', now())`,
    [opened, `opened-${opened}`],
  );
  const cookie = async (...who: [Parameters<typeof signIn>[2], Parameters<typeof signIn>[3]]) => ({
    cookie: await signIn(pool, house, ...who),
  });
  const customers = new Map<string, { readonly cookie: string }>();
  for (const customerId of new Set(sample.orders.map((order) => order.customerId)))
    customers.set(customerId, await cookie('customer', { customerId }));
  return {
    agent: await cookie('agent', {}),
    merchant: await cookie('merchant', { merchantId: largest }),
    newMerchant: await cookie('merchant', { merchantId: opened }),
    customer: (customerId) => customers.get(customerId) ?? {},
    apiKey: await keyOf(pool, largest),
    newApiKey: await keyOf(pool, opened),
  };
}

async function keyOf(pool: pg.Pool, merchantId: string): Promise<{ readonly authorization: string }> {
  const { key, prefix, hash } = newApiKey('test');
  await pool.query(
    `INSERT INTO api_keys (id, merchant_id, name, mode, prefix, key_hash, scopes, created_by, created_at)
     VALUES ($1, $2, 'Bench', 'test', $3, $4, $5, 'system:bench', now())`,
    [newId(), merchantId, prefix, hash, API_SCOPES],
  );
  return { authorization: `Bearer ${key}` };
}
