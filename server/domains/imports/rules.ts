import { formatDecimal, parseDecimal } from '../../kernel/money.ts';

/** Reads and plans the line file of an online shop (docs/operators/import.md). Pure: the same files make the same plan. */
export type Fields = Readonly<Record<string, string | undefined>>;

export const COLUMNS = [
  'InvoiceNo',
  'StockCode',
  'Description',
  'Quantity',
  'InvoiceDate',
  'UnitPrice',
  'CustomerID',
  'Country',
] as const;

/** Where a line stands: its file and the line in it, the header being line 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

export interface SourceLine extends Place {
  readonly invoice: string;
  readonly sku: string;
  readonly description: string;
  readonly quantity: number;
  readonly at: Date;
  /** 10^-6 major units. */
  readonly priceMicros: bigint;
  /** Null: a guest. */
  readonly customer: string | null;
  readonly country: string;
}

/** A line that becomes nothing, with what could be read of it. */
export interface Reject extends Place {
  readonly reason: string;
  readonly invoice: string | null;
  readonly sku: string | null;
  readonly quantity: number | null;
  readonly priceMicros: bigint | null;
}

export type Read = { readonly kind: 'line'; readonly line: SourceLine } | { readonly kind: 'reject'; readonly reject: Reject };

const DATE = /^(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2})(?::(\d{2}))?$/;
/** What an order takes (orders/schema.ts): units of a line, and the price of one in 10^-6 major units. */
const MAX_QUANTITY = 1_000_000;
const MAX_PRICE_MICROS = 10n ** 14n;
/** Characters that an order takes of each text. */
const LONGEST = { InvoiceNo: 100, StockCode: 100, Description: 300, CustomerID: 100, Country: 100 } as const;
/** A reason quotes what it refuses, as much of it as a person reads. */
const QUOTED = 40;

/** Reads one line's fields. Whatever is wrong makes a reject that says so, and what to write instead; nothing is guessed or cut. */
export function readLine(place: Place, fields: Fields): Read {
  const value = (name: (typeof COLUMNS)[number]): string => (fields[name] ?? '').trim();
  const known = knownOf(value);
  const no = (reason: string): Read => ({ kind: 'reject', reject: { ...place, ...known, reason } });
  const unfit = textProblem(fields);
  if (unfit) return no(unfit);
  const { invoice, sku, quantity, priceMicros } = known;
  if (!invoice) return no('InvoiceNo is empty: every line names its invoice.');
  if (!sku) return no('StockCode is empty: every line names what was sold.');
  for (const [name, most] of Object.entries(LONGEST) as [keyof typeof LONGEST, number][])
    if (value(name).length > most) return no(`${name} is longer than ${most} characters: shorten it.`);
  if (quantity === null) return no(`Quantity is not a whole number: ${quote(value('Quantity'))}. Write one such as 6 or -6.`);
  if (quantity === 0) return no('Quantity is zero: leave the line out, or write how many.');
  if (Math.abs(quantity) > MAX_QUANTITY) return no('Quantity is larger than a million: split the line.');
  if (priceMicros === null)
    return no(
      `UnitPrice is no decimal below 100 million with at most six decimals: ${quote(value('UnitPrice'))}. Write one such as 2.55.`,
    );
  const at = readDate(value('InvoiceDate'));
  if (!at) return no(`InvoiceDate is not a date: ${quote(value('InvoiceDate'))}. Write one such as 2010-12-01 08:26:00.`);
  const line: SourceLine = {
    ...place,
    invoice,
    sku,
    description: value('Description'),
    quantity,
    at,
    priceMicros,
    // The file writes the number as a decimal: 17850.0.
    customer: value('CustomerID').replace(/\.0$/, '') || null,
    country: value('Country'),
  };
  return { kind: 'line', line };
}

/**
 * Makes lines share what they have in common. Of hundreds of thousands of lines most repeat a good, a customer, a price and the time of
 * the line before; all of them are in memory at once, each value only once.
 */
