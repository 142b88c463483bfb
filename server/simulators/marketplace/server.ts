import { z } from 'zod';
import { SimClock } from '../clock.ts';
import { decodeForm, text } from '../form.ts';
import { json, type SimReply, type SimRequest } from '../http.ts';
import { type KeyedOptions, KeyedSimulator, type RunningSimulator, readJson } from '../keyed-simulator.ts';
import { refuse, type Written } from '../keyed-writes.ts';
import { isSigned } from '../standard-webhooks.ts';
import {
  type LateItem,
  type MarketplaceEvent,
  type MarketplaceLogEntry,
  type MarketplaceRecord,
  type MarketplaceSettings,
  MarketplaceState,
  newMarketplaceId,
  type SimListing,
} from './state.ts';

/** Every call is signed with this secret, both ways; there is no key beside it. */
export type MarketplaceOptions = Omit<KeyedOptions, 'apiKey'>;
export type MarketplaceSimulator = RunningSimulator<MarketplaceState>;

const PROGRESS_MS = 50;
const LISTING = /^\/_sim\/listings\/([^/]+)\/(drift|sell|remove)$/;
const MOST_ITEMS = 1_000;

const stockInput = z.object({
  connection: z.uuid(),
  items: z
    .array(z.object({ listing_id: z.string().min(1), quantity: z.int().min(0), version: z.int().min(0) }))
    .min(1)
    .max(MOST_ITEMS),
});
const settingsInput = z.strictObject({
  auto_list: z.boolean().optional(),
  apply_after_ms: z.number().min(0).optional(),
  shuffle: z.boolean().optional(),
});
const whose = { connection: z.uuid().optional() };
const driftInput = z.strictObject({ ...whose, by: z.int().optional(), to_version: z.int().min(0).optional() });
const sellInput = z.strictObject({ ...whose, units: z.int().min(1).default(1) });
const reportInput = z.strictObject({ connection: z.uuid() });
const cancelLines = z.array(z.strictObject({ sku: z.string().min(1), quantity: z.int().min(1) })).min(1);
const cancelInput = z.strictObject({ connection: z.uuid(), order: z.string().min(1), lines: cancelLines.optional() });
const cancellationInput = z.object({
  ...{ connection: z.uuid(), order: z.string(), request: z.string(), message: z.string() },
  outcome: z.enum(['accepted', 'pending', 'refused']),
});

type Item = z.infer<typeof stockInput>['items'][number];
type Outcome = 'applied' | 'stale' | 'unknown';

/** Somebody who sells what others have: keeps a quantity and its version per listing, and never takes an older one for a newer one. */
class Marketplace extends KeyedSimulator<
  Exclude<MarketplaceRecord, readonly ['event' | 'log' | 'reply' | 'settings' | 'sent', unknown]>,
  MarketplaceSettings,
  MarketplaceEvent,
  MarketplaceLogEntry,
  MarketplaceState
