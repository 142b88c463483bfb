/**
 * A checkout against the REST API with nothing but Node 24: places an order and waits for its outcome, follows it, and, where units
 * have been paid for, gives one of them back.
 *
 *   node docs/checkout-example.ts http://localhost:3000 wb_test_…
 *   WAYBILL_URL=http://localhost:3000 WAYBILL_API_KEY=wb_test_… node docs/checkout-example.ts
 *
 * The demo of `npm start` prints a key for it. The key needs the scopes orders:read, orders:write, catalog:read, shipments:write and
 * refunds:write.
 */
import { randomUUID } from 'node:crypto';

const [url = process.env.WAYBILL_URL ?? 'http://localhost:3000', key = process.env.WAYBILL_API_KEY ?? ''] = process.argv.slice(2);
if (key === '') {
  console.error('Give the address and an API key: node docs/checkout-example.ts http://localhost:3000 wb_test_…');
  process.exit(1);
}

interface Placement {
  readonly id: string;
  readonly number: string;
  readonly status: string;
  readonly total_minor: number;
  readonly currency: string;
  readonly next_action: { readonly url: string } | null;
  readonly failure: { readonly message: string } | null;
}
interface Order extends Placement {
  readonly payment_status: string;
  readonly fulfilment_status: string;
  readonly captured_minor: number;
  readonly lines: readonly { readonly id: string; readonly name: string; readonly kind: string }[];
}
interface Refund {
  readonly id: string;
  readonly number: string;
  readonly status: string;
  readonly amount_minor: number;
}

const PATIENCE_MS = 60_000;
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * One call. A change carries an Idempotency-Key, so that a call whose answer got lost is simply sent again: the server carries it out
 * once and repeats its first answer.
 */
async function call<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
  const idempotencyKey = randomUUID();
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(method === 'GET' ? {} : { 'content-type': 'application/json', 'idempotency-key': idempotencyKey }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((error: unknown) => {
      if (attempt >= 4) throw error;
    });
    if (response?.ok) return (await response.json()) as T;
    const retryAfter = Number(response?.headers.get('retry-after') ?? 0.2 * 2 ** attempt);
    if (attempt < 4 && (!response || response.status === 429 || response.status >= 500)) {
      await sleep(retryAfter * 1_000);
      continue;
    }
    const problem = (await response?.json()) as { code: string; detail: string; type: string };
    throw new Error(`${method} ${path}: ${problem.detail} (${problem.code}, see ${url}${problem.type})`);
  }
}

async function until<T>(what: string, look: () => Promise<T>, done: (found: T) => boolean): Promise<T> {
  for (const end = Date.now() + PATIENCE_MS; ; ) {
    const found = await look();
    if (done(found)) return found;
    if (Date.now() > end) throw new Error(`Waited a minute in vain until it was ${what}.`);
    await sleep(300);
  }
}

const { name, currency } = await call<{ name: string; currency: string }>('GET', '/merchant');
const products = await call<{ data: { sku: string; available: number | null; currency: string }[] }>(
  'GET',
  '/products?active=true&limit=200',
);
const product = products.data.find((each) => each.currency === currency && (each.available ?? 0) >= 2);
if (!product) throw new Error(`${name} has nothing in stock to buy.`);
console.log(`Buying 2 × ${product.sku} from ${name}`);

const placed = await call<Placement>(
  'POST',
  '/orders',
  {
    external_id: `example-${randomUUID()}`,
    currency,
    customer: { email: 'ana@example.com', name: 'Ana García' },
    lines: [{ sku: product.sku, quantity: 2 }],
    ship_to: { name: 'Ana García', line1: 'Calle Mayor 1', city: 'Madrid', postal_code: '28013', country: 'ES' },
    payment: { token: 'pm_card_visa', return_url: 'https://shop.example/thanks' },
  },
  { prefer: 'wait=10' },
);
console.log(`${placed.number}: ${placed.status}, ${placed.total_minor} minor units of ${placed.currency}`);
if (placed.next_action) console.log(`Send the customer to ${placed.next_action.url}`);
if (placed.failure) throw new Error(`The payment failed: ${placed.failure.message}`);

const look = () => call<Order>('GET', `/orders/${placed.id}`);
const allocated = await until('allocated', look, (order) => order.fulfilment_status === 'ALLOCATED');
console.log(`${allocated.number}: ${allocated.status}, ${allocated.payment_status}, ${allocated.fulfilment_status}`);

await call('POST', `/orders/${placed.id}/shipments`, {});
const paid = await until('paid for', look, (order) => order.captured_minor > 0 && order.status === 'FULFILLED');
console.log(`${paid.number}: ${paid.status}, ${paid.payment_status}, ${paid.fulfilment_status}`);

const line = paid.lines.find((each) => each.kind === 'item');
const refund = await call<Refund>('POST', `/orders/${placed.id}/refunds`, {
  kind: 'units',
  units: [{ line_id: line?.id, quantity: 1 }],
  reason: 'customer_request',
});
const returned = await until(
  'refunded',
  () => call<Refund>('GET', `/orders/${placed.id}/refunds/${refund.id}`),
  ({ status }) => status !== 'PENDING',
);
console.log(`${returned.number}: ${returned.status}, ${returned.amount_minor} minor units of one ${line?.name}`);
