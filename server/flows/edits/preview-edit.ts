import type { Settlement } from '../../domains/edits/rules.ts';
import type { Order } from '../../domains/orders/service.ts';
import { capturableMinor, isOpen, type Payment } from '../../domains/payments/rules.ts';
import * as payments from '../../domains/payments/service.ts';
import { DomainError } from '../../kernel/errors.ts';
import { type UnitRange, unitsIn, worthOf } from '../../kernel/units.ts';
import { sagasOf } from '../../platform/saga-rows.ts';
import { fingerprintOf } from '../fingerprint.ts';
import { requestsFor } from '../partners/at-partners.ts';
import { isSecurity } from '../returns/advance-intent.ts';
import { isBeyondReturn, owedMinor, paidTooMuch } from '../surplus.ts';
import type { World } from '../world.ts';
import type { PlannedEdit } from './plan-edit.ts';
import type { EditSupply } from './supply-edit.ts';

/** What an edit would do. Amounts in minor units. */
export interface EditPreview {
  readonly fingerprint: string;
  readonly currency: string;
  /** What the order is worth, its cancelled units apart: now, and after it. */
  readonly beforeMinor: number;
  readonly afterMinor: number;
  /** After less before. */
  readonly netMinor: number;
  readonly removed: readonly {
    readonly lineId: string;
    readonly name: string;
    readonly quantity: number;
    readonly valueMinor: number;
  }[];
  readonly added: readonly {
    readonly kind: 'item' | 'shipping';
    readonly sku: string | null;
    readonly name: string;
    readonly quantity: number;
    readonly unitPrice: string;
    readonly discountMinor: number;
    readonly taxMinor: number;
    readonly totalMinor: number;
    /** It comes back on the terms on which it was taken away. */
    readonly restored: boolean;
  }[];
  /** Of what is added, units that are not in stock yet. */
  readonly later: readonly { readonly sku: string; readonly units: number }[];
  readonly shipping: PlannedEdit['shipping'];
  readonly readdressed: boolean;
  readonly settles: Settlement;
  /** To be asked for beyond what is held. */
  readonly dueMinor: number;
  /** Taken already for what goes: goes back as one refund. */
  readonly refundMinor: number;
  /** A partner has some of the units that go, and is asked for them first. */
  readonly awaitsPartner: boolean;
}

/** Only cards are asked for more without a person: a debit takes days, a transfer and cash are somebody's to bring. */
const CARD = 'card';
const BEYOND_RETURN =
  'More money went back already than what stays is worth. Take fewer units away, or send them and refund what is left.';

/** What is owed beyond what the order's tenders hold, once it is changed so. */
export function dueAfter(
  world: World,
  order: Order,
  change: { readonly addedMinor: bigint; readonly removedMinor: bigint },
): bigint {
  const held = payments
    .ofOrder(world.payments, order.row.id)
    .reduce((sum, payment) => sum + (isSecurity(world, payment) ? 0n : capturableMinor(payment)), 0n);
  return owedMinor(world, order) + change.addedMinor - change.removedMinor - held;
}

/**
 * Whether money of the order is being taken or released at this moment. A capture that is the last of its authorization releases the rest:
 * until it has ended nobody counts on what is held.
 */
export function moneyMoves(world: World, order: Order): boolean {
  return (
    payments
      .operationsOf(world.payments, order.row.id)
      .some((one) => isOpen(one) && (one.kind === 'capture' || one.kind === 'void')) ||
    sagasOf(world.sagas, order.row.id).some((saga) => saga.step === 'capture' && saga.state.compensating !== true)
  );
}

/** The card whose authorization could be raised: nothing of it was taken yet. */
export function raisable(world: World, order: Order, now: Date): Payment | undefined {
  return payments
    .ofOrder(world.payments, order.row.id)
    .findLast(
      (payment) =>
        payment.method === CARD &&
        !isSecurity(world, payment) &&
        payment.holdId !== null &&
        payment.providerRef !== null &&
        payment.capturedMinor === 0n &&
        (payment.authorizationExpiresAt === null || payment.authorizationExpiresAt > now),
    );
}

/** A card that paid before, and may be asked for more. */
export const knownCard = (world: World, order: Order): Payment | undefined =>
  payments
    .ofOrder(world.payments, order.row.id)
    .findLast((payment) => payment.method === CARD && payment.token !== null && payment.authorizedMinor > 0n);

export function previewEdit(world: World, order: Order, plan: PlannedEdit, supply: EditSupply, now: Date): EditPreview {
  const shrinks = plan.removedMinor - plan.addedMinor;
  if (isBeyondReturn(world, order, shrinks)) throw new DomainError('state_refuses', BEYOND_RETURN);
  const refundMinor = paidTooMuch(world, order, shrinks);
  const due = dueAfter(world, order, plan);
  const dueMinor = due > 0n ? due : 0n;
  const preview = {
    currency: order.row.currency,
    beforeMinor: Number(plan.beforeMinor),
    afterMinor: Number(plan.afterMinor),
    netMinor: Number(plan.afterMinor - plan.beforeMinor),
    removed: removedOf(order, plan.removed),
    added: plan.added.map((line) => ({
      kind: line.kind,
      sku: line.skuCode,
      name: line.name,
      quantity: line.quantity,
      unitPrice: line.unitPrice,
      discountMinor: Number(line.discountMinor),
      taxMinor: Number(line.taxMinor),
      totalMinor: Number(line.totalMinor),
      restored: line.restores.length > 0,
    })),
    later: supply.promises.skus.flatMap(({ skuCode, beyondStock: units }) =>
      units > 0n ? [{ sku: skuCode, units: Number(units) }] : [],
    ),
    shipping: plan.shipping,
    readdressed: plan.shipTo !== null,
    settles: settlementOf(world, order, { net: -shrinks, refundMinor, dueMinor }, now),
    dueMinor: Number(dueMinor),
    refundMinor: Number(refundMinor),
    awaitsPartner: requestsFor(world, order.row.id, plan.removed).length > 0,
  };
  // Another edit that was applied meanwhile makes it another plan, even where both come to the same sums.
  return {
    ...preview,
    fingerprint: fingerprintOf({ ...preview, units: plan.removed, shipTo: plan.shipTo, lines: order.lines.length }),
  };
}

function settlementOf(
  world: World,
  order: Order,
  { net, refundMinor, dueMinor }: { readonly net: bigint; readonly refundMinor: bigint; readonly dueMinor: bigint },
  now: Date,
): Settlement {
  if (refundMinor > 0n) return 'refund';
  if (dueMinor > 0n) return raisable(world, order, now) ? 'raise' : knownCard(world, order) ? 'ask_card' : 'ask_customer';
  if (net === 0n) return 'nothing';
  return net < 0n ? 'take_less' : 'held_already';
}

function removedOf(order: Order, removed: readonly UnitRange[]): EditPreview['removed'] {
  return [...Map.groupBy(removed, (range) => range.lineId)].map(([lineId, own]) => ({
    lineId,
    name: order.lines.find((line) => line.id === lineId)?.name ?? '',
    quantity: unitsIn(own),
    valueMinor: Number(worthOf(order.lines, own).totalMinor),
  }));
}
