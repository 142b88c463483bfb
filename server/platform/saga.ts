import type { Ctx } from '../kernel/context.ts';
import type { SagaStatus } from '../kernel/vocabulary.ts';
import type { Locked } from './verb.ts';

/**
 * Sagas (DESIGN 7): a plain ordered array of steps. The position is flow version + step *name*, so an upgrade never breaks a running
 * one. A local step is a decision over locked state and commits with other orders' steps; a remote step is prepared under the lock
 * (the attempt is recorded), called outside any transaction, and settled under the lock again by compare-and-set on the version.
 */
export interface Saga {
  readonly id: string;
  readonly kind: string;
  readonly flowVersion: number;
  readonly orderId: string;
  readonly merchantId: string;
  readonly actor: string;
  readonly traceId: string;
  readonly createdAt: Date;
  step: string;
  status: SagaStatus;
  outcome: 'completed' | 'compensated' | null;
  attempt: number;
  state: Record<string, unknown>;
  error: { code: string; message: string } | null;
  wakeAt: Date;
  /** Until when the step it is at may take; null where it may wait as long as a person needs. */
  deadline: Date | null;
  version: bigint;
  /** Set in memory when the row has to be written although its position did not move. */
  touched?: boolean;
}

export type StepResult =
  | { readonly kind: 'next' }
  /** Nothing is wrong; look again at `until`, or when somebody wakes it. */
  | { readonly kind: 'wait'; readonly until: Date }
  /** An expected failure: again after a back-off. */
  | { readonly kind: 'retry'; readonly error: { code: string; message: string } }
  /** This saga cannot succeed: undo, from this step back to the first. */
  | { readonly kind: 'fail'; readonly error: { code: string; message: string } }
  /** A person has to look. */
  | { readonly kind: 'stuck'; readonly error: { code: string; message: string } };

export const next: StepResult = { kind: 'next' };

export type LocalAction<W> = (world: W, saga: Saga, ctx: Ctx) => StepResult;

/** W is the locked world, X the outside world a call may talk to, A and O a call's own arguments and outcome. */
export interface RemoteAction<W, X, A = unknown, O = unknown> {
  /** Records the attempt and says what to send; or decides that nothing has to be sent. */
  readonly prepare: (world: W, saga: Saga, ctx: Ctx) => { readonly kind: 'call'; readonly args: A } | StepResult;
  /** Talks to the outside world until `signal` says stop. Never throws for what the world may do: that is an outcome. */
  readonly call: (args: A, outside: X, signal: AbortSignal) => Promise<O>;
  /** Records the outcome. */
  readonly settle: (world: W, saga: Saga, args: A, outcome: O, ctx: Ctx) => StepResult;
}

export type Action<W, X> = LocalAction<W> | RemoteAction<W, X>;

export interface Step<W, X> {
  readonly name: string;
  readonly run: Action<W, X>;
  /** Makes the step undone. Must be safe where the step never ran, or ran half. */
  readonly undo?: Action<W, X>;
  /** Needs rows that not every turn locks: for `run`, `undo` or both. */
  readonly heavy?: 'run' | 'undo' | 'both';
}

/** What it takes to begin one. */
export interface SagaBirth {
  readonly kind: string;
  readonly version: number;
  readonly steps: readonly { readonly name: string }[];
}

export interface SagaDefinition<W, X> extends SagaBirth {
  readonly steps: readonly Step<W, X>[];
  /** The step whose effect nothing undoes: behind it a saga only goes on. */
  readonly irreversible?: string;
}

/** Types a remote action's own arguments and outcome; the runner passes them through untouched. */
export function remote<W, X, A, O>(action: RemoteAction<W, X, A, O>): RemoteAction<W, X> {
  return action as unknown as RemoteAction<W, X>;
}

/** What a turn has locked for heavy steps: nothing, what running one needs, or what undoing one needs as well. */
export type Weight = 'light' | 'forward' | 'full';

