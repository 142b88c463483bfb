import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { MailLinks } from '../mail/content.ts';
import { readContent } from '../mail/facts.ts';
import { writeMail } from '../mail/write-mail.ts';
import { type PartnersWorld, partnersWorld } from '../testing/partner-world.ts';

let w: PartnersWorld;
beforeAll(async () => {
  w = await partnersWorld();
});
afterAll(() => w.close());
afterEach(() => w.expectBooksAgree());

const DAY = 86_400_000;

/** An order that is fetched at the store, paid and set aside there. */
async function fetched(quantity = 2, token?: string): Promise<{ id: string; number: string }> {
  const order = {
    lines: [{ sku: 'BAG', quantity, unitPrice: '10.00' }],
    pickup: { nodeId: w.at.store },
    ...(token ? { token } : {}),
  };
  const placed = await w.flows.placeOrder({ ...w.input(order), shipTo: undefined }, w.ctx('shop'));
  await w.settle();
  return placed;
}
const pickup = async (orderId: string): Promise<Record<string, unknown>> =>
  (await w.db.pool.query('SELECT * FROM pickups WHERE order_id = $1', [orderId])).rows[0];
const events = async (orderId: string): Promise<string[]> =>
  (
    await w.db.pool.query<{ type: string }>('SELECT type FROM events WHERE aggregate_id = $1 ORDER BY aggregate_version', [
      orderId,
    ])
  ).rows.map(({ type }) => type);

describe('an order that is fetched', () => {
  it('is set aside at its store, and nowhere else', async () => {
    const { id } = await fetched();
    const { rows } = await w.db.pool.query('SELECT DISTINCT node_id FROM line_spans WHERE order_id = $1', [id]);
    expect(rows).toEqual([{ node_id: w.at.store }]);
    await expect(w.flows.shipOrder({ orderId: id }, w.ctx('warehouse'))).rejects.toThrow(/customer fetches this order/);
  });

  it('is told to its customer with a code, handed over for it, and paid at that moment', async () => {
    const { id, number } = await fetched();
    const ready = await w.flows.makePickupReady({ orderId: id }, w.ctx('warehouse'));
    expect(ready.number).toBe(number);
    const { code } = await pickup(id);
    expect(code).toMatch(/^[A-Z2-9]{6}$/);
    expect(await w.order(id)).toMatchObject({ status: 'CONFIRMED', captured_minor: 0n });
    await expect(w.flows.handOverPickup({ orderId: id, shown: 'AAAAAA' }, w.ctx('warehouse'))).rejects.toThrow(
      /neither the pick-up code/,
    );
    await w.flows.handOverPickup({ orderId: id, shown: ` ${String(code).toLowerCase()}` }, w.ctx('warehouse'));
    await w.settle();
    expect(await w.order(id)).toMatchObject({ status: 'FULFILLED', fulfilment_status: 'DELIVERED', payment_status: 'CAPTURED' });
    expect(await pickup(id)).toMatchObject({ status: 'collected', collected_at: expect.any(Date) });
    expect(w.carrier.state.parcels.size).toBe(0);
    expect(await events(id)).toEqual(expect.arrayContaining(['order.ready_for_pickup', 'order.collected', 'shipment.delivered']));
    await expect(w.flows.handOverPickup({ orderId: id, shown: number }, w.ctx('warehouse'))).rejects.toThrow(
      /handed over already/,
    );
  });

  it('is handed over by its number too, once however often the desk says so', async () => {
    const { id, number } = await fetched(1);
    await w.flows.makePickupReady({ orderId: id }, w.ctx('warehouse'));
    const give = () => w.flows.handOverPickup({ orderId: id, shown: number }, w.ctx('warehouse'), 'the same key');
    expect(await give()).toEqual(await give());
    await w.settle();
    expect(await w.captures(id)).toHaveLength(1);
  });

  it('stays behind the counter when the card refuses', async () => {
    const { id, number } = await fetched(1);
    await w.flows.makePickupReady({ orderId: id }, w.ctx('warehouse'));
    await w.psp.switches.set({ decline: { next: 1, on: ['capture'] } });
    await w.flows.handOverPickup({ orderId: id, shown: number }, w.ctx('warehouse'));
    await w.settle();
    await w.psp.switches.reset();
    expect(await pickup(id)).toMatchObject({ status: 'ready' });
    expect(await w.order(id)).toMatchObject({ status: 'CONFIRMED', holds: ['manual'], captured_minor: 0n });
  });

  it('is not ready before everything lies there', async () => {
    const placed = await w.flows.placeOrder(
      {
        ...w.input({ lines: [{ sku: 'BAG', quantity: 1, unitPrice: '10.00' }], pickup: { nodeId: w.at.store } }),
        shipTo: undefined,
      },
      w.ctx('shop'),
    );
    await expect(w.flows.makePickupReady({ orderId: placed.id }, w.ctx('warehouse'))).rejects.toThrow(/not complete yet/);
    await w.settle();
    await expect(w.flows.makePickupReady({ orderId: placed.id }, w.ctx('warehouse'))).resolves.toMatchObject({
      orderId: placed.id,
    });
  });

  it('is told of by mail, in words and with the code, and no parcel is', async () => {
    const { id, number } = await fetched(1);
    await w.flows.makePickupReady({ orderId: id }, w.ctx('warehouse'));
    const { code } = await pickup(id);
    const links = { track: () => 'https://shop.example/track/x' } as unknown as MailLinks;
    const notice = { orderId: id, data: {}, createdAt: w.clock() };
    const content = await readContent(w.db.pool, { ...notice, kind: 'ready_for_pickup' }, links);
    for (const language of ['en', 'de']) {
      const mail = writeMail(content as NonNullable<typeof content>, language);
      expect(mail.subject).toContain(number);
      expect(mail.text).toContain(code);
      expect(mail.text).toContain('SHOP');
    }
    const given = await w.flows.handOverPickup({ orderId: id, shown: number }, w.ctx('warehouse'));
    await w.settle();
    const shipped = await readContent(w.db.pool, { ...notice, kind: 'shipped', data: { shipmentId: given.shipmentId } }, links);
    expect(shipped).toBeNull();
  });
});

