import type pg from 'pg';
import type { App as ApiApp } from './api/app.ts';
import { deliverLinks } from './api/link-delivery.ts';
import { type Carrier, createCarriers } from './domains/fulfilment/provider.ts';
import { createPartners, type FulfilmentPartner } from './domains/nodes/provider.ts';
import { createPaymentProviders, type PaymentProvider } from './domains/payments/provider.ts';
import { type Bank, createBank } from './domains/rails/provider.ts';
import { createFlows } from './flows/flows.ts';
import { createSimulatorFlows } from './flows/operate-simulator.ts';
import { createTrafficFlow } from './flows/operate-traffic.ts';
import { createPeopleFlows } from './flows/people/people-flows.ts';
import { createMailDesk, mailSignInLink } from './mail-desk.ts';
import { gatewayConfigs, gatewayNews, knownGateways } from './payment-gateways.ts';
import { createPool } from './platform/db.ts';
import type { Env } from './platform/env.ts';
import { createLiveHub, type LiveHub } from './platform/live.ts';
import { createLog, type Log } from './platform/log.ts';
import type { PrismaClient } from './platform/prisma/client.ts';
import { createPrisma } from './platform/prisma-client.ts';
import { createRateLimiter } from './platform/rate-limit.ts';
import { controlUrl, createSimulatorControl } from './platform/simulator-control.ts';
import { createTelemetry, type Telemetry } from './platform/telemetry.ts';
import { createTrafficControl } from './platform/traffic-control.ts';

export type Role = 'api' | 'web' | 'worker';

/** Everything one process is made of: what procedures reach, and what jobs and the processes need besides. */
export interface App extends ApiApp {
  readonly env: Env;
  readonly log: Log;
  readonly prisma: PrismaClient;
  readonly telemetry: Telemetry;
  readonly payments: ReadonlyMap<string, PaymentProvider>;
  readonly carriers: ReadonlyMap<string, Carrier>;
  readonly bank?: Bank;
  readonly partners: ReadonlyMap<string, FulfilmentPartner>;
  /** New events, as they become visible. Reads nothing until `live.start()`, which only the api process needs. */
  readonly live: LiveHub;
  /** Waits for the lanes and ends every connection. */
  close(): Promise<void>;
}

export interface AppOptions {
  readonly env: Env;
  readonly role: Role | 'test' | 'tool';
  /** Used instead of a new pool, and left open by `close`. */
  readonly pool?: pg.Pool;
  readonly log?: Log;
}

/** Puts the house together. Opens no connection until something asks for one. */
export function createApp({ env, role, pool: given, log: givenLog }: AppOptions): App {
  const log = givenLog ?? createLog({ level: env.LOG_LEVEL, role, region: env.WAYBILL_REGION });
  const telemetry = createTelemetry({ role, region: env.WAYBILL_REGION });
  const pool = given ?? createPool({ connectionString: env.DATABASE_URL, max: env.DATABASE_POOL, name: `waybill-${role}` });
  const prisma = createPrisma(pool);
  const payments = createPaymentProviders(gatewayConfigs(env), gatewayNews(pool));
  const carriers = createCarriers({
    parcel: { url: env.CARRIER_URL, apiKey: env.CARRIER_API_KEY, webhookSecret: env.CARRIER_WEBHOOK_SECRET },
  });
  const bank = env.BANK_URL
    ? createBank({ url: env.BANK_URL, apiKey: env.BANK_API_KEY, webhookSecret: env.BANK_WEBHOOK_SECRET })
    : undefined;
  const partners = createPartners(partnerConfigs(env));
  const live = createLiveHub({ pool, connectionString: env.DATABASE_URL, log });
  const desk = createMailDesk(env);
  const flows = createFlows({
    pool,
    home: env.WAYBILL_REGION,
    outside: { payments, carriers, partners, ...(bank ? { bank } : {}) },
    mail: desk,
    dataKey: env.WAYBILL_DATA_KEY,
    channels: { origins: channelOrigins(env) },
    observe: (name, figures) => telemetry.observeLane(name, figures),
  });
  const limits = createRateLimiter();
  telemetry.watchPool('main', pool);
  telemetry.watchQueue(pool);
  return {
    env,
    pool,
    prisma,
    log,
    telemetry,
    payments,
    gateways: knownGateways(payments),
    carriers,
    ...(bank ? { bank } : {}),
    partners,
    live,
    flows,
    limits,
    ...(env.WAYBILL_DEMO === '1' ? { simulators: simulators(env, pool) } : {}),
    ...(env.WAYBILL_DEMO === '1' && env.TRAFFIC_PORT ? { traffic: traffic(env.TRAFFIC_PORT, pool) } : {}),
    people: createPeopleFlows({ pool, dataKey: env.WAYBILL_DATA_KEY, limits }),
    deliverLink: deliverLinks({
      mail: desk.transport === null ? null : (link) => mailSignInLink({ pool, flows, dataKey: env.WAYBILL_DATA_KEY }, link),
      log,
      demo: env.WAYBILL_DEMO === '1',
    }),
    settings: {
      origin: env.WAYBILL_ORIGIN,
      secret: env.WAYBILL_SECRET,
      dataKey: env.WAYBILL_DATA_KEY,
      region: env.WAYBILL_REGION,
      demo: env.WAYBILL_DEMO === '1',
      cardFieldsUrl: env.CARD_FIELDS_URL ?? new URL('/elements/card', env.PSP_URL).href,
      livePayments: env.PSP_SECRET_KEY.startsWith('sk_live_'),
      mail: desk.transport !== null,
    },
    async close() {
      await live.stop();
      await flows.idle();
      flows.channels.close();
      for (const provider of [...payments.values(), ...carriers.values(), ...partners.values()]) provider.close();
      bank?.close();
      await prisma.$disconnect();
      if (!given) await pool.end();
    },
  };
}

