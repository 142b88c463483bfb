import type { Dispute, Txn } from './bookings.ts';
import { testCard } from './cards.ts';
import type { CardError, Charge, FrozenReply, Intent, PspState, Refund, StoredEvent } from './state.ts';

/** Renders what the PSP knows in the shapes of Stripe's published API description. */
type Shape = Record<string, unknown>;

const API_VERSION = '2026-10-28.endive';

const documentation = (code: string): string => `https://docs.stripe.com/error-codes/${code.replaceAll('_', '-')}`;

function cardShape(token: string): Shape {
  const card = testCard(token);
  return {
    brand: card?.brand ?? 'visa',
    checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
    country: card?.country ?? 'US',
    exp_month: 12,
    exp_year: 2034,
    fingerprint: card?.fingerprint ?? null,
    funding: card?.funding ?? 'credit',
    installments: null,
    last4: card?.last4 ?? '0000',
    mandate: null,
    network: card?.brand ?? 'visa',
    wallet: null,
  };
}

const paymentMethodId = (intentId: string): string => `pm_${intentId.slice(3)}`;

/** The card error as Stripe puts it into `error` and `last_payment_error`. */
export function cardErrorShape(error: CardError, chargeId: string | null): Shape {
  return {
    ...(chargeId !== null && { charge: chargeId }),
    code: error.code,
    ...(error.declineCode !== null && { decline_code: error.declineCode }),
    doc_url: documentation(error.code),
    message: error.message,
    type: error.code === 'payment_intent_authentication_failure' ? 'invalid_request_error' : 'card_error',
  };
}

/** `source` given: what caused it, expanded in place. */
export function txnShape(txn: Txn, source?: Shape): Shape {
  const fee =
    txn.fee === 0
      ? []
      : [{ amount: txn.fee, application: null, currency: txn.currency, description: 'Processing fees', type: 'stripe_fee' }];
  return {
    id: txn.id,
    object: 'balance_transaction',
    amount: txn.amount,
    available_on: txn.created + 2 * 86_400,
    balance_type: 'payments',
    created: txn.created,
    currency: txn.currency,
    description: null,
    exchange_rate: null,
    fee: txn.fee,
    fee_details: fee,
    net: txn.amount - txn.fee,
    reporting_category: txn.type === 'adjustment' ? 'dispute' : txn.type,
    source: source ?? txn.source,
    status: 'pending',
    type: txn.type,
  };
}

function outcomeShape(error: CardError | null): Shape {
  return {
    advice_code: null,
    network_advice_code: null,
    network_decline_code: null,
    network_status: error === null ? 'approved_by_network' : 'declined_by_network',
    reason: error?.declineCode ?? null,
    risk_level: 'normal',
    seller_message: error === null ? 'Payment complete.' : 'The bank did not accept the payment.',
    type: error === null ? 'authorized' : 'issuer_declined',
  };
}

function chargeCardShape(charge: Charge): Shape {
  return {
    ...cardShape(charge.token),
    amount_authorized: charge.error === null ? charge.amount : null,
    authorization_code: null,
    ...(charge.captureBefore !== null && { capture_before: charge.captureBefore }),
    extended_authorization: { status: 'disabled' },
    incremental_authorization: { status: charge.increments ? 'available' : 'unavailable' },
    multicapture: { status: charge.multicapture ? 'available' : 'unavailable' },
    network_token: { used: false },
    network_transaction_id: null,
    overcapture: { maximum_amount_capturable: charge.amount, status: 'unavailable' },
    regulated_status: 'unregulated',
    three_d_secure: charge.challenged
      ? {
          authentication_flow: 'challenge',
          electronic_commerce_indicator: '05',
          exemption_indicator: null,
          result: 'authenticated',
          result_reason: null,
          transaction_id: null,
          version: '2.2.0',
        }
      : null,
    transaction_link_id: null,
  };
}

/** The account that was debited. */
function accountShape({ type, last4, fingerprint }: NonNullable<Charge['debit']>): Shape {
  if (type === 'sepa_debit')
    return { bank_code: '37040044', branch_code: null, country: 'DE', fingerprint, last4, mandate: `mandate_${fingerprint}` };
  const account = { account_holder_type: 'individual', account_type: 'checking', bank_name: 'STRIPE TEST BANK' };
  return {
    ...account,
    fingerprint,
    last4,
    mandate: `mandate_${fingerprint}`,
    payment_reference: null,
    routing_number: '110000000',
  };
}

