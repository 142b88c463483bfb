import type { PayPage } from '../../server/api/pay.ts';
import { hasRegion, postalProblem } from './countries.ts';

/** What is typed on the pay page, as text. */
export interface Typed {
  readonly email: string;
  readonly name: string;
  readonly phone: string;
  readonly line1: string;
  readonly line2: string;
  readonly city: string;
  readonly region: string;
  readonly postalCode: string;
  readonly country: string;
}
export type FieldName = keyof Typed;
export type Problem = 'missing' | 'wrong';
export const FIELD_ORDER: readonly FieldName[] = [
  'email',
  'name',
  'country',
  'line1',
  'line2',
  'postalCode',
  'city',
  'region',
  'phone',
];

/** What the checkout holds already; the country is the shop's own where nobody chose one. */
export function typedFrom(page: PayPage): Typed {
  const to = page.shipTo;
  const known = page.countries.length === 0 || page.countries.includes(page.merchantCountry);
  return {
    email: page.customer.email ?? '',
    name: to?.name ?? page.customer.name ?? '',
    phone: page.customer.phone ?? '',
    line1: to?.line1 ?? '',
    line2: to?.line2 ?? '',
    city: to?.city ?? '',
    region: to?.region ?? '',
    postalCode: to?.postalCode ?? '',
    country: to?.country ?? (known ? page.merchantCountry : (page.countries[0] ?? page.merchantCountry)),
  };
}

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]{2,}$/;

/** What is not right yet, by field; what is fetched needs no address. */
export function problemsOf(typed: Typed, fetched = false): Partial<Record<FieldName, Problem>> {
  const problems: Partial<Record<FieldName, Problem>> = {};
  if (typed.email.trim() === '') problems.email = 'missing';
  else if (!EMAIL.test(typed.email.trim())) problems.email = 'wrong';
  if (typed.name.trim() === '') problems.name = 'missing';
  if (fetched) return problems;
  for (const field of ['line1', 'city'] as const) if (typed[field].trim() === '') problems[field] = 'missing';
  const postal = postalProblem(typed.country, typed.postalCode);
  if (postal) problems.postalCode = postal;
  if (hasRegion(typed.country) && typed.region.trim() === '') problems.region = 'missing';
  return problems;
}

/** Whether enough of the address is there to say what sending costs. */
export function isPriceable(typed: Typed): boolean {
  return typed.line1.trim() !== '' && typed.city.trim() !== '' && postalProblem(typed.country, typed.postalCode) === null;
}

const filled = (text: string): string | undefined => text.trim() || undefined;

/** As the server takes it; an address only where enough of one is there. */
export function asInput(typed: Typed) {
  const name = filled(typed.name);
  const region = hasRegion(typed.country) ? filled(typed.region) : undefined;
  return {
    customer: { ...(EMAIL.test(typed.email.trim()) ? { email: typed.email.trim() } : {}), name, phone: filled(typed.phone) },
    ...(isPriceable(typed)
      ? {
          shipTo: {
            name,
            line1: typed.line1.trim(),
            line2: filled(typed.line2),
            city: typed.city.trim(),
            region,
            postalCode: filled(typed.postalCode),
            country: typed.country,
          },
        }
      : {}),
  };
}

export interface Totals {
  readonly subtotalMinor: bigint;
  readonly shippingMinor: bigint;
  readonly taxMinor: bigint;
  readonly totalMinor: bigint;
}

/** The server's figures for the chosen way of sending, as the shop shows prices: with tax in them or beside them. */
export function totalsOf(page: Pick<PayPage, 'quote' | 'pricesIncludeTax'>, code: string | null): Totals | null {
  if (!page.quote) return null;
  const { quote } = page;
  const option = quote.options.find((candidate) => candidate.code === code);
  const tax = quote.lines.reduce((sum, line) => sum + line.taxMinor, 0);
  const off = page.pricesIncludeTax ? 0n : BigInt(tax);
  const shippingOff = page.pricesIncludeTax ? 0 : (option?.taxMinor ?? 0);
  return {
    subtotalMinor: quote.goodsTotalMinor - off,
    shippingMinor: BigInt((option?.totalMinor ?? 0) - shippingOff),
    taxMinor: BigInt(tax + (option?.taxMinor ?? 0)),
    totalMinor: option ? BigInt(option.orderTotalMinor) : quote.goodsTotalMinor,
  };
}
