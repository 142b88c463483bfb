import { createHash, createHmac } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { SimClock } from '../clock.ts';
import { type Controlled, control } from '../control.ts';
import { child, decodeForm, type Form, text } from '../form.ts';
import { DROP, json, type Listener, listen, type SimReply, type SimRequest, sleep } from '../http.ts';
import { type Journal, openJournal } from '../journal.ts';
import { type Faults, Switches } from '../switches.ts';
import { WebhookSender } from '../webhooks.ts';
import { challenge } from './answer-challenge.ts';
import { cardFields } from './card-fields.ts';
import { testCard } from './cards.ts';
import { debit, progressDebits } from './debits.ts';
import { dispute } from './disputes.ts';
import { refusedAtTheDoor } from './faults-at-the-door.ts';
import { uploadedFile } from './files.ts';
import { inspect } from './inspection.ts';
import { Intents, operationOf } from './intents.ts';
import { lapse } from './lapse.ts';
import { createPaymentMethod, paymentMethodShape } from './payment-methods.ts';
import { newPspId } from './psp-id.ts';
import { Reads } from './reads.ts';
import { Refusal } from './refusal.ts';
import { KINDS, type Route, routeOf } from './routes.ts';
import { errorShape, eventShape, replyShape } from './shapes.ts';
import { Change, type JournalRecord, PspState, type ReplyView, type StoredEvent } from './state.ts';

/** A payment service provider that speaks the part of Stripe's API that Waybill uses, over real HTTP. */
export interface PspOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly host?: string;
  /** How browsers reach it, for challenge pages; the listener's own address where absent. */
  readonly publicUrl?: string | undefined;
  /** Port of the second listener that serves `/_sim/…` only and stays up while the API is down. 0 takes any free port. */
  readonly controlPort?: number;
  /** Where state is kept; without it a restart forgets. */
  readonly dir?: string | undefined;
  /** Where events are sent; without it none are. */
  readonly webhookUrl?: string | undefined;
  readonly webhookSecret: string;
  readonly secretKey: string;
  /** What card fields in a browser identify themselves with: it can make tokens and nothing else. */
  readonly publishableKey?: string;
  /** The origins whose checkouts may show the card fields. */
  readonly parents?: readonly string[];
  /** Whether the account may capture in parts; what was set before, or false, where absent. */
  readonly multicapture?: boolean;
}

export interface PspSimulator {
  readonly url: string;
  readonly controlUrl: string;
  readonly switches: Switches;
  readonly clock: SimClock;
  readonly state: PspState;
  close(): Promise<void>;
}

const EXPIRY_SWEEP_MS = 5_000;
const MAX_KEY_LENGTH = 255;

const settingsInput = z.strictObject({
  multicapture: z.boolean().optional(),
  search_lag_ms: z.number().min(0).optional(),
  authorization_ms: z
    .number()
    .min(0)
    .max(400 * 86_400_000)
    .optional(),
  webhook_events: z.array(z.string()).optional(),
  debit_ms: z.number().min(0).optional(),
  return_ms: z.number().min(0).optional(),
});

class Psp {
  readonly clock = new SimClock();
  readonly state = new PspState(this.clock);
  readonly counters: Record<string, number> = {
    requests: 0,
    authorize: 0,
    increment: 0,
    capture: 0,
    void: 0,
    refund: 0,
    dispute: 0,
    read: 0,
    replayed: 0,
    refused: 0,
  };
  readonly journal: Journal;
  readonly switches: Switches;
  readonly webhooks: WebhookSender;
  readonly controlled: Controlled;
  private readonly inFlight = new Set<string>();
  private readonly options: PspOptions;
  private challengeUrl = '';
  private intents = new Intents(this.state, '');
  private reads = new Reads(this.state, '');

  private get publishableKey(): string {
    return this.options.publishableKey ?? 'pk_test_waybill';
  }

