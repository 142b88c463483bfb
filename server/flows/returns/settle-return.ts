import * as approvals from '../../domains/approvals/service.ts';
import * as catalog from '../../domains/catalog/service.ts';
import * as orders from '../../domains/orders/service.ts';
import type { Terms } from '../../domains/policies/rules.ts';
import { onItsWayMinor } from '../../domains/refunds/rules.ts';
import * as refunds from '../../domains/refunds/service.ts';
import { moneyOf } from '../../domains/returns/money.ts';
import { after, type Return, resolve } from '../../domains/returns/rules.ts';
import type { ReturnResolution, SettleReturnInput } from '../../domains/returns/schema.ts';
import * as returns from '../../domains/returns/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import { UNDO_WINDOW_MS } from '../../kernel/undo.ts';
import { joinRanges, type UnitRange, unitsIn } from '../../kernel/units.ts';
import type { Tx } from '../../platform/db.ts';
import type { Request, Verb } from '../../platform/verb.ts';
import { openSales } from '../backorders/sell-beyond-stock.ts';
import { checkFingerprint, fingerprintOf } from '../fingerprint.ts';
import { termsOfOrders } from '../policies/cancel-ask.ts';
import { needsSecondPerson } from '../policies/second-person.ts';
import { askSecondPerson, tellAsked } from '../refund-approval.ts';
import { legsFor, startRefund } from '../start-refund.ts';
import { lockWorld, settleOrder, type World, writeWorld } from '../world.ts';
import { wakeAdvance } from './advance-intent.ts';
import { type Exchange, paidParts, planExchange, planExchanged, sendInstead } from './exchange.ts';
import { answer, type ChangedReturn, returnIn, sayOf } from './return-world.ts';

/**
 * Gives back what an inspected return is worth: money by the refund's own saga, store credit, or other goods and the difference. The amount
 * shown is the amount sent, and never more than is left of what was taken, whatever was refunded or cancelled meanwhile. Two agents who
 * settle one return: the second one's plan has changed, and nothing happens twice.
 */
export interface SettlePreview {
  readonly fingerprint: string;
  readonly returnId: string;
  readonly resolution: ReturnResolution;
  readonly currency: string;
  readonly dueMinor: number;
  readonly exchangedMinor: number;
  /** What the customer pays of a replacement that went ahead, because less came back than it costs. */
  readonly chargeMinor: number;
  readonly feeMinor: number;
  readonly labelFeeMinor: number;
  readonly refundMinor: number;
  /** Set where less goes back than is due, because less is left of what was taken. */
  readonly shortMinor: number;
  readonly legs: readonly { readonly paymentId: string; readonly amountMinor: number }[];
  readonly units: readonly UnitRange[];
  readonly exchange: readonly {
    readonly lineId: string;
    readonly sku: string;
    readonly name: string;
    readonly quantity: number;
  }[];
  /** Announced units that never came: the customer keeps them, and what they cost. */
  readonly missing: number;
  readonly needsApproval: boolean;
}

export interface SettledReturn extends ChangedReturn {
  readonly resolution: ReturnResolution;
  readonly refundId: string | null;
  readonly refundMinor: number;
  readonly currency: string;
  readonly approvalId: string | null;
  /** ISO time until which no money is sent and it can be undone. */
  readonly undoUntil: string | null;
}

export interface Settling extends World {
  readonly approvals: approvals.ApprovalsState;
  readonly catalog: catalog.CatalogState;
  readonly terms: Terms;
}

/** Everything that settling these returns may need; an exchange brings the goods that are sent instead. A preview takes no number. */
export async function lockSettling(
  tx: Tx,
  inputs: readonly SettleReturnInput[],
  ctx: Ctx,
  refund = inputs.length,
): Promise<Settling> {
  const found = await returns.findReturns(
    tx,
    inputs.map((input) => input.returnId),
  );
  const wanted = inputs.flatMap(({ returnId, exchange = [] }) => {
    const one = found.get(returnId);
    return one ? exchange.map(({ sku }) => ({ merchantId: one.merchantId, code: sku })) : [];
  });
  const goods = await catalog.load(
    tx,
    wanted.map(({ merchantId }) => merchantId),
    wanted,
  );
  const policies = await approvals.lock(tx, []);
  const orderIds = [...new Set([...found.values()].map((one) => one.orderId))];
  const skus = [...goods.skus.values()].map((sku) => ({ skuId: sku.id, merchantId: sku.merchantId }));
  const world = await lockWorld(
    tx,
    {
      ...{ orderIds, returnsOf: new Set(orderIds), numbers: { refund } },
      ...(skus.length > 0 ? { supply: true, skus, goodsOf: new Set<string>() } : {}),
    },
    ctx,
  );
  if (skus.length > 0) await openSales(tx, world, ctx);
  return { ...world, approvals: policies, catalog: goods, terms: await termsOfOrders(tx, world, ctx.now) };
}

