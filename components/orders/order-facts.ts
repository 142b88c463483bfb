import { mayReship, type OrderFacts } from '../../server/domains/orders/rules.ts';
import type { OrderPage } from '../../server/views/order.ts';

/** The order page as the rules want it, so that a button is greyed out by the rule that decides under the lock. */
export function orderFacts(page: OrderPage): OrderFacts {
  const { order, lines } = page;
  return {
    status: order.status,
    confirmed: order.confirmedAt !== null,
    holds: order.holds,
    capturedMinor: order.capturedMinor,
    refundedMinor: order.refundedMinor,
    goodwillMinor: order.goodwillMinor,
    lines: lines.map(({ spans: _, ...line }) => ({ ...line, orderId: order.id })),
    cancelling: page.sagas.some((saga) => saga.kind === 'cancel-order' && saga.status !== 'done'),
    editing: page.sagas.some((saga) => saga.kind === 'edit-order' && saga.status !== 'done' && saga.step !== 'allocate'),
    spans: lines.flatMap((line) =>
      line.spans.map((span) => ({
        lineId: line.id,
        from: span.fromUnit,
        to: span.toUnit,
        state: span.state,
        nodeId: span.nodeId,
        shipmentId: span.shipmentId,
        refundId: span.refundId,
        returnId: span.returnId,
      })),
    ),
  };
}

/** Money of refunds that are asked for and not settled. */
export function pendingRefundMinor(page: OrderPage): bigint {
  return page.refunds
    .filter((refund) => refund.status === 'awaiting_approval' || refund.status === 'pending')
    .reduce((sum, refund) => sum + refund.amountMinor, 0n);
}

/** The shipments of which something can be sent again, the one in trouble first, then the newest. */
export function reshippable(page: OrderPage): OrderPage['shipments'] {
  const facts = orderFacts(page);
  const rank = (status: string) => (status === 'EXCEPTION' ? 0 : 1);
  return page.shipments
    .filter((shipment) => mayReship(facts, shipment).allowed)
    .sort((a, b) => rank(a.status) - rank(b.status) || (a.number < b.number ? 1 : -1));
}

/** The nodes where units of the order wait, in no parcel yet. */
export function waitingNodes(page: OrderPage): string[] {
  const spans = page.lines.flatMap((line) => line.spans);
  return [
    ...new Set(spans.flatMap((span) => (span.state === 'allocated' && !span.shipmentId && span.nodeId ? [span.nodeId] : []))),
  ];
}
