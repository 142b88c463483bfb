import { describe, expect, it } from 'vitest';
import { arrivesOn, daysLate, isTimeZone, leavesOn, localTime } from './calendar.ts';

const node = {
  timeZone: 'Europe/Berlin',
  cutoffMinutes: 14 * 60,
  handlingDays: 0,
  workingDays: [1, 2, 3, 4, 5],
  blackoutDays: ['2026-12-24', '2026-12-25'],
};

describe('a node’s calendar', () => {
  it('lives its own day: an order late in the evening in UTC is tomorrow’s there', () => {
    expect(localTime(new Date('2026-11-26T23:30:00Z'), 'Europe/Berlin')).toEqual({ day: '2026-11-27', minutes: 30 });
    expect(isTimeZone('Europe/Berlin')).toBe(true);
    expect(isTimeZone('Europe/Nowhere')).toBe(false);
  });

  it('sends the same day until the cut-off, after it the next working day, and never when it is closed', () => {
    expect(leavesOn(node, new Date('2026-11-26T12:59:00Z'))).toBe('2026-11-26');
    expect(leavesOn(node, new Date('2026-11-26T13:00:00Z'))).toBe('2026-11-27');
    expect(leavesOn(node, new Date('2026-11-27T13:00:00Z'))).toBe('2026-11-30');
    expect(leavesOn(node, new Date('2026-12-23T15:00:00Z'))).toBe('2026-12-28');
    expect(leavesOn({ ...node, handlingDays: 2 }, new Date('2026-11-27T09:00:00Z'))).toBe('2026-12-01');
  });

  it('arrives on working days, and is late by the days behind the promise', () => {
    expect(arrivesOn('2026-11-27', 2)).toBe('2026-12-01');
    expect(arrivesOn('2026-11-28', 0)).toBe('2026-11-28');
    expect(daysLate('2026-11-30', '2026-12-01')).toBe(1);
    expect(daysLate('2026-12-02', '2026-12-01')).toBe(0);
  });
});
