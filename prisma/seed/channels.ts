import type { Shop } from './shops.ts';
import { contextOf, type Stage } from './stories.ts';

/** Where the demo's marketplace is, and what both sides sign with. */
export interface Market {
  readonly url: string;
  readonly secret: string;
}

/** How many units too many the marketplace believes in, of the first listing. */
const TOO_MANY = 3;

/**
 * Connects the first shop to the marketplace: everything is told and acknowledged, and then somebody over there changes one listing by hand,
 * which the first report finds.
 */
export async function connectMarketplace(stage: Stage, shop: Shop, market: Market, now: Date): Promise<void> {
  const { flows, actors, time } = stage;
  const ctx = contextOf(stage, actors.warehouse, now);
  const wish = { merchantId: shop.id, kind: 'marketplace', name: 'Bazaar', ...market };
  const { id } = await flows.channels.connect(wish, ctx, 'seed:channel');
  await time.at(now, async () => {
    while ((await flows.channels.sender.pass()) > 0) await flows.channels.sender.settled();
    const [first] = await listings(market, id);
    if (first) await steer(market, `listings/${encodeURIComponent(first)}/drift`, { connection: id, by: TOO_MANY });
    await flows.channels.askReport({ connectionId: id }, ctx, 'seed:channel-report');
    await flows.channels.fetchReports();
  });
}

async function listings({ url }: Market, connection: string): Promise<string[]> {
  const response = await fetch(`${url}/_sim/listings?connection=${connection}`);
  const { data } = (await response.json()) as { data: { listing_id: string; quantity: number }[] };
  return data.flatMap((one) => (one.quantity > 0 ? [one.listing_id] : [])).sort();
}

async function steer({ url }: Market, path: string, body: unknown): Promise<void> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(`${url}/_sim/${path}`, init);
  if (!response.ok) throw new Error(`The marketplace answered ${response.status}: ${await response.text()}`);
}
