import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readdressOrderInput } from '../domains/orders/schema.ts';
import { type OrderWorld, orderWorld } from './testing/order-world.ts';

let w: OrderWorld;
beforeAll(async () => {
  w = await orderWorld();
});
afterAll(() => w.close());

const SEEN = { name: 'Carla Rossi', line1: 'Via Roma 1', city: 'Milano', postalCode: '20121', country: 'IT' };
const NEW = { name: 'Carla Rossi', line1: 'Via Po 9', city: 'Torino', postalCode: '10121', country: 'IT' };

async function held(): Promise<string> {
  const { id } = await w.place({ lines: [{ sku: 'MUG', quantity: 1 }] });
  await w.flows.holdOrder({ orderId: id, hold: 'address', reason: 'No such street' }, w.ctx());
  await w.settle();
  return id;
}
const change = (
  orderId: string,
  more: Partial<{ address: typeof NEW; seen: typeof SEEN; releaseHold: boolean }> = {},
  who = 'agent',
) => w.flows.readdressOrder({ orderId, address: NEW, seen: SEEN, releaseHold: false, ...more }, w.ctx(who));

describe('another address', () => {
  it('is where the order goes, and its hold is lifted with it', async () => {
    const id = await held();
    expect(await change(id, { releaseHold: true })).toMatchObject({ changed: ['city', 'line1', 'postalCode'], holds: [] });
    await w.settle();
    expect(await w.order(id)).toMatchObject({ ship_to: NEW, holds: [], fulfilment_status: 'ALLOCATED' });
    const { rows } = await w.db.pool.query(`SELECT data FROM events WHERE aggregate_id = $1 AND type = 'order.readdressed'`, [
      id,
    ]);
    expect(JSON.stringify(rows)).not.toContain('Torino');
  });

  it('is refused once units are set aside for the old one', async () => {
    const { id } = await w.place({ lines: [{ sku: 'MUG', quantity: 1 }] });
    await w.settle();
    await expect(change(id)).rejects.toMatchObject({ code: 'state_refuses', detail: expect.stringContaining('set aside') });
    expect(await w.order(id)).toMatchObject({ ship_to: SEEN });
  });

  it('is refused in another country, whose tax is another', async () => {
    const id = await held();
    const address = { ...NEW, postalCode: '10115', country: 'DE' };
    await expect(change(id, { address })).rejects.toMatchObject({
      code: 'state_refuses',
      detail: expect.stringContaining('place it again'),
    });
    expect(await w.order(id)).toMatchObject({ ship_to: SEEN, holds: ['address'] });
  });

  it('of one of two agents at once counts, and the other is told who was faster', async () => {
    const id = await held();
    const addresses = [NEW, { ...NEW, line1: 'Via Garibaldi 3' }];
    const both = await Promise.allSettled(
      addresses.map((address, index) => change(id, { address }, index === 0 ? 'agent' : 'other')),
    );
    expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(change(id, { address: { ...NEW, line1: 'Via Lagrange 1' } })).rejects.toMatchObject({
      code: 'conflict',
      data: { changedBy: expect.stringMatching(/^user:/) },
    });
  });

  it('that is the same changes nothing', async () => {
    const id = await held();
    const { version } = await w.order(id);
    expect(await change(id, { address: SEEN })).toMatchObject({ changed: [] });
    expect((await w.order(id)).version).toBe(version);
  });

  it.each([
    ['a postal code of another shape', { ...NEW, postalCode: '123' }, 'looks like 20121'],
    ['a card number', { ...NEW, line2: '4242 4242 4242 4242' }, 'not kept here'],
    ['a country in words', { ...NEW, country: 'Italia' }, 'two-letter'],
  ])('with %s is refused', (_what, address, said) => {
    const input = { orderId: '00000000-0000-7000-8000-000000000000', address, seen: null };
    expect(readdressOrderInput.safeParse(input).error?.message).toContain(said);
  });
});
