import type { OrderStatus } from '../../kernel/vocabulary.ts';
import type { Tx } from '../../platform/db.ts';
import type { Paper } from '../../platform/paper/paper.ts';
import { type AddressView, type OrderHead, readOrderHead } from '../order.ts';
import { type LineView, readLines } from '../order-lines.ts';
import type { Scope } from '../scope.ts';
import { addressLines, type Print } from './print.ts';
import { filled } from './words.ts';

export interface DocumentLine {
  readonly skuCode: string | null;
  readonly name: string;
  readonly quantity: number;
  readonly cancelled: number;
  /** Decimal string in major units. */
  readonly unitPrice: string;
  /** Before discount and tax. */
  readonly netMinor: bigint;
}

/** What an order costs, as it is printed. Every sum is of the lines' stored components, and together they are the order's total. */
export interface OrderDocument {
  readonly number: string;
  readonly status: OrderStatus;
  readonly placedAt: Date;
  readonly merchantName: string;
  readonly currency: string;
  readonly customerName: string | null;
  readonly email: string | null;
  readonly shipTo: AddressView | null;
  readonly billTo: AddressView | null;
  readonly lines: readonly DocumentLine[];
  readonly subtotalMinor: bigint;
  readonly discountMinor: bigint;
  readonly shippingMinor: bigint;
  readonly feesMinor: bigint;
  /** By rate, the highest first; a rate of 0 is left out. */
  readonly taxes: readonly { readonly rate: string; readonly taxMinor: bigint }[];
  /** As it was placed. */
  readonly totalMinor: bigint;
  readonly cancelledMinor: bigint;
  readonly cancellationFeeMinor: bigint;
  /** Total less what was cancelled, and what was kept of that. */
  readonly remainingMinor: bigint;
  readonly paidMinor: bigint;
  readonly refundedMinor: bigint;
}

type Head = Pick<
  OrderHead,
  | 'number'
  | 'status'
  | 'placedAt'
  | 'merchantName'
  | 'currency'
  | 'customerName'
  | 'email'
  | 'shipTo'
  | 'billTo'
  | 'totalMinor'
  | 'cancelledMinor'
  | 'cancellationFeeMinor'
  | 'capturedMinor'
  | 'refundedMinor'
>;

/**
 * The figures of an order's document. Pure, so that whoever compares quote, order, mail, page, paper and ledger can ask it too. Throws
 * where the lines do not add up to the order: better no paper than a wrong one.
 */
export function orderDocument(order: Head, lines: readonly LineView[]): OrderDocument {
  const sum = (of: readonly LineView[], pick: (line: LineView) => bigint) => of.reduce((total, line) => total + pick(line), 0n);
  const ofKind = (kind: LineView['kind']) => lines.filter((line) => line.kind === kind);
  const taxes = [...Map.groupBy(lines, (line) => line.taxRate)]
    .map(([rate, own]) => ({ rate, taxMinor: sum(own, (line) => line.taxMinor) }))
    .filter(({ taxMinor }) => taxMinor > 0n)
    .sort((a, b) => Number(b.rate) - Number(a.rate));
  const { capturedMinor, cancelledMinor, totalMinor, ...head } = order;
  const document = {
    ...head,
    totalMinor,
    cancelledMinor,
    lines: ofKind('item').map(({ skuCode, name, quantity, unitPrice, netMinor, spans }) => {
      const gone = spans.filter((span) => span.state === 'cancelled');
      const cancelled = gone.reduce((units, span) => units + span.toUnit - span.fromUnit + 1, 0);
      return { skuCode, name, quantity, cancelled, unitPrice, netMinor };
    }),
    subtotalMinor: sum(ofKind('item'), (line) => line.netMinor),
    shippingMinor: sum(ofKind('shipping'), (line) => line.netMinor),
    feesMinor: sum(ofKind('fee'), (line) => line.netMinor),
    discountMinor: sum(lines, (line) => line.discountMinor),
    taxes,
    remainingMinor: totalMinor - cancelledMinor + head.cancellationFeeMinor,
    paidMinor: capturedMinor,
  };
  const { subtotalMinor, shippingMinor, feesMinor, discountMinor } = document;
  const added = subtotalMinor + shippingMinor + feesMinor - discountMinor + taxes.reduce((all, tax) => all + tax.taxMinor, 0n);
  if (added !== totalMinor) throw new Error(`The lines of ${order.number} add up to ${added}, its total is ${totalMinor}`);
  return document;
}

