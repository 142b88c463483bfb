import { child, type Form, text } from '../form.ts';
import { testCard } from './cards.ts';
import { newPspId } from './psp-id.ts';
import { Refusal } from './refusal.ts';
import type { Change, PaymentMethod, PspState } from './state.ts';
import { tokenOfNumber } from './test-numbers.ts';

const MAX_YEARS_AHEAD = 50;

function refuse(code: string, param: string, message: string): Refusal {
  return new Refusal(402, 'card_error', message, { code, param });
}

/** The check digit of ISO/IEC 7812-1, annex B. */
function hasCheckDigit(number: string): boolean {
  let sum = 0;
  for (let i = 0; i < number.length; i++) {
    const digit = Number(number[number.length - 1 - i]);
    const doubled = i % 2 === 0 ? digit : digit * 2;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

function checkExpiry(card: Form, now: Date): void {
  const month = Number(text(card, 'exp_month'));
  const year = Number(text(card, 'exp_year'));
  if (!Number.isInteger(month) || month < 1 || month > 12)
    throw refuse('invalid_expiry_month', 'exp_month', "Your card's expiration month is invalid.");
  const full = year < 100 ? 2000 + year : year;
  if (!Number.isInteger(year) || full > now.getUTCFullYear() + MAX_YEARS_AHEAD)
    throw refuse('invalid_expiry_year', 'exp_year', "Your card's expiration year is invalid.");
  // A card is good until the end of its month, wherever the cardholder is.
  if (Date.UTC(full, month, 1) + 14 * 3_600_000 < now.getTime())
    throw refuse('invalid_expiry_year', 'exp_year', "Your card's expiration year is in the past.");
}

/**
 * POST /v1/payment_methods: what card fields send is turned into a token. Only which test card it is is kept, never a number, so that
 * nothing here could be stolen even if somebody typed a card of their own. Throws a Refusal where the fields are not those of a
 * test card.
 */
export function createPaymentMethod(state: PspState, form: Form, change: Change): PaymentMethod {
  const card = child(form, 'card') ?? {};
  const number = (text(card, 'number') ?? '').replaceAll(/[\s-]/g, '');
  if (!/^\d{12,19}$/.test(number) || !hasCheckDigit(number))
    throw refuse('incorrect_number', 'number', 'Your card number is incorrect.');
  const token = tokenOfNumber(number);
  if (token === undefined) throw refuse('not_a_test_card', 'number', 'This is a simulator: it takes test cards only.');
  checkExpiry(card, new Date(state.clock.now()));
  const digits = testCard(token)?.brand === 'amex' ? 4 : 3;
  if (!new RegExp(`^\\d{${digits}}$`).test(text(card, 'cvc') ?? ''))
    throw refuse('invalid_cvc', 'cvc', "Your card's security code is invalid.");
  const method = { id: newPspId('pm'), token, created: state.clock.seconds() };
  change.put(['method', method]);
  return method;
}

/** In the shape of Stripe's description of a PaymentMethod, as far as card fields need it. */
export function paymentMethodShape({ id, token, created }: PaymentMethod): Record<string, unknown> {
  const card = testCard(token);
  return {
    id,
    object: 'payment_method',
    type: 'card',
    created,
    livemode: false,
    card: { brand: card?.brand, last4: card?.last4, funding: card?.funding, country: card?.country },
  };
}
