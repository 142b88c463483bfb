import type { EventType } from '../../kernel/events.ts';

/** Something a customer is to be told, once per event. Without an address it is kept as suppressed: it says that nobody was told. */
export interface Notice {
  readonly id: string;
  readonly kind: NoticeKind;
  readonly eventId: string;
  readonly orderId: string;
  readonly customerId: string | null;
  readonly merchantId: string | null;
  readonly recipient: string | null;
  readonly locale: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
}

export const NOTICE_KINDS = [
  'order_confirmed',
  'order_cancelled',
  'units_cancelled',
  'action_required',
  'shipped',
  'delivered',
  'refunded',
] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** What customers are told of. */
export const NOTICE_OF: Readonly<Partial<Record<EventType, NoticeKind>>> = {
  'order.confirmed': 'order_confirmed',
  'order.cancelled': 'order_cancelled',
  'order.units_cancelled': 'units_cancelled',
  'payment.action_required': 'action_required',
  'shipment.shipped': 'shipped',
  'shipment.delivered': 'delivered',
  'order.refunded': 'refunded',
};
