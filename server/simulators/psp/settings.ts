/** How the simulated account is set up. */
export interface Settings {
  readonly multicapture: boolean;
  /** How long a search does not find what was just made; Stripe says up to a minute. */
  readonly search_lag_ms: number;
  /** How long authorizations last that are made from now on. */
  readonly authorization_ms: number;
  readonly webhook_events: readonly string[];
  /** How long a debit is on its way, and after how long a returned one is taken back. */
  readonly debit_ms: number;
  readonly return_ms: number;
}

export const DEFAULT_SETTINGS: Settings = {
  multicapture: false,
  search_lag_ms: 0,
  authorization_ms: 7 * 86_400_000,
  debit_ms: 3 * 86_400_000,
  return_ms: 5 * 86_400_000,
  webhook_events: [
    'payment_intent.amount_capturable_updated',
    'payment_intent.payment_failed',
    'payment_intent.requires_action',
    'payment_intent.processing',
    'payment_intent.canceled',
    'payment_intent.succeeded',
    'charge.refunded',
    'refund.updated',
    'refund.failed',
    'charge.dispute.created',
    'charge.dispute.updated',
    'charge.dispute.closed',
    'charge.dispute.funds_withdrawn',
    'charge.dispute.funds_reinstated',
  ],
};
