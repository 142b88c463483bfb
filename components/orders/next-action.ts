import type { OrderPage } from '../../server/views/order.ts';
import type { MessageKey, MessageVars } from '../ui/messages/catalogue.ts';
import type { Tone } from '../ui/tokens.ts';

/** What a person should know or do first about an order. `title` and `text` are messages. */
export interface NextAction {
  readonly kind:
    | 'stuck'
    | 'doubt'
    | 'approval'
    | 'held'
    | 'exception'
    | 'cancelling'
    | 'challenge'
    | 'failed'
    | 'backordered'
    | 'ship';
  readonly tone: Tone;
  readonly title: MessageKey;
  readonly titleVars?: MessageVars;
  readonly text?: MessageKey;
  readonly textVars?: MessageVars;
  /** Text from the data itself, where there is some. */
  readonly said?: string;
}

/** Holds in the reader's words are the caller's business: they are given as `holds`. */
export function nextAction(page: OrderPage, holds: string): NextAction | null {
  return trouble(page) ?? waiting(page, holds) ?? work(page);
}

/** What went wrong and will not go on by itself. */
function trouble({ sagas, payments, shipments }: OrderPage): NextAction | null {
  const stuck = sagas.find((saga) => saga.status === 'stuck');
  if (stuck) {
    const textVars = { step: stuck.step, attempts: stuck.attempt };
    return { kind: 'stuck', tone: 'blocked', title: 'orders.whyStuck', text: 'orders.whyStuckText', textVars };
  }
  const unknown = payments.flatMap((payment) => payment.operations).find((operation) => operation.status === 'unknown');
  if (unknown) {
    const textVars = { attempt: unknown.kind };
    return { kind: 'doubt', tone: 'doubt', title: 'orders.whyInDoubt', text: 'orders.whyInDoubtText', textVars };
  }
  const exception = shipments.find((shipment) => shipment.status === 'EXCEPTION');
  if (exception) {
    const textVars = { shipment: exception.number };
    return { kind: 'exception', tone: 'blocked', title: 'orders.whyException', text: 'orders.whyExceptionText', textVars };
  }
  return null;
}

/** What waits for a person, inside or outside. */
function waiting({ order, approvals, sagas, payments }: OrderPage, holds: string): NextAction | null {
  const approval = approvals[0];
  if (approval) return { kind: 'approval', tone: 'attention', title: 'orders.whyApproval', said: approval.summary };
  if (order.cancellation !== null && sagas.some((saga) => saga.status !== 'done')) {
    return { kind: 'cancelling', tone: 'moving', title: 'orders.whyCancelling', text: 'orders.whyCancellingText' };
  }
  if (order.holds.length > 0) {
    return { kind: 'held', tone: 'attention', title: 'orders.whyHeld', titleVars: { holds }, text: 'orders.whyHeldText' };
  }
  if (order.status !== 'PENDING') return null;
  if (payments.some((payment) => payment.status === 'REQUIRES_ACTION')) {
    return { kind: 'challenge', tone: 'attention', title: 'orders.whyChallenge', text: 'orders.whyChallengeText' };
  }
  return payments.length > 0 && payments.every((payment) => payment.status === 'FAILED')
    ? { kind: 'failed', tone: 'blocked', title: 'orders.whyFailed', text: 'orders.whyFailedText' }
    : null;
}

/** What the warehouse can do or waits for. */
function work({ lines }: OrderPage): NextAction | null {
  const spans = lines.filter((line) => line.stocked).flatMap((line) => line.spans);
  const units = (state: string) =>
    spans
      .filter((span) => span.state === state && span.shipmentId === null)
      .reduce((sum, span) => sum + span.toUnit - span.fromUnit + 1, 0);
  const allocated = units('allocated');
  if (allocated > 0) {
    return { kind: 'ship', tone: 'moving', title: 'orders.whyShip', text: 'orders.whyShipText', textVars: { count: allocated } };
  }
  const backordered = units('backordered');
  if (backordered === 0) return null;
  const textVars = { count: backordered };
  return { kind: 'backordered', tone: 'attention', title: 'orders.whyBackordered', text: 'orders.whyBackorderedText', textVars };
}
