import * as approvals from '../../domains/approvals/service.ts';
import type { SkuRecord } from '../../domains/catalog/rules.ts';
import * as catalog from '../../domains/catalog/service.ts';
import {
  type Count,
  type CountLine,
  demandCounting,
  uncounted,
  varianceOf,
  waits,
  writeFigure,
} from '../../domains/counts/rules.ts';
import {
  type CreateCountInput,
  type EndCountInput,
  MAX_COUNT_LINES,
  type RecordCountInput,
} from '../../domains/counts/schema.ts';
import * as counts from '../../domains/counts/service.ts';
import * as fulfilment from '../../domains/fulfilment/service.ts';
import { planAdjustment, stockKey } from '../../domains/inventory/rules.ts';
import * as purchasing from '../../domains/purchasing/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { EventType } from '../../kernel/events.ts';
import { newId } from '../../kernel/ids.ts';
import type { Tx } from '../../platform/db.ts';
import { audit, emit } from '../../platform/outbox.ts';
import type { Request, Verb } from '../../platform/verb.ts';
import { lockWorld, takeNumber, type World, writeWorld } from '../world.ts';
import { askForRows, worthOfUnits } from './adjust-rows.ts';
import { moveStock } from './move-stock.ts';

/**
 * Shelves that are counted. A figure is compared with the record of the moment it is written down: where units came or went since somebody
 * began to count the line, it is void and counted again. Differences are applied as differences when the count is finished, so what moved
 * after the counting does not matter; those above the policy wait together for one second person.
 */
export interface ChangedCount {
  readonly id: string;
  readonly number: string;
  readonly status: Count['status'];
  readonly version: number;
  readonly lines: number;
}

export interface RecordedCount extends ChangedCount {
  /** Lines whose units moved while they were counted: look at them again. */
  readonly again: readonly string[];
}

export interface EndedCount extends ChangedCount {
  readonly applied: number;
  readonly waiting: number;
  readonly approvalId: string | null;
}

export interface Counting extends World {
  readonly counts: counts.CountsState;
  readonly skus: ReadonlyMap<string, SkuRecord>;
  readonly nodes: fulfilment.FulfilmentState['nodes'];
  readonly policies: Awaited<ReturnType<typeof purchasing.policies>>;
  readonly approvals: approvals.ApprovalsState;
  readonly chosen: ReadonlyMap<Request<CreateCountInput>, Awaited<ReturnType<typeof counts.choose>>>;
  readonly ids: ReadonlyMap<Request<CreateCountInput>, string>;
  readonly moved: ReadonlySet<string>;
}

const NOTHING = { nodes: new Map(), policies: new Map(), chosen: new Map(), ids: new Map(), moved: new Set<string>() } as const;
const ctxOf = (requests: readonly Request<unknown>[]): Ctx => (requests[0] as Request<unknown>).ctx;

export async function lockNew(tx: Tx, requests: readonly Request<CreateCountInput>[]): Promise<Counting> {
  const places = await fulfilment.load(tx, []);
  await fulfilment.loadNodes(
    tx,
    places,
    requests.map(({ input }) => input.merchantId),
  );
  const ids = new Map(requests.map((request) => [request, newId()]));
  const chosen = new Map<Request<CreateCountInput>, Awaited<ReturnType<typeof counts.choose>>>();
  for (const request of requests) {
    const { merchantId, nodeId, choice } = request.input;
    const wanted = { merchantId, nodeId, choice, seed: ids.get(request) as string, most: MAX_COUNT_LINES };
    chosen.set(request, await counts.choose(tx, wanted));
  }
  const policies = await approvals.lock(tx, []);
  const world = await lockWorld(tx, { orderIds: [], numbers: { stock_count: requests.length } }, ctxOf(requests));
  const state = await counts.lock(tx, []);
  return { ...world, ...NOTHING, counts: state, skus: new Map(), approvals: policies, nodes: places.nodes, chosen, ids };
}

/** Locks sheets and the stock of the lines that are written on, or, to finish, of all that differ. */
export async function lockSheets(
  tx: Tx,
  requests: readonly Request<{ readonly countId: string }>[],
  wanted: (line: CountLine) => boolean,
  seen: ReadonlyMap<string, number>,
): Promise<Counting> {
  const policies = await approvals.lock(tx, []);
  const state = await counts.lock(
    tx,
    requests.map(({ input }) => input.countId),
  );
  const sheets = [...state.byId.values()];
  const places = sheets.flatMap(({ merchantId, nodeId, lines }) =>
    lines.flatMap((line) => (wanted(line) ? [{ skuId: line.skuId, nodeId, merchantId }] : [])),
  );
  const skus = await catalog.find(
    tx,
    places.map(({ skuId }) => skuId),
  );
  const own = await purchasing.policies(
    tx,
    sheets.map(({ merchantId }) => merchantId),
  );
  const needs = places.length > 0 ? { supply: true, stock: true, skus: places, createStock: places } : {};
  const world = await lockWorld(tx, { orderIds: [], ...needs }, ctxOf(requests));
  const looked = sheets.flatMap(({ nodeId, createdAt, lines }) =>
    lines.flatMap(({ id, skuId }) => {
      const version = seen.get(id);
      return version === undefined ? [] : [{ skuId, nodeId, version: BigInt(version), since: createdAt }];
    }),
  );
  const moved = await counts.movedSince(tx, looked);
  return { ...world, ...NOTHING, counts: state, skus, approvals: policies, policies: own, moved };
}

