import type { SalesChannel } from '../../kernel/vocabulary.ts';
import type { ChannelApiConfig } from './channel-api.ts';
import { marketplace } from './kinds/marketplace.ts';
import type { ItemOutcome, ReportedListing } from './rules.ts';

/**
 * The seam to a channel that sells our stock elsewhere. It is told new absolute quantities, each with the version of the supply that says
 * so, and tells what it has. A kind of channel is one file in kinds/ and one line here.
 */
export interface ChannelTraits {
  /** As connections name it. */
  readonly name: string;
  /** As orders and rules of supply name it: whose buffer and cap hold for it. */
  readonly channel: SalesChannel;
  /** Listings that one message may name. */
  readonly itemsPerMessage: number;
  /** How often it is asked what it has. */
  readonly reportEveryMs: number;
}

export interface ChannelKind {
  readonly traits: ChannelTraits;
  readonly connect: (config: ChannelApiConfig) => ChannelPort;
}

/** What a listing has from now on. */
export interface StockItem {
  readonly ref: string;
  readonly quantity: number;
  readonly version: number;
}

export interface StockMessage {
  /** The message's id: it is applied once, however often it comes. */
  readonly id: string;
  /** Which of our connections speaks; the channel names it in what it sends. */
  readonly connectionId: string;
  readonly items: readonly StockItem[];
}

export type StockOutcome =
  | { readonly kind: 'succeeded'; readonly items: ReadonlyMap<string, ItemOutcome> }
  /** It will never take this message. */
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  /** No usable answer, or none at all: the same message is sent again. */
  | { readonly kind: 'unknown' | 'unreachable'; readonly reason: string; readonly retryAfterMs?: number };

export type ReportOutcome =
  | { readonly kind: 'report'; readonly listings: readonly ReportedListing[] }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  | { readonly kind: 'unknown' | 'unreachable'; readonly reason: string };

export type WebhookHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** An order, by the name that the channel gave it, that its customer does not want any more: all of it, or units of some SKUs. */
export interface CancelRequest {
  readonly orderRef: string;
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[] | null;
}

/** What became of it, with the sentence that everybody is told. */
export interface CancelAnswered {
  /** Of the message that asked: the channel takes it once. */
  readonly id: string;
  readonly connectionId: string;
  readonly orderRef: string;
  readonly outcome: 'accepted' | 'pending' | 'refused';
  readonly sentence: string;
}

export type ToldOutcome =
  | { readonly kind: 'succeeded' }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  | { readonly kind: 'unknown' | 'unreachable'; readonly reason: string };

/** A report that the channel sent by itself, or a cancellation that it asks for. */
export interface ChannelWebhook {
  readonly id: string;
  readonly topic: string;
  readonly occurredAt: Date;
  readonly connectionId: string;
  readonly listings: readonly ReportedListing[];
  readonly cancel?: CancelRequest;
}

export interface ChannelPort {
  sendStock(message: StockMessage, signal?: AbortSignal): Promise<StockOutcome>;
  /** Everything it has of ours. */
  fetchReport(connectionId: string, signal?: AbortSignal): Promise<ReportOutcome>;
  answerCancel(answer: CancelAnswered, signal?: AbortSignal): Promise<ToldOutcome>;
  /** Throws `unauthenticated` where the signature is wrong or the time is more than five minutes away from `now`. */
  verifyWebhook(rawBody: string | Buffer, headers: WebhookHeaders, now?: Date): ChannelWebhook;
  close(): void;
}

/** Every kind there is. */
const ALL: readonly ChannelKind[] = [marketplace];

export const CHANNEL_KINDS: ReadonlyMap<string, ChannelKind> = new Map(ALL.map((kind) => [kind.traits.name, kind]));

/** A kind by its name. A name that nobody has is a bug, or a newer version's. */
export function kindOf(name: string): ChannelKind {
  const found = CHANNEL_KINDS.get(name);
  if (!found) throw new Error(`No kind of channel is called ${name}`);
  return found;
}
