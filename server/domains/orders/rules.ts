import { answerCancel, type CancelAnswer, type CancelBy, type CancelFacts } from '../../kernel/cancel-policy.ts';
import { DomainError } from '../../kernel/errors.ts';
import {
  changeSpans,
  type Span,
  takeUnits,
  type UnitRange,
  type UnitSelection,
  type UnitValue,
  unitsAsked,
  unitsIn,
  worthOf,
} from '../../kernel/units.ts';
import type { FulfilmentStatus, Hold, OrderStatus, PaymentStatus, ShipmentStatus, SpanState } from '../../kernel/vocabulary.ts';

/** A line as it was placed: its totals and quantity never change (DESIGN 2). */
export interface Line {
  readonly id: string;
  readonly orderId: string;
  readonly position: number;
  readonly kind: 'item' | 'shipping' | 'fee';
  readonly skuId: string | null;
  readonly skuCode: string | null;
  readonly name: string;
  readonly stocked: boolean;
  readonly quantity: number;
  readonly unitPrice: string;
  readonly netMinor: bigint;
  readonly discountMinor: bigint;
  readonly taxMinor: bigint;
  readonly totalMinor: bigint;
  readonly taxRate: string;
  /** The steps in which its units' shares are cut; 1 where absent. */
  readonly moneyStep?: number;
  /** The line whose units these replace at no charge, and the shipment that they were in. */
  readonly replacesLineId?: string | null;
  readonly replacesShipmentId?: string | null;
  /** The return by which they were exchanged; null where they are sent once more. */
  readonly returnId?: string | null;
}

/** What the rules need to know of an order. The server fills it from locked rows, the browser from the order page. */
export interface OrderFacts {
  readonly status: OrderStatus;
  readonly confirmed: boolean;
  readonly holds: readonly Hold[];
  readonly capturedMinor: bigint;
  readonly refundedMinor: bigint;
  readonly goodwillMinor: bigint;
  readonly lines: readonly Line[];
  readonly spans: readonly Span[];
  /** A cancellation waits, and can be undone. */
  readonly cancelling?: boolean;
  /** An edit waits, to be undone or paid. */
  readonly editing?: boolean;
}

export type Verdict = { readonly allowed: true } | { readonly allowed: false; readonly why: string };
const yes: Verdict = { allowed: true };
const no = (why: string): Verdict => ({ allowed: false, why });

/** What can happen to an order. Past this table nothing decides whether it may. */
export const ORDER_EVENTS = [
  'confirm',
  'readdress',
  'edit',
  'allocate',
  'hold',
  'release',
  'cancel',
  'ship',
  'deliver',
  'reship',
  'capture',
  'refund',
] as const;
export type OrderEvent = (typeof ORDER_EVENTS)[number];

