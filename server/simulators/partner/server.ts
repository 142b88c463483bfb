import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { SimClock } from '../clock.ts';
import { decodeForm, text } from '../form.ts';
import { json, type SimReply, type SimRequest } from '../http.ts';
import { type KeyedOptions, KeyedSimulator, type RunningSimulator, readJson } from '../keyed-simulator.ts';
import { refuse, type Written } from '../keyed-writes.ts';
import type { Faults } from '../switches.ts';
import {
  ANSWERS,
  type Answer,
  type AskedRequest,
  newPartnerId,
  type PartnerEvent,
  type PartnerLogEntry,
  type PartnerRecord,
  type PartnerSettings,
  PartnerState,
  type SentParcel,
  TRACKED,
  type Tracked,
} from './state.ts';

export interface PartnerOptions extends KeyedOptions {
  /** What it is called: the name of its journal and of its control page. */
  readonly name: 'third_party' | 'drop_shipper';
}
export type PartnerSimulator = RunningSimulator<PartnerState>;

const PROGRESS_MS = 250;
const ACT = /^\/_sim\/requests\/([A-Za-z0-9_-]+)\/(answer|ship|track)$/;

const requestInput = z.object({
  reference: z.string().min(1),
  order_number: z.string().min(1),
  lines: z.array(z.object({ reference: z.string().min(1), sku: z.string().min(1), quantity: z.int().min(1) })).min(1),
  ship_to: z.record(z.string(), z.string()),
});
const settingsInput = z.strictObject({
  answer: z.enum(ANSWERS).optional(),
  answer_after_ms: z.number().min(0).optional(),
  auto_ship: z.boolean().optional(),
  ship_after_ms: z.number().min(0).optional(),
  parcels: z.int().min(1).max(5).optional(),
  in_transit_after_ms: z.number().min(0).optional(),
  delivered_after_ms: z.number().min(0).optional(),
});
const answerInput = z.strictObject({ as: z.enum(ANSWERS).exclude(['silent']) });
const shipInput = z.strictObject({ units: z.int().min(1).optional() });
const trackInput = z.strictObject({ to: z.enum(TRACKED).exclude(['shipped']) });

const WHY = 'The goods are not on the shelf.';

/** Somebody who keeps goods and sends them on request: a logistics company or a drop shipper. */
class Partner extends KeyedSimulator<
  readonly ['request', AskedRequest],
  PartnerSettings,
  PartnerEvent,
  PartnerLogEntry,
  PartnerState
