import type { NodeFacts, SaveNodeSettingsInput } from '../../server/domains/routing/schema.ts';
import type { NodeRow } from '../../server/views/routing.ts';
import { areaOf, areaText } from './area-text.ts';

/** A zone while it is edited: what is typed, and figures that may still be missing. */
export interface ZoneForm {
  readonly name: string;
  readonly area: string;
  readonly transitDays: number | null;
  readonly bands: readonly { readonly upToGrams: number | null; readonly priceMinor: number | null }[];
}

export interface NodeForm {
  readonly priority: number | null;
  readonly timeZone: string;
  readonly cutoff: string;
  readonly handlingDays: number | null;
  readonly workingDays: readonly number[];
  readonly blackoutDays: string;
  readonly capacityPerDay: number | null;
  readonly capacityUnit: NodeFacts['capacityUnit'];
  readonly area: string;
  readonly handlingOrderMinor: number | null;
  readonly handlingUnitMinor: number | null;
  readonly shipFrom: boolean;
  readonly pickUp: boolean;
  readonly zones: readonly ZoneForm[];
}

export const BLANK_ZONE: ZoneForm = { name: '', area: '', transitDays: 2, bands: [{ upToGrams: null, priceMinor: null }] };

const two = (n: number): string => String(n).padStart(2, '0');

export function formOf({ facts, priority }: NodeRow): NodeForm {
  return {
    ...facts,
    priority,
    cutoff: `${two(Math.floor(facts.cutoffMinutes / 60))}:${two(facts.cutoffMinutes % 60)}`,
    blackoutDays: facts.blackoutDays.join(', '),
    area: areaText(facts.area),
    zones: facts.zones.map((zone) => ({ ...zone, area: areaText(zone.area) })),
  };
}

/** Minutes after midnight; null where it is no time of a day. */
export function minutesOf(text: string): number | null {
  const [, hours, minutes] = /^(\d{1,2}):(\d{2})$/.exec(text.trim()) ?? [];
  const all = Number(hours) * 60 + Number(minutes);
  return hours === undefined || Number(minutes) > 59 || all > 1_440 ? null : all;
}

type Filled = Omit<SaveNodeSettingsInput, 'merchantId' | 'nodeId' | 'version'>;

/** What the server takes; null while something cannot be read. What may be followed is decided there. */
export function inputOf(form: NodeForm): Filled | null {
  const { priority, handlingDays, handlingOrderMinor, handlingUnitMinor } = form;
  const cutoffMinutes = minutesOf(form.cutoff);
  const area = areaOf(form.area);
  const zones = form.zones.flatMap((zone) => {
    const own = areaOf(zone.area);
    const bands = zone.bands.flatMap(({ upToGrams, priceMinor }) => (priceMinor === null ? [] : [{ upToGrams, priceMinor }]));
    if (own === null || zone.transitDays === null || !zone.name.trim() || bands.length < zone.bands.length) return [];
    return [{ name: zone.name.trim(), area: own, transitDays: zone.transitDays, bands }];
  });
  if (priority === null || handlingDays === null || handlingOrderMinor === null || handlingUnitMinor === null) return null;
  if (cutoffMinutes === null || area === null || zones.length < form.zones.length || form.workingDays.length === 0) return null;
  const blackoutDays = form.blackoutDays.split(/[,;\s]+/).filter(Boolean);
  if (blackoutDays.some((day) => !/^\d{4}-\d{2}-\d{2}$/.test(day))) return null;
  return {
    timeZone: form.timeZone.trim(),
    cutoffMinutes,
    handlingDays,
    workingDays: [...form.workingDays].sort(),
    blackoutDays,
    capacityPerDay: form.capacityPerDay,
    capacityUnit: form.capacityUnit,
    area,
    zones,
    handlingOrderMinor,
    handlingUnitMinor,
    shipFrom: form.shipFrom,
    pickUp: form.pickUp,
    priority,
  };
}
