import type { Paper } from '../../platform/paper/paper.ts';
import type { CountPage } from '../counts.ts';
import type { Print } from './print.ts';

/** A count as paper: to walk with, and to write figures on. What the record says is printed only where nobody counts blind. */
export function countPaper(count: CountPage, print: Print): Paper {
  const { words } = print;
  const title = `${words.countSheet} ${count.number}`;
  const shown = !count.blind || count.status !== 'counting';
  const figure = (units: bigint | null): string => (units === null ? '' : print.number(Number(units)));
  return {
    title,
    author: count.merchantName,
    language: print.locale,
    at: print.at,
    foot: `${count.merchantName} · ${count.nodeCode} · ${count.number}`,
    blocks: [
      { kind: 'head', title, lines: [`${words.node} ${count.nodeCode} · ${count.nodeName}`], barcode: count.number },
      {
        kind: 'columns',
        columns: [
          { label: words.countedBy, lines: [count.createdBy.name ?? words.unknown] },
          { label: words.started, lines: [print.dateTime(count.createdAt)] },
          { label: words.items, lines: [print.number(count.lines.length)] },
        ],
      },
      {
        kind: 'table',
        columns: [
          { header: words.bin, share: 14, strong: true },
          { header: words.sku, share: 22 },
          { header: words.item, share: 34 },
          { header: shown ? words.recorded : '', share: 14, right: true },
          { header: words.counted, share: 16, right: true, strong: true },
        ],
        rows: count.lines.map((line) => [
          line.bin ?? words.unknown,
          line.skuCode,
          line.skuName,
          shown ? figure(line.expected ?? line.onHand) : '',
          line.counted === null ? '________' : figure(line.counted),
        ]),
      },
    ],
  };
}
