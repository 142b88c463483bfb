/** The words of the house. The API says them in UPPER_SNAKE, the screen in sentence case through the message catalogue. */

export const ORDER_STATUSES = ['PENDING', 'CONFIRMED', 'PARTIALLY_FULFILLED', 'FULFILLED', 'CANCELLED', 'REFUNDED'] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

export const PAYMENT_STATUSES = [
  'UNPAID',
  'AUTHORIZED',
  'PARTIALLY_CAPTURED',
  'CAPTURED',
  'PARTIALLY_REFUNDED',
  'REFUNDED',
  'VOIDED',
  'FAILED',
  'IN_DOUBT',
] as const;
/** An order's payments taken together. */
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

export const PAYMENT_STATES = [
  'CREATED',
  'REQUIRES_ACTION',
  'AUTHORIZED',
  'PARTIALLY_CAPTURED',
  'CAPTURED',
  'PARTIALLY_REFUNDED',
  'REFUNDED',
  'VOIDED',
  'FAILED',
  'IN_DOUBT',
] as const;
/** One payment's own state. */
export type PaymentState = (typeof PAYMENT_STATES)[number];

/** How customers pay what the house's own tenders leave. Which of them a merchant takes, its gateways say. */
export const PAYMENT_METHODS = ['card', 'bank_debit', 'bank_transfer', 'cash_on_delivery'] as const;
export type PaymentMethod = (typeof PAYMENT_METHODS)[number];

export const FULFILMENT_STATUSES = [
  'UNALLOCATED',
  'BACKORDERED',
  'PREORDERED',
  'ALLOCATED',
  'PICKING',
  'PACKED',
  'SHIPPED',
  'DELIVERED',
  'EXCEPTION',
  'RETURNED',
] as const;
export type FulfilmentStatus = (typeof FULFILMENT_STATUSES)[number];

export const SPAN_STATES = ['open', 'backordered', 'allocated', 'shipped', 'delivered', 'returned', 'cancelled'] as const;
export type SpanState = (typeof SPAN_STATES)[number];

export const HOLDS = ['fraud', 'address', 'manual', 'payment', 'dispute'] as const;
/** Holds that people place and lift; those for payment and dispute come and go with the money. */
export const HAND_HOLDS = ['fraud', 'address', 'manual'] as const satisfies readonly Hold[];
export type HandHold = (typeof HAND_HOLDS)[number];
export type Hold = (typeof HOLDS)[number];

export const SHIPMENT_STATUSES = [
  'PENDING',
  'LABELLED',
  'SHIPPED',
  'IN_TRANSIT',
  'DELIVERED',
  'EXCEPTION',
  'LOST',
  'DAMAGED',
  'RETURNING',
  'RETURNED',
  'CANCELLED',
] as const;
export type ShipmentStatus = (typeof SHIPMENT_STATUSES)[number];

/** What a carrier, or a person at the door, may report of a parcel. */
export const PARCEL_REPORTS = ['IN_TRANSIT', 'DELIVERED', 'EXCEPTION', 'LOST', 'DAMAGED', 'RETURNING'] as const;
export type ParcelReport = (typeof PARCEL_REPORTS)[number];

export const CLAIM_KINDS = ['lost', 'damaged'] as const;
export type ClaimKind = (typeof CLAIM_KINDS)[number];
export const CLAIM_STATUSES = ['open', 'filed', 'accepted', 'rejected', 'paid'] as const;
export type ClaimStatus = (typeof CLAIM_STATUSES)[number];
export const MANIFEST_STATUSES = ['closing', 'closed', 'handed_over', 'refused'] as const;
export type ManifestStatus = (typeof MANIFEST_STATUSES)[number];
/** When parcels leave a node: as soon as they are paid, or when they are called for with a manifest. */
export const HAND_OVERS = ['at_once', 'by_manifest'] as const;
export type HandOver = (typeof HAND_OVERS)[number];
/** In which condition units came back. */
export const RETURN_CONDITIONS = ['sellable', 'damaged'] as const;
export type ReturnCondition = (typeof RETURN_CONDITIONS)[number];

/** Where a return stands: what a customer sends back after a delivery. */
export const RETURN_STATUSES = [
  'requested',
  'declined',
  'approved',
  'labelled',
  'in_transit',
  'received',
  'inspected',
  'settling',
  'settled',
  'closed',
  'cancelled',
  'expired',
] as const;
export type ReturnStatus = (typeof RETURN_STATUSES)[number];

