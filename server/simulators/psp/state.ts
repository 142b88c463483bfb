import type { SimClock } from '../clock.ts';
import type { Journal } from '../journal.ts';
import type { Debit, Dispute, ReportFaults, Txn } from './bookings.ts';
import { newPspId } from './psp-id.ts';
import { DEFAULT_SETTINGS, type Settings } from './settings.ts';

/**
 * What the PSP knows. Entities are never changed in place: an event or a stored reply that holds one keeps it as it was then.
 */
export interface CardError {
  readonly code: string;
  readonly declineCode: string | null;
  readonly message: string;
}

export type IntentStatus =
  | 'requires_payment_method'
  | 'requires_confirmation'
  | 'requires_action'
  | 'requires_capture'
  | 'processing'
  | 'succeeded'
  | 'canceled';

export interface Intent {
  readonly id: string;
  /** Position in creation order: what lists page by. */
  readonly n: number;
  readonly amount: number;
  readonly currency: string;
  readonly status: IntentStatus;
  readonly captureMethod: 'automatic' | 'manual';
  readonly created: number;
  readonly token: string | null;
  readonly multicapture: boolean;
  readonly increments?: boolean;
  readonly charge: string | null;
  readonly capturable: number;
  readonly received: number;
  readonly metadata: Readonly<Record<string, string>>;
  readonly description: string | null;
  readonly returnUrl: string | null;
  readonly secret: string;
  readonly canceledAt: number | null;
  readonly cancelReason: string | null;
  readonly error: CardError | null;
  /** Unix seconds at which an authorization lapses. */
  readonly captureBefore: number | null;
  /** Of direct debits. */
  readonly debit?: Debit;
}

export interface Charge {
  readonly id: string;
  readonly intent: string;
  readonly amount: number;
  readonly captured: number;
  readonly refunded: number;
  readonly currency: string;
  readonly created: number;
  readonly token: string;
  readonly multicapture: boolean;
  readonly increments?: boolean;
  readonly txn: string | null;
  readonly error: CardError | null;
  readonly captureBefore: number | null;
  readonly challenged: boolean;
  /** True once nothing more can be captured. */
  readonly closed: boolean;
  readonly metadata: Readonly<Record<string, string>>;
  readonly description: string | null;
  /** Of direct debits. */
  readonly debit?: Pick<Debit, 'type' | 'last4' | 'fingerprint'> & {
    readonly state: 'pending' | 'succeeded' | 'failed';
    /** The booking that took back what had come. */
    readonly failureTxn: string | null;
  };
}

export interface Refund {
  readonly id: string;
  readonly intent: string;
  readonly charge: string;
  readonly amount: number;
  readonly currency: string;
  readonly created: number;
  readonly metadata: Readonly<Record<string, string>>;
  readonly reason: string | null;
  readonly status: 'succeeded';
  readonly txn: string;
}

/** What card fields were exchanged for. */
export interface PaymentMethod {
  readonly id: string;
  /** The test card behind it. */
  readonly token: string;
  readonly created: number;
}

export type Subject =
  | { readonly of: 'intent'; readonly id: string }
  | { readonly of: 'charge'; readonly id: string }
  | { readonly of: 'refund'; readonly id: string }
  | { readonly of: 'dispute'; readonly id: string };

export interface SimEvent {
  readonly id: string;
  readonly type: string;
  readonly created: number;
  readonly subject: Subject;
  readonly key: string | null;
  readonly request: string | null;
}

/** An event together with its object as it was when it happened. */
export interface StoredEvent extends SimEvent {
  readonly object: Intent | Charge | Refund | Dispute;
}

type Happened =
  | 'authorization'
  | 'increment'
  | 'challenge'
  | 'decline'
  | 'capture'
  | 'void'
  | 'refund'
  | 'expiry'
  | 'debit'
  | 'return';
/** What really happened, in the order it happened: the record that tests and the integrity oracle trust. */
export interface LogEntry {
  readonly seq: number;
  readonly at: number;
  readonly kind: Happened | 'dispute' | 'dispute_won';
  readonly payment_intent: string;
  readonly refund?: string;
  readonly amount: number;
  readonly currency: string;
  readonly idempotency_key: string | null;
  readonly operation_id: string | null;
  readonly order_id: string | null;
}

