import type { Evidence } from '../domains/disputes/rules.ts';
import { toMajor } from '../kernel/money.ts';
import type { Queryable } from '../platform/db.ts';
import { prepared } from './conditions.ts';
import type { AddressView } from './order.ts';

/** What the order, its parcels and its mails say for the shop: the answer to a dispute begins with it. In English, as banks read it. */
interface Facts {
  readonly number: string;
  readonly placedAt: Date;
  readonly currency: string;
  readonly totalMinor: bigint;
  readonly customerName: string | null;
  readonly email: string | null;
  readonly shipTo: AddressView | null;
  readonly lines: readonly { readonly name: string; readonly quantity: number; readonly total: number }[];
  readonly parcels: readonly {
    readonly number: string;
    readonly carrier: string | null;
    readonly tracking: string | null;
    readonly shippedAt: string | null;
    readonly deliveredAt: string | null;
    readonly proof: { readonly name?: string | null; readonly place?: string | null } | null;
  }[];
  readonly mails: readonly { readonly at: string; readonly subject: string }[];
}

const TEXT = `
  SELECT o.number, o.placed_at AS "placedAt", o.currency, o.total_minor AS "totalMinor", o.customer_name AS "customerName", c.email, o.ship_to AS "shipTo",
    (SELECT COALESCE(jsonb_agg(jsonb_build_object('name', l.name, 'quantity', l.quantity, 'total', l.total_minor) ORDER BY l.position), '[]')
     FROM order_lines l WHERE l.order_id = o.id) AS lines,
    (SELECT COALESCE(jsonb_agg(jsonb_build_object('number', s.number, 'carrier', s.carrier, 'tracking', s.tracking_number, 'shippedAt', s.shipped_at,
       'deliveredAt', s.delivered_at, 'proof', (SELECT u.proof FROM shipment_updates u WHERE u.shipment_id = s.id AND u.proof IS NOT NULL
          ORDER BY u.occurred_at DESC LIMIT 1)) ORDER BY s.shipped_at, s.id), '[]')
     FROM shipments s WHERE s.order_id = o.id AND s.shipped_at IS NOT NULL) AS parcels,
    (SELECT COALESCE(jsonb_agg(jsonb_build_object('at', n.sent_at, 'subject', n.subject) ORDER BY n.sent_at), '[]')
     FROM notifications n WHERE n.order_id = o.id AND n.sent_at IS NOT NULL AND n.subject IS NOT NULL) AS mails
  FROM orders o LEFT JOIN customers c ON c.id = o.customer_id WHERE o.id = $1`;

const day = (at: string | Date): string => new Date(at).toISOString().slice(0, 10);

export async function suggestEvidence(db: Queryable, orderId: string): Promise<Evidence> {
  const { rows } = await db.query<Facts>(prepared('dispute-evidence', TEXT, [orderId]));
  const [facts] = rows;
  if (!facts) return {};
  const { number, placedAt, currency, totalMinor, customerName, email, shipTo, lines, parcels, mails } = facts;
  const money = (minor: number | bigint): string => `${toMajor({ amountMinor: BigInt(minor), currency })} ${currency}`;
  const joined = (values: readonly (string | null | undefined)[]): string => [...new Set(values.filter(Boolean))].join(', ');
  const place = shipTo && [shipTo.postalCode, shipTo.city, shipTo.region].filter(Boolean).join(' ');
  const said = {
    product: [
      `Order ${number} of ${day(placedAt)}, ${money(totalMinor)}`,
      ...lines.map((line) => `${line.quantity} × ${line.name}: ${money(line.total)}`),
    ].join('\n'),
    customerName: customerName ?? '',
    customerEmail: email ?? '',
    shippingAddress: shipTo
      ? [shipTo.name, shipTo.company, shipTo.line1, shipTo.line2, place, shipTo.country].filter(Boolean).join('\n')
      : '',
    carrier: joined(parcels.map(({ carrier }) => carrier)),
    trackingNumber: joined(parcels.map(({ tracking }) => tracking)),
    shippedOn: joined(parcels.map(({ shippedAt }) => shippedAt && day(shippedAt))),
    deliveredOn: joined(parcels.map(deliveryOf)),
    messages: mails.map(({ at, subject }) => `${day(at)}: ${subject}`).join('\n'),
  };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== ''));
}

function deliveryOf({ deliveredAt, proof }: Facts['parcels'][number]): string | null {
  if (!deliveredAt) return null;
  const where = [proof?.name && `taken by ${proof.name}`, proof?.place && `at ${proof.place}`].filter(Boolean).join(' ');
  return where ? `${day(deliveredAt)} ${where}` : day(deliveredAt);
}
