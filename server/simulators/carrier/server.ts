import { z } from 'zod';
import { SimClock } from '../clock.ts';
import { decodeForm, text } from '../form.ts';
import { json, type SimReply, type SimRequest } from '../http.ts';
import { type KeyedOptions, KeyedSimulator, type RunningSimulator, readJson } from '../keyed-simulator.ts';
import { refuse, type Written } from '../keyed-writes.ts';
import type { Faults } from '../switches.ts';
import { labelPdf } from './label.ts';
import { claimShape, createManifest, fileClaim, manifestShape } from './paperwork.ts';
import {
  type CarrierEvent,
  type CarrierLogEntry,
  type CarrierObject,
  type CarrierRecord,
  type CarrierSettings,
  CarrierState,
  newCarrierId,
  newTrackingNumber,
  PARCEL_STATUSES,
  type Parcel,
  type ParcelEvent,
  type ParcelStatus,
  type Proof,
  type SimClaim,
} from './state.ts';

export interface CarrierOptions extends KeyedOptions {
  /** How browsers reach it, for label files; the listener's own address where absent. */
  readonly publicUrl?: string | undefined;
}
export type CarrierSimulator = RunningSimulator<CarrierState>;

const PROGRESS_MS = 500;
const PUBLIC_LABEL = /^\/labels\/(shp_[0-9a-f]+)\.pdf$/;
const ADVANCE = /^\/_sim\/shipments\/([A-Za-z0-9_]+)\/advance$/;
const ANSWER = /^\/_sim\/claims\/([A-Za-z0-9_-]+)\/answer$/;

const address = z.object({
  name: z.string().optional(),
  line1: z.string().optional(),
  line2: z.string().optional(),
  city: z.string().optional(),
  region: z.string().optional(),
  postal_code: z.string().optional(),
  country: z.string().optional(),
});
const labelInput = z.object({
  client_reference: z.string().min(1),
  shipment_id: z.string().min(1),
  box_id: z.string().min(1).optional(),
  service: z.string().default('standard'),
  from: address,
  to: address,
  weight_grams: z.int().min(0),
});
const settingsInput = z.strictObject({
  auto_progress: z.boolean().optional(),
  auto_progress_since: z.number().min(0).optional(),
  in_transit_after_ms: z.number().min(0).optional(),
  delivered_after_ms: z.number().min(0).optional(),
  exception_rate: z.number().min(0).max(1).optional(),
  lost_rate: z.number().min(0).max(1).optional(),
  return_rate: z.number().min(0).max(1).optional(),
  auto_answer: z.boolean().optional(),
  answer_after_ms: z.number().min(0).optional(),
  reject_rate: z.number().min(0).max(1).optional(),
});
const advanceInput = z.strictObject({
  to: z.enum(PARCEL_STATUSES).exclude(['created', 'voided']).optional(),
  detail: z.string().optional(),
  /** When it happened, in milliseconds since 1970; now unless said. */
  at: z.number().optional(),
  proof: z
    .strictObject({
      name: z.string().optional(),
      place: z.string().optional(),
      signature: z.string().optional(),
      picture: z.string().optional(),
    })
    .optional(),
});
const answerInput = z.strictObject({
  to: z.enum(['accepted', 'rejected', 'paid']),
  amount: z.int().min(0).optional(),
  note: z.string().optional(),
});

const NEXT: Readonly<Record<ParcelStatus, ParcelStatus | null>> = {
  created: 'in_transit',
  in_transit: 'delivered',
  exception: 'in_transit',
  delivered: null,
  voided: null,
  lost: null,
  damaged: 'returning',
  returning: 'returned',
  returned: null,
};
/** What a parcel of the simulator's own meets with on its way. */
type Fate = { readonly status: ParcelStatus; readonly detail: string | null };

/** A parcel carrier: labels, voids, tracking, and messages. */
class Carrier extends KeyedSimulator<CarrierObject, CarrierSettings, CarrierEvent, CarrierLogEntry, CarrierState> {
  private publicUrl: string;

  constructor(options: CarrierOptions) {
    const state = new CarrierState(new SimClock());
    super(options, {
      name: 'carrier',
      state,
      writes: ['label', 'void', 'manifest', 'claim'],
      settings: settingsInput,
      progressMs: PROGRESS_MS,
    });
    this.publicUrl = options.publicUrl ?? '';
  }

