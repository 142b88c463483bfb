import { divideHalfUp, splitByWeight } from '../../kernel/money.ts';
import { joinRanges, type Span, type UnitMoney, type UnitRange, valueOfUnits } from '../../kernel/units.ts';
import type { SpanState } from '../../kernel/vocabulary.ts';
import type { Address } from './schema.ts';

/**
 * What is invoiced, and what of it is credited again. An invoice per shipment, when all of it has left, for its units' frozen shares; a
 * credit note per refund that takes back of the price. So an order's documents add up to what was shipped less what was given back, whatever
 * the order of things. Goodwill is no part of the price, and what was cancelled was never invoiced: neither makes a credit note. What is kept
 * of a cancellation has an invoice of its own, without tax.
 */
export const INVOICE_KINDS = ['invoice', 'credit_note'] as const;
export type InvoiceKind = (typeof INVOICE_KINDS)[number];

export interface InvoicedLine {
  /** Null where a credit note takes back a part of the price and no units. */
  readonly units: UnitRange | null;
  readonly skuCode: string | null;
  readonly name: string;
  /** Decimal string in major units; null beside null units. */
  readonly unitPrice: string | null;
  readonly netMinor: bigint;
  readonly discountMinor: bigint;
  readonly taxMinor: bigint;
  /** Decimal string: 0.190000. */
  readonly taxRate: string;
}

/** A document before it has a number. */
export interface Draft {
  readonly kind: InvoiceKind;
  /** The shipment, the refund or the fee that it is for: there is one document of each. */
  readonly sourceId: string;
  readonly suppliedAt: Date;
  readonly lines: readonly InvoicedLine[];
  /** Numbers of invoices that exist, and sources of those that are issued with this, of which a credit note takes back. */
  readonly corrects: readonly string[];
  /** Set where it is for what was kept of a cancellation, which is no price and bears no tax. */
  readonly ofFee?: true;
}

/** What was kept of a cancellation. */
export interface KeptFee {
  readonly id: string;
  readonly amountMinor: bigint;
  readonly at: Date;
}

/** A document as it was issued. */
export interface Issued {
  readonly id: string;
  readonly kind: InvoiceKind;
  readonly number: string;
  readonly sourceId: string;
  readonly lines: readonly InvoicedLine[];
}

export interface Party {
  readonly name: string;
  readonly address: Address | null;
  readonly taxNumber?: string | null;
  readonly email?: string | null;
}

interface OrderLine extends UnitMoney {
  readonly id: string;
  readonly position: number;
  readonly skuCode: string | null;
  readonly name: string;
  readonly unitPrice: string;
  readonly taxRate: string;
}

/** A refund that ended, as far as it concerns the price. */
export interface GivenBack {
  readonly id: string;
  /** What has settled of it. */
  readonly amountMinor: bigint;
  readonly units: readonly UnitRange[];
  readonly at: Date;
}

export interface Documented {
  readonly lines: readonly OrderLine[];
  readonly spans: readonly Span[];
  /** When each shipment left. What left before somebody began to invoice is not in it. */
  readonly shipments: ReadonlyMap<string, Date>;
  readonly refunds: readonly GivenBack[];
  readonly issued: readonly Issued[];
  /** Paid for, of cancellations. */
  readonly fees?: readonly KeptFee[];
}

const GONE: readonly SpanState[] = ['shipped', 'delivered', 'returned'];
const totalOf = (line: Pick<InvoicedLine, 'netMinor' | 'discountMinor' | 'taxMinor'>): bigint =>
  line.netMinor - line.discountMinor + line.taxMinor;
export const sumOf = (lines: readonly InvoicedLine[]): bigint => lines.reduce((sum, line) => sum + totalOf(line), 0n);

/** The documents that an order lacks, invoices first. */
export function planDocuments(order: Documented): Draft[] {
  const invoices = planInvoices(order);
  return [...invoices, ...planFees(order), ...planCreditNotes(order, invoices)];
}

