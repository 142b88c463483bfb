import * as catalog from '../domains/catalog/service.ts';
import * as edits from '../domains/edits/service.ts';
import { availableToChannel, availableToPromise, planSafety } from '../domains/inventory/promising.ts';
import { channelKey, stockKey } from '../domains/inventory/rules.ts';
import type { SetChannelInput, SetSafetyInput } from '../domains/inventory/schema.ts';
import * as inventory from '../domains/inventory/service.ts';
import * as orders from '../domains/orders/service.ts';
import * as reservations from '../domains/reservations/service.ts';
import type { Ctx } from '../kernel/context.ts';
import { DomainError } from '../kernel/errors.ts';
import type { EventType } from '../kernel/events.ts';
import type { Tx } from '../platform/db.ts';
import { audit, emit, newOutbox, type Outbox, writeOutbox } from '../platform/outbox.ts';
import { together } from '../platform/together.ts';
import type { Locked, Request, Verb } from '../platform/verb.ts';
import { placesThatExist } from './adjust-stock.ts';

/**
 * What decides how much of a SKU is for sale, beside what is there: the units that a node keeps back, and what each channel may be
 * promised. Neither takes back what was promised.
 */
export interface SafetySet {
  readonly skuId: string;
  readonly nodeId: string;
  readonly safety: number;
  readonly available: number;
}

export interface ChannelSet {
  readonly skuId: string;
  readonly channel: string;
  readonly buffer: number;
  readonly cap: number | null;
  readonly promised: number;
  readonly available: number;
}

interface Setting extends Locked {
  readonly inventory: inventory.InventoryState;
  readonly outbox: Outbox;
}

interface Ruling extends Setting {
  /** Units by `channelKey` that channels without a row wait for already. */
  readonly waiting: ReadonlyMap<string, bigint>;
}

async function lockPlaces(tx: Tx, requests: readonly Request<SetSafetyInput>[]): Promise<Setting> {
  const { ctx } = requests[0] as Request<SetSafetyInput>;
  const { places } = await placesThatExist(
    tx,
    requests.map(({ input }) => input),
  );
  const stock = places.map(({ skuId }) => skuId);
  const locked = await inventory.lock(tx, { region: ctx.home, supply: places, stock, create: places });
  return { applied: 0, inventory: locked, outbox: newOutbox() };
}

function decideSafety(world: Setting, { input, ctx }: Request<SetSafetyInput>): SafetySet {
  const { skuId, nodeId, merchantId } = input;
  const stock = world.inventory.stock.get(stockKey(skuId, nodeId));
  const supply = world.inventory.supply.get(skuId);
  if (!supply || stock?.merchantId !== merchantId)
    throw new DomainError('not_found', 'This merchant has no such stocked SKU, or no such node.');
  const before = stock.safety;
  const planned = planSafety(world.inventory, skuId, nodeId, BigInt(input.safety));
  if (planned.safety !== 0n) {
    inventory.apply(world.inventory, [planned], { reason: 'safety stock' }, ctx);
    const change = { before: { nodeId, safety: before }, after: { nodeId, safety: stock.safety } };
    tellOf(world, 'stock.safety_set', { skuId, merchantId, version: supply.version }, change, ctx);
  }
  return { skuId, nodeId, safety: Number(stock.safety), available: Number(availableToPromise(supply)) };
}

async function lockChannels(tx: Tx, requests: readonly Request<SetChannelInput>[]): Promise<Ruling> {
  const { ctx } = requests[0] as Request<SetChannelInput>;
  const skus = await catalog.find(
    tx,
    requests.map(({ input }) => input.skuId),
  );
  const supply = requests.flatMap(({ input: { skuId, merchantId } }) => {
    const sku = skus.get(skuId);
    return sku?.stocked && sku.merchantId === merchantId ? [{ skuId, merchantId }] : [];
  });
  const locked = await inventory.lock(tx, { region: ctx.home, supply, stock: [] });
  // Read after the lock that every promise takes: what is counted here is what the row has to begin with.
  const skuIds = supply.map(({ skuId }) => skuId);
  const waiting = new Map<string, bigint>();
  for (const { skuId, channel, units } of [
    ...(await orders.readWaiting(tx, skuIds)),
    ...(await reservations.readHeld(tx, skuIds)),
    ...(await edits.readHeld(tx, skuIds)),
  ]) {
    const key = channelKey(skuId, channel);
    waiting.set(key, (waiting.get(key) ?? 0n) + units);
  }
  return { applied: 0, inventory: locked, outbox: newOutbox(), waiting };
}

function decideChannel(world: Ruling, { input, ctx }: Request<SetChannelInput>): ChannelSet {
  const { skuId, merchantId, channel } = input;
  const supply = world.inventory.supply.get(skuId);
  if (supply?.merchantId !== merchantId) throw new DomainError('not_found', 'This merchant has no such stocked SKU.');
  const rule = { buffer: BigInt(input.buffer), cap: input.cap === null ? null : BigInt(input.cap) };
  const known = world.inventory.channels.get(channelKey(skuId, channel));
  const before = { channel, buffer: known?.buffer ?? 0n, cap: known?.cap ?? null };
  if (before.buffer !== rule.buffer || before.cap !== rule.cap) {
    const waiting = world.waiting.get(channelKey(skuId, channel)) ?? 0n;
    inventory.setRule(world.inventory, { skuId, channel }, rule, waiting, ctx);
    const about = { skuId, merchantId, version: supply.version };
    tellOf(world, 'stock.channel_set', about, { before, after: { channel, ...rule } }, ctx);
  }
  const row = world.inventory.channels.get(channelKey(skuId, channel));
  return {
    skuId,
    channel,
    buffer: input.buffer,
    cap: input.cap,
    promised: Number(row?.promised ?? world.waiting.get(channelKey(skuId, channel)) ?? 0n),
    available: Number(availableToChannel(availableToPromise(supply), row)),
  };
}

/** Says that a rule of a SKU's supply was set, and writes down who did it. */
export function tellOf(
  world: Locked & { readonly outbox: Outbox },
  type: EventType,
  { skuId, merchantId, version }: { readonly skuId: string; readonly merchantId: string; readonly version: bigint },
  change: { readonly before: Record<string, unknown>; readonly after: Record<string, unknown> },
  ctx: Ctx,
): void {
  world.applied++;
  const about = { aggregate: 'sku', aggregateId: skuId, aggregateVersion: version, merchantId } as const;
  emit(world.outbox, { ...about, type, data: change.after }, ctx);
  audit(world.outbox, { action: type, entity: 'sku', entityId: skuId, merchantId, ...change }, ctx);
}

async function write(tx: Tx, world: Setting): Promise<void> {
  await together(inventory.write(tx, world.inventory), writeOutbox(tx, world.outbox));
}

export const setSafety: Verb<SetSafetyInput, Setting, SafetySet> = {
  name: 'set-safety',
  lock: lockPlaces,
  decide: decideSafety,
  write,
};

export const setChannel: Verb<SetChannelInput, Ruling, ChannelSet> = {
  name: 'set-channel',
  lock: lockChannels,
  decide: decideChannel,
  write,
};
