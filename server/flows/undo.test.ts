import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UNDO_WINDOW_MS } from '../kernel/undo.ts';
import { type OrderWorld, orderWorld } from './testing/order-world.ts';
import { confirmed, openSagas, providerLog, shipping } from './testing/saga-scenarios.ts';

let w: OrderWorld;
beforeAll(async () => {
  w = await orderWorld({ stock: 10_000 });
});
afterAll(() => w.close());

async function shipped(): Promise<string> {
  const id = await shipping(w);
  await w.settle();
  return id;
}

const cancel = (orderId: string, more: { fingerprint?: string } = {}) =>
  w.flows.cancelOrder({ orderId, reason: 'customer_request', undoable: true, ...more }, w.ctx());
const refund = (orderId: string) => w.flows.refundOrder({ kind: 'units', orderId, reason: 'damaged', undoable: true }, w.ctx());
const refundOf = async (id: string) => (await w.db.pool.query('SELECT status FROM refunds WHERE id = $1', [id])).rows[0]?.status;
async function windowEnds(): Promise<void> {
  w.advanceClock(UNDO_WINDOW_MS);
  await w.settle();
}
const actions = async (orderId: string) =>
  (await w.db.pool.query('SELECT action FROM audit_log WHERE entity_id = $1 ORDER BY id', [orderId])).rows.map(
    (row) => row.action,
  );
const promised = async () =>
  (await w.db.pool.query('SELECT promised FROM sku_supply WHERE sku_id = $1', [w.skus.MUG])).rows[0]?.promised as bigint;

describe('a refund that a person started', () => {
  it('sends nothing before the time to undo it is over, whoever wakes its saga', async () => {
    const orderId = await shipped();
    const { id, undoUntil } = await refund(orderId);
    expect(undoUntil).not.toBeNull();
    await w.settle();
    await w.flows.wakeSagas([orderId], w.ctx());
    await w.settle();
    expect(await providerLog(w, orderId)).toEqual({ authorization: 1, capture: 1 });
    expect(await refundOf(id)).toBe('pending');
    await windowEnds();
    expect(await providerLog(w, orderId)).toEqual({ authorization: 1, capture: 1, refund: 1 });
    expect(await refundOf(id)).toBe('succeeded');
    await w.expectBooksAgree();
  });

  it('leaves nothing behind where it is undone: no money moved, its units can be refunded again', async () => {
    const orderId = await shipped();
    const before = await w.order(orderId);
    const { id } = await refund(orderId);
    await w.flows.undoRefund({ orderId, refundId: id }, w.ctx());
    await windowEnds();
    expect(await refundOf(id)).toBe('undone');
    expect(await providerLog(w, orderId)).toEqual({ authorization: 1, capture: 1 });
    expect(await openSagas(w, orderId)).toEqual([]);
    expect(await w.order(orderId)).toMatchObject({ status: before.status, refunded_minor: 0n, receivable_minor: 0n });
    expect((await w.order(orderId)).finished_at).not.toBeNull();
    const again = await refund(orderId);
    await windowEnds();
    expect(await refundOf(again.id)).toBe('succeeded');
    expect(await actions(orderId)).toEqual(expect.arrayContaining(['refund.requested', 'refund.undone']));
    await w.expectBooksAgree();
  });

  it('is sent or undone, never both, however undoing races with the end of its time', async () => {
    for (let round = 0; round < 12; round++) {
      const orderId = await shipped();
      const { id } = await refund(orderId);
      w.advanceClock(UNDO_WINDOW_MS);
      const undoing = w.flows.undoRefund({ orderId, refundId: id }, w.ctx()).then(
        () => true,
        () => false,
      );
      const [undone] = await Promise.all([undoing, w.settle()]);
      await w.settle();
      expect(await refundOf(id)).toBe(undone ? 'undone' : 'succeeded');
      expect((await providerLog(w, orderId)).refund ?? 0).toBe(undone ? 0 : 1);
    }
    await w.expectBooksAgree();
  });

  it('is undone by one of two people, and the other is told', async () => {
    const orderId = await shipped();
    const { id } = await refund(orderId);
    const both = await Promise.allSettled(
      ['agent', 'other'].map((who) => w.flows.undoRefund({ orderId, refundId: id }, w.ctx(who))),
    );
    expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await actions(orderId)).filter((action) => action === 'refund.undone')).toHaveLength(1);
  });

  it('cannot be undone once it is on its way', async () => {
    const orderId = await shipped();
    const { id } = await refund(orderId);
    await windowEnds();
    await expect(w.flows.undoRefund({ orderId, refundId: id }, w.ctx())).rejects.toMatchObject({ code: 'state_refuses' });
  });

  it('over the API does not wait, and cannot be undone', async () => {
    const orderId = await shipped();
    const { id, undoUntil } = await w.flows.refundOrder({ kind: 'units', orderId, reason: 'damaged' }, w.ctx());
    expect(undoUntil).toBeNull();
    await expect(w.flows.undoRefund({ orderId, refundId: id }, w.ctx())).rejects.toMatchObject({ code: 'state_refuses' });
    await w.settle();
    expect(await refundOf(id)).toBe('succeeded');
  });
});

