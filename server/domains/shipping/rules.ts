import { DomainError } from '../../kernel/errors.ts';

/** What a method's price depends on. */
export const SHIPPING_BASES = ['flat', 'weight', 'subtotal'] as const;
export type ShippingBasis = (typeof SHIPPING_BASES)[number];

/** Up to and including `upTo` grams, or minor units of the subtotal; null: without an end. */
export interface Tier {
  readonly upTo: number | null;
  readonly priceMinor: number;
}

/** A way to send goods, as a merchant describes it. */
export interface ShippingMethod {
  readonly id: string;
  readonly merchantId: string;
  readonly code: string;
  readonly name: string;
  readonly countries: readonly string[];
  readonly postalPrefixes: readonly string[];
  readonly basis: ShippingBasis;
  readonly tiers: readonly Tier[];
  readonly minDays: number;
  readonly maxDays: number;
  readonly cutoffHour: number;
  readonly active: boolean;
  readonly position: number;
}

/** What is to be sent, and where. */
export interface Parcel {
  readonly country: string;
  readonly postalCode?: string | undefined;
  /** What the goods cost after discounts, as the shop shows prices. */
  readonly subtotalMinor: bigint;
  readonly weightGrams: number;
}

/** A method that can be chosen, with its price as the shop shows prices and the days it is promised for. */
export interface Offer {
  readonly code: string;
  readonly name: string;
  readonly priceMinor: bigint;
  /** Calendar days in UTC, such as 2026-11-30; the first and the last of the promise. */
  readonly promisedFrom: string;
  readonly promisedBy: string;
}

const DAY_MS = 86_400_000;
const plainPostalCode = (code: string): string => code.replaceAll(/[\s-]/g, '').toUpperCase();

function reaches(method: ShippingMethod, parcel: Parcel): boolean {
  if (method.countries.length > 0 && !method.countries.includes(parcel.country)) return false;
  if (method.postalPrefixes.length === 0) return true;
  const code = plainPostalCode(parcel.postalCode ?? '');
  return method.postalPrefixes.some((prefix) => code.startsWith(plainPostalCode(prefix)));
}

/** The price of the first tier that holds the parcel; null where the method does not take it. */
export function priceOf(method: Pick<ShippingMethod, 'basis' | 'tiers'>, parcel: Parcel): bigint | null {
  const measure =
    method.basis === 'weight' ? BigInt(parcel.weightGrams) : method.basis === 'subtotal' ? parcel.subtotalMinor : 0n;
  const tier = method.tiers.find(({ upTo }) => upTo === null || measure <= BigInt(upTo));
  return tier ? BigInt(tier.priceMinor) : null;
}

const isWorkingDay = (day: Date): boolean => day.getUTCDay() !== 0 && day.getUTCDay() !== 6;

/** The n-th working day after a day; the day itself, or the next working one, for n = 0. */
function workingDaysAfter(day: Date, n: number): Date {
  let at = day;
  while (!isWorkingDay(at)) at = new Date(at.getTime() + DAY_MS);
  for (let left = n; left > 0; left--) {
    do at = new Date(at.getTime() + DAY_MS);
    while (!isWorkingDay(at));
  }
  return at;
}

const isoDay = (day: Date): string => day.toISOString().slice(0, 10);

/** The promise of a method for an order placed now: parcels leave on working days, after the cut-off on the next one. */
export function promiseOf(
  method: Pick<ShippingMethod, 'minDays' | 'maxDays' | 'cutoffHour'>,
  now: Date,
): Pick<Offer, 'promisedFrom' | 'promisedBy'> {
  const late = isWorkingDay(now) && now.getUTCHours() >= method.cutoffHour;
  const leaves = workingDaysAfter(now, late ? 1 : 0);
  return {
    promisedFrom: isoDay(workingDaysAfter(leaves, method.minDays)),
    promisedBy: isoDay(workingDaysAfter(leaves, method.maxDays)),
  };
}

/** What a customer may choose from, in the merchant's order, cheapest first among equals. */
export function offersFor(methods: readonly ShippingMethod[], parcel: Parcel, now: Date): Offer[] {
  return methods
    .filter((method) => method.active && reaches(method, parcel))
    .flatMap((method) => {
      const priceMinor = priceOf(method, parcel);
      if (priceMinor === null) return [];
      return [{ position: method.position, code: method.code, name: method.name, priceMinor, ...promiseOf(method, now) }];
    })
    .sort(
      (a, b) =>
        a.position - b.position ||
        (a.priceMinor < b.priceMinor ? -1 : a.priceMinor > b.priceMinor ? 1 : 0) ||
        (a.code < b.code ? -1 : 1),
    )
    .map(({ position: _position, ...offer }) => offer);
}

/** Refuses tiers that could not be read one after the other: limits rise, and only the last may be without one. */
export function checkTiers(basis: ShippingBasis, tiers: readonly Tier[]): void {
  const refuse = (why: string): never => {
    throw new DomainError('invalid_request', why, { field: 'tiers' });
  };
  if (tiers.length === 0) refuse('A shipping method needs at least one price.');
  if (basis === 'flat' && (tiers.length > 1 || tiers[0]?.upTo !== null)) refuse('A flat price has one tier without a limit.');
  tiers.forEach((tier, index) => {
    const before = tiers[index - 1];
    if (before && (before.upTo === null || (tier.upTo !== null && tier.upTo <= before.upTo)))
      refuse('The limits of the tiers must rise, and only the last one may be without a limit.');
  });
}
