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
}

export interface UnitValue {
  readonly netMinor: bigint;
  readonly discountMinor: bigint;
  readonly taxMinor: bigint;
  readonly totalMinor: bigint;
}

/** What units from…to of a line are worth: each component's frozen share, and their sum. */
export function valueOfUnits(line: UnitMoney, from: number, to: number): UnitValue {
  const netMinor = shareOfUnits(line.netMinor, line.quantity, from, to);
  const discountMinor = shareOfUnits(line.discountMinor, line.quantity, from, to);
  const taxMinor = shareOfUnits(line.taxMinor, line.quantity, from, to);
  return { netMinor, discountMinor, taxMinor, totalMinor: netMinor - discountMinor + taxMinor };
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
      last.refundId === span.refundId
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
