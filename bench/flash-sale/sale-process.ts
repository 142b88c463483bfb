import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { drawFrom } from '../harness/draw.ts';
import type { SalePlan, SaleRecord } from './sale.ts';
import { type Answer, openWire, type Send } from './wire.ts';

/**
 * The buyers: all come at once, each wants one unit. Who gets it into the cart pays, or walks away and lets the cart run out; who is refused
 * comes back as long as somebody's cart may still give its unit up. `node sale-process.ts <plan.json> <record.json>`.
 */
const [planFile, recordFile] = process.argv.slice(2) as [string, string];
const plan = JSON.parse(readFileSync(planFile, 'utf8')) as SalePlan;

/** A sale that has not ended by then never will. */
const PATIENCE_MS = 240_000;
const LOOK_EVERY_MS = 250;

const draw = drawFrom(plan.seed);
const run = `${process.pid.toString(36)}-${Date.now().toString(36)}`;
let keys = 0;

interface Buyer {
  readonly retries: boolean;
  readonly abandons: boolean;
}
const buyers: Buyer[] = Array.from({ length: plan.buyers }, () => ({
  retries: draw(100) < plan.retrying,
  abandons: draw(100) < plan.abandoning,
}));

const others: Record<string, number> = {};
const [salesMs, refusalsMs, ordersMs]: number[][] = [[], [], []];
const orders: string[] = [];
let [abandoned, late, retried, differing, requests] = [0, 0, 0, 0, 0];

/** Asks, and asks once more under the same key where the buyer is impatient: the same answer, or it is counted. */
async function ask(send: Send, buyer: Buyer, path: string, body: unknown): Promise<Answer> {
  const key = `${run}-${keys++}`;
  const first = await send('POST', path, key, body);
  requests++;
  if (buyer.retries) {
    const again = await send('POST', path, key, body);
    requests++;
    retried++;
    // A problem document names its own request; what was refused, and why, is the same.
    const said = ({ status, body: text }: Answer): string =>
      status === 201 ? text : `${status} ${/"code":"(\w+)"/.exec(text)?.[1]}`;
    if (said(again) !== said(first)) differing++;
  }
  return first;
}

const CUSTOMER = { ship_to: { name: 'Ana García', line1: 'Calle Mayor 1', city: 'Madrid', postal_code: '28013', country: 'ES' } };

/** Whether the buyer is content, or has nothing to come back for. */
async function buy(send: Send, buyer: Buyer, at: number): Promise<boolean> {
  const lines = [{ sku: plan.sku, quantity: 1 }];
  const cart = await ask(send, buyer, '/api/v1/reservations', { lines, ttl_seconds: plan.ttlSeconds });
  if (cart.status === 422 && cart.body.includes('"out_of_stock"')) {
    refusalsMs?.push(cart.ms);
    return false;
  }
  if (cart.status !== 201) return unexpected('cart', cart);
  salesMs?.push(cart.ms);
  if (buyer.abandons) {
    abandoned++;
    return true;
  }
  const order = await ask(send, buyer, '/api/v1/orders', {
    currency: 'EUR',
    customer: { email: `customer${(at % 5_000) + 1}@bench.example` },
    lines,
    reservation_id: /"id":"([0-9a-f-]{36})"/.exec(cart.body)?.[1],
    payment: { token: 'pm_card_visa' },
    ...CUSTOMER,
  });
  // Whoever is slower than their cart has nothing, and comes back.
  if (order.status === 409 && order.body.includes('"expired"')) {
    late++;
    return false;
  }
  if (order.status !== 201) return unexpected('order', order);
  ordersMs?.push(order.ms);
  orders.push(/"id":"([0-9a-f-]{36})"/.exec(order.body)?.[1] ?? 'without an id');
  return true;
}

function unexpected(what: string, { status, body }: Answer): boolean {
  const name = `${what} ${status} ${/"code":"(\w+)"/.exec(body)?.[1] ?? ''}`.trim();
  others[name] = (others[name] ?? 0) + 1;
  return false;
}

const wires = await Promise.all(
  Array.from({ length: plan.connections }, (_, at) =>
    openWire(plan.ports[at % plan.ports.length] as number, plan.apiKeys[at % plan.apiKeys.length] as string),
  ),
);

/** Lets these buyers in, as many at a time as there are connections. Resolves with those who were refused. */
async function letIn(crowd: readonly number[]): Promise<number[]> {
  const refused: number[] = [];
  let next = 0;
  await Promise.all(
    wires.map(async ({ send }) => {
      for (;;) {
        const at = crowd[next++];
        if (at === undefined) return;
        if (!(await buy(send, buyers[at] as Buyer, at))) refused.push(at);
      }
    }),
  );
  return refused;
}

const startedAt = performance.now();
let waiting = await letIn(buyers.map((_, at) => at));
const rushMs = performance.now() - startedAt;
const rushRequests = requests;
const availabilityPath = `/api/v1/products/${plan.sku}/availability`;
while (waiting.length > 0 && orders.length < plan.units && performance.now() - startedAt < PATIENCE_MS) {
  const { body } = await (wires[0] as { send: Send }).send('GET', availabilityPath, null);
  const free = (JSON.parse(body) as { available: number }).available;
  if (free === 0) {
    await sleep(LOOK_EVERY_MS);
    continue;
  }
  // More than there is for: somebody is refused again, and comes back again.
  const crowd = waiting.slice(0, free * 2);
  waiting = [...waiting.slice(free * 2), ...(await letIn(crowd))];
}
const soldAfterMs = performance.now() - startedAt;
for (const { close } of wires) close();

const record: SaleRecord = {
  orders,
  empty: waiting.length,
  abandoned,
  late,
  retried,
  differing,
  others,
  rushMs,
  rushRequests,
  soldAfterMs,
  salesMs: salesMs ?? [],
  refusalsMs: refusalsMs ?? [],
  ordersMs: ordersMs ?? [],
};
writeFileSync(recordFile, JSON.stringify(record));
process.exit(0);
