import type { Aggregate } from './events.ts';

/** What a page may listen to at /api/live: every record of a kind, or `<kind>:<id>`. A kind that is not here, no page asks for. */
export const LIVE_TOPICS = [
  'order',
  'sku',
  'stock_policy',
  'reservation',
  'channel',
  'node',
  'routing_rules',
  'customer',
  'approval',
  'checkout',
  'wallet',
  'money_request',
  'reconciliation',
  'payout',
  'gift_card',
  'store_credit',
  'purchase_order',
  'transfer',
  'stock_count',
] as const satisfies readonly Aggregate[];

export type LiveTopic = (typeof LIVE_TOPICS)[number];
/** A topic as it is asked for: `order`, or `order:<id>` for one of them. */
export type LiveSubject = LiveTopic | `${LiveTopic}:${string}`;