export function create(world: Counting, request: Request<CreateCountInput>): ChangedCount {
  const { input, ctx } = request;
  const { merchantId, nodeId, blind, choice } = input;
  if (!world.nodes.get(merchantId)?.some((node) => node.id === nodeId))
    throw new DomainError('not_found', 'This merchant has no such node.');
  const goods = world.chosen.get(request) ?? [];
  if (goods.length === 0)
    throw new DomainError('invalid_request', 'There is nothing of that at this node. Choose other bins or SKUs.', {
      field: 'choice',
    });
  if (goods.length > MAX_COUNT_LINES)
    throw new DomainError('invalid_request', `A count has at most ${MAX_COUNT_LINES} lines. Count bin by bin.`, {
      field: 'choice',
    });
  const id = world.ids.get(request) as string;
  const count: Count = {
    id,
    number: takeNumber(world, 'stock_count'),
    home: ctx.home,
    merchantId,
    nodeId,
    blind,
    chosen: choice.by,
    note: input.note ?? null,
    createdBy: ctx.actor,
    createdAt: ctx.now,
    traceId: ctx.traceId,
    status: 'counting',
    approvalId: null,
    version: 1n,
    endedAt: null,
    lines: goods.map(({ skuId, bin }, index) => ({
      id: newId(),
      countId: id,
      position: index + 1,
      skuId,
      bin,
      status: 'open',
      expected: null,
      nodeVersion: null,
      counted: null,
      rounds: 0,
      countedBy: null,
      countedAt: null,
    })),
  };
  counts.add(world.counts, count);
  tellCount(world, count, 'stock_count.created', { nodeId, blind, chosen: choice.by, lines: goods.length }, null, ctx);
  return answer(count);
}

export function record(world: Counting, { input, ctx }: Pick<Request<RecordCountInput>, 'input' | 'ctx'>): RecordedCount {
  const count = countOf(world, input.countId);
  demandCounting(count);
  const byId = new Map(count.lines.map((line) => [line.id, line]));
  const unknown = input.lines.find(({ lineId }) => !byId.has(lineId));
  if (unknown) throw new DomainError('not_found', `${count.number} has no such line.`, { lineId: unknown.lineId });
  if (new Set(input.lines.map(({ lineId }) => lineId)).size < input.lines.length)
    throw new DomainError('invalid_request', 'A line is named twice.');
  const written = input.lines.map(({ lineId, counted, seenVersion }) => {
    const line = byId.get(lineId) as CountLine;
    const stock = world.inventory.stock.get(stockKey(line.skuId, count.nodeId));
    if (!stock) throw new Error(`Stock of ${line.skuId} is not locked`);
    const moved = seenVersion !== undefined && world.moved.has(stockKey(line.skuId, count.nodeId));
    writeFigure(line, BigInt(counted), { onHand: stock.onHand, version: stock.version, moved }, ctx.actor, ctx.now);
    return line;
  });
  counts.changed(world.counts, count, written);
  const again = written.filter((line) => line.status === 'moved').map((line) => line.id);
  const figures = written.map(({ skuId, expected, counted, rounds }) => ({
    skuId,
    expected: expected === null ? null : Number(expected),
    counted: counted === null ? null : Number(counted),
    rounds,
  }));
  tellCount(world, count, 'stock_count.recorded', { lines: written.length, again: again.length }, { after: { figures } }, ctx);
  return { ...answer(count), again };
}

