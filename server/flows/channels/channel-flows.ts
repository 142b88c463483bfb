import type pg from 'pg';
import { connectionNamed } from '../../domains/channels/channel-api.ts';
import type { ChannelWebhook, WebhookHeaders } from '../../domains/channels/provider.ts';
import type {
  AskReportInput,
  ChangeChannelInput,
  ConnectChannelInput,
  RelistInput,
  ResendChannelInput,
  ResolveDriftInput,
  SetListingInput,
} from '../../domains/channels/schema.ts';
import * as channels from '../../domains/channels/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import { systemContext } from '../../platform/system-context.ts';
import type { Call, Locked, Verb } from '../../platform/verb.ts';
import type { CancelledOrder, CancelWish } from '../cancel-order.ts';
import { type ChannelCancel, cancelFromChannel } from './cancel-from-channel.ts';
import { type ChannelReport, compareReport, fetchReports } from './compare-report.ts';
import { settleCounted } from './count-drift.ts';
import { followCatalogue } from './list-skus.ts';
import {
  askReport,
  type ChangedChannel,
  changeChannel,
  connectChannel,
  type ListedSku,
  type ResentChannel,
  relistSku,
  resendChannel,
  setListing,
} from './manage-channel.ts';
import { type ChannelSettings, createChannelPorts } from './ports.ts';
import { type ResolvedDrift, resolveDrift } from './resolve-drift.ts';
import { createStockSender, type StockSender } from './send-stock.ts';

/** Our stock at channels that sell it elsewhere. */
export interface ChannelFlows {
  readonly connect: Call<ConnectChannelInput, ChangedChannel>;
  readonly change: Call<ChangeChannelInput, ChangedChannel>;
  readonly resend: Call<ResendChannelInput, ResentChannel>;
  readonly relist: Call<RelistInput, { readonly skuId: string; readonly ref: string }>;
  readonly setListing: Call<SetListingInput, ListedSku>;
  readonly askReport: Call<AskReportInput, ChangedChannel>;
  readonly resolveDrift: Call<ResolveDriftInput, ResolvedDrift>;
  readonly sender: StockSender;
  /** Checks what a channel sent by itself, with the secret of the connection that it names. Throws `unauthenticated`. */
  verifyWebhook(rawBody: Buffer, headers: WebhookHeaders, now: Date): Promise<ChannelWebhook>;
  /** Compares what a channel sent by itself; null where there is no such connection. */
  receiveReport(report: Omit<ChannelReport, 'source'>, ctx: Ctx): Promise<channels.Compared | null>;
  /** Cancels what a channel asks to be cancelled, and tells it what became of that; false where there is no such connection. */
  cancelFromChannel(wish: ChannelCancel, ctx: Ctx): Promise<boolean>;
  /** Asks every channel that is due; what a job does. */
  fetchReports(signal?: AbortSignal): Promise<number>;
  /** Ends the differences whose shelves were counted; what a job does. Returns how many. */
  settleCounted(signal?: AbortSignal): Promise<number>;
  /** Lists what is new, and has whatever was left behind sent; what a job does. */
  sweep(signal?: AbortSignal): Promise<number>;
  close(): void;
}

interface Deps {
  readonly pool: pg.Pool;
  readonly home: string;
  readonly clock: () => Date;
  /** Absent where nothing is sent to channels: a tool, or a test of something else. */
  readonly settings: ChannelSettings | undefined;
  readonly verb: <I, W extends Locked, R>(definition: Verb<I, W, R>) => Call<I, R>;
  readonly cancelOrder: Call<CancelWish, CancelledOrder>;
}

export function createChannelFlows({ pool, home, clock, settings, verb, cancelOrder }: Deps): ChannelFlows {
  const ports = createChannelPorts(settings ?? { dataKey: '', origins: [] });
  const sealing = { dataKey: settings?.dataKey ?? '', ports };
  const sender = createStockSender({ pool, home, ports, clock });
  const connecting = verb(connectChannel(sealing));
  const ctxOf = (): Ctx => systemContext('channels', home, clock());
  return {
    connect: async (input, ctx, key, onReplay) => {
      const made = await connecting(input, ctx, key, onReplay);
      await followCatalogue(pool, clock(), made.id);
      return made;
    },
    change: verb(changeChannel(sealing)),
    resend: verb(resendChannel),
    relist: verb(relistSku),
    setListing: verb(setListing),
    askReport: verb(askReport),
    resolveDrift: verb(resolveDrift),
    sender,
    verifyWebhook: async (rawBody, headers, now) => {
      const id = connectionNamed(rawBody);
      const connection = id === null ? undefined : await channels.readConnection(pool, id);
      if (!connection) throw new DomainError('unauthenticated', 'The webhook was refused: it names no connection.');
      return ports.portOf(connection).verifyWebhook(rawBody, headers, now);
    },
    receiveReport: (report, ctx) => compareReport(pool, { ...report, source: 'received' }, ctx),
    cancelFromChannel: (wish, ctx) => cancelFromChannel({ pool, ports, cancelOrder }, wish, ctx),
    fetchReports: (signal) => fetchReports({ pool, ports }, ctxOf, signal),
    settleCounted: (signal) => settleCounted(pool, ctxOf, signal),
    sweep: async (signal) => {
      const listed = await followCatalogue(pool, clock());
      return listed + (await sender.pass(signal));
    },
    close: () => ports.close(),
  };
}
