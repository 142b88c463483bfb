import { join } from 'node:path';
import type { z } from 'zod';
import type { SimClock } from './clock.ts';
import { type Controlled, control } from './control.ts';
import { DROP, type Listener, listen, type SimReply, type SimRequest, sleep } from './http.ts';
import { type Journal, openJournal } from './journal.ts';
import { createKeyedWrites, type KeyedWrite, type Refuse, refuse, refusedAtTheDoor, type StoredReply } from './keyed-writes.ts';
import { standardMessage } from './standard-webhooks.ts';
import { Switches } from './switches.ts';
import { WebhookSender } from './webhooks.ts';

/**
 * What the carrier and the bank have in common: a JSON API behind a key, writes under idempotency keys, memory that a journal brings back,
 * messages signed by the Standard Webhooks scheme, things that move on by themselves, and a control page.
 */
export interface KeyedOptions {
  readonly port: number;
  readonly host?: string;
  readonly controlPort?: number;
  readonly dir?: string | undefined;
  readonly webhookUrl?: string | undefined;
  readonly webhookSecret: string;
  readonly apiKey: string;
}

export interface RunningSimulator<State> {
  readonly url: string;
  readonly controlUrl: string;
  readonly switches: Switches;
  readonly clock: SimClock;
  readonly state: State;
  close(): Promise<void>;
}

/** What every journal holds beside the simulator's own objects. */
export type CommonRecord<Settings, Event, Entry> =
  | readonly ['event', Event]
  | readonly ['log', Entry]
  | readonly ['reply', StoredReply]
  | readonly ['settings', Settings]
  | readonly ['sent', string];

/** What every simulator remembers beside its own objects. */
export class CommonState<Settings, Event extends { readonly id: string }, Entry> {
  settings: Settings;
  /** Objects that move on by themselves. */
  readonly moving = new Set<string>();
  readonly unsent = new Map<string, Event>();
  readonly replies = new Map<string, StoredReply>();
  readonly log: Entry[] = [];
  readonly clock: SimClock;

  constructor(clock: SimClock, settings: Settings) {
    this.clock = clock;
    this.settings = settings;
  }

  protected keep(record: CommonRecord<Settings, Event, Entry>): void {
    switch (record[0]) {
      case 'event':
        this.unsent.set(record[1].id, record[1]);
        return;
      case 'log':
        this.log.push(record[1]);
        return;
      case 'reply':
        this.replies.set(record[1].key, record[1]);
        return;
      case 'settings':
        this.settings = record[1];
        return;
      case 'sent':
        this.unsent.delete(record[1]);
    }
  }

  protected track(id: string, moving: boolean): void {
    if (moving) this.moving.add(id);
    else this.moving.delete(id);
  }
}

interface State<Own, Settings, Event extends { readonly id: string }, Entry> extends CommonState<Settings, Event, Entry> {
  /** Applies one record: the only way anything changes, at run time and when the journal is replayed. */
  apply(record: Own | CommonRecord<Settings, Event, Entry>): void;
}

interface Kind<S, Settings> {
  readonly name: string;
  readonly state: S;
  /** The writes that faults can be switched on for, which are counted. */
  readonly writes: readonly string[];
  readonly settings: z.ZodType<{ readonly [K in keyof Settings]?: Settings[K] | undefined }>;
  readonly progressMs: number;
  /** How it says no, where not in the usual envelope. */
  readonly refuse?: Refuse;
  readonly remembersErrors?: boolean;
}

export abstract class KeyedSimulator<
  Own,
  Settings extends object,
  Event extends { readonly id: string },
  Entry,
  S extends State<Own, Settings, Event, Entry>,
