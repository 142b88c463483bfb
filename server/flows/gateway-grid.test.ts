import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Delivery, type Gateway, type GatewayHouse, gatewayHouse } from './testing/gateway-house.ts';

/**
 * Every fault of a payment's life at both gateways: whatever goes wrong with one of its operations, the gateway's own log has each effect
 * once, the order ends as it should, and the oracle finds nothing. `WAYBILL_DEEP=1` runs every cell, and all orders of four messages;
 * `WAYBILL_EVIDENCE=<file>` writes what was run.
 */
const DEEP = process.env.WAYBILL_DEEP === '1';
const GATEWAYS: readonly Gateway[] = ['card', 'adyen'];
const OPERATIONS = ['authorize', 'capture', 'void', 'refund'] as const;
type Operation = (typeof OPERATIONS)[number];

/** What is switched on before the operation is sent, and what else happens to its messages. */
const FAULTS = {
  decline: { switches: { decline: { next: 1 } } },
  'timeout before': { switches: { drop_before: { next: 1 } } },
  'timeout after commit': { switches: { drop_reply: { next: 1 } } },
  '5xx': { switches: { error_5xx: { next: 1 } } },
  'duplicate webhook': { twice: true },
  'webhook before reply': { switches: { drop_reply: { next: 1 } }, first: true },
  reordered: { reversed: true },
  'down 60 s': { down: true },
} as const satisfies Record<string, Fault>;
type FaultName = keyof typeof FAULTS;
interface Fault {
  readonly switches?: Readonly<Record<string, { readonly next: number }>>;
  readonly twice?: boolean;
  readonly reversed?: boolean;
  /** Its messages are taken while the answer is still missing. */
  readonly first?: boolean;
  readonly down?: boolean;
}

const DAY_MS = 86_400_000;

/** Cells of the quick tier: those in which a message or an answer is what is missing. */
const QUICK: readonly (readonly [Gateway, FaultName, Operation])[] = [
  ['adyen', 'timeout after commit', 'capture'],
  ['adyen', 'webhook before reply', 'authorize'],
  ['adyen', 'reordered', 'refund'],
  ['card', 'timeout after commit', 'void'],
  ['card', 'decline', 'capture'],
];
const CELLS = DEEP
  ? GATEWAYS.flatMap((gateway) =>
      (Object.keys(FAULTS) as FaultName[]).flatMap((fault) => OPERATIONS.map((on) => [gateway, fault, on] as const)),
    )
  : QUICK;

/** What a gateway's log has in the end. A capture or a refund that was declined is not made; a void cannot be. */
const EFFECTS: Readonly<Record<Operation, readonly string[]>> = {
  authorize: ['authorization'],
  capture: ['authorization', 'capture'],
  void: ['authorization', 'void'],
  refund: ['authorization', 'capture', 'refund'],
};
const DECLINED: Readonly<Record<Operation, readonly string[]>> = {
  authorize: ['decline'],
  // The parcel is unpacked and the order waits for a person, its money still held.
  capture: ['authorization'],
  void: EFFECTS.void,
  refund: ['authorization', 'capture'],
};

let w: GatewayHouse;
const ran: { gateway: Gateway; fault: string; on: string; effects: string; ms: number }[] = [];
beforeAll(async () => {
  w = await gatewayHouse();
});
afterAll(async () => {
  await w?.close();
  if (process.env.WAYBILL_EVIDENCE) writeFileSync(process.env.WAYBILL_EVIDENCE, JSON.stringify(ran));
});

const simulatorOf = (gateway: Gateway) => (gateway === 'card' ? w.psp : w.adyen);
const healthy = (gateway: Gateway) =>
  expect.poll(() => w.outside.payments.get(gateway)?.healthy(), { timeout: 10_000 }).toBe(true);
const prefer = (gateway: Gateway) => w.flows.setPaymentGateways({ merchantId: w.merchantId, gateways: [{ gateway }] }, w.ctx());
const place = async (): Promise<string> => (await w.place({ lines: [{ sku: 'MUG', quantity: 2 }] })).id;

/** Brings an order to where the operation is next, and returns how it is asked for. */
async function before(on: Operation): Promise<{ id: string; ask: () => Promise<unknown> }> {
  if (on === 'authorize') {
    const id = await place();
    return { id, ask: async () => {} };
  }
  const id = await place();
  await w.rest();
  if (on === 'void') return { id, ask: () => w.flows.cancelOrder({ orderId: id, reason: 'customer_request' }, w.ctx()) };
  const ship = () => w.flows.shipOrder({ orderId: id }, w.ctx('warehouse'));
  if (on === 'capture') return { id, ask: ship };
  await ship();
  await w.rest();
  const input = { kind: 'amount', orderId: id, amountMinor: 500n, reason: 'late' } as const;
  return { id, ask: () => w.flows.refundOrder(input, w.ctx()) };
}

