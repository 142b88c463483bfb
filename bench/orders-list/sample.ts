import type pg from 'pg';
import { encodeCursor } from '../../server/views/pages.ts';

/** What readers know of the history: records spread over all of it, by which they look for things. */
export interface Sample {
  readonly orders: readonly SampledOrder[];
  readonly customers: readonly { readonly id: string; readonly name: string; readonly email: string; readonly phone: string }[];
  readonly merchants: readonly { readonly id: string; readonly orders: number }[];
  readonly payments: readonly {
    readonly id: string;
    readonly providerRef: string;
    readonly last4: string;
    readonly cursor: string;
  }[];
  readonly shipments: readonly {
    readonly id: string;
    readonly number: string;
    readonly tracking: string;
    readonly cursor: string;
  }[];
  readonly refunds: readonly { readonly number: string; readonly cursor: string }[];
}

export interface SampledOrder {
  readonly id: string;
  readonly number: string;
  readonly externalId: string;
  readonly merchantId: string;
  readonly customerId: string;
  readonly email: string;
  readonly phone: string;
  readonly placedAt: Date;
  /** Where the pages behind it begin, by time and by total. */
  readonly byTime: string;
  readonly byTotal: string;
}

const SAMPLES = 60;

/** Draws the sample: the same database gives the same one. */
export async function takeSample(pool: pg.Pool): Promise<Sample> {
  // A part of the ids of a UUIDv7 is random, so its order has nothing to do with time.
  const drawn = (table: string, where = 'true'): string =>
    `(SELECT * FROM ${table} WHERE ${where} ORDER BY md5(id::text) LIMIT ${SAMPLES}) t`;
  const read = async <T extends object>(text: string): Promise<T[]> => (await pool.query<T>(text)).rows;
  const position = (column: string) => `t.${column}::text AS value, t.id`;
  const at = <T extends { value: string; id: string }>(row: T): T & { readonly cursor: string } => ({
    ...row,
    cursor: encodeCursor(row),
  });
  const orders = await read<Omit<SampledOrder, 'byTime' | 'byTotal'> & { time: string; total: string }>(
    `SELECT t.id, t.number, t.external_id AS "externalId", t.merchant_id AS "merchantId", t.customer_id AS "customerId", t.email, t.phone,
       t.placed_at AS "placedAt", t.placed_at::text AS time, t.total_minor::text AS total FROM ${drawn('orders', 'external_id IS NOT NULL AND email IS NOT NULL AND phone IS NOT NULL')}`,
  );
  return {
    orders: orders.map((row) => ({
      ...row,
      byTime: encodeCursor({ value: row.time, id: row.id }),
      byTotal: encodeCursor({ value: row.total, id: row.id }),
    })),
    customers: await read(`SELECT t.id, t.name, t.email, t.phone FROM ${drawn('customers', 'phone IS NOT NULL')}`),
    merchants: (
      await read<{ id: string; orders: bigint }>(
        'SELECT m.id, (SELECT count(*) FROM orders o WHERE o.merchant_id = m.id) AS orders FROM merchants m ORDER BY 2 DESC',
      )
    ).map((row) => ({ id: row.id, orders: Number(row.orders) })),
    payments: (
      await read<{ value: string; id: string; providerRef: string; last4: string }>(
        `SELECT ${position('created_at')}, t.provider_ref AS "providerRef", t.last4 FROM ${drawn('payments', 'last4 IS NOT NULL AND provider_ref IS NOT NULL')}`,
      )
    ).map(at),
    shipments: (
      await read<{ value: string; id: string; number: string; tracking: string }>(
        `SELECT ${position('created_at')}, t.number, t.tracking_number AS tracking FROM ${drawn('shipments', 'tracking_number IS NOT NULL')}`,
      )
    ).map(at),
    refunds: (
      await read<{ value: string; id: string; number: string }>(
        `SELECT ${position('created_at')}, t.number FROM ${drawn('refunds')}`,
      )
    ).map(at),
  };
}
