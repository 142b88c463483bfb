import type { Paper } from '../../platform/paper/paper.ts';
import type { ManifestPage } from '../manifests.ts';
import type { Print } from './print.ts';

/** What a driver takes over and signs: every parcel of a manifest that was not left behind. */
export function manifestPaper({ manifest, parcels }: ManifestPage, print: Print): Paper {
  const { words } = print;
  const title = `${words.manifest} ${manifest.number}`;
  const called = parcels.filter((parcel) => parcel.status !== 'left_behind');
  const grams = called.reduce((sum, parcel) => sum + (parcel.weightGrams ?? 0), 0);
  const weight = (value: number | null): string => (value === null ? words.unknown : `${print.number(value)} g`);
  return {
    title,
    author: manifest.merchantName,
    language: print.locale,
    at: print.at,
    foot: `${manifest.merchantName} · ${manifest.nodeName} · ${manifest.number}`,
    blocks: [
      {
        kind: 'head',
        title,
        lines: [
          `${words.node} ${manifest.nodeCode} ${manifest.nodeName}`,
          print.dateTime(manifest.closedAt ?? manifest.createdAt),
        ],
        barcode: manifest.number,
      },
      {
        kind: 'columns',
        columns: [
          { label: words.from, lines: [manifest.merchantName, manifest.nodeName] },
          { label: words.carrier, lines: [manifest.carrier, manifest.carrierRef ?? ''].filter(Boolean) },
        ],
      },
      {
        kind: 'table',
        columns: [
          { header: words.tracking, share: 30, strong: true },
          { header: words.shipment, share: 22 },
          { header: words.destination, share: 32 },
          { header: words.weight, share: 16, right: true },
        ],
        rows: called.map((parcel) => [
          parcel.trackingNumber,
          parcel.boxNumber === null ? parcel.shipmentNumber : `${parcel.shipmentNumber} / ${parcel.boxNumber}`,
          [parcel.city, parcel.country].filter(Boolean).join(', ') || words.unknown,
          weight(parcel.weightGrams),
        ]),
      },
      {
        kind: 'sums',
        rows: [
          { label: words.parcels, value: print.number(called.length), strong: true },
          ...(grams > 0 ? [{ label: words.weight, value: weight(grams) }] : []),
        ],
      },
      { kind: 'note', text: `${words.driver}: ________________________________` },
    ],
  };
}
