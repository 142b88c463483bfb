import * as approvals from '../domains/approvals/service.ts';
import { demandNotSentAgain } from '../domains/orders/replacements.ts';
import { isRefundable, mayRefund, selectUnits } from '../domains/orders/rules.ts';
import * as orders from '../domains/orders/service.ts';
import { disputedAwayMinor } from '../domains/payments/rules.ts';
import * as payments from '../domains/payments/service.ts';
import { type Terms, termsOf } from '../domains/policies/rules.ts';
import { onItsWayMinor } from '../domains/refunds/rules.ts';
import type { RefundOrderInput } from '../domains/refunds/schema.ts';
import * as refunds from '../domains/refunds/service.ts';
import { DomainError } from '../kernel/errors.ts';
import { toMajor } from '../kernel/money.ts';
import { UNDO_WINDOW_MS } from '../kernel/undo.ts';
import type { UnitRange } from '../kernel/units.ts';
import { worthOf } from '../kernel/units.ts';
import type { Tx } from '../platform/db.ts';
import { audit } from '../platform/outbox.ts';
import type { Request, Verb } from '../platform/verb.ts';
import { checkFingerprint, fingerprintOf } from './fingerprint.ts';
import { demandSteps } from './money-steps.ts';
import { termsOfOrders } from './policies/cancel-ask.ts';
import { needsSecondPerson, type SecondPersonRules } from './policies/second-person.ts';
import { askSecondPerson, tellAsked } from './refund-approval.ts';
import { legsFor, startRefund } from './start-refund.ts';
import { standsNow } from './what-changed.ts';
import { lockWorld, orderOf, type World, writeWorld } from './world.ts';

/**
 * Gives money back: units at their frozen price, an amount, or goodwill. The amount shown is the amount sent; a large one waits for a
 * second person. Two agents who refund the same unit: the second one's plan has changed, and nothing happens twice.
 */
export interface RefundPreview {
  readonly fingerprint: string;
  readonly kind: RefundOrderInput['kind'];
  readonly currency: string;
  readonly amountMinor: number;
  readonly netMinor: number;
  readonly discountMinor: number;
  readonly taxMinor: number;
  readonly units: readonly UnitRange[];
  readonly legs: readonly { readonly paymentId: string; readonly amountMinor: number }[];
  /** Whether the money goes to the customer's store credit instead of to these tenders. */
  readonly to: 'original' | 'store_credit';
  /** What could still be refunded after this one. */
  readonly leftMinor: number;
  /** What cannot be refunded because the cardholder's bank has taken it back. */
  readonly disputedMinor: number;
  readonly needsApproval: boolean;
}

export interface RequestedRefund {
  readonly id: string;
  readonly number: string;
  readonly orderId: string;
  readonly status: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly approvalId: string | null;
  /** ISO time until which nothing is sent and it can be undone; null where it is on its way, or waits for a second person. */
  readonly undoUntil: string | null;
}

interface Refunding extends World {
  readonly approvals: approvals.ApprovalsState;
  readonly terms: Terms;
}

async function lock(tx: Tx, requests: readonly Request<RefundOrderInput>[]): Promise<Refunding> {
  const first = requests[0] as Request<RefundOrderInput>;
  const policies = await approvals.lock(tx, []);
  const world = await lockWorld(
    tx,
    { orderIds: requests.map((request) => request.input.orderId), ledger: true, numbers: { refund: requests.length } },
    first.ctx,
  );
  return { ...world, approvals: policies, terms: await termsOfOrders(tx, world, first.ctx.now) };
}

