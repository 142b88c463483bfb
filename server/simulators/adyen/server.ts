import { z } from 'zod';
import { minorDigits } from '../../kernel/money.ts';
import { SimClock } from '../clock.ts';
import { decodeForm, text } from '../form.ts';
import { html, json, type SimReply, type SimRequest } from '../http.ts';
import { type KeyedOptions, KeyedSimulator, type RunningSimulator, readJson } from '../keyed-simulator.ts';
import { testCard } from '../psp/cards.ts';
import { challengeOver, challengePage, languageOf } from '../psp/challenge.ts';
import { chargebackInput, takeStep } from './chargebacks.ts';
import { authorise, Change, complete, expire, modificationInput, modify, paymentInput } from './payments.ts';
import { accountingReport } from './report.ts';
import { errorReply, modificationShape, notificationShape, paymentShape } from './shapes.ts';
import {
  type AdyenRecord,
  AdyenState,
  type Chargeback,
  type Entry,
  type Modification,
  type Notice,
  newPspReference,
  type Own,
  type Payment,
  type Settings,
} from './state.ts';

/** A payment service provider that speaks the part of Adyen's Checkout API (v72) that Waybill uses, over real HTTP. */
export interface AdyenOptions extends KeyedOptions {
  readonly merchantAccount: string;
  /** How its notifications know themselves to us beside their signatures. */
  readonly webhookUser: string;
  readonly webhookPassword: string;
  /** How browsers reach it, for challenge pages; the listener's own address where absent. */
  readonly publicUrl?: string | undefined;
  /** The vault in which cards are kept for more providers than one: the test card behind a token. */
  readonly vault?: ((token: string) => string) | undefined;
}

export type AdyenSimulator = RunningSimulator<AdyenState>;

const PROGRESS_MS = 5_000;
const CHALLENGE = '/_sim/challenge/';
const MODIFICATION = /^\/v72\/payments\/([A-Z0-9]{16})\/(amountUpdates|captures|cancels|refunds)$/;
const REPORT = /^\/reports\/download\/MerchantAccount\/([^/]+)\/payments_accounting_report_(\d{4})_(\d{2})_(\d{2})\.csv$/;
const LAPSE = /^\/_sim\/payments\/([A-Z0-9]{16})\/lapse$/;
const CHARGEBACK = /^\/_sim\/payments\/([A-Z0-9]{16})\/chargeback$/;
const FAIL = /^\/_sim\/payments\/([A-Z0-9]{16})\/(capture|refund)_failed$/;
const KINDS = { amountUpdates: 'increment', captures: 'capture', cancels: 'void', refunds: 'refund' } as const;
const LOG_PAGE = 1_000;

const settingsInput = z.strictObject({
  authorization_ms: z
    .number()
    .min(0)
    .max(400 * 86_400_000)
    .optional(),
});
const detailsInput = z.object({ details: z.object({ redirectResult: z.string() }) });

class Adyen extends KeyedSimulator<Own, Settings, Notice, Entry, AdyenState> {
  private readonly own: AdyenOptions;
  private challengeUrl = '';

  constructor(options: AdyenOptions) {
    super(options, {
      name: 'adyen',
      state: new AdyenState(new SimClock()),
      writes: ['authorize', 'increment', 'capture', 'void', 'refund'],
      settings: settingsInput,
      progressMs: PROGRESS_MS,
      refuse: errorReply,
      // An error of its own is no answer: under the same key it tells what was done (docs.adyen.com/development-resources/api-idempotency).
      remembersErrors: false,
    });
    this.own = options;
  }

  protected override begin(url: string): void {
    this.challengeUrl = `${this.own.publicUrl ?? url}/_sim/challenge`;
  }

  protected override admits({ headers }: SimRequest): boolean {
    return headers['x-api-key'] === this.own.apiKey;
  }

  protected override message(): null {
    return null;
  }

  protected override send(notice: Notice): void {
    const { merchantAccount, webhookSecret, webhookUser, webhookPassword } = this.own;
    const authorization = `Basic ${Buffer.from(`${webhookUser}:${webhookPassword}`).toString('base64')}`;
    this.webhooks.enqueue({
      id: notice.id,
      render: () => ({
        body: JSON.stringify(notificationShape(notice, merchantAccount, webhookSecret)),
        headers: { authorization, 'user-agent': 'Adyen HttpClient 1.0 (simulator)' },
      }),
    });
  }

