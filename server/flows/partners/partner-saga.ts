import type { PartnerOutcome, PartnerRequest, PartnerSnapshot } from '../../domains/nodes/provider.ts';
import { NODE_KINDS } from '../../domains/nodes/provider.ts';
import { type FulfilmentRequest, isOpen } from '../../domains/nodes/rules.ts';
import * as nodes from '../../domains/nodes/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { unitsIn } from '../../kernel/units.ts';
import { next, type RemoteAction, remote, type Saga, type SagaDefinition, type StepResult } from '../../platform/saga.ts';
import type { Outside } from '../outside.ts';
import { orderOf, type World } from '../world.ts';
import { applySaid } from './apply-said.ts';
import { recall } from './at-partners.ts';
import { PARTNER_SAGA } from './births.ts';

/**
 * A request to a partner, from the units' allocation to their parcels: asked under its own id, followed until everything it names has left
 * or is looked for elsewhere. What they say is a whole picture of the request, so messages only wake this saga. A partner who is silent past
 * the limit is asked to take the request back before the units go anywhere else: nobody is guessed to have forgotten.
 */
interface PartnerCall {
  readonly mode: 'request' | 'query' | 'cancel';
  readonly kind: string;
  readonly input: PartnerRequest;
  readonly attemptId: string;
}

type Turned = { readonly kind: 'call'; readonly args: PartnerCall } | StepResult;

/** Where nobody is connected nothing was sent; what was sent once is asked for until somebody is. */
const NOT_CONNECTED = 'No partner is connected for nodes of this kind.';

export function requestOf(world: World, saga: Saga): FulfilmentRequest {
  const request = world.requests.byId.get(String(saga.state.requestId));
  if (!request) throw new Error(`Saga ${saga.id} names a request that is not there`);
  return request;
}

function callFor(world: World, saga: Saga, mode: PartnerCall['mode']): Turned {
  const request = requestOf(world, saga);
  const order = orderOf(world, saga.orderId);
  const lines = new Map(order.lines.map((line) => [line.id, line]));
  // The request is sent again as it was, whatever was cancelled since: its id stands for what it asks.
  const units = Map.groupBy(request.lines, (line) => line.lineId);
  const input: PartnerRequest = {
    reference: request.id,
    orderNumber: order.row.number,
    lines: [...units].map(([lineId, ranges]) => ({ lineId, sku: lines.get(lineId)?.skuCode ?? '', quantity: unitsIn(ranges) })),
    shipTo: addressOf(order.row.shipTo, order.row.customerName),
  };
  return { kind: 'call', args: { mode, kind: request.kind, input, attemptId: `${request.id}:cancel` } };
}