/** Per status and event: the statuses it may lead to, or the sentence of refusal. docs/order-states.md is generated from this. */
export const ORDER_TRANSITIONS = {
  PENDING: {
    confirm: ['CONFIRMED'],
    readdress: ['PENDING'],
    edit: 'The order is not confirmed yet: wait for the answer to its payment, or cancel it and place it again.',
    allocate: 'The order is not confirmed yet: its payment has no answer so far.',
    hold: ['PENDING'],
    release: ['PENDING'],
    cancel: ['PENDING', 'CANCELLED'],
    ship: 'The order is not confirmed yet: nothing may leave before its payment is authorized.',
    deliver: 'Nothing of this order has shipped yet.',
    reship: 'Nothing of this order has shipped yet: there is nothing to replace.',
    capture: 'The order is not confirmed yet.',
    refund: 'No money was taken yet. Cancel the order instead.',
  },
  CONFIRMED: {
    confirm: 'The order is confirmed already.',
    readdress: ['CONFIRMED'],
    edit: ['CONFIRMED'],
    allocate: ['CONFIRMED'],
    hold: ['CONFIRMED'],
    release: ['CONFIRMED'],
    cancel: ['CONFIRMED', 'CANCELLED'],
    ship: ['CONFIRMED', 'PARTIALLY_FULFILLED', 'FULFILLED', 'REFUNDED'],
    deliver: 'Nothing of this order has shipped yet.',
    reship: 'Nothing of this order has shipped yet: there is nothing to replace.',
    capture: ['CONFIRMED'],
    refund: ['CONFIRMED', 'REFUNDED'],
  },
  PARTIALLY_FULFILLED: {
    confirm: 'The order is confirmed already.',
    readdress: 'Part of this order is on its way to this address already. Cancel what is left, and place it again.',
    edit: ['PARTIALLY_FULFILLED'],
    allocate: ['PARTIALLY_FULFILLED'],
    hold: ['PARTIALLY_FULFILLED'],
    release: ['PARTIALLY_FULFILLED'],
    cancel: ['PARTIALLY_FULFILLED', 'FULFILLED', 'REFUNDED'],
    ship: ['PARTIALLY_FULFILLED', 'FULFILLED', 'REFUNDED'],
    deliver: ['PARTIALLY_FULFILLED'],
    reship: ['PARTIALLY_FULFILLED'],
    capture: ['PARTIALLY_FULFILLED'],
    refund: ['PARTIALLY_FULFILLED', 'REFUNDED'],
  },
  FULFILLED: {
    confirm: 'The order is confirmed already.',
    readdress: 'Everything has shipped to this address already.',
    edit: 'Everything has shipped. Place a new order, or ask for a return.',
    allocate: 'Everything has shipped: nothing is left to allocate.',
    hold: 'Everything has shipped: a hold would stop nothing.',
    release: ['FULFILLED'],
    cancel: 'Everything has shipped. Refund it, or ask for a return.',
    ship: 'Everything has shipped already.',
    deliver: ['FULFILLED'],
    reship: ['PARTIALLY_FULFILLED'],
    capture: 'Everything has shipped, and its money was taken before it left.',
    refund: ['FULFILLED', 'REFUNDED'],
  },
  CANCELLED: {
    confirm: 'The order is cancelled.',
    readdress: 'The order is cancelled.',
    edit: 'The order is cancelled.',
    allocate: 'The order is cancelled.',
    hold: 'The order is cancelled.',
    release: ['CANCELLED'],
    cancel: 'The order is cancelled already.',
    ship: 'The order is cancelled.',
    deliver: 'The order is cancelled.',
    reship: 'The order is cancelled.',
    capture: 'The order is cancelled: no money may be taken for it.',
    refund: 'The order is cancelled: no money was kept that could go back.',
  },
  REFUNDED: {
    confirm: 'The order is refunded.',
    readdress: 'The order is refunded.',
    edit: 'The order is refunded. Place a new order instead.',
    allocate: 'The order is refunded.',
    hold: 'The order is refunded.',
    release: ['REFUNDED'],
    cancel: 'The order is refunded: there is nothing left to cancel.',
    ship: 'The order is refunded.',
    deliver: ['REFUNDED'],
    reship: 'The money went back already. Place a new order instead of a replacement.',
    capture: 'The order is refunded: no more money may be taken for it.',
    refund: 'All money of this order went back already.',
  },
} as const satisfies Record<OrderStatus, Record<OrderEvent, readonly OrderStatus[] | string>>;

/** Whether the order's status allows an event at all; narrower rules follow. */
export function mayHappen(status: OrderStatus, event: OrderEvent): Verdict {
  const row: readonly OrderStatus[] | string = ORDER_TRANSITIONS[status][event];
  return typeof row === 'string' ? no(row) : yes;
}

const WAITING: readonly SpanState[] = ['open', 'backordered', 'allocated'];
const GONE: readonly SpanState[] = ['shipped', 'delivered', 'returned'];

/** Whether the units wait to leave: promised, and for the goods among them perhaps allocated or packed. */
export function isWaiting(span: Span): boolean {
  return WAITING.includes(span.state);
}

/** Whether the units have left, or were given. */
export function isGone(span: Span): boolean {
  return GONE.includes(span.state);
}

/** The order's status: a function of its spans and payments, and of nothing else. Services follow the goods they came with. */
export function deriveStatus(
  order: Pick<OrderFacts, 'confirmed' | 'capturedMinor' | 'refundedMinor' | 'goodwillMinor' | 'lines' | 'spans'>,
): OrderStatus {
  const live = order.spans.filter((span) => span.state !== 'cancelled');
  if (live.length === 0) return 'CANCELLED';
  if (!order.confirmed) return 'PENDING';
  const stocked = new Set(order.lines.filter((line) => line.stocked).map((line) => line.id));
  const goods = live.filter((span) => stocked.has(span.lineId));
  const counted = goods.length > 0 ? goods : live;
  const waiting = counted.some((span) => WAITING.includes(span.state));
  if (!waiting && order.capturedMinor > 0n && order.refundedMinor - order.goodwillMinor >= order.capturedMinor) return 'REFUNDED';
  if (!counted.some((span) => GONE.includes(span.state))) return 'CONFIRMED';
  return waiting ? 'PARTIALLY_FULFILLED' : 'FULFILLED';
}

/** The furthest-behind stage of the goods that still matter. `preordered`: all that waits to come was ordered ahead of its release. */
export function deriveFulfilment(lines: readonly Line[], spans: readonly Span[], preordered = false): FulfilmentStatus {
  const stocked = new Set(lines.filter((line) => line.stocked).map((line) => line.id));
  const live = spans.filter((span) => span.state !== 'cancelled');
  const goods = live.filter((span) => stocked.has(span.lineId));
  const states = new Set((goods.length > 0 ? goods : live).map((span) => span.state));
  if (states.has('backordered')) return preordered ? 'PREORDERED' : 'BACKORDERED';
  if (states.has('open')) return 'UNALLOCATED';
  if (states.has('allocated')) return 'ALLOCATED';
  if (states.has('shipped')) return 'SHIPPED';
  if (states.has('delivered')) return 'DELIVERED';
  return states.has('returned') ? 'RETURNED' : 'UNALLOCATED';
}

