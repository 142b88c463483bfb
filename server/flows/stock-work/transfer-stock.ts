import type { SkuRecord } from '../../domains/catalog/rules.ts';
import * as catalog from '../../domains/catalog/service.ts';
import * as fulfilment from '../../domains/fulfilment/service.ts';
import { availableAtNode, movement, stockKey } from '../../domains/inventory/rules.ts';
import type { LotUnits } from '../../domains/lots/rules.ts';
import * as lots from '../../domains/lots/service.ts';
import {
  demandTransfer,
  type LotLeft,
  lotsArriving,
  planArrival,
  planSend,
  type Transfer,
} from '../../domains/transfers/rules.ts';
import type {
  CancelTransferInput,
  CreateTransferInput,
  ReceiveTransferInput,
  SendTransferInput,
} from '../../domains/transfers/schema.ts';
import * as transfers from '../../domains/transfers/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { EventType } from '../../kernel/events.ts';
import { newId } from '../../kernel/ids.ts';
import type { Tx } from '../../platform/db.ts';
import { audit, emit } from '../../platform/outbox.ts';
import type { Request, Verb } from '../../platform/verb.ts';
import { lockWorld, takeNumber, type World, writeWorld } from '../world.ts';
import { moveStock } from './move-stock.ts';

/**
 * Units on their way from one node to another. They leave on hand when they are sent and come to be on hand where they arrive; between, they
 * are in transit and nobody can buy them. What was sent is always received, in transit, or lost with its reason: the line's CHECK says so.
 */
export interface ChangedTransfer {
  readonly id: string;
  readonly number: string;
  readonly status: Transfer['status'];
  readonly version: number;
}

interface Transferring extends World {
  readonly transfers: transfers.TransfersState;
  readonly skus: ReadonlyMap<string, SkuRecord>;
  readonly nodes: fulfilment.FulfilmentState['nodes'];
}

/** Locks transfers and, where their units move at one end, the stock of their SKUs. */
async function lockMoving(
  tx: Tx,
  requests: readonly Request<{ readonly transferId: string }>[],
  at: 'from' | 'to' | null,
): Promise<Transferring> {
  const { ctx } = requests[0] as Request<unknown>;
  const state = await transfers.lock(
    tx,
    requests.map(({ input }) => input.transferId),
  );
  const places = [...state.byId.values()].flatMap(({ merchantId, fromNodeId, toNodeId, lines }) =>
    lines.map(({ skuId }) => ({ skuId, merchantId, nodeId: at === 'from' ? fromNodeId : toNodeId })),
  );
  const skus = await catalog.find(
    tx,
    places.map(({ skuId }) => skuId),
  );
  const needs = at && places.length > 0 ? { supply: true, stock: true, skus: places, createStock: places } : {};
  const world = await lockWorld(tx, { orderIds: [], ...needs }, ctx);
  return { ...world, transfers: state, skus, nodes: new Map() };
}

async function lockNew(tx: Tx, requests: readonly Request<CreateTransferInput>[]): Promise<Transferring> {
  const { ctx } = requests[0] as Request<CreateTransferInput>;
  const skus = await catalog.find(
    tx,
    requests.flatMap(({ input }) => input.lines.map((line) => line.skuId)),
  );
  const places = await fulfilment.load(tx, []);
  await fulfilment.loadNodes(
    tx,
    places,
    requests.map(({ input }) => input.merchantId),
  );
  const world = await lockWorld(tx, { orderIds: [], numbers: { transfer: requests.length } }, ctx);
  return { ...world, transfers: await transfers.lock(tx, []), skus, nodes: places.nodes };
}

