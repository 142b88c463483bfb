import { isOpen, type Operation, type Payment, RETURNED_BY_BANK } from '../../domains/payments/rules.ts';
import * as payments from '../../domains/payments/service.ts';
import { next, remote, type Saga, type SagaDefinition } from '../../platform/saga.ts';
import type { Outside } from '../outside.ts';
import { callProvider, type OperationCall, type OperationOutcome } from '../payment-operation.ts';
import { orderOf, type World } from '../world.ts';
import { LOOK_AGAIN } from './births.ts';
import { reverseCapture, reverseRefund } from './reverse.ts';

/**
 * What had succeeded may be taken back weeks after its saga ended: a debit that the customer's bank returns, a capture or a refund that the
 * scheme refuses after all. News of that only makes somebody look: the gateway is asked what is true now, and what it took back is booked
 * back, once, however often and in whatever order it was told of.
 */
const ASKED_ABOUT = new Set(['capture', 'refund']);
/** What a gateway says of something that it had said was done. */
const TAKEN_BACK: ReadonlySet<string> = new Set([RETURNED_BY_BANK, 'refused_later']);

/** How soon it is looked at again what is being asked about at this moment. */
const BUSY_MS = 10_000;

const meant = (world: World, saga: Saga): Operation | undefined =>
  payments.operationsOf(world.payments, saga.orderId).find(({ id }) => id === saga.state.operationId);

function about(world: World, saga: Saga): { payment: Payment; operation: Operation } | undefined {
  const operation = meant(world, saga);
  const payment = payments.ofOrder(world.payments, saga.orderId).find(({ id }) => id === operation?.paymentId);
  if (!payment || operation?.status !== 'succeeded' || !ASKED_ABOUT.has(operation.kind)) return undefined;
  return { payment, operation };
}

const look = remote<World, Outside, OperationCall, OperationOutcome>({
  prepare(world, saga, ctx) {
    const open = meant(world, saga);
    if (open && isOpen(open)) return { kind: 'wait', until: new Date(ctx.now.getTime() + BUSY_MS) };
    const found = about(world, saga);
    if (!found) return next;
    const { payment, operation } = found;
    const args: OperationCall = {
      mode: 'query',
      operationId: operation.id,
      kind: operation.kind,
      orderId: payment.orderId,
      paymentId: payment.id,
      provider: payment.provider,
      providerRef: payment.providerRef,
      amountMinor: operation.amountMinor,
      currency: payment.currency,
      token: payment.token ?? '',
      final: true,
    };
    return { kind: 'call', args };
  },
  // Only asked: what is not known is sent by nobody here.
  call: (args, outside, signal) => {
    const provider = outside.payments.get(args.provider);
    return provider?.doubt === 'repeat' ? provider.query(args, signal) : callProvider(args, outside, signal);
  },
  settle(world, saga, _args, outcome, ctx) {
    const found = about(world, saga);
    if (!found) return next;
    if (outcome.kind === 'unknown' || outcome.kind === 'unreachable')
      return { kind: 'retry', error: { code: outcome.kind, message: outcome.reason } };
    if (outcome.kind !== 'failed') {
      if (saga.state.again !== true) return next;
      saga.state = { operationId: saga.state.operationId };
      return { kind: 'wait', until: ctx.now };
    }
    const { payment, operation } = found;
    const why = { code: outcome.code, message: outcome.message };
    const order = orderOf(world, saga.orderId);
    if (operation.kind === 'refund') reverseRefund(world, order, { payment, operation }, why, ctx);
    else if (TAKEN_BACK.has(outcome.code)) reverseCapture(world, order, { payment, operation }, why, ctx);
    return next;
  },
});

export const lookAgainSaga: SagaDefinition<World, Outside> = { ...LOOK_AGAIN, steps: [{ name: 'look', run: look }] };
