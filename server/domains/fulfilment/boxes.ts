import { DomainError } from '../../kernel/errors.ts';
import { joinRanges, type UnitRange, type UnitSelection, unitsAsked, unitsIn } from '../../kernel/units.ts';
import type { Box } from './rules.ts';

/** More boxes than this in one shipment would be a mistake; their labels are asked for together, within one call's time. */
export const MAX_BOXES = 20;

/** How somebody packed: which units lie in a box, what it weighs and measures. */
export interface PackedBox {
  readonly units: UnitSelection;
  readonly weightGrams?: number | undefined;
  readonly lengthMm?: number | undefined;
  readonly widthMm?: number | undefined;
  readonly heightMm?: number | undefined;
}

export interface BoxContents {
  readonly units: readonly UnitRange[];
  readonly weightGrams: number | null;
  readonly lengthMm: number | null;
  readonly widthMm: number | null;
  readonly heightMm: number | null;
}

/**
 * Shares a shipment's units out over its boxes as they were packed: the first units of each line to the first box that names it.
 * Refused unless every unit that has to lie in a box lies in exactly one. What needs none (services, shipping) goes with the first box.
 */
export function packBoxes(
  ranges: readonly UnitRange[],
  goods: ReadonlySet<string>,
  boxes: readonly PackedBox[],
  nameOf: (lineId: string) => string,
): BoxContents[] {
  if (boxes.length > MAX_BOXES) throw new DomainError('over_limit', `A shipment has at most ${MAX_BOXES} boxes.`);
  const left = new Map<string, UnitRange[]>();
  for (const range of joinRanges(ranges)) left.set(range.lineId, [...(left.get(range.lineId) ?? []), range]);
  const packed = boxes.map((box, index): BoxContents => {
    if (unitsAsked(box.units).size === 0) throw new DomainError('invalid_request', `Box ${index + 1} is empty.`);
    const units = [...unitsAsked(box.units)].flatMap(([lineId, quantity]) => take(left, lineId, quantity, nameOf));
    return {
      units,
      weightGrams: box.weightGrams ?? null,
      lengthMm: box.lengthMm ?? null,
      widthMm: box.widthMm ?? null,
      heightMm: box.heightMm ?? null,
    };
  });
  for (const [lineId, rest] of left) {
    if (rest.length === 0 || !goods.has(lineId)) continue;
    throw new DomainError('invalid_request', `${unitsIn(rest)} of ${nameOf(lineId)} are in no box. Put every unit into one.`, {
      lineId,
    });
  }
  const along = [...left.values()].flat();
  return packed.map((box, index) => (index === 0 ? { ...box, units: joinRanges([...box.units, ...along]) } : box));
}

/** Takes the first units of a line that lie in no box yet. */
function take(left: Map<string, UnitRange[]>, lineId: string, quantity: number, nameOf: (lineId: string) => string): UnitRange[] {
  const taken: UnitRange[] = [];
  const rest: UnitRange[] = [];
  let wanted = quantity;
  for (const range of left.get(lineId) ?? []) {
    const size = Math.min(wanted, range.to - range.from + 1);
    if (size > 0) taken.push({ lineId, from: range.from, to: range.from + size - 1 });
    if (range.from + size <= range.to) rest.push({ lineId, from: range.from + size, to: range.to });
    wanted -= size;
  }
  if (wanted > 0)
    throw new DomainError('over_limit', `The boxes hold ${wanted} more of ${nameOf(lineId)} than this shipment has.`, { lineId });
  left.set(lineId, rest);
  return taken;
}

/** The units of a parcel: a box's own, or all of a shipment that is one. */
export function unitsOf(parcel: object, whole: readonly UnitRange[]): readonly UnitRange[] {
  return 'units' in parcel ? (parcel as Box).units : whole;
}

/** The parts of ranges that lie within others: what of a shipment's units is in one of its boxes. */
export function within(ranges: readonly UnitRange[], others: readonly UnitRange[]): UnitRange[] {
  return ranges.flatMap((range) =>
    others.flatMap((other) => {
      const from = Math.max(range.from, other.from);
      const to = Math.min(range.to, other.to);
      return other.lineId === range.lineId && from <= to ? [{ lineId: range.lineId, from, to }] : [];
    }),
  );
}