describe('an order that nobody fetches', () => {
  it('is asked for once, then goes back on the shelf and its money to the customer', async () => {
    const { id } = await fetched(3);
    await w.flows.makePickupReady({ orderId: id }, w.ctx('warehouse'));
    const allocated = async (): Promise<unknown> =>
      (await w.db.pool.query('SELECT allocated, on_hand FROM node_stock WHERE node_id = $1', [w.at.store])).rows[0];
    const before = (await allocated()) as { allocated: bigint; on_hand: bigint };
    expect(await w.flows.attendPickups(w.ctx())).toBe(0);
    w.advanceClock(5.5 * DAY);
    expect(await w.flows.attendPickups(w.ctx())).toBeGreaterThan(0);
    expect((await pickup(id)).reminded_at).toBeInstanceOf(Date);
    expect(await w.flows.attendPickups(w.ctx())).toBe(0);
    w.advanceClock(2 * DAY);
    expect(await w.flows.attendPickups(w.ctx())).toBeGreaterThan(0);
    await w.settle();
    expect(await w.flows.attendPickups(w.ctx())).toBe(0);
    expect(await pickup(id)).toMatchObject({ status: 'uncollected' });
    expect(await w.order(id)).toMatchObject({ status: 'CANCELLED', payment_status: 'VOIDED' });
    const after = (await allocated()) as typeof before;
    expect(after.on_hand).toBe(before.on_hand);
    expect(after.allocated).toBeLessThanOrEqual(before.allocated - 3n);
    expect((await events(id)).filter((type) => type === 'order.pickup_reminded')).toHaveLength(1);
  });
});

describe('choosing where to fetch', () => {
  const place = (order: Parameters<PartnersWorld['input']>[0]) =>
    w.flows.placeOrder({ ...w.input(order), shipTo: undefined }, w.ctx('shop'));

  it('is refused at a node without a counter', async () => {
    const lines = [{ sku: 'BAG', quantity: 1 }];
    for (const nodeId of [w.nodes[0] as string, w.at.thirdParty])
      await expect(place({ lines, pickup: { nodeId } })).rejects.toThrow(/cannot fetch orders at this node/);
  });

  it('is refused where the store has not all of it, with what it has', async () => {
    await expect(place({ lines: [{ sku: 'MUG', quantity: 1 }], pickup: { nodeId: w.at.store } })).rejects.toThrow(
      /does not have enough of MUG \(1 asked, 0 there\)/,
    );
  });

  it('is refused beside a delivery address', async () => {
    const input = w.input({ lines: [{ sku: 'BAG', quantity: 1 }], pickup: { nodeId: w.at.store } });
    await expect(w.flows.placeOrder(input, w.ctx('shop'))).rejects.toThrow(/fetched or sent/);
  });
});
