import type { SkuRecord } from '../../domains/catalog/rules.ts';
import * as catalog from '../../domains/catalog/service.ts';
import type { Node } from '../../domains/fulfilment/rules.ts';
import { planSafety } from '../../domains/inventory/promising.ts';
import { applyMovement, type Books, type Movement, planAdjustment, stockKey } from '../../domains/inventory/rules.ts';
import type { Level } from '../../domains/inventory/service.ts';
import { placeKey, type ReorderPoint, type ReorderRule } from '../../domains/replenishment/rules.ts';
import { ALL_NODES, type LevelRow } from '../../domains/stock-files/schema.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { Table } from '../csv-table.ts';
import { FilePlan } from './file-plan.ts';

/** What a levels file is planned on. */
export interface LevelsFacts {
  readonly merchantId: string;
  readonly byCode: ReadonlyMap<string, SkuRecord>;
  readonly nodes: ReadonlyMap<string, Node>;
  /** As they were read: stock that would not change is not locked. */
  readonly levels: ReadonlyMap<string, Level>;
  readonly points: ReadonlyMap<string, ReorderPoint>;
  /** Locked stock, where something would change. The plan works on a copy. */
  readonly books: Books;
}

/** A line of the file with what it changes; null is what stays. */
export interface PlannedLevel {
  readonly line: number;
  readonly sku: SkuRecord;
  readonly nodeId: string | null;
  readonly move: Movement | null;
  readonly counted: { readonly expected: bigint; readonly counted: bigint } | null;
  readonly safety: { readonly move: Movement; readonly before: bigint; readonly after: bigint } | null;
  readonly bin: { readonly before: string | null; readonly after: string | null } | null;
  readonly reorder: { readonly before: ReorderRule | null; readonly after: ReorderRule | null } | null;
}

export interface LevelsPlan {
  readonly rows: readonly PlannedLevel[];
  readonly plan: FilePlan;
}

/** A problem of one cell. */
class Wrong extends Error {
  readonly column: string | null;

  constructor(column: string | null, message: string) {
    super(message);
    this.column = column;
  }
}

/** Rows that may need a lock: whose stock, or reorder point, the file would change. */
export function placesToLock(facts: Omit<LevelsFacts, 'books'>, file: Table<LevelRow>) {
  const stock: { skuId: string; nodeId: string; merchantId: string }[] = [];
  const points: { skuId: string; nodeId: string | null; merchantId: string }[] = [];
  for (const { row } of file.rows) {
    const place = placeOf(facts, row);
    if (place instanceof Wrong) continue;
    const { merchantId } = facts;
    const { sku, nodeId } = place;
    if (nodeId !== null && changesStock(facts.levels.get(stockKey(sku.id, nodeId)), row))
      stock.push({ skuId: sku.id, nodeId, merchantId });
    if (row.reorder_point !== undefined && reorderOf(facts, sku.id, nodeId, row))
      points.push({ skuId: sku.id, nodeId, merchantId });
  }
  return { stock, points };
}

function changesStock(level: Level | undefined, row: LevelRow): boolean {
  const differs = (wish: number | undefined, is: bigint | undefined) => wish !== undefined && BigInt(wish) !== (is ?? 0n);
  const bin = row.bin !== undefined && row.bin !== (level?.bin ?? null);
  return differs(row.on_hand, level?.onHand) || differs(row.safety, level?.safety) || bin;
}

function placeOf(
  facts: Omit<LevelsFacts, 'books'>,
  row: LevelRow,
): { readonly sku: SkuRecord; readonly nodeId: string | null } | Wrong {
  const sku = facts.byCode.get(catalog.codeKey({ merchantId: facts.merchantId, code: row.sku }));
  if (!sku) return new Wrong('sku', 'This merchant has no such SKU. Import the product first');
  if (!sku.stocked) return new Wrong('sku', 'This SKU is not stocked');
  if (row.node === ALL_NODES) return { sku, nodeId: null };
  const node = facts.nodes.get(row.node);
  if (node) return { sku, nodeId: node.id };
  return new Wrong('node', `There is no such node. There are: ${[...facts.nodes.keys()].slice(0, 10).join(', ')}`);
}

function reorderOf(
  facts: Pick<LevelsFacts, 'points'>,
  skuId: string,
  nodeId: string | null,
  row: LevelRow,
): PlannedLevel['reorder'] {
  if (row.reorder_point === undefined) return null;
  const known = facts.points.get(placeKey(skuId, nodeId));
  const before =
    known && known.point !== null && known.quantity !== null ? { point: known.point, quantity: known.quantity } : null;
  const after =
    row.reorder_point === null ? null : { point: BigInt(row.reorder_point), quantity: BigInt(row.reorder_quantity ?? 1) };
  const same = before?.point === after?.point && before?.quantity === after?.quantity;
  return same ? null : { before, after };
}

