import type { ReservationStatus } from '../domains/reservations/rules.ts';
import { DomainError } from '../kernel/errors.ts';
import type { Queryable } from '../platform/db.ts';
import { Conditions, prepared } from './conditions.ts';
import type { Scope } from './scope.ts';

/** A cart's units as they stand. What is over is told as expired, whether or not anybody has swept it up yet. */
export interface ReservationView {
  readonly id: string;
  readonly channel: string;
  readonly status: ReservationStatus;
  readonly reference: string | null;
  readonly orderId: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly version: bigint;
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
}

/** A reservation of the reader's own merchant. Throws `not_found`. */
export async function readReservation(db: Queryable, scope: Scope, id: string, now: Date): Promise<ReservationView> {
  const where = new Conditions().add((p) => `r.id = ${p}`, id);
  if (scope.merchantId !== null) where.add((p) => `r.merchant_id = ${p}`, scope.merchantId);
  const text = `SELECT r.id, r.channel, r.status, r.reference, r.order_id AS "orderId", r.created_at AS "createdAt", r.expires_at AS "expiresAt",
      r.version, (SELECT jsonb_agg(jsonb_build_object('sku', k.code, 'quantity', l.quantity) ORDER BY k.code)
        FROM reservation_lines l JOIN skus k ON k.id = l.sku_id WHERE l.reservation_id = r.id) AS lines
    FROM reservations r WHERE ${where.where}`;
  const { rows } = await db.query<ReservationView>(prepared('reservation', text, where.values));
  const [row] = rows;
  if (!row) throw new DomainError('not_found', 'There is no such reservation.');
  const status = row.status === 'open' && row.expiresAt <= now ? 'expired' : row.status;
  return { ...row, status, lines: row.lines ?? [] };
}
