import type { AdjustStockInput } from '../../domains/inventory/schema.ts';
import { placeOrderInput } from '../../domains/orders/schema.ts';
import type { PlacedOrder } from '../../flows/placed-order.ts';
import type { ShippingOrder } from '../../flows/ship-order.ts';
import type { Answer, Clients } from './clients.ts';
import { CARDS } from './psp.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';
import { type Shop, STOCKED } from './shop.ts';

/** Enough for whoever still waits. */
const PLENTY = 50;

const ACTS = [
  ...(['ship', 'ship', 'ship', 'ship some', 'ship some', 'deliver'] as const),
  ...(['cancel', 'cancel some', 'cancel some', 'cancel undoable'] as const),
  ...(['refund', 'refund some', 'refund amount', 'goodwill', 'refund undoable'] as const),
  ...(['hold', 'lose', 'receive'] as const),
] as const;
type Act = (typeof ACTS)[number];

/** What people do in one seed: a few orders of scarce goods, each with somebody who does this and that to it, and sometimes two. */
export class Script {
  readonly orders: PlacedOrder[] = [];
  private readonly shop: Shop;
  private readonly clients: Clients;
  private readonly scheduler: Scheduler;
  private readonly random: Random;

  constructor(options: { shop: Shop; clients: Clients; scheduler: Scheduler; random: Random }) {
    this.shop = options.shop;
    this.clients = options.clients;
    this.scheduler = options.scheduler;
    this.random = options.random;
  }

  /** Units for whoever still waits for some, at every node: a parcel leaves from the node where its units were packed, and nowhere else. */
  async stockUp(): Promise<void> {
    const places = STOCKED.flatMap((code) => this.shop.nodes.map((nodeId) => ({ code, nodeId })));
    await Promise.all(places.map(({ code, nodeId }) => this.adjust(code, nodeId, PLENTY)));
  }

  async play(): Promise<void> {
    const journeys = Array.from({ length: this.random.between(2, 4) }, (_, index) => this.journey(index));
    await Promise.all(journeys);
  }

  private async journey(index: number): Promise<void> {
    await this.pause(6_000);
    const order = await this.place(index);
    if (!order) return;
    const agents = this.random.chance(0.4) ? 2 : 1;
    await Promise.all(Array.from({ length: agents }, () => this.agent(index, order)));
  }

  private async agent(index: number, order: PlacedOrder): Promise<void> {
    for (let left = this.random.between(1, 3); left > 0; left--) {
      await this.pause(8_000);
      await this.act(this.random.pick(ACTS), `order ${index + 1}`, order);
    }
  }

  private pause(maxMs: number): Promise<void> {
    return this.scheduler.sleep(this.random.between(0, maxMs));
  }

  private async place(index: number): Promise<PlacedOrder | null> {
    const { random } = this;
    const codes = random.chance(0.5) ? [random.pick(STOCKED)] : (['MUG', 'TEE'] as const);
    const lines = codes.map((sku) => ({ sku: sku as string, quantity: random.between(1, 3) }));
    if (random.chance(0.2)) lines.push({ sku: 'GIFTWRAP', quantity: 1 });
    const card = random.chance(0.85)
      ? 'accepted'
      : random.chance(0.03)
        ? 'abandoned'
        : random.pick(['declined', 'challenged'] as const);
    const input = placeOrderInput.parse({
      merchantId: this.shop.merchantId,
      channel: 'api',
      currency: 'EUR',
      customer: { email: `customer-${random.between(1, 2)}@customer.example`, name: 'Carla Rossi' },
      shipTo: { line1: 'Via Roma 1', city: 'Milano', postalCode: '20121', country: 'IT' },
      lines,
      payment: { token: CARDS[card] },
      ...(random.chance(0.3) ? { shipping: { name: 'Standard', priceMinor: 490n } } : {}),
      ...(random.chance(0.3) ? { discountMinor: 57n } : {}),
    });
    const what = `place order ${index + 1} (${lines.map((line) => `${line.quantity} ${line.sku}`).join(', ')}; ${card})`;
    const answer = await this.clients.ask({ what, call: (flows, ctx, key) => flows.placeOrder(input, ctx, key) });
    const order = acceptedAs<PlacedOrder>(answer);
    if (order) this.orders.push(order);
    return order;
  }