function create(world: Transferring, { input, ctx }: Request<CreateTransferInput>): ChangedTransfer {
  const { merchantId, fromNodeId, toNodeId, lines } = input;
  const own = (nodeId: string): boolean => world.nodes.get(merchantId)?.some((node) => node.id === nodeId) ?? false;
  if (!own(fromNodeId) || !own(toNodeId)) throw new DomainError('not_found', 'This merchant has no such node.');
  if (fromNodeId === toNodeId)
    throw new DomainError('invalid_request', 'A transfer goes to another node.', { field: 'toNodeId' });
  const wrong = lines.flatMap(({ skuId }, index) => {
    const sku = world.skus.get(skuId);
    return sku?.merchantId === merchantId && sku.stocked ? [] : [index + 1];
  });
  if (wrong.length > 0)
    throw new DomainError('unknown_sku', `This merchant has no such stocked SKU (line ${wrong.join(', ')}).`, { lines: wrong });
  if (new Set(lines.map((line) => line.skuId)).size < lines.length)
    throw new DomainError('invalid_request', 'A SKU is named twice: put its units on one line.');
  const id = newId();
  const transfer: Transfer = {
    id,
    number: takeNumber(world, 'transfer'),
    home: ctx.home,
    merchantId,
    fromNodeId,
    toNodeId,
    note: input.note ?? null,
    createdBy: ctx.actor,
    createdAt: ctx.now,
    traceId: ctx.traceId,
    status: 'requested',
    version: 1n,
    sentAt: null,
    endedAt: null,
    lines: lines.map(({ skuId, quantity }, index) => ({
      id: newId(),
      transferId: id,
      position: index + 1,
      skuId,
      requested: BigInt(quantity),
      sent: 0n,
      received: 0n,
      lost: 0n,
      extra: 0n,
      reason: null,
      lots: null,
    })),
  };
  transfers.add(world.transfers, transfer);
  return told(world, transfer, 'transfer.requested', null, null, ctx);
}

/** Units of a SKU that may leave a node: on hand, not allocated, and not promised to an order that is about to be allocated. */
function sendable(world: World, nodeId: string): (skuId: string) => bigint {
  return (skuId) => {
    const stock = world.inventory.stock.get(stockKey(skuId, nodeId));
    const supply = world.inventory.supply.get(skuId);
    if (!stock || !supply || supply.shortfall > 0n) return 0n;
    const here = availableAtNode(stock, true);
    const spare = supply.sellable - supply.promised;
    const free = spare > 0n ? spare : 0n;
    return here < free ? here : free;
  };
}

function send(world: Transferring, { input, ctx }: Request<SendTransferInput>): ChangedTransfer {
  const transfer = transferOf(world, input.transferId);
  const before = transfer.status;
  transfer.lines = planSend(transfer, input.lines, sendable(world, transfer.fromNodeId), (skuId) => nameOf(world, skuId));
  Object.assign(transfer, { status: 'sent', sentAt: ctx.now });
  transfers.changed(world.transfers, transfer);
  const cause = { reason: 'transferred', reference: transfer.id, number: transfer.number };
  for (const line of transfer.lines) {
    if (line.sent === 0n) continue;
    const place = { skuId: line.skuId, nodeId: transfer.fromNodeId };
    const leaving = lots.taking(world.lots, place, line.sent, ctx.now);
    if (leaving.length > 0)
      line.lots = leaving.map(({ code, expiresOn, units }) => ({ code, expires_on: expiresOn, units: Number(units) }));
    const named = leaving.map((lot) => ({ ...lot, units: -lot.units }));
    moveStock(world, movement('transfer_out', line.skuId, transfer.fromNodeId, { onHand: -line.sent }), cause, ctx, named);
  }
  return told(world, transfer, 'transfer.sent', before, null, ctx);
}