/** Units that a cancel may take: promised or allocated, and not in a parcel that is being handed over. */
export function isCancellable(span: Span): boolean {
  return WAITING.includes(span.state) && span.shipmentId === null;
}

/**
 * May any unit be cancelled now? Asked for somebody, by the merchant's terms, the answer says until when and what it costs: the same sentence
 * for the agent, the customer, the API and the channel.
 */
export function mayCancel(order: Pick<OrderFacts, 'status' | 'spans' | 'cancelling'>): Verdict;
export function mayCancel(order: CancelFacts & Pick<OrderFacts, 'cancelling'>, by: CancelBy): CancelAnswer;
export function mayCancel(order: Pick<OrderFacts, 'status' | 'spans' | 'cancelling'>, by?: CancelBy): Verdict | CancelAnswer {
  const possible = isAnyCancellable(order);
  return by ? answerCancel(order as CancelFacts, by, possible) : possible;
}

function isAnyCancellable(order: Pick<OrderFacts, 'status' | 'spans' | 'cancelling'>): Verdict {
  const allowed = mayHappen(order.status, 'cancel');
  if (!allowed.allowed) return allowed;
  if (order.cancelling) return no('A cancellation is about to be carried out. Undo it first, or wait a few seconds.');
  if (!order.spans.some(isCancellable))
    return no('What has not shipped is being handed to the carrier. Wait for it, then refund.');
  return yes;
}

/** May goods leave? Needs allocated units and no hold. */
export function mayShip(order: OrderFacts): Verdict {
  const allowed = mayHappen(order.status, 'ship');
  if (!allowed.allowed) return allowed;
  if (order.cancelling) return no('A cancellation is about to be carried out. Undo it first, or wait a few seconds.');
  if (order.holds.length > 0) return no(`The order is on hold (${order.holds.join(', ')}). Release the hold first.`);
  if (!order.spans.some(isShippable)) return no('No unit is allocated and waiting. Allocate stock first.');
  return yes;
}

/** Whether the units are at a node and in no shipment yet. */
export function isShippable(span: Span): boolean {
  return span.state === 'allocated' && span.shipmentId === null;
}

/**
 * May the delivery address be another one? Only before units are allocated: from then on they lie at a node that was chosen for this
 * address, and a label may be bought for it at any moment.
 */
export function mayChangeAddress(order: Pick<OrderFacts, 'status' | 'spans'>): Verdict {
  const allowed = mayHappen(order.status, 'readdress');
  if (!allowed.allowed) return allowed;
  if (order.spans.some((span) => span.state === 'allocated' || span.shipmentId !== null))
    return no('Units are set aside at a node that was chosen for this address. Cancel the order, and place it again.');
  return yes;
}

/** Whether a line's units are sent at no charge, in place of others. */
export function isReplacement(lines: readonly Line[], lineId: string): boolean {
  return lines.some((line) => line.id === lineId && line.replacesLineId != null);
}

/** May units of this shipment be sent once more at no charge? */
export function mayReship(
  order: Pick<OrderFacts, 'status' | 'lines' | 'spans'>,
  shipment: { readonly id: string; readonly status: ShipmentStatus },
): Verdict {
  const allowed = mayHappen(order.status, 'reship');
  if (!allowed.allowed) return allowed;
  if (NOT_LEFT.includes(shipment.status)) return no('This shipment has not left: its units are here.');
  if (replaceableUnits(order, shipment.id).size === 0)
    return no('Every unit of this shipment was replaced, refunded or returned already.');
  return yes;
}

const NOT_LEFT: readonly ShipmentStatus[] = ['PENDING', 'LABELLED', 'CANCELLED'];

/** How many units of each line of a shipment may be sent again: they left, their money was not given back, nothing replaces them. */
export function replaceableUnits(order: Pick<OrderFacts, 'lines' | 'spans'>, shipmentId: string): Map<string, number> {
  const units = new Map<string, number>();
  for (const line of order.lines.filter((candidate) => candidate.stocked && candidate.skuId)) {
    const sent = order.spans.filter(
      (span) =>
        span.lineId === line.id && span.shipmentId === shipmentId && span.refundId === null && !span.returnId && isGone(span),
    );
    const instead = order.lines.filter(
      (one) => one.replacesLineId === line.id && one.replacesShipmentId === shipmentId && !one.returnId,
    );
    const replaced = order.spans.filter((span) => span.state !== 'cancelled' && instead.some((one) => one.id === span.lineId));
    const left = unitsIn(sent) - unitsIn(replaced);
    if (left > 0) units.set(line.id, left);
  }
  return units;
}