  constructor(options: PspOptions, listener: () => Listener | undefined) {
    this.options = options;
    const file = options.dir === undefined ? undefined : join(options.dir, 'psp.jsonl');
    this.journal = openJournal(file, (records) => {
      for (const record of records as JournalRecord[]) this.state.apply(record);
    });
    this.switches = new Switches(
      KINDS,
      async (forMs) => listener()?.goDown(forMs),
      async () => listener()?.comeBack(),
    );
    this.webhooks = new WebhookSender(
      options.webhookUrl,
      () => this.switches.webhooks,
      (id) => this.record(['sent', id]),
    );
    this.controlled = {
      name: 'psp',
      clock: this.clock,
      switches: this.switches,
      counters: this.counters,
      webhooks: this.webhooks,
      settings: () => ({ ...this.state.settings }),
      changeSettings: (change) => this.changeSettings(change),
      recentLog: (limit) => this.state.log.slice(-limit).reverse(),
      clockMoved: () => this.sweep(),
      extra: async (request) => {
        const finish = (change: Change) => this.finish(change);
        return (
          inspect(this.state, request) ??
          (await dispute(request, this.state, finish)) ??
          (await debit(request, this.state, finish)) ??
          (await lapse(request, this.state, this.intents, finish)) ??
          challenge(request, this.state, this.intents, finish)
        );
      },
    };
  }

  /** Once the port is known: challenge pages live on it, and what was not sent before a crash is sent now. */
  begin(url: string): void {
    this.challengeUrl = `${this.options.publicUrl ?? url}/_sim/challenge`;
    this.intents = new Intents(this.state, this.challengeUrl);
    this.reads = new Reads(this.state, this.challengeUrl);
    for (const event of [...this.state.unsent.values()]) this.send(event);
  }

  async handle(request: SimRequest): Promise<SimReply> {
    if (request.path.startsWith('/_sim/')) return control(this.controlled, request);
    const page = cardFields(request, { parents: this.options.parents ?? [], publishableKey: this.publishableKey });
    if (page !== undefined) return page;
    this.count('requests');
    const requestId = newPspId('req');
    const reply = await this.api(request, requestId);
    const key = request.headers['idempotency-key'];
    return {
      ...reply,
      headers: { ...reply.headers, 'request-id': requestId, ...(typeof key === 'string' && { 'idempotency-key': key }) },
    };
  }

  /** Lets authorizations lapse whose time is over. */
  async sweep(): Promise<void> {
    const change = new Change(this.state);
    this.intents.expire(change);
    progressDebits(this.state, change);
    if (change.records.length > 0) await this.finish(change);
  }

  private async api(request: SimRequest, requestId: string): Promise<SimReply> {
    const tokens = request.method === 'POST' && request.path === '/v1/payment_methods';
    const known = [this.options.secretKey, ...(tokens ? [this.publishableKey] : [])];
    if (!known.some((key) => request.headers.authorization === `Bearer ${key}`)) {
      return json(401, errorShape('invalid_request_error', 'Invalid API Key provided.'));
    }
    try {
      const segments = request.path.split('/').slice(2);
      if (!request.path.startsWith('/v1/'))
        throw new Refusal(404, 'invalid_request_error', `Unrecognized request URL (${request.path}).`);
      if (tokens) return await this.tokenize(request);
      if (request.method === 'POST' && request.path === '/v1/files')
        return json(200, uploadedFile(request.body, this.clock.seconds()));
      if (request.method === 'GET') return await this.read(segments, request);
      const route = request.method === 'POST' ? routeOf(segments, this.intents, this.state) : undefined;
      if (route === undefined) {
        throw new Refusal(404, 'invalid_request_error', `Unrecognized request URL (${request.method}: ${request.path}).`);
      }
      return await this.write(route, request, requestId);
    } catch (error) {
      if (error instanceof Refusal) return json(error.status, error.body);
      if (error instanceof URIError) return json(400, errorShape('invalid_request_error', 'The request is not form-encoded.'));
      throw error;
    }
  }