  protected answer(request: SimRequest): SimReply | Promise<SimReply> {
    const report = request.method === 'GET' ? REPORT.exec(request.path) : null;
    if (report) return this.report(report);
    if (request.method !== 'POST') return errorReply(404, '404', `There is no ${request.method} ${request.path}.`);
    const sent = readJson(request.body);
    if (sent === undefined) return errorReply(400, '702', 'Required object is not provided or is no JSON.');
    if (request.path === '/v72/payments') return this.authorise(request, sent);
    if (request.path === '/v72/payments/details') return this.details(request, sent);
    const [, pspReference, noun] = MODIFICATION.exec(request.path) ?? [];
    if (!pspReference) return errorReply(404, '404', `There is no ${request.path}.`);
    return this.modify(request, sent, pspReference, KINDS[noun as keyof typeof KINDS]);
  }

  private authorise(request: SimRequest, sent: unknown): SimReply | Promise<SimReply> {
    const parsed = paymentInput.safeParse(sent);
    if (!parsed.success) return errorReply(422, '130', z.prettifyError(parsed.error));
    const stored = parsed.data.paymentMethod.storedPaymentMethodId;
    const token = this.own.vault?.(stored) ?? stored;
    const input = { ...parsed.data, paymentMethod: { ...parsed.data.paymentMethod, storedPaymentMethodId: token } };
    if (input.merchantAccount !== this.own.merchantAccount) return errorReply(403, '901', 'Invalid Merchant Account');
    if (input.amount.value < 1) return errorReply(422, '137', 'Invalid amount specified');
    if (testCard(token) === undefined) return errorReply(422, '803', 'PaymentDetail not found');
    const orderId = input.metadata?.order_id;
    return this.writing('authorize', request, orderId, (change, faults, key) => {
      const { payment, refused } = authorise(this.state, input, change, faults, key);
      return json(200, paymentShape(payment, refused, this.challengeUrl));
    });
  }

  private details(request: SimRequest, sent: unknown): SimReply | Promise<SimReply> {
    const parsed = detailsInput.safeParse(sent);
    const payment = parsed.success ? this.state.answered(parsed.data.details.redirectResult) : undefined;
    if (!payment) return errorReply(422, '14_006', 'The provided details are not of any payment.');
    return this.writing('authorize', request, payment.orderId ?? undefined, (change) => {
      const { payment: ended, refused } = complete(payment, change);
      return json(200, paymentShape(ended, refused, this.challengeUrl));
    });
  }

  private modify(
    request: SimRequest,
    sent: unknown,
    pspReference: string,
    kind: Modification['kind'],
  ): SimReply | Promise<SimReply> {
    const parsed = modificationInput.safeParse(sent);
    if (!parsed.success) return errorReply(422, '130', z.prettifyError(parsed.error));
    const input = parsed.data;
    if (input.merchantAccount !== this.own.merchantAccount) return errorReply(403, '901', 'Invalid Merchant Account');
    const payment = this.state.payments.get(pspReference);
    if (!payment) return errorReply(422, '167', 'Original pspReference required for this operation');
    if (kind !== 'void' && (input.amount === undefined || input.amount.value < 1))
      return errorReply(422, '137', 'Invalid amount specified');
    return this.writing(kind, request, payment.orderId ?? undefined, (change, faults) => {
      const now = this.state.payments.get(pspReference) as Payment;
      return json(201, modificationShape(modify(this.state, kind, now, input, change, faults), input.merchantAccount));
    });
  }

  /** A write under its key; its notifications leave once it is on disk. */
  private async writing(
    kind: string,
    request: SimRequest,
    orderId: string | undefined,
    run: (change: Change, faults: Parameters<Parameters<typeof this.write>[0]['run']>[0], key: string | null) => SimReply,
  ): Promise<SimReply> {
    const notices: Notice[] = [];
    const reply = await this.write({
      kind,
      request,
      orderId,
      run: (faults, key) => {
        const change = new Change(this.state, key);
        const answer = run(change, faults, key);
        notices.push(...noticesOf(change.records));
        return { reply: answer, records: change.records };
      },
    });
    for (const notice of notices) this.send(notice);
    return reply;
  }

  private async report([, account, ...date]: RegExpExecArray): Promise<SimReply> {
    const refused = await this.beforeReading();
    if (refused) return refused;
    const { merchantAccount } = this.own;
    const csv = account === merchantAccount ? accountingReport(this.state, date.join('-'), merchantAccount, minorDigits) : null;
    if (csv === null) return errorReply(404, '404', 'There is no such report.');
    return { status: 200, body: csv, headers: { 'content-type': 'text/csv; charset=utf-8' } };
  }

  protected async extra(request: SimRequest): Promise<SimReply | undefined> {
    if (request.path.startsWith(CHALLENGE)) return this.challenge(request);
    if (request.method === 'GET') return this.inspect(request);
    const lapsing = LAPSE.exec(request.path)?.[1];
    if (lapsing !== undefined) return this.lapse(lapsing);
    const disputed = CHARGEBACK.exec(request.path)?.[1];
    if (disputed !== undefined) return this.chargeback(disputed, request);
    const [, failing, kind] = FAIL.exec(request.path) ?? [];
    return failing === undefined ? undefined : this.fellBack(failing, kind as 'capture' | 'refund');
  }