/** What to do next with a saga, after as many local steps as could be taken. */
export type Advance =
  | { readonly kind: 'call'; readonly ticket: Ticket }
  | { readonly kind: 'later'; readonly at: Date }
  /** A turn came to a step that is too heavy for it: the same once more, with everything locked. */
  | { readonly kind: 'again' }
  | { readonly kind: 'rest' };

/** A prepared remote call: position and version it belongs to. */
export interface Ticket {
  readonly step: string;
  readonly undo: boolean;
  readonly version: bigint;
  /** When the call has to be over: the lease goes on a little longer. */
  readonly endsBy: Date;
  readonly args: unknown;
}

const MAX_LOCAL_STEPS = 50;
/** A remote call ends by itself within this. */
export const CALL_LIMIT_MS = 10_000;
/**
 * While a call may be on its way nobody else acts on the saga: until it is settled, or certainly over because its process died. What
 * the provider does not know after that was never sent.
 */
export const CALL_LEASE_MS = CALL_LIMIT_MS + 2_000;
/** Expected failures back off from a quarter second to 30 s (DESIGN 2), with jitter so that many do not return together. */
const FIRST_BACKOFF_MS = 250;
const MAX_BACKOFF_MS = 30_000;

export function backoffMs(attempt: number, random: number = Math.random()): number {
  const ceiling = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(attempt, 12));
  return Math.round(ceiling * (0.5 + random / 2));
}

/** Takes a locked saga as far as it goes without leaving the transaction. `settled` is a remote call's outcome, if one came back. */
export function advance<W extends Locked, X>(
  definition: SagaDefinition<W, X>,
  world: W,
  saga: Saga,
  ctx: Ctx,
  settled?: { readonly ticket: Ticket; readonly outcome: unknown },
  weight: Weight = 'full',
): Advance {
  if (isAtRest(saga)) return { kind: 'rest' };
  if (settled) {
    const { ticket, outcome } = settled;
    // Somebody else settled this call, or moved the saga, meanwhile: the position decides, not who comes last.
    if (ticket.version !== saga.version || ticket.step !== saga.step) return { kind: 'rest' };
    const action = actionAt(definition, saga);
    if (typeof action === 'function' || !action) throw new Error(`${saga.kind}.${saga.step} has no remote action`);
    move(definition, saga, action.settle(world, saga, ticket.args, outcome, ctx), ctx);
    world.applied++;
  } else if (saga.wakeAt > ctx.now) return { kind: 'later', at: saga.wakeAt };
  for (let taken = 0; taken < MAX_LOCAL_STEPS; taken++) {
    if (isAtRest(saga)) return { kind: 'rest' };
    if (saga.wakeAt > ctx.now) return { kind: 'later', at: saga.wakeAt };
    if (isTooHeavy(definition, saga, weight)) return { kind: 'again' };
    const action = actionAt(definition, saga);
    const result = !action ? next : typeof action === 'function' ? action(world, saga, ctx) : action.prepare(world, saga, ctx);
    if (result.kind === 'call') {
      world.applied++;
      // Each call has a version of its own: once it is made again, the answer to the last one comes too late.
      saga.version += 1n;
      saga.wakeAt = new Date(ctx.now.getTime() + CALL_LEASE_MS);
      saga.state = { ...saga.state, calling: true };
      return {
        kind: 'call',
        ticket: {
          step: saga.step,
          undo: saga.status === 'compensating',
          version: saga.version,
          endsBy: new Date(ctx.now.getTime() + CALL_LIMIT_MS),
          args: result.args,
        },
      };
    }
    move(definition, saga, result, ctx);
    world.applied++;
  }
  throw new Error(`${saga.kind} took ${MAX_LOCAL_STEPS} local steps without an end`);
}

/** Done, or waiting for a person. */
export function isAtRest(saga: Saga): boolean {
  return saga.status === 'done' || saga.status === 'stuck';
}

function isTooHeavy<W, X>(definition: SagaDefinition<W, X>, saga: Saga, weight: Weight): boolean {
  if (weight === 'full') return false;
  const heavy = definition.steps.find((step) => step.name === saga.step)?.heavy;
  const way = saga.state.compensating ? 'undo' : 'run';
  return (heavy === 'both' || heavy === way) && (weight === 'light' || way === 'undo');
}

