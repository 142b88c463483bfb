import { join } from 'node:path';
import { z } from 'zod';
import { SimClock } from '../clock.ts';
import { type Controlled, control } from '../control.ts';
import { decodeForm, text } from '../form.ts';
import { DROP, json, type Listener, listen, type SimReply, type SimRequest, sleep } from '../http.ts';
import { type Journal, openJournal } from '../journal.ts';
import { createKeyedWrites, type KeyedWrite, refuse, refusedAtTheDoor } from '../keyed-writes.ts';
import { standardMessage } from '../standard-webhooks.ts';
import { Switches } from '../switches.ts';
import { WebhookSender } from '../webhooks.ts';
import { type BankEvent, type BankRecord, BankState, type PayIn, type Payout } from './state.ts';
import { BankTransfers, collectionAccount, fateOf, objectShape, payInShape, payoutShape } from './transfers.ts';

/** A bank: transfers in by reference, payouts to beneficiaries, a statement, and webhooks signed by the Standard Webhooks scheme. */
export interface BankOptions {
  readonly port: number;
  readonly host?: string;
  readonly controlPort?: number;
  readonly dir?: string | undefined;
  readonly webhookUrl?: string | undefined;
  readonly webhookSecret: string;
  readonly apiKey: string;
}

export interface BankSimulator {
  readonly url: string;
  readonly controlUrl: string;
  readonly switches: Switches;
  readonly clock: SimClock;
  readonly state: BankState;
  close(): Promise<void>;
}

const PROGRESS_MS = 250;
const PAGE = 100;
const ADVANCE = /^\/_sim\/transfers\/([A-Za-z0-9_-]+)\/advance$/;

const settingsInput = z.strictObject({
  auto_settle: z.boolean().optional(),
  payout_after_ms: z.number().min(0).optional(),
  pay_in_after_ms: z.number().min(0).optional(),
  reject_rate: z.number().min(0).max(1).optional(),
  return_rate: z.number().min(0).max(1).optional(),
  return_after_ms: z.number().min(0).optional(),
});
const advanceInput = z.strictObject({ to: z.enum(['settled', 'rejected', 'returned']), reason: z.string().optional() });

class Bank {
  readonly clock = new SimClock();
  readonly state = new BankState(this.clock);
  readonly counters: Record<string, number> = { requests: 0, beneficiary: 0, payout: 0, read: 0, replayed: 0, refused: 0 };
  readonly journal: Journal;
  readonly switches: Switches;
  readonly webhooks: WebhookSender;
  readonly controlled: Controlled;
  private readonly transfers = new BankTransfers(this.state);
  private readonly write: (write: KeyedWrite<BankRecord>) => Promise<SimReply>;
  private readonly options: BankOptions;

  constructor(options: BankOptions, listener: () => Listener | undefined) {
    this.options = options;
    this.journal = openJournal(options.dir === undefined ? undefined : join(options.dir, 'bank.jsonl'), (records) => {
      for (const record of records as BankRecord[]) this.state.apply(record);
    });
    this.switches = new Switches(
      ['beneficiary', 'payout'],
      async (forMs) => listener()?.goDown(forMs),
      async () => listener()?.comeBack(),
    );
    this.webhooks = new WebhookSender(
      options.webhookUrl,
      () => this.switches.webhooks,
      (id) => void this.commit([['sent', id]]),
    );
    this.write = createKeyedWrites<BankRecord>({
      switches: this.switches,
      replies: this.state.replies,
      replied: (reply) => ['reply', reply],
      commit: (records) => this.commit(records),
      count: (name) => this.count(name),
    });
    this.controlled = {
      name: 'bank',
      clock: this.clock,
      switches: this.switches,
      counters: this.counters,
      webhooks: this.webhooks,
      settings: () => ({ ...this.state.settings }),
      changeSettings: async (change) =>
        this.commit([['settings', { ...this.state.settings, ...given(settingsInput.parse(change)) }]]),
      recentLog: (limit) => this.state.log.slice(-limit).reverse(),
      clockMoved: () => this.progress(),
      extra: (request) => this.extra(request),
    };
  }