  private inspect({ path, query }: SimRequest): SimReply | undefined {
    const form = decodeForm(query);
    const { state } = this;
    if (path === '/_sim/log') {
      const [payment, order] = [text(form, 'payment_intent'), text(form, 'order_id')];
      if (payment !== undefined) return json(200, { data: state.logByPayment.get(payment) ?? [] });
      if (order !== undefined) return json(200, { data: state.logByOrder.get(order) ?? [] });
      return json(200, { data: state.log.slice(-LOG_PAGE) });
    }
    if (path !== '/_sim/captures') return undefined;
    const after = Number(text(form, 'after') ?? 0);
    const rest = state.captures.filter(({ seq }) => seq > after);
    const data = rest.slice(0, Number(text(form, 'limit') ?? LOG_PAGE));
    return json(200, { data, next: data.at(-1)?.seq ?? after, has_more: data.length < rest.length });
  }

  private async lapse(pspReference: string): Promise<SimReply> {
    const payment = this.state.payments.get(pspReference);
    if (payment?.status !== 'authorised' || payment.closed) return json(400, { error: 'Nothing is held for this payment.' });
    await this.change((change) => expire(payment, change));
    return json(200, { id: pspReference, status: 'expired' });
  }

  /** A cardholder's bank takes the next step. */
  private async chargeback(pspReference: string, request: SimRequest): Promise<SimReply> {
    const payment = this.state.payments.get(pspReference);
    const input = chargebackInput.safeParse(readJson(request.body));
    if (!input.success) return json(400, { error: z.prettifyError(input.error) });
    let made: Chargeback | null = null;
    if (payment)
      await this.change((change) => {
        made = takeStep(this.state, payment, input.data, change);
      });
    return made ? json(200, made) : json(400, { error: 'There is nothing of this payment to take back.' });
  }

  /** The scheme refuses a capture or a refund that was told of as done, days later. */
  private async fellBack(pspReference: string, kind: 'capture' | 'refund'): Promise<SimReply> {
    const payment = this.state.payments.get(pspReference);
    const done = [...this.state.modifications.values()].filter((one) => one.payment === pspReference && one.kind === kind);
    const by = done.findLast((one) => one.success);
    if (!payment || !by) return json(400, { error: `No ${kind} of this payment has succeeded.` });
    const event = kind === 'capture' ? 'CAPTURE_FAILED' : 'REFUND_FAILED';
    await this.change((change) => change.notice(event, payment, { success: true, reason: `${kind} failed`, by }));
    return json(200, { id: pspReference });
  }

  private async challenge(request: SimRequest): Promise<SimReply> {
    const language = languageOf(request.headers['accept-language']);
    const payment = this.state.payments.get(request.path.slice(CHALLENGE.length));
    const form = decodeForm(request.method === 'POST' ? request.body : request.query);
    if (!payment || text(form, 'secret') !== payment.secret) return html(404, challengeOver('none', language));
    if (payment.status !== 'redirect' && request.method !== 'POST') return html(409, challengeOver('over', language));
    const { amount, token, created, secret } = payment;
    if (request.method !== 'POST') {
      const page = { amount: amount.value, currency: amount.currency, token, created: Math.floor(created / 1000), secret };
      return html(200, challengePage(page, language));
    }
    const answer = payment.answer ?? {
      redirectResult: newPspReference() + newPspReference(),
      complete: text(form, 'answer') === 'complete',
    };
    if (payment.answer === null) await this.commit([['payment', { ...payment, answer }]]);
    const url = new URL(payment.returnUrl);
    url.searchParams.set('redirectResult', answer.redirectResult);
    return { status: 303, body: '', headers: { location: url.toString() } };
  }

  /** Lets authorizations lapse whose time is over. */
  protected async progress(): Promise<void> {
    const due = [...this.state.moving]
      .flatMap((id) => this.state.payments.get(id) ?? [])
      .filter(({ lapses }) => lapses <= this.clock.now());
    if (due.length > 0)
      await this.change((change) => {
        for (const payment of due) expire(payment, change);
      });
  }

  private async change(make: (change: Change) => void): Promise<void> {
    const change = new Change(this.state, null);
    make(change);
    await this.commit(change.records);
    for (const notice of noticesOf(change.records)) this.send(notice);
  }
}

const noticesOf = (records: readonly AdyenRecord[]): Notice[] =>
  records.flatMap((record) => (record[0] === 'event' ? [record[1]] : []));

/** Starts the second PSP and its control listener. */
export function startAdyenSimulator(options: AdyenOptions): Promise<AdyenSimulator> {
  return new Adyen(options).start();
}
