import type Stripe from 'stripe';
import { CARD_TRAITS } from './gateway-traits.ts';
import type {
  Answered,
  AnswerInput,
  AuthorizeInput,
  CaptureInput,
  CardSummary,
  ChargeInput,
  Disputes,
  Failed,
  IncrementInput,
  NotFound,
  PaymentGateway,
  PaymentProvider,
  PaymentWebhook,
  ProviderOutcome,
  QueryInput,
  RefundInput,
  Report,
  Unknown,
  Unreachable,
  VoidInput,
  WebhookHeaders,
} from './provider.ts';
import { AUTHORIZATION_LAPSED } from './rules.ts';
import { fromStripeAmount, toStripeAmount } from './stripe-amounts.ts';
import { chargeOutcome, createCharge, refundOutcome } from './stripe-charges.ts';
import { connectStripe, findIntent, type StripeAccount } from './stripe-client.ts';
import { answerDispute, readDisputes } from './stripe-disputes.ts';
import type { Guard } from './stripe-http.ts';
import { readReport } from './stripe-report.ts';
import { verifyStripeWebhook } from './stripe-webhook.ts';

/** Cards through Stripe's API: PaymentIntents captured by hand, https://docs.stripe.com/payments/place-a-hold-on-a-payment-method. */
export interface StripeConfig extends StripeAccount {
  /** Whether this account may capture one authorization in parts. Default false. */
  readonly multicapture?: boolean;
}

/** Metadata keys hold 40 characters: this and a UUID make 39. Each capture and each increment leaves its own mark on the payment. */
const OPERATION_MARK = 'op_';
/** Codes that may only mean that we did it earlier: the payment itself is asked. */
const MAYBE_DONE = new Set(['payment_intent_unexpected_state', 'charge_already_refunded', 'charge_already_captured']);

type Intent = Stripe.PaymentIntent;

const metadataFor = (mark: string) => `${OPERATION_MARK}${mark}`;

function chargeOf(intent: Intent): Stripe.Charge | undefined {
  return typeof intent.latest_charge === 'object' && intent.latest_charge !== null ? intent.latest_charge : undefined;
}

function cardOf(intent: Intent): CardSummary | undefined {
  const card = chargeOf(intent)?.payment_method_details?.card;
  if (!card) return undefined;
  return { brand: card.brand ?? 'unknown', last4: card.last4 ?? '', fingerprint: card.fingerprint ?? '' };
}

function feeOf(charge: Stripe.Charge | undefined, currency: string): bigint {
  const txn = charge?.balance_transaction;
  return typeof txn === 'object' && txn !== null ? fromStripeAmount(txn.fee, currency) : 0n;
}

const currencyOf = (object: { readonly currency: string }): string => object.currency.toUpperCase();

function summary(intent: Intent) {
  return {
    id: intent.id,
    status: intent.status,
    amount: intent.amount,
    amount_capturable: intent.amount_capturable,
    amount_received: intent.amount_received,
    latest_charge: chargeOf(intent)?.id ?? (typeof intent.latest_charge === 'string' ? intent.latest_charge : null),
  };
}

