import { z } from 'zod';

/**
 * The environment of a Waybill process, read once and checked. `npm start` fills everything in for the embedded demo; in
 * production the operator does. docs/environment.md lists the same names.
 */
/** What a demo and tests may use, and everybody can read here. */
const KNOWN_SECRETS = {
  PSP_SECRET_KEY: 'sk_test_waybill',
  PSP_WEBHOOK_SECRET: 'whsec_waybill_demo',
  CARRIER_API_KEY: 'carrier_test_waybill',
  CARRIER_WEBHOOK_SECRET: 'whsec_carrier_demo',
  BANK_API_KEY: 'bank_test_waybill',
  BANK_WEBHOOK_SECRET: 'whsec_bankdemo',
  THIRD_PARTY_API_KEY: 'third_party_test_waybill',
  THIRD_PARTY_WEBHOOK_SECRET: 'whsec_thirdpartydemo',
  DROP_SHIPPER_API_KEY: 'drop_shipper_test_waybill',
  DROP_SHIPPER_WEBHOOK_SECRET: 'whsec_dropshipperdemo',
  MARKETPLACE_SECRET: 'whsec_marketplacedemosecret',
  ADYEN_API_KEY: 'adyen_test_waybill',
  ADYEN_HMAC_KEY: '57415942494C4C57415942494C4C57415942494C4C57415942494C4C57415942',
  ADYEN_WEBHOOK_PASSWORD: 'adyen_notify_demo',
} as const;

