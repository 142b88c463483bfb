import * as approvals from '../../domains/approvals/service.ts';
import * as fulfilment from '../../domains/fulfilment/service.ts';
import type { Order } from '../../domains/orders/service.ts';
import { type Terms, termsOf } from '../../domains/policies/rules.ts';
import type { RefundKind } from '../../kernel/vocabulary.ts';
import type { World } from '../world.ts';

/** Who is asked whether one person alone may give money back. */
export interface SecondPersonRules {
  readonly approvals: Pick<approvals.ApprovalsState, 'policies'>;
  readonly terms: Terms;
}

const DAY_MS = 86_400_000;

/**
 * Whether a refund waits for a second person: by what the merchant says, and by what the house says where the merchant says nothing about this
 * currency.
 */
export function needsSecondPerson(
  world: Pick<World, 'fulfilment' | 'now'>,
  { row }: Order,
  { kind, amountMinor }: { readonly kind: RefundKind; readonly amountMinor: bigint },
  rules: SecondPersonRules,
): boolean {
  const { merchantId, currency, id } = row;
  const refund = termsOf(rules.terms, merchantId, 'refund').terms;
  const alone = refund.goodwillMinor[currency];
  if (kind === 'goodwill' && alone !== undefined) return amountMinor > BigInt(alone);
  if (refund.aloneDays !== null && (kind === 'units' || kind === 'amount') && isLate(world, id, refund.aloneDays)) return true;
  const from = termsOf(rules.terms, merchantId, 'approval').terms.refundsMinor[currency];
  if (from !== undefined) return amountMinor >= BigInt(from);
  return approvals.isNeeded(rules.approvals, 'refund-order', currency, amountMinor);
}

/** Whether all that was delivered of the order was so more than some days ago. */
function isLate(world: Pick<World, 'fulfilment' | 'now'>, orderId: string, days: number): boolean {
  const delivered = [...world.fulfilment.byId.values()]
    .filter((shipment) => shipment.orderId === orderId)
    .flatMap((shipment) => fulfilment.parcelsOf(world.fulfilment, shipment).flatMap((parcel) => parcel.deliveredAt ?? []));
  if (delivered.length === 0) return false;
  return Math.max(...delivered.map((at) => at.getTime())) + days * DAY_MS < world.now.getTime();
}

/** From which amount that goes back on a cancellation by the shop's people needs a second person; null where none does. */
export function cancelsAlone(terms: Terms, { row }: Order): bigint | null {
  const from = termsOf(terms, row.merchantId, 'approval').terms.cancellationsMinor[row.currency];
  return from === undefined ? null : BigInt(from);
}