  /** Card fields are exchanged for a token. Nothing of them is kept, so that there is no reply to repeat either. */
  private async tokenize(request: SimRequest): Promise<SimReply> {
    const change = new Change(this.state);
    const method = createPaymentMethod(this.state, decodeForm(request.body), change);
    await this.finish(change);
    return json(200, paymentMethodShape(method));
  }

  private async read(segments: readonly string[], request: SimRequest): Promise<SimReply> {
    this.count('read');
    const orderId = this.reads.orderOf(segments, request.query);
    const faults = this.switches.decide({ kind: 'read', orderId, header: header(request, 'x-sim-fault') });
    if (faults.slow_ms !== undefined) await sleep(Number(faults.slow_ms));
    const refused = refusedAtTheDoor(faults);
    if (refused !== undefined) return refused;
    const answer = this.reads.answer(segments, request.query);
    if (answer === undefined) throw new Refusal(404, 'invalid_request_error', `Unrecognized request URL (GET: ${request.path}).`);
    await this.journal.settled();
    return faults.drop_reply === undefined ? answer : DROP;
  }

  private async write(route: Route, request: SimRequest, requestId: string): Promise<SimReply> {
    this.count(route.kind);
    const key = header(request, 'idempotency-key');
    if (key !== undefined && key.length > MAX_KEY_LENGTH) {
      throw new Refusal(400, 'idempotency_error', 'Idempotency keys may have up to 255 characters.');
    }
    const form = decodeForm(request.body);
    const faults = this.faultsOf(route, request, form, key);
    const refused = refusedAtTheDoor(faults);
    if (refused !== undefined) return refused;
    if (key === undefined) return this.perform(route, form, faults, null, '', requestId);

    const hash = createHash('sha256').update(request.path).update('\n').update(request.body).digest('base64');
    const stored = this.state.replies.get(key);
    if (stored !== undefined && stored.hash !== hash) {
      const message = `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`;
      throw new Refusal(400, 'idempotency_error', message);
    }
    if (this.inFlight.has(key)) {
      const message =
        'There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through). Please try again later.';
      throw new Refusal(409, 'idempotency_error', message, { code: 'idempotency_key_in_use' });
    }
    if (stored !== undefined) {
      this.count('replayed');
      if (faults.slow_ms !== undefined) await sleep(Number(faults.slow_ms));
      await this.journal.settled();
      if (faults.drop_reply !== undefined) return DROP;
      return {
        ...this.render(stored.status, stored),
        headers: { 'content-type': 'application/json', 'idempotent-replayed': 'true' },
      };
    }
    this.inFlight.add(key);
    try {
      return await this.perform(route, form, faults, key, hash, requestId);
    } finally {
      this.inFlight.delete(key);
    }
  }

  private faultsOf(route: Route, request: SimRequest, form: Form, key: string | undefined): Faults {
    const sent = child(form, 'metadata');
    const known = this.state.intents.get(route.intentId ?? text(form, 'payment_intent') ?? '')?.metadata;
    return this.switches.decide({
      kind: route.kind,
      orderId: text(sent, 'order_id') ?? known?.order_id,
      operationId: operationOf(form, key ?? null) ?? undefined,
      header: header(request, 'x-sim-fault'),
      metadata:
        text(sent, 'sim_fault') ??
        known?.sim_fault
          ?.split(',')
          .filter((part) => part.includes('@'))
          .join(','),
    });
  }

