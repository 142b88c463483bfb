import type { z } from 'zod';
import type { PlacedOrder } from '../../flows/placed-order.ts';
import { findAnswer, keepAnswer } from '../../platform/kept-answers.ts';
import { readOutcome } from '../../views/rest-orders.ts';
import type { ApiContext } from '../context.ts';
import { exchangeOf } from './operation.ts';
import { placement, placementOf } from './order-resources.ts';

type Placement = z.infer<typeof placement>;

/**
 * The answer of a placement: as it was placed, or, for a caller who would rather wait, how it ended. The outcome that the first waiting
 * call saw is kept under its key, so that every repeat of it gets the same bytes. A wait that ran out is not an outcome: its repeat
 * waits again.
 */
export async function settledPlacement(ctx: ApiContext, placed: PlacedOrder, externalId: string | undefined): Promise<Placement> {
  const exchange = exchangeOf(ctx);
  const { waitSeconds, keySent, replayed } = exchange;
  const { live } = ctx.app;
  if (waitSeconds === null || !live) return placementOf(placed, externalId);
  exchange.preferenceApplied = `wait=${waitSeconds}`;
  // By the order and not by the key: a key that was forgotten and is used again places another order, with an outcome of its own.
  const name = { principal: ctx.principal.actor, operation: 'place-order-outcome', key: placed.id };
  // Nobody has waited for an order that was placed just now.
  const kept = replayed ? await findAnswer(ctx.pool, name) : undefined;
  if (kept !== undefined) return placement.parse(JSON.parse(kept));
  const outcome = await live.waitFor(placed.id, () => readOutcome(ctx.pool, placed.id), waitSeconds * 1_000);
  const answer = placementOf(placed, externalId, outcome);
  if (!outcome || !keySent) return answer;
  return placement.parse(JSON.parse(await keepAnswer(ctx.pool, name, JSON.stringify(answer), ctx.ctx().now)));
}
