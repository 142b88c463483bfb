import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AttemptOutcome, isAddress, MAX_ATTEMPTS, mayResend, NOTICE_KINDS, NOTICE_STATUSES, settle } from './rules.ts';

const now = new Date('2026-11-27T10:00:00Z');
const outcomes = fc.constantFrom<AttemptOutcome>('accepted', 'refused', 'deferred', 'unknown');

describe('after an attempt', () => {
  test('only what was certainly not accepted is tried again, later each time, and not for ever', () => {
    fc.assert(
      fc.property(outcomes, fc.integer({ min: 1, max: 20 }), (outcome, attempts) => {
        const { status, nextAt } = settle(outcome, attempts, now);
        expect(status === 'queued').toBe(outcome === 'deferred' && attempts < MAX_ATTEMPTS);
        expect(nextAt !== null).toBe(status === 'queued');
      }),
    );
    const waits = Array.from(
      { length: MAX_ATTEMPTS - 1 },
      (_, n) => Number(settle('deferred', n + 1, now).nextAt) - now.getTime(),
    );
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(settle('deferred', MAX_ATTEMPTS, now)).toMatchObject({ status: 'failed', reason: 'exhausted' });
  });

  test('no answer is doubt, at every attempt', () => {
    for (let n = 1; n <= MAX_ATTEMPTS; n++)
      expect(settle('unknown', n, now)).toMatchObject({ status: 'in_doubt', reason: 'no_answer' });
  });
});

describe('sending again', () => {
  test('is for what ended and is kept; doubt takes a reason; sign-in links never', () => {
    for (const kind of NOTICE_KINDS)
      for (const status of NOTICE_STATUSES) {
        const secret = kind === 'reset_link' || kind === 'invitation';
        const verdict = mayResend({ kind, status, kept: true });
        expect(verdict.allowed).toBe(!secret && status !== 'queued' && status !== 'sending');
        if (verdict.allowed) expect(verdict.needsReason).toBe(status === 'in_doubt');
        expect(mayResend({ kind, status, kept: false }).allowed).toBe(false);
      }
  });
});

test('what could start another header, or another recipient, is no address', () => {
  for (const good of ['ana@example.com', 'ana+tag@sub.example.com', 'jörg@bücher.example'])
    expect(isAddress(good), good).toBe(true);
  for (const bad of [
    '',
    'ana',
    'a@b@c',
    'a b@c.example',
    'a@b.example\r\nBcc: x@y.example',
    'a@b.example,c@d.example',
    '<a@b.example>',
  ])
    expect(isAddress(bad), bad).toBe(false);
});
