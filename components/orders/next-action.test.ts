import { expect, test } from 'vitest';
import type { OrderPage } from '../../server/views/order.ts';
import { nextAction } from './next-action.ts';

type Part<T> = {
  readonly [K in keyof T]?: T[K] extends readonly (infer Item)[]
    ? readonly Partial<Item>[]
    : T[K] extends object
      ? Partial<T[K]>
      : T[K];
};

/** A page that nothing waits for, with some parts replaced. Only what the function reads is given. */
function page(parts: Part<OrderPage>): OrderPage {
  const quiet = { sagas: [], payments: [], shipments: [], approvals: [], lines: [] };
  const order = { status: 'FULFILLED', holds: [], cancellation: null, ...parts.order };
  return { ...quiet, ...parts, order } as unknown as OrderPage;
}

const span = (state: string, from: number, to: number) => ({ state, fromUnit: from, toUnit: to, shipmentId: null }) as never;
const line = (...spans: never[]) => ({ stocked: true, spans }) as never;
const operation = (status: string) => ({ operations: [{ status, kind: 'capture' }] }) as never;

test('a finished order asks for nothing', () => {
  expect(nextAction(page({ payments: [operation('succeeded')] }), '')).toBeNull();
});

test('trouble comes before waiting, and waiting before work', () => {
  const ready = { lines: [line(span('allocated', 1, 3), span('backordered', 4, 4))], order: { status: 'CONFIRMED' as const } };
  expect(nextAction(page(ready), '')).toMatchObject({ kind: 'ship', textVars: { count: 3 } });
  const held = { ...ready, order: { status: 'CONFIRMED' as const, holds: ['fraud' as const] } };
  expect(nextAction(page(held), 'Fraud')).toMatchObject({ kind: 'held', titleVars: { holds: 'Fraud' } });
  const approval = { ...held, approvals: [{ summary: 'Refund of EUR 900.00' }] };
  expect(nextAction(page(approval), '')).toMatchObject({ kind: 'approval', said: 'Refund of EUR 900.00' });
  const doubt = { ...approval, payments: [operation('unknown')] };
  expect(nextAction(page(doubt), '')).toMatchObject({ kind: 'doubt', textVars: { attempt: 'capture' } });
  const stuck = { ...doubt, sagas: [{ status: 'stuck' as const, step: 'capture', attempt: 7 }] };
  expect(nextAction(page(stuck), '')).toMatchObject({ kind: 'stuck', textVars: { step: 'capture', attempts: 7 } });
});

test('units in a parcel that is being handed over are not asked to be shipped again', () => {
  const going = { ...(span('allocated', 1, 1) as object), shipmentId: 'x' } as never;
  expect(nextAction(page({ lines: [line(going)] }), '')).toBeNull();
});

test('a pending order waits for its customer, or has failed', () => {
  const pending = { order: { status: 'PENDING' as const } };
  expect(nextAction(page({ ...pending, payments: [{ status: 'REQUIRES_ACTION', operations: [] }] }), '')?.kind).toBe('challenge');
  expect(nextAction(page({ ...pending, payments: [{ status: 'FAILED', operations: [] }] }), '')?.kind).toBe('failed');
});