const schema = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  /** The application's own role: it cannot alter what is append-only. */
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'must be a postgres:// address'),
  WAYBILL_REGION: z
    .string()
    .regex(/^[A-Z]{2,4}$/)
    .default('EU'),
  /** What people type: links in mails and the origin that mutations must come from. */
  WAYBILL_ORIGIN: z.url().default('http://localhost:3000'),
  /** The one public port. */
  PORT: z.coerce.number().int().default(3000),
  /** Next's own port, on loopback only. */
  WEB_PORT: z.coerce.number().int().default(3001),
  /** Signs sessions and tracking links. */
  WAYBILL_SECRET: z.string().min(32),
  /** 32 bytes, base64: encrypts stored secrets such as TOTP seeds. */
  WAYBILL_DATA_KEY: z.string().min(43),
  WAYBILL_DEMO: z.enum(['0', '1']).default('0'),
  PSP_URL: z.url().default('http://127.0.0.1:3011'),
  PSP_SECRET_KEY: z.string().default(KNOWN_SECRETS.PSP_SECRET_KEY),
  /** 1 where the provider's account may capture one authorization in several parts. */
  PSP_MULTICAPTURE: z.enum(['0', '1']).default('1'),
  /** 1 where that account also takes direct debits (SEPA in euros, ACH in dollars). */
  PSP_BANK_DEBIT: z.enum(['0', '1']).default('1'),
  PSP_WEBHOOK_SECRET: z.string().default(KNOWN_SECRETS.PSP_WEBHOOK_SECRET),
  /** The provider's page of card fields, shown in a frame at checkout; the simulator's own where absent. */
  CARD_FIELDS_URL: z.url().optional(),
  /** Where the payment provider's simulator is steered, on its host. */
  PSP_CONTROL_PORT: z.coerce.number().int().optional(),
  /** The second payment gateway, which speaks Adyen's Checkout API. Without it every payment is the first one's. */
  ADYEN_URL: z.url().optional(),
  ADYEN_API_KEY: z.string().default(KNOWN_SECRETS.ADYEN_API_KEY),
  ADYEN_MERCHANT_ACCOUNT: z.string().default('WaybillECOM'),
  /** Signs its notifications to /api/webhooks/adyen: hexadecimal, as its Customer Area shows it. */
  ADYEN_HMAC_KEY: z
    .string()
    .regex(/^([0-9A-Fa-f]{2})+$/, 'must be hexadecimal')
    .default(KNOWN_SECRETS.ADYEN_HMAC_KEY),
  /** What its notifications know the endpoint by, beside their signatures. */
  ADYEN_WEBHOOK_USER: z.string().default('waybill'),
  ADYEN_WEBHOOK_PASSWORD: z.string().default(KNOWN_SECRETS.ADYEN_WEBHOOK_PASSWORD),
  /** Where its reports are; at ADYEN_URL where absent. */
  ADYEN_REPORT_URL: z.url().optional(),
  ADYEN_CONTROL_PORT: z.coerce.number().int().optional(),
  /** Where the demo's customers are steered, on loopback; absent where nobody plays customer. */
  TRAFFIC_PORT: z.coerce.number().int().optional(),
  CARRIER_URL: z.url().default('http://127.0.0.1:3012'),
  CARRIER_API_KEY: z.string().default(KNOWN_SECRETS.CARRIER_API_KEY),
  CARRIER_WEBHOOK_SECRET: z.string().default(KNOWN_SECRETS.CARRIER_WEBHOOK_SECRET),
  CARRIER_CONTROL_PORT: z.coerce.number().int().optional(),
  /** The bank. Without it wallets are topped up by card only, and nothing is paid out. */
  BANK_URL: z.url().optional(),
  BANK_API_KEY: z.string().default(KNOWN_SECRETS.BANK_API_KEY),
  BANK_WEBHOOK_SECRET: z.string().default(KNOWN_SECRETS.BANK_WEBHOOK_SECRET),
  BANK_CONTROL_PORT: z.coerce.number().int().optional(),
  /** Who keeps our goods and sends them. Without it nothing is asked of nodes of that kind. */
  THIRD_PARTY_URL: z.url().optional(),
  THIRD_PARTY_API_KEY: z.string().default(KNOWN_SECRETS.THIRD_PARTY_API_KEY),
  THIRD_PARTY_WEBHOOK_SECRET: z.string().default(KNOWN_SECRETS.THIRD_PARTY_WEBHOOK_SECRET),
  THIRD_PARTY_CONTROL_PORT: z.coerce.number().int().optional(),
  /** Who sends their own goods to our customers. */
  DROP_SHIPPER_URL: z.url().optional(),
  DROP_SHIPPER_API_KEY: z.string().default(KNOWN_SECRETS.DROP_SHIPPER_API_KEY),
  DROP_SHIPPER_WEBHOOK_SECRET: z.string().default(KNOWN_SECRETS.DROP_SHIPPER_WEBHOOK_SECRET),
  DROP_SHIPPER_CONTROL_PORT: z.coerce.number().int().optional(),
  /** Origins, separated by commas, that channels' connections may name: nobody makes this house call whom they like. */
  CHANNEL_ORIGINS: z.string().default(''),
  /** The demo's marketplace, and what it and its connection sign with. */
  MARKETPLACE_URL: z.url().optional(),
  MARKETPLACE_SECRET: z.string().default(KNOWN_SECRETS.MARKETPLACE_SECRET),
  MARKETPLACE_CONTROL_PORT: z.coerce.number().int().optional(),
  /** smtp://user:password@host:587 or smtps://…:465. Without it mail is off, and the log says so. */
  SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\/[^/]+\/?$/, 'must be an address like smtp://user:password@host:587')
    .optional(),
  /** The address that mail comes from; its display name is the merchant's. */
  MAIL_FROM: z.email().optional(),
  /** Where the demo's mail catcher is steered and read, on the host of SMTP_URL. */
  SMTP_CONTROL_PORT: z.coerce.number().int().optional(),
  OIDC_ISSUER: z.string().optional(),
  OIDC_CLIENT_ID: z.string().optional(),
  OIDC_CLIENT_SECRET: z.string().optional(),
  /** Jobs that a worker process runs at once. */
  WORKER_CONCURRENCY: z.coerce.number().int().min(1).max(500).default(24),
  /** Connections of one process. */
  DATABASE_POOL: z.coerce.number().int().min(4).max(500).default(10),
  /** Addresses and networks whose X-Forwarded-For is believed, separated by commas. */
  TRUSTED_PROXIES: z.string().default(''),
  /** What a scraper of /metrics sends as its bearer token; without one only this machine may read them. */
  METRICS_TOKEN: z.string().min(16).optional(),
  /** Where a worker answers /health and /metrics, on loopback; off when absent. */
  WORKER_PORT: z.coerce.number().int().optional(),
  /** /health/ready answers 503 once the oldest job that could run has waited this many seconds. */
  READY_QUEUE_SECONDS: z.coerce.number().int().min(1).default(120),
  /** 1: pages come from Next's development server instead of the build. */
  WAYBILL_WEB_DEV: z.enum(['0', '1']).default('0'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

/** The names of all variables. docs/environment.md explains each. */
export const ENV_NAMES: readonly string[] = Object.keys(schema.shape);

export type Env = z.infer<typeof schema>;

let cached: Env | undefined;

/** The checked environment. Throws one sentence naming every variable that is missing or wrong. */
export function env(): Env {
  cached ??= readEnv(process.env);
  return cached;
}

/** The key of whom nobody calls opens nothing. */
function isConnected(given: Env, name: string): boolean {
  const optional = (['BANK', 'THIRD_PARTY', 'DROP_SHIPPER', 'MARKETPLACE', 'ADYEN'] as const).find((who) =>
    name.startsWith(`${who}_`),
  );
  return optional === undefined || given[`${optional}_URL`] !== undefined;
}

/** Checks a set of variables. */
export function readEnv(variables: Readonly<Record<string, string | undefined>>): Env {
  const parsed = schema.safeParse(variables);
  if (parsed.success) {
    const known = Object.entries(KNOWN_SECRETS).filter(
      ([name, value]) => parsed.data[name as keyof typeof KNOWN_SECRETS] === value && isConnected(parsed.data, name),
    );
    if (parsed.data.NODE_ENV === 'production' && parsed.data.WAYBILL_DEMO === '0' && known.length > 0) {
      throw new Error(`Production takes no secret that everybody knows: set ${known.map(([name]) => name).join(', ')}.`);
    }
    if (parsed.data.SMTP_URL && !parsed.data.MAIL_FROM)
      throw new Error(
        'SMTP_URL names a mail server: set MAIL_FROM to the address that mail comes from. See docs/environment.md.',
      );
    return parsed.data;
  }
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  throw new Error(`The environment is not complete: ${problems}. See docs/environment.md.`);
}
