import type { Queryable } from '../platform/db.ts';
import { prepared } from './conditions.ts';

/** Somebody a customer has sent money to or had it from. */
export interface KnownPerson {
  readonly name: string | null;
  readonly email: string | null;
  readonly handle: string | null;
  readonly lastAt: Date;
}

/** Enough for a row of faces on a phone. */
const SHOWN = 8;
/** How far back one looks for them: those of the newest transfers. */
const LOOKED_AT = 200;

/** With whom a customer has exchanged money, the latest first. They know each other by name already. */
export async function listKnownPeople(db: Queryable, customerId: string): Promise<KnownPerson[]> {
  const { rows } = await db.query<KnownPerson>(
    prepared(
      'wallet-people',
      `SELECT c.name, c.email, h.handle, p."lastAt" FROM (
         SELECT other, max(at) AS "lastAt" FROM (
           (SELECT to_customer AS other, at FROM wallet_transfers WHERE from_customer = $1 ORDER BY id DESC LIMIT ${LOOKED_AT})
           UNION ALL
           (SELECT from_customer, at FROM wallet_transfers WHERE to_customer = $1 ORDER BY id DESC LIMIT ${LOOKED_AT})
         ) t GROUP BY other) p
       JOIN customers c ON c.id = p.other LEFT JOIN wallet_handles h ON h.customer_id = p.other AND h.current
       ORDER BY p."lastAt" DESC LIMIT ${SHOWN}`,
      [customerId],
    ),
  );
  return rows;
}

/** What a customer is shown of an address before they send to it. */
export interface LookedUp {
  /**
   * known: both have exchanged money. handle: whoever set it wants to be found by it, under a shortened name. unknown: nothing is said of an
   * e-mail address, not even whether it is a customer's; nor of a handle that is nobody's.
   */
  readonly as: 'self' | 'known' | 'handle' | 'unknown';
  readonly name: string | null;
}

/** Looks an address up for the one who means to send to it. `email` is in the compared form. */
export async function lookUp(
  db: Queryable,
  customerId: string,
  { email, handle }: { readonly email: string | null; readonly handle: string | null },
): Promise<LookedUp> {
  const { rows } = await db.query<{ id: string; name: string | null; known: boolean }>(
    prepared(
      'wallet-look-up',
      `SELECT c.id, c.name, EXISTS (SELECT FROM wallet_transfers t WHERE (t.from_customer = $1 AND t.to_customer = c.id)
                OR (t.from_customer = c.id AND t.to_customer = $1)) AS known
       FROM customers c WHERE c.id = coalesce((SELECT customer_id FROM wallet_handles WHERE handle = $3 AND current),
                                              (SELECT id FROM customers WHERE email_normalized = $2))`,
      [customerId, email, handle],
    ),
  );
  const [found] = rows;
  if (!found) return { as: 'unknown', name: null };
  if (found.id === customerId) return { as: 'self', name: found.name };
  if (found.known) return { as: 'known', name: found.name };
  if (handle === null) return { as: 'unknown', name: null };
  return { as: 'handle', name: found.name === null ? null : shortened(found.name) };
}

/** "Ana García López" is shown as "Ana L.": enough to notice a typing error, too little to collect. */
function shortened(name: string): string {
  const [first, ...rest] = name.trim().split(/\s+/);
  const last = rest.at(-1);
  return last ? `${first} ${[...last][0]}.` : (first ?? '');
}
