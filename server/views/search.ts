import { isId } from '../kernel/ids.ts';
import type { Queryable } from '../platform/db.ts';
import { prepared } from './conditions.ts';
import type { Scope } from './scope.ts';
import { wordsQuery } from './words.ts';

export const HIT_KINDS = ['order', 'shipment', 'payment', 'refund', 'customer', 'sku'] as const;
export type HitKind = (typeof HIT_KINDS)[number];

/** A place to jump to. `by` names what matched ("email", "last4"); `status` is the record's own, where it has one. */
export interface Hit {
  readonly kind: HitKind;
  readonly id: string;
  readonly label: string;
  readonly sub: string | null;
  readonly by: string;
  readonly status: string | null;
  readonly href: string;
}

export const HITS_PER_KIND = 8;
const QUERY_LIMIT = 120;
/** Whoever types three letters goes on typing: the newest of so many are shown meanwhile. */
const NAMESAKES = 500;
/** Who looks for a parcel or a payment mostly wants its order; the record itself follows. */
const ITS_ORDER_FIRST = -1;

// What a hit of each kind shows. `t` is the record itself, and `mine` its part of the scope: $1 is the merchant, $2 the customer.
const MERCHANT = '($1::uuid IS NULL OR t.merchant_id = $1)';
const KINDS = {
  order: {
    table: 'orders',
    columns: `t.id, t.number AS label, coalesce(t.customer_name, t.email) AS sub, t.status, '/orders/' || t.number AS href, t.placed_at AS recent`,
    mine: `${MERCHANT} AND ($2::uuid IS NULL OR t.customer_id = $2)`,
  },
  shipment: {
    table: 'shipments',
    columns: `t.id, t.number AS label, concat_ws(' · ', t.carrier, t.tracking_number) AS sub, t.status, '/shipments/' || t.number AS href, t.created_at AS recent`,
    mine: `${MERCHANT} AND ($2::uuid IS NULL OR EXISTS (SELECT 1 FROM orders o WHERE o.id = t.order_id AND o.customer_id = $2))`,
  },
  payment: {
    table: 'payments',
    columns: `t.id, coalesce(t.provider_ref, t.method) AS label, concat_ws(' · ', (SELECT o.number FROM orders o WHERE o.id = t.order_id), t.brand, '•••• ' || t.last4) AS sub, t.status, '/payments/' || t.id AS href, t.created_at AS recent`,
    mine: `${MERCHANT} AND ($2::uuid IS NULL OR EXISTS (SELECT 1 FROM orders o WHERE o.id = t.order_id AND o.customer_id = $2))`,
  },
  refund: {
    table: 'refunds',
    columns: `t.id, t.number AS label, (SELECT o.number FROM orders o WHERE o.id = t.order_id) AS sub, t.status, '/orders/' || (SELECT o.number FROM orders o WHERE o.id = t.order_id) AS href, t.created_at AS recent`,
    mine: `${MERCHANT} AND ($2::uuid IS NULL OR EXISTS (SELECT 1 FROM orders o WHERE o.id = t.order_id AND o.customer_id = $2))`,
  },
  customer: {
    table: 'customers',
    columns: `t.id, coalesce(t.name, t.email, right(t.id::text, 6)) AS label, t.email AS sub, NULL::text AS status, '/customers/' || t.id AS href, t.created_at AS recent`,
    mine: `($1::uuid IS NULL OR EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = t.id AND o.merchant_id = $1)) AND ($2::uuid IS NULL OR t.id = $2)`,
  },
  sku: {
    table: 'skus',
    columns: `t.id, t.code AS label, t.name AS sub, NULL::text AS status, '/products/' || t.code AS href, t.created_at AS recent`,
    mine: `${MERCHANT} AND $2::uuid IS NULL`,
  },
} as const satisfies Record<HitKind, { table: string; columns: string; mine: string }>;

/** One way of finding a record: smaller ranks are shown first. `match` may use `p`, the placeholder of `value`. */
interface Lookup {
  readonly rank: number;
  readonly kind: HitKind;
  readonly by: string;
  readonly value: unknown;
  readonly match: (p: string) => string;
  /** Where many may match: how many are looked at, in no particular order, to choose from. */
  readonly candidates?: number;
  /** Which come first among equals; newest unless said. A prefix keeps its index's order, so that a short one sorts nothing. */
  readonly order?: string;
}

// A range finds a prefix in an ordinary index under any collation; LIKE then keeps exactly the prefix.
const startsWith = (column: string) => (p: string) =>
  `${column} >= ${p} AND ${column} < ${p} || U&'\\FFFD' AND starts_with(${column}, ${p})`;
const equals = (column: string) => (p: string) => `${column} = ${p}`;
const nameWords = (column: string) => (p: string) => `to_tsvector('simple', ${column}) @@ to_tsquery('simple', ${p})`;

