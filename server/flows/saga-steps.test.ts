import { afterAll, beforeAll, expect, it } from 'vitest';
import { sagaDefinition } from './sagas.ts';
import { type OrderWorld, orderWorld } from './testing/order-world.ts';
import { providerLog, SAGA_SCENARIOS } from './testing/saga-scenarios.ts';

/**
 * A saga's row names the step it stands at, and the process that takes it on may be of another version. So a step is never renamed and
 * never goes: one that is not needed any more stays as a step that does nothing. Every step that any version had is in this list.
 */
const EVER: Readonly<Record<string, readonly string[]>> = {
  'place-order': ['promise', 'authorize', 'confirm', 'allocate'],
  'ship-order': ['pack', 'label', 'capture', 'dispatch'],
  'refund-order': ['reserve', 'send', 'finish'],
  'void-payment': ['void'],
  'cancel-order': ['wait', 'cancel'],
  'reship-order': ['promise', 'allocate'],
  'keep-fee': ['release', 'keep', 'capture', 'tell', 'rest'],
  'capture-order': ['capture'],
};

it.each(Object.entries(EVER))('%s still has every step at which a running saga may stand', (kind, steps) => {
  expect(sagaDefinition(kind).steps.map(({ name }) => name)).toEqual(expect.arrayContaining([...steps]));
});

let w: OrderWorld;
beforeAll(async () => {
  w = await orderWorld();
});
afterAll(() => w.close());

it.each(SAGA_SCENARIOS)(
  '$name: a saga that an older version of its flow began ends as it should',
  async ({ start, ends, log }) => {
    const orderId = await start(w);
    for (;;) {
      // Whatever has begun, and whatever step it is at, it says that an older version made it.
      await w.db.pool.query('UPDATE sagas SET flow_version = 0 WHERE order_id = $1', [orderId]);
      const { rows } = await w.db.pool.query<{ id: string }>(
        `SELECT id FROM sagas WHERE order_id = $1 AND status NOT IN ('done', 'stuck') AND wake_at <= $2`,
        [orderId, w.clock()],
      );
      if (rows.length === 0) break;
      for (const { id } of rows) await w.flows.advanceSaga(id);
    }
    const { rows } = await w.db.pool.query(`SELECT kind, step FROM sagas WHERE order_id = $1 AND status <> 'done'`, [orderId]);
    expect(rows).toEqual([]);
    expect(await w.order(orderId)).toMatchObject(ends);
    expect(await providerLog(w, orderId)).toEqual(log);
    await w.expectBooksAgree();
  },
);
