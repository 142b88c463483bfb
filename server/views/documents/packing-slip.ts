import { DomainError } from '../../kernel/errors.ts';
import type { Tx } from '../../platform/db.ts';
import type { Paper } from '../../platform/paper/paper.ts';
import { Conditions, prepared } from '../conditions.ts';
import type { AddressView } from '../order.ts';
import { readShipments, type ShipmentView } from '../order-shipments.ts';
import type { Scope } from '../scope.ts';
import { addressLines, type Print } from './print.ts';
import { filled } from './words.ts';

/** What lies in a parcel, for whoever packs it and whoever opens it. No prices: it may be a gift. */
export interface PackingSlip {
  readonly shipment: ShipmentView;
  readonly orderNumber: string;
  readonly placedAt: Date;
  readonly merchantName: string;
  readonly customerName: string | null;
  readonly shipTo: AddressView | null;
  readonly nodeAddress: AddressView | null;
}

type Head = Omit<PackingSlip, 'shipment'> & { readonly shipmentId: string; readonly orderId: string };

/** One parcel's slip by the shipment's number. Throws `not_found`. */
export async function readPackingSlip(tx: Tx, scope: Scope, number: string): Promise<PackingSlip> {
  const where = new Conditions().add((p) => `s.number = ${p}`, number.toUpperCase()).scope(scope, 's', 'o.customer_id');
  const text = `SELECT s.id AS "shipmentId", o.id AS "orderId", o.number AS "orderNumber", o.placed_at AS "placedAt",
      m.name AS "merchantName", o.customer_name AS "customerName", o.ship_to AS "shipTo", n.address AS "nodeAddress"
    FROM shipments s JOIN orders o ON o.id = s.order_id JOIN merchants m ON m.id = s.merchant_id LEFT JOIN nodes n ON n.id = s.node_id
    WHERE ${where.where}`;
  const { rows } = await tx.query<Head>(prepared('packing-slip', text, where.values));
  const [head] = rows;
  const missing = new DomainError('not_found', `There is no shipment ${number}.`);
  if (!head) throw missing;
  const { shipmentId, orderId, ...facts } = head;
  const shipment = (await readShipments(tx, orderId)).find((one) => one.id === shipmentId);
  if (!shipment) throw missing;
  return { ...facts, shipment };
}

/** Units of one line, however its spans are cut. */
function contents({ lines }: ShipmentView): { readonly skuCode: string | null; readonly name: string; readonly units: number }[] {
  return [...Map.groupBy(lines, (line) => line.lineId).values()].map((own) => ({
    skuCode: own[0]?.skuCode ?? null,
    name: own[0]?.name ?? '',
    units: own.reduce((sum, line) => sum + line.toUnit - line.fromUnit + 1, 0),
  }));
}

export function packingPaper(slip: PackingSlip, print: Print): Paper {
  const { words } = print;
  const { shipment } = slip;
  const title = `${words.packingSlip} ${shipment.number}`;
  const goods = contents(shipment);
  const carrier = [shipment.carrier, shipment.service].filter(Boolean).join(' · ');
  return {
    title,
    author: slip.merchantName,
    language: print.locale,
    at: print.at,
    foot: `${slip.merchantName} · ${slip.orderNumber} · ${shipment.number}`,
    blocks: [
      {
        kind: 'head',
        title,
        lines: [`${words.order} ${slip.orderNumber}`, filled(words.placed, { at: print.date(slip.placedAt) })],
        barcode: shipment.number,
      },
      {
        kind: 'columns',
        columns: [
          { label: words.from, lines: sender(slip, print) },
          { label: words.shipTo, lines: slip.shipTo ? addressLines(slip.shipTo, print) : [slip.customerName ?? words.unknown] },
          { label: words.carrier, lines: [carrier || words.unknown, shipment.trackingNumber ?? ''].filter(Boolean) },
        ],
      },
      {
        kind: 'table',
        columns: [
          { header: words.sku, share: 24 },
          { header: words.item, share: 62 },
          { header: words.units, share: 14, right: true, strong: true },
        ],
        rows: goods.map(({ skuCode, name, units }) => [skuCode ?? words.unknown, name, print.number(units)]),
      },
      {
        kind: 'sums',
        rows: [{ label: words.units, value: print.number(goods.reduce((sum, { units }) => sum + units, 0)), strong: true }],
      },
      { kind: 'note', text: filled(words.thanks, { merchant: slip.merchantName }) },
    ],
  };
}

function sender({ merchantName, shipment, nodeAddress }: PackingSlip, print: Print): string[] {
  const known = Object.values(nodeAddress ?? {}).some(Boolean);
  const place = known ? addressLines(nodeAddress, print) : [shipment.nodeName ?? ''].filter(Boolean);
  return [merchantName, ...place];
}