> {
  private readonly secret: string;

  constructor(options: MarketplaceOptions) {
    const state = new MarketplaceState(new SimClock());
    const kind = {
      name: 'marketplace',
      state,
      writes: ['stock', 'cancellation'],
      settings: settingsInput,
      progressMs: PROGRESS_MS,
    };
    super({ ...options, apiKey: '' }, kind);
    this.secret = options.webhookSecret;
  }

  protected override admits(request: SimRequest): boolean {
    return isSigned(request.headers, request.body, this.secret);
  }

  protected answer(request: SimRequest): SimReply | Promise<SimReply> {
    if (request.method === 'POST' && request.path === '/v1/stock')
      return this.write({ kind: 'stock', request, run: (faults, key) => this.take(request, faults.decline !== undefined, key) });
    if (request.method === 'POST' && request.path === '/v1/cancellations')
      return this.write({ kind: 'cancellation', request, run: () => this.hear(request) });
    if (request.method === 'GET' && request.path === '/v1/listings') return this.read(request);
    return refuse(404, 'not_found', 'There is no such address.');
  }

  private take(request: SimRequest, declined: boolean, key: string | null): Written<MarketplaceRecord> {
    const parsed = stockInput.safeParse(readJson(request.body));
    if (!parsed.success) return { reply: refuse(400, 'invalid', z.prettifyError(parsed.error)), records: [] };
    if (declined) {
      this.count('refused');
      return { reply: refuse(422, 'not_taken', 'The stock of this shop is closed for the moment.'), records: [] };
    }
    const { connection, items } = parsed.data;
    const records: MarketplaceRecord[] = [];
    const said = items.map((item) => ({ listing_id: item.listing_id, outcome: this.takeItem(connection, item, records) }));
    const stale = said.filter(({ outcome }) => outcome === 'stale').length;
    records.push(this.logged('stock', key ?? connection, items.length, stale));
    return { reply: json(200, { items: said }), records };
  }

  private hear(request: SimRequest): Written<MarketplaceRecord> {
    const parsed = cancellationInput.safeParse(readJson(request.body));
    if (!parsed.success) return { reply: refuse(400, 'invalid', z.prettifyError(parsed.error)), records: [] };
    return { reply: json(200, {}), records: [['cancellation', parsed.data]] };
  }

  private takeItem(connection: string, item: Item, records: MarketplaceRecord[]): Outcome {
    const { apply_after_ms: after, auto_list: lists } = this.state.settings;
    const known = this.state.find(item.listing_id, connection);
    if (known === undefined && !lists) return 'unknown';
    if (known !== undefined && known.version > item.version) return 'stale';
    if (after > 0) {
      const wait = this.state.settings.shuffle ? Math.random() * after : after;
      records.push(['late', { ...item, id: newMarketplaceId('late'), connection, due_at: this.clock.now() + wait }]);
    } else records.push(['listing', { ...item, connection, sold: 0 }]);
    return 'applied';
  }

  private async read(request: SimRequest): Promise<SimReply> {
    const refused = await this.beforeReading();
    if (refused !== undefined) return refused;
    const connection = text(decodeForm(request.query), 'connection') ?? '';
    return json(200, { data: this.state.ofConnection(connection).map(shape) });
  }

  /** Applies what it took for later, unless something newer was there first. */
  protected async progress(): Promise<void> {
    const now = this.clock.now();
    const due = [...this.state.late.values()].filter((item) => item.due_at <= now).sort((a, b) => a.due_at - b.due_at);
    for (const item of due) await this.applyLate(item);
  }

  private applyLate({ id, connection, listing_id, quantity, version }: LateItem): Promise<void> {
    const known = this.state.find(listing_id, connection);
    const records: MarketplaceRecord[] = [['applied', id]];
    if (known === undefined || known.version <= version)
      records.push(['listing', { connection, listing_id, quantity, version, sold: 0 }]);
    return this.commit(records);
  }

  protected async extra(request: SimRequest): Promise<SimReply | undefined> {
    if (request.path === '/_sim/cancellations' && request.method === 'GET') return json(200, { data: this.state.cancellations });
    if (request.path === '/_sim/listings' && request.method === 'GET') {
      const connection = text(decodeForm(request.query), 'connection');
      const all = connection === undefined ? [...this.state.listings.values()] : this.state.ofConnection(connection);
      return json(200, { data: all });
    }
    if (request.method !== 'POST') return undefined;
    const body = readJson(request.body === '' ? '{}' : request.body);
    if (request.path === '/_sim/cancel') return this.askToCancel(cancelInput.parse(body));
    if (request.path === '/_sim/report') return this.report(reportInput.parse(body).connection);
    const match = LISTING.exec(request.path);
    return match === null ? undefined : this.change(decodeURIComponent(match[1] ?? ''), match[2] ?? '', body);
  }

  private async change(listingId: string, verb: string, body: unknown): Promise<SimReply> {
    const { connection } = z.looseObject(whose).parse(body);
    const found = this.state.find(listingId, connection);
    if (found === undefined) return refuse(404, 'not_found', 'There is no such listing.');
    if (verb === 'remove') {
      await this.commit([['unlisted', { connection: found.connection, listing_id: found.listing_id }]]);
      return json(200, { removed: true });
    }
    const changed = verb === 'drift' ? drifted(found, driftInput.parse(body)) : sold(found, sellInput.parse(body).units);
    await this.commit([['listing', changed], this.logged(verb, found.listing_id, 1, 0)]);
    return json(200, shape(changed));
  }

  /** A customer there cancels an order. */
  private async askToCancel({ connection, ...cancel }: z.infer<typeof cancelInput>): Promise<SimReply> {
    const event: MarketplaceEvent = { id: newMarketplaceId('msg'), connection, listings: [], cancel, at: this.clock.now() };
    await this.commit([['event', event], this.logged('cancel', event.id, cancel.lines?.length ?? 0, 0)]);
    this.send(event);
    return json(200, { request: event.id });
  }

  /** Sends what it has of a connection. */
  private async report(connection: string): Promise<SimReply> {
    const event: MarketplaceEvent = {
      id: newMarketplaceId('msg'),
      connection,
      listings: this.state.ofConnection(connection),
      at: this.clock.now(),
    };
    await this.commit([['event', event], this.logged('report', event.id, event.listings.length, 0)]);
    this.send(event);
    return json(200, { listings: event.listings.length });
  }

  private logged(kind: string, ref: string, items: number, stale: number): MarketplaceRecord {
    return ['log', { seq: this.state.log.length + 1, at: this.clock.now(), kind, channel_ref: ref, items, stale }];
  }

  protected message({ at, connection, listings, cancel }: MarketplaceEvent) {
    if (cancel) return { type: 'order.cancel_requested', at, data: { connection, ...cancel } };
    return { type: 'stock.report', at, data: { connection, listings: listings.map(shape) } };
  }
}

/** Somebody there changed it by hand, or their system lost something. */
const drifted = (listing: SimListing, { by = 0, to_version }: z.infer<typeof driftInput>): SimListing => ({
  ...listing,
  quantity: Math.max(0, listing.quantity + by),
  version: to_version ?? listing.version,
});

/** A sale takes from what it shows before its order reaches us. */
const sold = (listing: SimListing, units: number): SimListing => ({
  ...listing,
  quantity: Math.max(0, listing.quantity - units),
  sold: listing.sold + Math.min(units, listing.quantity),
});

const shape = ({ connection: _, ...listing }: SimListing): Record<string, unknown> => listing;

/** Starts a marketplace and its control listener. */
export function startMarketplaceSimulator(options: MarketplaceOptions): Promise<MarketplaceSimulator> {
  return new Marketplace(options).start();
}
