import { createHash } from 'node:crypto';
import type * as orders from '../../domains/orders/service.ts';
import type { Answer } from '../../domains/routing/explain.ts';
import type { Question } from '../../domains/routing/model.ts';
import type { NewDecision, RoutingConfig } from '../../domains/routing/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { newId } from '../../kernel/ids.ts';

/** Two answers to the same question have the same digest: an order that waits asks the same again and again. The time is not part of it. */
export function digestOf({ now: _, ...question }: Question, answer: Answer): string {
  const why = answer.explanation.alternatives.map(({ code, why }) => `${code}:${why}`);
  return createHash('sha256')
    .update(JSON.stringify([question, why]))
    .digest('hex')
    .slice(0, 32);
}

interface Decided {
  readonly config: RoutingConfig | undefined;
  readonly answer: Answer;
  readonly solver: NewDecision['solver'];
  readonly tookMs: number;
  readonly digest: string;
  readonly reason: string;
}

/** What is kept of a decision: enough to say later why these nodes and no others. */
export function decisionOf(order: orders.Order, decided: Decided, ctx: Ctx): NewDecision {
  const { answer } = decided;
  return {
    id: newId(),
    order_id: order.row.id,
    merchant_id: order.row.merchantId,
    rules_number: decided.config?.active?.number ?? null,
    inputs_digest: decided.digest,
    chosen: answer.picks.map(({ lineId, from, to, nodeId }) => ({ lineId, from, to, nodeId })),
    explanation: answer.explanation,
    cost_minor: BigInt(answer.explanation.costMinor),
    currency: order.row.currency,
    solver: decided.solver,
    took_ms: Math.round(decided.tookMs * 1_000) / 1_000,
    reason: decided.reason,
    trace_id: ctx.traceId,
    at: ctx.now,
  };
}
