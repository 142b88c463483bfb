import * as disputes from '../../domains/disputes/service.ts';
import { isWaiting } from '../../domains/orders/rules.ts';
import type { Order } from '../../domains/orders/service.ts';
import type { Payment } from '../../domains/payments/rules.ts';

/** Whether an order's disputes have to be read for whatever is done to it. */
export const isDisputed = ({ row }: Order, tenders: readonly Payment[]): boolean =>
  row.holds.includes('dispute') || tenders.some((payment) => payment.disputedMinor > 0n);

/** Nothing more leaves for somebody who takes the money back; once nothing is disputed any more, nothing is held for it. */
export function holdDisputed(state: disputes.DisputesState, { row, spans }: Order): void {
  const { holds } = row;
  const stops = disputes.stops(state, row.id);
  const held = holds.includes('dispute');
  if (stops && !held && spans.some(isWaiting)) row.holds = [...holds, 'dispute'];
  if (!stops && held) row.holds = holds.filter((hold) => hold !== 'dispute');
}