  private async act(act: Act, which: string, order: PlacedOrder): Promise<void> {
    const { random, clients } = this;
    const orderId = order.id;
    const what = `${act} ${which}`;
    const some = { units: [{ lineId: random.pick(order.lines).id, quantity: 1 }] };
    switch (act) {
      case 'ship':
      case 'ship some': {
        const units = act === 'ship' ? {} : some;
        await clients.ask({ what, call: (flows, ctx, key) => flows.shipOrder({ orderId, ...units }, ctx, key) });
        return;
      }
      case 'deliver':
        return this.deliver(what, orderId);
      case 'cancel':
      case 'cancel some': {
        const units = act === 'cancel' ? {} : some;
        const input = { orderId, reason: 'customer_request' as const, ...units };
        await clients.ask({ what, call: (flows, ctx, key) => flows.cancelOrder(input, ctx, key) });
        return;
      }
      case 'cancel undoable':
        return this.cancelAndRegret(what, orderId);
      case 'refund':
      case 'refund some': {
        const units = act === 'refund' ? {} : some;
        const input = { kind: 'units' as const, orderId, reason: 'damaged' as const, ...units };
        await clients.ask({ what, call: (flows, ctx, key) => flows.refundOrder(input, ctx, key) });
        return;
      }
      case 'refund amount':
      case 'goodwill': {
        const kind = act === 'goodwill' ? ('goodwill' as const) : ('amount' as const);
        const input = { kind, orderId, amountMinor: BigInt(random.between(1, 300)), reason: 'late' as const };
        await clients.ask({ what, call: (flows, ctx, key) => flows.refundOrder(input, ctx, key) });
        return;
      }
      case 'refund undoable':
        return this.refundAndRegret(what, orderId);
      case 'hold':
        return this.holdAndRelease(what, orderId);
      case 'lose':
        await this.adjust(random.pick(STOCKED), random.pick(this.shop.nodes), -1);
        return;
      case 'receive':
        await this.adjust(random.pick(STOCKED), random.pick(this.shop.nodes), random.between(1, 3));
    }
  }

  private async deliver(what: string, orderId: string): Promise<void> {
    for (const asked of [...this.clients.asked]) {
      const shipped = asked.answers[0] && acceptedAs<Partial<ShippingOrder>>(asked.answers[0]);
      if (shipped?.orderId !== orderId || !shipped.shipments) continue;
      for (const { id } of shipped.shipments) {
        const input = { shipmentId: id, status: 'DELIVERED' as const, detail: null };
        await this.clients.ask({ what, call: (flows, ctx, key) => flows.updateShipment(input, ctx, key) });
      }
    }
  }

  private async cancelAndRegret(what: string, orderId: string): Promise<void> {
    const input = { orderId, reason: 'customer_request' as const, undoable: true };
    await this.clients.ask({ what, call: (flows, ctx, key) => flows.cancelOrder(input, ctx, key) });
    if (this.random.chance(0.5)) return;
    await this.pause(12_000);
    await this.clients.ask({ what: `undo ${what}`, call: (flows, ctx, key) => flows.undoCancel({ orderId }, ctx, key) });
  }

  private async refundAndRegret(what: string, orderId: string): Promise<void> {
    const input = { kind: 'units' as const, orderId, reason: 'damaged' as const, undoable: true };
    const answer = await this.clients.ask({ what, call: (flows, ctx, key) => flows.refundOrder(input, ctx, key) });
    const refundId = acceptedAs<{ id: string }>(answer)?.id;
    if (!refundId || this.random.chance(0.5)) return;
    await this.pause(12_000);
    const call = { orderId, refundId };
    await this.clients.ask({ what: `undo ${what}`, call: (flows, ctx, key) => flows.undoRefund(call, ctx, key) });
  }

  private async holdAndRelease(what: string, orderId: string): Promise<void> {
    const input = { orderId, hold: 'manual' as const, reason: 'a look' };
    await this.clients.ask({ what, call: (flows, ctx, key) => flows.holdOrder(input, ctx, key) });
    await this.pause(10_000);
    await this.release(orderId);
  }

  /** Lifts the hold that a person, or a shipment that failed, has put on an order. */
  async release(orderId: string): Promise<void> {
    const input = { orderId, hold: 'manual' as const, reason: 'fine' };
    await this.clients.ask({ what: 'release', call: (flows, ctx, key) => flows.releaseOrder(input, ctx, key) });
  }

  private async adjust(code: string, nodeId: string, delta: number): Promise<void> {
    const { merchantId, skus } = this.shop;
    const reason = delta < 0 ? 'lost' : 'received';
    const input: AdjustStockInput = { merchantId, skuId: skus[code] as string, nodeId, delta, reason };
    await this.clients.ask({ what: `${reason} ${delta} ${code}`, call: (flows, ctx, key) => flows.adjustStock(input, ctx, key) });
  }
}

/** What a request was answered, where it was not refused. */
export function acceptedAs<T>(answer: Answer): T | null {
  return 'ok' in answer ? (answer.ok as T) : null;
}
