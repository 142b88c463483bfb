import type { SaveShippingMethodInput } from '../../server/domains/shipping/schema.ts';
import type { ShippingMethodRow } from '../../server/views/shipping-methods.ts';

/** A method as a form holds it: lists as people type them, limits and prices perhaps still empty. */
export interface MethodForm {
  readonly code: string;
  readonly name: string;
  readonly countries: string;
  readonly postalPrefixes: string;
  readonly basis: ShippingMethodRow['basis'];
  readonly tiers: readonly { readonly upTo: number | null; readonly priceMinor: number | null }[];
  readonly minDays: number | null;
  readonly maxDays: number | null;
  readonly cutoffHour: number | null;
  readonly active: boolean;
  readonly position: number | null;
}

export const BLANK_METHOD: MethodForm = {
  code: '',
  name: '',
  countries: '',
  postalPrefixes: '',
  basis: 'flat',
  tiers: [{ upTo: null, priceMinor: null }],
  minDays: 2,
  maxDays: 4,
  cutoffHour: 14,
  active: true,
  position: 100,
};

export function formOf(row: ShippingMethodRow): MethodForm {
  return { ...row, countries: row.countries.join(', '), postalPrefixes: row.postalPrefixes.join(', ') };
}

const listOf = (text: string): string[] => text.split(/[,;\s]+/).filter(Boolean);

type Filled = Omit<SaveShippingMethodInput, 'merchantId' | 'version'>;

/** What the server takes; null while something is missing. What it may hold is decided there. */
export function inputOf(form: MethodForm): Filled | null {
  const { minDays, maxDays, cutoffHour, position } = form;
  const tiers = form.tiers.flatMap(({ upTo, priceMinor }) => (priceMinor === null ? [] : [{ upTo, priceMinor }]));
  if (!form.code.trim() || !form.name.trim() || tiers.length !== form.tiers.length) return null;
  if (minDays === null || maxDays === null || cutoffHour === null || position === null) return null;
  return {
    code: form.code.trim(),
    name: form.name.trim(),
    countries: listOf(form.countries.toUpperCase()),
    postalPrefixes: form.postalPrefixes
      .split(/[,;]+/)
      .map((prefix) => prefix.trim())
      .filter(Boolean),
    basis: form.basis,
    tiers,
    minDays,
    maxDays,
    cutoffHour,
    active: form.active,
    position,
  };
}
