import type { CheckoutTender } from '../domains/checkouts/rules.ts';
import type { Queryable } from '../platform/db.ts';
import { prepared } from './conditions.ts';

/** What a customer who is signed in could pay with at a shop, in minor units; null where they have none. */
export interface Balances {
  readonly storeCreditMinor: bigint | null;
  readonly walletMinor: bigint | null;
}

/** What is free on each chosen tender now, by its id and type; what cannot be spent any more has nothing. */
export async function readFree(
  db: Queryable,
  tenders: readonly CheckoutTender[],
  shop: { readonly merchantId: string; readonly currency: string },
  now: Date,
): Promise<bigint[]> {
  const cards = tenders.filter((tender) => tender.type === 'gift_card').map((tender) => tender.id);
  const free = cards.length > 0 ? await readCards(db, cards, shop, now) : new Map<string, bigint>();
  const person = tenders.find((tender) => tender.type !== 'gift_card')?.id;
  const balances = person === undefined ? null : await readBalances(db, person, shop);
  return tenders.map(({ type, id }) => {
    if (type === 'gift_card') return free.get(id) ?? 0n;
    return (type === 'wallet' ? balances?.walletMinor : balances?.storeCreditMinor) ?? 0n;
  });
}

async function readCards(
  db: Queryable,
  ids: readonly string[],
  { merchantId, currency }: { readonly merchantId: string; readonly currency: string },
  now: Date,
): Promise<ReadonlyMap<string, bigint>> {
  const { rows } = await db.query<{ id: string; free: bigint }>(
    prepared(
      'checkout-gift-cards',
      `SELECT g.id, GREATEST(a.credits_posted - a.debits_posted - a.debits_pending, 0) AS free
       FROM gift_cards g JOIN accounts a ON a.id = g.account_id
       WHERE g.id = ANY($1::uuid[]) AND g.merchant_id = $2 AND g.currency = $3 AND g.status = 'active'
         AND (g.expires_at IS NULL OR g.expires_at > $4)`,
      [ids, merchantId, currency, now],
    ),
  );
  return new Map(rows.map((row) => [row.id, row.free]));
}

/** What a customer has with a shop and in a wallet of its currency. What is frozen is not there to pay with. */
export async function readBalances(
  db: Queryable,
  customerId: string,
  { merchantId, currency }: { readonly merchantId: string; readonly currency: string },
): Promise<Balances> {
  const { rows } = await db.query<{ credit: bigint | null; wallet: bigint | null }>(
    prepared(
      'checkout-balances',
      `SELECT (SELECT GREATEST(a.credits_posted - a.debits_posted - a.debits_pending, 0) FROM store_credits s JOIN accounts a ON a.id = s.id
               WHERE s.customer_id = $1 AND s.merchant_id = $2 AND s.currency = $3 AND s.status = 'active') AS credit,
              (SELECT GREATEST(a.credits_posted - a.debits_posted - a.debits_pending, 0) FROM wallets w JOIN accounts a ON a.id = w.account_id
               WHERE w.customer_id = $1 AND w.currency = $3 AND w.status = 'active') AS wallet`,
      [customerId, merchantId, currency],
    ),
  );
  return { storeCreditMinor: rows[0]?.credit ?? null, walletMinor: rows[0]?.wallet ?? null };
}
