import { z } from 'zod';
import { createRemoteApi, type RemoteApi } from '../../platform/remote-api.ts';
import { toAdyenAmount } from './adyen-amounts.ts';
import { areDecided, disputesOf, factsReported, factsTold } from './adyen-disputes.ts';
import { authorizationOf, madeAt, outcomeOf, type PaymentReply, paymentReply } from './adyen-outcomes.ts';
import { bookingsOf, type ReportLine, readLines } from './adyen-report.ts';
import { type AdyenWebhookConfig, referenceOf, verifyAdyenWebhook } from './adyen-webhook.ts';
import { CARD_TRAITS } from './gateway-traits.ts';
import type {
  AuthorizeInput,
  CaptureInput,
  ChargeInput,
  Disputes,
  Failed,
  IncrementInput,
  JsonObject,
  NotFound,
  PaymentGateway,
  PaymentProvider,
  PaymentWebhook,
  Pending,
  ProviderOutcome,
  QueryInput,
  RefundInput,
  Report,
  Told,
  Unknown,
  Unreachable,
  VoidInput,
  WebhookHeaders,
} from './provider.ts';

/**
 * Cards through Adyen's Checkout API, version 72: https://docs.adyen.com/api-explorer/Checkout/72/overview. An authorization is answered at
 * once; captures, cancellations and refunds are taken on and told of by notifications. Nobody can be asked what became of one: what was
 * told is looked at, then the accounting report; and the same request under the same key is answered with what was done.
 */
export interface AdyenConfig extends AdyenWebhookConfig {
  /** Where the API is: https://checkout-test.adyen.com, a live prefix's address, or the simulator. */
  readonly url: string;
  readonly apiKey: string;
  /** Where reports are; at the API's address where absent. */
  readonly reportUrl?: string;
  /** Where a browser comes back to from its bank, with the attempt in the query; the shop's own address where absent. */
  readonly returnUrl?: string;
  readonly timeoutMs?: number;
  readonly concurrency?: number;
  /** How old an attempt without news is before the report of its day is read. Default 26 h: reports are made overnight. */
  readonly reportAfterMs?: number;
}

const NAME = 'adyen';
const DAY_MS = 86_400_000;
const REPORT_AFTER_MS = 26 * 3_600_000;
/** Report days that are looked through for one attempt. */
const REPORT_DAYS = 10;
const CONCURRENCY = 64;

const money = z.object({ currency: z.string(), value: z.int() });
const modificationReply = z.object({ pspReference: z.string(), status: z.literal('received'), amount: money.optional() });
const errorReply = z.object({ errorCode: z.string().optional(), message: z.string().optional() });
/** A key that is being worked on, or was used for another request. */
const KEY_IN_USE = '704';
const RECORDS: Readonly<Record<string, readonly [done: string, failed: string]>> = {
  capture: ['SentForSettle', 'CaptureFailed'],
  refund: ['SentForRefund', 'RefundFailed'],
  void: ['Cancelled', ''],
};

class AdyenProvider implements PaymentProvider {
  readonly name = NAME;
  readonly source = NAME;
  readonly doubt = 'repeat';
  readonly accepted = '[accepted]';
  readonly increments = true;
  /** What a partial capture leaves over Adyen releases by itself, unless the account is set up otherwise. */
  readonly multicapture = false;
  private readonly api: RemoteApi;
  private readonly config: AdyenConfig;
  private readonly told: Told;

  constructor(config: AdyenConfig, told: Told) {
    this.config = config;
    this.told = told;
    this.api = createRemoteApi({
      who: 'provider',
      url: config.url,
      apiKey: () => ({ 'x-api-key': config.apiKey }),
      concurrency: config.concurrency ?? CONCURRENCY,
      ...(config.timeoutMs === undefined ? {} : { timeoutMs: config.timeoutMs }),
      readRefusal: (_status, body) => {
        const { errorCode, message } = errorReply.safeParse(body).data ?? {};
        if (errorCode === undefined) return null;
        return { code: errorCode === KEY_IN_USE ? 'in_progress' : `adyen_${errorCode}`, message: message ?? '' };
      },
    });
  }

  authorize(input: AuthorizeInput, signal?: AbortSignal): Promise<ProviderOutcome> {
    const { orderId, paymentId } = input;
    return this.pay(input, { merchantOrderReference: orderId, metadata: { order_id: orderId, payment_id: paymentId } }, signal);
  }

  charge(input: ChargeInput, signal?: AbortSignal): Promise<ProviderOutcome> {
    return this.pay(input, { captureDelayHours: 0 }, signal);
  }

