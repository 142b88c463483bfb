import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../kernel/ids.ts';
import { createFlows } from '../flows.ts';
import { type OrderWorld, orderWorld } from '../testing/order-world.ts';
import { price, refusal, routingHands } from '../testing/routing-hands.ts';
import { createRouter } from './router.ts';

/** Orders and the nodes they find, on a real database: chosen by cost, within what nodes can do, and again when one of them will not. */
let w: OrderWorld;
let hands: ReturnType<typeof routingHands>;
beforeAll(async () => {
  w = await orderWorld({ stock: 50 });
  hands = routingHands(w);
});
afterAll(() => w.close());

type Hands = ReturnType<typeof routingHands>;
const describeNode: Hands['describeNode'] = (...given) => hands.describeNode(...given);
const rules: Hands['rules'] = (...given) => hands.rules(...given);
const whereIs: Hands['whereIs'] = (...given) => hands.whereIs(...given);
const decisions: Hands['decisions'] = (...given) => hands.decisions(...given);
const order: Hands['order'] = (...given) => hands.order(...given);

describe('an order of a merchant', () => {
  it('who said nothing of nodes goes to the first that has everything, and nothing is written about it', async () => {
    const id = await order('MUG', 2);
    expect(await whereIs(id)).toEqual({ 0: 2 });
    expect(await decisions(id)).toEqual([]);
  });

  it('goes where it costs least, and it is said why', async () => {
    await describeNode(0, { zones: price(900) });
    await describeNode(1, { zones: price(450), handlingOrderMinor: 100 });
    const id = await order('MUG', 2);
    expect(await whereIs(id)).toEqual({ 1: 2 });
    const [why] = await decisions(id);
    expect(why).toMatchObject({
      solver: 'exact',
      reason: 'placement',
      explanation: {
        costMinor: 550,
        legs: [{ code: 'N2', units: 2, shippingMinor: 450, handlingMinor: 100 }],
        alternatives: [{ code: 'N1', why: 'dearer', costMinor: 900 }],
      },
    });
    await w.expectBooksAgree();
  });

  it('is split only where one node has not everything, and then at the cheapest', async () => {
    const { rows } = await w.db.pool.query<{ free: bigint }>(
      'SELECT on_hand - allocated AS free FROM node_stock WHERE sku_id = $1 AND node_id = $2',
      [w.skus.TEE, w.nodes[1]],
    );
    const free = Number(rows[0]?.free);
    const id = await order('TEE', free + 3);
    // The dearer node has a fixed price: what the other has not is all it gets.
    expect(await whereIs(id)).toEqual({ 0: 3, 1: free });
    const [why] = await decisions(id);
    expect(why?.explanation).toMatchObject({ splitMinor: 300, costMinor: 900 + 550 + 300 });
    await w.flows.cancelOrder({ orderId: id, reason: 'customer_request' }, w.ctx());
    w.advanceClock(60_000);
    await w.settle();
    await w.expectBooksAgree();
  });

  it('obeys the rules in force, by their number', async () => {
    await rules({
      rules: [
        {
          name: 'Not from N2 to Italy',
          active: true,
          when: { channels: [], countries: ['IT'], skuTags: [], minGrams: null, maxGrams: null },
          effect: { type: 'exclude', nodes: ['N2'], kinds: [] },
        },
      ],
    });
    const id = await order('MUG', 1);
    expect(await whereIs(id)).toEqual({ 0: 1 });
    const [why] = await decisions(id);
    expect(why).toMatchObject({
      rules_number: 1,
      explanation: { alternatives: [{ code: 'N2', why: 'rule', rule: 'Not from N2 to Italy' }] },
    });
    await rules({});
  });

  it('avoids nodes that are closed today or do not send there, and waits where none is left', async () => {
    const today = w.clock().toISOString().slice(0, 10);
    await describeNode(1, { zones: price(450), blackoutDays: [today] });
    expect(await whereIs(await order('MUG', 1))).toEqual({ 0: 1 });
    await describeNode(0, { zones: price(900), area: [{ country: 'DE', prefixes: [] }] });
    const id = await order('MUG', 1);
    expect(await whereIs(id)).toEqual({ [-1]: 1 });
    expect((await decisions(id))[0]?.explanation).toMatchObject({
      missing: 1,
      alternatives: [
        { code: 'N1', why: 'out_of_range' },
        { code: 'N2', why: 'blackout' },
      ],
    });
    await describeNode(1, { zones: price(450) });
    w.advanceClock(900_000);
    await w.settle();
    expect(await whereIs(id)).toEqual({ 1: 1 });
    // Looked at again and again, explained once per answer.
    expect(await decisions(id)).toHaveLength(2);
    await describeNode(0, { zones: price(900) });
    await w.expectBooksAgree();
  });
});

describe('a node’s day', () => {
  it('never holds more than its capacity, however many orders come at once, and has room again for what was cancelled', async () => {
    await describeNode(1, { zones: price(450), capacityPerDay: 3 });
    const placed = await Promise.all(Array.from({ length: 8 }, () => w.place({ lines: [{ sku: 'BAG', quantity: 1 }] })));
    await w.settle();
    const where = await Promise.all(placed.map(({ id }) => whereIs(id)));
    expect(where.filter((one) => one[1]).length).toBe(3);
    expect(where.filter((one) => one[0]).length).toBe(5);
    const first = placed[where.findIndex((one) => one[1])]?.id as string;
    await w.flows.cancelOrder({ orderId: first, reason: 'customer_request' }, w.ctx());
    w.advanceClock(60_000);
    await w.settle();
    expect(await whereIs(await order('BAG', 1))).toEqual({ 1: 1 });
    expect(await whereIs(await order('BAG', 1))).toEqual({ 0: 1 });
    await describeNode(1, { zones: price(450) });
    await w.expectBooksAgree();
  });
});