> {
  constructor({ name, ...options }: PartnerOptions) {
    const state = new PartnerState(new SimClock());
    super(options, { name, state, writes: ['request', 'cancel'], settings: settingsInput, progressMs: PROGRESS_MS });
  }

  protected answer(request: SimRequest): SimReply | Promise<SimReply> {
    const [, , noun, id, verb] = request.path.split('/');
    if (!request.path.startsWith('/v1/') || noun !== 'requests') return refuse(404, 'not_found', 'There is no such address.');
    if (request.method === 'GET') return this.read(id, request);
    if (request.method === 'POST' && id === undefined)
      return this.write({ kind: 'request', request, run: (faults, key) => this.take(request, faults, key) });
    if (request.method === 'POST' && verb === 'cancel')
      return this.write({ kind: 'cancel', request, run: () => this.cancel(id ?? '') });
    return refuse(404, 'not_found', 'There is no such address.');
  }

  private take(request: SimRequest, faults: Faults, key: string | null): Written<PartnerRecord> {
    const parsed = requestInput.safeParse(readJson(request.body));
    if (!parsed.success) return { reply: refuse(400, 'invalid', z.prettifyError(parsed.error)), records: [] };
    const { reference, order_number, lines } = parsed.data;
    if (key !== null && key !== reference)
      return { reply: refuse(400, 'invalid', 'The Idempotency-Key is the reference.'), records: [] };
    const known = this.state.requests.get(reference);
    if (known !== undefined) return { reply: json(200, shape(known)), records: [] };
    if (faults.decline !== undefined) {
      this.count('refused');
      return { reply: refuse(422, 'not_served', 'We send nothing to that address.'), records: [] };
    }
    const now = this.clock.now();
    const asked: AskedRequest = {
      id: newPartnerId('ful'),
      reference,
      order_number,
      lines: lines.map((line) => ({ ...line, accepted: null })),
      status: 'received',
      reason: null,
      parcels: [],
      created_at: now,
      updated_at: now,
    };
    const { answer, answer_after_ms: after } = this.state.settings;
    // An answer that is due at once is in the reply already; the message says the same.
    const records: PartnerRecord[] = [this.logged('asked', asked, 0)];
    if (after > 0 || answer === 'silent') return { reply: json(200, shape(asked)), records: [['request', asked], ...records] };
    const decided = answered(asked, answer, now);
    const event = eventOf(decided, null, now);
    queueMicrotask(() => this.send(event));
    records.push(['request', decided], ['event', event], this.logged(decided.status, decided, 1));
    return { reply: json(200, shape(decided)), records };
  }

  private cancel(ref: string): Written<PartnerRecord> {
    const request = this.state.find(ref);
    if (request === undefined) return { reply: refuse(404, 'not_found', 'There is no such request.'), records: [] };
    if (!['received', 'accepted'].includes(request.status)) return { reply: json(200, shape(request)), records: [] };
    const now = this.clock.now();
    const cancelled: AskedRequest = { ...request, status: 'cancelled', updated_at: now };
    const event = eventOf(cancelled, null, now);
    queueMicrotask(() => this.send(event));
    const records: PartnerRecord[] = [['request', cancelled], ['event', event], this.logged('cancelled', cancelled, 0)];
    return { reply: json(200, shape(cancelled)), records };
  }

  private async read(id: string | undefined, request: SimRequest): Promise<SimReply> {
    const refused = await this.beforeReading();
    if (refused !== undefined) return refused;
    if (id === undefined) {
      const found = this.state.requests.get(text(decodeForm(request.query), 'reference') ?? '');
      return json(200, { data: found === undefined ? [] : [shape(found)] });
    }
    const found = this.state.find(id);
    return found === undefined ? refuse(404, 'not_found', 'There is no such request.') : json(200, shape(found));
  }

  /** Answers, sends and moves on what is due. */
  protected async progress(): Promise<void> {
    const now = this.clock.now();
    const { settings } = this.state;
    for (const reference of [...this.state.moving]) {
      const request = this.state.requests.get(reference);
      if (request === undefined) continue;
      const waited = now - request.updated_at;
      if (request.status === 'received' && settings.answer !== 'silent' && now - request.created_at >= settings.answer_after_ms)
        await this.change(answered(request, settings.answer, now), null);
      else if (request.status === 'accepted' && settings.auto_ship && waited >= settings.ship_after_ms)
        await this.ship(request, undefined);
      else if (settings.auto_ship) await this.travel(request, now);
    }
  }

  private async travel(request: AskedRequest, now: number): Promise<void> {
    const { in_transit_after_ms: first, delivered_after_ms: second } = this.state.settings;
    for (const parcel of request.parcels) {
      const age = now - parcel.shipped_at;
      if (parcel.status === 'shipped' && age >= first) await this.track(request.reference, parcel.id, 'in_transit');
      else if (parcel.status === 'in_transit' && age >= second) await this.track(request.reference, parcel.id, 'delivered');
    }
  }

  private async track(reference: string, parcelId: string, to: Tracked): Promise<void> {
    const request = this.state.requests.get(reference);
    const parcel = request?.parcels.find(({ id }) => id === parcelId);
    if (request === undefined || parcel === undefined) return;
    const moved = { ...parcel, status: to };
    const parcels = request.parcels.map((one) => (one.id === parcelId ? moved : one));
    await this.change({ ...request, parcels, updated_at: this.clock.now() }, moved);
  }

  /** Sends what was accepted and has not left: all of it, or so many units. */
  private async ship(request: AskedRequest, units: number | undefined): Promise<AskedRequest> {
    const now = this.clock.now();
    const left = leftOf(request);
    const total = left.reduce((sum, line) => sum + line.quantity, 0);
    const wanted = Math.min(units ?? total, total);
    const count = units === undefined ? Math.min(this.state.settings.parcels, wanted) : 1;
    const parcels = [...request.parcels];
    let rest = left;
    for (let at = 0; at < count; at++) {
      const size = Math.ceil((wanted - Math.ceil((wanted * at) / count)) / (count - at));
      const [lines, after] = takeFrom(rest, size);
      rest = after;
      parcels.push(newParcel(lines, now));
    }
    const done = rest.length === 0;
    const sent: AskedRequest = { ...request, parcels, status: done ? 'shipped' : request.status, updated_at: now };
    await this.change(sent, null, 'shipped');
    return sent;
  }

  private async change(request: AskedRequest, parcel: SentParcel | null, kind = request.status as string): Promise<void> {
    const event = eventOf(request, parcel, request.updated_at, kind);
    await this.commit([['request', request], ['event', event], this.logged(parcel?.status ?? kind, request, 0)]);
    this.send(event);
  }

  protected async extra(request: SimRequest): Promise<SimReply | undefined> {
    if (request.path === '/_sim/log' && request.method === 'GET') {
      const reference = text(decodeForm(request.query), 'reference');
      return json(200, { data: this.state.log.filter((entry) => reference === undefined || entry.reference === reference) });
    }
    const match = ACT.exec(request.path);
    if (match === null || request.method !== 'POST') return undefined;
    const found = this.state.find(match[1] ?? '');
    if (found === undefined) return refuse(404, 'not_found', 'There is no such request.');
    const body = readJson(request.body === '' ? '{}' : request.body);
    const now = this.clock.now();
    if (match[2] === 'answer') {
      const { as } = answerInput.parse(body);
      if (found.status !== 'received') return refuse(409, 'at_the_end', `The request is ${found.status} already.`);
      await this.change(answered(found, as, now), null);
    } else if (match[2] === 'ship') {
      const { units } = shipInput.parse(body);
      if (found.status !== 'accepted') return refuse(409, 'at_the_end', `The request is ${found.status}: nothing can be sent.`);
      await this.ship(found, units);
    } else {
      const { to } = trackInput.parse(body);
      if (found.parcels.length === 0) return refuse(409, 'at_the_end', 'Nothing of it was sent yet.');
      for (const parcel of found.parcels) await this.track(found.reference, parcel.id, to);
    }
    return json(200, shape(this.state.requests.get(found.reference) ?? found));
  }

  private logged(kind: string, { id, reference, order_number }: AskedRequest, behind: number): PartnerRecord {
    const seq = this.state.log.length + 1 + behind;
    return ['log', { seq, at: this.clock.now(), kind, partner_ref: id, reference, order_number }];
  }

  protected message({ type, at, reference, status, parcel }: PartnerEvent) {
    return { type, at, data: { reference, status, parcel } };
  }
}

