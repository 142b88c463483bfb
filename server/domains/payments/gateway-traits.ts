/** What a gateway is like whatever account one has there. Flows go by it; the conformance suite holds a gateway to what it says. */
export interface GatewayTraits {
  /** `network`: somebody else's system is asked. `hand`: nobody is; a person, or the carrier, says what happened. */
  readonly asks: 'network' | 'hand';
  /**
   * When it takes the money. `leaving`: it is held, and captured before goods leave. `at_once`: it comes in one piece, and has come when
   * the authorization has succeeded. `at_delivery`: the goods leave unpaid, and the money is taken at the door.
   */
  readonly takes: 'leaving' | 'at_once' | 'at_delivery';
  /** Whether customers name what they pay with by a token of the provider. */
  readonly token: boolean;
  /** How long an order waits until it is paid before it is given up. */
  readonly patienceMs: number;
  /** How often somebody looks whether an attempt that was taken on has ended, should no news come. */
  readonly lookMs: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Answered while the customer waits: an abandoned challenge or a silent provider is given up within the half hour. */
export const CARD_TRAITS: GatewayTraits = {
  asks: 'network',
  takes: 'leaving',
  token: true,
  patienceMs: 30 * MINUTE_MS,
  lookMs: MINUTE_MS,
};

/** Collected within days: https://docs.stripe.com/payments/sepa-debit says up to 14. */
export const DEBIT_TRAITS: GatewayTraits = {
  asks: 'network',
  takes: 'at_once',
  token: true,
  patienceMs: 21 * DAY_MS,
  lookMs: HOUR_MS,
};

/** Who pays by transfer is given two weeks. */
export const TRANSFER_TRAITS: GatewayTraits = {
  asks: 'hand',
  takes: 'at_once',
  token: false,
  patienceMs: 14 * DAY_MS,
  lookMs: DAY_MS,
};

/** Nobody has to answer before the goods leave. */
export const CASH_TRAITS: GatewayTraits = {
  asks: 'hand',
  takes: 'at_delivery',
  token: false,
  patienceMs: 30 * MINUTE_MS,
  lookMs: DAY_MS,
};
