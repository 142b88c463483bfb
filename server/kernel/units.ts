import { DomainError } from './errors.ts';
import { shareOfUnits } from './money.ts';
import type { SpanState } from './vocabulary.ts';

/** Units `from`…`to` of a line, 1-based and inclusive. */
export interface UnitRange {
  readonly lineId: string;
  readonly from: number;
  readonly to: number;
}

/** What a line's totals are split from: all components non-negative, in minor units. */
export interface UnitMoney {
  readonly quantity: number;
  readonly netMinor: bigint;
  readonly discountMinor: bigint;
  readonly taxMinor: bigint;
  /** The steps in which its shares are cut (kernel/money.ts); 1 where absent. */
  readonly moneyStep?: number;
}

/** Units of a line that share one fate. The spans of a line partition 1…n (DESIGN 2). */
export interface Span {
  readonly lineId: string;
  readonly from: number;
  readonly to: number;
  readonly state: SpanState;
  readonly nodeId: string | null;
  readonly shipmentId: string | null;
  readonly refundId: string | null;
  /** The return that its units are in, or were settled by. */
  readonly returnId?: string | null;
}

export interface UnitValue {
  readonly netMinor: bigint;
  readonly discountMinor: bigint;
  readonly taxMinor: bigint;
  readonly totalMinor: bigint;
}

/** What units from…to of a line are worth: each component's frozen share, and their sum. */
export function valueOfUnits(line: UnitMoney, from: number, to: number): UnitValue {
  const share = (total: bigint): bigint => shareOfUnits(total, line.quantity, from, to, BigInt(line.moneyStep ?? 1));
  const [netMinor, discountMinor, taxMinor] = [share(line.netMinor), share(line.discountMinor), share(line.taxMinor)];
  return { netMinor, discountMinor, taxMinor, totalMinor: netMinor - discountMinor + taxMinor };
}

/** The same units in the fewest ranges, by line and unit: two ways to cut them are told apart no more. */
export function joinRanges(ranges: readonly UnitRange[]): UnitRange[] {
  const sorted = [...ranges].sort((a, b) => (a.lineId === b.lineId ? a.from - b.from : a.lineId < b.lineId ? -1 : 1));
  const joined: UnitRange[] = [];
  for (const { lineId, from, to } of sorted) {
    const last = joined.at(-1);
    if (last?.lineId === lineId && last.to + 1 === from) joined[joined.length - 1] = { ...last, to };
    else joined.push({ lineId, from, to });
  }
  return joined;
}

/** How many units the ranges name. */
export function unitsIn(ranges: readonly { readonly from: number; readonly to: number }[]): number {
  return ranges.reduce((sum, range) => sum + range.to - range.from + 1, 0);
}

/** The first `count` units, in unit order, of the spans that pass `eligible`; null where there are fewer. */
export function takeUnits(spans: readonly Span[], count: number, eligible: (span: Span) => boolean): UnitRange[] | null {
  const taken: UnitRange[] = [];
  let left = count;
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    if (left === 0) break;
    if (!eligible(span)) continue;
    const size = Math.min(left, span.to - span.from + 1);
    taken.push({ lineId: span.lineId, from: span.from, to: span.from + size - 1 });
    left -= size;
  }
  return left === 0 ? taken : null;
}

/**
 * Changes the units of `range` within a line's spans, splitting spans where the range ends inside them and joining neighbours
 * that have become alike. The result partitions the same units.
 */
export function changeUnits(
  spans: readonly Span[],
  range: { from: number; to: number },
  change: (span: Span) => Partial<Span>,
): Span[] {
  const result: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    if (span.to < range.from || span.from > range.to) {
      result.push(span);
      continue;
    }
    const from = Math.max(span.from, range.from);
    const to = Math.min(span.to, range.to);
    if (span.from < from) result.push({ ...span, to: from - 1 });
    result.push({ ...span, ...change(span), from, to });
    if (span.to > to) result.push({ ...span, from: to + 1 });
  }
  return join(result);
}

function join(spans: readonly Span[]): Span[] {
  const joined: Span[] = [];
  for (const span of spans) {
    const last = joined.at(-1);
    if (
      last &&
      last.state === span.state &&
      last.nodeId === span.nodeId &&
      last.shipmentId === span.shipmentId &&
      last.refundId === span.refundId &&
      (last.returnId ?? null) === (span.returnId ?? null)
    ) {
      joined[joined.length - 1] = { ...last, to: span.to };
    } else joined.push(span);
  }
  return joined;
}

/** The parts of `range` cut along the borders of the spans it covers, each with its span. */
export function cutBySpans(
  spans: readonly Span[],
  range: { from: number; to: number },
): { from: number; to: number; span: Span }[] {
  return [...spans]
    .filter((span) => span.to >= range.from && span.from <= range.to)
    .sort((a, b) => a.from - b.from)
    .map((span) => ({ from: Math.max(span.from, range.from), to: Math.min(span.to, range.to), span }));
}

/** `quantity` units of each line named, or everything left where no line is named. */
export type UnitSelection = readonly { readonly lineId: string; readonly quantity: number }[];

/** How many units of each line a selection asks for; a line that is named twice is asked for both times. */
export function unitsAsked(selection: UnitSelection): Map<string, number> {
  const asked = new Map<string, number>();
  for (const { lineId, quantity } of selection) asked.set(lineId, (asked.get(lineId) ?? 0) + quantity);
  return asked;
}

/** What the units are worth, by component and in all. */
export function worthOf(lines: readonly (UnitMoney & { readonly id: string })[], ranges: readonly UnitRange[]): UnitValue {
  const sum = { netMinor: 0n, discountMinor: 0n, taxMinor: 0n, totalMinor: 0n };
  const byId = new Map(lines.map((line) => [line.id, line]));
  for (const range of ranges) {
    const line = byId.get(range.lineId);
    if (!line) throw new DomainError('not_found', 'The order has no such line.');
    const value = valueOfUnits(line, range.from, range.to);
    sum.netMinor += value.netMinor;
    sum.discountMinor += value.discountMinor;
    sum.taxMinor += value.taxMinor;
    sum.totalMinor += value.totalMinor;
  }
  return sum;
}

/** The spans of a whole order after some of its units changed. */
export function changeSpans(spans: readonly Span[], ranges: readonly UnitRange[], change: (span: Span) => Partial<Span>): Span[] {
  const byLine = Map.groupBy(spans, (span) => span.lineId);
  for (const range of ranges) byLine.set(range.lineId, changeUnits(byLine.get(range.lineId) ?? [], range, change));
  return [...byLine.values()].flat();
}
