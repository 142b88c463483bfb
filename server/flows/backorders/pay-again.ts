import { z } from 'zod';
import * as edits from '../../domains/edits/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import { text } from '../../kernel/inputs.ts';
import type { Tx } from '../../platform/db.ts';
import { audit } from '../../platform/outbox.ts';
import type { Request, Verb } from '../../platform/verb.ts';
import { editAsks, offerForEdit } from '../edits/authorize-edit.ts';
import { editSagaOf } from '../edits/edit-intent.ts';
import { lockWorld, orderOf, tell, type World, wake, writeWorld } from '../world.ts';
import { asksFor, offerCard } from './renew-payment.ts';
import { renewalOf } from './start-renewal.ts';

/** A customer whose bank refused to hold the money again, or what an edit costs more, offers a card. It is tried at once, and once. */
export const payAgainInput = z.object({ orderId: z.uuid(), token: text(200), returnUrl: z.url().optional() });
export type PayAgainInput = z.infer<typeof payAgainInput>;

export interface OfferedCard {
  readonly orderId: string;
  readonly number: string;
}

function lock(tx: Tx, requests: readonly Request<PayAgainInput>[]): Promise<World> {
  const orderIds = requests.map(({ input }) => input.orderId);
  return lockWorld(tx, { orderIds }, (requests[0] as Request<PayAgainInput>).ctx);
}

function decide(world: World, { input, ctx }: Request<PayAgainInput>): OfferedCard {
  const order = orderOf(world, input.orderId);
  const offer = { token: input.token, ...(input.returnUrl ? { returnUrl: input.returnUrl } : {}) };
  const taken = takeOffer(world, input.orderId, offer, ctx);
  if (taken === null) throw new DomainError('state_refuses', 'Nothing is to be paid for this order now. Look at it again.');
  if (!taken) throw new DomainError('state_refuses', 'A card is being tried already. Wait for its answer, or answer your bank.');
  tell(world, order, 'payment.offered', {}, ctx);
  const { id, number, merchantId } = order.row;
  audit(world.outbox, { action: 'payment.offered', entity: 'order', entityId: id, merchantId, after: { method: 'card' } }, ctx);
  return { orderId: id, number };
}

/** Whether the offer was taken by whoever waits for one; null where nobody does. */
function takeOffer(world: World, orderId: string, offer: { token: string; returnUrl?: string }, ctx: Ctx): boolean | null {
  const renewal = renewalOf(world, orderId);
  if (renewal && asksFor(renewal, ctx.now) !== null) return offerCard(world, renewal, offer, ctx);
  const edit = edits.waiting(world.edits, orderId);
  const saga = editSagaOf(world, orderId);
  if (!edit || !saga || edit.payUntil === null || edit.payUntil <= ctx.now) return null;
  if (editAsks(world, edit, ctx.now) === null || !offerForEdit(saga, offer)) return false;
  wake(world, saga, ctx);
  return true;
}

export const payAgain: Verb<PayAgainInput, World, OfferedCard> = { name: 'pay-again', lock, decide, write: writeWorld };
