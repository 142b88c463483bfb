import type { OperationKind, PaymentMethod } from '../../kernel/vocabulary.ts';
import { adyen } from './adyen.ts';
import { bankDebit } from './bank-debit.ts';
import { cashOnDelivery } from './cash-on-delivery.ts';
import { CARD_TRAITS, type GatewayTraits } from './gateway-traits.ts';
import { manual } from './manual.ts';
import { stripe } from './stripe.ts';

/**
 * The seam to whoever moves the customers' money. An adapter speaks one provider's protocol and answers in these words; a saga's
 * remote step calls it outside any transaction, with the attempt's id as the provider's idempotency key.
 */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };
export type JsonObject = { readonly [key: string]: JsonValue };

export interface CardSummary {
  readonly brand: string;
  readonly last4: string;
  readonly fingerprint: string;
}

/** It happened. `providerRef` names the payment for authorize, capture and void, and the refund for refund. */
export interface Succeeded {
  readonly kind: 'succeeded';
  readonly providerRef: string;
  readonly amountMinor: bigint;
  /** What the provider keeps of this operation, where it has said so already; otherwise 0. */
  readonly feeMinor: bigint;
  readonly card?: CardSummary;
  readonly authorizationExpiresAt?: Date;
  /** Small, and without personal data. */
  readonly response: JsonObject;
}

/** The cardholder must do something first; the operation stays open until a webhook or a query says how it ended. */
export interface RequiresAction {
  readonly kind: 'requires_action';
  readonly providerRef: string;
  readonly nextAction: { readonly type: 'redirect'; readonly url: string };
  readonly card?: CardSummary;
  readonly response: JsonObject;
}

/** The provider took it on, and tells later how it ended: by a webhook, which `query` then knows of. */
export interface Pending {
  readonly kind: 'pending';
  /** The provider's own name for the operation. */
  readonly providerRef: string;
  readonly response: JsonObject;
}

/** The provider said no, definitely: declined, expired, not in a state that allows it. */
export interface Failed {
  readonly kind: 'failed';
  readonly code: string;
  readonly message: string;
  readonly providerRef?: string;
  /** The provider did not put it to the cardholder's bank at all: nothing was charged, and another provider may be asked. */
  readonly notTried?: true;
  readonly response: JsonObject;
}

/** No usable answer to a request that was sent: it may have happened. Only `query` resolves it. */
export interface Unknown {
  readonly kind: 'unknown';
  readonly reason: string;
}

/** Nothing was sent, or it was turned away at the door: definitely nothing happened. Send the same operation again later. */
export interface Unreachable {
  readonly kind: 'unreachable';
  readonly reason: string;
}

/**
 * The provider does not know the operation (yet). It may still be on its way there, so the only safe continuation is to send
 * the same operation again under the same id: the idempotency key makes a late first arrival and the repeat one operation.
 */
export interface NotFound {
  readonly kind: 'not_found';
}

export type ProviderOutcome = Succeeded | RequiresAction | Pending | Failed | Unknown | Unreachable;

export interface AuthorizeInput {
  /** The attempt's id: idempotency key and `metadata.operation_id`. */
  readonly operationId: string;
  readonly orderId: string;
  readonly paymentId: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  /** The provider's payment-method token; never a card number. */
  readonly token: string;
  /** Where the cardholder lands after a challenge. */
  readonly returnUrl?: string;
  readonly description?: string;
}

/** Money taken at once, without an order: a top up. */
export interface ChargeInput {
  /** The attempt's id: idempotency key and `metadata.operation_id`. */
  readonly operationId: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly token: string;
  readonly returnUrl?: string;
  readonly description?: string;
}

/** Raises what an authorization holds. */
export interface IncrementInput {
  readonly operationId: string;
  readonly providerRef: string;
  /** The new total, not the difference: a repeat means the same. */
  readonly amountMinor: bigint;
  readonly currency: string;
}

export interface CaptureInput {
  readonly operationId: string;
  readonly providerRef: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  /** False keeps the rest of the authorization for later captures; only where `multicapture` is true. */
  readonly final: boolean;
}

