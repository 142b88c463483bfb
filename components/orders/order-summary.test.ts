import { expect, it } from 'vitest';
import type { OrderPage } from '../../server/views/order.ts';
import { orderSummary, type SummaryWords } from './order-summary.ts';

const words: SummaryWords = {
  label: (what) => what,
  status: (_kind, value) => value,
  money: (minor) => `€${minor}`,
  when: (at) => at.toISOString().slice(0, 10),
  replacement: 'free',
};

const line = (over: object) => ({ skuCode: 'MUG', name: 'Mug', quantity: 2, totalMinor: 25n, replacesLineId: null, ...over });
const page = (over: object): OrderPage & { trackingUrl?: string } =>
  ({
    order: {
      number: 'EU-1',
      status: 'FULFILLED',
      paymentStatus: 'CAPTURED',
      fulfilmentStatus: 'SHIPPED',
      merchantName: 'Acme',
      placedAt: new Date('2026-11-27'),
      holds: [],
      customerName: 'Carla',
      email: 'carla@customer.example',
      phone: null,
      shipTo: { name: 'Carla', line1: 'Via Roma 1', postalCode: '20121', city: 'Milano', country: 'IT' },
      totalMinor: 30n,
      cancelledMinor: 5n,
      cancellationFeeMinor: 0n,
      capturedMinor: 25n,
      refundedMinor: 0n,
    },
    customer: null,
    lines: [line({}), line({ quantity: 1, totalMinor: 0n, replacesLineId: 'l1' })],
    shipments: [{ number: 'EU-S1', status: 'IN_TRANSIT', carrier: 'parcel', trackingNumber: 'T1' }],
    trackingUrl: 'https://shop.example/track/x',
    ...over,
  }) as unknown as OrderPage;

it('an order as text says what it is, what is in it, what was paid and where it is', () => {
  expect(orderSummary(page({}), words)).toBe(
    [
      'EU-1 · FULFILLED · CAPTURED · SHIPPED',
      'Acme · 2026-11-27',
      'customer: Carla · carla@customer.example',
      'shipTo: Carla, Via Roma 1, 20121 Milano, IT',
      'lines:',
      '- 2 × MUG Mug, €25',
      '- 1 × MUG Mug, free',
      'total: €25',
      'captured: €25',
      'shipments:',
      '- EU-S1 · IN_TRANSIT · parcel T1',
      'tracking: https://shop.example/track/x',
    ].join('\n'),
  );
});

it('an order without address, money and parcels names none', () => {
  const bare = page({ shipments: [], trackingUrl: undefined });
  const order = { ...bare.order, shipTo: null, capturedMinor: 0n, email: null, customerName: null };
  expect(orderSummary({ ...bare, order }, words)).not.toMatch(/shipTo|captured|shipments|tracking|customer/);
});