/** May lines be added, or units that have not been packed be taken away? */
export function mayEdit(order: Pick<OrderFacts, 'status' | 'spans' | 'cancelling' | 'editing'>): Verdict {
  const allowed = mayHappen(order.status, 'edit');
  if (!allowed.allowed) return allowed;
  if (order.cancelling) return no('A cancellation is about to be carried out. Undo it first, or wait a few seconds.');
  if (order.editing)
    return no('An edit of this order waits to be carried out or paid. Take it back first, or wait until it has ended.');
  return yes;
}

/** May money go back? Needs captured money that is not on its way back already, and that no bank has taken back by itself. */
export function mayRefund(order: OrderFacts, pendingMinor: bigint, disputedMinor = 0n): Verdict {
  const allowed = mayHappen(order.status, 'refund');
  if (!allowed.allowed) return allowed;
  if (order.capturedMinor === 0n) return no('No money was taken yet. Cancel the order instead.');
  const left = order.capturedMinor - order.refundedMinor - pendingMinor;
  if (left <= 0n) return no('All captured money went back, or is on its way back, already.');
  if (left <= disputedMinor) return no('The cardholder’s bank took this back: it cannot be refunded as well.');
  return yes;
}

/** Units whose money may be given back: gone to the customer (or kept as a service), in no other refund, and in no return, which settles them. */
export function isRefundable(span: Span): boolean {
  return GONE.includes(span.state) && span.refundId === null && !span.returnId;
}

/** Finds the units a selection means: the first eligible ones of each line, in unit order. */
export function selectUnits(
  order: Pick<OrderFacts, 'lines' | 'spans'>,
  selection: UnitSelection | undefined,
  eligible: (span: Span) => boolean,
  verb: string,
): UnitRange[] {
  if (!selection || selection.length === 0) {
    const all = order.spans.filter(eligible).map(({ lineId, from, to }) => ({ lineId, from, to }));
    if (all.length === 0) throw new DomainError('state_refuses', `No unit is left that could be ${verb}.`);
    return all;
  }
  const ranges: UnitRange[] = [];
  const asked = unitsAsked(selection);
  for (const [lineId, quantity] of asked) {
    const line = order.lines.find((candidate) => candidate.id === lineId);
    if (!line) throw new DomainError('not_found', 'The order has no such line.');
    if (!Number.isSafeInteger(quantity) || quantity < 1)
      throw new DomainError('invalid_request', 'A quantity is a whole number of at least 1.');
    const spans = order.spans.filter((span) => span.lineId === lineId);
    const taken = takeUnits(spans, quantity, eligible);
    if (!taken) {
      const left = unitsIn(spans.filter(eligible));
      throw new DomainError('over_limit', `Only ${left} of ${line.name} can be ${verb}; ${quantity} were asked for.`, {
        lineId,
        left,
      });
    }
    ranges.push(...taken);
  }
  return ranges;
}

/** A finished order moves no more money and no more goods by itself. */
export function isFinished(
  status: OrderStatus,
  paymentStatus: PaymentStatus,
  receivableMinor: bigint,
  moneyMoves: boolean,
): boolean {
  if (moneyMoves || receivableMinor !== 0n || paymentStatus === 'IN_DOUBT') return false;
  return status === 'FULFILLED' || status === 'CANCELLED' || status === 'REFUNDED';
}

/**
 * What a cancel takes: the units asked for, or all that are left. Services and shipping that have not left go with the last goods that
 * could have carried them: nobody pays for the delivery of nothing.
 */
export function planCancel(
  order: OrderFacts,
  selection: UnitSelection | undefined,
  eligible: (span: Span) => boolean = () => true,
): { readonly ranges: UnitRange[]; readonly value: UnitValue; readonly whole: boolean } {
  const allowed = mayCancel(order);
  if (!allowed.allowed) throw new DomainError('state_refuses', allowed.why);
  const ranges = selectUnits(order, selection, (span) => isCancellable(span) && eligible(span), 'cancelled');
  const after = changeSpans(order.spans, ranges, () => ({ state: 'cancelled' }));
  const stocked = new Set(order.lines.filter((line) => line.stocked).map((line) => line.id));
  const goodsWait = after.some((span) => isWaiting(span) && stocked.has(span.lineId));
  if (!goodsWait && stocked.size > 0) {
    for (const span of after.filter(isCancellable)) ranges.push({ lineId: span.lineId, from: span.from, to: span.to });
  }
  const whole = changeSpans(order.spans, ranges, () => ({ state: 'cancelled' })).every((span) => span.state === 'cancelled');
  return { ranges, value: worthOf(order.lines, ranges), whole };
}