/** What a refund would do. The server plans again under the lock; the fingerprint says whether it is still the same. */
export function previewRefund(
  world: World,
  order: orders.Order,
  input: RefundOrderInput,
  rules: SecondPersonRules,
): RefundPreview {
  const own = refunds.ofOrder(world.refunds, order.row.id);
  const onItsWay = onItsWayMinor(own);
  const disputedMinor = disputedAwayMinor(payments.ofOrder(world.payments, order.row.id));
  const allowed = mayRefund(orders.facts(order), onItsWay, disputedMinor);
  if (!allowed.allowed) throw new DomainError('state_refuses', allowed.why);
  const left = order.row.capturedMinor - order.row.refundedMinor - onItsWay - disputedMinor;
  const units = input.kind === 'units' ? selectUnits(orders.facts(order), input.units, isRefundable, 'refunded') : [];
  demandNotSentAgain(order, units);
  if (input.kind !== 'units') demandSteps('Refunds', order.row.currency, [input.amountMinor]);
  const value = worthOf(order.lines, units);
  const amountMinor = input.kind === 'units' ? value.totalMinor : input.amountMinor;
  if (amountMinor <= 0n)
    throw new DomainError('amount_out_of_range', 'These units are worth nothing: there is nothing to refund.');
  if (amountMinor > left) {
    const money = (minor: bigint): string =>
      `${toMajor({ amountMinor: minor, currency: order.row.currency })} ${order.row.currency}`;
    const disputed = disputedMinor > 0n ? ` The cardholder’s bank has taken ${money(disputedMinor)} back by itself.` : '';
    throw new DomainError(
      'over_limit',
      `${money(amountMinor)} is more than the ${money(left)} that is left to refund.${disputed}`,
      {
        leftMinor: Number(left),
        ...(disputedMinor > 0n ? { disputedMinor: Number(disputedMinor) } : {}),
      },
    );
  }
  const to = input.to ?? destinationOf(order, rules.terms);
  if (to === 'store_credit' && order.row.customerId === null)
    throw new DomainError(
      'state_refuses',
      'This order has no customer who could have store credit. Refund the original tenders.',
    );
  const plan = {
    to,
    kind: input.kind,
    currency: order.row.currency,
    amountMinor: Number(amountMinor),
    netMinor: Number(value.netMinor),
    discountMinor: Number(value.discountMinor),
    taxMinor: Number(value.taxMinor),
    units,
    legs: legsFor(world, order, amountMinor).map((leg) => ({ paymentId: leg.paymentId, amountMinor: Number(leg.amountMinor) })),
    leftMinor: Number(left - amountMinor),
    disputedMinor: Number(disputedMinor),
    needsApproval: needsSecondPerson(world, order, { kind: input.kind, amountMinor }, rules),
  };
  return { ...plan, fingerprint: fingerprintOf(plan) };
}

/** Where money goes that nobody has said a destination for, by what the merchant says. */
function destinationOf({ row }: orders.Order, terms: Terms): 'original' | 'store_credit' {
  const { destination } = termsOf(terms, row.merchantId, 'refund').terms;
  return destination === 'store_credit' && row.customerId !== null ? 'store_credit' : 'original';
}

function decide(world: Refunding, { input, ctx }: Request<RefundOrderInput>): RequestedRefund {
  const order = orderOf(world, input.orderId);
  const preview = plan(world, order, input);
  const { merchantId, currency, id: orderId } = order.row;
  const amountMinor = BigInt(preview.amountMinor);
  const approval = preview.needsApproval ? askSecondPerson(world, order, amountMinor, input.reason, ctx) : null;
  // A refund that a second person looks at is not undone: it is rejected.
  const undoUntil = input.undoable && !approval ? new Date(ctx.now.getTime() + UNDO_WINDOW_MS) : null;
  const refundId = startRefund(
    world,
    order,
    {
      kind: input.kind,
      amountMinor,
      reason: input.reason,
      note: input.note ?? null,
      ranges: preview.units,
      destination: preview.to === 'store_credit' ? 'store_credit' : null,
      ...(approval ? { approvalId: approval.id } : {}),
      ...(undoUntil ? { undoUntil } : {}),
    },
    ctx,
  );
  const refund = refunds.ofOrder(world.refunds, orderId).find((candidate) => candidate.id === refundId);
  if (!refund) throw new Error('The refund that was just started is not there');
  if (approval) tellAsked(world, approval, { orderId, refundId, amountMinor, currency }, ctx);
  audit(
    world.outbox,
    {
      action: 'refund.requested',
      entity: 'order',
      entityId: orderId,
      merchantId,
      before: { refundedMinor: order.row.refundedMinor },
      after: { refundId, amountMinor, kind: input.kind, units: preview.units, to: preview.to, approvalId: approval?.id ?? null },
      reason: input.note ? `${input.reason}: ${input.note}` : input.reason,
    },
    ctx,
  );
  return {
    id: refundId,
    number: refund.number,
    orderId,
    status: refund.status,
    amountMinor: preview.amountMinor,
    currency,
    approvalId: approval?.id ?? null,
    undoUntil: undoUntil?.toISOString() ?? null,
  };
}

/** A plan that cannot be made any more is a changed plan to somebody who was shown one. */
function plan(world: Refunding, order: orders.Order, input: RefundOrderInput): RefundPreview {
  try {
    const preview = previewRefund(world, order, input, world);
    checkFingerprint(input.fingerprint, preview, standsNow(world, order));
    return preview;
  } catch (error) {
    if (!input.fingerprint || !(error instanceof DomainError) || error.code === 'plan_changed') throw error;
    throw new DomainError('plan_changed', `${error.detail} ${standsNow(world, order)}`, { was: error.code, ...error.data });
  }
}

export const refundOrder: Verb<RefundOrderInput, Refunding, RequestedRefund> = {
  name: 'refund-order',
  lock,
  decide,
  async write(tx, world) {
    await approvals.write(tx, world.approvals);
    await writeWorld(tx, world);
  },
};