export function shareValues(): (line: SourceLine) => SourceLine {
  const values = new Map<unknown, unknown>();
  const share = <T>(value: T, key: unknown = value): T => {
    const known = values.get(key);
    if (known !== undefined) return known as T;
    values.set(key, value);
    return value;
  };
  return (line) => ({
    file: line.file,
    line: line.line,
    invoice: share(line.invoice),
    sku: share(line.sku),
    description: share(line.description),
    quantity: line.quantity,
    at: share(line.at, line.at.getTime()),
    priceMicros: share(line.priceMicros),
    customer: line.customer === null ? null : share(line.customer),
    country: share(line.country),
  });
}

/** What of a line can be kept even where the line is refused. */
function knownOf(
  value: (name: (typeof COLUMNS)[number]) => string,
): Pick<Reject, 'invoice' | 'sku' | 'quantity' | 'priceMicros'> {
  const text = (name: 'InvoiceNo' | 'StockCode'): string | null =>
    value(name).includes('\u0000') ? null : value(name).slice(0, LONGEST[name] + 1) || null;
  const quantity = /^-?\d{1,9}$/.test(value('Quantity')) ? Number(value('Quantity')) : null;
  const price = parseDecimal(value('UnitPrice'));
  const fits = price !== null && price < MAX_PRICE_MICROS && price > -MAX_PRICE_MICROS;
  return { invoice: text('InvoiceNo'), sku: text('StockCode'), quantity, priceMicros: fits ? price : null };
}

/** Characters that no database takes, or that stand for bytes which were no characters. */
function textProblem(fields: Fields): string | null {
  const all = Object.values(fields);
  if (all.some((field) => field?.includes('\uFFFD'))) return 'The line is not UTF-8: save the file as CSV in UTF-8.';
  if (all.some((field) => field?.includes('\u0000'))) return 'The line contains a NUL character: remove it.';
  return null;
}

function quote(text: string): string {
  if (text === '') return 'empty';
  return text.length > QUOTED ? `${text.slice(0, QUOTED)}…` : text;
}

/** The file says no time zone: its times are taken as UTC. */
function readDate(text: string): Date | null {
  const match = DATE.exec(text);
  if (!match) return null;
  const at = new Date(`${match[1]}-${match[2]}-${match[3]}T${match[4]}:${match[5]}:${match[6] ?? '00'}Z`);
  return Number.isNaN(at.getTime()) || at.getUTCDate() !== Number(match[3]) ? null : at;
}

/** What is sold but never stands on a shelf: postage, fees, discounts, manual corrections, vouchers. */
const SERVICES = new Set(['POST', 'M', 'D', 'DOT', 'BANK CHARGES', 'C2', 'CRUK', 'AMAZONFEE', 'S', 'PADS', 'B']);

export function isService(sku: string): boolean {
  return SERVICES.has(sku.toUpperCase()) || /^gift_/i.test(sku);
}

/** Quantity × price in 10^-6 major units, as the source says it. */
export function sourceMicros(line: { readonly quantity: number | null; readonly priceMicros: bigint | null }): bigint {
  return line.quantity === null || line.priceMicros === null ? 0n : BigInt(line.quantity) * line.priceMicros;
}

// ── The plan ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface PlannedInvoice {
  readonly invoice: string;
  readonly at: Date;
  readonly customer: string | null;
  readonly country: string;
  readonly lines: SourceLine[];
}

/** Units of one sale line that a credit line gives back. `position` is the order line's, from 1. */
export interface Match {
  readonly credit: SourceLine;
  readonly invoice: string;
  readonly position: number;
  readonly units: number;
}

export interface PlannedGood {
  readonly code: string;
  name: string;
  /** 10^-6 major units: what it first sold for. */
  priceMicros: bigint;
  /** Units that have to be there before the first line: all that is sold and taken away. */
  opening: number;
}

