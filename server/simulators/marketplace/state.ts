import { randomBytes } from 'node:crypto';
import type { SimClock } from '../clock.ts';
import { type CommonRecord, CommonState } from '../keyed-simulator.ts';

/** A listing of somebody's, with the stock they last told it. Never changed in place. */
export interface SimListing {
  readonly connection: string;
  readonly listing_id: string;
  readonly quantity: number;
  readonly version: number;
  /** Units sold since that version, whose orders have not gone out yet. */
  readonly sold: number;
}

/** What was told and is applied later. */
export interface LateItem {
  readonly id: string;
  readonly connection: string;
  readonly listing_id: string;
  readonly quantity: number;
  readonly version: number;
  readonly due_at: number;
}

export interface MarketplaceEvent {
  readonly id: string;
  readonly connection: string;
  readonly listings: readonly SimListing[];
  /** An order that its customer does not want any more, instead of a report. */
  readonly cancel?: {
    readonly order: string;
    readonly lines?: readonly { readonly sku: string; readonly quantity: number }[] | undefined;
  };
  readonly at: number;
}

/** What somebody said to a cancellation that was asked for. */
export interface SimCancellation {
  readonly connection: string;
  readonly order: string;
  readonly request: string;
  readonly outcome: string;
  readonly message: string;
}

export interface MarketplaceSettings {
  /** Listings are made when stock is told for them; otherwise only what was listed before is known. */
  readonly auto_list: boolean;
  /** It says yes at once and applies so much later, */
  readonly apply_after_ms: number;
  /** and in no order. */
  readonly shuffle: boolean;
}

export interface MarketplaceLogEntry {
  readonly seq: number;
  readonly at: number;
  readonly kind: string;
  readonly channel_ref: string;
  readonly items: number;
  readonly stale: number;
}

export type MarketplaceRecord =
  | readonly ['listing', SimListing]
  | readonly ['unlisted', { readonly connection: string; readonly listing_id: string }]
  | readonly ['late', LateItem]
  | readonly ['applied', string]
  | readonly ['cancellation', SimCancellation]
  | CommonRecord<MarketplaceSettings, MarketplaceEvent, MarketplaceLogEntry>;

export const newMarketplaceId = (prefix: string): string => `${prefix}_${randomBytes(10).toString('hex')}`;

const SETTINGS: MarketplaceSettings = { auto_list: true, apply_after_ms: 0, shuffle: false };

export const listingKey = (connection: string, listingId: string): string => `${connection} ${listingId}`;

export class MarketplaceState extends CommonState<MarketplaceSettings, MarketplaceEvent, MarketplaceLogEntry> {
  readonly listings = new Map<string, SimListing>();
  readonly late = new Map<string, LateItem>();
  readonly cancellations: SimCancellation[] = [];
  /** Told of every listing that changes, for whoever measures. */
  onListing: ((listing: SimListing) => void) | undefined;

  constructor(clock: SimClock) {
    super(clock, SETTINGS);
  }

  /** What it has of one connection. */
  ofConnection(connection: string): SimListing[] {
    return [...this.listings.values()].filter((listing) => listing.connection === connection);
  }

  /** One listing by its id, whoever's: control pages name them so. */
  find(listingId: string, connection?: string): SimListing | undefined {
    if (connection !== undefined) return this.listings.get(listingKey(connection, listingId));
    return [...this.listings.values()].find((listing) => listing.listing_id === listingId);
  }

  apply(record: MarketplaceRecord): void {
    if (record[0] === 'listing') {
      this.listings.set(listingKey(record[1].connection, record[1].listing_id), record[1]);
      this.onListing?.(record[1]);
    } else if (record[0] === 'unlisted') this.listings.delete(listingKey(record[1].connection, record[1].listing_id));
    else if (record[0] === 'late') this.late.set(record[1].id, record[1]);
    else if (record[0] === 'cancellation') this.cancellations.push(record[1]);
    else if (record[0] === 'applied') this.late.delete(record[1]);
    else this.keep(record);
  }
}