/** Where an order's goods at a node are: on the shelf, with somebody who picks them, or packed. */
export const QUEUE_STAGES = ['to_pick', 'picking', 'packed'] as const;
export type QueueStage = (typeof QUEUE_STAGES)[number];

export const OPERATION_KINDS = ['authorize', 'increment', 'capture', 'void', 'refund'] as const;
export type OperationKind = (typeof OPERATION_KINDS)[number];
/** `reversed`: it had succeeded, and was taken back by the bank later. */
export const OPERATION_STATUSES = ['in_flight', 'requires_action', 'unknown', 'succeeded', 'failed', 'reversed'] as const;
export type OperationStatus = (typeof OPERATION_STATUSES)[number];

/** What people ask for. */
export const REFUND_KINDS = ['units', 'amount', 'goodwill'] as const;
/** `return`: units that came back, for what their return says they are worth. */
const ALL_REFUND_KINDS = [...REFUND_KINDS, 'return'] as const;
export type RefundKind = (typeof ALL_REFUND_KINDS)[number];
export const REFUND_STATUSES = ['awaiting_approval', 'pending', 'succeeded', 'failed', 'rejected', 'undone'] as const;
export type RefundStatus = (typeof REFUND_STATUSES)[number];

/**
 * Where a dispute stands. `inquiry`: the bank only asks; `open`: it has taken the money; `submitted`: it has our answer; `accepted`: we let it
 * be; `withdrawn`: an inquiry that came to nothing.
 */
export const DISPUTE_STATUSES = ['inquiry', 'open', 'submitted', 'won', 'lost', 'accepted', 'withdrawn'] as const;
export type DisputeStatus = (typeof DISPUTE_STATUSES)[number];

export const GIFT_CARD_STATUSES = ['awaiting_approval', 'active', 'frozen', 'void', 'expired'] as const;
export type GiftCardStatus = (typeof GIFT_CARD_STATUSES)[number];

export const SAGA_STATUSES = ['running', 'waiting', 'retrying', 'stuck', 'compensating', 'done'] as const;
export type SagaStatus = (typeof SAGA_STATUSES)[number];

export const NODE_KINDS = ['warehouse', 'store', 'third_party', 'drop_shipper'] as const;
export type NodeKind = (typeof NODE_KINDS)[number];

export const ROLES = ['customer', 'merchant', 'agent', 'warehouse', 'fraud_analyst', 'finance', 'admin'] as const;
export type Role = (typeof ROLES)[number];

export const API_SCOPES = [
  'orders:read',
  'orders:write',
  'catalog:read',
  'catalog:write',
  'stock:read',
  'stock:write',
  'refunds:write',
  'shipments:write',
  'customers:read',
  'ledger:read',
  'ledger:write',
  'gift_cards:read',
  'gift_cards:write',
  'store_credit:read',
  'store_credit:write',
] as const;
export type ApiScope = (typeof API_SCOPES)[number];

/** Through what is sold: orders, carts, rules of supply and of routing name one of these. A kind of channel sells as one of them. */
export const SALES_CHANNELS = ['api', 'console', 'shop', 'import', 'marketplace'] as const;
export type SalesChannel = (typeof SALES_CHANNELS)[number];

export const CANCEL_REASONS = [
  'customer_request',
  'out_of_stock',
  'fraud',
  'duplicate',
  'payment_declined',
  'payment_timeout',
  'address_problem',
  'not_collected',
  'other',
] as const;
export type CancelReason = (typeof CANCEL_REASONS)[number];

/** Who cancels: the customer, somebody who works for the shop or its program, the house by itself, or the channel that sold it. */
export const CANCEL_ACTORS = ['customer', 'agent', 'system', 'channel'] as const;
export type CancelActor = (typeof CANCEL_ACTORS)[number];

/** Up to where customers cancel for themselves: not at all, or until the payment is confirmed, the goods are set aside, or packed. */
export const CUSTOMER_CANCELS_UNTIL = ['never', 'confirmed', 'allocated', 'packed'] as const;
export type CustomerCancelsUntil = (typeof CUSTOMER_CANCELS_UNTIL)[number];

/** What merchants say of their own business, a version for each change. */
export const POLICY_KINDS = ['cancellation', 'refund', 'capture', 'approval', 'returns'] as const;
export type PolicyKind = (typeof POLICY_KINDS)[number];