/** Compensation for what was not taken: no supply stands against it (decision 108). */
function planFees({ fees = [], issued }: Documented): Draft[] {
  return fees
    .filter(({ id }) => !issued.some(({ sourceId }) => sourceId === id))
    .map(({ id, amountMinor, at }) => {
      const sums = { netMinor: amountMinor, discountMinor: 0n, taxMinor: 0n, taxRate: '0' };
      const line = { units: null, skuCode: null, name: FEE_NAME, unitPrice: null, ...sums };
      return { kind: 'invoice', sourceId: id, suppliedAt: at, lines: [line], corrects: [], ofFee: true };
    });
}

const FEE_NAME = 'Cancellation fee (compensation, no tax)';

function planInvoices({ lines, spans, shipments, issued }: Documented): Draft[] {
  const known = new Set(issued.map((document) => document.sourceId));
  const drafts: Draft[] = [];
  for (const [sourceId, suppliedAt] of shipments) {
    const own = spans.filter((span) => span.shipmentId === sourceId && span.state !== 'cancelled');
    // A shipment of several parcels may leave in parts: it is invoiced when the last has left.
    if (known.has(sourceId) || own.length === 0 || !own.every((span) => GONE.includes(span.state))) continue;
    const invoiced = invoicedLines(lines, own);
    // Replacements, and what cost nothing: there is nothing to ask for.
    if (sumOf(invoiced) === 0n) continue;
    drafts.push({ kind: 'invoice', sourceId, suppliedAt, lines: invoiced, corrects: [] });
  }
  return drafts.sort((a, b) => a.suppliedAt.getTime() - b.suppliedAt.getTime() || (a.sourceId < b.sourceId ? -1 : 1));
}

function invoicedLines(lines: readonly OrderLine[], ranges: readonly UnitRange[]): InvoicedLine[] {
  const byId = new Map(lines.map((line) => [line.id, line]));
  const joined = joinRanges(ranges).sort((a, b) => position(byId, a) - position(byId, b) || a.from - b.from);
  return joined.flatMap((units) => {
    const line = byId.get(units.lineId);
    if (!line) return [];
    const { netMinor, discountMinor, taxMinor } = valueOfUnits(line, units.from, units.to);
    const { skuCode, name, unitPrice, taxRate } = line;
    return [{ units, skuCode, name, unitPrice, netMinor, discountMinor, taxMinor, taxRate }];
  });
}

const position = (byId: ReadonlyMap<string, OrderLine>, range: UnitRange): number => byId.get(range.lineId)?.position ?? 0;

interface Invoiced {
  readonly name: string;
  readonly lines: readonly InvoicedLine[];
}

function planCreditNotes(order: Documented, drafts: readonly Draft[]): Draft[] {
  const known = new Set(order.issued.map((document) => document.sourceId));
  // What is kept of a cancellation is no price that could be taken back.
  const fees = new Set(order.fees?.map(({ id }) => id));
  const invoices: Invoiced[] = [
    ...order.issued
      .filter(({ kind, sourceId }) => kind === 'invoice' && !fees.has(sourceId))
      .map(({ number, lines }) => ({ name: number, lines })),
    ...drafts.map(({ sourceId, lines }) => ({ name: sourceId, lines })),
  ];
  if (invoices.length === 0) return [];
  const left = remaining(invoices, order.issued);
  const awaited = order.spans.some((span) => !GONE.includes(span.state) && span.state !== 'cancelled');
  const notes: Draft[] = [];
  for (const refund of [...order.refunds].sort((a, b) => a.at.getTime() - b.at.getTime() || (a.id < b.id ? -1 : 1))) {
    if (known.has(refund.id) || refund.amountMinor === 0n) continue;
    const draft = creditNote(order, refund, invoices, left);
    // What is not invoiced yet will be, while something is still to leave; what never was is not taken back.
    if (draft === null || (awaited && sumOf(draft.lines) < refund.amountMinor)) continue;
    for (const line of draft.lines) take(left, line);
    notes.push(draft);
  }
  return notes;
}

