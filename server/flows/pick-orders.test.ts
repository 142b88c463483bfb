import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSnapshot } from '../platform/read-snapshot.ts';
import { readPickList } from '../views/documents/pick-list.ts';
import { nodeQueues, readQueue } from '../views/queue.ts';
import { type OrderWorld, orderWorld } from './testing/order-world.ts';

let w: OrderWorld;
beforeAll(async () => {
  w = await orderWorld();
});
afterAll(() => w.close());

const ALL = { merchantId: null, customerId: null };

/** An order whose goods wait at the first node. */
async function waiting(quantity = 2, sku = 'MUG'): Promise<{ id: string; number: string }> {
  const order = await w.place({ lines: [{ sku, quantity }] });
  await w.settle();
  return order;
}
const node = (): string => w.nodes[0] as string;
const stageOf = async (orderId: string) =>
  (await readQueue(w.db.pool, ALL, { limit: 100 })).items.find((row) => row.orderId === orderId);
const list = (name: string) => readSnapshot(w.db.pool, (tx) => readPickList(tx, ALL, name));

describe('a round through the warehouse', () => {
  it('picks several orders, sorted by bin, packs them, and they leave the queue when they ship', async () => {
    await w.db.ownerPool.query(
      `UPDATE node_stock SET bin = CASE sku_id WHEN $1 THEN 'B-2' ELSE 'A-1' END WHERE node_id = $3 AND sku_id IN ($1, $2)`,
      [w.skus.MUG, w.skus.TEE, node()],
    );
    const [one, two] = [await waiting(2), await waiting(3, 'TEE')];
    const started = await w.flows.startPicking({ nodeId: node(), orderIds: [one.id, two.id] }, w.ctx('warehouse'));
    expect(started).toMatchObject({ number: expect.stringMatching(/^EU-P\d+$/), orders: [one.id, two.id], units: 5, left: [] });
    const paper = await list(started.number);
    expect(paper.goods).toMatchObject([
      { bin: 'A-1', skuCode: 'TEE', units: 3, orders: [{ number: two.number, units: 3 }] },
      { bin: 'B-2', skuCode: 'MUG', units: 2, orders: [{ number: one.number, units: 2 }] },
    ]);
    expect(paper.orders.map(({ number, units }) => [number, units])).toEqual([
      [one.number, 2],
      [two.number, 3],
    ]);
    expect(await stageOf(one.id)).toMatchObject({ stage: 'picking', pick: { listNumber: started.number } });
    const onList = await readQueue(w.db.pool, ALL, { list: started.number.toLowerCase() });
    expect(onList.items.map((row) => row.orderId).sort()).toEqual([one.id, two.id].sort());
    expect((await nodeQueues(w.db.pool, ALL))[0]).toMatchObject({ orders: 2, picking: 2, packed: 0 });

    await w.flows.finishPicking({ nodeId: node(), orderIds: [one.id], outcome: 'packed' }, w.ctx('warehouse'));
    expect(await stageOf(one.id)).toMatchObject({ stage: 'packed' });
    expect((await readQueue(w.db.pool, ALL, { stage: 'packed' })).items.map((row) => row.orderId)).toEqual([one.id]);

    await w.flows.shipOrder({ orderId: one.id }, w.ctx('warehouse'));
    expect(await stageOf(one.id)).toBeUndefined();
    await w.settle();
    await w.expectBooksAgree();
  });

  it('never sends two people for one unit, whoever comes at once', async () => {
    const order = await waiting();
    const calls = Array.from({ length: 8 }, () =>
      w.flows.startPicking({ nodeId: node(), orderIds: [order.id] }, w.ctx('warehouse')),
    );
    const settled = await Promise.allSettled(calls);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of settled)
      if (result.status === 'rejected')
        expect(result.reason).toMatchObject({ code: 'state_refuses', detail: expect.stringContaining('being picked already') });
  });

  it('leaves out what cannot be picked and says why; a round of nothing is refused and writes nothing', async () => {
    const [free, held] = [await waiting(), await waiting()];
    await w.flows.holdOrder({ orderId: held.id, hold: 'manual', reason: 'Ask first' }, w.ctx());
    const before = await w.db.pool.query('SELECT count(*) FROM pick_lists');
    const refused = w.flows.startPicking({ nodeId: node(), orderIds: [held.id] }, w.ctx('warehouse'));
    await expect(refused).rejects.toMatchObject({ code: 'state_refuses' });
    expect(await w.db.pool.query('SELECT count(*) FROM pick_lists')).toMatchObject({ rows: before.rows });
    const started = await w.flows.startPicking({ nodeId: node(), orderIds: [free.id, held.id] }, w.ctx('warehouse'));
    expect(started.orders).toEqual([free.id]);
    expect(started.left).toEqual([{ orderId: held.id, why: expect.stringContaining('on hold (manual)') }]);
  });

  it('leaves alone what may be cancelled in a moment: nobody goes for it and nobody packs it, but it may be put back', async () => {
    const [free, wanted, picked] = [await waiting(), await waiting(), await waiting()];
    const round = { nodeId: node(), orderIds: [picked.id] };
    await w.flows.startPicking(round, w.ctx('warehouse'));
    for (const { id } of [wanted, picked])
      await w.flows.cancelOrder({ orderId: id, reason: 'customer_request', undoable: true }, w.ctx());
    const started = await w.flows.startPicking({ nodeId: node(), orderIds: [free.id, wanted.id] }, w.ctx('warehouse'));
    expect(started).toMatchObject({
      orders: [free.id],
      left: [{ orderId: wanted.id, why: expect.stringContaining('Undo it first') }],
    });
    const packed = w.flows.finishPicking({ ...round, outcome: 'packed' }, w.ctx('warehouse'));
    await expect(packed).rejects.toMatchObject({ code: 'state_refuses', detail: expect.stringContaining('Undo it first') });
    expect(await w.flows.finishPicking({ ...round, outcome: 'released' }, w.ctx('warehouse'))).toEqual({
      orders: [picked.id],
      left: [],
    });
    await w.flows.undoCancel({ orderId: wanted.id }, w.ctx());
    const later = await w.flows.startPicking({ nodeId: node(), orderIds: [wanted.id] }, w.ctx('warehouse'));
    expect(later.orders).toEqual([wanted.id]);
  });

  it('gives back what is put back: anybody may pick it again, and lists have no gap in their numbers', async () => {
    const order = await waiting();
    const round = { nodeId: node(), orderIds: [order.id] };
    const first = await w.flows.startPicking(round, w.ctx('warehouse'));
    await w.flows.finishPicking({ ...round, outcome: 'released' }, w.ctx('warehouse'));
    expect(await stageOf(order.id)).toMatchObject({ stage: 'to_pick', pick: null });
    expect((await list(first.number)).goods).toEqual([]);
    const second = await w.flows.startPicking(round, w.ctx('other'));
    const numberOf = (text: string) => Number(/\d+$/.exec(text)?.[0]);
    expect(numberOf(second.number)).toBe(numberOf(first.number) + 1);
    await expect(
      w.flows.finishPicking({ nodeId: w.nodes[1] as string, orderIds: [order.id], outcome: 'packed' }, w.ctx()),
    ).rejects.toMatchObject({
      code: 'state_refuses',
    });
  });

  it('answers a repeat with the first answer', async () => {
    const order = await waiting();
    const round = { nodeId: node(), orderIds: [order.id] };
    const ctx = w.ctx('warehouse');
    const first = await w.flows.startPicking(round, ctx, 'once');
    expect(await w.flows.startPicking(round, w.ctx('warehouse'), 'once')).toEqual(first);
    const audits = await w.db.pool.query('SELECT actor, trace_id FROM audit_log WHERE entity_id = $1', [first.pickListId]);
    expect(audits.rows).toEqual([{ actor: ctx.actor, trace_id: ctx.traceId }]);
    await w.expectBooksAgree();
  });
});