/** A stored reply: the entities as they were, from which the same bytes are rendered again; or a refusal's own body. */
export interface StoredReply {
  readonly key: string;
  readonly hash: string;
  readonly at: number;
  readonly status: number;
  readonly view: ReplyView;
}
export type ReplyView =
  | { readonly of: 'intent'; readonly id: string; readonly expand: readonly string[] }
  | { readonly of: 'refund'; readonly id: string; readonly expand: readonly string[] }
  | { readonly of: 'dispute'; readonly id: string }
  | { readonly of: 'body'; readonly body: string };
/** A dispute with its bookings. */
export interface DisputeFrozen {
  readonly dispute: Dispute;
  readonly txns: readonly Txn[];
}
export interface FrozenReply extends StoredReply {
  readonly frozen: {
    readonly intent?: Intent;
    readonly charge?: Charge;
    readonly txn?: Txn;
    readonly refund?: Refund;
    readonly dispute?: DisputeFrozen;
  };
}

export type JournalRecord =
  | readonly ['intent', Intent]
  | readonly ['charge', Charge]
  | readonly ['refund', Refund]
  | readonly ['dispute', Dispute]
  | readonly ['report', ReportFaults]
  | readonly ['txn', Txn]
  | readonly ['event', SimEvent]
  | readonly ['log', LogEntry]
  | readonly ['reply', StoredReply]
  | readonly ['method', PaymentMethod]
  | readonly ['settings', Settings]
  | readonly ['sent', string];

/** Stripe keeps keys for at least 24 hours, by its own clock. */
const REPLY_LIFE_MS = 24 * 3600 * 1000;
/** Stripe lists events of the last 30 days; here it is a number, so that a long load test stays in memory. */
const EVENTS_KEPT = 50_000;
/** A token is used within minutes of being made. */
const METHODS_KEPT = 10_000;

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

export class PspState {
  settings: Settings = DEFAULT_SETTINGS;
  readonly intents = new Map<string, Intent>();
  readonly intentOrder: string[] = [];
  readonly byMetadata = new Map<string, string[]>();
  readonly charges = new Map<string, Charge>();
  /** Tokens that card fields were given, and the test card behind each. */
  readonly methods = new Map<string, string>();
  readonly refunds = new Map<string, Refund>();
  readonly refundsByIntent = new Map<string, string[]>();
  readonly disputes = new Map<string, Dispute>();
  readonly txns = new Map<string, Txn>();
  report: ReportFaults = { missing: [], amounts: {}, extra: [] };
  readonly txnsByCharge = new Map<string, string[]>();
  readonly events = new Map<string, StoredEvent>();
  readonly unsent = new Map<string, StoredEvent>();
  readonly log: LogEntry[] = [];
  readonly captures: LogEntry[] = [];
  readonly logByIntent = new Map<string, LogEntry[]>();
  readonly logByOrder = new Map<string, LogEntry[]>();
  readonly replies = new Map<string, FrozenReply>();
  /** Debits of which something is still to come. */
  readonly debits = new Set<string>();
  /** Authorizations that can lapse, oldest first. */
  readonly open = new Set<string>();
  /** Whether authorizations were made that last shorter or longer than is usual. */
  livesDiffer = false;
  readonly clock: SimClock;

  constructor(clock: SimClock) {
    this.clock = clock;
  }

  /** The test card that a token stands for; a token of a test card stands for itself. */
  cardToken(token: string): string {
    return this.methods.get(token) ?? token;
  }

  /** Applies one record: the only way anything changes, at run time and when the journal is replayed. */
  apply(record: JournalRecord): void {
    switch (record[0]) {
      case 'intent':
        this.putIntent(record[1]);
        return;
      case 'charge':
        this.charges.set(record[1].id, record[1]);
        return;
      case 'refund':
        if (!this.refunds.has(record[1].id)) push(this.refundsByIntent, record[1].intent, record[1].id);
        this.refunds.set(record[1].id, record[1]);
        return;
      case 'dispute':
        this.disputes.set(record[1].id, record[1]);
        return;
      case 'report':
        this.report = record[1];
        return;
      case 'txn':
        push(this.txnsByCharge, record[1].charge, record[1].id);
        this.txns.set(record[1].id, record[1]);
        return;
      case 'event':
        this.putEvent(record[1]);
        return;
      case 'log':
        this.putLog(record[1]);
        return;
      case 'reply':
        this.putReply(record[1]);
        return;
      case 'method':
        this.methods.set(record[1].id, record[1].token);
        for (const oldest of this.methods.keys()) {
          if (this.methods.size <= METHODS_KEPT) break;
          this.methods.delete(oldest);
        }
        return;
      case 'settings':
        // A journal of an older version knows fewer settings.
        this.settings = { ...DEFAULT_SETTINGS, ...record[1] };
        this.livesDiffer ||= this.settings.authorization_ms !== DEFAULT_SETTINGS.authorization_ms;
        return;
      case 'sent':
        this.unsent.delete(record[1]);
    }
  }

