import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SaveNodeSettingsInput } from '../../domains/routing/schema.ts';
import { type OrderWorld, orderWorld } from '../testing/order-world.ts';
import { price, refusal, routingHands } from '../testing/routing-hands.ts';

/** Rules as people change them: drafted, replayed over past orders, put in force, kept. */
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
const order: Hands['order'] = (...given) => hands.order(...given);

describe('a draft of rules', () => {
  it('is replayed over past orders as they were, beside what happened, and put in force', async () => {
    await describeNode(0, { zones: price(900) });
    await describeNode(1, { zones: price(450) });
    await rules({});
    for (let n = 0; n < 3; n++) await order('BAG', 1);
    const when = { channels: [], countries: [], skuTags: [], minGrams: null, maxGrams: null };
    const content = {
      splitMinor: 300,
      lateDayMinor: 200,
      rules: [{ name: 'Away', active: true, when, effect: { type: 'exclude' as const, nodes: ['N2'], kinds: [] } }],
    };
    const draft = await w.flows.routing.saveDraft({ merchantId: w.merchantId, content, version: 0n }, w.ctx());
    const version = BigInt(draft.version);
    const started = await w.flows.routing.simulate({ merchantId: w.merchantId, lastOrders: 3, version }, w.ctx());
    // Twice, as a job may run.
    await w.flows.routing.runSimulation(started.simulationId);
    await w.flows.routing.runSimulation(started.simulationId);
    const { rows } = await w.db.pool.query('SELECT status, progress, total, result FROM routing_simulations WHERE id = $1', [
      started.simulationId,
    ]);
    expect(rows[0]).toMatchObject({
      status: 'done',
      progress: 3,
      total: 3,
      result: {
        differing: 3,
        happened: { orders: 3, costMinor: 1_350, nodes: { N2: { orders: 3, units: 3 } } },
        active: { orders: 3, costMinor: 1_350, missing: 0 },
        draft: { missing: 0 },
      },
    });
    expect(rows[0].result.draft.nodes.N2).toBeUndefined();
    expect(rows[0].result.differences[0]).toMatchObject({ happened: { legs: [{ code: 'N2' }] } });
    await w.flows.routing.promote({ merchantId: w.merchantId, version, reason: 'It costs no more than we thought' }, w.ctx());
    expect(await whereIs(await order('BAG', 1))).not.toHaveProperty('1');
  });
});

describe('a replay', () => {
  it('counts what nodes had taken of their day by then, and leaves out what is older than is asked', async () => {
    await describeNode(0, { zones: price(100), capacityPerDay: 2, capacityUnit: 'orders' });
    await describeNode(1, { zones: price(900) });
    await rules({});
    for (let n = 0; n < 4; n++) {
      await order('BAG', 1);
      w.advanceClock(1_000);
    }
    const content = { splitMinor: 300, lateDayMinor: 200, rules: [] };
    const versions = await w.db.pool.query(`SELECT version FROM routing_rule_sets WHERE merchant_id = $1 AND status = 'draft'`, [
      w.merchantId,
    ]);
    const { version } = await w.flows.routing.saveDraft(
      { merchantId: w.merchantId, content, version: versions.rows[0]?.version ?? 0n },
      w.ctx(),
    );
    const replayed = async (asked: { lastOrders: number; lastDays?: number }) => {
      const wish = { merchantId: w.merchantId, version: BigInt(version), ...asked };
      const { simulationId } = await w.flows.routing.simulate(wish, w.ctx());
      await w.flows.routing.runSimulation(simulationId);
      return (await w.db.pool.query('SELECT result, error FROM routing_simulations WHERE id = $1', [simulationId])).rows[0];
    };
    // The third and the fourth order found the cheap node's day full: the rules as they are send them as it happened.
    expect((await replayed({ lastOrders: 4 })).result).toMatchObject({
      happened: { orders: 4, nodes: { N1: { orders: 2 }, N2: { orders: 2 } } },
      active: { orders: 4, missing: 0, nodes: { N1: { orders: 2 }, N2: { orders: 2 } } },
    });
    await w.db.ownerPool.query(
      `UPDATE orders SET confirmed_at = confirmed_at - interval '40 days' WHERE merchant_id = $1 AND id IN (
      SELECT id FROM orders WHERE merchant_id = $1 ORDER BY placed_at DESC, id DESC OFFSET 3)`,
      [w.merchantId],
    );
    expect((await replayed({ lastOrders: 100, lastDays: 30 })).result).toMatchObject({ happened: { orders: 3 } });
  });
});

describe('what people say of nodes and rules', () => {
  it('is refused with the reason where it could not be followed, and changes nothing', async () => {
    const zone = (bands: SaveNodeSettingsInput['zones'][number]['bands']) => [{ name: 'A', area: [], transitDays: 1, bands }];
    const refused: [Partial<SaveNodeSettingsInput>, RegExp][] = [
      [{ timeZone: 'Mars/Olympus' }, /time zone/],
      [
        {
          zones: zone([
            { upToGrams: 5, priceMinor: 9 },
            { upToGrams: 5, priceMinor: 9 },
          ]),
        },
        /must rise/,
      ],
      [
        {
          zones: zone([
            { upToGrams: 5, priceMinor: 9 },
            { upToGrams: null, priceMinor: 3 },
          ]),
        },
        /must not fall/,
      ],
    ];
    for (const [facts, why] of refused) expect((await refusal(describeNode(0, facts))).detail).toMatch(why);
    hands.versions.set(w.nodes[0] as string, (hands.versions.get(w.nodes[0] as string) as bigint) - 1n);
    expect((await refusal(describeNode(0, {}))).code).toBe('conflict');
    hands.versions.set(w.nodes[0] as string, (hands.versions.get(w.nodes[0] as string) as bigint) + 1n);
    const rule = {
      name: 'Off',
      active: true,
      when: { channels: [], countries: [], skuTags: [], minGrams: null, maxGrams: null },
      effect: { type: 'exclude' as const, nodes: ['NOWHERE'], kinds: [] },
    };
    expect((await refusal(rules({ rules: [rule] }))).detail).toMatch(/no node of that code/);
  });

  it('keeps every version of the rules, and one in force', async () => {
    await rules({ splitMinor: 7 });
    const { rows } = await w.db.pool.query(
      'SELECT number, status FROM routing_rule_sets WHERE merchant_id = $1 ORDER BY number',
      [w.merchantId],
    );
    expect(rows.filter((row) => row.status === 'active')).toHaveLength(1);
    expect(rows.map((row) => row.number)).toEqual(rows.map((_, at) => at + 1));
    const changed = w.db.pool.query(`UPDATE routing_rule_sets SET content = '{}' WHERE status = 'retired'`);
    await expect(changed).rejects.toThrow('only a draft changes');
  });
});