  begin(): void {
    for (const event of [...this.state.unsent.values()]) this.send(event);
  }

  async handle(request: SimRequest): Promise<SimReply> {
    if (request.path.startsWith('/_sim/')) return control(this.controlled, request);
    this.count('requests');
    if (request.headers.authorization !== `Bearer ${this.options.apiKey}`)
      return refuse(401, 'unauthorized', 'The API key is not valid.');
    if (request.method === 'GET') return this.read(request);
    if (request.method === 'POST' && request.path === '/v1/beneficiaries')
      return this.write({
        kind: 'beneficiary',
        request,
        run: (_faults, key) => this.transfers.addBeneficiary(readJson(request.body), key),
      });
    if (request.method === 'POST' && request.path === '/v1/payouts')
      return this.write({
        kind: 'payout',
        request,
        run: (faults, key) => this.transfers.addPayout(readJson(request.body), faults, key),
      });
    return refuse(404, 'not_found', 'There is no such address.');
  }

  /** Moves transfers on whose time has come. */
  async progress(): Promise<void> {
    const {
      auto_settle: on,
      payout_after_ms: out,
      pay_in_after_ms: inward,
      return_rate: back,
      return_after_ms: late,
    } = this.state.settings;
    if (!on) return;
    const now = this.clock.now();
    for (const id of [...this.state.moving]) {
      const payIn = this.state.payIns.get(id);
      if (payIn !== undefined && now - payIn.updated_at >= inward) await this.move(payIn, 'settled');
      const payout = this.state.payouts.get(id);
      if (payout === undefined) continue;
      if (payout.status === 'accepted' && now - payout.updated_at >= out) await this.move(payout, this.firstEnd(payout));
      else if (payout.status === 'settled' && now - payout.updated_at >= late) {
        // Drawn once: a payout that was not returned by then stays where it is.
        if (fateOf(this.state, payout) === 'returned' || Math.random() < back) await this.move(payout, 'returned');
        else this.state.moving.delete(id);
      }
    }
  }

  private firstEnd(payout: Payout): 'settled' | 'rejected' {
    return fateOf(this.state, payout) === 'rejected' || Math.random() < this.state.settings.reject_rate ? 'rejected' : 'settled';
  }

  private async read(request: SimRequest): Promise<SimReply> {
    this.count('read');
    const faults = this.switches.decide({ kind: 'read' });
    if (faults.slow_ms !== undefined) await sleep(Number(faults.slow_ms));
    const refused = faults.drop_reply === undefined ? refusedAtTheDoor(faults) : DROP;
    if (refused !== undefined) return refused;
    await this.journal.settled();
    const form = decodeForm(request.query);
    const [, , noun, id] = request.path.split('/');
    if (noun === 'account') return collectionAccount(text(form, 'currency') ?? 'EUR');
    if (noun === 'payouts' && id === undefined) {
      const found = this.state.payouts.get(this.state.byReference.get(text(form, 'client_reference') ?? '') ?? '');
      return json(200, { data: found === undefined ? [] : [payoutShape(found)] });
    }
    if (noun === 'pay_ins' && id === undefined) return json(200, this.changedPayIns(Number(text(form, 'since') ?? 0)));
    if (noun === 'movements') return json(200, this.statement(text(form, 'from'), text(form, 'to'), text(form, 'after')));
    const payout = noun === 'payouts' ? this.state.payouts.get(id ?? '') : undefined;
    if (payout !== undefined) return json(200, payoutShape(payout));
    const payIn = noun === 'pay_ins' ? this.state.payIns.get(id ?? '') : undefined;
    return payIn === undefined ? refuse(404, 'not_found', 'There is no such transfer.') : json(200, payInShape(payIn));
  }

