import type { AnyRouter } from '@trpc/server';
import { createLiveEndpoint } from './api/live.ts';
import { createApiServer, type PublicHandler } from './api/server.ts';
import type { WebhookVerifier } from './api/webhooks.ts';
import type { App } from './app.ts';
import { CHANNEL_KINDS } from './domains/channels/provider.ts';
import { allowedHosts } from './platform/hosts.ts';
import { trustedProxies } from './platform/http.ts';
import { createPress } from './platform/paper/press.ts';
import type { HeaderPolicy } from './platform/security-headers.ts';
import { drain, listen } from './platform/serve.ts';
import { createWebhookStore } from './platform/stored-webhooks.ts';
import { createWebProxy } from './platform/web-proxy.ts';

export interface RunningApi {
  readonly port: number;
  /** Answers "not ready", lets running requests end, then ends everything but the app. */
  stop(): Promise<void>;
}

export interface ApiMounts {
  readonly router: AnyRouter;
  readonly handlePublic: PublicHandler;
}

/** Starts the public port. `port` 0 takes a free one, for tests. */
export async function startApi(app: App, mounts: ApiMounts, port: number = app.env.PORT): Promise<RunningApi> {
  const { env, log, pool, telemetry, settings } = app;
  let stopping = false;
  const headers: HeaderPolicy = {
    origin: settings.origin,
    production: env.NODE_ENV === 'production',
    webDevelopment: env.WAYBILL_WEB_DEV === '1',
    frameOrigins: [...new Set([new URL(env.PSP_URL).origin, new URL(settings.cardFieldsUrl).origin])],
  };
  const hosts = new Set(allowedHosts(settings.origin, port));
  const web = createWebProxy(env.WEB_PORT, headers);
  await app.live.start();
  const press = createPress();
  const live = createLiveEndpoint({ pool, settings, log, hub: app.live });
  telemetry.watch('waybill_live_connections', 'Pages that listen for changes', () => live.count());
  const server = createApiServer({
    app,
    ...mounts,
    live,
    press,
    web,
    headers,
    hosts,
    log,
    telemetry,
    trusted: trustedProxies(env.TRUSTED_PROXIES),
    webhooks: { store: createWebhookStore(pool), sources: webhookSources(app), answers: webhookAnswers(app) },
    health: {
      pool,
      telemetry,
      readyQueueSeconds: env.READY_QUEUE_SECONDS,
      metricsToken: env.METRICS_TOKEN,
      stopping: () => stopping,
    },
  });
  await listen(server, port);
  const address = server.address();
  const actual = typeof address === 'object' && address ? address.port : port;
  for (const host of allowedHosts(settings.origin, actual)) hosts.add(host);
  return {
    port: actual,
    async stop() {
      stopping = true;
      live.close();
      await drain(server);
      await press.close();
      web.close();
    },
  };
}

function webhookAnswers({ payments }: App): ReadonlyMap<string, string> {
  return new Map([...payments.values()].flatMap(({ source, accepted }) => (accepted ? [[source, accepted] as const] : [])));
}

function webhookSources({ payments, carriers, bank, partners, flows }: App): ReadonlyMap<string, WebhookVerifier> {
  const sources = new Map<string, WebhookVerifier>();
  const carrier = carriers.get('parcel');
  for (const provider of payments.values())
    sources.set(provider.source, (body, headers, now) => provider.verifyWebhook(body, headers, now));
  if (carrier) sources.set('carrier', (body, headers, now) => carrier.verifyWebhook(body, headers, now));
  if (bank) sources.set('bank', (body, headers, now) => bank.verifyWebhook(body, headers, now));
  for (const [name, partner] of partners) sources.set(name, (body, headers, now) => partner.verifyWebhook(body, headers, now));
  for (const name of CHANNEL_KINDS.keys())
    sources.set(name, (body, headers, now) => flows.channels.verifyWebhook(body, headers, now));
  return sources;
}