/** Units that were sold before these files, and may be given back by them. */
export interface EarlierSale {
  readonly invoice: string;
  readonly position: number;
  readonly customer: string;
  readonly sku: string;
  readonly units: number;
  readonly priceMicros: bigint;
  readonly at: Date;
}

export interface Plan {
  readonly invoices: readonly PlannedInvoice[];
  readonly credits: readonly SourceLine[];
  readonly matches: readonly Match[];
  readonly adjustments: readonly SourceLine[];
  readonly rejects: readonly Reject[];
  readonly goods: ReadonlyMap<string, PlannedGood>;
}

/** An order takes this many lines (orders/schema.ts). */
const MAX_LINES = 1_000;

/**
 * Sorts lines into their buckets, in this order: an invoice C… is a refund, a negative quantity an adjustment, a price of zero or less a
 * reject, everything else a sale.
 */
export function planImport(lines: readonly SourceLine[], unreadable: readonly Reject[], earlier: readonly EarlierSale[]): Plan {
  const invoices = new Map<string, PlannedInvoice>();
  const credits: SourceLine[] = [];
  const adjustments: SourceLine[] = [];
  const rejects = [...unreadable];
  const goods = new Map<string, PlannedGood>();
  for (const line of lines) {
    if (/^C/i.test(line.invoice)) credits.push(line);
    else if (line.quantity < 0) adjustments.push(line);
    else if (line.priceMicros <= 0n) rejects.push({ ...line, reason: 'The price is zero or less.' });
    else if ((invoices.get(line.invoice)?.lines.length ?? 0) >= MAX_LINES)
      rejects.push({ ...line, reason: `An order takes ${MAX_LINES} lines at most.` });
    else addSale(invoices, line);
  }
  for (const { lines: sold } of invoices.values()) for (const line of sold) addGood(goods, line, line.quantity);
  for (const line of adjustments) addGood(goods, line, -line.quantity);
  const byTime = [...invoices.values()].sort((a, b) => a.at.getTime() - b.at.getTime());
  return { invoices: byTime, credits, matches: matchCredits(byTime, credits, earlier), adjustments, rejects, goods };
}

function addSale(invoices: Map<string, PlannedInvoice>, line: SourceLine): void {
  const found = invoices.get(line.invoice);
  if (found) found.lines.push(line);
  else {
    const { invoice, at, customer, country } = line;
    invoices.set(invoice, { invoice, at, customer, country, lines: [line] });
  }
}

function addGood(goods: Map<string, PlannedGood>, line: SourceLine, units: number): void {
  const good = goods.get(line.sku) ?? { code: line.sku, name: '', priceMicros: 0n, opening: 0 };
  goods.set(line.sku, good);
  good.opening += isService(line.sku) ? 0 : units;
  // Notes of the stock takers ("damaged?") come with a price of zero; a sale's description is the good's name.
  if (line.priceMicros > 0n) {
    good.name ||= line.description;
    good.priceMicros ||= line.priceMicros;
  }
}

interface Pooled extends EarlierSale {
  left: number;
}

/**
 * Finds the earlier units that each credit line gives back: of the same customer and SKU, those that cost the same first, and of them
 * the latest. A guest's cannot be found. What is missing stays unmatched.
 */
function matchCredits(
  invoices: readonly PlannedInvoice[],
  credits: readonly SourceLine[],
  earlier: readonly EarlierSale[],
): Match[] {
  const pool = new Map<string, Pooled[]>();
  const offer = (sale: EarlierSale): void => {
    const key = `${sale.customer}\n${sale.sku}`;
    const pooled = pool.get(key);
    if (pooled) pooled.push({ ...sale, left: sale.units });
    else pool.set(key, [{ ...sale, left: sale.units }]);
  };
  for (const sale of earlier) offer(sale);
  for (const { invoice, at, customer, lines } of invoices) {
    if (customer === null) continue;
    lines.forEach(({ sku, quantity, priceMicros }, index) => {
      offer({ invoice, position: index + 1, customer, sku, units: quantity, priceMicros, at });
    });
  }
  const matches: Match[] = [];
  const byTime = [...credits].sort((a, b) => a.at.getTime() - b.at.getTime());
  for (const credit of byTime) {
    let wanted = -credit.quantity;
    const own = (pool.get(`${credit.customer ?? ''}\n${credit.sku}`) ?? []).filter(
      (sale) => sale.left > 0 && sale.at <= credit.at,
    );
    const same = (sale: Pooled): number => (sale.priceMicros === credit.priceMicros ? 0 : 1);
    own.sort((a, b) => same(a) - same(b) || b.at.getTime() - a.at.getTime() || b.position - a.position);
    for (const sale of own) {
      if (wanted <= 0) break;
      const units = Math.min(wanted, sale.left);
      sale.left -= units;
      wanted -= units;
      matches.push({ credit, invoice: sale.invoice, position: sale.position, units });
    }
  }
  return matches;
}