export interface VoidInput {
  readonly operationId: string;
  readonly providerRef: string;
}

export interface RefundInput {
  readonly operationId: string;
  readonly providerRef: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly orderId: string;
}

export interface QueryInput {
  readonly operationId: string;
  readonly kind: OperationKind | 'charge';
  /** The payment's reference; null only for an authorization whose answer never came. */
  readonly providerRef: string | null;
  readonly amountMinor?: bigint;
  readonly currency?: string;
}

/** What a cardholder's bank asks about, or takes back, of a payment, with what the provider charges for it. */
export interface PaymentDispute {
  readonly ref: string;
  readonly paymentRef: string;
  readonly amountMinor: bigint;
  /** Of the amount, what the provider has taken and not given back. */
  readonly takenMinor: bigint;
  /** What it charged in all, */
  readonly feeMinor: bigint;
  /** and what of that it gave back. */
  readonly feeBackMinor: bigint;
  readonly currency: string;
  /** `inquiry`: the bank only asks, and has taken nothing; `submitted`: it has our answer; `withdrawn`: it asked, and that was all. */
  readonly status: 'inquiry' | 'open' | 'submitted' | 'won' | 'lost' | 'withdrawn';
  /** The provider's word for why. */
  readonly reason: string;
  readonly openedAt: Date;
  readonly evidenceDueAt: Date | null;
}

/** What is sent to the cardholder's bank, or that nothing is. */
export interface AnswerInput {
  /** The answer's id: idempotency key and `metadata.answer_id`. */
  readonly operationId: string;
  readonly disputeRef: string;
  readonly answer: 'evidence' | 'accept';
  readonly evidence: Readonly<Record<string, string>>;
  readonly files: readonly { readonly kind: string; readonly contentType: string; readonly bytes: Buffer }[];
}

/** The provider has the answer; the dispute as it stands now. */
export interface Answered {
  readonly kind: 'answered';
  readonly dispute: PaymentDispute;
}

export interface Disputes {
  readonly kind: 'disputes';
  readonly disputes: readonly PaymentDispute[];
}

/** A line of the provider's own report of bookings. Amounts are signed: what the account gained is positive. */
export interface ReportedBooking {
  readonly externalId: string;
  readonly type: 'charge' | 'refund' | 'dispute';
  /** The payment that it is about, where the provider says. */
  readonly paymentRef: string | null;
  readonly amountMinor: bigint;
  readonly feeMinor: bigint;
  readonly currency: string;
  readonly at: Date;
}

export interface Report {
  readonly kind: 'report';
  readonly bookings: readonly ReportedBooking[];
}

/** A webhook whose signature and time are right, with ids taken from the signed body. */
export interface PaymentWebhook {
  /** The provider's event id: the same for every delivery of one event. */
  readonly id: string;
  readonly topic: string;
  readonly occurredAt: Date;
  readonly paymentRef: string | null;
  readonly refundRef: string | null;
  /** The dispute that it tells of; absent in what an older version stored. */
  readonly disputeRef?: string | null;
  readonly orderId: string | null;
  readonly paymentId: string | null;
  readonly operationId: string | null;
  /** What may be stored: ids, states and amounts, nothing personal. */
  readonly payload: JsonObject;
}

