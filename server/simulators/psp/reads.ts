import { child, decodeForm, type Form, list, text } from '../form.ts';
import { json, type SimReply } from '../http.ts';
import type { Txn } from './bookings.ts';
import { readInteger } from './fields.ts';
import { findIntent } from './intents.ts';
import { invalid, missing } from './refusal.ts';
import { reportedTxns } from './report.ts';
import { chargeShape, disputeShape, eventShape, intentShape, listShape, refundShape, replyShape, txnShape } from './shapes.ts';
import type { Intent, PspState, ReplyView } from './state.ts';

const DEFAULT_PAGE = 10;
const MAX_PAGE = 100;

interface Page<T> {
  readonly data: T[];
  readonly more: boolean;
}

function pageSize(form: Form): number {
  const limit = readInteger(form, 'limit') ?? DEFAULT_PAGE;
  if (limit < 1 || limit > MAX_PAGE) throw invalid('Invalid limit: use 1 to 100.', { param: 'limit' });
  return limit;
}

/** The items newest first, from after `starting_after`, within `created[gte|gt|lte|lt]`. */
function page<T extends { readonly id: string; readonly created: number }>(
  ids: readonly string[],
  get: (id: string) => T | undefined,
  form: Form,
): Page<T> {
  const limit = pageSize(form);
  const created = child(form, 'created');
  const from = Math.max(readInteger(created ?? {}, 'gte') ?? 0, (readInteger(created ?? {}, 'gt') ?? -1) + 1);
  const to = Math.min(readInteger(created ?? {}, 'lte') ?? Infinity, (readInteger(created ?? {}, 'lt') ?? Infinity) - 1);
  const after = text(form, 'starting_after');
  const data: T[] = [];
  let started = after === undefined;
  for (let i = ids.length - 1; i >= 0; i--) {
    const item = get(ids[i] ?? '');
    if (item === undefined) continue;
    if (started && item.created < from) break;
    if (started && item.created <= to) {
      if (data.length === limit) return { data, more: true };
      data.push(item);
    }
    if (item.id === after) started = true;
  }
  return { data, more: false };
}

