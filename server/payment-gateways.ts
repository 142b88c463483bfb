import type pg from 'pg';
import {
  GATEWAYS,
  type JsonObject,
  type PaymentGateway,
  type PaymentProvider,
  type PaymentProvidersConfig,
  type Told,
} from './domains/payments/provider.ts';
import type { Env } from './platform/env.ts';
import { toldOf } from './platform/stored-webhooks.ts';
import type { KnownGateway } from './views/payment-gateways.ts';

/** The payment gateways that the environment names, and what each is told. */
export function gatewayConfigs(env: Env): PaymentProvidersConfig {
  return {
    card: {
      url: env.PSP_URL,
      secretKey: env.PSP_SECRET_KEY,
      webhookSecret: env.PSP_WEBHOOK_SECRET,
      multicapture: env.PSP_MULTICAPTURE === '1',
    },
    ...(env.PSP_BANK_DEBIT === '1'
      ? { bank_debit: { url: env.PSP_URL, secretKey: env.PSP_SECRET_KEY, webhookSecret: env.PSP_WEBHOOK_SECRET } }
      : {}),
    // They ask nobody: a merchant whose list names them takes them.
    manual: { on: true },
    cash_on_delivery: { on: true },
    ...(env.ADYEN_URL
      ? {
          adyen: {
            url: env.ADYEN_URL,
            apiKey: env.ADYEN_API_KEY,
            merchantAccount: env.ADYEN_MERCHANT_ACCOUNT,
            hmacKey: env.ADYEN_HMAC_KEY,
            webhookUser: env.ADYEN_WEBHOOK_USER,
            webhookPassword: env.ADYEN_WEBHOOK_PASSWORD,
            returnUrl: new URL('/api/payment-return', env.WAYBILL_ORIGIN).href,
            ...(env.ADYEN_REPORT_URL ? { reportUrl: env.ADYEN_REPORT_URL } : {}),
          },
        }
      : {}),
  };
}

/** Every gateway there is, with its adapter where it is configured. */
export const knownGateways = (connected: ReadonlyMap<string, PaymentProvider>): KnownGateway[] =>
  Object.values(GATEWAYS as Readonly<Record<string, PaymentGateway<never>>>).map(({ name, methods }) => ({
    name,
    methods,
    adapter: connected.get(name),
  }));

/** What gateways told by themselves, as it was stored. */
export function gatewayNews(pool: pg.Pool): Told {
  return async (source, named, of) => (await toldOf(pool, source, named, of)) as JsonObject[];
}

/** The gateways whose own records of captures can be read, for the oracle. */
export function gatewayLogs(env: { readonly PSP_URL?: string | undefined; readonly ADYEN_URL?: string | undefined }) {
  return [
    ...(env.PSP_URL ? [['card', env.PSP_URL] as const] : []),
    ...(env.ADYEN_URL ? [['adyen', env.ADYEN_URL] as const] : []),
  ];
}