function answered(request: AskedRequest, answer: Exclude<Answer, 'silent'>, now: number): AskedRequest {
  if (answer === 'reject') {
    const lines = request.lines.map((line) => ({ ...line, accepted: 0 }));
    return { ...request, lines, status: 'rejected', reason: WHY, updated_at: now };
  }
  const total = request.lines.reduce((sum, line) => sum + line.quantity, 0);
  // A partial answer leaves at least one unit out, and where there are two or more takes at least one.
  let left = answer === 'partial' ? Math.floor(total / 2) : total;
  const lines = request.lines.map((line) => {
    const accepted = Math.min(line.quantity, left);
    left -= accepted;
    return { ...line, accepted };
  });
  const none = lines.every((line) => line.accepted === 0);
  const reason = answer === 'partial' ? WHY : null;
  return { ...request, lines, status: none ? 'rejected' : 'accepted', reason, updated_at: now };
}

interface Left {
  readonly reference: string;
  readonly quantity: number;
}

/** What was accepted and is in no parcel yet. */
function leftOf(request: AskedRequest): Left[] {
  return request.lines.flatMap(({ reference, accepted }) => {
    const sent = request.parcels.flatMap(({ lines }) => lines).filter((line) => line.reference === reference);
    const quantity = (accepted ?? 0) - sent.reduce((sum, line) => sum + line.quantity, 0);
    return quantity > 0 ? [{ reference, quantity }] : [];
  });
}

function takeFrom(lines: readonly Left[], units: number): [Left[], Left[]] {
  const taken: Left[] = [];
  const rest: Left[] = [];
  let wanted = units;
  for (const { reference, quantity } of lines) {
    const size = Math.min(quantity, wanted);
    wanted -= size;
    if (size > 0) taken.push({ reference, quantity: size });
    if (size < quantity) rest.push({ reference, quantity: quantity - size });
  }
  return [taken, rest];
}

/** PX, eleven digits: not our carrier's. */
const newTracking = (): string => `PX${String(randomBytes(6).readUIntBE(0, 6) % 100_000_000_000).padStart(11, '0')}`;

function newParcel(lines: readonly Left[], now: number): SentParcel {
  return {
    id: newPartnerId('pcl'),
    carrier: 'partner-post',
    tracking_number: newTracking(),
    status: 'shipped',
    lines,
    shipped_at: now,
  };
}

function eventOf(request: AskedRequest, parcel: SentParcel | null, at: number, kind: string = request.status): PartnerEvent {
  return {
    id: newPartnerId('msg'),
    type: parcel === null ? `request.${kind}` : `parcel.${parcel.status}`,
    reference: request.reference,
    status: request.status,
    parcel: parcel && { id: parcel.id, tracking_number: parcel.tracking_number, status: parcel.status },
    at,
  };
}

function shape(request: AskedRequest): Record<string, unknown> {
  const { id, reference, order_number, status, reason, lines, parcels } = request;
  return {
    id,
    reference,
    order_number,
    status,
    reason,
    lines,
    parcels: parcels.map(({ shipped_at, ...parcel }) => ({ ...parcel, shipped_at: new Date(shipped_at).toISOString() })),
    created_at: new Date(request.created_at).toISOString(),
    updated_at: new Date(request.updated_at).toISOString(),
  };
}

/** Starts a partner and its control listener. */
export function startPartnerSimulator(options: PartnerOptions): Promise<PartnerSimulator> {
  return new Partner(options).start();
}
