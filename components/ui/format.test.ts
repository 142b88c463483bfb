import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { minorDigits } from '../../server/kernel/money.ts';
import {
  formatAgo,
  formatBytes,
  formatCompact,
  formatCount,
  formatDateTime,
  formatDay,
  formatDays,
  formatDuration,
  formatMoney,
  formatTime,
  formatUtc,
  parseMoney,
} from './format.ts';
import { LOCALES } from './messages/catalogue.ts';

/** Intl puts no-break spaces between figures and words. */
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');

describe('money', () => {
  it('has the digits of its currency: two, none for JPY, three for KWD', () => {
    expect(formatMoney(123_450n, 'EUR', 'en')).toBe('€1,234.50');
    expect(formatMoney(123_450, 'JPY', 'en')).toBe('¥123,450');
    expect(plain(formatMoney(123_450n, 'KWD', 'en'))).toBe('KWD 123.450');
  });

  it('follows the language', () => {
    expect(plain(formatMoney(123_450n, 'EUR', 'de'))).toBe('1.234,50 €');
  });

  it('is negative with a minus, not a hyphen', () => {
    expect(formatMoney(-1_240n, 'EUR', 'en')).toBe('−€12.40');
    expect(plain(formatMoney(-1_240n, 'EUR', 'de'))).toBe('−12,40 €');
  });

  it('adds the code where currencies mix, once', () => {
    expect(formatMoney(100n, 'CAD', 'en', true)).toBe('$1.00 CAD');
    expect(plain(formatMoney(1_000n, 'KWD', 'en', true))).toBe('KWD 1.000');
  });

  it('does not lose a cent beyond what a float can hold', () => {
    expect(formatMoney(900_719_925_474_099_301n, 'EUR', 'en')).toBe('€9,007,199,254,740,993.01');
  });

  it('reads back every amount it shows, in every language', () => {
    fc.assert(
      fc.property(
        fc.bigInt(-(10n ** 12n), 10n ** 12n),
        fc.constantFrom('EUR', 'JPY', 'KWD', 'USD'),
        fc.constantFrom(...LOCALES),
        (amount, currency, locale) => {
          expect(parseMoney(formatMoney(amount, currency, locale), currency, locale)).toBe(amount);
        },
      ),
    );
  });

  it('refuses what it would have to guess or round', () => {
    for (const text of ['', 'abc', '1.234', '1,23', '12..3', '1,2345', '--1', '1-2']) {
      expect(parseMoney(text, 'EUR', 'en'), text).toBeNull();
    }
    expect(parseMoney('1.5', 'JPY', 'en')).toBeNull();
    expect(parseMoney('12,345', 'EUR', 'en')).toBe(1_234_500n);
    expect(parseMoney('.5', 'EUR', 'en')).toBe(50n);
    expect(minorDigits('JPY')).toBe(0);
  });
});

describe('time', () => {
  const now = new Date('2026-11-22T14:05:30Z');
  const before = (seconds: number) => formatAgo(new Date(now.getTime() - seconds * 1_000), now, 'en', 'UTC');

  it('is relative under 24 hours, then a date', () => {
    expect(before(2)).toBe('just now');
    expect(before(45)).toBe('45 sec ago');
    expect(before(5 * 60)).toBe('5 min ago');
    expect(before(86_399)).toBe('23 hr ago');
    expect(before(86_400)).toBe('21 Nov 2026, 14:05');
    expect(before(-600)).toBe('in 10 min');
  });

  it('is in the zone of the person', () => {
    expect(formatDateTime(now, 'en', 'Asia/Tokyo')).toBe('22 Nov 2026, 23:05');
    expect(formatDateTime(now, 'de', 'Europe/Berlin')).toBe('22. Nov. 2026, 15:05');
    expect(formatUtc(now)).toBe('2026-11-22T14:05:30Z');
  });
});

it('caps counts at 99+', () => {
  expect([0, 99, 100].map(formatCount)).toEqual(['0', '99', '99+']);
});

describe('lengths of time, sizes, days', () => {
  it('are said in the two largest units that say something', () => {
    expect([0, 45, 60, 3_725, 7_200, 100_800].map((seconds) => formatDuration(seconds, 'en'))).toEqual([
      '0 secs',
      '45 secs',
      '1 min',
      '1 hr 2 mins',
      '2 hrs',
      '1 day 4 hrs',
    ]);
    expect(formatDuration(7_260, 'de')).toBe('2 Std. 1 Min.');
  });

  it('are short for people and exact where it matters', () => {
    expect(formatBytes(75_200_000n, 'en')).toBe('75.2 MB');
    expect(formatBytes(999, 'en')).toBe('999 byte');
    expect(formatCompact(12_345, 'en')).toBe('12.3k');
    expect(formatDay('2026-11-22', 'en')).toBe('22 Nov');
    expect(formatTime(new Date('2026-11-22T23:30:00Z'), 'de', 'Europe/Vienna')).toBe('00:30');
  });

  it.each(['UTC', 'Pacific/Auckland', 'Pacific/Pago_Pago'])('say the same calendar day to a reader in %s', (zone) => {
    vi.stubEnv('TZ', zone);
    expect(Intl.DateTimeFormat().resolvedOptions().timeZone).toBe(zone);
    expect(formatDay('2026-11-30', 'en', 'dated')).toBe('30 Nov 2026');
    expect(formatDay('2026-11-30', 'de', 'full')).toBe('Montag, 30. November');
    expect(formatDays('2026-11-30', '2026-11-30', 'en', 'dated')).toBe('30 Nov 2026');
    expect(formatDays('2026-11-30', '2026-12-02', 'en', 'dated').replaceAll('\u2009', ' ')).toBe('30 Nov – 2 Dec 2026');
    vi.unstubAllEnvs();
  });
});
