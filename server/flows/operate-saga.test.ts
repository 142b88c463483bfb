import { afterAll, beforeAll, expect, it } from 'vitest';
import { DomainError } from '../kernel/errors.ts';
import { type OrderWorld, orderWorld } from './testing/order-world.ts';

/** A person at the controls of a saga cannot make money vanish: what may have happened is found out before anything is undone. */
let w: OrderWorld;
beforeAll(async () => {
  w = await orderWorld();
});
afterAll(() => w.close());

async function switches(change: Record<string, unknown>): Promise<void> {
  await fetch(`${w.psp.controlUrl}/_sim/switches`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(change),
  });
}
async function sagaOf(orderId: string): Promise<{ id: string; step: string; status: string }> {
  const { rows } = await w.db.pool.query(`SELECT id, step, status FROM sagas WHERE order_id = $1 AND status <> 'done'`, [
    orderId,
  ]);
  return rows[0] as { id: string; step: string; status: string };
}
const operate = (sagaId: string, action: 'retry' | 'skip' | 'compensate') =>
  w.flows.operateSaga({ sagaId, action, reason: 'a test' }, w.ctx()).then(
    () => 'done',
    (error: unknown) => (error instanceof DomainError ? error.detail : Promise.reject(error)),
  );

it.each(['authorize', 'capture'] as const)(
  'refuses to undo a step whose %s has no answer, and lets it be tried again',
  async (on) => {
    const placed = await w.place({ lines: [{ sku: 'MUG', quantity: 1 }] });
    if (on === 'capture') {
      await w.settle();
      await w.flows.shipOrder({ orderId: placed.id }, w.ctx());
    }
    await switches({ drop_reply: { on, next: 1 } });
    await w.settle();
    const saga = await sagaOf(placed.id);
    expect(saga).toMatchObject({ step: on, status: 'retrying' });
    expect(await operate(saga.id, 'compensate')).toBe(
      'The provider has not said whether it happened. Retry until it has, or cancel the order.',
    );
    expect(await operate(saga.id, 'retry')).toBe('done');
    await w.settle();
    expect(await w.order(placed.id)).toMatchObject({ status: on === 'capture' ? 'FULFILLED' : 'CONFIRMED' });
    await w.expectBooksAgree();
  },
);

it('refuses to undo a shipment whose money was taken', async () => {
  const placed = await w.place({ lines: [{ sku: 'TEE', quantity: 1 }] });
  await w.settle();
  await w.flows.shipOrder({ orderId: placed.id }, w.ctx());
  const { rows } = await w.db.pool.query<{ node_id: string; on_hand: bigint }>(
    'SELECT node_id, on_hand FROM node_stock WHERE sku_id = $1',
    [w.skus.TEE],
  );
  const adjust = (nodeId: string, delta: number) =>
    w.flows.adjustStock(
      { merchantId: w.merchantId, skuId: w.skus.TEE as string, nodeId, delta, reason: delta > 0 ? 'found' : 'lost' },
      w.ctx(),
    );
  for (const row of rows) await adjust(row.node_id, -Number(row.on_hand));
  await w.settle();
  const saga = await sagaOf(placed.id);
  expect(saga).toMatchObject({ step: 'dispatch', status: 'retrying' });
  expect(await operate(saga.id, 'compensate')).toBe(
    'The money has moved already: this can only be finished. Refund it afterwards instead.',
  );
  for (const row of rows) await adjust(row.node_id, Number(row.on_hand));
  expect(await operate(saga.id, 'retry')).toBe('done');
  await w.settle();
  expect(await w.order(placed.id)).toMatchObject({ status: 'FULFILLED', receivable_minor: 0n });
  await w.expectBooksAgree();
});

it('leaves one next job for a saga, however often it was woken', async () => {
  const placed = await w.place({ lines: [{ sku: 'MUG', quantity: 1 }], token: 'pm_card_threeDSecure2Required' });
  await w.settle();
  const saga = await sagaOf(placed.id);
  for (let i = 0; i < 5; i++) await w.flows.advanceSaga(saga.id);
  const { rows } = await w.db.pool.query(
    `SELECT count(*)::int AS n FROM graphile_worker.jobs WHERE key = $1 AND run_at > now() + interval '5 seconds'`,
    [`saga:${saga.id}`],
  );
  expect(rows).toEqual([{ n: 1 }]);
});
