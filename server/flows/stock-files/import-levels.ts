import type pg from 'pg';
import * as approvals from '../../domains/approvals/service.ts';
import * as catalog from '../../domains/catalog/service.ts';
import * as fulfilment from '../../domains/fulfilment/service.ts';
import { stockKey } from '../../domains/inventory/rules.ts';
import * as inventory from '../../domains/inventory/service.ts';
import { placeKey } from '../../domains/replenishment/rules.ts';
import * as replenishment from '../../domains/replenishment/service.ts';
import type { FilePreview } from '../../domains/stock-files/rules.ts';
import type { LevelRow, LevelsFileInput } from '../../domains/stock-files/schema.ts';
import { actorKind, type Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Tx } from '../../platform/db.ts';
import { audit } from '../../platform/outbox.ts';
import type { Request, Verb } from '../../platform/verb.ts';
import { type Adjusting, applyAdjustment } from '../adjust-stock.ts';
import type { Table } from '../csv-table.ts';
import { tellOf } from '../set-supply-rules.ts';
import { type AskedRow, askForRows, worthOfUnits } from '../stock-work/adjust-rows.ts';
import { setReorderPoint } from '../stock-work/set-reorder-points.ts';
import { lockWorld, writeWorld } from '../world.ts';
import { demandFile, planOnly, readStockFile } from './file-plan.ts';
import { type LevelsFacts, type LevelsPlan, type PlannedLevel, placesToLock, planLevels } from './plan-levels.ts';

/**
 * Takes a file of levels: what was counted at nodes, what they keep back, where goods lie, and when they are ordered again. Every change goes the
 * way it would go one by one: a count is a movement with what was expected beside it, and one that is worth much waits for a second person with
 * all others of the file. A file is one transaction under one key; what is not in it stays as it is.
 */
export interface ImportedFile extends FilePreview {
  readonly approvalId: string | null;
  /** What was made, where a file makes records of its own. */
  readonly numbers: readonly string[];
}

export interface ReadLevels extends Omit<LevelsFileInput, 'csv'> {
  readonly file: Table<LevelRow>;
}

interface Importing extends Adjusting {
  readonly facts: ReadonlyMap<ReadLevels, LevelsFacts>;
  readonly replenishment: replenishment.ReplenishmentState;
  readonly bins: { skuId: string; nodeId: string; bin: string | null }[];
}

async function factsOf(tx: Tx, { merchantId, file }: ReadLevels): Promise<Omit<LevelsFacts, 'books'>> {
  const codes = [...new Set(file.rows.map(({ row }) => row.sku))].map((code) => ({ merchantId, code }));
  const { merchants, byCode, byId } = await catalog.loadForEditing(tx, { merchantIds: [merchantId], skuIds: [], codes });
  if (!merchants.has(merchantId)) throw new DomainError('not_found', 'There is no such merchant.');
  const places = await fulfilment.load(tx, []);
  await fulfilment.loadNodes(tx, places, [merchantId]);
  const skuIds = [...byId.keys()];
  const levels = await inventory.levels(tx, skuIds);
  const points = await replenishment.points(tx, skuIds);
  return {
    merchantId,
    byCode,
    nodes: new Map((places.nodes.get(merchantId) ?? []).map((node) => [node.code, node])),
    levels: new Map(levels.map((level) => [stockKey(level.skuId, level.nodeId), level])),
    points: new Map(points.map((point) => [placeKey(point.skuId, point.nodeId), point])),
  };
}

async function lock(tx: Tx, requests: readonly Request<ReadLevels>[]): Promise<Importing> {
  const { ctx } = requests[0] as Request<ReadLevels>;
  const policies = await approvals.lock(tx, []);
  const read = new Map<ReadLevels, Omit<LevelsFacts, 'books'>>();
  for (const { input } of requests) read.set(input, await factsOf(tx, input));
  const wanted = [...read].map(([input, facts]) => placesToLock(facts, input.file));
  const points = wanted.flatMap((each) => each.points);
  const reorder = await replenishment.lock(tx, points, ctx.home);
  const stock = wanted.flatMap((each) => each.stock);
  const needs = stock.length > 0 ? { supply: true, stock: true, skus: stock, createStock: stock } : {};
  const world = await lockWorld(tx, { orderIds: [], ...needs }, ctx);
  // Read again under the locks: what lies where, and when it is ordered again, may have changed since it was read without.
  const levels = await inventory.levels(
    tx,
    stock.map(({ skuId }) => skuId),
  );
  const now = new Map(levels.map((level) => [stockKey(level.skuId, level.nodeId), level]));
  const facts = new Map<ReadLevels, LevelsFacts>();
  for (const [input, known] of read)
    facts.set(input, {
      ...known,
      levels: new Map([...known.levels, ...now]),
      points: new Map([...known.points, ...reorder.byPlace]),
      books: world.inventory,
    });
  return { ...world, approvals: policies, skus: new Map(), facts, replenishment: reorder, bins: [] };
}