/** What an authorization came to, read off the payment. */
function authorizationOutcome(intent: Intent): ProviderOutcome {
  const response = summary(intent);
  const card = cardOf(intent);
  const shown = { providerRef: intent.id, response, ...(card && { card }) };
  switch (intent.status) {
    case 'requires_capture':
    case 'succeeded': {
      const lapses = chargeOf(intent)?.payment_method_details?.card?.capture_before;
      const expiry = lapses ? { authorizationExpiresAt: new Date(lapses * 1000) } : {};
      return {
        kind: 'succeeded',
        amountMinor: fromStripeAmount(intent.amount, currencyOf(intent)),
        feeMinor: 0n,
        ...expiry,
        ...shown,
      };
    }
    case 'requires_action': {
      const url = intent.next_action?.redirect_to_url?.url;
      if (url) return { kind: 'requires_action', nextAction: { type: 'redirect', url }, ...shown };
      const message = 'The bank asks for a step that only the provider’s own checkout script can show.';
      return { kind: 'failed', code: 'action_not_supported', message, providerRef: intent.id, response };
    }
    case 'requires_payment_method': {
      const error = intent.last_payment_error;
      const code = error?.decline_code ?? error?.code ?? 'payment_failed';
      return { kind: 'failed', code, message: error?.message ?? 'The payment failed.', providerRef: intent.id, response };
    }
    case 'canceled': {
      const code = intent.cancellation_reason === 'automatic' ? AUTHORIZATION_LAPSED : 'canceled';
      return { kind: 'failed', code, message: 'The payment was cancelled at the provider.', providerRef: intent.id, response };
    }
    default:
      return { kind: 'unknown', reason: `The payment is ${intent.status} at the provider.` };
  }
}

/** `partly`: whether a payment that kept a captured part may count as voided, too. */
function voidOutcome(intent: Intent, partly: boolean): ProviderOutcome | undefined {
  const released = intent.status === 'succeeded' && intent.amount_received < intent.amount;
  if (intent.status !== 'canceled' && !(partly && released)) return undefined;
  const left = fromStripeAmount(intent.amount - intent.amount_received, currencyOf(intent));
  return { kind: 'succeeded', providerRef: intent.id, amountMinor: left, feeMinor: 0n, response: summary(intent) };
}

/** What a change of an amount came to, which left its mark. */
function amountOutcome(intent: Intent, amount: number, feeMinor: bigint): ProviderOutcome {
  const amountMinor = fromStripeAmount(amount, currencyOf(intent));
  return { kind: 'succeeded', providerRef: intent.id, amountMinor, feeMinor, response: summary(intent) };
}

class StripeProvider implements PaymentProvider {
  readonly name = 'card';
  readonly source = 'psp';
  readonly doubt = 'query';
  readonly increments = true;
  readonly multicapture: boolean;
  private readonly stripe: Stripe;
  private readonly guard: Guard;
  private readonly config: StripeConfig;

  constructor(config: StripeConfig) {
    this.config = config;
    this.multicapture = config.multicapture ?? false;
    const { stripe, guard } = connectStripe(config);
    this.stripe = stripe;
    this.guard = guard;
  }

  authorize(input: AuthorizeInput, signal?: AbortSignal): Promise<ProviderOutcome> {
    const amount = toStripeAmount(input.amountMinor, input.currency);
    if (typeof amount !== 'number') return Promise.resolve({ kind: 'failed', ...amount, notTried: true, response: {} });
    return this.guard.run(async () => {
      const intent = await this.stripe.paymentIntents.create(
        {
          amount,
          currency: input.currency.toLowerCase(),
          capture_method: 'manual',
          confirm: true,
          payment_method: input.token,
          allowed_payment_method_types: ['card'],
          metadata: { operation_id: input.operationId, order_id: input.orderId, payment_id: input.paymentId },
          expand: ['latest_charge'],
          ...(input.returnUrl !== undefined && { return_url: input.returnUrl }),
          ...(input.description !== undefined && { description: input.description }),
          payment_method_options: {
            card: {
              request_incremental_authorization: 'if_available',
              ...(this.multicapture && { request_multicapture: 'if_available' }),
            },
          },
        },
        { idempotencyKey: input.operationId },
      );
      return authorizationOutcome(intent);
    }, signal);
  }

  charge(input: ChargeInput, signal?: AbortSignal): Promise<ProviderOutcome> {
    const amount = toStripeAmount(input.amountMinor, input.currency);
    if (typeof amount !== 'number') return Promise.resolve({ kind: 'failed', ...amount, notTried: true, response: {} });
    return this.guard.run(() => createCharge(this.stripe, input, amount, authorizationOutcome), signal);
  }

