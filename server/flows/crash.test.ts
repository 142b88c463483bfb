import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFlows } from './flows.ts';
import { createMortal, type Death } from './testing/mortal.ts';
import { type OrderWorld, orderWorld } from './testing/order-world.ts';

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

interface Scenario {
  readonly name: string;
  /** Brings an order to where the saga in question starts; returns its id. */
  readonly start: () => Promise<string>;
  readonly ends: Record<string, unknown>;
  /** What the provider's own log says in the end. */
  readonly log: Readonly<Record<string, number>>;
}

const goods = { lines: [{ sku: 'MUG', quantity: 2 }], shipping: { name: 'Standard', priceMinor: 490n } };

async function placed(token = 'pm_card_visa'): Promise<string> {
  return (await w.place({ ...goods, token })).id;
}
async function confirmed(): Promise<string> {
  const id = await placed();
  await w.settle();
  return id;
}
async function shipping(): Promise<string> {
  const id = await confirmed();
  await w.flows.shipOrder({ orderId: id }, w.ctx());
  return id;
}

const SCENARIOS: readonly Scenario[] = [
  {
    name: 'placing an order',
    start: () => placed(),
    ends: { status: 'CONFIRMED', payment_status: 'AUTHORIZED', fulfilment_status: 'ALLOCATED', receivable_minor: 2_990n },
    log: { authorization: 1 },
  },
  {
    name: 'placing an order whose card is declined',
    start: () => placed('pm_card_chargeDeclined'),
    ends: { status: 'CANCELLED', payment_status: 'FAILED', receivable_minor: 0n },
    log: {},
  },
  {
    name: 'cancelling an order whose payment has no answer yet',
    start: async () => {
      const id = await placed();
      await w.flows.cancelOrder({ orderId: id, reason: 'customer_request' }, w.ctx());
      return id;
    },
    ends: { status: 'CANCELLED', payment_status: 'FAILED', receivable_minor: 0n },
    log: {},
  },
  {
    name: 'shipping an order',
    start: () => shipping(),
    ends: { status: 'FULFILLED', payment_status: 'CAPTURED', captured_minor: 2_990n, receivable_minor: 0n },
    log: { authorization: 1, capture: 1 },
  },
  {
    name: 'voiding a payment',
    start: async () => {
      const id = await confirmed();
      await w.flows.cancelOrder({ orderId: id, reason: 'customer_request' }, w.ctx());
      return id;
    },
    ends: { status: 'CANCELLED', payment_status: 'VOIDED', receivable_minor: 0n },
    log: { authorization: 1, void: 1 },
  },
  {
    name: 'refunding an order',
    start: async () => {
      const id = await shipping();
      await w.settle();
      await w.flows.refundOrder({ kind: 'units', orderId: id, reason: 'damaged' }, w.ctx());
      return id;
    },
    ends: { status: 'REFUNDED', refunded_minor: 2_990n, receivable_minor: 0n },
    log: { authorization: 1, capture: 1, refund: 1 },
  },
];

async function providerLog(orderId: string): Promise<Record<string, number>> {
  const response = await fetch(`${w.psp.controlUrl}/_sim/log?order_id=${orderId}`);
  const { data } = (await response.json()) as { data: { kind: string; status?: string }[] };
  const counts: Record<string, number> = {};
  for (const { kind } of data) if (EFFECTS.has(kind)) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}
const EFFECTS = new Set(['authorization', 'capture', 'void', 'refund']);

async function openSagas(orderId: string): Promise<string[]> {
  const { rows } = await w.db.pool.query<{ id: string }>(`SELECT id FROM sagas WHERE order_id = $1 AND status <> 'done'`, [
    orderId,
  ]);
  return rows.map((row) => row.id);
}

async function expectEnd(scenario: Scenario, orderId: string, died: string): Promise<void> {
  for (let i = 0; i < 3; i++) {
    w.advanceClock(LEASE_MS);
    await w.settle();
  }
  expect(await w.order(orderId), died).toMatchObject(scenario.ends);
  expect(await providerLog(orderId), died).toEqual(scenario.log);
  expect(await openSagas(orderId), died).toEqual([]);
}

describe.each(SCENARIOS)('$name', (scenario) => {
  it('ends the same wherever its worker dies', async () => {
    const reference = await scenario.start();
    const living = createMortal({ pool: w.db.pool, outside: w.outside, clock: w.clock }, null);
    for (const saga of await openSagas(reference)) await living.flows.advanceSaga(saga);
    await expectEnd(scenario, reference, 'nobody died');
    const deaths: Death[] = (['commit', 'call'] as const).flatMap((of) =>
      Array.from({ length: living.counts[of] }, (_, index) => index + 1).flatMap((nth) =>
        (['before', 'after'] as const).map((when) => ({ of, nth, when })),
      ),
    );
    expect(deaths.length).toBeGreaterThanOrEqual(4);
    for (const death of deaths) {
      const orderId = await scenario.start();
      const dying = createMortal({ pool: w.db.pool, outside: w.outside, clock: w.clock }, death);
      void (async () => {
        for (const saga of await openSagas(orderId)) await dying.flows.advanceSaga(saga);
      })();
      await dying.died;
      await expectEnd(scenario, orderId, `died ${death.when} ${death.of} ${death.nth}`);
    }
    await w.expectBooksAgree();
  });

  it('ends the same when every step is run by two workers at once, twice', async () => {
    const orderId = await scenario.start();
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
      const orderId = await placed();
      const dying = createMortal({ pool: w.db.pool, outside: w.outside, clock: w.clock }, death);
      for (const saga of await openSagas(orderId)) void dying.flows.advanceSaga(saga);
      await dying.died;
      await w.flows.cancelOrder({ orderId, reason: 'customer_request' }, w.ctx());
      for (let i = 0; i < 3; i++) {
        w.advanceClock(LEASE_MS);
        await w.settle();
      }
      expect(await w.order(orderId), died).toMatchObject({ status: 'CANCELLED', captured_minor: 0n, receivable_minor: 0n });
      expect((await w.order(orderId)).finished_at, died).not.toBeNull();
      const log = await providerLog(orderId);
      expect(log.void ?? 0, died).toBe(log.authorization ?? 0);
      expect(await openSagas(orderId), died).toEqual([]);
    }
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
    for (const saga of await openSagas(order.id)) void dying.flows.advanceSaga(saga);
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
