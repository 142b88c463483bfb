/** Every event type there is, as "<aggregate>.<past participle>". Data shapes live with the domain that writes them. */
export const EVENT_TYPES = [
  'order.placed',
  'order.confirmed',
  'order.allocated',
  'order.backordered',
  'order.date_moved',
  'order.date_accepted',
  'order.cancel_requested',
  'order.cancel_undone',
  'order.cancel_dropped',
  'order.cancelled',
  'order.units_cancelled',
  'order.fulfilled',
  'order.held',
  'order.released',
  'order.tagged',
  'order.noted',
  'order.messaged',
  'order.mail_resent',
  'order.changed',
  'order.readdressed',
  'order.reshipped',
  'order.rerouted',
  'order.picking_started',
  'order.picking_stopped',
  'order.packed',
  'order.refunded',
  'payment.authorized',
  'payment.action_required',
  'payment.declined',
  'payment.captured',
  'payment.capture_failed',
  'payment.voided',
  'payment.in_doubt',
  'payment.refunded',
  'payment.refund_failed',
  'payment.lapsed',
  'payment.renewal_refused',
  'refund.requested',
  'refund.approved',
  'refund.rejected',
  'refund.undone',
  'shipment.created',
  'shipment.labelled',
  'shipment.shipped',
  'shipment.in_transit',
  'shipment.delivered',
  'shipment.exception',
  'shipment.cancelled',
  'saga.stuck',
  'saga.retried',
  'saga.skipped',
  'saga.compensated',
  'stock.adjusted',
  'stock.short',
  'purchase_order.created',
  'purchase_order.changed',
  'purchase_order.ordered',
  'purchase_order.received',
  'purchase_order.cancelled',
  'purchase_order.closed',
  'stock_policy.changed',
  'stock.freed',
  'backorder.policy_set',
  'backorder.stopped',
  'stock.safety_set',
  'stock.channel_set',
  'reservation.created',
  'reservation.extended',
  'reservation.used',
  'reservation.expired',
  'reservation.released',
  'sku.created',
  'sku.changed',
  'shipping_method.created',
  'shipping_method.changed',
  'node.changed',
  'routing_rules.drafted',
  'routing_rules.promoted',
  'routing_rules.discarded',
  'gl_account.changed',
  'customer.changed',
  'customer.noted',
  'approval.requested',
  'approval.decided',
  'reconciliation.finished',
  'reconciliation.failed',
  'reconciliation.resolved',
  'checkout.link_sent',
  'wallet.opened',
  'customer.handle_set',
  'wallet.sent',
  'wallet.received',
  'wallet.paid',
  'wallet.frozen',
  'wallet.unfrozen',
  'wallet.closed',
  'wallet.tier_changed',
  'wallet.top_up_started',
  'wallet.top_up_arriving',
  'wallet.topped_up',
  'wallet.top_up_failed',
  'wallet.top_up_returned',
  'wallet.charged_back',
  'wallet.charge_back_won',
  'wallet.withdrawal_started',
  'wallet.withdrawn',
  'wallet.withdrawal_failed',
  'wallet.withdrawal_returned',
  'payout.requested',
  'payout.settled',
  'payout.failed',
  'payout.returned',
  'money_request.created',
  'money_request.paid',
  'money_request.declined',
  'money_request.cancelled',
  'money_request.expired',
  'gift_card.requested',
  'gift_card.issued',
  'gift_card.rejected',
  'gift_card.frozen',
  'gift_card.unfrozen',
  'gift_card.voided',
  'gift_card.expired',
  'store_credit.issued',
  'store_credit.deducted',
  'store_credit.frozen',
  'store_credit.unfrozen',
  'account.opened',
  'account.frozen',
  'account.unfrozen',
  'account.closed',
  'account.limit_changed',
] as const;

export type EventType = (typeof EVENT_TYPES)[number];
export type Aggregate =
  | 'order'
  | 'sku'
  | 'purchase_order'
  | 'stock_policy'
  | 'reservation'
  | 'shipping_method'
  | 'node'
  | 'routing_rules'
  | 'gl_account'
  | 'customer'
  | 'approval'
  | 'checkout'
  | 'wallet'
  | 'money_request'
  | 'reconciliation'
  | 'gift_card'
  | 'store_credit'
  | 'account'
  | 'payout';

/** What a writer hands over; the outbox adds id, actor, trace and time. */
export interface NewEvent {
  readonly aggregate: Aggregate;
  readonly aggregateId: string;
  readonly aggregateVersion: bigint;
  readonly merchantId: string | null;
  readonly type: EventType;
  readonly data: Readonly<Record<string, unknown>>;
}
