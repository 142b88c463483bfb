import type { SkuRecord } from '../../domains/catalog/rules.ts';
import * as catalog from '../../domains/catalog/service.ts';
import * as fulfilment from '../../domains/fulfilment/service.ts';
import type { ReorderRule } from '../../domains/replenishment/rules.ts';
import type { SetReorderPointsInput } from '../../domains/replenishment/schema.ts';
import * as replenishment from '../../domains/replenishment/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Tx } from '../../platform/db.ts';
import { audit, emit, job, newOutbox, type Outbox, writeOutbox } from '../../platform/outbox.ts';
import type { Locked, Request, Verb } from '../../platform/verb.ts';

/**
 * When goods are ordered again: below which number of units, at one node or over all, and how many at a time. All rows of a request are set, or
 * none. Whether an alert follows is seen at once by the sweep, which alone opens and closes them.
 */
export interface ReorderPointsSet {
  readonly changed: number;
}

interface Setting extends Locked {
  readonly replenishment: replenishment.ReplenishmentState;
  readonly skus: ReadonlyMap<string, SkuRecord>;
  readonly nodes: fulfilment.FulfilmentState['nodes'];
  readonly outbox: Outbox;
}

async function lock(tx: Tx, requests: readonly Request<SetReorderPointsInput>[]): Promise<Setting> {
  const { ctx } = requests[0] as Request<SetReorderPointsInput>;
  const wanted = requests.flatMap(({ input }) => input.rows.map((row) => ({ ...row, merchantId: input.merchantId })));
  const skus = await catalog.find(
    tx,
    wanted.map(({ skuId }) => skuId),
  );
  const places = await fulfilment.load(tx, []);
  await fulfilment.loadNodes(
    tx,
    places,
    requests.map(({ input }) => input.merchantId),
  );
  const known = wanted.filter((row) => isPlace(row, skus, places.nodes));
  const state = await replenishment.lock(
    tx,
    known.map(({ skuId, nodeId, merchantId }) => ({ skuId, nodeId, merchantId })),
    ctx.home,
  );
  return { applied: 0, replenishment: state, skus, nodes: places.nodes, outbox: newOutbox() };
}

function isPlace(row: replenishment.ReorderPlace, skus: Setting['skus'], nodes: Setting['nodes']): boolean {
  const sku = skus.get(row.skuId);
  const isOurs = row.nodeId === null || (nodes.get(row.merchantId)?.some((node) => node.id === row.nodeId) ?? false);
  return sku?.merchantId === row.merchantId && sku.stocked && isOurs;
}

function decide(world: Setting, { input, ctx }: Request<SetReorderPointsInput>): ReorderPointsSet {
  const { merchantId, rows } = input;
  const wrong = rows.flatMap((row, index) => (isPlace({ ...row, merchantId }, world.skus, world.nodes) ? [] : [index + 1]));
  if (wrong.length > 0)
    throw new DomainError('not_found', `This merchant has no such stocked SKU, or no such node (row ${wrong.join(', ')}).`, {
      rows: wrong,
    });
  let changed = 0;
  for (const { skuId, nodeId, rule } of rows) {
    const wish = rule && { point: BigInt(rule.point), quantity: BigInt(rule.quantity) };
    if (setReorderPoint(world, { skuId, nodeId, merchantId }, wish, ctx)) changed += 1;
  }
  return { changed };
}

/** Sets one rule on locked rows and tells of it; false where it says that already. */
export function setReorderPoint(
  world: Locked & { readonly replenishment: replenishment.ReplenishmentState; readonly outbox: Outbox },
  place: replenishment.ReorderPlace,
  rule: ReorderRule | null,
  ctx: Ctx,
): boolean {
  const set = replenishment.setRule(world.replenishment, place, rule);
  if (set === null) return false;
  world.applied++;
  const { skuId, nodeId, merchantId } = place;
  const facts = (said: ReorderRule | null) => ({ nodeId, point: numberOf(said?.point), quantity: numberOf(said?.quantity) });
  const about = { aggregate: 'sku', aggregateId: skuId, aggregateVersion: set.row.version, merchantId } as const;
  const type = 'stock.reorder_point_set';
  emit(world.outbox, { ...about, type, data: facts(rule) }, ctx);
  const entry = { action: type, entity: 'sku', entityId: skuId, merchantId };
  audit(world.outbox, { ...entry, before: facts(set.before), after: facts(rule) }, ctx);
  if (!world.outbox.jobs.some(({ task }) => task === 'sweep-low-stock'))
    job(world.outbox, { task: 'sweep-low-stock', payload: {}, jobKey: 'sweep-low-stock' });
  return true;
}

const numberOf = (units: bigint | undefined): number | null => (units === undefined ? null : Number(units));

export const setReorderPoints: Verb<SetReorderPointsInput, Setting, ReorderPointsSet> = {
  name: 'set-reorder-points',
  lock,
  decide,
  async write(tx, world) {
    await replenishment.write(tx, world.replenishment);
    await writeOutbox(tx, world.outbox);
  },
};