/** The figures by the order's number. Throws `not_found` for what is not there or not the reader's. */
export async function readOrderDocument(tx: Tx, scope: Scope, number: string): Promise<OrderDocument> {
  const order = await readOrderHead(tx, scope, number);
  return orderDocument(order, await readLines(tx, order.id));
}

/** The order as a page for its customer, its merchant and the staff. */
export function orderPaper(document: OrderDocument, print: Print): Paper {
  const { words } = print;
  const money = (amountMinor: bigint) => print.money(amountMinor, document.currency);
  const row = (label: string, amountMinor: bigint, shown = amountMinor !== 0n) =>
    shown ? [{ label, value: money(amountMinor) }] : [];
  const cancelled = document.cancelledMinor > 0n;
  const title = `${words.orderSummary} ${document.number}`;
  return {
    title,
    author: document.merchantName,
    language: print.locale,
    at: print.at,
    foot: `${document.merchantName} · ${document.number}`,
    blocks: [
      {
        kind: 'head',
        title,
        lines: [
          filled(words.placed, { at: print.dateTime(document.placedAt) }),
          filled(words.status, { status: words.statuses[document.status] }),
        ],
        barcode: document.number,
      },
      {
        kind: 'columns',
        columns: [
          { label: words.soldBy, lines: [document.merchantName] },
          { label: words.billTo, lines: [...billing(document, print), ...(document.email ? [document.email] : [])] },
          { label: words.shipTo, lines: addressLines(document.shipTo, print) },
        ],
      },
      {
        kind: 'table',
        columns: [
          { header: words.sku, share: 20 },
          { header: words.item, share: 40 },
          { header: words.units, share: 10, right: true },
          { header: words.unitPrice, share: 16, right: true },
          { header: words.amount, share: 16, right: true },
        ],
        rows: document.lines.map((line) => [
          line.skuCode ?? words.unknown,
          line.cancelled > 0 ? `${line.name}\n${filled(words.cancelledUnits, { count: line.cancelled })}` : line.name,
          print.number(line.quantity),
          print.price(line.unitPrice, document.currency),
          money(line.netMinor),
        ]),
      },
      {
        kind: 'sums',
        rows: [
          ...row(words.subtotal, document.subtotalMinor, true),
          ...row(words.discount, -document.discountMinor),
          ...row(words.shipping, document.shippingMinor),
          ...row(words.fees, document.feesMinor),
          ...document.taxes.map(({ rate, taxMinor }) => ({
            label: filled(words.tax, { rate: print.rate(rate) }),
            value: money(taxMinor),
          })),
          { label: words.total, value: money(document.totalMinor), strong: true },
          ...row(words.cancelled, -document.cancelledMinor),
          ...row(words.cancellationFee, document.cancellationFeeMinor),
          ...(cancelled ? [{ label: words.remaining, value: money(document.remainingMinor), strong: true }] : []),
          ...row(words.paid, document.paidMinor),
          ...row(words.refunded, -document.refundedMinor),
        ],
      },
      { kind: 'note', text: words.notAnInvoice },
    ],
  };
}

function billing({ billTo, shipTo, customerName }: OrderDocument, print: Print): string[] {
  const address = billTo ?? shipTo;
  if (address) return addressLines(address, print);
  return [customerName ?? print.words.unknown];
}
