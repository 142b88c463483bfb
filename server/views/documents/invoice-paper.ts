import type { Party } from '../../domains/invoices/rules.ts';
import { divideHalfUp, formatDecimal, minorDigits } from '../../kernel/money.ts';
import type { Paper } from '../../platform/paper/paper.ts';
import type { InvoiceDetail, InvoiceLineRow } from '../invoices.ts';
import type { AddressView } from '../order.ts';
import { addressLines, type Print } from './print.ts';
import { filled } from './words.ts';

const UNIT_PRICE_SCALE = 4;

/**
 * An invoice or a credit note as it was issued: what the law of most places asks for (Directive 2006/112/EC, article 226) is number, days of
 * issue and of supply, both parties with the seller's tax number, quantities, prices without tax, and the tax by rate. Printed again it says the
 * same.
 */
export function invoicePaper(invoice: InvoiceDetail, print: Print): Paper {
  const { words } = print;
  const money = (amountMinor: bigint) => print.money(amountMinor, invoice.currency);
  const title = `${invoice.kind === 'invoice' ? words.invoice : words.creditNote} ${invoice.number}`;
  const sum = (pick: (line: InvoiceLineRow) => bigint) => invoice.lines.reduce((all, line) => all + pick(line), 0n);
  const discountMinor = sum((line) => line.discountMinor);
  const rates = [...Map.groupBy(invoice.lines, (line) => line.taxRate)].sort(([a], [b]) => Number(b) - Number(a));
  return {
    title,
    author: invoice.seller.name,
    language: print.locale,
    at: print.at,
    foot: [invoice.seller.name, invoice.seller.taxNumber, invoice.number].filter(Boolean).join(' · '),
    blocks: [
      {
        kind: 'head',
        title,
        lines: [
          filled(words.issued, { at: print.date(invoice.issuedAt) }),
          filled(words.supplied, { at: print.date(invoice.suppliedAt) }),
          `${words.order} ${invoice.orderNumber}`,
          ...(invoice.corrects.length > 0 ? [filled(words.corrects, { numbers: invoice.corrects.join(', ') })] : []),
        ],
        barcode: invoice.number,
      },
      {
        kind: 'columns',
        columns: [
          {
            label: words.soldBy,
            lines: [...partyLines(invoice.seller, print), filled(words.taxNumber, { number: invoice.seller.taxNumber ?? '' })],
          },
          { label: words.billTo, lines: partyLines(invoice.buyer, print) },
        ],
      },
      {
        kind: 'table',
        columns: [
          { header: words.sku, share: 18 },
          { header: words.item, share: 36 },
          { header: words.units, share: 9, right: true },
          { header: words.unitPrice, share: 14, right: true },
          { header: words.taxRate, share: 9, right: true },
          { header: words.netAmount, share: 16, right: true },
        ],
        rows: invoice.lines.map((line) => [
          line.skuCode ?? words.unknown,
          line.name || words.partOfThePrice,
          line.units === null ? words.unknown : print.number(line.units),
          line.units === null ? words.unknown : print.price(unitNet(line, line.units, invoice.currency), invoice.currency),
          print.rate(line.taxRate),
          money(line.netMinor),
        ]),
      },
      {
        kind: 'sums',
        rows: [
          ...(discountMinor > 0n ? [{ label: words.discount, value: money(-discountMinor) }] : []),
          { label: words.net, value: money(invoice.netMinor) },
          ...rates.map(([rate, lines]) => ({
            label: filled(words.taxOn, {
              rate: print.rate(rate),
              net: money(lines.reduce((all, line) => all + line.netMinor - line.discountMinor, 0n)),
            }),
            value: money(lines.reduce((all, line) => all + line.taxMinor, 0n)),
          })),
          { label: invoice.kind === 'invoice' ? words.total : words.credited, value: money(invoice.totalMinor), strong: true },
        ],
      },
    ],
  };
}

/** The price of a unit before tax, to four decimals: what shops say may include it. */
function unitNet({ netMinor }: InvoiceLineRow, units: number, currency: string): string {
  const scaled = netMinor * 10n ** BigInt(UNIT_PRICE_SCALE - minorDigits(currency));
  return formatDecimal(divideHalfUp(scaled, BigInt(units)), UNIT_PRICE_SCALE, minorDigits(currency));
}

/** A party with its address; its name once. */
function partyLines({ name, address, email }: Party, print: Print): string[] {
  const place: AddressView | null = address
    ? ({ ...address, name: undefined, company: undefined } as unknown as AddressView)
    : null;
  const lines = place ? addressLines(place, print) : [];
  return [name, ...lines, ...(email ? [email] : [])].filter((line) => line !== '');
}