/** Which lookups a text can mean. Only those are sent, so that a name costs nothing in the index of card digits. */
export function lookupsFor(q: string): Lookup[] {
  const text = q.trim().slice(0, QUERY_LIMIT);
  const upper = text.toUpperCase();
  if (text.length < 2) return [];
  if (isId(text.toLowerCase())) {
    const id = text.toLowerCase();
    return HIT_KINDS.map((kind) => ({ rank: 0, kind, by: 'id', value: id, match: (p) => `t.id = ${p}::uuid` }));
  }
  if (text.includes('@')) {
    const email = text.toLowerCase();
    return [
      { rank: 0, kind: 'customer', by: 'email', value: email, match: equals('t.email_normalized') },
      { rank: 0, kind: 'order', by: 'email', value: email, match: equals('lower(t.email)') },
      {
        rank: 1,
        kind: 'customer',
        by: 'email',
        value: email,
        match: startsWith('t.email_normalized'),
        order: 't.email_normalized',
      },
    ];
  }
  const lookups: Lookup[] = [
    { rank: 0, kind: 'order', by: 'number', value: upper, match: equals('t.number') },
    {
      rank: 0,
      kind: 'order',
      by: 'external_id',
      value: text,
      match: (p) => `t.external_id = ${p} AND t.merchant_id IN (SELECT id FROM merchants)`,
    },
    { rank: 0, kind: 'shipment', by: 'number', value: upper, match: equals('t.number') },
    { rank: 0, kind: 'shipment', by: 'tracking', value: [text, upper], match: (p) => `t.tracking_number = ANY(${p}::text[])` },
    {
      rank: ITS_ORDER_FIRST,
      kind: 'order',
      by: 'tracking',
      value: [text, upper],
      match: (p) => `t.id IN (SELECT s.order_id FROM shipments s WHERE s.tracking_number = ANY(${p}::text[]))`,
    },
    { rank: 0, kind: 'refund', by: 'number', value: upper, match: equals('t.number') },
    { rank: 1, kind: 'order', by: 'number', value: upper, match: startsWith('t.number'), order: 't.number' },
    { rank: 1, kind: 'sku', by: 'code', value: [text, upper], match: (p) => `t.code = ANY(${p}::text[])` },
    { rank: 2, kind: 'sku', by: 'code', value: upper, match: startsWith('t.code'), order: 't.code' },
    { rank: 0, kind: 'sku', by: 'barcode', value: text, match: equals('t.barcode') },
  ];
  if (/^[a-z]{2,4}_/i.test(text)) {
    lookups.push(
      {
        rank: ITS_ORDER_FIRST,
        kind: 'order',
        by: 'provider',
        value: text,
        match: (p) => `t.id IN (SELECT y.order_id FROM payments y WHERE y.provider_ref = ${p})`,
      },
      { rank: 0, kind: 'payment', by: 'provider', value: text, match: equals('t.provider_ref') },
      {
        rank: 0,
        kind: 'payment',
        by: 'provider',
        value: text,
        match: (p) => `t.id IN (SELECT a.payment_id FROM payment_operations a WHERE a.provider_ref = ${p})`,
      },
    );
  }
  if (/^\d+$/.test(text)) {
    const own = (p: string) => `t.number IN (SELECT h.home || '-' || ${p} FROM home_owner h)`;
    lookups.push({ rank: 0, kind: 'order', by: 'number', value: text, match: own });
    if (text.length === 4) {
      const paid = (p: string) => `t.id IN (SELECT y.order_id FROM payments y WHERE y.last4 = ${p})`;
      lookups.push({ rank: 0, kind: 'order', by: 'last4', value: text, match: paid });
      lookups.push({ rank: 1, kind: 'payment', by: 'last4', value: text, match: equals('t.last4') });
    }
  }
  const digits = text.replace(/[\s().\-/]/g, '');
  if (/^\+?\d{6,15}$/.test(digits)) {
    const forms = [...new Set([text, digits, `+${digits.replace('+', '')}`, digits.replace('+', '')])];
    const phone = (p: string) => `t.phone = ANY(${p}::text[]) AND t.phone IS NOT NULL`;
    lookups.push({ rank: 0, kind: 'customer', by: 'phone', value: forms, match: phone });
    lookups.push({ rank: 0, kind: 'order', by: 'phone', value: forms, match: phone });
  }
  const words = wordsQuery(text);
  if (words !== null && /\p{L}/u.test(text)) {
    const match = nameWords("coalesce(t.name, '')");
    lookups.push({ rank: 2, kind: 'customer', by: 'name', value: words, match, candidates: NAMESAKES });
    lookups.push({ rank: 2, kind: 'sku', by: 'name', value: words, match: nameWords('t.name') });
  }
  return lookups;
}

/** Finds what a person typed, best first, at most `HITS_PER_KIND` of each kind. One round trip; every branch is an index lookup. */
export async function search(db: Queryable, scope: Scope, q: string): Promise<Hit[]> {
  const lookups = lookupsFor(q);
  if (lookups.length === 0) return [];
  const values: unknown[] = [scope.merchantId, scope.customerId];
  const branches = lookups.map(({ rank, kind, by, value, match, candidates, order = 'recent DESC' }) => {
    const p = `$${values.push(value)}`;
    const typed = Array.isArray(value) ? p : `${p}::text`;
    const { table, columns, mine } = KINDS[kind];
    const where = `WHERE ${match(typed)} AND ${mine}`;
    const from = candidates === undefined ? `${table} t ${where}` : `(SELECT * FROM ${table} t ${where} LIMIT ${candidates}) t`;
    return `(SELECT ${rank} AS rank, '${kind}' AS kind, '${by}' AS by, ${columns} FROM ${from} ORDER BY ${order} LIMIT ${HITS_PER_KIND})`;
  });
  const text = `SELECT kind, id, label, sub, by, status, href FROM (${branches.join('\nUNION ALL ')}) h ORDER BY rank, recent DESC`;
  const { rows } = await db.query<Hit>(prepared('search', text, values));
  const seen = new Set<string>();
  const perKind = new Map<HitKind, number>();
  return rows.filter((hit) => {
    const count = perKind.get(hit.kind) ?? 0;
    if (seen.has(hit.id) || count >= HITS_PER_KIND) return false;
    seen.add(hit.id);
    perKind.set(hit.kind, count + 1);
    return true;
  });
}
