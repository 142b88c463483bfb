import type { NodeFacts } from './schema.ts';

/** Days as a node lives them: "2026-12-24" in its own time zone. */

const DAY_MS = 86_400_000;
const clocks = new Map<string, Intl.DateTimeFormat>();

/** Making a clock costs more than reading it a thousand times. */
function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone);
  if (known) return known;
  const clock = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  clocks.set(timeZone, clock);
  return clock;
}

/** Whether a name is a time zone that this house knows. */
export function isTimeZone(name: string): boolean {
  try {
    clockOf(name);
    return true;
  } catch {
    return false;
  }
}

/** The day and the minute of the day that it is somewhere. */
export function localTime(at: Date, timeZone: string): { readonly day: string; readonly minutes: number } {
  const of = new Map(
    clockOf(timeZone)
      .formatToParts(at)
      .map((part) => [part.type, part.value]),
  );
  return {
    day: `${of.get('year')}-${of.get('month')}-${of.get('day')}`,
    minutes: Number(of.get('hour')) * 60 + Number(of.get('minute')),
  };
}

const dayAfter = (day: string, n = 1): string => new Date(Date.parse(`${day}T00:00:00Z`) + n * DAY_MS).toISOString().slice(0, 10);
/** 1 is Monday, 7 is Sunday. */
const weekday = (day: string): number => ((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7) + 1;

type Calendar = Pick<NodeFacts, 'workingDays' | 'blackoutDays'>;
/** A year without a working day is a mistake in the settings, and no reason to search for ever. */
const FURTHEST_DAYS = 370;

function workingDayFrom(calendar: Calendar, from: string): string {
  let day = from;
  for (let n = 0; n < FURTHEST_DAYS; n++) {
    if (calendar.workingDays.includes(weekday(day)) && !calendar.blackoutDays.includes(day)) return day;
    day = dayAfter(day);
  }
  return day;
}

/** The day on which a parcel leaves that is given to the node now. */
export function leavesOn(facts: Calendar & Pick<NodeFacts, 'cutoffMinutes' | 'handlingDays' | 'timeZone'>, now: Date): string {
  const { day, minutes } = localTime(now, facts.timeZone);
  let leaves = workingDayFrom(facts, minutes >= facts.cutoffMinutes ? dayAfter(day) : day);
  for (let left = facts.handlingDays; left > 0; left--) leaves = workingDayFrom(facts, dayAfter(leaves));
  return leaves;
}

const CARRIERS = { workingDays: [1, 2, 3, 4, 5], blackoutDays: [] };

/** The day a parcel arrives that is on its way for so many working days. */
export function arrivesOn(leaves: string, transitDays: number): string {
  let day = leaves;
  for (let left = transitDays; left > 0; left--) day = workingDayFrom(CARRIERS, dayAfter(day));
  return day;
}

/** Days from one to the other; 0 where the second is not later. */
export function daysLate(promisedBy: string, arrives: string): number {
  return Math.max(0, Math.round((Date.parse(arrives) - Date.parse(promisedBy)) / DAY_MS));
}