function actionAt<W, X>(definition: SagaDefinition<W, X>, saga: Saga): Action<W, X> | undefined {
  const step = definition.steps.find((candidate) => candidate.name === saga.step);
  if (!step)
    throw new Error(
      `${definition.kind} version ${definition.version} has no step ${saga.step} (saga of version ${saga.flowVersion})`,
    );
  return saga.state.compensating ? step.undo : step.run;
}

function move<W, X>(definition: SagaDefinition<W, X>, saga: Saga, result: StepResult, ctx: Ctx): void {
  saga.version += 1n;
  const { calling: _over, ...state } = saga.state;
  saga.state = state;
  const undoing = state.compensating === true;
  switch (result.kind) {
    case 'next': {
      const at = definition.steps.findIndex((step) => step.name === saga.step);
      const following = definition.steps[undoing ? at - 1 : at + 1];
      saga.attempt = 0;
      if (!undoing) saga.error = null;
      if (following) Object.assign(saga, { step: following.name, status: undoing ? 'compensating' : 'running', wakeAt: ctx.now });
      else Object.assign(saga, { status: 'done', outcome: undoing ? 'compensated' : 'completed' });
      return;
    }
    case 'wait':
      Object.assign(saga, { status: undoing ? 'compensating' : 'waiting', wakeAt: result.until });
      return;
    case 'retry': {
      saga.attempt += 1;
      const wakeAt = new Date(ctx.now.getTime() + backoffMs(saga.attempt));
      Object.assign(saga, { status: undoing ? 'compensating' : 'retrying', error: result.error, wakeAt });
      return;
    }
    case 'fail':
      // Undoing starts at the step that failed: it may have happened in part, and undo is safe where it did not.
      if (undoing) Object.assign(saga, { status: 'stuck', error: result.error });
      else
        Object.assign(saga, {
          status: 'compensating',
          state: { ...saga.state, compensating: true },
          error: result.error,
          attempt: 0,
          wakeAt: ctx.now,
        });
      return;
    case 'stuck':
      Object.assign(saga, { status: 'stuck', error: result.error });
  }
}

/** Whether the step that nothing undoes lies behind the saga. */
export function isPastReturn<W, X>(definition: SagaDefinition<W, X>, saga: Saga): boolean {
  if (definition.irreversible === undefined) return false;
  const at = (name: string): number => definition.steps.findIndex((step) => step.name === name);
  return at(saga.step) > at(definition.irreversible);
}

/** What it was begun for is taken back before anything was done: it ends where it stands, and whoever runs it finds nothing to do. */
export function endSaga(saga: Saga): void {
  saga.version += 1n;
  Object.assign(saga, { status: 'done', outcome: 'compensated' });
}

/** A person takes a step as done: the saga goes on behind it. */
export function skipStep<W, X>(definition: SagaDefinition<W, X>, saga: Saga, ctx: Ctx): void {
  move(definition, saga, next, ctx);
}

/**
 * Carries out a prepared call, within the time that its turn has left of it: a turn that waited, or a process that stood still, has less, and
 * one that has none is given up before anything is sent. A call that throws is a bug, and the saga's next run meets it again.
 */
export async function call<W, X>(
  definition: SagaDefinition<W, X>,
  ticket: Ticket,
  outside: X,
  now: Date,
  signal: AbortSignal,
): Promise<unknown> {
  const step = definition.steps.find((candidate) => candidate.name === ticket.step);
  const action = ticket.undo ? step?.undo : step?.run;
  if (!action || typeof action === 'function') throw new Error(`${definition.kind}.${ticket.step} has no remote action`);
  const leftMs = ticket.endsBy.getTime() - now.getTime();
  const limited = AbortSignal.any([signal, leftMs > 0 ? AbortSignal.timeout(leftMs) : AbortSignal.abort()]);
  return action.call(ticket.args, outside, limited);
}
