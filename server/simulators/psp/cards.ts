import { createHash } from 'node:crypto';

/** Test payment methods, named and behaving as in https://docs.stripe.com/testing. */
export interface TestCard {
  readonly brand: string;
  readonly last4: string;
  readonly fingerprint: string;
  readonly country: string;
  readonly funding: 'credit' | 'debit';
  /** Stripe's error code and decline code where the issuer refuses. */
  readonly decline?: { readonly code: string; readonly declineCode: string; readonly message: string };
  readonly challenge?: boolean;
  /** How its issuer takes it that what it holds is to be raised: it cannot be, or it says no. Yes where absent. */
  readonly increment?: 'unavailable' | 'declined';
  /** Its holder disputes what is captured of it, or has their bank ask about it first. */
  readonly disputes?: 'fraudulent' | 'inquiry';
  /** How long its issuer takes to answer. */
  readonly slowMs?: number;
}

/** The same card number has the same fingerprint wherever it is used. */
const fingerprintOf = (brand: string, last4: string, number = ''): string =>
  createHash('sha256').update(`${brand}:${last4}:${number}`).digest('base64url').replaceAll(/[-_]/g, '0').slice(0, 16);

const card = (brand: string, last4: string, rest: Partial<TestCard> = {}, number = ''): TestCard => ({
  brand,
  last4,
  fingerprint: fingerprintOf(brand, last4, number),
  country: 'US',
  funding: 'credit',
  ...rest,
});

const DECLINED = 'Your card was declined.';
const decline = (declineCode: string, message = DECLINED, code = 'card_declined') => ({
  decline: { code, declineCode, message },
});

const DECLINES: Readonly<Record<string, { readonly code: string; readonly declineCode: string; readonly message: string }>> = {
  generic_decline: decline('generic_decline').decline,
  insufficient_funds: decline('insufficient_funds', 'Your card has insufficient funds.').decline,
  lost_card: decline('lost_card').decline,
  stolen_card: decline('stolen_card').decline,
  expired_card: decline('expired_card', 'Your card has expired.', 'expired_card').decline,
  incorrect_cvc: decline('incorrect_cvc', "Your card's security code is incorrect.", 'incorrect_cvc').decline,
  processing_error: decline(
    'processing_error',
    'An error occurred while processing your card. Try again in a little bit.',
    'processing_error',
  ).decline,
  fraudulent: decline('fraudulent').decline,
  card_velocity_exceeded: decline('card_velocity_exceeded', 'Your card was declined for making repeated attempts too frequently.')
    .decline,
};

/** The refusal that a switch asks for by decline code; an unknown code is passed on under a general message. */
export function declineOf(declineCode: string): {
  readonly code: string;
  readonly declineCode: string;
  readonly message: string;
} {
  return DECLINES[declineCode] ?? { code: 'card_declined', declineCode, message: DECLINED };
}

const declined = (last4: string, declineCode: string, number: string): TestCard =>
  card('visa', last4, { decline: declineOf(declineCode) }, number);

const CARDS: Readonly<Record<string, TestCard>> = {
  pm_card_visa: card('visa', '4242'),
  pm_card_visa_debit: card('visa', '5556', { funding: 'debit' }),
  pm_card_mastercard: card('mastercard', '4444'),
  pm_card_mastercard_debit: card('mastercard', '8210', { funding: 'debit' }),
  pm_card_mastercard_prepaid: card('mastercard', '5100'),
  pm_card_amex: card('amex', '8431'),
  pm_card_discover: card('discover', '9424'),
  pm_card_diners: card('diners', '0004'),
  pm_card_jcb: card('jcb', '0505'),
  pm_card_unionpay: card('unionpay', '0005'),
  pm_card_incrementUnavailable: card('visa', '5011', { increment: 'unavailable' }),
  pm_card_incrementDeclined: card('visa', '5012', { increment: 'declined' }),
  pm_card_createDispute: card('visa', '0259', { disputes: 'fraudulent' }, '4000000000000259'),
  pm_card_createDisputeInquiry: card('visa', '1976', { disputes: 'inquiry' }, '4000000000001976'),
  pm_card_slow: card('visa', '5001', { slowMs: 5_000 }),
  pm_card_gb: card('visa', '0000', { country: 'GB' }),
  pm_card_de: card('visa', '0016', { country: 'DE' }),
  pm_card_fr: card('visa', '0003', { country: 'FR' }),
  pm_card_chargeDeclined: declined('0002', 'generic_decline', '4000000000000002'),
  pm_card_visa_chargeDeclined: declined('0002', 'generic_decline', '4000000000000002'),
  pm_card_chargeDeclinedInsufficientFunds: declined('9995', 'insufficient_funds', '4000000000009995'),
  pm_card_visa_chargeDeclinedInsufficientFunds: declined('9995', 'insufficient_funds', '4000000000009995'),
  pm_card_visa_chargeDeclinedLostCard: declined('9987', 'lost_card', '4000000000009987'),
  pm_card_visa_chargeDeclinedStolenCard: declined('9979', 'stolen_card', '4000000000009979'),
  pm_card_chargeDeclinedExpiredCard: declined('0069', 'expired_card', '4000000000000069'),
  pm_card_chargeDeclinedIncorrectCvc: declined('0127', 'incorrect_cvc', '4000000000000127'),
  pm_card_chargeDeclinedProcessingError: declined('0119', 'processing_error', '4000000000000119'),
  pm_card_chargeDeclinedFraudulent: declined('0019', 'fraudulent', '4100000000000019'),
  pm_card_visa_chargeDeclinedVelocityLimitExceeded: declined('6975', 'card_velocity_exceeded', '4000000000006975'),
  pm_card_threeDSecure2Required: card('visa', '3220', { challenge: true }),
  pm_card_threeDSecureRequired: card('visa', '3063', { challenge: true }),
  pm_card_authenticationRequired: card('visa', '3184', { challenge: true }),
  pm_card_authenticationRequiredOnSetup: card('visa', '3155', { challenge: true }),
  pm_card_authenticationRequiredChargeDeclinedInsufficientFunds: card('visa', '8341', {
    challenge: true,
    decline: declineOf('insufficient_funds'),
  }),
};

/** `pm_sim_visa_1881`: any brand and last four digits, so that seeded data does not show one card everywhere. */
const MADE_TO_MEASURE = /^pm_sim_(visa|mastercard|amex|discover|diners|jcb|unionpay)_(\d{4})$/;

/** The card behind a token, or undefined where the simulator knows none. */
export function testCard(token: string): TestCard | undefined {
  const known = CARDS[token];
  if (known !== undefined) return known;
  const match = MADE_TO_MEASURE.exec(token);
  return match?.[1] !== undefined && match[2] !== undefined ? card(match[1], match[2]) : undefined;
}