  increment(input: IncrementInput, signal?: AbortSignal): Promise<ProviderOutcome> {
    const amount = toStripeAmount(input.amountMinor, input.currency);
    if (typeof amount !== 'number') return Promise.resolve({ kind: 'failed', ...amount, notTried: true, response: {} });
    return this.orEarlier({ ...input, kind: 'increment' }, signal, async () => {
      const intent = await this.stripe.paymentIntents.incrementAuthorization(
        input.providerRef,
        { amount, metadata: { [metadataFor(input.operationId)]: String(amount) }, expand: ['latest_charge'] },
        { idempotencyKey: input.operationId },
      );
      return amountOutcome(intent, amount, 0n);
    });
  }

  capture(input: CaptureInput, signal?: AbortSignal): Promise<ProviderOutcome> {
    const amount = toStripeAmount(input.amountMinor, input.currency);
    if (typeof amount !== 'number') return Promise.resolve({ kind: 'failed', ...amount, notTried: true, response: {} });
    return this.orEarlier({ ...input, kind: 'capture' }, signal, async () => {
      const intent = await this.stripe.paymentIntents.capture(
        input.providerRef,
        {
          amount_to_capture: amount,
          metadata: { [metadataFor(input.operationId)]: String(amount) },
          expand: ['latest_charge.balance_transaction'],
          ...(this.multicapture && { final_capture: input.final }),
        },
        { idempotencyKey: input.operationId },
      );
      return amountOutcome(intent, amount, feeOf(chargeOf(intent), input.currency));
    });
  }

  void(input: VoidInput, signal?: AbortSignal): Promise<ProviderOutcome> {
    return this.orEarlier({ ...input, kind: 'void' }, signal, async () => {
      const intent = await this.stripe.paymentIntents.cancel(input.providerRef, {}, { idempotencyKey: input.operationId });
      return voidOutcome(intent, true) ?? { kind: 'unknown', reason: `The payment is ${intent.status} after it was cancelled.` };
    });
  }

  refund(input: RefundInput, signal?: AbortSignal): Promise<ProviderOutcome> {
    const amount = toStripeAmount(input.amountMinor, input.currency);
    if (typeof amount !== 'number') return Promise.resolve({ kind: 'failed', ...amount, notTried: true, response: {} });
    return this.orEarlier({ ...input, kind: 'refund' }, signal, async () => {
      const refund = await this.stripe.refunds.create(
        { payment_intent: input.providerRef, amount, metadata: { operation_id: input.operationId, order_id: input.orderId } },
        { idempotencyKey: input.operationId },
      );
      return refundOutcome(refund);
    });
  }

  query(input: QueryInput, signal?: AbortSignal): Promise<ProviderOutcome | NotFound> {
    return this.guard.run<ProviderOutcome | NotFound>(() => this.ask(input), signal);
  }

  disputes(paymentRef: string, signal?: AbortSignal): Promise<Disputes | Failed | Unknown | Unreachable> {
    return this.guard.run<Disputes>(() => readDisputes(this.stripe, paymentRef), signal);
  }

  answerDispute(input: AnswerInput, signal?: AbortSignal): Promise<Answered | Failed | Unknown | Unreachable> {
    return this.guard.run<Answered | Failed>(() => answerDispute(this.stripe, input), signal);
  }

  report(from: Date, to: Date, signal?: AbortSignal): Promise<Report | Failed | Unknown | Unreachable> {
    return this.guard.run<Report>(() => readReport(this.stripe, from, to), signal);
  }

  verifyWebhook(rawBody: string | Buffer, headers: WebhookHeaders, now: Date = new Date()): readonly PaymentWebhook[] {
    return [verifyStripeWebhook(this.stripe, this.config.webhookSecret, rawBody, headers, now)];
  }

  healthy(): boolean {
    return this.guard.healthy();
  }

  close(): void {
    this.guard.close();
  }

