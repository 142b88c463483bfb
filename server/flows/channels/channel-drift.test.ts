import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../kernel/ids.ts';
import { signStandardWebhook } from '../../platform/standard-webhook.ts';
import { createWebhookStore } from '../../platform/stored-webhooks.ts';
import { readChannel } from '../../views/channels.ts';
import { readCount } from '../../views/counts.ts';
import { processWebhook } from '../process-webhook.ts';
import { type ChannelWorld, channelWorld, MARKET_SECRET } from '../testing/channel-world.ts';
import { createMortal, type Death, mortality } from '../testing/mortal.ts';
import { TEST_DATA_KEY } from '../testing/order-world.ts';
import type { OpenedCount } from './count-drift.ts';
import { createChannelPorts } from './ports.ts';
import { createStockSender } from './send-stock.ts';

const everything = { merchantId: null, customerId: null };

let w: ChannelWorld;
beforeAll(async () => {
  w = await channelWorld({ stock: 1_000 });
  await w.send();
});
afterAll(() => w.close());

const stock = async () =>
  (await w.db.pool.query('SELECT sku_id, sellable, promised, version FROM sku_supply ORDER BY sku_id')).rows;
const open = async () => (await w.drift()).filter((row) => row.status === 'open');
const resolve = (driftId: unknown, answer: 'send_again' | 'count' | 'ignore', reason?: string) =>
  w.channels.resolveDrift(
    { connectionId: w.connectionId, driftId: String(driftId), answer, ...(reason ? { reason } : {}) },
    w.ctx('warehouse'),
  );

describe('a report', () => {
  it('that agrees finds nothing', async () => {
    expect(await w.report()).toMatchObject({ listings: 3, agreed: 3, different: 0, opened: 0 });
  });

  it('that differs becomes work, seen as often as it comes, changes no stock, and ends when a later one agrees', async () => {
    const before = await stock();
    await w.steer('listings/MUG/drift', { by: 7 });
    expect(await w.report()).toMatchObject({ agreed: 2, different: 1, opened: 1 });
    expect(await w.report()).toMatchObject({ different: 1, opened: 0 });
    expect(await open()).toMatchObject([{ kind: 'quantity', ours: 2_000n, theirs: 2_007n, times_seen: 2, sku_id: w.skus.MUG }]);
    expect(await stock()).toEqual(before);
    await w.steer('listings/MUG/drift', { by: -7 });
    expect(await w.report()).toMatchObject({ agreed: 3, closed: 1 });
    expect((await w.drift()).at(-1)).toMatchObject({ status: 'closed', resolution: 'agreed' });
  });

  it('counts what was sold there and has not come as an order yet', async () => {
    await w.steer('listings/MUG/sell', { units: 2 });
    expect(w.theirs('MUG')?.quantity).toBe(1_998);
    expect(await w.report()).toMatchObject({ agreed: 3, different: 0 });
  });

  it('cannot tell while something is on its way', async () => {
    await w.steer('listings/MUG/drift', { by: 7 });
    await w.market.switches.set({ drop_before: { next: 1 } });
    await w.adjust('MUG', -1);
    await w.send();
    expect(await w.report()).toMatchObject({ onTheWay: 1, different: 0 });
    w.advanceClock(1_000);
    await w.send();
    expect(await w.report()).toMatchObject({ agreed: 3 });
  });

  it('that the channel sends by itself is compared once, however often it comes', async () => {
    await w.steer('listings/BAG/drift', { by: 9 });
    const body = JSON.stringify({
      type: 'stock.report',
      timestamp: w.clock().toISOString(),
      data: { connection: w.connectionId, listings: w.market.state.ofConnection(w.connectionId) },
    });
    const verified = await w.channels.verifyWebhook(
      Buffer.from(body),
      signStandardWebhook('msg_report', body, MARKET_SECRET, w.clock()),
      w.clock(),
    );
    const store = createWebhookStore(w.db.pool);
    const received = { source: 'marketplace', externalId: verified.id, topic: verified.topic, payload: verified };
    expect(await store.store({ ...received, receivedAt: w.clock() })).toBe(false);
    expect(await store.store({ ...received, receivedAt: w.clock() })).toBe(true);
    const { rows } = await w.db.pool.query(`SELECT id FROM inbound_webhooks WHERE source = 'marketplace'`);
    for (let times = 0; times < 2; times++) await processWebhook(w.db.pool, w.flows, rows[0].id, w.ctx(), { lastTry: true });
    expect(await open()).toMatchObject([{ kind: 'quantity', ours: 2_000n, theirs: 2_009n, times_seen: 1, sku_id: w.skus.BAG }]);
    expect((await w.db.pool.query(`SELECT source FROM channel_reports WHERE source = 'received'`)).rows).toHaveLength(1);
    await w.steer('listings/BAG/drift', { by: -9 });
    expect(await w.report()).toMatchObject({ agreed: 3, closed: 1 });
  });

  it('is fetched when it is due, by one house of two', async () => {
    const reports = async () => (await w.db.pool.query('SELECT count(*)::int AS n FROM channel_reports')).rows[0].n;
    const before = await reports();
    w.advanceClock(20 * 60_000);
    const other = w.anotherHouse();
    const counts = await Promise.all([w.channels.fetchReports(), other.channels.fetchReports()]);
    expect([counts.reduce((sum, n) => sum + n, 0), await reports()]).toEqual([1, before + 1]);
    expect(await w.channels.fetchReports()).toBe(0);
    other.channels.close();
  });
});

