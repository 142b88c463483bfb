/** The card numbers that the card fields take, as https://docs.stripe.com/testing lists them: no bank ever issued one of these. */
const NUMBERS: Readonly<Record<string, string>> = {
  '4242424242424242': 'pm_card_visa',
  '4000056655665556': 'pm_card_visa_debit',
  '5555555555554444': 'pm_card_mastercard',
  '5200828282828210': 'pm_card_mastercard_debit',
  '5105105105105100': 'pm_card_mastercard_prepaid',
  '378282246310005': 'pm_sim_amex_0005',
  '6011111111111117': 'pm_sim_discover_1117',
  '3056930009020004': 'pm_card_diners',
  '3566002020360505': 'pm_card_jcb',
  '6200000000000005': 'pm_card_unionpay',
  '4000000000000002': 'pm_card_chargeDeclined',
  '4000000000009995': 'pm_card_chargeDeclinedInsufficientFunds',
  '4000000000009987': 'pm_card_visa_chargeDeclinedLostCard',
  '4000000000009979': 'pm_card_visa_chargeDeclinedStolenCard',
  '4000000000000069': 'pm_card_chargeDeclinedExpiredCard',
  '4000000000000127': 'pm_card_chargeDeclinedIncorrectCvc',
  '4000000000000119': 'pm_card_chargeDeclinedProcessingError',
  '4100000000000019': 'pm_card_chargeDeclinedFraudulent',
  '4000000000006975': 'pm_card_visa_chargeDeclinedVelocityLimitExceeded',
  '4000000000003220': 'pm_card_threeDSecure2Required',
  '4000000000003063': 'pm_card_threeDSecureRequired',
  '4000002760003184': 'pm_card_authenticationRequired',
  '4000008260003178': 'pm_card_authenticationRequiredChargeDeclinedInsufficientFunds',
  '4000000000005001': 'pm_card_slow',
  '4000000000000259': 'pm_card_createDispute',
  '4000000000001976': 'pm_card_createDisputeInquiry',
};

/** The token behind a number of the list, or undefined: the simulator takes no card that could be somebody's. */
export const tokenOfNumber = (number: string): string | undefined => NUMBERS[number];

export type Language = 'en' | 'de';

/** The cards that the page offers, with what each does in words. */
export const HINTS: readonly { readonly number: string; readonly does: Readonly<Record<Language, string>> }[] = [
  { number: '4242424242424242', does: { en: 'Is accepted', de: 'Wird angenommen' } },
  { number: '5555555555554444', does: { en: 'Is accepted (Mastercard)', de: 'Wird angenommen (Mastercard)' } },
  { number: '4000000000003220', does: { en: 'The bank asks first (3-D Secure)', de: 'Die Bank fragt nach (3-D Secure)' } },
  { number: '4000000000000002', does: { en: 'Is declined', de: 'Wird abgelehnt' } },
  { number: '4000000000009995', does: { en: 'Has insufficient funds', de: 'Ist nicht gedeckt' } },
  { number: '4000000000000127', does: { en: 'Has another security code', de: 'Hat eine andere Prüfziffer' } },
  { number: '4000000000000069', does: { en: 'Has expired', de: 'Ist abgelaufen' } },
  { number: '4000000000005001', does: { en: 'The bank is slow', de: 'Die Bank ist langsam' } },
  {
    number: '4000008260003178',
    does: { en: 'The bank asks first, then declines', de: 'Die Bank fragt nach und lehnt dann ab' },
  },
];
