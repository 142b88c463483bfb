import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Span, unitsIn } from '../../kernel/units.ts';
import { isLive, type PickTask, planPick } from './rules.ts';

const NODE = 'node';
const span = (from: number, to: number, rest: Partial<Span> = {}): Span => ({
  lineId: 'l1',
  from,
  to,
  state: 'allocated',
  nodeId: NODE,
  shipmentId: null,
  refundId: null,
  ...rest,
});
const task = (from: number, to: number, rest: Partial<PickTask> = {}): PickTask => ({
  pickListId: 'p1',
  pickListNumber: 'EU-P10001',
  orderId: 'o1',
  nodeId: NODE,
  position: 1,
  units: [{ lineId: 'l1', from, to }],
  status: 'picking',
  changedBy: 'user:a',
  changedAt: new Date(),
  ...rest,
});
const order = (spans: readonly Span[], holds: readonly string[] = []) => ({ number: 'EU-1', holds, spans });

describe('what can be picked', () => {
  test('what waits at the node and nobody goes for', () => {
    expect(planPick(order([span(1, 5)]), [task(2, 3)], NODE)).toEqual({
      allowed: true,
      units: [
        { lineId: 'l1', from: 1, to: 1 },
        { lineId: 'l1', from: 4, to: 5 },
      ],
    });
  });

  test('nothing of a held order, of another node, of what is in a parcel or on a list', () => {
    const why = (verdict: ReturnType<typeof planPick>) => (verdict.allowed ? null : verdict.why);
    expect(why(planPick(order([span(1, 2)], ['fraud']), [], NODE))).toMatch(/on hold \(fraud\)/);
    expect(why(planPick({ ...order([span(1, 2)]), cancelling: true }, [], NODE))).toMatch(/EU-1: a cancellation is about/);
    expect(why(planPick(order([span(1, 2)]), [], 'other'))).toMatch(/nothing waiting/);
    expect(why(planPick(order([span(1, 2, { shipmentId: 's1' })]), [], NODE))).toMatch(/nothing waiting/);
    expect(why(planPick(order([span(1, 2)]), [task(1, 2)], NODE))).toMatch(/being picked already, on list EU-P10001/);
    expect(why(planPick(order([span(1, 2)]), [task(1, 2, { status: 'packed' })], NODE))).toMatch(/packed already/);
  });

  test('what was given back, and what a list of the past named before it was allocated anew elsewhere', () => {
    expect(isLive(task(1, 2, { status: 'released' }), [span(1, 2)])).toBe(false);
    expect(isLive(task(1, 2), [span(1, 2, { state: 'shipped' })])).toBe(false);
    expect(isLive(task(1, 2), [span(1, 2, { nodeId: 'other' })])).toBe(false);
    expect(isLive(task(1, 2), [span(1, 1, { state: 'shipped' }), span(2, 2)])).toBe(true);
  });

  test('free and taken units are the waiting units, each once', () => {
    const cut = fc
      .uniqueArray(fc.integer({ min: 1, max: 30 }), { minLength: 2, maxLength: 6 })
      .map((at) => at.sort((a, b) => a - b));
    fc.assert(
      fc.property(cut, fc.integer({ min: 1, max: 30 }), (at, last) => {
        const tasks = at.slice(1).map((to, index) => task((at[index] as number) + 1, to));
        const verdict = planPick(order([span(1, last)]), tasks, NODE);
        const free = verdict.allowed ? verdict.units : [];
        const taken = tasks.flatMap(({ units }) => units).map(({ from, to }) => ({ from, to: Math.min(to, last) }));
        expect(unitsIn(free) + unitsIn(taken.filter(({ from, to }) => from <= to))).toBe(last);
      }),
    );
  });
});