  increment({ operationId, providerRef, amountMinor, currency }: IncrementInput, signal?: AbortSignal): Promise<ProviderOutcome> {
    const value = toAdyenAmount(amountMinor, currency);
    if (typeof value !== 'number') return Promise.resolve({ kind: 'failed', ...value, notTried: true, response: {} });
    const more = { amount: { currency, value }, industryUsage: 'delayedCharge' };
    return this.modify('amountUpdates', operationId, providerRef, more, signal);
  }

  capture({ operationId, providerRef, amountMinor, currency }: CaptureInput, signal?: AbortSignal): Promise<ProviderOutcome> {
    const value = toAdyenAmount(amountMinor, currency);
    if (typeof value !== 'number') return Promise.resolve({ kind: 'failed', ...value, notTried: true, response: {} });
    return this.modify('captures', operationId, providerRef, { amount: { currency, value } }, signal);
  }

  void({ operationId, providerRef }: VoidInput, signal?: AbortSignal): Promise<ProviderOutcome> {
    return this.modify('cancels', operationId, providerRef, {}, signal);
  }

  refund({ operationId, providerRef, amountMinor, currency }: RefundInput, signal?: AbortSignal): Promise<ProviderOutcome> {
    const value = toAdyenAmount(amountMinor, currency);
    if (typeof value !== 'number') return Promise.resolve({ kind: 'failed', ...value, notTried: true, response: {} });
    return this.modify('refunds', operationId, providerRef, { amount: { currency, value } }, signal);
  }

  /** What was told of an operation, or stands in a report; a cardholder who came back from the bank is handed in. */
  async query(input: QueryInput, signal?: AbortSignal): Promise<ProviderOutcome | NotFound> {
    const news = await this.told(NAME, input.operationId);
    const known = outcomeOf(input, news);
    if (known) return known;
    const returned = news.find(({ redirectResult }) => typeof redirectResult === 'string');
    if (returned) return this.complete(input, String(returned.redirectResult), signal);
    const age = Date.now() - madeAt(input.operationId);
    return (
      (age > (this.config.reportAfterMs ?? REPORT_AFTER_MS) && (await this.reported(input, signal))) || { kind: 'not_found' }
    );
  }

  /** Answers go by Adyen's own pages: its Disputes API is another service. What was told of a payment's disputes, and what stands in the reports of late where that is not the end of them. */
  async disputes(paymentRef: string, signal?: AbortSignal): Promise<Disputes | Failed | Unknown | Unreachable> {
    const facts = factsTold(await this.told(NAME, paymentRef, 'disputed payment'));
    const known = disputesOf(facts, paymentRef);
    if (areDecided(known)) return { kind: 'disputes', disputes: known };
    const lines = await this.linesBetween(new Date(Date.now() - REPORT_DAYS * DAY_MS), new Date(), signal);
    // What was told is true whether or not a report can be had.
    if ('kind' in lines) return known.length > 0 ? { kind: 'disputes', disputes: known } : lines;
    return { kind: 'disputes', disputes: disputesOf([...facts, ...factsReported(lines, paymentRef)], paymentRef) };
  }

  async report(from: Date, to: Date, signal?: AbortSignal): Promise<Report | Failed | Unknown | Unreachable> {
    const lines = await this.linesBetween(from, to, signal);
    if ('kind' in lines) return lines;
    const bookings = bookingsOf(lines).filter(({ at }) => at.getTime() >= Math.floor(from.getTime() / 1000) * 1000 && at < to);
    return { kind: 'report', bookings };
  }

  verifyWebhook(rawBody: string | Buffer, headers: WebhookHeaders): readonly PaymentWebhook[] {
    return verifyAdyenWebhook(this.config, rawBody, headers);
  }

  healthy(): boolean {
    return this.api.healthy();
  }

  close(): void {
    this.api.close();
  }

  private pay(
    input: Pick<AuthorizeInput, 'operationId' | 'amountMinor' | 'currency' | 'token' | 'returnUrl'>,
    more: JsonObject,
    signal: AbortSignal | undefined,
  ): Promise<ProviderOutcome> {
    const { operationId, amountMinor, currency, token } = input;
    const value = toAdyenAmount(amountMinor, currency);
    if (typeof value !== 'number') return Promise.resolve({ kind: 'failed', ...value, notTried: true, response: {} });
    const returnUrl = this.config.returnUrl ? `${this.config.returnUrl}?operation=${operationId}` : input.returnUrl;
    const body = {
      merchantAccount: this.config.merchantAccount,
      reference: referenceOf(operationId),
      amount: { currency, value },
      paymentMethod: { type: 'scheme', storedPaymentMethodId: token },
      // A card is kept under its own token: each is a shopper of its own.
      shopperReference: token,
      shopperInteraction: 'Ecommerce',
      recurringProcessingModel: 'CardOnFile',
      channel: 'Web',
      returnUrl: returnUrl ?? this.config.url,
      // What is authorized finally cannot be raised: https://docs.adyen.com/online-payments/adjust-authorisation.
      additionalData: { manualCapture: 'true', authorisationType: 'PreAuth' },
      ...more,
    };
    return this.post('/v72/payments', operationId, body, (reply) => authorizationOf(reply, input), signal);
  }

