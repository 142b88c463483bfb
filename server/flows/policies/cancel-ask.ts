import { mayCancel } from '../../domains/orders/rules.ts';
import type { CancelOrderInput } from '../../domains/orders/schema.ts';
import * as orders from '../../domains/orders/service.ts';
import { type Terms, termsOf } from '../../domains/policies/rules.ts';
import * as policies from '../../domains/policies/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { CancelActor } from '../../kernel/vocabulary.ts';
import type { Tx } from '../../platform/db.ts';
import type { CancelAsk } from '../cancel-plan.ts';
import type { World } from '../world.ts';

/** Who cancels, by what the merchant's policy says at this moment. */
export function askOf(
  terms: Terms,
  order: orders.Order,
  input: Pick<CancelOrderInput, 'units' | 'waiveFee'>,
  actor: CancelActor,
  ctx: Ctx,
): CancelAsk {
  const { version, terms: own } = termsOf(terms, order.row.merchantId, 'cancellation');
  return {
    by: { actor, terms: own, now: ctx.now, ...(input.units && input.units.length > 0 ? { part: true } : {}) },
    version,
    ...(input.waiveFee !== undefined && actor === 'agent' ? { waive: input.waiveFee } : {}),
  };
}

/** What the merchants of locked orders say. */
export const termsOfOrders = (tx: Tx, world: World, now: Date): Promise<Terms> =>
  policies.read(
    tx,
    [...world.orders.byId.values()].map((order) => order.row.merchantId),
    now,
  );

/** Refuses what the order or the policy does not allow, with the sentence that everybody is told. */
export function demandCancel(
  order: orders.Order,
  { by }: CancelAsk,
  reason: CancelOrderInput['reason'] | null,
  cancelling: boolean,
): void {
  const allowed = mayCancel({ ...orders.facts(order), cancelling }, by);
  if (!allowed.allowed) throw new DomainError('state_refuses', allowed.why);
  if (reason !== null && by.actor === 'agent' && !by.terms.reasons.includes(reason))
    throw new DomainError(
      'state_refuses',
      `The cancellation policy does not allow this reason. It allows ${by.terms.reasons.join(', ')}.`,
      {
        reasons: by.terms.reasons,
      },
    );
}

/** As it is kept with the wish to cancel. */
export interface StoredAsk extends Omit<CancelAsk, 'by'> {
  readonly by: Omit<CancelAsk['by'], 'now'> & { readonly now: string };
}

export const storedAsk = (ask: CancelAsk): StoredAsk => ({ ...ask, by: { ...ask.by, now: ask.by.now.toISOString() } });

/** A wish that an older version began has none: it is the shop's, and costs nothing. */
export const askFrom = (stored: StoredAsk | undefined, fallback: CancelAsk): CancelAsk =>
  stored ? { ...stored, by: { ...stored.by, now: new Date(stored.by.now) } } : fallback;