describe('a person', () => {
  it('says that ours is right: it is sent again at the same version, and the next report agrees', async () => {
    await w.steer('listings/TEE/drift', { by: -3 });
    await w.report();
    const [drift] = await open();
    await resolve(drift?.id, 'send_again');
    await w.send();
    expect(w.theirs('TEE')?.quantity).toBe(await w.available('TEE'));
    expect(await w.report()).toMatchObject({ agreed: 3, different: 0 });
    const { rows } = await w.db.pool.query(`SELECT actor, after FROM audit_log WHERE action = 'channel.drift_resolved'`);
    expect(rows).toMatchObject([{ actor: w.ctx('warehouse').actor, after: { answer: 'send_again', ours: 2000, theirs: 1997 } }]);
  });

  it('lets a difference stay for a reason, until it is another difference', async () => {
    await w.steer('listings/TEE/drift', { by: 5 });
    await w.report();
    const [drift] = await open();
    const again = drift;
    await resolve(again?.id, 'ignore', 'Their showroom keeps five.');
    await w.report();
    expect(await open()).toEqual([]);
    await w.steer('listings/TEE/drift', { by: 1 });
    await w.report();
    expect(await open()).toMatchObject([{ id: again?.id, theirs: 2_006n, reason: null }]);
    await w.steer('listings/TEE/drift', { by: -6 });
    await w.report();
    await expect(resolve(again?.id, 'send_again')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('does not overwrite a version that was never sent from here; a listing that is gone is told anew', async () => {
    await w.steer('listings/BAG/drift', { to_version: 1_000_000 });
    await w.report();
    const [ahead] = await open();
    expect(ahead).toMatchObject({ kind: 'ahead' });
    await expect(resolve(ahead?.id, 'send_again')).rejects.toMatchObject({ code: 'state_refuses' });
    await w.steer('listings/BAG/remove', {});
    await w.report();
    const [missing] = await open();
    expect(missing).toMatchObject({ id: ahead?.id, kind: 'missing', theirs: null });
    await resolve(missing?.id, 'send_again');
    await w.send();
    expect(await w.report()).toMatchObject({ agreed: 3 });
  });

  it('has everything told again, and calls a listing otherwise', async () => {
    const before = w.market.state.log.length;
    expect(await w.channels.resend({ connectionId: w.connectionId }, w.ctx())).toMatchObject({ listings: 3 });
    await w.send();
    expect(w.market.state.log.slice(before)).toMatchObject([{ items: 3, stale: 0 }]);
    await w.channels.relist({ connectionId: w.connectionId, skuId: w.skus.TEE as string, ref: 'B00-TEE' }, w.ctx());
    await w.send();
    expect(w.theirs('B00-TEE')?.quantity).toBe(await w.available('TEE'));
    expect(await w.report()).toMatchObject({ agreed: 3, unknown: 1 });
    await expect(
      w.channels.relist({ connectionId: w.connectionId, skuId: w.skus.TEE as string, ref: 'MUG' }, w.ctx()),
    ).rejects.toMatchObject({ code: 'already_exists' });
  });
});

describe('a difference that is counted', () => {
  const differ = async (code: string, by: number) => {
    await w.steer(`listings/${code}/drift`, { by });
    await w.report();
    return (await open()).find((row) => row.sku_id === w.skus[code]);
  };
  const statusOf = async (id: unknown) => (await w.drift()).find((row) => row.id === id)?.status;
  const countBy = async (number: string, counted: (onHand: number) => number) => {
    const count = await readCount(w.db.pool, everything, number);
    const [line] = count.lines;
    const { rows } = await w.db.pool.query('SELECT on_hand FROM node_stock WHERE sku_id = $1 AND node_id = $2', [
      line?.skuId,
      count.nodeId,
    ]);
    const lines = [{ lineId: line?.id as string, counted: counted(Number(rows[0].on_hand)) }];
    await w.flows.stockWork.recordCount({ countId: count.id, lines }, w.ctx('warehouse'));
    return w.flows.stockWork.endCount({ countId: count.id, outcome: 'finish' }, w.ctx('warehouse'));
  };

  it('opens a blind sheet at each node that has it, waits for all of them, and tells the channel what they found', async () => {
    const drift = await differ('MUG', 3);
    const { status, counts } = await resolve(drift?.id, 'count');
    expect([status, counts.length]).toEqual(['counting', w.nodes.length]);
    const [first, second] = counts as readonly OpenedCount[] as [OpenedCount, OpenedCount];
    expect(await readCount(w.db.pool, everything, first.number)).toMatchObject({
      ...{ blind: true, lines: [{ skuCode: 'MUG', onHand: null }] },
      differences: [{ connectionId: w.connectionId, connectionName: 'Bazaar', skuCode: 'MUG', status: 'counting' }],
    });
    await expect(resolve(drift?.id, 'count')).rejects.toMatchObject({ code: 'state_refuses' });
    await countBy(first.number, (onHand) => onHand + 3);
    expect([await w.channels.settleCounted(), await statusOf(drift?.id)]).toEqual([0, 'counting']);
    await countBy(second.number, (onHand) => onHand);
    expect([await w.channels.settleCounted(), await statusOf(drift?.id)]).toEqual([1, 'closed']);
    expect((await readChannel(w.db.pool, everything, w.connectionId)).drift.find((row) => row.id === drift?.id)).toMatchObject({
      resolution: 'count',
      counts: [{ number: first.number, status: 'finished' }, { status: 'finished' }],
    });
    await w.send();
    expect(w.theirs('MUG')?.quantity).toBe(await w.available('MUG'));
    expect(await w.report()).toMatchObject({ different: 0 });
    await w.expectBooksAgree();
  });

  it('is work again when a sheet is given up, and joins sheets that are open already', async () => {
    const drift = await differ('MUG', 4);
    const { counts } = await resolve(drift?.id, 'count');
    const [first, second] = counts as readonly OpenedCount[] as [OpenedCount, OpenedCount];
    await countBy(first.number, (onHand) => onHand);
    await w.flows.stockWork.endCount({ countId: second.id, outcome: 'cancel', reason: 'No time.' }, w.ctx('warehouse'));
    expect([await w.channels.settleCounted(), await statusOf(drift?.id)]).toEqual([1, 'open']);
    const { id } = await w.flows.stockWork.createCount(
      {
        ...{ merchantId: w.merchantId, nodeId: w.nodes[0] as string, blind: false },
        choice: { by: 'skus', skuIds: [w.skus.MUG as string] },
      },
      w.ctx('warehouse'),
    );
    const again = await resolve(drift?.id, 'count');
    expect(again.counts.map((count) => count.id)).toContain(id);
    expect(again.counts).toHaveLength(w.nodes.length);
    for (const { number } of again.counts) await countBy(number, (onHand) => onHand);
    expect([await w.channels.settleCounted(), await statusOf(drift?.id)]).toEqual([1, 'closed']);
    await w.send();
    expect(await w.report()).toMatchObject({ different: 0 });
  });
});

describe('a connection', () => {
  it('goes nowhere that the operator has not allowed, has a name of its own, and keeps its secret sealed', async () => {
    const input = { merchantId: w.merchantId, kind: 'marketplace', name: 'Another', url: w.market.url, secret: MARKET_SECRET };
    for (const url of [
      'http://169.254.169.254/latest',
      `${w.market.url.replace('127.0.0.1', 'localhost')}`,
      'https://example.com',
    ])
      await expect(w.channels.connect({ ...input, url }, w.ctx())).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(w.channels.connect({ ...input, kind: 'bazaar' }, w.ctx())).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(w.channels.connect({ ...input, name: 'Bazaar' }, w.ctx())).rejects.toMatchObject({ code: 'already_exists' });
    const { rows } = await w.db.pool.query(
      `SELECT secret_sealed FROM channel_connections UNION ALL SELECT outcome::text FROM idempotency_keys UNION ALL SELECT after::text FROM audit_log`,
    );
    expect(JSON.stringify(rows)).not.toContain(MARKET_SECRET);
  });

  it('believes a report that is signed with its own secret only', async () => {
    const body = JSON.stringify({
      type: 'stock.report',
      timestamp: w.clock().toISOString(),
      data: { connection: w.connectionId, listings: [{ listing_id: 'MUG', quantity: 1, version: 1 }] },
    });
    const verify = (secret: string, sent = body) =>
      w.channels.verifyWebhook(Buffer.from(sent), signStandardWebhook('msg_1', body, secret, w.clock()), w.clock());
    await expect(verify(MARKET_SECRET)).resolves.toMatchObject({
      connectionId: w.connectionId,
      listings: [{ ref: 'MUG', sold: 0 }],
    });
    await expect(verify('whsec_c29tZWJvZHkgZWxzZSdzIHNlY3JldA==')).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(verify(MARKET_SECRET, body.replace('"quantity":1', '"quantity":9'))).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    await expect(verify(MARKET_SECRET, '{}')).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});

describe('whoever sends', () => {
  const LEASE_MS = 16_000;
  const housesOf = (death: Death | null) => {
    const made = mortality(w.db.pool, death);
    const real = createChannelPorts({ dataKey: TEST_DATA_KEY, origins: [w.market.url], timeoutMs: 1_000 });
    const ports = { ...real, portOf: (of: Parameters<typeof real.portOf>[0]) => made.mortal(real.portOf(of)) };
    const sender = createStockSender({ pool: made.pool, home: 'EU', ports, clock: w.clock });
    const run = async (): Promise<void> => {
      while ((await sender.pass()) > 0) await sender.settled();
    };
    return { ...made, run, close: real.close };
  };

  it('may die at any boundary: another one tells the same, nothing is lost, and each message is applied once', async () => {
    await w.adjust('MUG', -1);
    const living = housesOf(null);
    await living.run();
    living.close();
    expect(living.counts).toMatchObject({ call: 1 });
    const deaths: Death[] = (['commit', 'call'] as const).flatMap((of) =>
      Array.from({ length: living.counts[of] }, (_, index) => index + 1).flatMap((nth) =>
        (['before', 'after'] as const).map((when) => ({ of, nth, when })),
      ),
    );
    expect(deaths.length).toBeGreaterThanOrEqual(10);
    for (const death of deaths) {
      const died = `${death.when} ${death.of} ${death.nth}`;
      await w.adjust('MUG', -1);
      const from = w.market.state.log.length;
      const dying = housesOf(death);
      void dying.run();
      await dying.died;
      // Meanwhile the shelf goes on.
      await w.adjust('MUG', -1);
      w.advanceClock(LEASE_MS);
      await w.send();
      dying.close();
      expect(w.theirs('MUG')?.quantity, died).toBe(await w.available('MUG'));
      const refs = w.market.state.log.slice(from).map((entry) => entry.channel_ref);
      expect(new Set(refs).size, died).toBe(refs.length);
      const row = await w.listing('MUG');
      expect([row.acked_version, row.dirty_since], died).toEqual([row.sent_version, null]);
    }
    expect((await w.db.pool.query('SELECT count(*)::int AS n FROM supply_marks')).rows[0].n).toBe(0);
    await w.expectBooksAgree();
  });

  it('finds the mark of every change that is there, however its writer died', async () => {
    for (const when of ['before', 'after'] as const) {
      const dying = createMortal({ pool: w.db.pool, outside: w.outside, clock: w.clock }, { of: 'commit', nth: 1, when });
      const where = { merchantId: w.merchantId, skuId: w.skus.MUG as string, nodeId: w.nodes[0] as string };
      void dying.flows.adjustStock({ ...where, delta: 50, reason: 'found' }, w.ctx());
      await dying.died;
      await w.send();
      expect(w.theirs('MUG')?.quantity, when).toBe(await w.available('MUG'));
    }
    await w.expectBooksAgree();
  });

  it('never makes two of one: two houses send at once', async () => {
    const other = w.anotherHouse();
    const from = w.market.state.log.length;
    for (let round = 0; round < 5; round++) {
      await Promise.all(['MUG', 'BAG', 'MUG'].map((code) => w.adjust(code, -1)));
      await Promise.all([w.send(), w.send(other.channels)]);
    }
    await w.send();
    other.channels.close();
    const refs = w.market.state.log.slice(from).map((entry) => entry.channel_ref);
    expect(new Set(refs).size).toBe(refs.length);
    for (const code of ['MUG', 'BAG']) expect(w.theirs(code)?.quantity).toBe(await w.available(code));
    await w.expectBooksAgree();
  });
});
describe('an order that a channel does not want any more', () => {
  const placed = async (externalId: string) => {
    const { id } = await w.place({ lines: [{ sku: 'MUG', quantity: 2 }], channel: 'marketplace', externalId });
    await w.settle();
    return id;
  };
  /** As the channel's message comes in, and its answer as the channel has it. */
  async function cancels(order: string, lines?: { sku: string; quantity: number }[]) {
    const id = `msg_${newId()}`;
    const data = { connection: w.connectionId, order, ...(lines ? { lines } : {}) };
    const body = JSON.stringify({ type: 'order.cancel_requested', timestamp: w.clock().toISOString(), data });
    const signed = signStandardWebhook(id, body, MARKET_SECRET, w.clock());
    const verified = await w.channels.verifyWebhook(Buffer.from(body), signed, w.clock());
    const store = createWebhookStore(w.db.pool);
    const received = { source: 'marketplace', externalId: verified.id, topic: verified.topic, payload: verified };
    await store.store({ ...received, receivedAt: w.clock() });
    const { rows } = await w.db.pool.query('SELECT id FROM inbound_webhooks WHERE external_id = $1', [verified.id]);
    const act = () => processWebhook(w.db.pool, w.flows, rows[0].id, w.ctx(), { lastTry: false });
    return { act, heard: () => w.market.state.cancellations.filter((one) => one.request === verified.id) };
  }

  it('is cancelled and the channel hears so, once, also where it could not be told at first', async () => {
    const id = await placed('B-1');
    const { act, heard } = await cancels('B-1');
    await w.market.switches.set({ drop_before: { next: 1 } });
    await expect(act()).rejects.toThrow(/could not be told/);
    w.advanceClock(60_000);
    await act();
    expect(heard()).toMatchObject([{ order: 'B-1', outcome: 'accepted', message: 'The order is cancelled.' }]);
    await w.settle();
    expect(await w.order(id)).toMatchObject({ status: 'CANCELLED', payment_status: 'VOIDED', cancelled_minor: 2_500n });
  });

  it('is refused with the sentence that everybody is told, whole or by units', async () => {
    const id = await placed('B-2');
    await w.flows.shipOrder({ orderId: id, units: [{ lineId: await lineOf(id), quantity: 1 }] }, w.ctx('warehouse'));
    await w.settle();
    const whole = await cancels('B-2');
    await whole.act();
    expect(whole.heard()).toMatchObject([
      { outcome: 'refused', message: 'Part of this order has left already. What is left can be cancelled line by line.' },
    ]);
    const unit = await cancels('B-2', [{ sku: 'MUG', quantity: 1 }]);
    await unit.act();
    expect(unit.heard()).toMatchObject([{ outcome: 'accepted', message: 'These units are cancelled.' }]);
    const unknown = await cancels('B-99');
    await unknown.act();
    expect(unknown.heard()).toMatchObject([{ outcome: 'refused', message: 'There is no such order.' }]);
    await w.settle();
    expect(await w.order(id)).toMatchObject({ status: 'FULFILLED', cancelled_minor: 1_250n });
  });
});

const lineOf = async (orderId: string): Promise<string> =>
  (await w.db.pool.query('SELECT id FROM order_lines WHERE order_id = $1', [orderId])).rows[0].id;