function plan(
  world: Importing,
  input: ReadLevels,
  ctx: Ctx,
): LevelsPlan & { readonly asks: boolean; readonly preview: FilePreview } {
  const facts = world.facts.get(input) as LevelsFacts;
  const first = planLevels(facts, input.file, true);
  const asks = actorKind(ctx.actor) !== 'system' && needsSecond(world, first.rows);
  const planned = asks ? planLevels(facts, input.file, false) : first;
  return { ...planned, asks, preview: planned.plan.preview(asks) };
}

function needsSecond(world: Importing, rows: readonly PlannedLevel[]): boolean {
  const worth = new Map<string, bigint>();
  for (const { sku, move } of rows)
    if (move) worth.set(sku.currency, (worth.get(sku.currency) ?? 0n) + worthOfUnits(sku, move.onHand));
  return [...worth].some(([currency, amount]) => approvals.isNeeded(world.approvals, 'adjust-stock', currency, amount));
}

function decide(world: Importing, { input, ctx }: Request<ReadLevels>): ImportedFile {
  const { rows, asks, preview } = plan(world, input, ctx);
  demandFile(input, preview);
  const { merchantId } = input;
  const waiting: AskedRow[] = [];
  for (const row of rows) {
    if (row.move && row.counted && row.nodeId) {
      const { expected, counted } = row.counted;
      const place = { merchantId, skuId: row.sku.id, nodeId: row.nodeId, reason: 'counted' as const, note: 'levels file' };
      const figures = { counted: Number(counted), expected: Number(expected) };
      if (asks) waiting.push({ ...place, sku: row.sku, delta: Number(row.move.onHand) });
      else applyAdjustment(world, { ...place, ...figures }, row.move, ctx);
    }
    applyRest(world, merchantId, row, ctx);
  }
  const subject = { subject: 'merchant', subjectId: merchantId, what: 'Levels file' };
  const approvalId = waiting.length > 0 ? askForRows(world, merchantId, waiting, subject, ctx).id : null;
  const { changed, unchanged, rejectedCount } = preview;
  const after = { changed, unchanged, rejected: rejectedCount, mode: input.mode, approvalId };
  world.applied++;
  audit(world.outbox, { action: 'stock.levels_imported', entity: 'merchant', entityId: merchantId, merchantId, after }, ctx);
  return { ...preview, approvalId, numbers: [] };
}

/** What nobody has to agree to: what is kept back, where it lies, and when it is ordered again. */
function applyRest(world: Importing, merchantId: string, { sku, nodeId, safety, bin, reorder }: PlannedLevel, ctx: Ctx): void {
  const about = { skuId: sku.id, merchantId, version: world.inventory.supply.get(sku.id)?.version ?? 0n };
  if (safety && nodeId) {
    inventory.apply(world.inventory, [safety.move], { reason: 'safety stock' }, ctx);
    const version = world.inventory.supply.get(sku.id)?.version ?? 0n;
    const change = { before: { nodeId, safety: safety.before }, after: { nodeId, safety: safety.after } };
    tellOf(world, 'stock.safety_set', { ...about, version }, change, ctx);
  }
  if (bin && nodeId) {
    world.bins.push({ skuId: sku.id, nodeId, bin: bin.after });
    tellOf(world, 'stock.bin_set', about, { before: { nodeId, bin: bin.before }, after: { nodeId, bin: bin.after } }, ctx);
  }
  if (reorder) setReorderPoint(world, { skuId: sku.id, nodeId, merchantId }, reorder.after, ctx);
}

export const importLevels: Verb<ReadLevels, Importing, ImportedFile> = {
  name: 'import-levels',
  lock,
  decide,
  async write(tx, world) {
    await approvals.write(tx, world.approvals);
    await replenishment.write(tx, world.replenishment);
    await inventory.writeBins(tx, world.bins);
    await writeWorld(tx, world);
  },
};

/** Reads the file before the transaction begins. */
export async function readLevels({ csv, ...input }: LevelsFileInput): Promise<ReadLevels> {
  return { ...input, file: await readStockFile('levels', csv) };
}

/** What the file would do, planned under the verb's locks. */
export async function previewLevels(pool: pg.Pool, input: LevelsFileInput, ctx: Ctx): Promise<FilePreview> {
  const read = await readLevels(input);
  return planOnly(pool, async (tx) => plan(await lock(tx, [{ input: read, ctx, key: '' }]), read, ctx).preview);
}