describe('between a plan and its units', () => {
  const stolen = async (sku: string, node: number, delta: number): Promise<void> => {
    await w.flows.adjustStock(
      {
        merchantId: w.merchantId,
        skuId: w.skus[sku] as string,
        nodeId: w.nodes[node] as string,
        delta,
        reason: delta < 0 ? 'lost' : 'found',
      },
      w.ctx(),
    );
  };
  const freeAt = async (sku: string, node: number): Promise<number> => {
    const { rows } = await w.db.pool.query<{ free: bigint }>(
      'SELECT on_hand - allocated AS free FROM node_stock WHERE sku_id = $1 AND node_id = $2',
      [w.skus[sku], w.nodes[node]],
    );
    return Number(rows[0]?.free);
  };
  /** A house whose router lets the world move before it answers. */
  function slow(meanwhile: () => Promise<void>) {
    const real = createRouter(w.db.pool);
    return createFlows({
      pool: w.db.pool,
      home: 'EU',
      clock: w.clock,
      outside: {
        ...w.outside,
        router: {
          ...real,
          async route(sketch) {
            const routed = await real.route(sketch);
            await meanwhile();
            return routed;
          },
        },
      },
    });
  }

  it('the shelf may empty: the order is planned anew on what is locked', async () => {
    const free = await freeAt('MUG', 1);
    const { id } = await w.place({ lines: [{ sku: 'MUG', quantity: 1 }] });
    let once = true;
    await w.settle(
      slow(async () => {
        if (once) await stolen('MUG', 1, -free);
        once = false;
      }),
    );
    expect(await whereIs(id)).toEqual({ 0: 1 });
    expect((await decisions(id))[0]).toMatchObject({ solver: 'greedy' });
    await stolen('MUG', 1, free);
    await w.expectBooksAgree();
  });

  it('the process may die: another one plans again once the lease is over', async () => {
    const { id } = await w.place({ lines: [{ sku: 'MUG', quantity: 1 }] });
    const died = w.settle(slow(() => Promise.reject(new Error('killed'))));
    await expect(died).rejects.toThrow('killed');
    expect(await whereIs(id)).toEqual({ [-1]: 1 });
    w.advanceClock(13_000);
    await w.settle();
    expect(await whereIs(id)).toEqual({ 1: 1 });
    await w.expectBooksAgree();
  });
});

describe('an order whose node will not send it', () => {
  it('finds another one, never the same again, and keeps the reason', async () => {
    const id = await order('MUG', 2);
    expect(await whereIs(id)).toEqual({ 1: 2 });
    const input = { orderId: id, nodeId: w.nodes[1] as string, reason: 'shortage', note: 'Shelf is empty' } as const;
    const preview = await w.flows.routing.previewReroute(input, w.ctx());
    expect(preview).toMatchObject({ held: false, forecast: { legs: [{ nodeId: w.nodes[0], units: 2 }], missing: 0 } });
    expect((await refusal(w.flows.routing.reroute({ ...input, fingerprint: 'old' }, w.ctx()))).code).toBe('plan_changed');
    await w.flows.routing.reroute({ ...input, fingerprint: preview.fingerprint }, w.ctx(), 'once');
    await w.flows.routing.reroute({ ...input, fingerprint: preview.fingerprint }, w.ctx(), 'once');
    await w.settle();
    expect(await whereIs(id)).toEqual({ 0: 2 });
    expect((await decisions(id)).at(-1)).toMatchObject({
      reason: 'reroute-order',
      explanation: { alternatives: [{ code: 'N2', why: 'rerouted' }] },
    });
    await w.flows.routing.reroute({ ...input, nodeId: w.nodes[0] as string }, w.ctx());
    await w.settle();
    expect(await whereIs(id)).toEqual({ [-1]: 2 });
    expect((await refusal(w.flows.routing.reroute({ ...input }, w.ctx()))).code).toBe('state_refuses');
    await w.expectBooksAgree();
  });

  it('is held for a person once it was sent round too often', async () => {
    const ids: string[] = [];
    // More nodes than anybody sends an order round.
    for (let at = 0; at < 7; at++) {
      const id = newId();
      ids.push(id);
      await w.db.ownerPool.query(
        `INSERT INTO nodes (id, merchant_id, home, code, name, kind, priority, created_at) VALUES ($1, $2, 'EU', $3, $3, 'warehouse', 50, now())`,
        [id, w.merchantId, `R${at}`],
      );
      await w.flows.adjustStock(
        { merchantId: w.merchantId, skuId: w.skus.MUG as string, nodeId: id, delta: 5, reason: 'received' },
        w.ctx(),
      );
    }
    const id = await order('MUG', 1);
    for (let round = 0; round < 6; round++) {
      const { rows } = await w.db.pool.query<{ node_id: string }>(
        `SELECT node_id FROM line_spans WHERE order_id = $1 AND state = 'allocated'`,
        [id],
      );
      await w.flows.routing.reroute({ orderId: id, nodeId: rows[0]?.node_id as string, reason: 'silent' }, w.ctx());
      await w.settle();
    }
    expect(await w.order(id)).toMatchObject({ holds: ['manual'] });
    expect(await whereIs(id)).toEqual({ [-1]: 1 });
    await w.flows.releaseOrder({ orderId: id, hold: 'manual', reason: 'Once more' }, w.ctx());
    await w.settle();
    expect(await w.order(id)).toMatchObject({ fulfilment_status: 'ALLOCATED' });
    await w.expectBooksAgree();
  });
});
