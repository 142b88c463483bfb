import type { Dispute } from '../../domains/disputes/rules.ts';
import * as disputes from '../../domains/disputes/service.ts';
import type { Answered, AnswerInput, Failed, Unknown, Unreachable } from '../../domains/payments/provider.ts';
import * as payments from '../../domains/payments/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { next, remote, type Saga, type SagaDefinition } from '../../platform/saga.ts';
import { type Outside, paymentProvider } from '../outside.ts';
import { orderOf, tell, type World } from '../world.ts';
import { ANSWER_SAGA } from './answer-birth.ts';
import { settleDispute } from './settle-dispute.ts';

/**
 * Takes the answer to a dispute to the provider, under the answer's own id until it is there: sent again it finds that it was given. What the
 * provider then says of the dispute is booked. A refusal is kept, and the answer may be given again.
 */
interface AnswerCall extends AnswerInput {
  readonly provider: string;
}

function waiting(world: World, saga: Saga): Dispute | undefined {
  const dispute = world.disputes.byId.get(String(saga.state.disputeId));
  const mine = dispute?.answerId === saga.state.answerId && dispute?.answeredAt === null;
  return mine ? dispute : undefined;
}

const answer = remote<World, Outside, AnswerCall, Answered | Failed | Unknown | Unreachable>({
  prepare(world, saga) {
    const dispute = waiting(world, saga);
    if (!dispute?.answer || !dispute.answerId) return next;
    const { answer: what, answerId: operationId, providerRef: disputeRef, provider, evidence } = dispute;
    const files = what === 'evidence' ? (world.disputes.files.get(dispute.id) ?? []) : [];
    return { kind: 'call', args: { operationId, disputeRef, answer: what, evidence, files, provider } };
  },
  async call({ provider, ...input }, outside, signal) {
    const gateway = paymentProvider(outside, provider);
    if (gateway.answerDispute) return gateway.answerDispute(input, signal);
    return { kind: 'failed', code: 'not_supported', message: 'This provider takes answers on its own pages.', response: {} };
  },
  settle(world, saga, _args, outcome, ctx) {
    const dispute = waiting(world, saga);
    if (!dispute) return next;
    if (outcome.kind === 'unknown' || outcome.kind === 'unreachable')
      return { kind: 'retry', error: { code: outcome.kind, message: outcome.reason } };
    if (outcome.kind === 'failed') {
      refuse(world, dispute, { code: outcome.code, message: outcome.message }, ctx);
      return next;
    }
    const order = orderOf(world, dispute.orderId);
    const payment = payments.ofOrder(world.payments, order.row.id).find(({ id }) => id === dispute.paymentId);
    if (!payment) throw new Error(`Dispute ${dispute.number} names a payment that is not there`);
    dispute.answeredAt = ctx.now;
    settleDispute(world, order, payment, outcome.dispute, ctx.now, ctx);
    disputes.changed(world.disputes, dispute);
    return next;
  },
});

/** The provider does not take it: whoever sent it is told why, and may try again. */
function refuse(world: World, dispute: Dispute, error: { code: string; message: string }, ctx: Ctx): void {
  const about = { disputeId: dispute.id, disputeNumber: dispute.number, answer: dispute.answer };
  Object.assign(dispute, { answer: null, answerId: null, answerError: error });
  disputes.changed(world.disputes, dispute);
  tell(world, orderOf(world, dispute.orderId), 'dispute.answer_refused', { ...about, ...error }, ctx);
}

export const answerSaga: SagaDefinition<World, Outside> = {
  kind: ANSWER_SAGA.kind,
  version: ANSWER_SAGA.version,
  irreversible: 'answer',
  steps: [{ name: 'answer', run: answer }],
};
