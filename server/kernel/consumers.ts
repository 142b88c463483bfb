import type { EventType } from './events.ts';

/**
 * Who is told of which events in the background. The outbox writes one delivery row per (event, consumer) in the transaction
 * that caused the event, so this table is all that a writer needs to know; handlers are jobs/consumers/<name>.ts.
 */
export const CONSUMERS = {
  'allocate-received': ['stock.adjusted', 'stock.freed'],
  'issue-invoices': ['shipment.shipped', 'order.refunded', 'payment.refund_failed', 'order.cancellation_fee_kept'],
  'move-dates': [
    'purchase_order.ordered',
    'purchase_order.changed',
    'purchase_order.received',
    'purchase_order.cancelled',
    'purchase_order.closed',
    'backorder.policy_set',
  ],
  'notify-customer': [
    'order.confirmed',
    'order.cancelled',
    'order.units_cancelled',
    'order.edited',
    'order.edit_payment_asked',
    'payment.action_required',
    'shipment.shipped',
    'shipment.delivered',
    'order.refunded',
    'order.ready_for_pickup',
    'order.pickup_reminded',
    'order.date_moved',
    'payment.renewal_refused',
    'checkout.link_sent',
    'wallet.received',
    'wallet.topped_up',
    'wallet.withdrawal_failed',
    'wallet.withdrawal_returned',
    'money_request.created',
  ],
} as const satisfies Record<string, readonly EventType[]>;

export type ConsumerName = keyof typeof CONSUMERS;