  private async perform(
    route: Route,
    form: Form,
    faults: Faults,
    key: string | null,
    hash: string,
    requestId: string,
  ): Promise<SimReply> {
    if (faults.slow_ms !== undefined) await sleep(Number(faults.slow_ms));
    const slowMs = testCard(this.state.cardToken(text(form, 'payment_method') ?? ''))?.slowMs;
    if (slowMs !== undefined) await sleep(slowMs);
    await this.sweep();
    const change = new Change(this.state, key, requestId);
    let status = 200;
    let view: ReplyView;
    try {
      view = route.run(form, change, faults);
    } catch (error) {
      if (!(error instanceof Refusal) || !error.remembered) throw error;
      this.count('refused');
      status = error.status;
      view = { of: 'body', body: JSON.stringify(error.body) };
    }
    if (faults.error_5xx_after !== undefined) {
      status = 500;
      view = { of: 'body', body: JSON.stringify(errorShape('api_error', 'An unexpected error occurred.')) };
    }
    if (key !== null) change.put(['reply', { key, hash, at: this.clock.now(), status, view }]);
    const answer = this.render(status, { view, frozen: this.state.freeze(view) });
    await this.finish(change);
    return faults.drop_reply === undefined ? answer : DROP;
  }

  private render(status: number, reply: Parameters<typeof replyShape>[0]): SimReply {
    const shape = replyShape(reply, this.challengeUrl);
    if (typeof shape === 'string') return { status, body: shape, headers: { 'content-type': 'application/json' } };
    return json(status, shape);
  }

  /** Makes a request's changes durable, then tells the world. */
  private async finish(change: Change): Promise<void> {
    await change.commit(this.journal);
    for (const id of change.events) {
      const event = this.state.unsent.get(id);
      if (event !== undefined) this.send(event);
    }
  }

  private send(event: StoredEvent): void {
    this.webhooks.enqueue({
      id: event.id,
      render: () => {
        const body = JSON.stringify(eventShape(event, this.state, this.challengeUrl));
        const seconds = Math.floor(Date.now() / 1000);
        const signature = createHmac('sha256', this.options.webhookSecret).update(`${seconds}.${body}`).digest('hex');
        return { body, headers: { 'stripe-signature': `t=${seconds},v1=${signature}`, 'user-agent': 'Stripe/1.0 (simulator)' } };
      },
    });
  }

  private record(record: JournalRecord): void {
    this.state.apply(record);
    void this.journal.append([record]);
  }

  async changeSettings(change: unknown): Promise<void> {
    const {
      multicapture,
      search_lag_ms: lag,
      webhook_events: events,
      authorization_ms: lasts,
      ...more
    } = settingsInput.parse(change);
    const { debit_ms, return_ms } = more;
    const settings = {
      ...this.state.settings,
      ...(multicapture !== undefined && { multicapture }),
      ...(lag !== undefined && { search_lag_ms: lag }),
      ...(events !== undefined && { webhook_events: events }),
      ...(lasts !== undefined && { authorization_ms: lasts }),
      ...(debit_ms !== undefined && { debit_ms }),
      ...(return_ms !== undefined && { return_ms }),
    };
    this.state.apply(['settings', settings]);
    await this.journal.append([['settings', settings]]);
  }

  private count(name: string): void {
    this.counters[name] = (this.counters[name] ?? 0) + 1;
  }
}

function header(request: SimRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** Starts the PSP and its control listener. */
export async function startPspSimulator(options: PspOptions): Promise<PspSimulator> {
  let api: Listener | undefined;
  const psp = new Psp(options, () => api);
  api = await listen((request) => psp.handle(request), options.port, options.host);
  const controls = await listen((request) => control(psp.controlled, request), options.controlPort ?? 0, options.host);
  psp.begin(api.url);
  if (options.multicapture !== undefined) await psp.changeSettings({ multicapture: options.multicapture });
  const sweeper = setInterval(() => void psp.sweep(), EXPIRY_SWEEP_MS);
  return {
    url: api.url,
    controlUrl: controls.url,
    switches: psp.switches,
    clock: psp.clock,
    state: psp.state,
    close: async () => {
      clearInterval(sweeper);
      psp.webhooks.close();
      await Promise.all([api.close(), controls.close()]);
      await psp.journal.close();
    },
  };
}
