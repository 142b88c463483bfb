/** Money is an integer number of minor units and an ISO 4217 currency code. Nothing here knows floats. */
export interface Money {
  readonly amountMinor: bigint;
  readonly currency: string;
}

/**
 * Minor-unit digits that differ from 2 (ISO 4217 table A.1). Every other active currency has 2.
 * A test compares this list with the published table.
 */
const MINOR_UNITS: Readonly<Record<string, number>> = {
  BHD: 3,
  BIF: 0,
  CLF: 4,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  IQD: 3,
  ISK: 0,
  JOD: 3,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  PYG: 0,
  RWF: 0,
  TND: 3,
  UGX: 0,
  UYI: 0,
  UYW: 4,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
};

/** Digits after the decimal point of a currency's minor unit. */
export function minorDigits(currency: string): number {
  return MINOR_UNITS[currency] ?? 2;
}

/** The largest amount the wire can carry as a JSON integer (RFC 7493 §2.2), exclusive. */
export const WIRE_LIMIT_MINOR = 2n ** 53n;

/** Unit prices carry six decimals: `numeric(20,6)`. */
export const PRICE_SCALE = 6;
const PRICE_ONE = 1_000_000n;

/**
 * Reads a decimal string such as "2.55" as an integer of 10^-scale. Null where it is not a plain decimal or has more digits
 * than the scale can hold: a price is never rounded by reading it.
 */
export function parseDecimal(text: string, scale: number = PRICE_SCALE): bigint | null {
  const match = /^(-?)(\d{1,20})(?:\.(\d+))?$/.exec(text.trim());
  if (!match) return null;
  const fraction = (match[3] ?? '').replace(/0+$/, '');
  if (fraction.length > scale) return null;
  const value = BigInt(match[2] ?? '0') * 10n ** BigInt(scale) + BigInt(fraction.padEnd(scale, '0') || '0');
  return match[1] ? -value : value;
}

/** Writes an integer of 10^-scale as a plain decimal string, without trailing zeros beyond `keep` digits. */
export function formatDecimal(value: bigint, scale: number = PRICE_SCALE, keep = 0): string {
  const negative = value < 0n;
  const digits = (negative ? -value : value).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  let fraction = scale === 0 ? '' : digits.slice(digits.length - scale);
  while (fraction.length > keep && fraction.endsWith('0')) fraction = fraction.slice(0, -1);
  return `${negative ? '-' : ''}${whole}${fraction ? `.${fraction}` : ''}`;
}

/** Divides and rounds half away from zero, which is what invoices call half-up. */
export function divideHalfUp(numerator: bigint, denominator: bigint): bigint {
  const negative = numerator < 0n !== denominator < 0n;
  const n = numerator < 0n ? -numerator : numerator;
  const d = denominator < 0n ? -denominator : denominator;
  const rounded = (2n * n + d) / (2n * d);
  return negative ? -rounded : rounded;
}

/**
 * The steps in which orders are priced, in minor units. Cards carry currencies of three decimals with a last digit of 0
 * (https://docs.stripe.com/currencies#three-decimal): what units of an order are worth has to be capturable, and refundable, on its own.
 */
export function moneyStep(currency: string): bigint {
  return minorDigits(currency) === 3 ? 10n : 1n;
}

/** A line's total in minor units: unit price (10^-6 major units) × quantity, rounded half-up once, to whole steps. */
export function lineTotalMinor(unitPriceMicros: bigint, quantity: number, currency: string, step = 1n): bigint {
  const scale = 10n ** BigInt(minorDigits(currency));
  return divideHalfUp(unitPriceMicros * BigInt(quantity) * scale, PRICE_ONE * step) * step;
}

/**
 * Frozen unit money (DESIGN 2): the share of units from…to (1-based, inclusive) in a stored total of an n-unit line.
 * Shares of a partition of 1…n always add up to the total. All but the last unit's are whole steps.
 */
export function shareOfUnits(totalMinor: bigint, quantity: number, fromUnit: number, toUnit: number, step = 1n): bigint {
  const upTo = (unit: number): bigint =>
    unit === quantity ? totalMinor : ((BigInt(unit) * totalMinor) / (BigInt(quantity) * step)) * step;
  return upTo(toUnit) - upTo(fromUnit - 1);
}

/** Splits a total over weights by largest remainder, so that the parts add up. All weights zero: the first part takes it. */
export function splitByWeight(totalMinor: bigint, weights: readonly bigint[]): bigint[] {
  const sum = weights.reduce((a, b) => a + b, 0n);
  if (weights.length === 0) return [];
  if (sum === 0n) return weights.map((_, i) => (i === 0 ? totalMinor : 0n));
  const parts = weights.map((w) => (totalMinor * w) / sum);
  let left = totalMinor - parts.reduce((a, b) => a + b, 0n);
  const byRemainder = weights
    .map((w, index) => ({ index, remainder: (totalMinor * w) % sum }))
    .sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1));
  for (const { index } of byRemainder) {
    if (left <= 0n) break;
    parts[index] = (parts[index] ?? 0n) + 1n;
    left -= 1n;
  }
  return parts;
}

/** The amount as a plain decimal in major units, for logs, CSV and providers. People read `formatMoney` of the formats file. */
export function toMajor(money: Money): string {
  const digits = minorDigits(money.currency);
  return formatDecimal(money.amountMinor, digits, digits);
}