  /** Pay-ins that changed since an instant, oldest first: how to learn of those whose messages were lost. */
  private changedPayIns(since: number) {
    const changed = [...this.state.payIns.values()].filter((payIn) => payIn.updated_at >= since);
    changed.sort((a, b) => a.updated_at - b.updated_at);
    return { data: changed.slice(0, PAGE).map(payInShape), has_more: changed.length > PAGE };
  }

  private statement(from: string | undefined, to: string | undefined, after: string | undefined) {
    const start = from === undefined ? 0 : Date.parse(from);
    const end = to === undefined ? Number.POSITIVE_INFINITY : Date.parse(to);
    const lines = this.state.movements.filter(({ at }) => at >= start && at < end);
    const begin = after === undefined ? 0 : lines.findIndex(({ id }) => id === after) + 1;
    const data = lines.slice(begin, begin + PAGE).map((line) => ({ ...line, at: new Date(line.at).toISOString() }));
    return { data, has_more: begin + PAGE < lines.length };
  }

  private async extra(request: SimRequest): Promise<SimReply | undefined> {
    if (request.path === '/_sim/log' && request.method === 'GET') return json(200, { data: this.state.log });
    if (request.method !== 'POST') return undefined;
    if (request.path === '/_sim/pay_ins') {
      const { payIn, records } = this.transfers.addPayIn(readJson(request.body));
      await this.commit(records);
      this.sendFrom(records);
      return json(200, payInShape(payIn));
    }
    const ref = ADVANCE.exec(request.path)?.[1];
    if (ref === undefined) return undefined;
    const object =
      this.state.payIns.get(ref) ?? this.state.payouts.get(ref) ?? this.state.payouts.get(this.state.byReference.get(ref) ?? '');
    if (object === undefined) return refuse(404, 'not_found', 'There is no such transfer.');
    const { to, reason } = advanceInput.parse(readJson(request.body));
    const moved = await this.move(object, to, reason ?? null);
    return moved === undefined ? refuse(409, 'at_the_end', `The transfer is ${object.status}.`) : json(200, moved);
  }

  private async move(object: Payout | PayIn, to: string, reason: string | null = null) {
    const records = this.transfers.move(object, to, reason);
    if (records === undefined) return undefined;
    await this.commit(records);
    this.sendFrom(records);
    return objectShape(records[0]?.[1] as Payout | PayIn);
  }

  /** Changes memory at once and resolves when the change is on disk. */
  private commit(records: readonly BankRecord[]): Promise<void> {
    if (records.length === 0) return Promise.resolve();
    for (const record of records) this.state.apply(record);
    return this.journal.append(records);
  }

  private sendFrom(records: readonly BankRecord[]): void {
    for (const record of records) if (record[0] === 'event') this.send(record[1]);
  }

  private send(event: BankEvent): void {
    const body = JSON.stringify({
      type: event.type,
      timestamp: new Date(event.at).toISOString(),
      data: objectShape(event.object),
    });
    this.webhooks.enqueue(standardMessage(event.id, body, this.options.webhookSecret));
  }

  private count(name: string): void {
    this.counters[name] = (this.counters[name] ?? 0) + 1;
  }
}

function readJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Without the keys that were not given, so that they do not overwrite. */
const given = <T extends object>(object: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };

/** Starts the bank and its control listener. */
export async function startBankSimulator(options: BankOptions): Promise<BankSimulator> {
  let api: Listener | undefined;
  const bank = new Bank(options, () => api);
  api = await listen((request) => bank.handle(request), options.port, options.host);
  const controls = await listen((request) => control(bank.controlled, request), options.controlPort ?? 0, options.host);
  bank.begin();
  const mover = setInterval(() => void bank.progress(), PROGRESS_MS);
  return {
    url: api.url,
    controlUrl: controls.url,
    switches: bank.switches,
    clock: bank.clock,
    state: bank.state,
    close: async () => {
      clearInterval(mover);
      bank.webhooks.close();
      await Promise.all([api.close(), controls.close()]);
      await bank.journal.close();
    },
  };
}
