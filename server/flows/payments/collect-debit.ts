import type { Operation, Payment } from '../../domains/payments/rules.ts';
import * as payments from '../../domains/payments/service.ts';
import { next, remote, type Saga, type SagaDefinition } from '../../platform/saga.ts';
import type { Outside } from '../outside.ts';
import {
  callFor,
  callProvider,
  type OperationCall,
  type OperationOutcome,
  recordOutcome,
  untilTold,
} from '../payment-operation.ts';
import { orderOf, settleOrder, tell, type World } from '../world.ts';
import { takeAtOnce } from './at-once.ts';
import { COLLECT_DEBIT } from './births.ts';
import { holdUnpaid } from './hold-unpaid.ts';

/**
 * Follows money that is on its way for an order whose goods need not wait for it. When it comes it is booked; where the bank refuses the
 * order owes it: what has not left is held, and what has is a receivable that somebody is told of.
 */
function attemptOf(world: World, saga: Saga): { payment: Payment; operation: Operation } | undefined {
  const payment = payments.ofOrder(world.payments, saga.orderId).find(({ id }) => id === saga.state.paymentId);
  const operation = payment && payments.openOperation(world.payments, payment);
  return payment && operation?.kind === 'authorize' ? { payment, operation } : undefined;
}

const collect = remote<World, Outside, OperationCall, OperationOutcome>({
  prepare(world, saga) {
    const attempt = attemptOf(world, saga);
    if (!attempt) return next;
    return { kind: 'call', args: callFor(attempt.payment, attempt.operation, { ask: true }) };
  },
  call: callProvider,
  settle(world, saga, args, outcome, ctx) {
    const order = orderOf(world, saga.orderId);
    const attempt = attemptOf(world, saga);
    if (!attempt || attempt.operation.id !== args.operationId)
      return { kind: 'retry', error: { code: 'stale', message: 'Settled already.' } };
    const { payment, operation } = attempt;
    const wasInDoubt = operation.status === 'unknown';
    const verdict = recordOutcome(world, payment, operation, outcome, ctx);
    if (outcome.kind === 'succeeded') takeAtOnce(world, order, attempt, outcome, ctx);
    settleOrder(world, order, null, ctx);
    const about = { paymentId: payment.id, operationId: operation.id, amountMinor: operation.amountMinor };
    if (verdict === 'succeeded') return next;
    if (verdict === 'failed') {
      tell(world, order, 'payment.declined', { ...about, code: operation.error?.code }, ctx);
      holdUnpaid(world, order, operation.error?.message ?? 'The bank refused the debit.', ctx);
      return next;
    }
    if (verdict === 'awaited') return untilTold(ctx, payment.provider);
    if (verdict === 'in_doubt' && !wasInDoubt) tell(world, order, 'payment.in_doubt', about, ctx);
    return { kind: 'retry', error: operation.error ?? { code: verdict, message: 'The provider did not say what became of it.' } };
  },
});

export const collectDebitSaga: SagaDefinition<World, Outside> = { ...COLLECT_DEBIT, steps: [{ name: 'collect', run: collect }] };
