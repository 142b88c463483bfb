import type pg from 'pg';
import type { Checkout, CheckoutHold, CheckoutLine } from '../../domains/checkouts/rules.ts';
import * as purchasing from '../../domains/purchasing/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Queryable } from '../../platform/db.ts';
import type { ReservationFlows } from '../reservations/reservation-flows.ts';
import type { Shortage } from '../take-available.ts';

/**
 * Keeps a cart's units while its customer pays: whoever comes too late is told at the cart, not after paying. What a shop sells before it is
 * here is not held: it waits in a queue, in which only orders stand.
 */

/** More than anybody puts into a cart of the shop: a visitor keeps no warehouse from others. */
const MOST_HELD = 20;

type Wanted = Pick<CheckoutLine, 'sku' | 'quantity'>;
type Reserving = Pick<ReservationFlows, 'reserve' | 'release'>;

interface Cart {
  readonly merchantId: string;
  /** Whose promises they are. */
  readonly source: Checkout['source'];
  readonly lines: readonly Wanted[];
}

/** Holds what there is. Null where nothing needs to be held, or nothing can; refuses what cannot be had at all. */
export async function holdUnits(
  pool: pg.Pool,
  reservations: Reserving,
  { merchantId, source, lines }: Cart,
  ctx: Ctx,
  key: string,
): Promise<CheckoutHold | null> {
  if (lines.some(({ quantity }) => quantity > MOST_HELD)) return null;
  const wanted = lines.map(({ sku, quantity }) => ({ sku, quantity }));
  const ttlSeconds = (await cartMinutes(pool, merchantId)) * 60;
  const asked = { merchantId, channel: source, lines: wanted, ttlSeconds, accept: 'available' as const };
  try {
    const held = await reservations.reserve(asked, ctx, `${key}:hold`);
    const missing = await notToBeHad(pool, merchantId, held.shortages, ctx);
    if (missing.length === 0) return { reservationId: held.id, until: held.expiresAt };
    await reservations.release({ reservationId: held.id }, ctx, `${key}:let-go`);
    throw outOfStock(missing);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    // Services have no stock to hold.
    if (error.code === 'invalid_request') return null;
    if (error.code !== 'out_of_stock' || error.data?.held === false) throw error;
    const all = wanted.map(({ sku, quantity }) => ({ sku, asked: quantity, kept: 0 }));
    const missing = await notToBeHad(pool, merchantId, all, ctx);
    if (missing.length === 0) return null;
    throw outOfStock(missing);
  }
}

async function cartMinutes(db: Queryable, merchantId: string): Promise<number> {
  const found = await purchasing.policies(db, [merchantId]);
  return purchasing.policyOf({ policies: found }, merchantId).cartMinutes;
}

function outOfStock(missing: readonly Shortage[]): DomainError {
  const list = missing.map(({ sku, asked, kept }) => `${sku} (${asked} asked, ${kept} there)`).join(', ');
  return new DomainError('out_of_stock', `Somebody was faster: there is not enough of ${list}. Nothing was charged.`, {
    held: false,
    skus: missing.map(({ sku, asked, kept }) => ({ sku, requested: asked, available: kept })),
  });
}

/** Of what is not in stock, what may not be sold before it is here either. */
async function notToBeHad(db: Queryable, merchantId: string, short: readonly Shortage[], ctx: Ctx): Promise<readonly Shortage[]> {
  if (short.length === 0) return [];
  const { rows } = await db.query<{ sku: string; available: bigint; stocked: boolean }>({
    name: 'checkout-beyond-stock',
    text: `SELECT k.code AS sku, k.stocked, CASE WHEN s.shortfall > 0 THEN 0 ELSE greatest(s.sellable, 0) + s.limit_over - s.promised END AS available
           FROM skus k LEFT JOIN sku_supply s ON s.sku_id = k.id AND s.region = $3
           WHERE k.merchant_id = $1 AND k.code = ANY($2::text[])`,
    values: [merchantId, short.map(({ sku }) => sku), ctx.home],
  });
  const found = new Map(rows.map((row) => [row.sku, row]));
  return short.filter(({ sku, asked, kept }) => {
    const row = found.get(sku);
    // What is held already is counted as promised.
    return row?.stocked !== false && BigInt(asked - kept) > (row?.available ?? 0n);
  });
}