> {
  readonly state: S;
  readonly counters: Record<string, number>;
  readonly journal: Journal;
  readonly switches: Switches;
  readonly webhooks: WebhookSender;
  protected readonly clock: SimClock;
  protected readonly write: (write: KeyedWrite<Own | CommonRecord<Settings, Event, Entry>>) => Promise<SimReply>;
  private readonly controlled: Controlled;
  private readonly options: KeyedOptions;
  private readonly progressMs: number;
  private readonly refuse: Refuse;
  private api: Listener | undefined;

  constructor(
    options: KeyedOptions,
    { name, state, writes, settings, progressMs, refuse: no = refuse, remembersErrors = true }: Kind<S, Settings>,
  ) {
    this.options = options;
    this.state = state;
    this.clock = state.clock;
    this.progressMs = progressMs;
    this.refuse = no;
    this.counters = Object.fromEntries(['requests', ...writes, 'read', 'replayed', 'refused'].map((counter) => [counter, 0]));
    this.journal = openJournal(options.dir === undefined ? undefined : join(options.dir, `${name}.jsonl`), (records) => {
      for (const record of records as Parameters<S['apply']>[0][]) state.apply(record);
    });
    this.switches = new Switches(
      [...writes],
      async (forMs) => this.api?.goDown(forMs),
      async () => this.api?.comeBack(),
    );
    this.webhooks = new WebhookSender(
      options.webhookUrl,
      () => this.switches.webhooks,
      (id) => void this.commit([['sent', id]]),
    );
    this.write = createKeyedWrites<Own | CommonRecord<Settings, Event, Entry>>({
      switches: this.switches,
      replies: state.replies,
      replied: (reply) => ['reply', reply],
      commit: (records) => this.commit(records),
      count: (counter) => this.count(counter),
      refuse: no,
      remembersErrors,
    });
    this.controlled = {
      name,
      clock: this.clock,
      switches: this.switches,
      counters: this.counters,
      webhooks: this.webhooks,
      settings: () => ({ ...state.settings }) as Readonly<Record<string, unknown>>,
      changeSettings: async (change) =>
        this.commit([['settings', { ...state.settings, ...(given(settings.parse(change)) as Partial<Settings>) }]]),
      recentLog: (limit) => state.log.slice(-limit).reverse(),
      clockMoved: () => this.progress(),
      extra: (request) => this.extra(request),
    };
  }

  /** Starts the simulator and its control listener. */
  async start(): Promise<RunningSimulator<S>> {
    const { port, host, controlPort = 0 } = this.options;
    const api = await listen((request) => this.handle(request), port, host);
    this.api = api;
    const controls = await listen((request) => control(this.controlled, request), controlPort, host);
    this.begin(api.url);
    for (const event of [...this.state.unsent.values()]) this.send(event);
    const mover = setInterval(() => void this.progress(), this.progressMs);
    const close = async (): Promise<void> => {
      clearInterval(mover);
      this.webhooks.close();
      await Promise.all([api.close(), controls.close()]);
      await this.journal.close();
    };
    const { switches, clock, state } = this;
    return { url: api.url, controlUrl: controls.url, switches, clock, state, close };
  }

  /** What it answers under its key. */
  protected abstract answer(request: SimRequest): SimReply | Promise<SimReply>;
  /** Its own control pages. */
  protected abstract extra(request: SimRequest): Promise<SimReply | undefined>;
  /** Moves on what is due. */
  protected abstract progress(): Promise<void>;
  /** What a message says; null where there is nothing to say any more. */
  protected abstract message(event: Event): { readonly type: string; readonly at: number; readonly data: unknown } | null;

  /** Told its address before anything is sent. */
  protected begin(_url: string): void {}

  /** What anybody may fetch without the key. */
  protected open(_request: SimRequest): SimReply | undefined {
    return undefined;
  }

  private async handle(request: SimRequest): Promise<SimReply> {
    if (request.path.startsWith('/_sim/')) return control(this.controlled, request);
    const open = this.open(request);
    if (open !== undefined) return open;
    this.count('requests');
    if (!this.admits(request)) return this.refuse(401, 'unauthorized', 'The API key is not valid.');
    return this.answer(request);
  }

  /** Whether it knows the caller. */
  protected admits(request: SimRequest): boolean {
    return request.headers.authorization === `Bearer ${this.options.apiKey}`;
  }

  /** Comes before each read: counts it and carries out what is switched on. Returns what is answered instead. */
  protected async beforeReading(): Promise<SimReply | undefined> {
    this.count('read');
    const faults = this.switches.decide({ kind: 'read' });
    if (faults.slow_ms !== undefined) await sleep(Number(faults.slow_ms));
    const refused = faults.drop_reply === undefined ? refusedAtTheDoor(faults, this.refuse) : DROP;
    if (refused === undefined) await this.journal.settled();
    return refused;
  }

  /** Changes memory at once and resolves when the change is on disk. */
  protected commit(records: readonly (Own | CommonRecord<Settings, Event, Entry>)[]): Promise<void> {
    for (const record of records) this.state.apply(record);
    return records.length === 0 ? Promise.resolve() : this.journal.append(records);
  }

  protected send(event: Event): void {
    const said = this.message(event);
    if (said === null) return;
    const { type, at, data } = said;
    const body = JSON.stringify({ type, timestamp: new Date(at).toISOString(), data });
    this.webhooks.enqueue(standardMessage(event.id, body, this.options.webhookSecret));
  }

  protected count(name: string): void {
    this.counters[name] = (this.counters[name] ?? 0) + 1;
  }
}

/** The JSON of a body; undefined where it is none. */
export function readJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Without the keys that were not given, so that they do not overwrite. */
const given = (object: object): object => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
