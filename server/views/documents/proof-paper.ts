import { DomainError } from '../../kernel/errors.ts';
import type { Paper } from '../../platform/paper/paper.ts';
import { proofOf, type ShipmentUpdateView } from '../order-shipments.ts';
import type { PackingSlip } from './packing-slip.ts';
import { addressLines, type Print } from './print.ts';

/** What the carrier says of a delivery: who took each parcel, when and where. */
export function proofPaper(slip: PackingSlip, print: Print): Paper {
  const { words } = print;
  const { shipment } = slip;
  const parcels =
    shipment.boxes.length > 0 ? shipment.boxes : [{ id: null, number: null, trackingNumber: shipment.trackingNumber }];
  const proofs = parcels.flatMap((parcel) => {
    const update = proofOf(shipment, parcel.id);
    return update ? [{ parcel, update }] : [];
  });
  if (proofs.length === 0) throw new DomainError('not_found', `Nothing proves a delivery of ${shipment.number} yet.`);
  const title = `${words.proof} ${shipment.number}`;
  return {
    title,
    author: slip.merchantName,
    language: print.locale,
    at: print.at,
    foot: `${slip.merchantName} · ${slip.orderNumber} · ${shipment.number}`,
    blocks: [
      { kind: 'head', title, lines: [`${words.order} ${slip.orderNumber}`], barcode: shipment.number },
      {
        kind: 'columns',
        columns: [
          { label: words.shipTo, lines: slip.shipTo ? addressLines(slip.shipTo, print) : [slip.customerName ?? words.unknown] },
          { label: words.carrier, lines: [shipment.carrier ?? words.unknown] },
        ],
      },
      ...proofs.map(({ parcel, update }) => ({
        kind: 'columns' as const,
        columns: [
          {
            label: parcel.number === null ? words.wholeShipment : `${words.box} ${parcel.number}`,
            lines: [parcel.trackingNumber ?? words.unknown],
          },
          ...factsOf(update, print),
        ],
      })),
    ],
  };
}

function factsOf(update: ShipmentUpdateView, print: Print): { readonly label: string; readonly lines: string[] }[] {
  const { words } = print;
  const { name, place, signature, picture } = update.proof ?? {};
  return [
    { label: words.handedTo, lines: [name ?? words.unknown, place ?? ''].filter(Boolean) },
    { label: words.deliveredAt, lines: [print.dateTime(update.occurredAt)] },
    ...(signature || picture
      ? [{ label: signature ? words.signature : words.picture, lines: [signature ?? picture ?? ''] }]
      : []),
  ];
}
