import type { PackingLine } from '../../server/views/packing.ts';

/** Boxes as they are being packed. Every unit is in exactly one of them at any time: it starts in the first and is moved. */
export interface PackedBox {
  readonly units: Readonly<Record<string, number>>;
  /** What the scales said; null where the catalogue's word counts. */
  readonly weightGrams: number | null;
}

export interface Packing {
  readonly boxes: readonly PackedBox[];
  /** Into which box the next scanned unit goes. */
  readonly current: number;
}

/** A command on a card beside the scanner: another box. */
export const NEW_BOX = 'BOX';

export function startPacking(lines: readonly PackingLine[]): Packing {
  return {
    boxes: [{ units: Object.fromEntries(lines.map(({ lineId, units }) => [lineId, units])), weightGrams: null }],
    current: 0,
  };
}

export function addBox(packing: Packing): Packing {
  return { boxes: [...packing.boxes, { units: {}, weightGrams: null }], current: packing.boxes.length };
}

/** The line that a scanned code or barcode means. */
export function lineOf(lines: readonly PackingLine[], code: string): PackingLine | undefined {
  const wanted = code.trim().toUpperCase();
  return lines.find(({ skuCode, barcode }) => skuCode.toUpperCase() === wanted || barcode?.toUpperCase() === wanted);
}

/** Moves one unit of a line into a box, from the first other box that has one; null where none has. */
export function moveUnit(packing: Packing, lineId: string, to: number): Packing | null {
  const from = packing.boxes.findIndex((box, at) => at !== to && (box.units[lineId] ?? 0) > 0);
  if (from < 0) return null;
  const changed = (box: PackedBox, by: number): PackedBox => ({
    ...box,
    units: { ...box.units, [lineId]: (box.units[lineId] ?? 0) + by },
  });
  return {
    ...packing,
    boxes: packing.boxes.map((box, at) => (at === to ? changed(box, 1) : at === from ? changed(box, -1) : box)),
  };
}

export const unitsIn = (box: PackedBox): number => Object.values(box.units).reduce((sum, units) => sum + units, 0);

/** What the catalogue says a box weighs. */
export function catalogueWeight(box: PackedBox, lines: readonly PackingLine[]): number {
  return lines.reduce((sum, line) => sum + line.weightGrams * (box.units[line.lineId] ?? 0), 0);
}

/** What the server is asked for; nothing said of boxes where it is one that nobody weighed. */
export function boxesToSend(packing: Packing) {
  const full = packing.boxes.filter((box) => unitsIn(box) > 0);
  const [only] = full;
  if (full.length === 1 && only?.weightGrams === null) return undefined;
  return full.map(({ units, weightGrams }) => ({
    units: Object.entries(units).flatMap(([lineId, quantity]) => (quantity > 0 ? [{ lineId, quantity }] : [])),
    ...(weightGrams === null ? {} : { weightGrams }),
  }));
}