  /** Runs a call; where the provider refuses because of the payment's state, asks whether this very operation was done before. */
  private async orEarlier(
    input: QueryInput,
    signal: AbortSignal | undefined,
    call: () => Promise<ProviderOutcome>,
  ): Promise<ProviderOutcome> {
    const outcome = await this.guard.run(call, signal);
    if (outcome.kind !== 'failed' || !MAYBE_DONE.has(outcome.code)) return outcome;
    const earlier = await this.query(input, signal);
    if (earlier.kind === 'failed' && earlier.code === AUTHORIZATION_LAPSED) return earlier;
    return earlier.kind === 'not_found' || earlier.kind === 'failed' ? outcome : earlier;
  }

  private async ask(input: QueryInput): Promise<ProviderOutcome | NotFound> {
    if (input.kind === 'authorize' || input.kind === 'charge') {
      const intent =
        input.providerRef === null
          ? await findIntent(this.stripe, this.config, input.operationId)
          : await this.retrieve(input.providerRef);
      if (intent === 'unclear')
        return { kind: 'unknown', reason: 'Too many payments were made meanwhile to find this one by time.' };
      if (intent === undefined) return { kind: 'not_found' };
      if (input.kind === 'authorize') return authorizationOutcome(intent);
      // What a search finds has no booking in it, and with it no fee.
      return chargeOutcome(input.providerRef === null ? await this.retrieve(intent.id) : intent, authorizationOutcome);
    }
    if (input.providerRef === null) return { kind: 'not_found' };
    if (input.kind === 'refund') return this.askRefund(input.providerRef, input.operationId);
    const intent = await this.retrieve(input.providerRef);
    if (input.kind === 'void') return voidOutcome(intent, this.multicapture) ?? { kind: 'not_found' };
    const mark = intent.metadata[metadataFor(input.operationId)];
    // The bank let go of the money before it was taken: whatever is sent again is refused.
    if (mark === undefined && intent.status === 'canceled' && intent.cancellation_reason === 'automatic')
      return {
        kind: 'failed',
        code: AUTHORIZATION_LAPSED,
        message: 'The authorization has lapsed.',
        providerRef: intent.id,
        response: summary(intent),
      };
    if (mark === undefined) return { kind: 'not_found' };
    const amount = Number(mark);
    if (input.kind === 'increment') return amountOutcome(intent, amount, 0n);
    return amountOutcome(intent, amount, await this.captureFee(intent, amount));
  }

  /** The fee of one capture of several: the newest booking of that amount on the charge. */
  private async captureFee(intent: Intent, amount: number): Promise<bigint> {
    const charge = chargeOf(intent);
    const booked = charge?.balance_transaction;
    if (charge === undefined || (typeof booked === 'object' && booked?.amount === amount))
      return feeOf(charge, currencyOf(intent));
    const { data } = await this.stripe.balanceTransactions.list({ source: charge.id, limit: 100 });
    const fee = data.find((txn) => txn.type === 'charge' && txn.amount === amount)?.fee;
    return fromStripeAmount(fee ?? 0, currencyOf(intent));
  }

  private async askRefund(intentId: string, operationId: string): Promise<ProviderOutcome | NotFound> {
    for await (const refund of this.stripe.refunds.list({ payment_intent: intentId, limit: 100 })) {
      if (refund.metadata?.operation_id === operationId) return refundOutcome(refund);
    }
    return { kind: 'not_found' };
  }

  private retrieve(id: string): Promise<Intent> {
    return this.stripe.paymentIntents.retrieve(id, { expand: ['latest_charge.balance_transaction'] });
  }
}

/** The adapter for whoever speaks Stripe’s API, our simulator included. */
export function createStripeProvider(config: StripeConfig): PaymentProvider {
  return new StripeProvider(config);
}

export const stripe: PaymentGateway<StripeConfig> = {
  name: 'card',
  methods: ['card'],
  traits: CARD_TRAITS,
  connect: createStripeProvider,
};