/** `txn` given: the balance transaction expanded in place. */
export function chargeShape(charge: Charge, txn?: Txn): Shape {
  const captured = charge.captured > 0 && charge.closed;
  return {
    id: charge.id,
    object: 'charge',
    amount: charge.amount,
    amount_captured: charge.captured,
    // What was authorized and will never be captured goes back to the cardholder, and Stripe counts it as refunded.
    amount_refunded:
      charge.refunded + (charge.closed && charge.error === null && !charge.debit ? charge.amount - charge.captured : 0),
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: txn === undefined ? charge.txn : txnShape(txn),
    billing_details: {
      address: { city: null, country: null, line1: null, line2: null, postal_code: null, state: null },
      email: null,
      name: null,
      phone: null,
      tax_id: null,
    },
    calculated_statement_descriptor: 'WAYBILL TEST',
    captured,
    created: charge.created,
    currency: charge.currency,
    customer: null,
    description: charge.description,
    disputed: false,
    failure_balance_transaction: charge.debit?.failureTxn ?? null,
    failure_code: charge.error?.code ?? null,
    failure_message: charge.error?.message ?? null,
    fraud_details: {},
    livemode: false,
    metadata: charge.metadata,
    on_behalf_of: null,
    outcome: charge.debit?.state === 'pending' ? null : outcomeShape(charge.error),
    paid: charge.error === null && charge.debit?.state !== 'pending',
    payment_intent: charge.intent,
    payment_method: paymentMethodId(charge.intent),
    payment_method_details: charge.debit
      ? { [charge.debit.type]: accountShape(charge.debit), type: charge.debit.type }
      : { card: chargeCardShape(charge), type: 'card' },
    receipt_email: null,
    receipt_number: null,
    receipt_url: null,
    refunded: charge.captured > 0 && charge.refunded === charge.captured,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: charge.debit?.state ?? (charge.error === null ? 'succeeded' : 'failed'),
    transfer_data: null,
    transfer_group: null,
  };
}

/** `charge` given: `latest_charge` expanded in place. `challengeUrl` is where a challenge is met. */
export function intentShape(intent: Intent, challengeUrl: string, charge?: Shape): Shape {
  const waiting = intent.status === 'requires_payment_method';
  return {
    id: intent.id,
    object: 'payment_intent',
    amount: intent.amount,
    amount_capturable: intent.capturable,
    amount_details: { tip: {} },
    amount_received: intent.received,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: null,
    canceled_at: intent.canceledAt,
    cancellation_reason: intent.cancelReason,
    capture_method: intent.captureMethod,
    client_secret: intent.secret,
    confirmation_method: 'automatic',
    created: intent.created,
    currency: intent.currency,
    customer: null,
    customer_account: null,
    description: intent.description,
    excluded_payment_method_types: null,
    last_payment_error: intent.error === null ? null : cardErrorShape(intent.error, intent.charge),
    latest_charge: charge ?? intent.charge,
    livemode: false,
    metadata: intent.metadata,
    next_action:
      intent.status === 'requires_action'
        ? {
            redirect_to_url: { return_url: intent.returnUrl, url: `${challengeUrl}/${intent.id}?secret=${intent.secret}` },
            type: 'redirect_to_url',
          }
        : null,
    on_behalf_of: null,
    payment_method: intent.token === null || waiting ? null : paymentMethodId(intent.id),
    payment_method_configuration_details: null,
    payment_method_options: intent.debit
      ? { [intent.debit.type]: {} }
      : {
          card: {
            installments: null,
            mandate_options: null,
            network: null,
            ...(intent.multicapture && { request_multicapture: 'if_available' }),
            request_three_d_secure: 'automatic',
          },
        },
    payment_method_types: [intent.debit?.type ?? 'card'],
    processing: null,
    receipt_email: null,
    review: null,
    setup_future_usage: null,
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: intent.status,
    transfer_data: null,
    transfer_group: null,
  };
}

