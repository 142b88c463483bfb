import { mayHappen } from '../domains/orders/rules.ts';
import type { HoldInput, NoteInput, TagInput } from '../domains/orders/schema.ts';
import type * as orders from '../domains/orders/service.ts';
import { DomainError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import type { Tx } from '../platform/db.ts';
import { audit } from '../platform/outbox.ts';
import { sagasOf } from '../platform/saga-rows.ts';
import type { Request, Verb } from '../platform/verb.ts';
import { lockWorld, orderOf, settleOrder, tell, type World, wake, writeWorld } from './world.ts';

/** Notes, tags and holds: what people write on an order. A hold stops allocation and shipping until somebody releases it. */
export interface AnnotatedOrder {
  readonly id: string;
  readonly tags: readonly string[];
  readonly holds: readonly string[];
}

export interface NotedOrder extends AnnotatedOrder {
  readonly noteId: string;
}

async function lock(tx: Tx, requests: readonly Request<{ orderId: string }>[]): Promise<World> {
  return lockWorld(
    tx,
    { orderIds: requests.map((request) => request.input.orderId) },
    (requests[0] as Request<{ orderId: string }>).ctx,
  );
}

const answer = (order: orders.Order): AnnotatedOrder => ({ id: order.row.id, tags: order.row.tags, holds: order.row.holds });

function note(world: World, { input, ctx }: Request<NoteInput>): NotedOrder {
  const order = orderOf(world, input.orderId);
  const id = newId();
  world.orders.notes.push({ id, order_id: order.row.id, body: input.body, actor: ctx.actor, at: ctx.now });
  tell(world, order, 'order.noted', { noteId: id }, ctx);
  audit(
    world.outbox,
    { action: 'order.noted', entity: 'order', entityId: order.row.id, merchantId: order.row.merchantId, after: { noteId: id } },
    ctx,
  );
  return { ...answer(order), noteId: id };
}

const MAX_TAGS = 20;

function tag(world: World, { input, ctx }: Request<TagInput>): AnnotatedOrder {
  const order = orderOf(world, input.orderId);
  const before = order.row.tags;
  const tags = [...new Set([...before.filter((name) => !input.remove.includes(name)), ...input.add])];
  if (tags.length > MAX_TAGS) throw new DomainError('over_limit', `An order has at most ${MAX_TAGS} tags.`);
  if (tags.length === before.length && tags.every((name) => before.includes(name))) return answer(order);
  order.row.tags = tags;
  tell(world, order, 'order.tagged', { added: input.add, removed: input.remove }, ctx);
  audit(
    world.outbox,
    {
      action: 'order.tagged',
      entity: 'order',
      entityId: order.row.id,
      merchantId: order.row.merchantId,
      before: { tags: before },
      after: { tags },
    },
    ctx,
  );
  return answer(order);
}

function hold(world: World, { input, ctx }: Request<HoldInput>): AnnotatedOrder {
  const order = orderOf(world, input.orderId);
  const allowed = mayHappen(order.row.status, 'hold');
  if (!allowed.allowed) throw new DomainError('state_refuses', allowed.why);
  const before = order.row.holds;
  if (before.includes(input.hold)) return answer(order);
  order.row.holds = [...before, input.hold];
  settleOrder(world, order, 'hold', ctx);
  tell(world, order, 'order.held', { hold: input.hold, reason: input.reason }, ctx);
  audit(
    world.outbox,
    {
      action: 'order.held',
      entity: 'order',
      entityId: order.row.id,
      merchantId: order.row.merchantId,
      before: { holds: before },
      after: { holds: order.row.holds },
      reason: input.reason,
    },
    ctx,
  );
  return answer(order);
}

function release(world: World, { input, ctx }: Request<HoldInput>): AnnotatedOrder {
  const order = orderOf(world, input.orderId);
  const before = order.row.holds;
  if (!before.includes(input.hold)) return answer(order);
  order.row.holds = before.filter((name) => name !== input.hold);
  settleOrder(world, order, 'release', ctx);
  tell(world, order, 'order.released', { hold: input.hold, reason: input.reason }, ctx);
  audit(
    world.outbox,
    {
      action: 'order.released',
      entity: 'order',
      entityId: order.row.id,
      merchantId: order.row.merchantId,
      before: { holds: before },
      after: { holds: order.row.holds },
      reason: input.reason,
    },
    ctx,
  );
  for (const saga of sagasOf(world.sagas, order.row.id)) if (saga.step === 'allocate') wake(world, saga, ctx);
  return answer(order);
}

export const noteOrder: Verb<NoteInput, World, NotedOrder> = { name: 'note-order', lock, decide: note, write: writeWorld };
export const tagOrder: Verb<TagInput, World, AnnotatedOrder> = { name: 'tag-order', lock, decide: tag, write: writeWorld };
export const holdOrder: Verb<HoldInput, World, AnnotatedOrder> = { name: 'hold-order', lock, decide: hold, write: writeWorld };
export const releaseOrder: Verb<HoldInput, World, AnnotatedOrder> = {
  name: 'release-order',
  lock,
  decide: release,
  write: writeWorld,
};
