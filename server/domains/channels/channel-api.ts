import { z } from 'zod';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { createRemoteApi, type RemoteApi } from '../../platform/remote-api.ts';
import { signStandardWebhook, verifyStandardWebhook } from '../../platform/standard-webhook.ts';
import type {
  CancelAnswered,
  ChannelPort,
  ChannelWebhook,
  ReportOutcome,
  StockMessage,
  StockOutcome,
  ToldOutcome,
  WebhookHeaders,
} from './provider.ts';
import { ITEM_OUTCOMES } from './rules.ts';

/** Stock over a plain JSON API: each call is signed by the Standard Webhooks scheme with the connection's secret, both ways. */
export interface ChannelApiConfig {
  readonly url: string;
  readonly secret: string;
  /** Default 10 s. */
  readonly timeoutMs?: number;
}

/** One message at a time; a report may be asked for beside it. */
const CALLS_AT_ONCE = 4;
const MOST_LISTINGS = 100_000;

const units = z.int().min(0);
const listing = z.object({ listing_id: z.string().min(1).max(200), quantity: z.int(), version: units, sold: units.default(0) });
const stockReply = z.object({ items: z.array(z.object({ listing_id: z.string(), outcome: z.enum(ITEM_OUTCOMES) })) });
const reportReply = z.object({ data: z.array(listing).max(MOST_LISTINGS) });
const webhookBody = z.object({
  type: z.string(),
  timestamp: z.iso.datetime(),
  data: z.object({ connection: z.uuid(), listings: z.array(listing).max(MOST_LISTINGS) }),
});
const cancelBody = z.object({
  type: z.literal('order.cancel_requested'),
  timestamp: z.iso.datetime(),
  data: z.object({
    connection: z.uuid(),
    order: z.string().min(1).max(100),
    lines: z
      .array(z.object({ sku: z.string().min(1).max(100), quantity: z.int().min(1).max(1_000_000) }))
      .min(1)
      .max(1_000)
      .nullish(),
  }),
});
const named = z.object({ data: z.object({ connection: z.uuid() }) });

const ours = ({ listing_id, ...rest }: z.infer<typeof listing>) => ({ ref: listing_id, ...rest });

class HttpChannel implements ChannelPort {
  private readonly api: RemoteApi;
  private readonly secret: string;

  constructor(who: string, { url, secret, timeoutMs }: ChannelApiConfig) {
    this.secret = secret;
    this.api = createRemoteApi({
      who,
      url,
      // Signed anew each time, so that a late repeat is fresh.
      apiKey: (text, key) => signStandardWebhook(key ?? newId(), text, secret, new Date()),
      concurrency: CALLS_AT_ONCE,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    });
  }

  sendStock({ id, connectionId, items }: StockMessage, signal?: AbortSignal): Promise<StockOutcome> {
    const body = {
      connection: connectionId,
      items: items.map(({ ref, quantity, version }) => ({ listing_id: ref, quantity, version })),
    };
    const read = (answer: unknown): StockOutcome => {
      const parsed = stockReply.safeParse(answer);
      if (!parsed.success) return { kind: 'unknown', reason: 'The answer cannot be read.' };
      return { kind: 'succeeded', items: new Map(parsed.data.items.map((item) => [item.listing_id, item.outcome])) };
    };
    return this.api.call('POST', '/v1/stock', read, { signal, sent: { key: id, body } });
  }

  fetchReport(connectionId: string, signal?: AbortSignal): Promise<ReportOutcome> {
    const read = (answer: unknown): ReportOutcome => {
      const parsed = reportReply.safeParse(answer);
      if (!parsed.success) return { kind: 'unknown', reason: 'The report cannot be read.' };
      return { kind: 'report', listings: parsed.data.data.map(ours) };
    };
    return this.api.call('GET', `/v1/listings?connection=${connectionId}`, read, { signal });
  }

  verifyWebhook(rawBody: string | Buffer, headers: WebhookHeaders, now: Date = new Date()): ChannelWebhook {
    const { id, body } = verifyStandardWebhook(rawBody, headers, this.secret, now);
    const wish = cancelBody.safeParse(body);
    if (wish.success) return cancelOf(id, wish.data);
    const parsed = webhookBody.safeParse(body);
    if (!parsed.success) throw new DomainError('invalid_request', 'The channel’s report cannot be read.');
    const { type, timestamp, data } = parsed.data;
    return {
      // Each channel counts its messages by itself.
      id: `${data.connection}:${id}`,
      topic: type,
      occurredAt: new Date(timestamp),
      connectionId: data.connection,
      listings: data.listings.map(ours),
    };
  }

  answerCancel({ id, connectionId, orderRef, outcome, sentence }: CancelAnswered, signal?: AbortSignal): Promise<ToldOutcome> {
    const body = { connection: connectionId, order: orderRef, request: id, outcome, message: sentence };
    return this.api.call('POST', '/v1/cancellations', (): ToldOutcome => ({ kind: 'succeeded' }), {
      signal,
      sent: { key: id, body },
    });
  }

  close(): void {
    this.api.close();
  }
}

function cancelOf(id: string, { type, timestamp, data }: z.infer<typeof cancelBody>): ChannelWebhook {
  return {
    id: `${data.connection}:${id}`,
    topic: type,
    occurredAt: new Date(timestamp),
    connectionId: data.connection,
    listings: [],
    cancel: { orderRef: data.order, lines: data.lines ?? null },
  };
}

/** Reaches a channel that speaks this API. `who` is what sentences call it. */
export function connectChannel(who: string, config: ChannelApiConfig): ChannelPort {
  return new HttpChannel(who, config);
}

/** Which connection a message says it is for, before anybody knows whether that is true: whose secret to try. */
export function connectionNamed(rawBody: string | Buffer): string | null {
  try {
    return named.parse(JSON.parse(rawBody.toString())).data.connection;
  } catch {
    return null;
  }
}