  /** The entities a reply shows, held as they are now. */
  freeze(view: ReplyView): FrozenReply['frozen'] {
    if (view.of === 'body') return {};
    if (view.of === 'dispute') {
      const dispute = this.disputes.get(view.id);
      return dispute ? { dispute: { dispute, txns: dispute.txns.flatMap((id) => this.txns.get(id) ?? []) } } : {};
    }
    const refund = view.of === 'refund' ? this.refunds.get(view.id) : undefined;
    const intent = this.intents.get(view.of === 'refund' ? (refund?.intent ?? '') : view.id);
    const charge = intent?.charge ? this.charges.get(intent.charge) : undefined;
    const txnId = view.of === 'refund' ? refund?.txn : charge?.txn;
    const txn = txnId ? this.txns.get(txnId) : undefined;
    return { ...(intent && { intent }), ...(charge && { charge }), ...(txn && { txn }), ...(refund && { refund }) };
  }

  private putIntent(intent: Intent): void {
    if (!this.intents.has(intent.id)) this.intentOrder.push(intent.id);
    const before = this.intents.get(intent.id)?.metadata ?? {};
    for (const [key, value] of Object.entries(intent.metadata)) {
      if (before[key] !== value) push(this.byMetadata, `${key}\n${value}`, intent.id);
    }
    this.intents.set(intent.id, intent);
    const { endsAt = null, returnsAt = null } = intent.debit ?? {};
    if (endsAt !== null || (returnsAt !== null && intent.status === 'succeeded')) this.debits.add(intent.id);
    else this.debits.delete(intent.id);
    if (intent.status === 'requires_capture') this.open.add(intent.id);
    else this.open.delete(intent.id);
  }

  private putEvent(event: SimEvent): void {
    const { of, id } = event.subject;
    const known = { intent: this.intents, charge: this.charges, refund: this.refunds, dispute: this.disputes };
    const object = known[of].get(id);
    if (object === undefined) return;
    const stored = { ...event, object };
    this.events.set(event.id, stored);
    if (this.settings.webhook_events.includes(event.type)) this.unsent.set(event.id, stored);
    for (const oldest of this.events.keys()) {
      if (this.events.size <= EVENTS_KEPT) break;
      this.events.delete(oldest);
    }
  }

  private putLog(entry: LogEntry): void {
    this.log.push(entry);
    if (entry.kind === 'capture') this.captures.push(entry);
    push(this.logByIntent, entry.payment_intent, entry);
    if (entry.order_id !== null) push(this.logByOrder, entry.order_id, entry);
  }

  private putReply(reply: StoredReply): void {
    this.replies.set(reply.key, { ...reply, frozen: this.freeze(reply.view) });
    for (const [key, oldest] of this.replies) {
      if (oldest.at > this.clock.now() - REPLY_LIFE_MS) break;
      this.replies.delete(key);
    }
  }
}

/** Collects what one request changes, so that it is journalled as one line: all of it survives a crash, or nothing. */
export class Change {
  readonly records: JournalRecord[] = [];
  readonly events: string[] = [];
  readonly state: PspState;
  readonly key: string | null;
  readonly request: string | null;

  constructor(state: PspState, key: string | null = null, request: string | null = null) {
    this.state = state;
    this.key = key;
    this.request = request;
  }

  put(record: JournalRecord): void {
    this.state.apply(record);
    this.records.push(record);
  }

  event(type: string, subject: Subject): void {
    const id = newPspId('evt');
    this.put(['event', { id, type, created: this.state.clock.seconds(), subject, key: this.key, request: this.request }]);
    this.events.push(id);
  }

  log(
    kind: LogEntry['kind'],
    intent: Intent,
    amount: number,
    operationId: string | null,
    more: { readonly refund?: string; readonly orderId?: string | undefined } = {},
  ): void {
    this.put([
      'log',
      {
        seq: this.state.log.length + 1,
        at: this.state.clock.now(),
        kind,
        payment_intent: intent.id,
        ...(more.refund !== undefined && { refund: more.refund }),
        amount,
        currency: intent.currency,
        idempotency_key: this.key,
        operation_id: operationId,
        order_id: more.orderId ?? intent.metadata.order_id ?? null,
      },
    ]);
  }

  async commit(journal: Journal): Promise<void> {
    if (this.records.length > 0) await journal.append(this.records);
  }
}
