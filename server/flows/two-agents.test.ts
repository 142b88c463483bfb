import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DomainError } from '../kernel/errors.ts';
import { type OrderWorld, orderWorld } from './testing/order-world.ts';

/**
 * Two agents at one order at once: each looks at a plan and carries it out, in every order of their steps that a seed makes, also at the very
 * same moment and while the provider is being told.
 */
const SEEDS = process.env.WAYBILL_DEEP === '1' ? 200 : 10;

let w: OrderWorld;
beforeAll(async () => {
  w = await orderWorld();
});
afterAll(() => w?.close());

/** Numbers that follow from a seed: the same story every time. */
function dice(seed: number): (sides: number) => number {
  let state = seed * 2_654_435_761 + 1;
  return (sides) => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 0x9e3779b9) >>> 0;
    return (state >>> 8) % sides;
  };
}

interface Deed {
  readonly name: string;
  readonly preview: () => Promise<{ readonly fingerprint: string }>;
  readonly act: (fingerprint: string) => Promise<unknown>;
}

function deedOf(kind: number, who: string, orderId: string, lineId: string, units: number, amountMinor: bigint): Deed {
  const base = { orderId, reason: 'other' as const };
  const refund = (input: Parameters<OrderWorld['flows']['refundOrder']>[0]): Deed => ({
    name: `${who} refunds ${input.kind}`,
    preview: () => w.flows.previewRefund(input, w.ctx(who)),
    act: (fingerprint) => w.flows.refundOrder({ ...input, fingerprint }, w.ctx(who)),
  });
  if (kind === 0) return refund({ ...base, kind: 'units', units: [{ lineId, quantity: units }] });
  if (kind === 1) return refund({ ...base, kind: 'amount', amountMinor });
  if (kind === 2) return refund({ ...base, kind: 'goodwill', amountMinor });
  const input = { orderId, reason: 'other' as const };
  return {
    name: `${who} cancels`,
    preview: () => w.flows.previewCancel(input, w.ctx(who)),
    act: (fingerprint) => w.flows.cancelOrder({ ...input, fingerprint }, w.ctx(who)),
  };
}

/** What somebody was told, or null where it was done. */
const outcome = (work: Promise<unknown>): Promise<DomainError | null> =>
  work.then(
    () => null,
    (error: unknown) => {
      if (error instanceof DomainError) return error;
      throw error;
    },
  );

async function play(seed: number): Promise<{ readonly story: string; readonly lost: readonly DomainError[] }> {
  const roll = dice(seed);
  const quantity = 2 + roll(3);
  const shipped = 1 + roll(quantity);
  const placed = await w.place({ lines: [{ sku: 'MUG', quantity }] });
  const lineId = placed.lines[0]?.id as string;
  await w.settle();
  await w.flows.shipOrder({ orderId: placed.id, units: [{ lineId, quantity: shipped }] }, w.ctx('warehouse'));
  await w.settle();
  const cancellable = shipped < quantity;
  const deeds = (['agent', 'other'] as const).map((who) => {
    const kind = roll(cancellable ? 4 : 3);
    // Together they often want more than there is.
    return deedOf(kind, who, placed.id, lineId, 1 + roll(shipped), BigInt(1 + roll(1_250 * shipped)));
  });
  const shown = await Promise.all(deeds.map((deed) => deed.preview()));
  const act = (at: number) => outcome((deeds[at] as Deed).act(shown[at]?.fingerprint ?? ''));
  const first = roll(2);
  const how = roll(3);
  const answers: (DomainError | null)[] = [];
  if (how === 0) answers.push(...(await Promise.all([act(0), act(1), w.settle().then(() => null)])).slice(0, 2));
  else {
    answers.push(await act(first));
    // While the provider is told of the first, the second comes; or once all of that is over.
    if (how === 1) await w.settle();
    answers.push((await Promise.all([act(1 - first), w.settle()]))[0]);
  }
  await w.settle();
  const story = `seed ${seed}: ${deeds.map(({ name }) => name).join(', ')}, ${shipped} of ${quantity} shipped, way ${how}`;
  const order = await w.order(placed.id);
  expect(Number(order.refunded_minor), story).toBeLessThanOrEqual(Number(order.captured_minor));
  const log = w.psp.state.logByOrder.get(placed.id) ?? [];
  const sum = (kind: string): number => log.filter((entry) => entry.kind === kind).reduce((all, entry) => all + entry.amount, 0);
  expect(sum('refund'), story).toBe(Number(order.refunded_minor));
  expect(sum('refund'), story).toBeLessThanOrEqual(sum('capture'));
  const lost = answers.filter((answer) => answer !== null);
  // Somebody is always served: two that lose to each other would both have to begin again.
  expect(lost.length, story).toBeLessThan(2);
  for (const { code, detail } of lost) {
    expect([story, code]).toEqual([story, 'plan_changed']);
    expect(detail, story).toMatch(
      /By now \d+\.\d\d EUR went back or is on its way, \d+ units are cancelled, \d+\.\d\d EUR is left to refund\.$/,
    );
  }
  return { story, lost };
}

describe('two agents who refund and cancel one order at once', () => {
  it('give back no more than was taken, and whoever comes second is told what changed', { timeout: 900_000 }, async () => {
    let lost = 0;
    for (let seed = 1; seed <= SEEDS; seed++) lost += (await play(seed)).lost.length;
    expect(lost).toBeGreaterThan(SEEDS / 4);
    await w.expectBooksAgree();
  });
});
