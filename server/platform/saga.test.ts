import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Ctx } from '../kernel/context.ts';
import {
  advance,
  backoffMs,
  call,
  isPastReturn,
  next,
  remote,
  type Saga,
  type SagaDefinition,
  type StepResult,
  skipStep,
} from './saga.ts';
import { startSaga, wakeSaga } from './saga-rows.ts';

/** A world that only remembers what was done to it. */
interface Diary {
  applied: number;
  readonly done: string[];
  answer: StepResult;
}

const T0 = new Date('2026-01-01T00:00:00Z');
const ctx = (ms = 0): Ctx => ({
  now: new Date(T0.getTime() + ms),
  actor: 'system:test',
  traceId: 't',
  requestId: 'r',
  home: 'EU',
});
const newDiary = (): Diary => ({ applied: 0, done: [], answer: next });
const note = (what: string) => (world: Diary) => {
  world.done.push(what);
  return next;
};

const trip: SagaDefinition<Diary, unknown> = {
  kind: 'trip',
  version: 1,
  irreversible: 'pay',
  steps: [
    { name: 'book', run: note('book'), undo: note('unbook') },
    {
      name: 'pay',
      run: remote<Diary, unknown, string, string>({
        prepare: (world) => {
          world.done.push('prepare');
          return { kind: 'call', args: 'pay 10' };
        },
        call: async () => 'paid',
        settle: (world, _saga, args, outcome) => {
          world.done.push(`${args}: ${outcome}`);
          return world.answer;
        },
      }),
      undo: note('unpay'),
    },
    { name: 'go', run: note('go') },
  ],
};

function begun(): { saga: Saga; world: Diary } {
  const saga = startSaga(
    { byId: new Map(), fresh: new Set(), before: new Map() },
    trip,
    { orderId: 'o', merchantId: 'm' },
    ctx(),
  );
  return { saga, world: newDiary() };
}
function called(at = 0): ReturnType<typeof begun> & { ticket: Extract<ReturnType<typeof advance>, { kind: 'call' }>['ticket'] } {
  const { saga, world } = begun();
  const result = advance(trip, world, saga, ctx(at));
  if (result.kind !== 'call') throw new Error(`It is ${result.kind}`);
  return { saga, world, ticket: result.ticket };
}

