import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PaymentWebhook, WebhookHeaders } from '../../domains/payments/provider.ts';
import { newId } from '../../kernel/ids.ts';
import type { AdyenSimulator } from '../../simulators/adyen/server.ts';
import type { LogEntry } from '../../simulators/psp/state.ts';
import { createPspLogs } from '../../views/integrity/psp-log.ts';
import { checkIntegrity } from '../../views/integrity.ts';
import { processWebhooks } from '../process-webhook.ts';
import { type OrderWorld, orderWorld } from './order-world.ts';

/**
 * A house with two gateways, one of which cannot be asked. Their webhooks arrive over HTTP and are verified, stored and acted on as they
 * are by the api and a worker, except that a test may hold them back and say in which order they come.
 */
export interface GatewayHouse extends OrderWorld {
  readonly adyen: AdyenSimulator;
  /** How old an attempt without news is before the second gateway's report is read. */
  reportAfter(ms: number): void;
  /** Deliveries are kept from now on, or taken as they come. */
  hold(is: boolean): void;
  /** What is kept, oldest first, taken out of there. */
  held(): Delivery[];
  /** Takes deliveries in this order. */
  take(deliveries: readonly Delivery[]): Promise<void>;
  /** Whether no attempt waits for its answer. */
  quiet(): Promise<boolean>;
  /** Runs everything until nothing moves, letting time pass so often. */
  rest(rounds?: number): Promise<void>;
  /** What a gateway did for an order, by its own log. */
  effects(gateway: Gateway, orderId: string): string[];
  /** Has the oracle look at everything, both gateways' own records of captures included. */
  audit(): Promise<void>;
}

const NEWS_MS = 40;

export type Gateway = 'card' | 'adyen';
export interface Delivery {
  readonly gateway: Gateway;
  readonly body: string;
  readonly headers: WebhookHeaders;
}

export async function gatewayHouse(): Promise<GatewayHouse> {
  let taking = async (_delivery: Delivery): Promise<void> => {};
  let holds = false;
  const kept: Delivery[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const gateway = request.url === '/adyen' ? ('adyen' as const) : ('card' as const);
      const delivery = { gateway, body: Buffer.concat(chunks).toString('utf8'), headers: request.headers };
      if (holds) kept.push(delivery);
      const taken = holds ? Promise.resolve() : taking(delivery);
      taken.then(
        () => response.writeHead(200).end('[accepted]'),
        () => response.writeHead(500).end(),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const adyenConfig: { reportAfterMs?: number } = {};
  const w = await orderWorld({ gatewayWebhooks: base, adyenConfig });
  const adyen = w.adyen as AdyenSimulator;
  taking = (delivery) => take(w, delivery);
  const provider = createPspLogs([
    ['card', w.psp.controlUrl],
    ['adyen', adyen.controlUrl],
  ]);
  return {
    ...w,
    adyen,
    reportAfter: (ms) => {
      adyenConfig.reportAfterMs = ms;
    },
    hold: (is) => {
      holds = is;
    },
    held: () => kept.splice(0),
    async take(deliveries) {
      for (const delivery of deliveries) await take(w, delivery);
    },
    quiet: () => isQuiet(w),
    async rest(rounds = 10) {
      for (let round = 0; round < rounds; round++) {
        await w.settle();
        if (await isQuiet(w)) return;
        // What a gateway tells by itself is on its way.
        await new Promise((resolve) => setTimeout(resolve, NEWS_MS));
        await w.settle();
        if (await isQuiet(w)) return;
        w.advanceClock(31_000);
      }
      await w.settle();
    },
    effects(gateway, orderId) {
      const log = gateway === 'card' ? w.psp.state.logByOrder : adyen.state.logByOrder;
      return ((log.get(orderId) ?? []) as readonly Pick<LogEntry, 'kind'>[]).map(({ kind }) => kind);
    },
    async audit() {
      const { report } = await checkIntegrity(w.db.pool, { full: true, now: w.clock(), provider });
      const broken = report.invariants.filter((finding) => finding.state === 'violated');
      if (broken.length > 0) throw new Error(`The books do not agree: ${JSON.stringify(broken, null, 2)}`);
    },
    async close() {
      await w.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Verifies, stores and acts on a delivery. Throws where it is refused. */
async function take(w: OrderWorld, { gateway, body, headers }: Delivery): Promise<void> {
  const provider = w.outside.payments.get(gateway);
  const news: readonly PaymentWebhook[] = provider?.verifyWebhook(body, headers) ?? [];
  const ids: string[] = [];
  for (const one of news) {
    const { rows } = await w.db.pool.query<{ id: string }>(
      `INSERT INTO inbound_webhooks (id, source, external_id, topic, payload, received_at) VALUES ($1, $2, $3, $4, $5, now())
       ON CONFLICT (source, external_id) DO NOTHING RETURNING id`,
      [newId(), provider?.source, one.id, one.topic, JSON.stringify(one)],
    );
    ids.push(...rows.map(({ id }) => id));
  }
  await processWebhooks(w.db.pool, w.flows, ids, w.ctx(), { lastTry: false });
}

/** Whether no attempt waits for its answer. */
async function isQuiet(w: OrderWorld): Promise<boolean> {
  const { rows } = await w.db.pool.query(`SELECT FROM payment_operations WHERE status IN ('in_flight', 'unknown') LIMIT 1`);
  return rows.length === 0;
}