/** Passes time with the messages as the fault has them. */
async function unfold(fault: Fault, deliver: (all: readonly Delivery[]) => Promise<void>): Promise<void> {
  for (let round = 0; round < 12; round++) {
    if (fault.first) await new Promise((resolve) => setTimeout(resolve, 60));
    await deliver(w.held());
    await w.settle();
    await new Promise((resolve) => setTimeout(resolve, 40));
    const late = w.held();
    await deliver(fault.reversed ? late.toReversed() : late);
    await w.settle();
    if (round > 2 && (await w.quiet())) return;
    w.advanceClock(31_000);
  }
}

describe.each(CELLS)('%s: %s, on %s', (gateway, name, on) => {
  it('has each effect once, and the books agree', async () => {
    const started = performance.now();
    const fault: Fault = FAULTS[name];
    await healthy(gateway);
    await prefer(gateway);
    const { id, ask } = await before(on);
    const { switches } = simulatorOf(gateway);
    w.hold(true);
    const asked = Object.entries(fault.switches ?? {}).map(([key, rule]) => [key, { ...rule, on }]);
    if (asked.length > 0) await switches.set(Object.fromEntries(asked));
    if (fault.down) await switches.set({ down: true });
    await ask();
    await w.settle();
    // Refunds and cancels can be undone for a moment.
    w.advanceClock(11_000);
    await w.settle();
    if (fault.down) {
      w.advanceClock(60_000);
      await w.settle();
      await switches.set({ down: false });
      await healthy(gateway);
    }
    await unfold(fault, async (all) => {
      await w.take(fault.twice ? [...all, ...all] : all);
    });
    w.hold(false);
    await w.rest();
    await switches.reset();
    const expected = name === 'decline' ? DECLINED[on] : EFFECTS[on];
    expect(w.effects(gateway, id).filter((kind) => kind !== 'challenge')).toEqual(expected);
    await w.audit();
    ran.push({ gateway, fault: name, on, effects: expected.join(', '), ms: Math.round(performance.now() - started) });
  });
});

/** All orders of some things. */
function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, at) =>
    permutations([...items.slice(0, at), ...items.slice(at + 1)]).map((rest) => [item, ...rest]),
  );
}

describe.each(GATEWAYS)('four messages of %s', (gateway) => {
  it('end alike in whatever order they come', async () => {
    await healthy(gateway);
    await prefer(gateway);
    const orders = permutations([0, 1, 2, 3]);
    const chosen = DEEP ? orders : [orders.at(-1) as number[], orders[9] as number[]];
    const ends = new Set<string>();
    const started = performance.now();
    for (const order of chosen) {
      w.hold(true);
      const id = await place();
      await w.settle();
      const messages: Delivery[] = [];
      const collect = async () => {
        await new Promise((resolve) => setTimeout(resolve, 50));
        messages.push(...w.held());
      };
      await collect();
      await w.flows.shipOrder({ orderId: id }, w.ctx('warehouse'));
      await w.settle();
      // What the second gateway did is found in its report, so that its messages may all be late.
      w.reportAfter(0);
      w.advanceClock(61_000);
      await w.settle();
      w.reportAfter(DAY_MS);
      await collect();
      await simulatorOf(gateway).switches.set({ drop_reply: { next: 1, on: 'refund' } });
      await w.flows.refundOrder({ kind: 'amount', orderId: id, amountMinor: 500n, reason: 'late' }, w.ctx());
      w.advanceClock(11_000);
      await w.settle();
      await collect();
      // Where there are three, one of them comes twice.
      if (messages.length < 4) messages.push(messages[1] as Delivery);
      const four = messages.slice(0, 4);
      await w.take(order.map((at) => four[at] as Delivery));
      w.hold(false);
      await w.rest();
      const { status, payment_status, captured_minor, refunded_minor } = await w.order(id);
      ends.add([status, payment_status, captured_minor, refunded_minor, w.effects(gateway, id).join('+')].join(' '));
    }
    expect([...ends]).toEqual(['FULFILLED PARTIALLY_REFUNDED 2500 500 authorization+capture+refund']);
    await w.audit();
    ran.push({
      gateway,
      fault: `${chosen.length} orders of 4 webhooks`,
      on: '–',
      effects: [...ends].join(),
      ms: Math.round(performance.now() - started),
    });
  });
});
