import type { AddressView, OrderPage } from '../../server/views/order.ts';

/** Words and formats of the reader: the summary itself knows no language. */
export interface SummaryWords {
  readonly label: (
    what: 'customer' | 'shipTo' | 'lines' | 'total' | 'captured' | 'refunded' | 'shipments' | 'tracking' | 'holds',
  ) => string;
  readonly status: (kind: 'order' | 'payment' | 'fulfilment' | 'shipment' | 'hold', value: string) => string;
  readonly money: (minor: bigint) => string;
  readonly when: (at: Date) => string;
  readonly replacement: string;
}

function addressLine(address: AddressView | null): string | null {
  if (address === null) return null;
  const place = [address.postalCode, address.city].filter(Boolean).join(' ');
  return [address.name, address.line1, address.line2, place, address.country].filter(Boolean).join(', ') || null;
}

/**
 * An order as plain text for a chat or a ticket: what it is, where it stands, what is in it, what was paid, where its parcels are. Lines
 * a person reads, one fact each; nothing that is empty is named.
 */
export function orderSummary(page: OrderPage & { readonly trackingUrl?: string }, words: SummaryWords): string {
  const { order, customer } = page;
  const { label, status, money } = words;
  const who = [customer?.name ?? order.customerName, order.email ?? customer?.email, order.phone].filter(Boolean).join(' · ');
  const states = [
    status('order', order.status),
    status('payment', order.paymentStatus),
    status('fulfilment', order.fulfilmentStatus),
  ];
  const shipTo = addressLine(order.shipTo);
  const facts: (string | null)[] = [
    `${order.number} · ${states.join(' · ')}`,
    `${order.merchantName} · ${words.when(order.placedAt)}`,
    order.holds.length > 0 ? `${label('holds')}: ${order.holds.map((hold) => status('hold', hold)).join(', ')}` : null,
    who ? `${label('customer')}: ${who}` : null,
    shipTo ? `${label('shipTo')}: ${shipTo}` : null,
    `${label('lines')}:`,
    ...page.lines.map((line) => {
      const what = [line.skuCode, line.name].filter(Boolean).join(' ');
      return `- ${line.quantity} × ${what}, ${line.replacesLineId ? words.replacement : money(line.totalMinor)}`;
    }),
    `${label('total')}: ${money(order.totalMinor - order.cancelledMinor + order.cancellationFeeMinor)}`,
    order.capturedMinor > 0n ? `${label('captured')}: ${money(order.capturedMinor)}` : null,
    order.refundedMinor > 0n ? `${label('refunded')}: ${money(order.refundedMinor)}` : null,
    page.shipments.length > 0 ? `${label('shipments')}:` : null,
    ...page.shipments.map((shipment) =>
      [
        `- ${shipment.number}`,
        status('shipment', shipment.status),
        [shipment.carrier, shipment.trackingNumber].filter(Boolean).join(' '),
      ]
        .filter(Boolean)
        .join(' · '),
    ),
    page.trackingUrl ? `${label('tracking')}: ${page.trackingUrl}` : null,
  ];
  return facts.filter((fact) => fact !== null).join('\n');
}