export type WebhookHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface PaymentProvider {
  readonly name: string;
  /** Whether one authorization can be captured in several parts. */
  readonly multicapture: boolean;
  /** Whether what an authorization holds can be raised, as long as nothing of it was captured. A card's bank may still say no. */
  readonly increments: boolean;
  /**
   * How a doubt ends. `query`: the provider is asked what became of an operation. `repeat`: it cannot be asked, but the same operation
   * under the same key is answered with what was done, and done where it never arrived; `query` then knows only what it told by itself.
   */
  readonly doubt: 'query' | 'repeat';
  /** Where its webhooks arrive: the name in /api/webhooks/<name>. */
  readonly source: string;
  /** What it wants to be answered when a delivery was taken, where it wants something. */
  readonly accepted?: string;
  /** False while too many calls in a row had no answer: it is left alone for a moment, and others are preferred. */
  healthy(): boolean;
  authorize(input: AuthorizeInput, signal?: AbortSignal): Promise<ProviderOutcome>;
  /** Takes an amount at once. Asked about with the kind `charge`. */
  charge(input: ChargeInput, signal?: AbortSignal): Promise<ProviderOutcome>;
  /** Raises an authorization to a new total. Refused it holds what it held; its outcome's amount is the total. */
  increment(input: IncrementInput, signal?: AbortSignal): Promise<ProviderOutcome>;
  capture(input: CaptureInput, signal?: AbortSignal): Promise<ProviderOutcome>;
  void(input: VoidInput, signal?: AbortSignal): Promise<ProviderOutcome>;
  refund(input: RefundInput, signal?: AbortSignal): Promise<ProviderOutcome>;
  /** Asks what became of an operation without changing anything. */
  query(input: QueryInput, signal?: AbortSignal): Promise<ProviderOutcome | NotFound>;
  /** What was asked about, or taken back, of a payment. */
  disputes(paymentRef: string, signal?: AbortSignal): Promise<Disputes | Failed | Unknown | Unreachable>;
  /**
   * Answers a dispute, once: the same answer again finds that it was given. Absent where that is done on the provider's own pages
   * (`answersOf()` in rules.ts).
   */
  answerDispute?(input: AnswerInput, signal?: AbortSignal): Promise<Answered | Failed | Unknown | Unreachable>;
  /** What the provider booked in a period, from inclusive, to exclusive. */
  report(from: Date, to: Date, signal?: AbortSignal): Promise<Report | Failed | Unknown | Unreachable>;
  /** What a delivery tells: one event or a batch. Throws `unauthenticated` where the signature or, where it is signed, the time is wrong. */
  verifyWebhook(rawBody: string | Buffer, headers: WebhookHeaders, now?: Date): readonly PaymentWebhook[];
  /** Ends idle connections. */
  close(): void;
}

/** What a provider told by itself of an operation, or of a payment's disputes, newest first: of the verified webhooks that were stored. */
export type Told = (source: string, named: string, of?: ToldBy) => Promise<readonly JsonObject[]>;
export type ToldBy = 'operation' | 'disputed payment';

/** A gateway: how its adapter is made. A new one is a file beside this and a line in `GATEWAYS`, proven by testing/conformance.ts. */
export interface PaymentGateway<C> {
  /** As payments, accounts and settings name it. */
  readonly name: string;
  /** The payment methods that it can take. */
  readonly methods: readonly PaymentMethod[];
  /** What it is like: flows go by it, and the suite holds it to it. */
  readonly traits: GatewayTraits;
  readonly connect: (config: C, told: Told) => PaymentProvider;
}

/** Every gateway there is. The name of the first is older than that there were several. */
export const GATEWAYS = { card: stripe, adyen, bank_debit: bankDebit, manual, cash_on_delivery: cashOnDelivery };
/** Takes what nobody routes elsewhere. */
export const DEFAULT_GATEWAY: GatewayName = 'card';
export type GatewayName = keyof typeof GATEWAYS;
export type PaymentProvidersConfig = { readonly [N in GatewayName]?: Parameters<(typeof GATEWAYS)[N]['connect']>[0] };

/** What a payment's gateway is like. */
export function traitsOf(provider: string): GatewayTraits {
  return (GATEWAYS as Readonly<Record<string, PaymentGateway<never>>>)[provider]?.traits ?? CARD_TRAITS;
}

/** Nobody tells anything by itself. */
const SILENT: Told = async () => [];

/** The gateways that are configured, by name. */
export function createPaymentProviders(
  config: PaymentProvidersConfig,
  told: Told = SILENT,
): ReadonlyMap<string, PaymentProvider> {
  return new Map(
    Object.entries(GATEWAYS as Readonly<Record<string, PaymentGateway<never>>>).flatMap(([name, gateway]) => {
      const settings = config[name as GatewayName] as never | undefined;
      return settings === undefined ? [] : [[name, gateway.connect(settings, told)] as const];
    }),
  );
}