  protected override begin(url: string): void {
    this.publicUrl ||= url;
  }

  protected override open(request: SimRequest): SimReply | undefined {
    const label = PUBLIC_LABEL.exec(request.path);
    return label === null ? undefined : this.labelFile(label[1] ?? '');
  }

  protected answer(request: SimRequest): SimReply | Promise<SimReply> {
    const [, , noun, id, verb] = request.path.split('/');
    if (noun === 'manifests' || noun === 'claims') return this.office(noun, id, request);
    if (!request.path.startsWith('/v1/labels') || noun !== 'labels') return refuse(404, 'not_found', 'There is no such address.');
    if (request.method === 'GET') return this.read(id, request);
    if (request.method === 'POST' && id === undefined)
      return this.write({ kind: 'label', request, run: (faults, key) => this.create(request, faults, key) });
    if (request.method === 'POST' && verb === 'void')
      return this.write({ kind: 'void', request, run: (_faults, key) => this.voidLabel(id ?? '', key) });
    return refuse(404, 'not_found', 'There is no such address.');
  }

  /** Moves parcels on whose time has come, where that is switched on. */
  protected async progress(): Promise<void> {
    const {
      auto_progress: on,
      auto_progress_since: since,
      in_transit_after_ms: first,
      delivered_after_ms: second,
    } = this.state.settings;
    const now = this.clock.now();
    await this.answerClaims(now);
    if (!on) return;
    for (const id of [...this.state.moving]) {
      const parcel = this.state.parcels.get(id);
      if (parcel === undefined || parcel.created_at < since) continue;
      const age = now - parcel.created_at;
      if (parcel.status === 'created' && age >= first) await this.move(parcel, 'in_transit', null);
      else if (parcel.status === 'in_transit' && age >= second) {
        const { status, detail } = this.fate();
        await this.move(parcel, status, detail);
      } else if (parcel.status === 'returning' && now - parcel.updated_at >= first) await this.move(parcel, 'returned', null);
    }
  }

  private fate(): Fate {
    const { exception_rate: exception, lost_rate: lost, return_rate: back } = this.state.settings;
    const dice = Math.random();
    if (dice < exception) return { status: 'exception', detail: 'The address could not be found.' };
    if (dice < exception + lost) return { status: 'lost', detail: 'The parcel cannot be found.' };
    if (dice < exception + lost + back) return { status: 'returning', detail: 'Nobody collected the parcel.' };
    return { status: 'delivered', detail: null };
  }

  /** Answers claims and pays those that were accepted, where that is switched on. */
  private async answerClaims(now: number): Promise<void> {
    const { auto_answer: on, answer_after_ms: after, reject_rate: rate } = this.state.settings;
    if (!on) return;
    for (const id of [...this.state.moving]) {
      const claim = this.state.claims.get(id);
      if (claim === undefined || now - claim.updated_at < after) continue;
      const rejects = claim.status === 'filed' && Math.random() < rate;
      await this.decide(claim, claim.status === 'accepted' ? 'paid' : rejects ? 'rejected' : 'accepted', claim.amount, null);
    }
  }

  /** Manifests and claims. */
  private async office(noun: 'manifests' | 'claims', id: string | undefined, request: SimRequest): Promise<SimReply> {
    const logged = (kind: 'manifest' | 'claim', ref: string, shipment: string, key: string | null): CarrierRecord =>
      this.entry(kind, ref, shipment, key);
    if (request.method === 'POST' && id === undefined)
      return noun === 'manifests'
        ? this.write({
            kind: 'manifest',
            request,
            run: (faults, key) => createManifest(this.state, request, faults, key, logged),
          })
        : this.write({ kind: 'claim', request, run: (faults, key) => fileClaim(this.state, request, faults, key, logged) });
    if (request.method !== 'GET' || id !== undefined) return refuse(404, 'not_found', 'There is no such address.');
    const refused = await this.beforeReading();
    if (refused !== undefined) return refused;
    const paper = this.state.paperwork.get(text(decodeForm(request.query), 'client_reference') ?? '');
    const own = paper !== undefined && 'parcels' in paper === (noun === 'manifests') ? paper : undefined;
    if (own === undefined) return json(200, { data: [] });
    return json(200, { data: ['parcels' in own ? manifestShape(own) : claimShape(own)] });
  }

