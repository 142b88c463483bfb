import { z } from 'zod';
import { fromAdyenAmount } from './adyen-amounts.ts';
import type { CardSummary, JsonObject, ProviderOutcome, QueryInput } from './provider.ts';
import { AUTHORIZATION_LAPSED } from './rules.ts';

/** What Adyen's answers and notifications mean in the house's words. */
const DAY_MS = 86_400_000;
/** An authorization that nobody captures lapses after this: https://docs.adyen.com/online-payments/adjust-authorisation. */
const AUTHORIZATION_MS = 28 * DAY_MS;

export const paymentReply = z.object({
  resultCode: z.string(),
  pspReference: z.string().optional(),
  refusalReason: z.string().optional(),
  refusalReasonCode: z.string().optional(),
  action: z.object({ type: z.string(), url: z.url().optional() }).optional(),
  additionalData: z.record(z.string(), z.string()).optional(),
});
export type PaymentReply = z.infer<typeof paymentReply>;
const toldItem = z.object({
  eventCode: z.string(),
  success: z.enum(['true', 'false']),
  value: z.int(),
  currency: z.string(),
  pspReference: z.string(),
  reason: z.string().nullish(),
  brand: z.string().nullish(),
  last4: z.string().nullish(),
});
type ToldItem = z.infer<typeof toldItem>;

/** https://docs.adyen.com/development-resources/refusal-reasons. */
const REFUSALS: Readonly<Record<string, string>> = {
  '2': 'generic_decline',
  '4': 'acquirer_error',
  '5': 'blocked_card',
  '6': 'expired_card',
  '7': 'invalid_amount',
  '8': 'incorrect_number',
  '9': 'issuer_unavailable',
  '10': 'not_supported',
  '11': 'authentication_failed',
  '12': 'insufficient_funds',
  '20': 'fraudulent',
  '22': 'fraudulent',
  '24': 'incorrect_cvc',
};
/** The card's bank never got to say anything. */
const NOT_TRIED: ReadonlySet<string> = new Set(['4', '9']);
const BRANDS: Readonly<Record<string, string>> = { mc: 'mastercard', cup: 'unionpay' };

/** What each kind of attempt is told of by. */
const DONE: Readonly<Record<QueryInput['kind'], readonly string[]>> = {
  authorize: ['AUTHORISATION'],
  charge: ['AUTHORISATION'],
  increment: ['AUTHORISATION_ADJUSTMENT'],
  capture: ['CAPTURE'],
  void: ['CANCELLATION', 'TECHNICAL_CANCEL'],
  refund: ['REFUND'],
};
/** What takes back what was told before. */
const UNDONE: ReadonlySet<string> = new Set(['CAPTURE_FAILED', 'REFUND_FAILED', 'REFUNDED_REVERSED']);

/** The time inside a UUIDv7, which is when the attempt was made. */
export const madeAt = (operationId: string): number => Number.parseInt(operationId.replaceAll('-', '').slice(0, 12), 16);

function cardOf(brand: string | null | undefined, last4: string | null | undefined, alias = ''): CardSummary | undefined {
  if (!last4) return undefined;
  return { brand: BRANDS[brand ?? ''] ?? brand ?? 'unknown', last4, fingerprint: alias };
}

/** What an authorization came to. */
export function authorizationOf(
  reply: PaymentReply,
  { amountMinor }: { readonly amountMinor: bigint; readonly currency: string },
): ProviderOutcome {
  const { resultCode, pspReference, refusalReason, refusalReasonCode = '', action, additionalData = {} } = reply;
  const response = { resultCode, pspReference: pspReference ?? null, refusalReasonCode };
  const card = cardOf(additionalData.paymentMethod, additionalData.cardSummary, additionalData.alias);
  const shown = card ? { card } : {};
  if (pspReference === undefined) return { kind: 'unknown', reason: `The provider said ${resultCode} of no payment.` };
  switch (resultCode) {
    case 'Authorised': {
      const authorizationExpiresAt = new Date(Date.now() + AUTHORIZATION_MS);
      return {
        kind: 'succeeded',
        providerRef: pspReference,
        amountMinor,
        feeMinor: 0n,
        authorizationExpiresAt,
        response,
        ...shown,
      };
    }
    case 'RedirectShopper':
      if (action?.url)
        return {
          kind: 'requires_action',
          providerRef: pspReference,
          nextAction: { type: 'redirect', url: action.url },
          response,
          ...shown,
        };
      return { kind: 'unknown', reason: 'The provider asks for a redirect to nowhere.' };
    case 'Refused':
    case 'Error':
    case 'Cancelled': {
      const code = REFUSALS[refusalReasonCode] ?? 'generic_decline';
      const notTried = NOT_TRIED.has(refusalReasonCode) ? ({ notTried: true } as const) : {};
      const message = refusalReason ?? `The payment was ${resultCode.toLowerCase()}.`;
      return { kind: 'failed', code, message, providerRef: pspReference, ...notTried, response };
    }
    case 'Pending':
    case 'Received':
      return { kind: 'pending', providerRef: pspReference, response };
    default:
      return { kind: 'unknown', reason: `The payment is ${resultCode} at the provider.` };
  }
}

/** What notifications say of an attempt, whatever order they came in; null where they say nothing. */
export function outcomeOf(input: QueryInput, news: readonly JsonObject[]): ProviderOutcome | null {
  const items = news.flatMap((one): readonly ToldItem[] => {
    const { data } = toldItem.safeParse(one);
    return data ? [data] : [];
  });
  const own = items.filter(({ eventCode }) => DONE[input.kind].includes(eventCode));
  const undone = items.find(({ eventCode, success }) => UNDONE.has(eventCode) && success === 'true');
  const done = own.find(({ success }) => success === 'true');
  const refused = own.find(({ success }) => success === 'false');
  if (!undone && done) return succeededBy(input, done);
  const why = undone ?? refused;
  if (!why) return null;
  const { reason, pspReference, eventCode } = why;
  const lapsed = /expired/i.test(reason ?? '') && (input.kind === 'capture' || input.kind === 'increment');
  const code = lapsed ? AUTHORIZATION_LAPSED : undone ? 'refused_later' : 'refused';
  const message = reason || `The provider refused the ${input.kind}.`;
  return { kind: 'failed', code, message, providerRef: pspReference, response: { eventCode, pspReference } };
}

function succeededBy(input: QueryInput, item: ToldItem): ProviderOutcome {
  const { pspReference, value, currency, eventCode, brand, last4 } = item;
  const authorizes = input.kind === 'authorize' || input.kind === 'charge';
  const card = authorizes ? cardOf(brand, last4) : undefined;
  return {
    kind: 'succeeded',
    providerRef: pspReference,
    amountMinor: fromAdyenAmount(value, currency),
    feeMinor: 0n,
    response: { eventCode, pspReference },
    ...(card && { card }),
    ...(input.kind === 'authorize' && { authorizationExpiresAt: new Date(madeAt(input.operationId) + AUTHORIZATION_MS) }),
  };
}
