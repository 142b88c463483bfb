import { pick, type Random } from './people.ts';
import type { BackOffice, ShopClient } from './shop-client.ts';

/** What happens behind the shop: parcels are handed over, shelves are filled, now and then an order is cancelled or refunded. */
interface ListedOrder {
  readonly number: string;
  readonly status: string;
  readonly fulfilment_status: string;
  readonly holds: readonly string[];
  readonly channel: string;
}

const MINUTE_MS = 60_000;
/** An order stays for a while, so that somebody can look at it before it is packed. */
const PACKED_AFTER_MS = 45_000;
const SHELF_LOW = 8;
const RESTOCK = 40;

async function recent(office: BackOffice, query: Record<string, string>): Promise<readonly ListedOrder[]> {
  const { data } = await office<{ data: readonly ListedOrder[] }>(
    'GET',
    `/orders?${new URLSearchParams({ limit: '40', ...query })}`,
  );
  return data.filter((order) => order.channel === 'shop');
}

const ago = (ms: number): string => new Date(Date.now() - ms).toISOString();

/** Hands over the oldest orders that are ready, as many as came in. */
export async function ship(office: BackOffice, most: number): Promise<number> {
  const ready = await recent(office, {
    status: 'CONFIRMED',
    fulfilment_status: 'ALLOCATED',
    placed_after: ago(120 * MINUTE_MS),
    placed_before: ago(PACKED_AFTER_MS),
  });
  const packed = ready.filter((order) => order.holds.length === 0).slice(-most);
  for (const order of packed) await office('POST', `/orders/${order.number}/shipments`, {});
  return packed.length;
}

/** Somebody has changed their mind. */
export async function cancelOne(office: BackOffice, random: Random): Promise<void> {
  const orders = await recent(office, { status: 'CONFIRMED', placed_after: ago(10 * MINUTE_MS), placed_before: ago(10_000) });
  if (orders.length > 0) await office('POST', `/orders/${pick(random, orders).number}/cancel`, { reason: 'customer_request' });
}

/** Something arrived damaged: a small amount goes back, too small to need a second person. */
export async function refundOne(office: BackOffice, random: Random): Promise<void> {
  const orders = await recent(office, { status: 'FULFILLED', placed_after: ago(120 * MINUTE_MS) });
  if (orders.length === 0) return;
  const body = { kind: 'goodwill', amount_minor: 100 + Math.floor(random() * 5) * 100, reason: 'damaged' };
  await office('POST', `/orders/${pick(random, orders).number}/refunds`, body);
}

/** A delivery for what runs low, so that the shop does not sell out while nobody is looking. */
export async function restock(
  offices: ReadonlyMap<string, BackOffice>,
  shop: ShopClient,
  scarce: readonly string[],
): Promise<void> {
  const { products } = await shop.front();
  for (const product of products) {
    const office = offices.get(product.merchant);
    if (!office || scarce.includes(product.handle) || product.available > SHELF_LOW) continue;
    const { nodes } = await office<{ nodes: readonly { node: string }[] }>('GET', `/stock/${encodeURIComponent(product.sku)}`);
    const node = nodes[0]?.node;
    if (node)
      await office('POST', `/stock/${encodeURIComponent(product.sku)}/adjustments`, { node, reason: 'received', delta: RESTOCK });
  }
}