const CLAUSE = /^\s*(?:metadata\[(?:'([^']+)'|"([^"]+)")\]|(status))\s*:\s*(?:'([^']*)'|"([^"]*)")\s*$/;

/** `metadata['key']:'value' AND status:'…'`: the part of Stripe's search language that finds a payment by our ids. */
function search(state: PspState, query: string): Intent[] {
  const clauses = query.split(/\s+AND\s+/).map((part) => {
    const match = CLAUSE.exec(part);
    if (match === null) throw invalid(`Invalid search query near: ${part}`, { param: 'query' });
    return { key: match[1] ?? match[2], value: match[4] ?? match[5] ?? '' };
  });
  const indexed = clauses.find((clause) => clause.key !== undefined);
  const ids = indexed === undefined ? state.intentOrder : (state.byMetadata.get(`${indexed.key}\n${indexed.value}`) ?? []);
  const visible = (state.clock.now() - state.settings.search_lag_ms) / 1000;
  const found = [...new Set(ids)].map((id) => findIntent(state, id)).filter((intent) => intent.created <= visible);
  return found
    .filter((intent) => clauses.every(({ key, value }) => (key === undefined ? intent.status : intent.metadata[key]) === value))
    .reverse();
}

export class Reads {
  private readonly state: PspState;
  private readonly challengeUrl: string;

  constructor(state: PspState, challengeUrl: string) {
    this.state = state;
    this.challengeUrl = challengeUrl;
  }

  /** Answers a GET below /v1, or undefined where there is no such resource. */
  answer(segments: readonly string[], query: string): SimReply | undefined {
    const form = decodeForm(query);
    const [noun, id] = segments;
    switch (noun) {
      case 'payment_intents':
        if (id === undefined) return this.intents(form);
        if (id === 'search') return this.search(form);
        findIntent(this.state, id);
        return this.one({ of: 'intent', id, expand: list(form, 'expand') });
      case 'charges':
        return id === undefined ? undefined : this.charge(id, form);
      case 'refunds':
        if (id === undefined) return this.refunds(form);
        if (!this.state.refunds.has(id)) throw missing('refund', id, 'id');
        return this.one({ of: 'refund', id, expand: list(form, 'expand') });
      case 'balance_transactions':
        return id === undefined ? this.txns(form) : this.txn(id);
      case 'disputes':
        return id === undefined ? this.disputes(form) : this.dispute(id);
      case 'events':
        return id === undefined ? this.events(form) : this.event(id);
    }
    return undefined;
  }

  /** The order that a GET is about, where it names a payment or a refund: what faults can be scoped to. */
  orderOf(segments: readonly string[], query: string): string | undefined {
    const [noun, id] = segments;
    const named =
      noun === 'refunds' ? (this.state.refunds.get(id ?? '')?.intent ?? text(decodeForm(query), 'payment_intent')) : id;
    return noun === 'refunds' || noun === 'payment_intents' ? this.state.intents.get(named ?? '')?.metadata.order_id : undefined;
  }

  private one(view: ReplyView): SimReply {
    return json(200, replyShape({ view, frozen: this.state.freeze(view) }, this.challengeUrl));
  }

  private intents(form: Form): SimReply {
    const { data, more } = page(this.state.intentOrder, (id) => this.state.intents.get(id), form);
    const shapes = data.map((intent) => intentShape(intent, this.challengeUrl));
    return json(200, listShape('/v1/payment_intents', shapes, more));
  }

  private search(form: Form): SimReply {
    const query = text(form, 'query');
    if (query === undefined) throw invalid('Missing required param: query.', { code: 'parameter_missing', param: 'query' });
    const found = search(this.state, query);
    const expand = list(form, 'expand').map((path) => path.replace(/^data\./, ''));
    const shapes = found.slice(0, pageSize(form)).map((intent) => {
      const view = { of: 'intent' as const, id: intent.id, expand };
      return replyShape({ view, frozen: this.state.freeze(view) }, this.challengeUrl);
    });
    const more = found.length > shapes.length;
    return json(200, {
      object: 'search_result',
      data: shapes,
      has_more: more,
      next_page: null,
      url: '/v1/payment_intents/search',
    });
  }

  private charge(id: string, form: Form): SimReply {
    const charge = this.state.charges.get(id);
    if (charge === undefined) throw missing('charge', id, 'id');
    const expanded = list(form, 'expand').includes('balance_transaction') ? this.state.txns.get(charge.txn ?? '') : undefined;
    return json(200, chargeShape(charge, expanded));
  }

  private refunds(form: Form): SimReply {
    const intent = text(form, 'payment_intent');
    const charge = text(form, 'charge');
    const of = intent ?? (charge === undefined ? undefined : (this.state.charges.get(charge)?.intent ?? ''));
    const ids = of === undefined ? [...this.state.refunds.keys()] : (this.state.refundsByIntent.get(of) ?? []);
    const { data, more } = page(ids, (id) => this.state.refunds.get(id), form);
    const shapes = data.map((refund) => refundShape(refund));
    return json(200, listShape('/v1/refunds', shapes, more));
  }

  private txns(form: Form): SimReply {
    const source = text(form, 'source');
    const type = text(form, 'type');
    // Without a source it is the report of a period, which may be wrong where it is told to be.
    const txns = source === undefined ? reportedTxns(this.state) : this.txnsOf(source);
    const known = new Map(txns.map((txn) => [txn.id, txn]));
    const get = (id: string) => {
      const txn = known.get(id);
      return type === undefined || txn?.type === type ? txn : undefined;
    };
    const { data, more } = page([...known.keys()], get, form);
    const expanded = list(form, 'expand').includes('data.source');
    const shapes = data.map((txn) => txnShape(txn, expanded ? this.sourceOf(txn) : undefined));
    return json(200, listShape('/v1/balance_transactions', shapes, more));
  }

  private txnsOf(source: string): Txn[] {
    const { txnsByCharge, refunds, disputes } = this.state;
    const ids = txnsByCharge.get(source) ?? disputes.get(source)?.txns ?? [refunds.get(source)?.txn ?? ''];
    return ids.flatMap((id) => this.state.txns.get(id) ?? []).filter((txn) => txn.source === source);
  }

  private sourceOf(txn: Txn) {
    const { charges, refunds, disputes } = this.state;
    const [charge, refund, dispute] = [charges.get(txn.source), refunds.get(txn.source), disputes.get(txn.source)];
    return charge ? chargeShape(charge) : refund ? refundShape(refund) : dispute ? disputeShape(dispute, this.state) : undefined;
  }

  private disputes(form: Form): SimReply {
    const intent = text(form, 'payment_intent');
    const ids = [...this.state.disputes.values()].filter((one) => intent === undefined || one.intent === intent);
    const { data, more } = page(
      ids.map(({ id }) => id),
      (id) => this.state.disputes.get(id),
      form,
    );
    return json(
      200,
      listShape(
        '/v1/disputes',
        data.map((one) => disputeShape(one, this.state)),
        more,
      ),
    );
  }

  private dispute(id: string): SimReply {
    const dispute = this.state.disputes.get(id);
    if (dispute === undefined) throw missing('dispute', id, 'id');
    return json(200, disputeShape(dispute, this.state));
  }

  private txn(id: string): SimReply {
    const txn = this.state.txns.get(id);
    if (txn === undefined) throw missing('balance transaction', id, 'id');
    return json(200, txnShape(txn));
  }

  private events(form: Form): SimReply {
    const type = text(form, 'type');
    const get = (id: string) => {
      const event = this.state.events.get(id);
      return type === undefined || event?.type === type ? event : undefined;
    };
    const { data, more } = page([...this.state.events.keys()], get, form);
    const shapes = data.map((event) => eventShape(event, this.state, this.challengeUrl));
    return json(200, listShape('/v1/events', shapes, more));
  }

  private event(id: string): SimReply {
    const event = this.state.events.get(id);
    if (event === undefined) throw missing('event', id, 'id');
    return json(200, eventShape(event, this.state, this.challengeUrl));
  }
}