  private modify(
    noun: 'amountUpdates' | 'captures' | 'cancels' | 'refunds',
    operationId: string,
    providerRef: string,
    more: JsonObject,
    signal: AbortSignal | undefined,
  ): Promise<ProviderOutcome> {
    const body = { merchantAccount: this.config.merchantAccount, reference: referenceOf(operationId), ...more };
    return this.api.call<Pending>(
      'POST',
      `/v72/payments/${encodeURIComponent(providerRef)}/${noun}`,
      (reply) => {
        const { pspReference, status } = modificationReply.parse(reply);
        return { kind: 'pending', providerRef: pspReference, response: { pspReference, status } };
      },
      { signal, sent: { key: operationId, body } },
    );
  }

  /** Hands in what the cardholder's browser came back with. */
  private complete(input: QueryInput, redirectResult: string, signal: AbortSignal | undefined): Promise<ProviderOutcome> {
    const about = { amountMinor: input.amountMinor ?? 0n, currency: input.currency ?? '' };
    const body = { details: { redirectResult } };
    return this.post(
      '/v72/payments/details',
      `${input.operationId}:details`,
      body,
      (reply) => authorizationOf(reply, about),
      signal,
    );
  }

  private async post(
    path: string,
    key: string,
    body: JsonObject,
    read: (reply: PaymentReply) => ProviderOutcome,
    signal: AbortSignal | undefined,
  ): Promise<ProviderOutcome> {
    const sent = { key, body };
    const outcome = await this.api.call('POST', path, (reply) => read(paymentReply.parse(reply)), { signal, sent });
    // What is refused in form was put to no bank.
    return outcome.kind === 'failed' && 'status' in outcome.response ? { ...outcome, notTried: true } : outcome;
  }

  private async reported(input: QueryInput, signal: AbortSignal | undefined): Promise<ProviderOutcome | null> {
    const records = RECORDS[input.kind];
    if (!records) return null;
    const from = new Date(Math.max(madeAt(input.operationId), Date.now() - REPORT_DAYS * DAY_MS));
    const lines = await this.linesBetween(from, new Date(), signal);
    if ('kind' in lines) return null;
    const line = lines.find(({ reference, record }) => reference === referenceOf(input.operationId) && records.includes(record));
    if (!line) return null;
    const { modification, record, amountMinor } = line;
    const response = { modification, record };
    if (record === records[1])
      return {
        kind: 'failed',
        code: 'refused_later',
        message: `The report says ${record}.`,
        providerRef: modification,
        response,
      };
    return { kind: 'succeeded', providerRef: modification, amountMinor, feeMinor: 0n, response };
  }

  private async linesBetween(
    from: Date,
    to: Date,
    signal: AbortSignal | undefined,
  ): Promise<ReportLine[] | Failed | Unknown | Unreachable> {
    const lines: ReportLine[] = [];
    const base = `${this.config.reportUrl ?? this.config.url}/reports/download/MerchantAccount/${this.config.merchantAccount}`;
    for (let day = Math.floor(from.getTime() / DAY_MS); day * DAY_MS < to.getTime(); day++) {
      const date = new Date(day * DAY_MS).toISOString().slice(0, 10).replaceAll('-', '_');
      const read = (body: unknown) => ({ kind: 'lines' as const, lines: readLines(String(body)) });
      const answer = await this.api.call('GET', `${base}/payments_accounting_report_${date}.csv`, read, { signal });
      if (answer.kind === 'lines') lines.push(...answer.lines);
      // A day without bookings has no report.
      else if (answer.kind !== 'failed' || answer.response.status !== 404) return answer;
    }
    return lines;
  }
}

/** The adapter for whoever speaks Adyen's Checkout API, our simulator included. */
export function createAdyenProvider(config: AdyenConfig, told: Told): PaymentProvider {
  return new AdyenProvider(config, told);
}

export const adyen: PaymentGateway<AdyenConfig> = {
  name: NAME,
  methods: ['card'],
  traits: CARD_TRAITS,
  connect: createAdyenProvider,
};