interface Plan {
  readonly preview: SettlePreview;
  readonly exchange: Exchange;
}

/** What settling would do. The server plans again under the lock; the fingerprint says whether it is still the same. */
function planSettle(world: Settling, order: orders.Order, one: Return, input: SettleReturnInput): Plan {
  after(one, 'settle');
  const lines = returns.linesOf(world.returns, one);
  const wish = input.exchange && input.exchange.length > 0 ? 'exchange' : input.resolution;
  const decided = resolve(one.terms, one.wants, wish);
  const exchange = planExchange(order, one, lines, input.exchange ?? [], world.catalog);
  if (wish === 'exchange' && exchange.units.size === 0)
    throw new DomainError('invalid_request', 'Say which goods are sent in exchange, or settle it another way.', {
      field: 'exchange',
    });
  // Somebody who wished for an exchange, and for whom nothing is sent, gets what the policy says instead.
  const by = decided === 'exchange' && exchange.units.size === 0 ? resolve(one.terms, 'refund') : decided;
  const { capturedMinor, refundedMinor, currency, customerId } = order.row;
  const left = capturedMinor - refundedMinor - onItsWayMinor(refunds.ofOrder(world.refunds, order.row.id));
  const money = moneyOf(one, new Map(order.lines.map((line) => [line.id, line])), lines, exchange, left);
  if (by === 'store_credit' && customerId === null)
    throw new DomainError('state_refuses', 'This order has no customer who could have store credit.');
  const { refundMinor } = money;
  const due = money.dueMinor - money.exchangedMinor - money.feeMinor - money.labelFeeMinor;
  const parts = refundMinor > 0n ? paidParts(lines, exchange.units, exchange.ahead) : [];
  const plan = {
    returnId: one.id,
    resolution: by === 'exchange' || refundMinor > 0n ? by : ('nothing' as const),
    currency,
    dueMinor: Number(money.dueMinor),
    exchangedMinor: Number(money.exchangedMinor),
    chargeMinor: Number(money.chargeMinor),
    feeMinor: Number(money.feeMinor),
    labelFeeMinor: Number(money.labelFeeMinor),
    refundMinor: Number(refundMinor),
    shortMinor: Number(due - refundMinor),
    legs:
      refundMinor > 0n
        ? legsFor(world, order, refundMinor).map(({ paymentId, amountMinor }) => ({
            paymentId,
            amountMinor: Number(amountMinor),
          }))
        : [],
    units: joinRanges(parts.map(({ lineId, from, to }) => ({ lineId, from, to }))),
    exchange: exchange.goods.map(({ lineId, good, quantity }) => ({ lineId, sku: good.sku.code, name: good.name, quantity })),
    missing: unitsIn(lines.filter((line) => line.status === 'announced')),
    needsApproval: refundMinor > 0n && needsSecondPerson(world, order, { kind: 'return', amountMinor: refundMinor }, world),
  };
  planExchanged(world, order, exchange);
  return { preview: { ...plan, fingerprint: fingerprintOf(plan) }, exchange };
}

export function previewSettle(world: Settling, input: SettleReturnInput): SettlePreview {
  const { one, order } = returnIn(world, input.returnId);
  return planSettle(world, order, one, input).preview;
}

/** A plan that cannot be made any more is a changed plan to somebody who was shown one. */
function planShown(world: Settling, order: orders.Order, one: Return, input: SettleReturnInput): Plan {
  try {
    const plan = planSettle(world, order, one, input);
    checkFingerprint(input.fingerprint, plan.preview);
    return plan;
  } catch (error) {
    if (!input.fingerprint || !(error instanceof DomainError) || error.code === 'plan_changed') throw error;
    const who = one.settledBy === null ? {} : { settledBy: one.settledBy };
    throw new DomainError('plan_changed', error.detail, { was: error.code, status: one.status, ...who, ...error.data });
  }
}

