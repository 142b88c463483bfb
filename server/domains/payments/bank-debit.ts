import type Stripe from 'stripe';
import { DEBIT_TRAITS } from './gateway-traits.ts';
import type {
  AuthorizeInput,
  Disputes,
  Failed,
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
  WebhookHeaders,
} from './provider.ts';
import { RETURNED_BY_BANK } from './rules.ts';
import { createStripeProvider } from './stripe.ts';
import { fromStripeAmount, toStripeAmount } from './stripe-amounts.ts';
import { connectStripe, findIntent, type StripeAccount } from './stripe-client.ts';
import type { Guard } from './stripe-http.ts';
import { readReport } from './stripe-report.ts';

/**
 * Direct debits through Stripe's API: SEPA in euros, ACH in dollars (https://docs.stripe.com/payments/sepa-debit,
 * https://docs.stripe.com/payments/ach-direct-debit). The customer has agreed to a mandate; the debit is sent at once and stays
 * `processing` for days. It comes in one piece, or is refused; and what has come may be returned by the customer's bank weeks later.
 */
const KINDS: Readonly<Record<string, 'sepa_debit' | 'us_bank_account'>> = { EUR: 'sepa_debit', USD: 'us_bank_account' };
const EXPAND = ['latest_charge.balance_transaction'];

const chargeOf = ({ latest_charge: charge }: Stripe.PaymentIntent): Stripe.Charge | undefined =>
  typeof charge === 'object' && charge !== null ? charge : undefined;

/** What a debit came to so far, read off the payment. */
function debitOutcome(intent: Stripe.PaymentIntent): ProviderOutcome {
  const charge = chargeOf(intent);
  const currency = intent.currency.toUpperCase();
  const response = {
    id: intent.id,
    status: intent.status,
    charge: charge?.id ?? null,
    failure_code: charge?.failure_code ?? null,
  };
  const refused = (code: string, message: string): Failed => ({
    kind: 'failed',
    code,
    message,
    providerRef: intent.id,
    response,
  });
  if (charge?.failure_balance_transaction || charge?.disputed)
    return refused(RETURNED_BY_BANK, `The bank took the debit back: ${charge.failure_code ?? 'disputed'}.`);
  switch (intent.status) {
    case 'processing':
      return { kind: 'pending', providerRef: intent.id, response };
    case 'succeeded': {
      const txn = charge?.balance_transaction;
      const feeMinor = typeof txn === 'object' && txn !== null ? fromStripeAmount(txn.fee, currency) : 0n;
      return {
        kind: 'succeeded',
        providerRef: intent.id,
        amountMinor: fromStripeAmount(intent.amount_received, currency),
        feeMinor,
        response,
      };
    }
    case 'requires_payment_method': {
      const code = charge?.failure_code ?? intent.last_payment_error?.code ?? 'debit_refused';
      return refused(code, charge?.failure_message ?? intent.last_payment_error?.message ?? 'The bank refused the debit.');
    }
    case 'requires_action':
      return refused('action_not_supported', 'The account has to be verified first, which this checkout does not do.');
    case 'canceled':
      return refused('canceled', 'The payment was cancelled at the provider.');
    default:
      return { kind: 'unknown', reason: `The debit is ${intent.status} at the provider.` };
  }
}

const notSupported = (message: string): Failed => ({
  kind: 'failed',
  code: 'not_supported',
  message,
  notTried: true,
  response: {},
});

class BankDebit implements PaymentProvider {
  readonly name = 'bank_debit';
  /** The same account's webhooks arrive where those of its cards do. */
  readonly source = 'psp';
  readonly doubt = 'query';
  readonly multicapture = false;
  readonly increments = false;
  private readonly stripe: Stripe;
  private readonly guard: Guard;
  private readonly account: StripeAccount;
  /** Refunds and webhooks are the same for whatever was paid with. */
  private readonly shared: PaymentProvider;

  constructor(account: StripeAccount) {
    this.account = account;
    const { stripe, guard } = connectStripe(account);
    this.stripe = stripe;
    this.guard = guard;
    this.shared = createStripeProvider(account);
  }

  authorize(input: AuthorizeInput, signal?: AbortSignal): Promise<ProviderOutcome> {
    const kind = KINDS[input.currency];
    if (kind === undefined) return Promise.resolve(notSupported(`Debits are in EUR or USD, and not in ${input.currency}.`));
    const amount = toStripeAmount(input.amountMinor, input.currency);
    if (typeof amount !== 'number') return Promise.resolve({ ...notSupported(amount.message), code: amount.code });
    return this.guard.run(async () => {
      const intent = await this.stripe.paymentIntents.create(
        {
          amount,
          currency: input.currency.toLowerCase(),
          confirm: true,
          payment_method: input.token,
          allowed_payment_method_types: [kind],
          mandate_data: { customer_acceptance: { type: 'offline' } },
          metadata: { operation_id: input.operationId, order_id: input.orderId, payment_id: input.paymentId },
          expand: EXPAND,
          ...(input.description !== undefined && { description: input.description }),
        },
        { idempotencyKey: input.operationId },
      );
      return debitOutcome(intent);
    }, signal);
  }

  charge(): Promise<ProviderOutcome> {
    return Promise.resolve(notSupported('A wallet is not topped up by direct debit: the money may be returned for weeks.'));
  }

  increment(): Promise<ProviderOutcome> {
    return Promise.resolve(notSupported('A debit that was sent stays what it is.'));
  }

  capture(): Promise<ProviderOutcome> {
    return Promise.resolve(notSupported('A debit comes in one piece.'));
  }

  void(): Promise<ProviderOutcome> {
    return Promise.resolve(notSupported('A debit that is on its way cannot be stopped. Give it back once it has come.'));
  }

  refund(input: RefundInput, signal?: AbortSignal): Promise<ProviderOutcome> {
    return this.shared.refund(input, signal);
  }

  query(input: QueryInput, signal?: AbortSignal): Promise<ProviderOutcome | NotFound> {
    if (input.kind === 'refund') return this.shared.query(input, signal);
    return this.guard.run<ProviderOutcome | NotFound>(async () => {
      const found =
        input.providerRef === null ? await findIntent(this.stripe, this.account, input.operationId) : { id: input.providerRef };
      if (found === 'unclear')
        return { kind: 'unknown', reason: 'Too many payments were made meanwhile to find this one by time.' };
      if (found === undefined) return { kind: 'not_found' };
      return debitOutcome(await this.stripe.paymentIntents.retrieve(found.id, { expand: EXPAND }));
    }, signal);
  }

  disputes(): Promise<Disputes> {
    return Promise.resolve({ kind: 'disputes', disputes: [] });
  }

  report(from: Date, to: Date, signal?: AbortSignal): Promise<Report | Failed | Unknown | Unreachable> {
    return this.guard.run<Report>(() => readReport(this.stripe, from, to, 'debits'), signal);
  }

  verifyWebhook(rawBody: string | Buffer, headers: WebhookHeaders, now?: Date): readonly PaymentWebhook[] {
    return this.shared.verifyWebhook(rawBody, headers, now);
  }

  healthy(): boolean {
    return this.guard.healthy();
  }

  close(): void {
    this.guard.close();
    this.shared.close();
  }
}

/** The adapter for debits at whoever speaks Stripe’s API, our simulator included. */
export function createBankDebitProvider(account: StripeAccount): PaymentProvider {
  return new BankDebit(account);
}

export const bankDebit: PaymentGateway<StripeAccount> = {
  name: 'bank_debit',
  methods: ['bank_debit'],
  traits: DEBIT_TRAITS,
  connect: createBankDebitProvider,
};
