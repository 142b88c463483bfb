import Stripe from 'stripe';
import { createGuard, type Guard } from './stripe-http.ts';

/** An account at whoever speaks Stripe's API, and how a payment of ours is found there. */
export interface StripeAccount {
  /** Where the API is: https://api.stripe.com, or the simulator. */
  readonly url: string;
  readonly secretKey: string;
  readonly webhookSecret: string;
  /** How long a call may take before it counts as unanswered. Default 10 s. */
  readonly timeoutMs?: number;
  /** How many calls run at once. Default 64. */
  readonly concurrency?: number;
  /**
   * How long Stripe's search may not know a new payment (up to a minute, says Stripe). Within it the strongly consistent list is
   * read instead. Default 60 s at api.stripe.com, and 0 elsewhere: the simulator's search is immediate unless told otherwise.
   */
  readonly searchLagMs?: number;
}

const STRIPE_HOST = 'api.stripe.com';
const STRIPE_SEARCH_LAG_MS = 60_000;
/** How far our clock and Stripe's may differ when a list is searched by time. */
const CLOCK_SKEW_MS = 30_000;
const LIST_PAGES = 10;

/** The SDK, with its connections behind a guard of ours. */
export function connectStripe(account: StripeAccount): { readonly stripe: Stripe; readonly guard: Guard } {
  const url = new URL(account.url);
  const secure = url.protocol === 'https:';
  const guard = createGuard({ secure, timeoutMs: account.timeoutMs, concurrency: account.concurrency });
  const stripe = new Stripe(account.secretKey, {
    host: url.hostname,
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    protocol: secure ? 'https' : 'http',
    httpClient: guard.httpClient,
    maxNetworkRetries: 0,
    timeout: guard.timeoutMs,
    telemetry: false,
  });
  return { stripe, guard };
}

/** The time inside a UUIDv7, which is when the attempt was made. */
const madeAt = (operationId: string): number => Number.parseInt(operationId.replaceAll('-', '').slice(0, 12), 16);

/** The payment of an attempt whose answer never came: by the search, and where that may not know it yet, by the list. */
export async function findIntent(
  stripe: Stripe,
  account: Pick<StripeAccount, 'url' | 'searchLagMs'>,
  operationId: string,
): Promise<Stripe.PaymentIntent | undefined | 'unclear'> {
  const query = `metadata['operation_id']:'${operationId}'`;
  const { data } = await stripe.paymentIntents.search({ query, limit: 1, expand: ['data.latest_charge'] });
  if (data[0] !== undefined) return data[0];
  const usual = new URL(account.url).hostname === STRIPE_HOST ? STRIPE_SEARCH_LAG_MS : 0;
  const lag = account.searchLagMs ?? usual;
  const made = madeAt(operationId);
  return Date.now() - made > lag + CLOCK_SKEW_MS || lag === 0 ? undefined : findByTime(stripe, operationId, made);
}

async function findByTime(
  stripe: Stripe,
  operationId: string,
  made: number,
): Promise<Stripe.PaymentIntent | undefined | 'unclear'> {
  const gte = Math.floor((made - CLOCK_SKEW_MS) / 1000);
  let after: string | undefined;
  for (let page = 0; page < LIST_PAGES; page++) {
    const listed = await stripe.paymentIntents.list({
      created: { gte },
      limit: 100,
      ...(after !== undefined && { starting_after: after }),
    });
    const found = listed.data.find((intent) => intent.metadata.operation_id === operationId);
    if (found !== undefined) return stripe.paymentIntents.retrieve(found.id, { expand: ['latest_charge.balance_transaction'] });
    after = listed.data.at(-1)?.id;
    if (!listed.has_more || after === undefined) return undefined;
  }
  return 'unclear';
}