  private async decide(claim: SimClaim, status: SimClaim['status'], amount: number, note: string | null): Promise<SimClaim> {
    const at = this.clock.now();
    const decided: SimClaim = { ...claim, status, amount, note: note ?? claim.note, updated_at: at };
    const event: CarrierEvent = { id: newCarrierId('msg'), type: `claim.${status}`, claim: claim.id, status, amount, note, at };
    const shipment = this.state.parcels.get(claim.parcel)?.shipment_id ?? '';
    await this.commit([['claim', decided], ['event', event], this.entry(`claim_${status}`, claim.id, shipment, null)]);
    this.send(event);
    return decided;
  }

  private create(request: SimRequest, faults: Faults, key: string | null): Written<CarrierRecord> {
    const parsed = labelInput.safeParse(readJson(request.body));
    if (!parsed.success) return { reply: refuse(400, 'invalid', z.prettifyError(parsed.error)), records: [] };
    if (faults.decline !== undefined) {
      this.count('refused');
      return { reply: refuse(422, 'address_not_served', 'This carrier does not deliver to that address.'), records: [] };
    }
    const now = this.clock.now();
    const parcel: Parcel = {
      ...parsed.data,
      id: newCarrierId('shp'),
      tracking_number: newTrackingNumber(),
      status: 'created',
      created_at: now,
      updated_at: now,
    };
    return { reply: json(200, this.shape(parcel)), records: [['parcel', parcel], this.logged('label', parcel, key)] };
  }

  private voidLabel(id: string, key: string | null): Written<CarrierRecord> {
    const parcel = this.state.parcels.get(id);
    if (parcel === undefined) return { reply: refuse(404, 'not_found', 'There is no such label.'), records: [] };
    if (parcel.status === 'voided') return { reply: json(200, this.shape(parcel)), records: [] };
    if (parcel.status !== 'created')
      return { reply: refuse(409, 'already_moving', `The parcel is ${parcel.status} already.`), records: [] };
    const voided: Parcel = { ...parcel, status: 'voided', updated_at: this.clock.now() };
    return { reply: json(200, this.shape(voided)), records: [['parcel', voided], this.logged('voided', voided, key)] };
  }

  private async read(id: string | undefined, request: SimRequest): Promise<SimReply> {
    const refused = await this.beforeReading();
    if (refused !== undefined) return refused;
    if (id === undefined) {
      const reference = text(decodeForm(request.query), 'client_reference') ?? '';
      const found = this.state.parcels.get(this.state.byReference.get(reference) ?? '');
      return json(200, { data: found === undefined ? [] : [this.shape(found)] });
    }
    const parcel = this.state.parcels.get(id) ?? this.state.parcels.get(this.state.byTracking.get(id) ?? '');
    return parcel === undefined ? refuse(404, 'not_found', 'There is no such label.') : json(200, this.shape(parcel));
  }

  protected async extra(request: SimRequest): Promise<SimReply | undefined> {
    if (request.path === '/_sim/log' && request.method === 'GET') {
      const shipment = text(decodeForm(request.query), 'shipment_id');
      return json(200, { data: this.state.log.filter((entry) => shipment === undefined || entry.shipment_id === shipment) });
    }
    const claimed = ANSWER.exec(request.path);
    if (claimed !== null && request.method === 'POST') return this.answerClaim(claimed[1] ?? '', request);
    const match = ADVANCE.exec(request.path);
    if (match === null || request.method !== 'POST') return undefined;
    const ref = match[1] ?? '';
    const parcel = this.state.parcels.get(ref) ?? this.state.parcels.get(this.state.byTracking.get(ref) ?? '');
    if (parcel === undefined) return refuse(404, 'not_found', 'There is no such parcel.');
    const { to, detail, at, proof } = advanceInput.parse(readJson(request.body === '' ? '{}' : request.body));
    const next = to ?? NEXT[parcel.status];
    if (next === null || parcel.status === 'voided')
      return refuse(409, 'at_the_end', `The parcel is ${parcel.status}: it goes nowhere.`);
    return json(200, this.shape(await this.move(parcel, next, detail ?? null, { at, proof })));
  }