// ── What became of a line ────────────────────────────────────────────────────────────────────────────────────────────────

export const BUCKETS = ['sale', 'refund', 'refund_partial', 'refund_unmatched', 'adjustment', 'reject'] as const;
export type Bucket = (typeof BUCKETS)[number];

/** A line as it ended. Source = ledger + variance + rounding + unmatched, but for adjustments and rejects, which the ledger never sees. */
export interface Ended {
  readonly place: Place;
  readonly bucket: Bucket;
  readonly line: Pick<Reject, 'invoice' | 'sku' | 'quantity' | 'priceMicros'>;
  readonly ledgerMinor: bigint;
  readonly varianceMicros: bigint;
  readonly roundingMicros: bigint;
  readonly unmatchedMicros: bigint;
  readonly orderId: string | null;
  readonly refundId: string | null;
  readonly reason: string | null;
}

const nothing = { ledgerMinor: 0n, varianceMicros: 0n, roundingMicros: 0n, unmatchedMicros: 0n, orderId: null, refundId: null };

/** Minor units of a two-digit currency in 10^-6 major units. */
export function minorToMicros(minor: bigint): bigint {
  return minor * 10_000n;
}

export function endSale(line: SourceLine, orderId: string, ledgerMinor: bigint): Ended {
  const roundingMicros = sourceMicros(line) - minorToMicros(ledgerMinor);
  return { ...nothing, place: line, line, bucket: 'sale', ledgerMinor, roundingMicros, orderId, reason: null };
}

export function endUnsold(line: Place & Ended['line'], bucket: 'adjustment' | 'reject', reason: string): Ended {
  return { ...nothing, place: line, line, bucket, reason };
}

/** One part of a credit line that was given back: its units' frozen value, and what they were sold for. */
export interface GivenBack {
  readonly units: number;
  readonly valueMinor: bigint;
  readonly soldMicros: bigint;
  readonly orderId: string;
  readonly refundId: string;
}

export function endCredit(line: SourceLine, parts: readonly GivenBack[], reason: string | null): Ended {
  const wanted = -line.quantity;
  const units = parts.reduce((sum, part) => sum + part.units, 0);
  const valueMinor = parts.reduce((sum, part) => sum + part.valueMinor, 0n);
  const sold = parts.reduce((sum, part) => sum + part.soldMicros * BigInt(part.units), 0n);
  return {
    place: line,
    line,
    bucket: units === wanted ? 'refund' : units > 0 ? 'refund_partial' : 'refund_unmatched',
    ledgerMinor: -valueMinor,
    varianceMicros: sold - BigInt(units) * line.priceMicros,
    roundingMicros: minorToMicros(valueMinor) - sold,
    unmatchedMicros: -BigInt(wanted - units) * line.priceMicros,
    orderId: parts[0]?.orderId ?? null,
    refundId: parts[0]?.refundId ?? null,
    reason: units === wanted ? null : (reason ?? `${wanted - units} of ${wanted} units were not sold to this customer before.`),
  };
}

/** A decimal of six digits, as the table keeps it. */
export function decimal(micros: bigint): string {
  return formatDecimal(micros);
}