/**
 * Plans every line in the order of the file, on a copy of the locked rows, so that what one line does is there for the next. `counts`: whether
 * what is on hand changes now; it does not where a second person has to agree first.
 */
export function planLevels(facts: LevelsFacts, file: Table<LevelRow>, counts: boolean): LevelsPlan {
  const plan = new FilePlan(file.rejected);
  const books = copyOf(facts.books);
  const rows: PlannedLevel[] = [];
  for (const { line, row } of file.rows) {
    try {
      const planned = planRow(facts, books, line, row, counts);
      plan.accept({ line, sku: row.sku, where: row.node, changes: changesOf(planned) });
      rows.push(planned);
    } catch (error) {
      if (!(error instanceof Wrong)) throw error;
      plan.reject(line, row.sku, error.column, error.message);
    }
  }
  return { rows, plan };
}

function planRow(facts: LevelsFacts, books: Books, line: number, row: LevelRow, counts: boolean): PlannedLevel {
  const place = placeOf(facts, row);
  if (place instanceof Wrong) throw place;
  const { sku, nodeId } = place;
  const reorder = reorderOf(facts, sku.id, nodeId, row);
  const base = { line, sku, nodeId, reorder, move: null, counted: null, safety: null, bin: null };
  if (nodeId === null) return base;
  const level = facts.levels.get(stockKey(sku.id, nodeId));
  const onHand = books.stock.get(stockKey(sku.id, nodeId))?.onHand ?? level?.onHand ?? 0n;
  if (row.expected !== undefined && BigInt(row.expected) !== onHand)
    throw new Wrong(
      'expected',
      `The record says ${onHand} now, not ${row.expected}: units moved since. Count again, or export the levels anew`,
    );
  const bin = row.bin !== undefined && row.bin !== (level?.bin ?? null) ? { before: level?.bin ?? null, after: row.bin } : null;
  const wish = row.on_hand === undefined ? onHand : BigInt(row.on_hand);
  const counted = wish === onHand ? null : { expected: onHand, counted: wish };
  const move = counted ? cell('on_hand', () => planAdjustment(books, 'count', sku.id, nodeId, wish - onHand)) : null;
  const before = books.stock.get(stockKey(sku.id, nodeId))?.safety ?? level?.safety ?? 0n;
  const keeps = row.safety !== undefined && BigInt(row.safety) !== before;
  const undo = keeps && move && counts ? remember(books, sku.id) : null;
  if (move && counts) applyMovement(books, move, newId);
  if (!keeps) return { ...base, bin, counted, move };
  try {
    const after = BigInt(row.safety ?? 0);
    const planned = cell('safety', () => planSafety(books, sku.id, nodeId, after));
    applyMovement(books, planned, newId);
    return { ...base, bin, counted, move, safety: { move: planned, before, after } };
  } catch (error) {
    undo?.();
    throw error;
  }
}

function cell<T>(column: string, plan: () => T): T {
  try {
    return plan();
  } catch (error) {
    if (error instanceof DomainError) throw new Wrong(column, error.detail);
    throw error;
  }
}

function copyOf(books: Books): Books {
  const rows = <T extends object>(map: ReadonlyMap<string, T>) =>
    new Map([...map].map(([key, row]): [string, T] => [key, { ...row }]));
  return {
    supply: rows(books.supply),
    stock: rows(books.stock),
    channels: rows(books.channels),
    work: books.work.map((row) => ({ ...row })),
  };
}

/** What a SKU's rows say now, to say it again. */
function remember(books: Books, skuId: string): () => void {
  const saved = copyOf({
    supply: new Map([...books.supply].filter(([key]) => key === skuId)),
    stock: new Map([...books.stock].filter(([, row]) => row.skuId === skuId)),
    channels: new Map(),
    work: books.work,
  });
  return () => {
    for (const [key, row] of saved.supply) books.supply.set(key, row);
    for (const [key, row] of saved.stock) books.stock.set(key, row);
    books.work.splice(0, books.work.length, ...saved.work);
  };
}

function changesOf({ counted, safety, bin, reorder }: PlannedLevel) {
  const say = (value: bigint | string | null | undefined): string => (value == null ? '' : String(value));
  const changes = [
    counted && { column: 'on_hand', before: say(counted.expected), after: say(counted.counted) },
    safety && { column: 'safety', before: say(safety.before), after: say(safety.after) },
    bin && { column: 'bin', before: say(bin.before), after: say(bin.after) },
    reorder && { column: 'reorder_point', before: say(reorder.before?.point), after: say(reorder.after?.point) },
    reorder && { column: 'reorder_quantity', before: say(reorder.before?.quantity), after: say(reorder.after?.quantity) },
  ];
  return changes.filter((change) => change !== null);
}
