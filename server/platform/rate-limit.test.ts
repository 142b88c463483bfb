import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DomainError } from '../kernel/errors.ts';
import { createRateLimiter, gcra, type Limit } from './rate-limit.ts';

const limits = fc.record({
  name: fc.constant('test'),
  burst: fc.integer({ min: 1, max: 50 }),
  periodMs: fc.integer({ min: 100, max: 1_000_000 }),
});
/** Gaps between attempts, from a burst to long silence. */
const gaps = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 100_000 })), {
  maxLength: 200,
});

function run(limit: Limit, waits: readonly number[]): { at: number; allowed: boolean; retryAfterMs: number }[] {
  let at = 1_000_000;
  let tat: number | undefined;
  return waits.map((wait) => {
    at += wait;
    const result = gcra(limit, tat, at);
    tat = result.tat;
    return { at, allowed: result.allowed, retryAfterMs: result.retryAfterMs };
  });
}

describe('gcra', () => {
  it('never allows more than a burst plus what a window earns', () => {
    fc.assert(
      fc.property(limits, gaps, (limit, waits) => {
        const allowed = run(limit, waits).filter((attempt) => attempt.allowed);
        const interval = limit.periodMs / limit.burst;
        for (let from = 0; from < allowed.length; from++) {
          for (let to = from; to < allowed.length; to++) {
            const window = (allowed[to]?.at ?? 0) - (allowed[from]?.at ?? 0);
            expect(to - from + 1).toBeLessThanOrEqual(limit.burst + window / interval + 1e-6);
          }
        }
      }),
    );
  });

  it('lets a whole burst through at once, and then refuses', () => {
    fc.assert(
      fc.property(limits, (limit) => {
        const attempts = run(limit, new Array<number>(limit.burst + 1).fill(0));
        expect(attempts.map((attempt) => attempt.allowed)).toEqual([...new Array<boolean>(limit.burst).fill(true), false]);
      }),
    );
  });

  it('allows again after exactly the wait it named, and not a millisecond sooner', () => {
    fc.assert(
      fc.property(limits, gaps, (limit, waits) => {
        let tat: number | undefined;
        let at = 0;
        for (const wait of [...waits, ...new Array<number>(limit.burst).fill(0)]) {
          at += wait;
          const result = gcra(limit, tat, at);
          tat = result.tat;
          if (result.allowed) continue;
          const opens = Math.ceil(at + result.retryAfterMs);
          expect(gcra(limit, tat, opens).allowed).toBe(true);
          if (result.retryAfterMs > 2) expect(gcra(limit, tat, at + Math.floor(result.retryAfterMs) - 1).allowed).toBe(false);
        }
      }),
    );
  });

  it('is not loosened by a clock that steps back', () => {
    fc.assert(
      fc.property(limits, fc.integer({ min: 1, max: 1_000_000 }), (limit, back) => {
        let tat: number | undefined;
        for (let i = 0; i < limit.burst; i++) tat = gcra(limit, tat, 5_000_000).tat;
        expect(gcra(limit, tat, 5_000_000 - back).allowed).toBe(false);
      }),
    );
  });
});

describe('the limiter', () => {
  const limit: Limit = { name: 'door', burst: 2, periodMs: 60_000 };

  it('counts each key and each limit apart and says how long to wait', () => {
    let now = 0;
    const limiter = createRateLimiter(() => now);
    limiter.take(limit, 'ana');
    limiter.take(limit, 'ana');
    const refused = attempt(() => limiter.take(limit, 'ana'));
    expect(refused).toMatchObject({ code: 'too_many_requests', data: { retryAfterSeconds: 30 } });
    expect(refused?.detail).toBe('Too many attempts. Try again in 30 seconds.');
    expect(attempt(() => limiter.take(limit, 'bo'))).toBeUndefined();
    expect(attempt(() => limiter.take({ ...limit, name: 'window' }, 'ana'))).toBeUndefined();
    now = 30_000;
    expect(attempt(() => limiter.take(limit, 'ana'))).toBeUndefined();
  });

  it('forgets the failures before a success', () => {
    const limiter = createRateLimiter(() => 0);
    limiter.take(limit, 'ana');
    limiter.take(limit, 'ana');
    limiter.clear(limit, 'ana');
    expect(attempt(() => limiter.take(limit, 'ana'))).toBeUndefined();
  });

  it('keeps no more keys than it may, whatever is thrown at it', () => {
    const limiter = createRateLimiter(() => 0, 100);
    for (let i = 0; i < 10_000; i++) limiter.take(limit, `made-up-${i}`);
    expect(limiter.size()).toBeLessThanOrEqual(100);
  });

  it('lets keys go that no longer limit anything', () => {
    let now = 0;
    const limiter = createRateLimiter(() => now, 1_000);
    for (let i = 0; i < 500; i++) limiter.take(limit, `key-${i}`);
    now = 120_000;
    limiter.take(limit, 'later');
    expect(limiter.size()).toBe(1);
  });
});

function attempt(work: () => void): DomainError | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
}