describe('a saga', () => {
  it('goes through its local steps at once, and stops where the outside world is asked', () => {
    const { saga, world, ticket } = called();
    expect(world.done).toEqual(['book', 'prepare']);
    expect(ticket).toMatchObject({ step: 'pay', args: 'pay 10', version: saga.version, undo: false });
    expect(advance(trip, world, saga, ctx(100), { ticket, outcome: 'paid' })).toEqual({ kind: 'rest' });
    expect(world.done).toEqual(['book', 'prepare', 'pay 10: paid', 'go']);
    expect(saga).toMatchObject({ status: 'done', outcome: 'completed' });
  });

  it('is left alone while its call may be on its way, and prepared again when the lease is over', () => {
    const { saga, world } = called();
    expect(advance(trip, world, saga, ctx(5_000))).toMatchObject({ kind: 'later', at: new Date(T0.getTime() + 12_000) });
    expect(world.done).toEqual(['book', 'prepare']);
    expect(advance(trip, world, saga, ctx(12_000))).toMatchObject({ kind: 'call' });
  });

  it('takes the answer to the call that was made last; an earlier one, before it or after it, changes nothing', () => {
    const { saga, world, ticket } = called();
    const again = advance(trip, world, saga, ctx(12_000));
    if (again.kind !== 'call') throw new Error('It was not prepared again');
    const late = (at: number): unknown => advance(trip, world, saga, ctx(at), { ticket, outcome: 'lost' });
    expect(late(12_400)).toEqual({ kind: 'rest' });
    expect(saga).toMatchObject({ step: 'pay', state: { calling: true } });
    advance(trip, world, saga, ctx(12_500), { ticket: again.ticket, outcome: 'paid' });
    expect(late(13_000)).toEqual({ kind: 'rest' });
    expect(world.done).toEqual(['book', 'prepare', 'prepare', 'pay 10: paid', 'go']);
  });

  it('has as long for its call as the turn left of it, and none at all when its time is over', async () => {
    const { ticket } = called();
    const signals: AbortSignal[] = [];
    const pay = remote<Diary, unknown, string, string>({
      prepare: () => next,
      call: async (_args, _outside, signal) => {
        signals.push(signal);
        return 'paid';
      },
      settle: () => next,
    });
    const watched: typeof trip = { ...trip, steps: [{ name: 'pay', run: pay }] };
    for (const at of [0, 9_999, 10_000, 60_000]) await call(watched, ticket, null, ctx(at).now, new AbortController().signal);
    expect(signals.map((signal) => signal.aborted)).toEqual([false, false, true, true]);
  });

  it('takes an answer that comes after its lease, when nobody has taken over', () => {
    const { saga, world, ticket } = called();
    advance(trip, world, saga, ctx(60_000), { ticket, outcome: 'paid' });
    expect(saga.status).toBe('done');
  });

  it('is not woken during a call, whose answer moves it anyway; otherwise it looks again at once', () => {
    const { saga, world, ticket } = called();
    expect(wakeSaga(saga, ctx(1).now)).toBe(false);
    world.answer = { kind: 'wait', until: ctx(60_000).now };
    advance(trip, world, saga, ctx(10), { ticket, outcome: 'challenge' });
    expect(saga).toMatchObject({ status: 'waiting', wakeAt: ctx(60_000).now });
    expect(wakeSaga(saga, ctx(20).now)).toBe(true);
    expect(advance(trip, world, saga, ctx(20))).toMatchObject({ kind: 'call' });
  });

  it('undoes what it did, from the step that failed back to the first', () => {
    const { saga, world, ticket } = called();
    world.answer = { kind: 'fail', error: { code: 'declined', message: 'No.' } };
    expect(advance(trip, world, saga, ctx(10), { ticket, outcome: 'declined' })).toEqual({ kind: 'rest' });
    expect(world.done.slice(3)).toEqual(['unpay', 'unbook']);
    expect(saga).toMatchObject({ status: 'done', outcome: 'compensated', error: { code: 'declined' } });
  });

  it('waits for a person where undoing fails', () => {
    const stubborn: SagaDefinition<Diary, unknown> = {
      ...trip,
      steps: [
        {
          name: 'book',
          run: () => ({ kind: 'fail', error: { code: 'a', message: 'a' } }),
          undo: () => ({ kind: 'fail', error: { code: 'b', message: 'b' } }),
        },
      ],
    };
    const { saga, world } = begun();
    advance(stubborn, world, saga, ctx());
    expect(saga).toMatchObject({ status: 'stuck', error: { code: 'b' } });
    expect(advance(stubborn, world, saga, ctx(99_999))).toEqual({ kind: 'rest' });
    skipStep(stubborn, saga, ctx(100_000));
    expect(saga).toMatchObject({ status: 'done', outcome: 'compensated' });
  });

  it('says when there is no way back', () => {
    const { saga } = called();
    expect(isPastReturn(trip, saga)).toBe(false);
    saga.step = 'go';
    expect(isPastReturn(trip, saga)).toBe(true);
  });

  it('begun by an older version goes on from the step of its name, wherever that stands now', () => {
    const step = (name: string) => trip.steps.find((candidate) => candidate.name === name) as (typeof trip.steps)[number];
    const newer: SagaDefinition<Diary, unknown> = {
      ...trip,
      version: 2,
      steps: [
        { name: 'insure', run: note('insure'), undo: note('cancel the insurance') },
        step('book'),
        step('pay'),
        { name: 'pack', run: note('pack') },
        step('go'),
      ],
    };
    const { saga, world, ticket } = called();
    advance(newer, world, saga, ctx(10), { ticket, outcome: 'paid' });
    expect(world.done).toEqual(['book', 'prepare', 'pay 10: paid', 'pack', 'go']);
    expect(saga).toMatchObject({ flowVersion: 1, status: 'done', outcome: 'completed' });
    const failed = called();
    failed.world.answer = { kind: 'fail', error: { code: 'declined', message: 'No.' } };
    advance(newer, failed.world, failed.saga, ctx(10), { ticket: failed.ticket, outcome: 'declined' });
    expect(failed.world.done.slice(3)).toEqual(['unpay', 'unbook', 'cancel the insurance']);
    expect(failed.saga).toMatchObject({ status: 'done', outcome: 'compensated' });
  });

  it('counts a version for every move and every call, without a gap', () => {
    const { saga, world, ticket } = called();
    expect(saga.version).toBe(3n);
    world.answer = { kind: 'retry', error: { code: 'x', message: 'x' } };
    advance(trip, world, saga, ctx(10), { ticket, outcome: 'none' });
    expect(saga).toMatchObject({ version: 4n, attempt: 1, status: 'retrying' });
  });
});

describe('backing off', () => {
  it('grows from a quarter second to thirty, never longer, with jitter', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, random) => {
        const wait = backoffMs(attempt, random);
        expect(wait).toBeGreaterThanOrEqual(250);
        expect(wait).toBeLessThanOrEqual(30_000);
        expect(backoffMs(attempt, 1)).toBeGreaterThanOrEqual(backoffMs(Math.max(1, attempt - 1), 1));
      }),
    );
    expect(backoffMs(1, 0)).toBe(250);
    expect(backoffMs(50, 1)).toBe(30_000);
  });
});