export function refundShape(
  refund: Refund,
  more: { readonly charge?: Shape; readonly txn?: Shape; readonly intent?: Shape } = {},
): Shape {
  return {
    id: refund.id,
    object: 'refund',
    amount: refund.amount,
    balance_transaction: more.txn ?? refund.txn,
    charge: more.charge ?? refund.charge,
    created: refund.created,
    currency: refund.currency,
    destination_details: {
      card: { reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' },
      type: 'card',
    },
    metadata: refund.metadata,
    payment_intent: more.intent ?? refund.intent,
    reason: refund.reason,
    receipt_number: null,
    source_transfer_reversal: null,
    status: refund.status,
    transfer_reversal: null,
  };
}

const EVIDENCE = [
  'access_activity_log',
  'billing_address',
  'cancellation_policy',
  'cancellation_policy_disclosure',
  'cancellation_rebuttal',
  'customer_communication',
  'customer_email_address',
  'customer_name',
  'customer_purchase_ip',
  'customer_signature',
  'duplicate_charge_documentation',
  'duplicate_charge_explanation',
  'duplicate_charge_id',
  'product_description',
  'receipt',
  'refund_policy',
  'refund_policy_disclosure',
  'refund_refusal_explanation',
  'service_date',
  'service_documentation',
  'shipping_address',
  'shipping_carrier',
  'shipping_date',
  'shipping_documentation',
  'shipping_tracking_number',
  'uncategorized_file',
  'uncategorized_text',
];

/** `from`: where its bookings are, or they themselves. */
export function disputeShape(dispute: Dispute, from: Pick<PspState, 'txns'> | readonly Txn[]): Shape {
  const txns = 'txns' in from ? dispute.txns.flatMap((id) => from.txns.get(id) ?? []) : from;
  const { evidence = {}, submissions = 0 } = dispute;
  return {
    id: dispute.id,
    object: 'dispute',
    amount: dispute.amount,
    balance_transactions: txns.map((txn) => txnShape(txn)),
    charge: dispute.charge,
    created: dispute.created,
    currency: dispute.currency,
    enhanced_eligibility_types: [],
    evidence: Object.fromEntries(EVIDENCE.map((name) => [name, evidence[name] ?? null])),
    evidence_details: {
      due_by: dispute.due ?? dispute.created + 7 * 86_400,
      enhanced_eligibility: {},
      has_evidence: Object.keys(evidence).length > 0,
      past_due: false,
      submission_count: submissions,
      submission_method: submissions > 0 ? 'manual' : 'not_submitted',
    },
    is_charge_refundable: dispute.status.startsWith('warning_'),
    livemode: false,
    metadata: dispute.metadata,
    payment_intent: dispute.intent,
    reason: dispute.reason,
    status: dispute.status,
  };
}

/** Renders an object's current or frozen state with the expansions that were asked for. */
export function replyShape(reply: Pick<FrozenReply, 'view' | 'frozen'>, challengeUrl: string): Shape | string {
  const { view, frozen } = reply;
  if (view.of === 'body') return view.body;
  if (view.of === 'dispute') return frozen.dispute ? disputeShape(frozen.dispute.dispute, frozen.dispute.txns) : {};
  const wants = (path: string) => view.expand.some((asked) => asked === path || asked.startsWith(`${path}.`));
  const chargeOf = (path: string) => {
    if (frozen.charge === undefined || !wants(path)) return undefined;
    return chargeShape(frozen.charge, wants(`${path}.balance_transaction`) ? frozen.txn : undefined);
  };
  if (view.of === 'intent') {
    return frozen.intent === undefined ? {} : intentShape(frozen.intent, challengeUrl, chargeOf('latest_charge'));
  }
  if (frozen.refund === undefined) return {};
  const charge = chargeOf('charge');
  return refundShape(frozen.refund, {
    ...(charge && { charge }),
    ...(wants('balance_transaction') && frozen.txn && { txn: txnShape(frozen.txn) }),
    ...(wants('payment_intent') && frozen.intent && { intent: intentShape(frozen.intent, challengeUrl) }),
  });
}

export function eventShape(event: StoredEvent, state: PspState, challengeUrl: string): Shape {
  const object =
    event.subject.of === 'intent'
      ? intentShape(event.object as Intent, challengeUrl)
      : event.subject.of === 'charge'
        ? chargeShape(event.object as Charge)
        : event.subject.of === 'dispute'
          ? disputeShape(event.object as Dispute, state)
          : refundShape(event.object as Refund);
  return {
    id: event.id,
    object: 'event',
    api_version: API_VERSION,
    created: event.created,
    data: { object },
    livemode: false,
    pending_webhooks: state.unsent.has(event.id) ? 1 : 0,
    request: { id: event.request, idempotency_key: event.key },
    type: event.type,
  };
}

/** A page of a list in Stripe's envelope. */
export function listShape(url: string, data: readonly unknown[], hasMore: boolean): Shape {
  return { object: 'list', data, has_more: hasMore, url };
}

/** A refused request in Stripe's envelope. */
export function errorShape(type: string, message: string, more: Shape = {}): Shape {
  const code = typeof more.code === 'string' ? more.code : undefined;
  return { error: { ...(code !== undefined && { code, doc_url: documentation(code) }), message, ...more, type } };
}
