import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ChannelWorld, channelWorld } from '../testing/channel-world.ts';

let w: ChannelWorld;
beforeAll(async () => {
  w = await channelWorld();
  await w.send();
});
afterAll(() => w.close());

const messages = async () =>
  (await w.db.pool.query('SELECT id, status, size, attempts FROM channel_messages ORDER BY id')).rows as {
    id: string;
    status: string;
    size: number;
    attempts: number;
  }[];
const count = async () => (await messages()).length;

describe('stock goes out', () => {
  it('every SKU with stock is listed by its code and told at once; services are not', async () => {
    expect(
      w.market.state
        .ofConnection(w.connectionId)
        .map(({ listing_id, quantity }) => [listing_id, quantity])
        .sort(),
    ).toEqual([
      ['BAG', 200],
      ['MUG', 200],
      ['TEE', 200],
    ]);
    expect(await count()).toBe(1);
  });

  it('an order lowers it, a cancel raises it, and shipping changes nothing that is worth a message', async () => {
    const placed = await w.place({ lines: [{ sku: 'MUG', quantity: 3 }] });
    await w.send();
    expect(w.theirs('MUG')?.quantity).toBe(197);
    await w.settle();
    await w.send();
    const before = await count();
    await w.flows.shipOrder({ orderId: placed.id }, w.ctx('warehouse'));
    await w.settle();
    await w.send();
    expect([w.theirs('MUG')?.quantity, await count()]).toEqual([197, before]);
  });

  it('what a channel may be promised is told: buffer, cap, safety stock, a SKU that is not for sale', async () => {
    const where = { merchantId: w.merchantId, skuId: w.skus.TEE as string };
    await w.flows.setChannel({ ...where, channel: 'marketplace', buffer: 20, cap: 50 }, w.ctx());
    await w.send();
    expect(w.theirs('TEE')?.quantity).toBe(50);
    await w.flows.setChannel({ ...where, channel: 'marketplace', buffer: 20, cap: null }, w.ctx());
    await w.flows.setSafety({ ...where, nodeId: w.nodes[0] as string, safety: 30 }, w.ctx());
    await w.send();
    expect(w.theirs('TEE')?.quantity).toBe(150);
    const seen = (await w.db.pool.query('SELECT version FROM skus WHERE id = $1', [w.skus.TEE])).rows[0].version;
    await w.flows.editSku({ skuId: w.skus.TEE as string, version: seen, active: false }, w.ctx());
    await w.channels.sweep();
    await w.send();
    expect(w.theirs('TEE')?.quantity).toBe(0);
  });

  it('any number of changes of one SKU are few messages, the last of them right', async () => {
    const before = await count();
    const changes = process.env.WAYBILL_DEEP ? 1_000 : 200;
    let done = false;
    const sending = (async () => {
      while (!done) {
        await w.channels.sender.pass();
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    })();
    await Promise.all(Array.from({ length: changes }, () => w.adjust('MUG', 1)));
    done = true;
    await sending;
    await w.send();
    expect((await count()) - before).toBeLessThan(changes / 5);
    expect(w.theirs('MUG')).toMatchObject({ quantity: await w.available('MUG') });
    expect((await w.listing('MUG')).acked_version).toBe((await w.listing('MUG')).sent_version);
  });

  it('what somebody took off is told as nothing, may be gone over there, and comes back with what is there then', async () => {
    const bag = { connectionId: w.connectionId, skuId: w.skus.BAG as string };
    expect(await w.channels.setListing({ ...bag, listed: false }, w.ctx())).toMatchObject({ ref: 'BAG', listed: false });
    await w.send();
    expect(w.theirs('BAG')?.quantity).toBe(0);
    await w.adjust('BAG', 5);
    await w.send();
    expect([w.theirs('BAG')?.quantity, (await w.report()) as object]).toMatchObject([0, { different: 0 }]);
    await w.expectBooksAgree();
    await w.steer('listings/BAG/remove', {});
    expect(await w.report()).toMatchObject({ agreed: 3, different: 0 });
    await w.channels.setListing({ ...bag, listed: true }, w.ctx());
    await w.send();
    expect(w.theirs('BAG')?.quantity).toBe(await w.available('BAG'));
    const before = w.market.state.log.length;
    await w.channels.setListing({ ...bag, listed: true }, w.ctx());
    await w.send();
    expect(w.market.state.log).toHaveLength(before);
    const { rows } = await w.db.pool.query(
      `SELECT after FROM audit_log WHERE action IN ('channel.delisted', 'channel.listed') ORDER BY id`,
    );
    expect(rows.map(({ after }) => after.listed)).toEqual([false, true]);
  });

  it('a SKU that nobody is told of leaves no mark', async () => {
    const leftMarks = async () => (await w.db.pool.query('SELECT sku_id FROM supply_marks')).rows.map((row) => row.sku_id);
    await w.db.pool.query('UPDATE sku_supply SET listed = false WHERE sku_id = $1', [w.skus.BAG]);
    await w.adjust('BAG', 1);
    expect(await leftMarks()).toEqual([]);
    await w.db.pool.query('UPDATE sku_supply SET listed = true WHERE sku_id = $1', [w.skus.BAG]);
    await w.adjust('BAG', 1);
    expect(await leftMarks()).toEqual([w.skus.BAG]);
    await w.send();
    expect(await leftMarks()).toEqual([]);
  });
});

describe('a channel that does not take it', () => {
  const connection = async () =>
    (await w.db.pool.query('SELECT * FROM channel_connections WHERE id = $1', [w.connectionId])).rows[0];

  it.each([
    ['a lost reply', { drop_reply: { next: 1 } }],
    ['a broken connection', { drop_before: { next: 1 } }],
    ['an error', { error_5xx: { next: 1 } }],
    ['too many requests', { rate_limit: { next: 1 } }],
  ])('is told the same message again after %s', async (_what, fault) => {
    await w.market.switches.set(fault);
    await w.adjust('BAG', -1);
    const known = new Set((await messages()).map(({ id }) => id));
    const sent = w.market.state.log.length;
    await w.send();
    const open = (await messages()).filter(({ id }) => !known.has(id));
    expect(open).toMatchObject([{ status: 'sending', attempts: 1 }]);
    expect((await connection()).failures).toBe(1);
    await w.adjust('BAG', -1);
    w.advanceClock(1_100);
    await w.send();
    expect((await messages()).find(({ id }) => id === open[0]?.id)).toMatchObject({ status: 'acknowledged', attempts: 2 });
    // Applied once under its id, and the second change in a message of its own.
    const refs = w.market.state.log.slice(sent).map((entry) => entry.channel_ref);
    expect(refs.filter((ref) => ref === open[0]?.id)).toHaveLength(1);
    expect(refs).toHaveLength(2);
    expect(w.theirs('BAG')).toMatchObject({ quantity: await w.available('BAG') });
    expect(await connection()).toMatchObject({ failures: 0, last_error: null });
  });

  it('is asked less and less often, half a minute apart at most, and its trouble and lag are seen', async () => {
    await w.market.switches.set({ down: { for_ms: 60_000 } });
    await w.adjust('BAG', -1);
    let waited = 0;
    for (let tries = 1; tries <= 9; tries++) {
      await w.send();
      const { next_at, failures, last_error } = await connection();
      expect([failures, last_error]).toEqual([tries, expect.stringMatching(/cannot be reached|left alone/)]);
      waited = next_at.getTime() - w.clock().getTime();
      expect(waited).toBeLessThanOrEqual(30_000);
      w.advanceClock(waited + 5);
    }
    expect(waited).toBeGreaterThan(25_000);
    await w.market.switches.reset();
    await new Promise((resolve) => setTimeout(resolve, 10));
    w.advanceClock(31_000);
    await w.send();
    expect(w.theirs('BAG')).toMatchObject({ quantity: await w.available('BAG') });
  });

  it('one that answers a message with an error for ever is told the same in another', async () => {
    await w.market.switches.set({ error_5xx_after: { next: 1 } });
    await w.adjust('BAG', -1);
    const already = await count();
    for (let tries = 0; tries < 6; tries++) {
      await w.send();
      w.advanceClock(31_000);
    }
    expect((await messages()).slice(already)).toMatchObject([
      { status: 'refused', attempts: 5 },
      { status: 'acknowledged', attempts: 1 },
    ]);
    expect(w.theirs('BAG')).toMatchObject({ quantity: await w.available('BAG') });
  });

  it('a message it will never take is said again in another', async () => {
    await w.market.switches.set({ decline: { next: 1, on: ['stock'] } });
    await w.adjust('BAG', -1);
    await w.send();
    expect((await messages()).at(-1)?.status).toBe('refused');
    w.advanceClock(1_000);
    await w.send();
    expect((await messages()).at(-1)?.status).toBe('acknowledged');
    expect(w.theirs('BAG')).toMatchObject({ quantity: await w.available('BAG') });
  });

  it('while it is paused nothing leaves, and it catches up in one message per SKU', async () => {
    await w.channels.change({ connectionId: w.connectionId, status: 'paused' }, w.ctx());
    const before = w.theirs('MUG')?.quantity;
    const already = await count();
    for (let at = 0; at < 5; at++) await w.adjust('MUG', -1);
    await w.send();
    expect([w.theirs('MUG')?.quantity, await count()]).toEqual([before, already]);
    await w.channels.change({ connectionId: w.connectionId, status: 'on' }, w.ctx());
    await w.send();
    expect(w.theirs('MUG')).toMatchObject({ quantity: await w.available('MUG') });
    expect((await messages()).slice(already)).toMatchObject([{ size: 1, status: 'acknowledged' }]);
  });

  it('that applies late and out of order ends with the newest', async () => {
    await w.steer('settings', { apply_after_ms: 150, shuffle: true });
    for (let at = 0; at < 6; at++) {
      await w.adjust('MUG', -1);
      await w.send();
    }
    await w.steer('settings', { apply_after_ms: 0, shuffle: false });
    await expect.poll(() => w.market.state.late.size).toBe(0);
    expect(w.theirs('MUG')).toMatchObject({ quantity: await w.available('MUG') });
    await w.expectBooksAgree();
  });
});
