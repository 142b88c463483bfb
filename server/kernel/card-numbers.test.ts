import { describe, expect, it } from 'vitest';
import { looksLikeCardNumber } from './card-numbers.ts';

describe('what looks like a card number', () => {
  it.each([
    ['Visa', '4242 4242 4242 4242'],
    ['an old Visa of thirteen digits', '4222222222222'],
    ['Mastercard', '5555-5555-5555-4444'],
    ['Mastercard of the second range', '2223003122003222'],
    ['American Express', '378282246310005'],
    ['Diners', '3056 930902 5904'],
    ['Discover', '6011111111111117'],
    ['UnionPay of nineteen digits', '6205500000000000004'],
    ['Maestro of thirteen digits', '6759649826430'],
    ['in a sentence', 'my card is 4242424242424242, thanks'],
  ])('%s', (_, text) => expect(looksLikeCardNumber(text)).toBe(true));

  it('is not a time, in milliseconds or microseconds, whatever its digits add up to', () => {
    for (let ms = 1_795_000_000_000; ms < 1_795_000_000_100; ms++) {
      expect(looksLikeCardNumber(`find-${ms}@example.com`)).toBe(false);
      expect(looksLikeCardNumber(`cart ${ms}000`)).toBe(false);
    }
  });

  it.each(['4242424242424241', '0000000000000000', '019abcde-0000-7000-8000-424242424242', '2026-11-27 – 2026-12-27'])(
    'is not %s',
    (text) => expect(looksLikeCardNumber(text)).toBe(false),
  );
});
