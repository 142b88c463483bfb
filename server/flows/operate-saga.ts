import { z } from 'zod';
import * as payments from '../domains/payments/service.ts';
import type { Ctx } from '../kernel/context.ts';
import { DomainError } from '../kernel/errors.ts';
import type { OperationKind } from '../kernel/vocabulary.ts';
import type { Tx } from '../platform/db.ts';
import { audit, job } from '../platform/outbox.ts';
import { isPastReturn, type Saga, skipStep } from '../platform/saga.ts';
import { findSagas } from '../platform/saga-rows.ts';
import type { Request, Verb } from '../platform/verb.ts';
import { sagaDefinition } from './sagas.ts';
import { lockWorld, orderOf, settleOrder, tell, type World, writeWorld } from './world.ts';

/** A person takes over where a saga is stuck or slow: try the step again now, take it as done, or undo what came before it. */
export const operateSagaInput = z.object({
  sagaId: z.uuid(),
  action: z.enum(['retry', 'skip', 'compensate']),
  reason: z.string().trim().min(3, 'Say why: it is kept in the audit log').max(500),
});
export type OperateSagaInput = z.infer<typeof operateSagaInput>;

export interface OperatedSaga {
  readonly id: string;
  readonly status: string;
  readonly step: string;
}

async function lock(tx: Tx, requests: readonly Request<OperateSagaInput>[]): Promise<World> {
  const found = await findSagas(
    tx,
    requests.map((request) => request.input.sagaId),
  );
  return lockWorld(
    tx,
    { orderIds: [...found.values()].map((saga) => saga.orderId) },
    (requests[0] as Request<OperateSagaInput>).ctx,
  );
}

const EVENTS = { retry: 'saga.retried', skip: 'saga.skipped', compensate: 'saga.compensated' } as const;

function decide(world: World, { input, ctx }: Request<OperateSagaInput>): OperatedSaga {
  const saga = world.sagas.byId.get(input.sagaId);
  if (!saga) throw new DomainError('not_found', 'There is no such saga, or it is done.');
  const before = { status: saga.status, step: saga.step, attempt: saga.attempt };
  check(world, saga, input.action, ctx);
  const order = orderOf(world, saga.orderId);
  if (input.action === 'skip') skipStep(sagaDefinition(saga.kind), saga, ctx);
  else {
    saga.version += 1n;
    if (input.action === 'compensate') saga.state = { ...saga.state, compensating: true };
    Object.assign(saga, { status: saga.state.compensating === true ? 'compensating' : 'running', attempt: 0, wakeAt: ctx.now });
  }
  if (saga.status !== 'done') job(world.outbox, { task: 'advance-saga', payload: { sagaId: saga.id } });
  else if (order.row.finishedAt === null) settleOrder(world, order, null, ctx);
  tell(world, order, EVENTS[input.action], { sagaId: saga.id, kind: saga.kind, step: before.step, reason: input.reason }, ctx);
  audit(
    world.outbox,
    {
      action: EVENTS[input.action],
      entity: 'saga',
      entityId: saga.id,
      merchantId: saga.merchantId,
      before,
      after: { status: saga.status, step: saga.step },
      reason: input.reason,
    },
    ctx,
  );
  return { id: saga.id, status: saga.status, step: saga.step };
}

/** What each remote step has at the payment provider. */
const OPERATIONS_OF: Readonly<Record<string, readonly OperationKind[]>> = {
  authorize: ['authorize', 'increment'],
  capture: ['capture'],
  send: ['refund'],
  void: ['void'],
};

/** What is on its way at a provider, or may have happened there, is not skipped over or undone under its feet. */
function check(world: World, saga: Saga, action: OperateSagaInput['action'], ctx: Ctx): void {
  // Past its lease a call is over: the process that made it died.
  if (saga.state.calling === true && saga.wakeAt > ctx.now)
    throw new DomainError('state_refuses', 'The step is talking to its provider at this moment. Try again in a few seconds.');
  if (action === 'compensate' && saga.state.compensating === true)
    throw new DomainError('state_refuses', 'It is being undone already.');
  if (action === 'compensate' && isPastReturn(sagaDefinition(saga.kind), saga))
    throw new DomainError(
      'state_refuses',
      'The money has moved already: this can only be finished. Refund it afterwards instead.',
    );
  const doubtful = payments
    .operationsOf(world.payments, saga.orderId)
    .some((one) => OPERATIONS_OF[saga.step]?.includes(one.kind) && (one.status === 'in_flight' || one.status === 'unknown'));
  if (action !== 'retry' && doubtful)
    throw new DomainError(
      'state_refuses',
      'The provider has not said whether it happened. Retry until it has, or cancel the order.',
    );
  if (action === 'skip' && saga.status !== 'stuck')
    throw new DomainError('state_refuses', 'Only a stuck step can be skipped: this one is still being tried.');
}

export const operateSaga: Verb<OperateSagaInput, World, OperatedSaga> = { name: 'operate-saga', lock, decide, write: writeWorld };