  /** By its own id or by the caller's. */
  private async answerClaim(ref: string, request: SimRequest): Promise<SimReply> {
    const paper = this.state.claims.get(ref) ?? this.state.paperwork.get(ref);
    if (paper === undefined || 'parcels' in paper) return refuse(404, 'not_found', 'There is no such claim.');
    const { to, amount, note } = answerInput.parse(readJson(request.body));
    return json(200, claimShape(await this.decide(paper, to, amount ?? paper.amount, note ?? null)));
  }

  private async move(
    parcel: Parcel,
    status: ParcelStatus,
    detail: string | null,
    said: { readonly at?: number | undefined; readonly proof?: Proof | undefined } = {},
  ): Promise<Parcel> {
    const at = said.at ?? this.clock.now();
    const moved: Parcel = { ...parcel, status, updated_at: at };
    const proof = said.proof ?? (status === 'delivered' ? proofOf(parcel) : undefined);
    const type = `parcel.${status}` as const;
    const event: ParcelEvent = { id: newCarrierId('msg'), type, parcel: parcel.id, status, detail, at, proof };
    await this.commit([['parcel', moved], ['event', event], this.logged(status, moved, null)]);
    this.send(event);
    return moved;
  }

  private logged(kind: 'label' | ParcelStatus, parcel: Parcel, key: string | null): CarrierRecord {
    return this.entry(kind, parcel.id, parcel.shipment_id, key);
  }

  private entry(kind: CarrierLogEntry['kind'], ref: string, shipment: string, key: string | null): CarrierRecord {
    const seq = this.state.log.length + 1;
    return ['log', { seq, at: this.clock.now(), kind, carrier_ref: ref, shipment_id: shipment, idempotency_key: key }];
  }

  protected message(event: CarrierEvent) {
    const { type, at, status } = event;
    const occurred_at = new Date(at).toISOString();
    if ('claim' in event) {
      const claim = this.state.claims.get(event.claim);
      if (claim === undefined) return null;
      return { type, at, data: { ...claimShape(claim), status, amount: event.amount, note: event.note, occurred_at } };
    }
    const parcel = this.state.parcels.get(event.parcel);
    if (parcel === undefined) return null;
    const { id, tracking_number, shipment_id, box_id = null } = parcel;
    const { detail, proof = null } = event;
    return { type, at, data: { id, tracking_number, shipment_id, box_id, status, detail, proof, occurred_at } };
  }

  private labelFile(id: string): SimReply {
    const parcel = this.state.parcels.get(id);
    if (parcel === undefined) return refuse(404, 'not_found', 'There is no such label.');
    return { status: 200, body: labelPdf(parcel), headers: { 'content-type': 'application/pdf' } };
  }

  private shape(parcel: Parcel): Record<string, unknown> {
    const events = this.state.eventsOf.get(parcel.id) ?? [];
    return {
      id: parcel.id,
      tracking_number: parcel.tracking_number,
      client_reference: parcel.client_reference,
      shipment_id: parcel.shipment_id,
      box_id: parcel.box_id ?? null,
      service: parcel.service,
      weight_grams: parcel.weight_grams,
      status: parcel.status,
      label_url: `${this.publicUrl}/labels/${parcel.id}.pdf`,
      created_at: new Date(parcel.created_at).toISOString(),
      updated_at: new Date(parcel.updated_at).toISOString(),
      events: events.map(({ status, detail, at }) => ({ status, detail, occurred_at: new Date(at).toISOString() })),
    };
  }
}

/** What a driver writes down at the door. */
function proofOf(parcel: Parcel): Proof {
  return {
    name: parcel.to.name ?? 'The recipient',
    place: 'At the door',
    signature: `sig_${parcel.id.slice(4, 16)}`,
    picture: `pic_${parcel.id.slice(4, 16)}`,
  };
}

/** Starts the carrier and its control listener. */
export function startCarrierSimulator(options: CarrierOptions): Promise<CarrierSimulator> {
  return new Carrier(options).start();
}
