import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFlows } from './flows.ts';
import { FEE_SCENARIOS } from './testing/fee-scenarios.ts';
import { createMortal, type Death, dieEverywhere } from './testing/mortal.ts';
import { type OrderWorld, orderWorld } from './testing/order-world.ts';
import { openSagas, providerLog, SAGA_SCENARIOS, type SagaScenario, UNDOABLE_SCENARIOS } from './testing/saga-scenarios.ts';
import { standingStill } from './testing/standing-still.ts';
import { TENDER_SCENARIOS } from './testing/tender-scenarios.ts';

/**
 * A worker dies at every boundary of every saga: before and after each COMMIT, before and after each call of a provider. Another one
 * takes over when the call's lease is over. However it died, the order ends the same, and the provider did everything once.
 */
let w: OrderWorld;
beforeAll(async () => {
  w = await orderWorld({ stock: 100_000 });
});
afterAll(() => w.close());

/** Longer than a call's lease and its first back-offs. */
const LEASE_MS = 13_000;

async function expectEnd(scenario: SagaScenario, orderId: string, died: string): Promise<void> {
  for (let i = 0; i < 3; i++) {
    w.advanceClock(LEASE_MS);
    await w.settle();
  }
  expect(await w.order(orderId), died).toMatchObject(scenario.ends);
  expect(await providerLog(w, orderId), died).toEqual(scenario.log);
  expect(await openSagas(w, orderId), died).toEqual([]);
}

describe.each([...SAGA_SCENARIOS, ...UNDOABLE_SCENARIOS, ...TENDER_SCENARIOS, ...FEE_SCENARIOS])('$name', (scenario) => {
  it('ends the same wherever its worker dies', async () => {
    const died = await dieEverywhere(
      { pool: w.db.pool, outside: w.outside, clock: w.clock },
      {
        begin: () => scenario.start(w),
        work: async (flows, orderId) => {
          for (const saga of await openSagas(w, orderId)) await flows.advanceSaga(saga);
        },
        end: (orderId, how) => expectEnd(scenario, orderId, how),
      },
    );
    // A saga of local steps commits once.
    expect(died).toBeGreaterThanOrEqual(2);
    await w.expectBooksAgree();
  });

  it('ends the same when every step is run by two workers at once, twice', async () => {
    const orderId = await scenario.start(w);
    const other = createFlows({ pool: w.db.pool, home: 'EU', outside: w.outside, clock: w.clock });
    const both = {
      async advanceSaga(id: string): Promise<void> {
        await Promise.all([w.flows, other, w.flows, other].map((flows) => flows.advanceSaga(id)));
      },
    };
    await w.settle(both);
    await expectEnd(scenario, orderId, 'two at once');
    await w.expectBooksAgree();
  });
});

describe('a cancellation that comes when the worker of a placement has just died', () => {
  it('is carried out wherever that was, and takes no money', async () => {
    const deaths: Death[] = [1, 2].flatMap((nth) => (['before', 'after'] as const).map((when) => ({ of: 'commit', nth, when })));
    deaths.push({ of: 'call', nth: 1, when: 'before' }, { of: 'call', nth: 1, when: 'after' });
    for (const death of deaths) {
      const died = `died ${death.when} ${death.of} ${death.nth}`;
      const { id: orderId } = await w.place({
        lines: [{ sku: 'MUG', quantity: 2 }],
        shipping: { name: 'Standard', priceMinor: 490n },
      });
      const dying = createMortal({ pool: w.db.pool, outside: w.outside, clock: w.clock }, death);
      for (const saga of await openSagas(w, orderId)) void dying.flows.advanceSaga(saga);
      await dying.died;
      await w.flows.cancelOrder({ orderId, reason: 'customer_request' }, w.ctx());
      for (let i = 0; i < 3; i++) {
        w.advanceClock(LEASE_MS);
        await w.settle();
      }
      expect(await w.order(orderId), died).toMatchObject({ status: 'CANCELLED', captured_minor: 0n, receivable_minor: 0n });
      expect((await w.order(orderId)).finished_at, died).not.toBeNull();
      const log = await providerLog(w, orderId);
      expect(log.void ?? 0, died).toBe(log.authorization ?? 0);
      expect(await openSagas(w, orderId), died).toEqual([]);
    }
    await w.expectBooksAgree();
  });
});

describe('a worker that stood still between recording an attempt and sending it', () => {
  it('sends nothing any more: the order was cancelled meanwhile because the provider knew of nothing', async () => {
    const { id: orderId } = await w.place({ lines: [{ sku: 'MUG', quantity: 2 }] });
    const pool = standingStill(w.db.pool, async () => {
      w.advanceClock(LEASE_MS);
      await w.flows.cancelOrder({ orderId, reason: 'customer_request' }, w.ctx());
      await w.settle();
    });
    const late = createFlows({ pool, home: 'EU', outside: w.outside, clock: w.clock });
    for (const saga of await openSagas(w, orderId)) await late.advanceSaga(saga);
    await w.settle();
    expect(await w.order(orderId)).toMatchObject({ status: 'CANCELLED', payment_status: 'FAILED', receivable_minor: 0n });
    expect(await providerLog(w, orderId)).toEqual({});
    expect(await openSagas(w, orderId)).toEqual([]);
    await w.expectBooksAgree();
  });
});

describe('a capture that happened although its worker died', () => {
  it('is taken as it was, though the rest of the order was cancelled before anybody knew', async () => {
    const order = await w.place({
      lines: [
        { sku: 'MUG', quantity: 1 },
        { sku: 'TEE', quantity: 1 },
      ],
    });
    await w.settle();
    const [mug] = order.lines;
    await w.flows.shipOrder({ orderId: order.id, units: [{ lineId: mug?.id as string, quantity: 1 }] }, w.ctx());
    // The second call is the capture, after the label.
    const dying = createMortal({ pool: w.db.pool, outside: w.outside, clock: w.clock }, { of: 'call', nth: 2, when: 'after' });
    for (const saga of await openSagas(w, order.id)) void dying.flows.advanceSaga(saga);
    await dying.died;
    await w.flows.cancelOrder({ orderId: order.id, reason: 'customer_request' }, w.ctx());
    for (let i = 0; i < 4; i++) {
      w.advanceClock(LEASE_MS);
      await w.settle();
    }
    expect(await w.order(order.id)).toMatchObject({
      status: 'FULFILLED',
      holds: [],
      captured_minor: 1_250n,
      receivable_minor: 0n,
    });
    expect((await w.order(order.id)).finished_at).not.toBeNull();
    expect(await w.captures(order.id)).toHaveLength(1);
    await w.expectBooksAgree();
  });
});
