import type { Ctx } from '../kernel/context.ts';
import { undoUntil } from '../kernel/undo.ts';
import { next, type Saga, type StepResult } from '../platform/saga.ts';
import type { World } from './world.ts';

/** Whatever wakes it early, it waits: the time to undo is a promise. */
export function waitForUndo(_world: World, saga: Saga, ctx: Ctx): StepResult {
  const until = undoUntil(saga);
  return until !== null && until > ctx.now ? { kind: 'wait', until } : next;
}
