import type { Approval } from '../../domains/approvals/rules.ts';
import * as approvals from '../../domains/approvals/service.ts';
import type { SkuRecord } from '../../domains/catalog/rules.ts';
import { type Movement, stockKey } from '../../domains/inventory/rules.ts';
import { type AdjustRowsInput, type AdjustStockInput, adjustStockInput } from '../../domains/inventory/schema.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import { lineTotalMinor, parseDecimal, toMajor } from '../../kernel/money.ts';
import type { Tx } from '../../platform/db.ts';
import { audit, emit } from '../../platform/outbox.ts';
import type { Request, Verb } from '../../platform/verb.ts';
import { type Adjusting, applyAdjustment, placesThatExist, planOf } from '../adjust-stock.ts';
import { lockWorld, type World, writeWorld } from '../world.ts';

/**
 * Many adjustments as one: of a paste, a file, or what a count found. Every row is accepted or refused with its reason; all of them or those
 * that can be are applied, as was asked. Where together they are worth more than one person may decide, all wait for one second person.
 */
export interface AdjustedRows {
  readonly status: 'applied' | 'awaiting_approval';
  readonly rows: number;
  readonly refused: readonly RefusedRow[];
  readonly approvalId: string | null;
}

export interface RefusedRow {
  /** Its place in the request, from 0. */
  readonly row: number;
  readonly reason: string;
}

interface PlannedRow {
  readonly row: number;
  readonly sku: SkuRecord;
  readonly input: AdjustStockInput;
  readonly move: Movement;
}

/** What units are worth at the SKU's price, in minor units: what a second person has to agree to. */
export function worthOfUnits(sku: SkuRecord, delta: bigint): bigint {
  return lineTotalMinor(parseDecimal(sku.price) ?? 0n, Number(delta < 0n ? -delta : delta), sku.currency);
}

async function lock(tx: Tx, requests: readonly Request<AdjustRowsInput>[]): Promise<Adjusting> {
  const policies = await approvals.lock(tx, []);
  const { places, skus } = await placesThatExist(
    tx,
    requests.flatMap(({ input }) => input.rows.map((row) => ({ ...row, merchantId: input.merchantId }))),
  );
  const needs = places.length > 0 ? { supply: true, stock: true, skus: places, createStock: places } : {};
  const world = await lockWorld(tx, { orderIds: [], ...needs }, (requests[0] as Request<AdjustRowsInput>).ctx);
  return { ...world, approvals: policies, skus };
}

function planRows(world: Adjusting, input: AdjustRowsInput): { readonly planned: PlannedRow[]; readonly refused: RefusedRow[] } {
  const planned: PlannedRow[] = [];
  const refused: RefusedRow[] = [];
  const first = new Map<string, number>();
  for (const [row, wish] of input.rows.entries()) {
    const key = stockKey(wish.skuId, wish.nodeId);
    const before = first.get(key);
    const refusal = (reason: string): number => refused.push({ row, reason });
    if (before !== undefined) {
      refusal(`Row ${before + 1} is about the same SKU at the same node: put them into one`);
      continue;
    }
    first.set(key, row);
    const sku = world.skus.get(wish.skuId);
    if (sku?.merchantId !== input.merchantId || world.inventory.stock.get(key)?.merchantId !== input.merchantId) {
      refusal('This merchant has no such stocked SKU, or no such node');
      continue;
    }
    const asked = { ...wish, merchantId: input.merchantId } as AdjustStockInput;
    try {
      planned.push({ row, sku, input: asked, move: planOf(world, asked) });
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      refusal(error.detail);
    }
  }
  return { planned, refused };
}