function end(world: Counting, { input, ctx }: Request<EndCountInput>): EndedCount {
  const count = countOf(world, input.countId);
  demandCounting(count);
  const left = uncounted(count.lines);
  if (input.outcome === 'finish' && left.length === count.lines.length)
    throw new DomainError('state_refuses', `${count.number}: nothing was counted. Cancel it instead.`);
  if (input.outcome === 'finish' && left.length > 0 && !input.leaveUncounted)
    throw new DomainError(
      'state_refuses',
      `${count.number}: ${left.length} lines are not counted, or were counted while units moved.`,
      {
        uncounted: left.length,
      },
    );
  const found = input.outcome === 'finish' ? settle(world, count, ctx) : { applied: 0, waiting: 0 };
  for (const line of left) line.status = 'left';
  count.status = input.outcome === 'finish' ? 'finished' : 'cancelled';
  count.endedAt = ctx.now;
  counts.changed(world.counts, count, count.lines);
  const type = input.outcome === 'finish' ? 'stock_count.finished' : 'stock_count.cancelled';
  const reason = input.reason ?? null;
  tellCount(world, count, type, { ...found, approvalId: count.approvalId }, { before: { status: 'counting' }, reason }, ctx);
  return { ...answer(count), ...found, approvalId: count.approvalId };
}

/** Applies what a count found, and asks for what one person may not decide. */
function settle(world: Counting, count: Count, ctx: Ctx): { readonly applied: number; readonly waiting: number } {
  const policy = world.policies.get(count.merchantId);
  const differing = count.lines.filter((line) => line.status === 'counted');
  // Planned first: what cannot be taken away any more refuses the whole, before anything is applied.
  const planned = differing.map((line) => {
    const variance = varianceOf(line);
    const sku = world.skus.get(line.skuId) as SkuRecord;
    const worth = worthOfUnits(sku, variance);
    const asks = waits(
      variance,
      policy?.countLimitUnits ?? null,
      approvals.isNeeded(world.approvals, 'adjust-stock', sku.currency, worth),
    );
    return { line, sku, variance, asks, move: planAdjustment(world.inventory, 'count', line.skuId, count.nodeId, variance) };
  });
  const cause = { reason: 'counted', reference: count.id, number: count.number };
  for (const { line, move, asks } of planned) {
    line.status = asks ? 'waiting' : 'applied';
    if (!asks) moveStock(world, move, cause, ctx);
  }
  const asking = planned.filter((each) => each.asks);
  if (asking.length > 0) {
    const rows = asking.map(({ line, sku, variance }) => ({
      skuId: line.skuId,
      nodeId: count.nodeId,
      sku,
      reason: 'counted' as const,
      delta: Number(variance),
      note: count.number,
    }));
    const subject = { subject: 'stock_count', subjectId: count.id, what: count.number };
    count.approvalId = askForRows(world, count.merchantId, rows, subject, ctx).id;
  }
  return { applied: planned.length - asking.length, waiting: asking.length };
}

export function countOf(world: Counting, id: string): Count {
  const count = world.counts.byId.get(id);
  if (!count) throw new DomainError('not_found', 'There is no such count.');
  return count;
}

const answer = ({ id, number, status, version, lines }: Count): ChangedCount => ({
  id,
  number,
  status,
  version: Number(version),
  lines: lines.length,
});

function tellCount(
  world: Counting,
  count: Count,
  type: EventType,
  data: Record<string, unknown>,
  change: {
    readonly before?: Record<string, unknown>;
    readonly after?: Record<string, unknown>;
    readonly reason?: string | null;
  } | null,
  ctx: Ctx,
): void {
  world.applied++;
  const { id, number, merchantId, version, status, nodeId } = count;
  const about = { aggregate: 'stock_count', aggregateId: id, aggregateVersion: version, merchantId } as const;
  emit(world.outbox, { ...about, type, data: { number, status, nodeId, ...data } }, ctx);
  const after = { number, status, ...data, ...change?.after };
  audit(world.outbox, { action: type, entity: 'stock_count', entityId: id, merchantId, ...change, after }, ctx);
}

export async function writeCounting(tx: Tx, world: Counting): Promise<void> {
  await approvals.write(tx, world.approvals);
  await counts.write(tx, world.counts);
  await writeWorld(tx, world);
}

export const createCount: Verb<CreateCountInput, Counting, ChangedCount> = {
  name: 'create-count',
  lock: lockNew,
  decide: create,
  write: writeCounting,
};
export const recordCount: Verb<RecordCountInput, Counting, RecordedCount> = {
  name: 'record-count',
  lock(tx, requests) {
    const named = new Set(requests.flatMap(({ input }) => input.lines.map((line) => line.lineId)));
    const seen = new Map(
      requests.flatMap(({ input }) =>
        input.lines.flatMap((line) => (line.seenVersion === undefined ? [] : [[line.lineId, line.seenVersion] as const])),
      ),
    );
    return lockSheets(tx, requests, (line) => named.has(line.id), seen);
  },
  decide: record,
  write: writeCounting,
};
export const endCount: Verb<EndCountInput, Counting, EndedCount> = {
  name: 'end-count',
  lock: (tx, requests) => lockSheets(tx, requests, (line) => line.status === 'counted', new Map()),
  decide: end,
  write: writeCounting,
};