describe('a cancel that a person started', () => {
  it('gives back no stock and no money before the time to undo it is over', async () => {
    const orderId = await confirmed(w);
    const held = await promised();
    const { undoUntil, refundId } = await cancel(orderId);
    expect({ undoUntil, refundId }).toEqual({ undoUntil: expect.any(String), refundId: null });
    await w.settle();
    expect(await w.order(orderId)).toMatchObject({ status: 'CONFIRMED', fulfilment_status: 'ALLOCATED', cancellation: null });
    expect(await promised()).toBe(held);
    expect(await providerLog(w, orderId)).toEqual({ authorization: 1 });
    await windowEnds();
    expect(await w.order(orderId)).toMatchObject({ status: 'CANCELLED', payment_status: 'VOIDED', receivable_minor: 0n });
    expect(await promised()).toBe(held - 2n);
    await w.expectBooksAgree();
  });

  it('is the deed of the person who started it', async () => {
    const orderId = await confirmed(w);
    await cancel(orderId);
    await windowEnds();
    const { rows } = await w.db.pool.query(`SELECT actor FROM audit_log WHERE entity_id = $1 AND action = 'order.cancelled'`, [
      orderId,
    ]);
    expect(rows).toEqual([{ actor: w.ctx().actor }]);
  });

  it('changes nothing where it is undone', async () => {
    const orderId = await confirmed(w);
    const before = await w.order(orderId);
    await cancel(orderId);
    await w.flows.undoCancel({ orderId }, w.ctx());
    await windowEnds();
    const { version: _v, updated_at: _u, ...after } = await w.order(orderId);
    const { version: _w, updated_at: _x, ...was } = before;
    expect(after).toEqual(was);
    expect(await openSagas(w, orderId)).toEqual([]);
    expect(await providerLog(w, orderId)).toEqual({ authorization: 1 });
  });

  it('keeps the order from being shipped, and from being cancelled twice', async () => {
    const orderId = await confirmed(w);
    await cancel(orderId);
    const refused = { code: 'state_refuses', detail: expect.stringContaining('about to be carried out') };
    await expect(w.flows.shipOrder({ orderId }, w.ctx('warehouse'))).rejects.toMatchObject(refused);
    await expect(cancel(orderId)).rejects.toMatchObject(refused);
    await w.flows.undoCancel({ orderId }, w.ctx());
    await w.flows.shipOrder({ orderId }, w.ctx('warehouse'));
    await windowEnds();
    expect(await w.order(orderId)).toMatchObject({ status: 'FULFILLED' });
  });

  it('keeps an order that is not allocated yet from being allocated, and lets it go on where it is undone', async () => {
    const { id: orderId } = await w.place({ lines: [{ sku: 'MUG', quantity: 1 }] });
    await cancel(orderId);
    await w.settle();
    expect(await w.order(orderId)).toMatchObject({ status: 'CONFIRMED', fulfilment_status: 'UNALLOCATED' });
    await w.flows.undoCancel({ orderId }, w.ctx());
    await w.settle();
    expect(await w.order(orderId)).toMatchObject({ fulfilment_status: 'ALLOCATED' });
  });

  it('keeps an order of services from being paid and given meanwhile', async () => {
    const { id: orderId } = await w.place({ lines: [{ sku: 'GIFTWRAP', quantity: 1 }] });
    await cancel(orderId);
    await windowEnds();
    expect(await w.order(orderId)).toMatchObject({ status: 'CANCELLED', captured_minor: 0n });
  });

  it('does not wait for the customer, who cancels at once: then it has nothing left to do', async () => {
    const orderId = await confirmed(w);
    await cancel(orderId);
    await w.flows.cancelOrder({ orderId, reason: 'customer_request' }, w.ctx('shop'));
    await windowEnds();
    expect(await w.order(orderId)).toMatchObject({ status: 'CANCELLED' });
    expect(await actions(orderId)).not.toContain('order.cancel_dropped');
    await w.expectBooksAgree();
  });

  it('cancels nothing where other units are left than were shown, and says so in a note', async () => {
    const order = await w.place({ lines: [{ sku: 'MUG', quantity: 3 }] });
    await w.settle();
    await cancel(order.id);
    const units = [{ lineId: order.lines[0]?.id as string, quantity: 1 }];
    await w.flows.cancelOrder({ orderId: order.id, reason: 'other', units }, w.ctx('shop'));
    await windowEnds();
    expect(await w.order(order.id)).toMatchObject({ status: 'CONFIRMED', cancelled_minor: 1_250n });
    expect(await actions(order.id)).toContain('order.cancel_dropped');
    const { rows } = await w.db.pool.query('SELECT body, actor FROM order_notes WHERE order_id = $1', [order.id]);
    expect(rows).toEqual([{ body: expect.stringContaining('Nothing was cancelled.'), actor: 'system:saga' }]);
    await w.expectBooksAgree();
  });

  it('is carried out or undone, never both, however the two race', async () => {
    for (let round = 0; round < 12; round++) {
      const orderId = await confirmed(w);
      await cancel(orderId);
      w.advanceClock(UNDO_WINDOW_MS);
      const undoing = w.flows.undoCancel({ orderId }, w.ctx()).then(
        () => true,
        () => false,
      );
      const [undone] = await Promise.all([undoing, w.settle()]);
      await w.settle();
      expect(await w.order(orderId)).toMatchObject({ status: undone ? 'CONFIRMED' : 'CANCELLED' });
    }
    await w.expectBooksAgree();
  });
});