function decide(world: Adjusting, { input, ctx }: Request<AdjustRowsInput>): AdjustedRows {
  const { planned, refused } = planRows(world, input);
  if (refused.length > 0 && (input.mode === 'all' || planned.length === 0))
    throw new DomainError(
      'invalid_request',
      `${refused.length} of ${input.rows.length} rows cannot be applied, so nothing was. Correct them, or apply only the others.`,
      { refused },
    );
  const worth = new Map<string, bigint>();
  for (const { sku, move } of planned) worth.set(sku.currency, (worth.get(sku.currency) ?? 0n) + worthOfUnits(sku, move.onHand));
  const asks = [...worth].some(([currency, amount]) => approvals.isNeeded(world.approvals, 'adjust-stock', currency, amount));
  if (!asks) {
    for (const { input: asked, move } of planned) applyAdjustment(world, asked, move, ctx);
    return { status: 'applied', rows: planned.length, refused, approvalId: null };
  }
  const rows = planned.map(({ sku, input: asked, move }) => ({
    skuId: asked.skuId,
    nodeId: asked.nodeId,
    sku,
    reason: asked.reason,
    delta: Number(move.onHand),
    ...(asked.note ? { note: asked.note } : {}),
  }));
  const subject = { subject: 'merchant', subjectId: input.merchantId, what: input.note ?? '' };
  const approval = askForRows(world, input.merchantId, rows, subject, ctx);
  return { status: 'awaiting_approval', rows: planned.length, refused, approvalId: approval.id };
}

export interface AskedRow {
  readonly skuId: string;
  readonly nodeId: string;
  readonly sku: SkuRecord;
  readonly reason: AdjustStockInput['reason'];
  readonly delta: number;
  readonly note?: string;
}

/** Leaves rows waiting together, as differences: units that move meanwhile do not make them wrong. */
export function askForRows(
  world: World & { readonly approvals: approvals.ApprovalsState },
  merchantId: string,
  rows: readonly AskedRow[],
  about: { readonly subject: string; readonly subjectId: string; readonly what: string },
  ctx: Ctx,
): Approval {
  const currency = rows[0]?.sku.currency ?? '';
  const own = rows.filter(({ sku }) => sku.currency === currency);
  const amountMinor = own.reduce((sum, { sku, delta }) => sum + worthOfUnits(sku, BigInt(delta)), 0n);
  const shown = rows.slice(0, 3).map(({ sku, delta }) => `${sku.code} ${delta > 0 ? '+' : '−'}${Math.abs(delta)}`);
  const more = rows.length > 3 ? ` and ${rows.length - 3} more` : '';
  const approval = approvals.request(
    world.approvals,
    {
      merchantId,
      action: 'adjust-stock-rows',
      subject: about.subject,
      subjectId: about.subjectId,
      amountMinor,
      currency,
      payload: { merchantId, rows: rows.map(({ sku: _sku, ...row }) => row) },
      summary: `${about.what ? `${about.what}: ` : ''}${shown.join(', ')}${more}; ${toMajor({ amountMinor, currency })} ${currency}`,
    },
    ctx,
  );
  world.applied++;
  emit(
    world.outbox,
    {
      aggregate: 'approval',
      aggregateId: approval.id,
      aggregateVersion: 1n,
      merchantId,
      type: 'approval.requested',
      data: { action: approval.action, rows: rows.length, amountMinor, currency },
    },
    ctx,
  );
  const after = { rows: rows.length, amountMinor, currency, approvalId: approval.id };
  const entry = { action: 'stock.adjustment_requested', entity: about.subject, entityId: about.subjectId, merchantId, after };
  audit(world.outbox, entry, ctx);
  return approval;
}

/** What an approval is about, as the adjustments that it lets happen. */
export function askedAdjustments(approval: Approval): AdjustStockInput[] {
  if (approval.action === 'adjust-stock') return [adjustStockInput.parse(approval.payload)];
  if (approval.action !== 'adjust-stock-rows') return [];
  const { merchantId, rows } = approval.payload as { merchantId: string; rows: Record<string, unknown>[] };
  return rows.map((row) => adjustStockInput.parse({ ...row, merchantId }));
}

export const adjustRows: Verb<AdjustRowsInput, Adjusting, AdjustedRows> = {
  name: 'adjust-rows',
  lock,
  decide,
  async write(tx, world) {
    await approvals.write(tx, world.approvals);
    await writeWorld(tx, world);
  },
};
