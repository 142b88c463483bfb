import type { Ctx } from '../kernel/context.ts';
import { newId } from '../kernel/ids.ts';

/** The context of work that nobody asked for: sweeps, webhooks, seeds. Its trace begins here. */
export function systemContext(name: string, home: string, now: Date = new Date()): Ctx {
  return { now, actor: `system:${name}`, traceId: newId(), requestId: newId(), home };
}
