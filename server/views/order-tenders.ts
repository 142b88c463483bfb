import type { PaymentState } from '../kernel/vocabulary.ts';
import type { Queryable } from '../platform/db.ts';
import { prepared } from './conditions.ts';

/** A way of paying as its owner knows it. */
export interface Tender {
  readonly method: string;
  readonly brand: string | null;
  readonly last4: string | null;
}

/** One of the tenders that pay for an order, as its customer reads it on a receipt. */
export interface TenderShare extends Tender {
  /** What it pays in minor units; null where it was let go before anything was taken. */
  readonly paidMinor: bigint | null;
}

interface Payment extends Tender {
  readonly status: PaymentState;
  readonly amountMinor: bigint;
  readonly capturedMinor: bigint;
}

/** Once all is taken that will be, the rest was let go. */
const TAKEN: ReadonlySet<PaymentState> = new Set(['CAPTURED', 'PARTIALLY_REFUNDED', 'REFUNDED']);

/** What each of an order's payments gives. One that failed is the staff's business. */
export function sharesOf(payments: readonly Payment[]): TenderShare[] {
  return payments
    .filter(({ status }) => status !== 'FAILED')
    .map(({ method, brand, last4, status, amountMinor, capturedMinor }) => ({
      method,
      brand,
      last4,
      paidMinor: status === 'VOIDED' ? null : TAKEN.has(status) ? capturedMinor : amountMinor,
    }));
}

/** The tenders of an order, those that pay first before the others. */
export async function readShares(db: Queryable, orderId: string): Promise<TenderShare[]> {
  const { rows } = await db.query<Payment>(
    prepared(
      'order-tenders',
      `SELECT method, brand, last4, status, amount_minor AS "amountMinor", captured_minor AS "capturedMinor"
       FROM payments WHERE order_id = $1 ORDER BY created_at, id`,
      [orderId],
    ),
  );
  return sharesOf(rows);
}