function addressOf(shipTo: unknown, name: string | null): Record<string, string> {
  const given = typeof shipTo === 'object' && shipTo !== null ? shipTo : { name: name ?? '' };
  return Object.fromEntries(Object.entries(given).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

async function callPartner(call: PartnerCall, outside: Outside, signal: AbortSignal): Promise<PartnerOutcome> {
  const partner = outside.partners?.get(call.kind);
  if (!partner)
    return call.mode === 'request'
      ? { kind: 'failed', code: 'not_connected', message: NOT_CONNECTED }
      : { kind: 'unreachable', reason: NOT_CONNECTED };
  const { reference } = call.input;
  if (call.mode === 'request') return partner.request(call.input, signal);
  return call.mode === 'query'
    ? partner.query({ reference }, signal)
    : partner.cancel({ reference, attemptId: call.attemptId }, signal);
}

/** Until when the partner may take for what comes next. */
function limitOf(request: FulfilmentRequest): Date {
  return request.shipBy ?? request.answerBy;
}

function recallIfLate(world: World, request: FulfilmentRequest, ctx: Ctx): void {
  if (ctx.now > limitOf(request)) recall(world, request, request.shipBy ? 'late' : 'silent');
}

const ask: RemoteAction<World, Outside, PartnerCall, PartnerOutcome> = {
  prepare(world, saga, ctx) {
    const request = requestOf(world, saga);
    if (!isOpen(request)) return next;
    recallIfLate(world, request, ctx);
    if (request.recall) return callFor(world, saga, 'cancel');
    if (request.status === 'pending') {
      request.status = 'asked';
      nodes.changed(world.requests, request);
    }
    return callFor(world, saga, saga.state.asked === true ? 'query' : 'request');
  },
  call: callPartner,
  settle(world, saga, args, outcome, ctx) {
    const request = requestOf(world, saga);
    switch (outcome.kind) {
      case 'succeeded':
        return heard(world, saga, outcome.snapshot, args, ctx);
      case 'failed':
        // A definite no; to a cancel it means that they are asked what there is to take back.
        if (args.mode === 'cancel') return look(saga, ctx);
        applySaid(world, request, { ...NOTHING, status: 'rejected', reason: outcome.message }, ctx);
        return next;
      case 'not_found':
        if (args.mode === 'cancel') return takenBack(world, request, ctx);
        saga.state = { ...saga.state, asked: false };
        return { kind: 'retry', error: { code: 'not_found', message: 'The partner does not know this request yet.' } };
      case 'unknown':
        saga.state = { ...saga.state, asked: true };
        return { kind: 'retry', error: { code: 'unknown', message: outcome.reason } };
      case 'unreachable':
        return { kind: 'retry', error: { code: 'unreachable', message: outcome.reason } };
    }
  },
};

const follow: RemoteAction<World, Outside, PartnerCall, PartnerOutcome> = {
  prepare(world, saga, ctx) {
    const request = requestOf(world, saga);
    if (!isOpen(request)) return next;
    recallIfLate(world, request, ctx);
    // Once they have heard that we want it back they are asked what became of it.
    return callFor(world, saga, request.recall && saga.state.recalled !== true ? 'cancel' : 'query');
  },
  call: callPartner,
  settle(world, saga, args, outcome, ctx) {
    const request = requestOf(world, saga);
    if (outcome.kind === 'succeeded') return heard(world, saga, outcome.snapshot, args, ctx);
    if (outcome.kind === 'failed' && args.mode === 'cancel') return look(saga, ctx);
    if (outcome.kind === 'not_found' && args.mode === 'cancel') return takenBack(world, request, ctx);
    const message =
      'reason' in outcome ? outcome.reason : 'message' in outcome ? outcome.message : 'The partner lost the request.';
    return { kind: 'retry', error: { code: outcome.kind, message } };
  },
};

const NOTHING: PartnerSnapshot = { partnerRef: '', status: 'cancelled', reason: null, lines: [], parcels: [] };

/** They never had it, and will not get it any more. */
function takenBack(world: World, request: FulfilmentRequest, ctx: Ctx): StepResult {
  applySaid(world, request, NOTHING, ctx);
  return next;
}

function look(saga: Saga, ctx: Ctx): StepResult {
  saga.state = { ...saga.state, recalled: true };
  return { kind: 'wait', until: ctx.now };
}

/** Takes what they say; waits for more while anything is to come. */
function heard(world: World, saga: Saga, snapshot: PartnerSnapshot, args: PartnerCall, ctx: Ctx): StepResult {
  const request = requestOf(world, saga);
  applySaid(world, request, snapshot, ctx);
  if (!isOpen(request)) return next;
  if (args.mode === 'cancel') saga.state = { ...saga.state, recalled: true };
  // Anything that is wanted back meanwhile is said at once; the first answer is followed from here.
  if (saga.step === 'ask' && args.mode !== 'cancel') return { kind: 'next' };
  const pollMs = NODE_KINDS.get(request.kind)?.traits.partner?.pollMs ?? DEFAULT_POLL_MS;
  const poll = new Date(ctx.now.getTime() + pollMs);
  const limit = new Date(limitOf(request).getTime() + 1);
  return { kind: 'wait', until: request.recall === null && limit < poll && limit > ctx.now ? limit : poll };
}

const DEFAULT_POLL_MS = 300_000;

/** A person gives the request up: it is taken back at the partner, and its units are looked for elsewhere. */
const giveUp: RemoteAction<World, Outside, PartnerCall, PartnerOutcome> = {
  ...follow,
  prepare(world, saga, ctx) {
    const request = requestOf(world, saga);
    if (isOpen(request)) recall(world, request, 'operator');
    return follow.prepare(world, saga, ctx);
  },
};

export const partnerSaga: SagaDefinition<World, Outside> = {
  ...PARTNER_SAGA,
  steps: [
    { name: 'ask', run: remote(ask), undo: remote(giveUp) },
    { name: 'follow', run: remote(follow) },
  ],
};
