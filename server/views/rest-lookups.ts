import { DomainError } from '../kernel/errors.ts';
import { isId } from '../kernel/ids.ts';
import type { Queryable } from '../platform/db.ts';
import { Conditions, prepared } from './conditions.ts';
import type { Scope } from './scope.ts';

/** Both names of a record: programs know the id, people the number. */
export interface Named {
  readonly id: string;
  readonly number: string;
}

async function named(
  db: Queryable,
  scope: Scope,
  table: 'orders' | 'shipments' | 'returns' | 'disputes',
  what: string,
  ref: string,
): Promise<Named> {
  const where = isId(ref)
    ? new Conditions().add((p) => `t.id = ${p}`, ref)
    : new Conditions().add((p) => `t.number = ${p}`, ref.toUpperCase());
  where.scope(scope, 't', null);
  const text = `SELECT t.id, t.number FROM ${table} t WHERE ${where.where}`;
  const { rows } = await db.query<Named>(prepared(`named-${table}`, text, where.values));
  const [row] = rows;
  if (row === undefined) throw new DomainError('not_found', `There is no ${what} ${ref}.`);
  return row;
}

/** The order behind an id or a number. Throws `not_found` for what is not there or not the reader's. */
export const findOrder = (db: Queryable, scope: Scope, ref: string): Promise<Named> => named(db, scope, 'orders', 'order', ref);

/** The shipment behind an id or a number. Throws `not_found`. */
export const findShipment = (db: Queryable, scope: Scope, ref: string): Promise<Named> =>
  named(db, scope, 'shipments', 'shipment', ref);

/** The id of a return behind an id or a number. Throws `not_found`. */
export const findReturn = async (db: Queryable, scope: Scope, ref: string): Promise<string> =>
  (await named(db, scope, 'returns', 'return', ref)).id;

/** The id of a dispute behind an id or a number. Throws `not_found`. */
export const findDispute = async (db: Queryable, scope: Scope, ref: string): Promise<string> =>
  (await named(db, scope, 'disputes', 'dispute', ref)).id;

/** The id of a node by its code. Throws `not_found`. */
export async function findNode(db: Queryable, scope: Scope, code: string): Promise<string> {
  const where = new Conditions().add((p) => `n.code = ${p}`, code).scope(scope, 'n', null);
  const { rows } = await db.query<{ id: string }>(
    prepared('find-node', `SELECT n.id FROM nodes n WHERE ${where.where} ORDER BY n.id LIMIT 1`, where.values),
  );
  const [row] = rows;
  if (row === undefined) throw new DomainError('not_found', `There is no node ${code}.`);
  return row.id;
}

/** Whether a merchant sells through a connection of this channel. */
export async function sellsThrough(db: Queryable, merchantId: string, channel: string): Promise<boolean> {
  const text = 'SELECT EXISTS (SELECT FROM channel_connections WHERE merchant_id = $1 AND channel = $2) AS sells';
  return (await db.query<{ sells: boolean }>(prepared('sells-through', text, [merchantId, channel]))).rows[0]?.sells ?? false;
}

export interface MerchantView {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly currency: string;
  readonly country: string;
  readonly pricesIncludeTax: boolean;
  readonly createdAt: Date;
}

/** A merchant as it sees itself. Throws `not_found`. */
export async function readMerchant(db: Queryable, merchantId: string): Promise<MerchantView> {
  const { rows } = await db.query<MerchantView>({
    name: 'read-merchant',
    text: `SELECT id, slug, name, currency, country, prices_include_tax AS "pricesIncludeTax", created_at AS "createdAt"
           FROM merchants WHERE id = $1`,
    values: [merchantId],
  });
  const [row] = rows;
  if (row === undefined) throw new DomainError('not_found', 'There is no such merchant.');
  return row;
}

/** SKUs by their codes; codes that are not there, or not the reader's, are left out. */
export async function findSkus(db: Queryable, scope: Scope, codes: readonly string[]): Promise<Map<string, string>> {
  const where = new Conditions().add((p) => `k.code = ANY(${p})`, [...new Set(codes)]).scope(scope, 'k', null);
  const { rows } = await db.query<{ id: string; code: string }>(
    prepared('find-skus', `SELECT k.id, k.code FROM skus k WHERE ${where.where}`, where.values),
  );
  return new Map(rows.map(({ id, code }) => [code, id]));
}