function receive(world: Transferring, { input, ctx }: Request<ReceiveTransferInput>): ChangedTransfer {
  const transfer = transferOf(world, input.transferId);
  const before = transfer.status;
  const had = new Map(transfer.lines.map((line) => [line.id, line.received]));
  const planned = planArrival(transfer, input.lines, { finish: input.finish ?? false, reason: input.reason ?? null });
  Object.assign(transfer, planned, { endedAt: planned.status === 'received' ? ctx.now : null });
  transfers.changed(world.transfers, transfer);
  const cause = { reason: 'received', reference: transfer.id, number: transfer.number };
  for (const line of transfer.lines) {
    const earlier = had.get(line.id) ?? 0n;
    const came = line.received - earlier;
    const tracked = lots.at(world.lots, { skuId: line.skuId, nodeId: transfer.toNodeId });
    const named = tracked ? lotsArriving(line.lots ?? [], earlier, came).map(unitsOf) : [];
    if (came > 0n) moveStock(world, movement('transfer_in', line.skuId, transfer.toNodeId, { onHand: came }), cause, ctx, named);
  }
  return told(world, transfer, 'transfer.received', before, input.reason ?? null, ctx);
}

const unitsOf = (lot: LotLeft): LotUnits => ({ code: lot.code, expiresOn: lot.expires_on, units: BigInt(lot.units) });

function cancel(world: Transferring, { input, ctx }: Request<CancelTransferInput>): ChangedTransfer {
  const transfer = transferOf(world, input.transferId);
  demandTransfer(transfer, 'cancel');
  Object.assign(transfer, { status: 'cancelled', endedAt: ctx.now });
  transfers.changed(world.transfers, transfer);
  return told(world, transfer, 'transfer.cancelled', 'requested', input.reason ?? null, ctx);
}

function transferOf(world: Transferring, id: string): Transfer {
  const transfer = world.transfers.byId.get(id);
  if (!transfer) throw new DomainError('not_found', 'There is no such transfer.');
  return transfer;
}

const nameOf = (world: Transferring, skuId: string): string => world.skus.get(skuId)?.code ?? skuId;

/** Says what happened to a transfer, writes down who did it, and answers. */
function told(
  world: Transferring,
  transfer: Transfer,
  type: EventType,
  before: Transfer['status'] | null,
  reason: string | null,
  ctx: Ctx,
): ChangedTransfer {
  world.applied++;
  const { id, number, merchantId, version, status, fromNodeId, toNodeId } = transfer;
  const lines = transfer.lines.map(({ skuId, requested, sent, received, lost, extra }) => ({
    skuId,
    requested: Number(requested),
    sent: Number(sent),
    received: Number(received),
    lost: Number(lost),
    extra: Number(extra),
  }));
  const about = { aggregate: 'transfer', aggregateId: id, aggregateVersion: version, merchantId } as const;
  emit(world.outbox, { ...about, type, data: { number, status, fromNodeId, toNodeId, lines } }, ctx);
  const entry = { action: type, entity: 'transfer', entityId: id, merchantId, after: { number, status, lines }, reason };
  audit(world.outbox, before ? { ...entry, before: { status: before } } : entry, ctx);
  return { id, number, status, version: Number(version) };
}

async function write(tx: Tx, world: Transferring): Promise<void> {
  await transfers.write(tx, world.transfers);
  await writeWorld(tx, world);
}

export const createTransfer: Verb<CreateTransferInput, Transferring, ChangedTransfer> = {
  name: 'create-transfer',
  lock: lockNew,
  decide: create,
  write,
};
export const sendTransfer: Verb<SendTransferInput, Transferring, ChangedTransfer> = {
  name: 'send-transfer',
  lock: (tx, requests) => lockMoving(tx, requests, 'from'),
  decide: send,
  write,
};
export const receiveTransfer: Verb<ReceiveTransferInput, Transferring, ChangedTransfer> = {
  name: 'receive-transfer',
  lock: (tx, requests) => lockMoving(tx, requests, 'to'),
  decide: receive,
  write,
};
export const cancelTransfer: Verb<CancelTransferInput, Transferring, ChangedTransfer> = {
  name: 'cancel-transfer',
  lock: (tx, requests) => lockMoving(tx, requests, null),
  decide: cancel,
  write,
};