/** The partners that are named, by the kind of their nodes. */
function partnerConfigs(env: Env): Parameters<typeof createPartners>[0] {
  return {
    ...(env.THIRD_PARTY_URL
      ? {
          third_party: {
            url: env.THIRD_PARTY_URL,
            apiKey: env.THIRD_PARTY_API_KEY,
            webhookSecret: env.THIRD_PARTY_WEBHOOK_SECRET,
          },
        }
      : {}),
    ...(env.DROP_SHIPPER_URL
      ? {
          drop_shipper: {
            url: env.DROP_SHIPPER_URL,
            apiKey: env.DROP_SHIPPER_API_KEY,
            webhookSecret: env.DROP_SHIPPER_WEBHOOK_SECRET,
          },
        }
      : {}),
  };
}

/** Where stock may be sent to. */
function channelOrigins(env: Env): string[] {
  const named = env.CHANNEL_ORIGINS.split(',').flatMap((each) => (each.trim() ? [new URL(each.trim()).origin] : []));
  return env.MARKETPLACE_URL ? [...named, new URL(env.MARKETPLACE_URL).origin] : named;
}

/** How the demo's customers are steered. */
function traffic(port: number, pool: pg.Pool): NonNullable<App['traffic']> {
  const control = createTrafficControl(port);
  return { control, change: createTrafficFlow({ pool, control }) };
}

/** How the demo's outside world is steered. */
function simulators(env: Env, pool: pg.Pool): NonNullable<App['simulators']> {
  const control = createSimulatorControl({
    psp: controlUrl(env.PSP_URL, env.PSP_CONTROL_PORT),
    carrier: controlUrl(env.CARRIER_URL, env.CARRIER_CONTROL_PORT),
    bank: controlUrl(env.BANK_URL ?? 'http://127.0.0.1:3014', env.BANK_CONTROL_PORT),
    third_party: controlUrl(env.THIRD_PARTY_URL ?? 'http://127.0.0.1:3015', env.THIRD_PARTY_CONTROL_PORT),
    drop_shipper: controlUrl(env.DROP_SHIPPER_URL ?? 'http://127.0.0.1:3016', env.DROP_SHIPPER_CONTROL_PORT),
    marketplace: controlUrl(env.MARKETPLACE_URL ?? 'http://127.0.0.1:3017', env.MARKETPLACE_CONTROL_PORT),
    adyen: controlUrl(env.ADYEN_URL ?? 'http://127.0.0.1:3018', env.ADYEN_CONTROL_PORT),
    mail: controlUrl(env.SMTP_URL ?? 'smtp://127.0.0.1:3013', env.SMTP_CONTROL_PORT),
  });
  return { control, flows: createSimulatorFlows({ pool, control }) };
}
