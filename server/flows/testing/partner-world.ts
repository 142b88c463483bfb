import { createPartners, type FulfilmentPartner } from '../../domains/nodes/provider.ts';
import { newId } from '../../kernel/ids.ts';
import { type PartnerSimulator, startPartnerSimulator } from '../../simulators/partner/server.ts';
import { createFlows, type Flows } from '../flows.ts';
import { type OrderWorld, orderWorld, TEST_DATA_KEY } from './order-world.ts';

/**
 * The house of `orderWorld` with partners: its first node is a third party's, then a drop shipper's, and last its own two warehouses. All
 * partners are the real simulators over HTTP.
 */
export interface PartnersWorld extends OrderWorld {
  readonly thirdParty: PartnerSimulator;
  readonly dropShipper: PartnerSimulator;
  readonly at: { readonly thirdParty: string; readonly dropShipper: string; readonly store: string };
  readonly partners: ReadonlyMap<string, FulfilmentPartner>;
  /** Steers a partner, as its control page does. */
  steer(who: PartnerSimulator, path: string, body: object): Promise<void>;
  requests(orderId: string): Promise<Record<string, unknown>[]>;
}

const API_KEY = 'partner_test';

export async function partnersWorld(options: { readonly stock?: number } = {}): Promise<PartnersWorld> {
  const w = await orderWorld(options);
  const secrets = { apiKey: API_KEY, webhookSecret: w.secrets.webhookSecret };
  const thirdParty = await startPartnerSimulator({ name: 'third_party', port: 0, ...secrets });
  const dropShipper = await startPartnerSimulator({ name: 'drop_shipper', port: 0, ...secrets });
  const partners = createPartners({
    third_party: { url: thirdParty.url, ...secrets, timeoutMs: 2_000 },
    drop_shipper: { url: dropShipper.url, ...secrets, timeoutMs: 2_000 },
  });
  const outside = { ...w.outside, partners };
  const flows: Flows = createFlows({ pool: w.db.pool, home: 'EU', outside, clock: w.clock, dataKey: TEST_DATA_KEY });
  const at = { thirdParty: newId(), dropShipper: newId(), store: newId() };
  const kinds: [string, string, string, number][] = [
    [at.thirdParty, 'LOGI', 'third_party', -2],
    [at.dropShipper, 'DROP', 'drop_shipper', -1],
    [at.store, 'SHOP', 'store', 9],
  ];
  for (const [id, code, kind, priority] of kinds)
    await w.db.pool.query(
      `INSERT INTO nodes (id, merchant_id, home, code, name, kind, priority, created_at) VALUES ($1, $2, 'EU', $3, $3, $4, $5, now())`,
      [id, w.merchantId, code, kind, priority],
    );
  const stocked: [string, string][] = [
    [at.thirdParty, 'MUG'],
    [at.dropShipper, 'TEE'],
    [at.store, 'BAG'],
  ];
  for (const [nodeId, code] of stocked)
    await flows.adjustStock(
      { merchantId: w.merchantId, skuId: w.skus[code] as string, nodeId, delta: options.stock ?? 1_000, reason: 'received' },
      w.ctx(),
    );
  return {
    ...w,
    outside,
    flows,
    thirdParty,
    dropShipper,
    at,
    partners,
    place: (order, key) => flows.placeOrder(w.input(order), w.ctx('shop'), key),
    settle: (by = flows) => w.settle(by),
    steer: async (who, path, body) => {
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`${who.controlUrl}/_sim/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
      if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
    },
    requests: async (orderId) =>
      (await w.db.pool.query('SELECT * FROM fulfilment_requests WHERE order_id = $1 ORDER BY created_at, id', [orderId])).rows,
    close: async () => {
      for (const partner of partners.values()) partner.close();
      await Promise.all([thirdParty.close(), dropShipper.close()]);
      await w.close();
    },
  };
}
