/** Invented rows for the kit page. */
export interface SampleOrder {
  readonly id: string;
  readonly number: string;
  readonly customer: string;
  readonly status: string;
  readonly payment: string;
  readonly fulfilment: string;
  readonly placedAt: Date;
  readonly totalMinor: bigint;
  readonly currency: string;
}

const CUSTOMERS = ['Ana García', 'Lukas Brandt', 'Yuki Tanaka', 'Fatima Al-Sabah', 'Oluwaseun Adeyemi-Featherstonehaugh'];
const STATES = [
  ['PENDING', 'REQUIRES_ACTION', 'UNALLOCATED'],
  ['CONFIRMED', 'AUTHORIZED', 'ALLOCATED'],
  ['PARTIALLY_FULFILLED', 'PARTIALLY_CAPTURED', 'SHIPPED'],
  ['FULFILLED', 'CAPTURED', 'DELIVERED'],
  ['CANCELLED', 'VOIDED', 'UNALLOCATED'],
  ['REFUNDED', 'REFUNDED', 'RETURNED'],
  ['CONFIRMED', 'IN_DOUBT', 'BACKORDERED'],
  ['PENDING', 'FAILED', 'EXCEPTION'],
] as const;
const CURRENCIES = ['EUR', 'GBP', 'JPY', 'KWD', 'USD'];
const HOUR_MS = 3_600_000;

export const SAMPLE_NOW = Date.now();

export const SAMPLE_ORDERS: readonly SampleOrder[] = Array.from({ length: 40 }, (_, index) => {
  const [status, payment, fulfilment] = STATES[index % STATES.length] ?? STATES[0];
  return {
    id: `01932e5a-7c10-7000-8000-${(index * 7_919 + 4_096).toString(16).padStart(12, '0')}`,
    number: `EU-${10_432 - index}`,
    customer: CUSTOMERS[index % CUSTOMERS.length] ?? '',
    status,
    payment,
    fulfilment,
    placedAt: new Date(SAMPLE_NOW - index * index * HOUR_MS * 0.3),
    totalMinor: BigInt((index * 48_271) % 250_000),
    currency: CURRENCIES[index % CURRENCIES.length] ?? 'EUR',
  };
});
