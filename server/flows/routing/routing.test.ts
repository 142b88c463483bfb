import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_FACTS } from '../../domains/routing/rules.ts';
import type { RulesContent, SaveNodeSettingsInput } from '../../domains/routing/schema.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { createFlows } from '../flows.ts';
import { type OrderWorld, orderWorld } from '../testing/order-world.ts';
import { createRouter } from './router.ts';

/** Orders and the nodes they find, on a real database: chosen by cost, within what nodes can do, and again when one of them will not. */
let w: OrderWorld;
beforeAll(async () => {
  w = await orderWorld({ stock: 50 });
});
afterAll(() => w.close());

const versions = new Map<string, bigint>();

/** Says something of a node that differs from the defaults. */
async function describeNode(at: number, facts: Partial<SaveNodeSettingsInput>): Promise<void> {
  const nodeId = w.nodes[at] as string;
  const version = versions.get(nodeId) ?? 0n;
  const saved = await w.flows.routing.saveNode(
    { ...DEFAULT_FACTS, merchantId: w.merchantId, priority: at, ...facts, nodeId, version },
    w.ctx(),
  );
  versions.set(nodeId, BigInt(saved.version));
}

const price = (priceMinor: number, transitDays = 2): SaveNodeSettingsInput['zones'] => [
  { name: 'All', area: [], transitDays, bands: [{ upToGrams: null, priceMinor }] },
];

async function rules(content: Partial<RulesContent>): Promise<void> {
  const { rows } = await w.db.pool.query<{ version: bigint }>(
    `SELECT version FROM routing_rule_sets WHERE merchant_id = $1 AND status = 'draft'`,
    [w.merchantId],
  );
  const draft = await w.flows.routing.saveDraft(
    {
      merchantId: w.merchantId,
      content: { splitMinor: 300, lateDayMinor: 200, rules: [], ...content },
      version: rows[0]?.version ?? 0n,
    },
    w.ctx(),
  );
  await w.flows.routing.promote({ merchantId: w.merchantId, version: BigInt(draft.version), reason: 'test' }, w.ctx());
}

/** Units of an order by the node they are at; -1: at none. */
async function whereIs(orderId: string): Promise<Record<number, number>> {
  const { rows } = await w.db.pool.query<{ node_id: string | null; units: bigint }>(
    `SELECT node_id, sum(to_unit - from_unit + 1)::int8 AS units FROM line_spans WHERE order_id = $1 AND state IN ('open', 'allocated') GROUP BY 1`,
    [orderId],
  );
  return Object.fromEntries(rows.map((row) => [w.nodes.indexOf(row.node_id ?? ''), Number(row.units)]));
}

async function decisions(orderId: string) {
  const { rows } = await w.db.pool.query<{ solver: string; reason: string; rules_number: number | null; explanation: never }>(
    'SELECT solver, reason, rules_number, explanation FROM routing_decisions WHERE order_id = $1 ORDER BY id',
    [orderId],
  );
  return rows as unknown as { solver: string; reason: string; rules_number: number | null; explanation: Record<string, never> }[];
}

const order = async (sku: string, quantity: number): Promise<string> => {
  const { id } = await w.place({ lines: [{ sku, quantity }] });
  await w.settle();
  return id;
};

async function refusal(promise: Promise<unknown>): Promise<DomainError> {
  const error = await promise.then(
    () => new Error('It was not refused'),
    (reason: unknown) => reason,
  );
  if (error instanceof DomainError) return error;
  throw error;
}

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
    versions.set(w.nodes[0] as string, (versions.get(w.nodes[0] as string) as bigint) - 1n);
    expect((await refusal(describeNode(0, {}))).code).toBe('conflict');
    versions.set(w.nodes[0] as string, (versions.get(w.nodes[0] as string) as bigint) + 1n);
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
