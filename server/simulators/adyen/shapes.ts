import { createHmac } from 'node:crypto';
import { json } from '../http.ts';
import type { Refuse } from '../keyed-writes.ts';
import { testCard } from '../psp/cards.ts';
import type { Refused } from './payments.ts';
import type { Modification, Notice, Payment } from './state.ts';

/** What it says, as the Checkout API's description and the notification's have it. */
const BRANDS: Readonly<Record<string, string>> = { mastercard: 'mc', unionpay: 'cup' };
const brandOf = (token: string): string => {
  const brand = testCard(token)?.brand ?? 'visa';
  return BRANDS[brand] ?? brand;
};

/** https://docs.adyen.com/development-resources/error-codes. */
const ERROR_CODES: Readonly<Record<string, readonly [code: string, type: string]>> = {
  unauthorized: ['000', 'security'],
  key_reused: ['704', 'validation'],
  in_progress: ['704', 'validation'],
  rate_limit: ['010', 'security'],
  internal: ['905', 'internal'],
};

export const errorReply: Refuse = (status, code, message) => {
  const [errorCode, errorType] = ERROR_CODES[code] ?? [code, 'validation'];
  // A key that is in use is told as a request that cannot be processed.
  const shown = status === 409 ? 422 : status;
  return json(shown, { status: shown, errorCode, message, errorType });
};

export function paymentShape(payment: Payment, refused: Refused | null, challengeUrl: string): Record<string, unknown> {
  const { pspReference, reference, amount, token } = payment;
  const card = testCard(token);
  const additionalData = {
    cardSummary: card?.last4 ?? '',
    paymentMethod: brandOf(token),
    alias: card?.fingerprint ?? '',
    merchantReference: reference,
  };
  const base = { additionalData, pspReference, merchantReference: reference, amount };
  if (refused) return { ...base, resultCode: refused[2], refusalReason: refused[0], refusalReasonCode: refused[1] };
  if (payment.status !== 'redirect') return { ...base, resultCode: 'Authorised' };
  const url = `${challengeUrl}/${pspReference}?secret=${payment.secret}`;
  return {
    ...base,
    resultCode: 'RedirectShopper',
    action: { type: 'redirect', method: 'GET', paymentMethodType: 'scheme', url },
  };
}

export function modificationShape(modification: Modification, merchantAccount: string): Record<string, unknown> {
  const { payment, pspReference, reference, amount, kind } = modification;
  return {
    merchantAccount,
    paymentPspReference: payment,
    pspReference,
    reference,
    status: 'received',
    ...(kind === 'void' ? {} : { amount }),
  };
}

/** A notification with one item, signed over the values of eight fields: https://docs.adyen.com/development-resources/webhooks/verify-hmac-signatures. */
export function notificationShape(notice: Notice, merchantAccountCode: string, hmacKey: string): Record<string, unknown> {
  const { pspReference, originalReference, merchantReference, amount, eventCode, success, reason, token, at, dueAt } = notice;
  const signed = [
    pspReference,
    originalReference ?? '',
    merchantAccountCode,
    merchantReference,
    String(amount.value),
    amount.currency,
    eventCode,
    String(success),
  ].join(':');
  const hmacSignature = createHmac('sha256', Buffer.from(hmacKey, 'hex')).update(signed, 'utf8').digest('base64');
  const item = {
    additionalData: {
      hmacSignature,
      cardSummary: testCard(token)?.last4 ?? '',
      ...(dueAt === undefined ? {} : { defensePeriodEndsAt: new Date(dueAt).toISOString() }),
    },
    amount: { currency: amount.currency, value: amount.value },
    eventCode,
    eventDate: new Date(at).toISOString().replace(/\.\d{3}Z$/, '+00:00'),
    merchantAccountCode,
    merchantReference,
    ...(originalReference === null ? { operations: ['CANCEL', 'CAPTURE', 'REFUND'] } : { originalReference }),
    paymentMethod: brandOf(token),
    pspReference,
    reason,
    success: String(success),
  };
  return { live: 'false', notificationItems: [{ NotificationRequestItem: item }] };
}
