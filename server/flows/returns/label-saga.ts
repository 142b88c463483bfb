import type { CarrierOutcome } from '../../domains/fulfilment/provider.ts';
import { isLive, type Return } from '../../domains/returns/rules.ts';
import * as returns from '../../domains/returns/service.ts';
import { next, remote, type Saga, type SagaDefinition, type StepResult } from '../../platform/saga.ts';
import { carrier, type Outside } from '../outside.ts';
import { begin, orderOf, type World } from '../world.ts';
import { moveReturn, sayOf } from './return-world.ts';

/**
 * The label of a return: bought once, under the return's own id as attempt. One that has no answer is asked for; what was bought for a
 * return that ended meanwhile is voided.
 */
interface LabelCall {
  readonly carrier: string;
  readonly mode: 'create' | 'query' | 'void';
  readonly attemptId: string;
  readonly carrierRef: string | null;
  readonly from: Readonly<Record<string, string>>;
  readonly to: Readonly<Record<string, string>>;
  readonly weightGrams: number;
}
type LabelOutcome = CarrierOutcome | { readonly kind: 'not_found' };

export const RETURN_LABEL_SAGA = 'return-label';
const CARRIER = 'parcel';
const FALLBACK_WEIGHT_GRAMS = 500;

function returnOf(world: World, saga: Saga): Return {
  const one = world.returns.byId.get(String(saga.state.returnId));
  if (!one) throw new Error(`Saga ${saga.id} names a return that is not there`);
  return one;
}

async function callCarrier(call: LabelCall, outside: Outside, signal: AbortSignal): Promise<LabelOutcome> {
  const provider = carrier(outside, call.carrier);
  const { attemptId, carrierRef, from, to, weightGrams } = call;
  if (call.mode === 'query') return provider.query(carrierRef ? { carrierRef } : { attemptId }, signal);
  if (call.mode === 'void') return provider.voidLabel({ carrierRef: carrierRef ?? '', attemptId }, signal);
  return provider.createLabel({ shipmentId: attemptId, attemptId, from, to, weightGrams, boxId: null }, signal);
}

const addressOf = (address: unknown): Record<string, string> => (address ?? {}) as Record<string, string>;

/** What the units weigh, said once: the same attempt with another weight would be another request to the carrier. */
function weigh(world: World, saga: Saga, one: Return): number {
  if (typeof saga.state.weightGrams === 'number') return saga.state.weightGrams;
  const skus = new Map(orderOf(world, one.orderId).lines.map((line) => [line.id, line.skuId]));
  const grams = returns.linesOf(world.returns, one).reduce((sum, line) => {
    const skuId = skus.get(line.lineId);
    return sum + (line.to - line.from + 1) * (skuId ? (world.weights.get(skuId) ?? 0) : 0);
  }, 0);
  const weightGrams = grams || FALLBACK_WEIGHT_GRAMS;
  saga.state = { ...saga.state, weightGrams };
  return weightGrams;
}

const buy = remote<World, Outside, LabelCall, LabelOutcome>({
  prepare(world, saga) {
    const one = returnOf(world, saga);
    // Where it ended while the label was asked for, one may have been bought: the carrier is asked, and what it has is voided.
    const ended = one.status !== 'approved';
    if (one.labelledAt !== null || (ended && saga.state.sent !== true)) return next;
    const asked = ended || saga.state.asked === true;
    saga.state = { ...saga.state, sent: true };
    const order = orderOf(world, saga.orderId);
    const node = world.fulfilment.nodes.get(one.merchantId)?.find((candidate) => candidate.id === one.nodeId);
    const args: LabelCall = {
      carrier: CARRIER,
      mode: asked ? 'query' : 'create',
      attemptId: one.id,
      carrierRef: null,
      from: addressOf(order.row.shipTo ?? { name: order.row.customerName ?? '' }),
      to: addressOf(node?.address),
      weightGrams: weigh(world, saga, one),
    };
    return { kind: 'call', args };
  },
  call: callCarrier,
  settle(world, saga, _args, outcome, ctx) {
    const one = returnOf(world, saga);
    const order = orderOf(world, saga.orderId);
    if (one.labelledAt !== null) return next;
    if (outcome.kind !== 'succeeded') return refused(world, saga, one, outcome, ctx);
    const { carrierRef, trackingNumber, labelUrl } = outcome;
    const label = { carrier: CARRIER, carrierRef, trackingNumber, labelUrl, labelledAt: ctx.now, labelError: null };
    Object.assign(one, label);
    returns.changed(world.returns, one);
    const said = { type: 'return.labelled', data: { trackingNumber } } as const;
    if (one.status === 'approved') moveReturn(world, order, one, 'label', said, ctx);
    else sayOf(world, order, one, said, ctx);
    // It ended while the label was bought.
    if (!isLive(one.status)) begin(world, voidReturnLabelSaga, order, { state: { returnId: one.id } }, ctx);
    return next;
  },
});

function refused(
  world: World,
  saga: Saga,
  one: Return,
  outcome: Exclude<LabelOutcome, { kind: 'succeeded' }>,
  ctx: Parameters<typeof sayOf>[4],
): StepResult {
  if (outcome.kind === 'unknown') saga.state = { ...saga.state, asked: true };
  if (outcome.kind === 'not_found') {
    if (one.status !== 'approved') return next;
    saga.state = { ...saga.state, asked: false };
  }
  if (outcome.kind !== 'failed')
    return {
      kind: 'retry',
      error:
        outcome.kind === 'not_found'
          ? { code: 'not_found', message: 'The carrier does not know this label yet.' }
          : { code: outcome.kind, message: outcome.reason },
    };
  // The customer can still bring it: the return stays approved, and says why it has no label.
  one.labelError = outcome.message;
  returns.changed(world.returns, one);
  sayOf(world, orderOf(world, saga.orderId), one, { type: 'return.label_failed', data: { error: outcome.message } }, ctx);
  return { kind: 'stuck', error: { code: outcome.code, message: outcome.message } };
}

const voidIt = remote<World, Outside, LabelCall, LabelOutcome>({
  prepare(world, saga) {
    const one = returnOf(world, saga);
    if (one.carrierRef === null) return next;
    const { carrierRef, carrier: name } = one;
    const args: LabelCall = {
      ...{ carrier: name ?? CARRIER, mode: 'void', attemptId: `${one.id}:void`, carrierRef },
      ...{ from: {}, to: {}, weightGrams: 0 },
    };
    return { kind: 'call', args };
  },
  call: callCarrier,
  settle(world, saga, _args, outcome) {
    const one = returnOf(world, saga);
    if (outcome.kind === 'succeeded' || outcome.kind === 'not_found') {
      Object.assign(one, { carrierRef: null, labelUrl: null });
      returns.changed(world.returns, one);
      return next;
    }
    if (outcome.kind === 'failed') return { kind: 'stuck', error: { code: outcome.code, message: outcome.message } };
    return { kind: 'retry', error: { code: outcome.kind, message: outcome.reason } };
  },
});

export const returnLabelSaga: SagaDefinition<World, Outside> = {
  kind: RETURN_LABEL_SAGA,
  version: 1,
  steps: [{ name: 'label', run: buy }],
};

export const VOID_RETURN_LABEL_SAGA = 'void-return-label';
export const voidReturnLabelSaga: SagaDefinition<World, Outside> = {
  kind: VOID_RETURN_LABEL_SAGA,
  version: 1,
  steps: [{ name: 'void', run: voidIt }],
};
