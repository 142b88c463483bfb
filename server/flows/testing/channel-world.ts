import { type MarketplaceSimulator, startMarketplaceSimulator } from '../../simulators/marketplace/server.ts';
import type { ChannelFlows } from '../channels/channel-flows.ts';
import { fetchReport } from '../channels/compare-report.ts';
import { createChannelPorts } from '../channels/ports.ts';
import { createFlows, type Flows } from '../flows.ts';
import { type OrderWorld, orderWorld, TEST_DATA_KEY, type WorldOptions } from './order-world.ts';

/** A house with a marketplace that its merchant is connected to, over HTTP. */
export interface ChannelWorld extends Omit<OrderWorld, 'flows'> {
  readonly flows: Flows;
  readonly channels: ChannelFlows;
  readonly market: MarketplaceSimulator;
  readonly connectionId: string;
  /** Sends until nothing is left to send now. */
  send(by?: ChannelFlows): Promise<void>;
  /** A house of its own on the same database: another process. */
  anotherHouse(): Flows;
  /** What the marketplace has of a SKU. */
  theirs(ref: string): { quantity: number; version: number } | undefined;
  /** What the marketplace should have of a SKU. */
  available(code: string): Promise<number>;
  listing(code: string): Promise<Record<string, unknown>>;
  drift(): Promise<Record<string, unknown>[]>;
  adjust(code: string, delta: number): Promise<void>;
  /** Asks the marketplace what it has, and compares. */
  report(): ReturnType<typeof fetchReport>;
  steer(path: string, body: unknown): Promise<void>;
}

export const MARKET_SECRET = 'whsec_bWFya2V0cGxhY2Utb2YtdGVzdHM=';

export async function channelWorld(options: WorldOptions = {}): Promise<ChannelWorld> {
  const w = await orderWorld({ stock: 100, ...options });
  const market = await startMarketplaceSimulator({ port: 0, webhookSecret: MARKET_SECRET });
  const house = (): Flows =>
    createFlows({
      ...{ pool: w.db.pool, home: 'EU', outside: w.outside, clock: w.clock, dataKey: TEST_DATA_KEY },
      channels: { origins: [market.url], timeoutMs: 1_000 },
    });
  const flows = house();
  const ports = createChannelPorts({ dataKey: TEST_DATA_KEY, origins: [market.url] });
  const input = { merchantId: w.merchantId, kind: 'marketplace', name: 'Bazaar', url: market.url, secret: MARKET_SECRET };
  const { id: connectionId } = await flows.channels.connect(input, w.ctx());
  const send = async (by: ChannelFlows = flows.channels): Promise<void> => {
    while ((await by.sender.pass()) > 0) await by.sender.settled();
  };
  const one = async (text: string, values: unknown[]) => (await w.db.pool.query(text, values)).rows[0];
  return {
    ...w,
    flows,
    channels: flows.channels,
    market,
    connectionId,
    send,
    anotherHouse: house,
    theirs: (ref) => market.state.find(ref, connectionId),
    available: async (code) =>
      Number(
        (
          await one('SELECT greatest(greatest(sellable, 0) + limit_over - promised, 0) AS n FROM sku_supply WHERE sku_id = $1', [
            w.skus[code],
          ])
        ).n,
      ),
    listing: (code) =>
      one('SELECT * FROM channel_listings WHERE connection_id = $1 AND sku_id = $2', [connectionId, w.skus[code]]),
    drift: async () =>
      (await w.db.pool.query('SELECT * FROM channel_drift WHERE connection_id = $1 ORDER BY id', [connectionId])).rows,
    adjust: async (code, delta) => {
      const where = { merchantId: w.merchantId, skuId: w.skus[code] as string, nodeId: w.nodes[0] as string };
      await flows.adjustStock({ ...where, delta, reason: delta > 0 ? 'found' : 'lost' }, w.ctx());
    },
    report: () => fetchReport({ pool: w.db.pool, ports }, connectionId, w.ctx()),
    steer: async (path, body) => {
      const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
      const response = await fetch(`${market.controlUrl}/_sim/${path}`, init);
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    },
    close: async () => {
      ports.close();
      flows.channels.close();
      await market.close();
      await w.close();
    },
  };
}