function creditNote(
  { lines }: Documented,
  refund: GivenBack,
  invoices: readonly Invoiced[],
  left: ReadonlyMap<string, Part>,
): Draft | null {
  const about = { kind: 'credit_note', sourceId: refund.id, suppliedAt: refund.at } as const;
  const touched = invoices.filter((invoice) => refund.units.length === 0 || refund.units.some((units) => names(invoice, units)));
  const corrects = touched.map(({ name }) => name);
  if (refund.units.length > 0) {
    const whole = invoicedLines(
      lines,
      refund.units.filter((units) => touched.some((invoice) => names(invoice, units))),
    );
    if (whole.length === 0) return null;
    if (sumOf(whole) === refund.amountMinor && fits(left, whole)) return { ...about, lines: whole, corrects };
    // Of the units' own rates as far as they last: a part of the price that went back before may have taken of them.
    const own = partOfThePrice(partsOf(whole, left), refund.amountMinor);
    const others = new Map(left);
    for (const line of own) take(others, line);
    const rest = partOfThePrice([...others.values()], refund.amountMinor - sumOf(own));
    return own.length + rest.length > 0 ? { ...about, lines: [...own, ...rest], corrects } : null;
  }
  const spread = partOfThePrice([...left.values()], refund.amountMinor);
  return spread.length > 0 ? { ...about, lines: spread, corrects } : null;
}

const names = (invoice: Invoiced, units: UnitRange): boolean =>
  invoice.lines.some((line) => line.units?.lineId === units.lineId && line.units.from <= units.to && line.units.to >= units.from);

/** What of one tax rate is invoiced and not credited yet, with its tax. */
interface Part {
  readonly taxRate: string;
  readonly totalMinor: bigint;
  readonly taxMinor: bigint;
}

function remaining(invoices: readonly Invoiced[], issued: readonly Issued[]): Map<string, Part> {
  const parts = new Map<string, Part>();
  for (const line of invoices.flatMap((invoice) => invoice.lines)) add(parts, line, 1n);
  for (const line of issued.filter(({ kind }) => kind === 'credit_note').flatMap((note) => note.lines)) add(parts, line, -1n);
  return parts;
}

function add(parts: Map<string, Part>, line: InvoicedLine, sign: bigint): void {
  const { taxRate } = line;
  const known = parts.get(taxRate) ?? { taxRate, totalMinor: 0n, taxMinor: 0n };
  parts.set(taxRate, {
    taxRate,
    totalMinor: known.totalMinor + sign * totalOf(line),
    taxMinor: known.taxMinor + sign * line.taxMinor,
  });
}

const take = (parts: Map<string, Part>, line: InvoicedLine): void => add(parts, line, -1n);

const fits = (left: ReadonlyMap<string, Part>, lines: readonly InvoicedLine[]): boolean =>
  partsOf(lines, left).every((part) => {
    const wanted = lines.filter((line) => line.taxRate === part.taxRate);
    const tax = wanted.reduce((sum, line) => sum + line.taxMinor, 0n);
    return part.totalMinor === sumOf(wanted) && part.taxMinor === tax;
  });

/** What of the lines is still to be credited, by rate: no more than is left. */
function partsOf(lines: readonly InvoicedLine[], left: ReadonlyMap<string, Part>): Part[] {
  const wanted = new Map<string, Part>();
  for (const line of lines) add(wanted, line, 1n);
  return [...wanted.values()].map((part) => {
    const rest = left.get(part.taxRate);
    if (!rest) return { ...part, totalMinor: 0n, taxMinor: 0n };
    return rest.totalMinor <= part.totalMinor
      ? rest
      : { ...part, taxMinor: part.taxMinor < rest.taxMinor ? part.taxMinor : rest.taxMinor };
  });
}

/** Spreads an amount over what is left of each rate, and takes the tax out of each part. The last cent of a rate takes its last tax. */
function partOfThePrice(parts: readonly Part[], amountMinor: bigint): InvoicedLine[] {
  const open = parts.filter((part) => part.totalMinor > 0n).sort((a, b) => Number(b.taxRate) - Number(a.taxRate));
  const total = open.reduce((sum, part) => sum + part.totalMinor, 0n);
  const credited = amountMinor < total ? amountMinor : total;
  if (credited <= 0n) return [];
  const shares = splitByWeight(
    credited,
    open.map((part) => part.totalMinor),
  );
  return open.flatMap((part, index) => {
    const share = shares[index] ?? 0n;
    if (share === 0n) return [];
    const taxMinor = divideHalfUp(share * part.taxMinor, part.totalMinor);
    const { taxRate } = part;
    return [
      { units: null, skuCode: null, name: '', unitPrice: null, netMinor: share - taxMinor, discountMinor: 0n, taxMinor, taxRate },
    ];
  });
}