function decide(world: Settling, { input, ctx }: Request<SettleReturnInput>): SettledReturn {
  const { one, order } = returnIn(world, input.returnId);
  const { preview, exchange } = planShown(world, order, one, input);
  const before = one.status;
  const promises = planExchanged(world, order, exchange);
  // Whoever reads the history finds the goods first, and the money after them.
  sendInstead(world, order, one, exchange, promises, ctx);
  keep(world, order, one, preview, ctx);
  settleOrder(world, order, promises ? 'reship' : null, ctx);
  const money = preview.refundMinor > 0 ? giveBack(world, order, one, preview, input, ctx) : null;
  wakeAdvance(world, one, ctx);
  const { resolution, refundMinor, chargeMinor, feeMinor, labelFeeMinor, exchangedMinor, exchange: goods, missing } = preview;
  const data = {
    resolution,
    refundMinor,
    ...(chargeMinor > 0 ? { chargeMinor } : {}),
    feeMinor,
    labelFeeMinor,
    exchangedMinor,
    missing,
    refundId: one.refundId,
  };
  const said = { type: 'return.settled', data: { ...data, exchange: goods }, before, reason: input.note } as const;
  sayOf(world, order, one, said, ctx);
  return {
    ...answer(one),
    resolution,
    refundId: one.refundId,
    refundMinor,
    currency: one.currency,
    approvalId: money?.approvalId ?? null,
    undoUntil: money?.undoUntil?.toISOString() ?? null,
  };
}

/** What was announced and never came is the customer's to keep; the rest is settled. */
function keep(world: World, order: orders.Order, one: Return, preview: SettlePreview, ctx: Ctx): void {
  const lines = returns.linesOf(world.returns, one);
  const missing = lines.filter((line) => line.status === 'announced');
  if (missing.length > 0) {
    orders.change(order, missing, () => ({ returnId: null }));
    returns.changeLines(
      world.returns,
      one,
      lines.map((line) => (line.status === 'announced' ? { ...line, status: 'missing' } : line)),
    );
  }
  one.status = preview.refundMinor > 0 ? 'settling' : after(one, 'settle');
  Object.assign(one, {
    resolution: preview.resolution,
    dueMinor: BigInt(preview.dueMinor),
    feeMinor: BigInt(preview.feeMinor),
    labelFeeMinor: BigInt(preview.labelFeeMinor),
    exchangedMinor: BigInt(preview.exchangedMinor),
    chargeMinor: BigInt(preview.chargeMinor),
    refundMinor: BigInt(preview.refundMinor),
    settledBy: ctx.actor,
    settledAt: ctx.now,
  });
  returns.changed(world.returns, one);
}

/** Records the refund and has its saga send it, or leaves it for a second person. */
function giveBack(
  world: Settling,
  order: orders.Order,
  one: Return,
  preview: SettlePreview,
  input: SettleReturnInput,
  ctx: Ctx,
): { readonly approvalId: string | null; readonly undoUntil: Date | null } {
  const amountMinor = BigInt(preview.refundMinor);
  const reason = 'returned';
  const approval = preview.needsApproval ? askSecondPerson(world, order, amountMinor, reason, ctx) : null;
  const undoUntil = input.undoable && !approval ? new Date(ctx.now.getTime() + UNDO_WINDOW_MS) : null;
  one.refundId = startRefund(
    world,
    order,
    {
      kind: 'return',
      amountMinor,
      reason,
      note: input.note ? `${one.number}: ${input.note}` : one.number,
      ranges: preview.units,
      destination: preview.resolution === 'store_credit' ? 'store_credit' : null,
      ...(approval ? { approvalId: approval.id } : {}),
      ...(undoUntil ? { undoUntil } : {}),
    },
    ctx,
  );
  if (approval)
    tellAsked(world, approval, { orderId: order.row.id, refundId: one.refundId, amountMinor, currency: one.currency }, ctx);
  return { approvalId: approval?.id ?? null, undoUntil };
}

export const settleReturn: Verb<SettleReturnInput, Settling, SettledReturn> = {
  name: 'settle-return',
  lock: (tx, requests) =>
    lockSettling(
      tx,
      requests.map((request) => request.input),
      (requests[0] as Request<SettleReturnInput>).ctx,
    ),
  decide,
  async write(tx, world) {
    await approvals.write(tx, world.approvals);
    await writeWorld(tx, world);
  },
};
