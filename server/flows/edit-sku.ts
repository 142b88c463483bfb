import { planSkuEdit, type SkuChange, type SkuFacts, type SkuRecord } from '../domains/catalog/rules.ts';
import type { CreateSkuInput, EditSkuInput } from '../domains/catalog/schema.ts';
import * as catalog from '../domains/catalog/service.ts';
import * as inventory from '../domains/inventory/service.ts';
import type { Ctx } from '../kernel/context.ts';
import { DomainError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import type { Tx } from '../platform/db.ts';
import { audit, emit, newOutbox, type Outbox, writeOutbox } from '../platform/outbox.ts';
import type { Locked, Request, Verb } from '../platform/verb.ts';
import { type LastChanges, readLastChanges, refuseStale } from './stale.ts';

/**
 * Adds and changes SKUs. Placed orders keep the name, price and tax they were placed with; only later ones see the change. Two people
 * who change one SKU: the second is told who was first, and loses nothing but the click.
 */
export interface EditedSku {
  readonly id: string;
  readonly code: string;
  readonly version: number;
  /** Names of the fields that changed; empty where the SKU was like this already. */
  readonly changed: readonly string[];
}

export interface EditingSkus extends Locked {
  readonly catalog: catalog.EditingState;
  readonly inventory: inventory.InventoryState;
  readonly changes: LastChanges;
  readonly outbox: Outbox;
  readonly now: Date;
}

const EMPTY = { supply: [], stock: [] } as const;

/** The catalogue's part of a world, for the verbs of this file and the import. */
export async function lockCatalog(tx: Tx, keys: catalog.EditingKeys, ctx: Ctx): Promise<EditingSkus> {
  return {
    applied: 0,
    catalog: await catalog.lockForEditing(tx, keys),
    inventory: await inventory.lock(tx, { region: ctx.home, ...EMPTY }),
    changes: new Map(),
    outbox: newOutbox(),
    now: ctx.now,
  };
}

export async function writeCatalog(tx: Tx, world: EditingSkus): Promise<void> {
  await catalog.write(tx, world.catalog, world.now);
  await writeOutbox(tx, world.outbox);
}

function lockForCreate(tx: Tx, requests: readonly Request<CreateSkuInput>[]): Promise<EditingSkus> {
  const pairs = requests.map(({ input: { merchantId, code } }) => ({ merchantId, code }));
  const keys = { merchantIds: pairs.map((pair) => pair.merchantId), skuIds: [], codes: pairs };
  return lockCatalog(tx, keys, (requests[0] as Request<CreateSkuInput>).ctx);
}

function create(world: EditingSkus, { input, ctx }: Request<CreateSkuInput>): EditedSku {
  const merchant = world.catalog.merchants.get(input.merchantId);
  if (!merchant) throw new DomainError('not_found', 'There is no such merchant.');
  if (world.catalog.byCode.has(catalog.codeKey(input)))
    throw new DomainError('already_exists', `${merchant.name} has a SKU ${input.code} already. Choose another code.`);
  const sku: SkuRecord = { id: newId(), ...input, currency: merchant.currency, active: true, version: 1n };
  recordNew(world, sku, ctx);
  return { id: sku.id, code: sku.code, version: 1, changed: [] };
}

async function lockForEdit(tx: Tx, requests: readonly Request<EditSkuInput>[]): Promise<EditingSkus> {
  const { ctx } = requests[0] as Request<EditSkuInput>;
  const skuIds = requests.map((request) => request.input.skuId);
  const locked = await catalog.lockForEditing(tx, { merchantIds: [], skuIds, codes: [] });
  const seen = requests.map(({ input }) => ({ id: input.skuId, version: input.version }));
  const changes = await readLastChanges(tx, 'sku', seen, locked.byId);
  const unstocked = requests.flatMap(({ input }) => {
    const sku = locked.byId.get(input.skuId);
    return sku?.stocked && input.stocked === false ? [{ skuId: sku.id, merchantId: sku.merchantId }] : [];
  });
  // Whoever counts or promises units takes these locks too: what is read here stays true until COMMIT.
  const stock = { region: ctx.home, supply: unstocked, stock: unstocked.map((sku) => sku.skuId) };
  return {
    applied: 0,
    catalog: locked,
    inventory: await inventory.lock(tx, stock),
    changes,
    outbox: newOutbox(),
    now: ctx.now,
  };
}

function edit(world: EditingSkus, { input, ctx }: Request<EditSkuInput>): EditedSku {
  const { skuId, version, ...fields } = input;
  const sku = world.catalog.byId.get(skuId);
  if (!sku) throw new DomainError('not_found', 'There is no such SKU.');
  refuseStale(sku.code, sku, version, world.changes);
  const history =
    (world.inventory.supply.get(skuId)?.version ?? 0n) > 0n ||
    [...world.inventory.stock.values()].some((stock) => stock.skuId === skuId && stock.version > 0n);
  const change = planSkuEdit(sku, fields as Partial<SkuFacts>, history);
  if (!change) return { id: sku.id, code: sku.code, version: Number(sku.version), changed: [] };
  return recordChange(world, sku, change, ctx);
}

/** Adds a SKU and tells of it. */
export function recordNew(world: EditingSkus, sku: SkuRecord, ctx: Ctx): void {
  const { id, merchantId, version, ...after } = sku;
  catalog.addSku(world.catalog, sku);
  world.applied++;
  const about = { aggregate: 'sku', aggregateId: id, aggregateVersion: version, merchantId } as const;
  emit(world.outbox, { ...about, type: 'sku.created', data: { code: sku.code } }, ctx);
  audit(world.outbox, { action: 'sku.created', entity: 'sku', entityId: id, merchantId, after }, ctx);
}

/** Applies a planned change and tells of it. */
export function recordChange(world: EditingSkus, sku: SkuRecord, { before, after }: SkuChange, ctx: Ctx): EditedSku {
  const next = catalog.changeSku(world.catalog, sku, after);
  world.applied++;
  const { id, code, merchantId, version } = next;
  const changed = Object.keys(after);
  const about = { aggregate: 'sku', aggregateId: id, aggregateVersion: version, merchantId } as const;
  emit(world.outbox, { ...about, type: 'sku.changed', data: { code, fields: changed } }, ctx);
  audit(world.outbox, { action: 'sku.changed', entity: 'sku', entityId: id, merchantId, before, after }, ctx);
  return { id, code, version: Number(version), changed };
}

export const createSku: Verb<CreateSkuInput, EditingSkus, EditedSku> = {
  name: 'create-sku',
  lock: lockForCreate,
  decide: create,
  write: writeCatalog,
};
export const editSku: Verb<EditSkuInput, EditingSkus, EditedSku> = {
  name: 'edit-sku',
  lock: lockForEdit,
  decide: edit,
  write: writeCatalog,
};
