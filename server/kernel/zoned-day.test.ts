import { expect, it } from 'vitest';
import { zonedInstant } from './zoned-day.ts';

it.each([
  ['2026-11-01', 'UTC', 0, '2026-11-01T00:00:00.000Z'],
  ['2026-11-01', 'Asia/Tokyo', 0, '2026-10-31T15:00:00.000Z'],
  ['2026-07-01', 'Europe/Vienna', 0, '2026-06-30T22:00:00.000Z'],
  // Clocks go back at three in the morning of the 25th of October: that day has 25 hours.
  ['2026-10-25', 'Europe/Vienna', 0, '2026-10-24T22:00:00.000Z'],
  ['2026-10-25', 'Europe/Vienna', 1, '2026-10-25T23:00:00.000Z'],
  ['2026-12-31', 'America/St_Johns', 1, '2027-01-01T03:30:00.000Z'],
])('%s in %s, %i days on, begins at %s', (day, zone, later, expected) => {
  expect(zonedInstant(day, zone, later).toISOString()).toBe(expected);
});
